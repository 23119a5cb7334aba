import { qualityOf } from '../../../shared/accuracy';
import type { Criterion, Estimate, Finding } from '../../../shared/claim';
import { leastSquaresSlope } from '../../../shared/stats/leastSquares';
import { percentileInterval } from '../../../shared/stats/percentileInterval';
import { randomFrom, seedOf } from '../../../shared/stats/random';
import { mean } from '../../../shared/stats/robust';
import { finding } from '../../../shared/verdicts';
import { exactly } from './estimates';

/** What one query cost, J or s: one value a turn, and the relative standard uncertainty within one. */
export interface CostSample {
  turns: readonly number[];
  withinRel: number;
}

/** One size of a ladder in one condition. */
export interface JudgedRung {
  parameters: number;
  /** One a seed, 0 to 1. */
  accuracies: readonly number[];
  cost: CostSample;
}

/** What a ladder says in one condition. Rungs in the order of their parameters. */
export interface LadderJudgement {
  rungs: {
    parameters: number;
    accuracy: Estimate;
    quality: Estimate;
    cost: Estimate;
    /** Quality above chance per joule or second. */
    perCost: Estimate;
    /** Cost of each right answer. */
    perCorrect: Estimate;
    /** −Δ ln error / Δ ln cost from the rung below; null where the cost hardly differs or an error is 0. */
    beta: number | null;
  }[];
  /** Number of the rung at which quality per cost peaks, and of the smallest with half of the quality above chance. */
  peak: number;
  useful: number;
  /** Parameters at the peak, with the 2.5 and 97.5 % of the draws. */
  peakParameters: Estimate;
  /** Shares of the draws in which the peak is at the smallest useful rung or below it, and at the largest rung. */
  shareSmall: number;
  shareLargest: number;
  /** Quality per cost at the peak over that at the largest rung, and error there. */
  fall: Estimate;
  errorFall: number | null;
  /** Return from the peak upward: −d ln error / d ln cost by least squares; null with fewer than 2 rungs above it. */
  beta: Estimate | null;
}

/** Quality above chance from which on a model is of use. */
export const halfQuality = 0.5;
/** Costs closer than this on the logarithm say nothing of a return. */
const leastCostStep = 0.1;
const defaultDraws = 2000;

/**
 * Quality per joule (or second) along a ladder, by a bootstrap of both levels: seeds are drawn with replacement for the
 * accuracy, turns for the cost, and each turn within its own uncertainty. Null where no rung below the largest reaches half
 * of the quality above chance: then nothing can be seen to fall. Source: guide of the experiments, section 2. Pure.
 */
export function judgeLadder(
  given: readonly JudgedRung[],
  classes: number,
  seed: number,
  draws = defaultDraws,
): LadderJudgement | null {
  const rungs = [...given].sort((a, b) => a.parameters - b.parameters);
  const values = rungs.map((r) => drawnOf(mean(r.accuracies), geometricMean(r.cost.turns), classes));
  const useful = values.findIndex((v) => v.quality >= halfQuality);
  if (useful < 0 || useful === rungs.length - 1) return null;
  const random = randomFrom(seedOf(seed, ['size']));
  const drawn: Drawn[][] = rungs.map(() => []);
  const peaks: number[] = [];
  const falls: number[] = [];
  const betas: number[] = [];
  const peak = peakOf(values);
  const [small, largest] = [{ count: 0 }, { count: 0 }];
  for (let d = 0; d < draws; d++) {
    const draw = rungs.map((rung) =>
      drawnOf(drawMean(rung.accuracies, random.uniform), drawCost(rung.cost, random), classes),
    );
    for (const [i, v] of draw.entries()) drawn[i]!.push(v);
    const at = peakOf(draw);
    peaks.push(rungs[at]!.parameters);
    falls.push(draw[at]!.perCost / draw.at(-1)!.perCost);
    // A draw without any useful rung is on nobody's side.
    const usefulNow = draw.findIndex((v) => v.quality >= halfQuality);
    if (usefulNow >= 0 && at <= usefulNow) small.count += 1;
    if (at === rungs.length - 1 && at > usefulNow) largest.count += 1;
    const slope = betaFrom(draw.slice(peak));
    if (slope !== null) betas.push(slope);
  }
  const beta = betaFrom(values.slice(peak));
  return {
    rungs: rungs.map(({ parameters }, i) => {
      const of = (pick: (v: Drawn) => number) => percentileInterval(pick(values[i]!), drawn[i]!.map(pick));
      return {
        parameters,
        accuracy: of((v) => v.accuracy),
        quality: of((v) => v.quality),
        cost: of((v) => v.cost),
        perCost: of((v) => v.perCost),
        perCorrect: of((v) => v.cost / v.accuracy),
        beta: i === 0 ? null : localBeta(values[i - 1]!, values[i]!),
      };
    }),
    peak,
    useful,
    peakParameters: percentileInterval(rungs[peak]!.parameters, peaks),
    shareSmall: small.count / draws,
    shareLargest: largest.count / draws,
    fall: percentileInterval(values[peak]!.perCost / values.at(-1)!.perCost, falls),
    errorFall: ratioOrNull(values[peak]!.error, values.at(-1)!.error),
    beta: beta === null || betas.length < draws / 2 ? null : percentileInterval(beta, betas),
  };
}

interface Drawn {
  accuracy: number;
  error: number;
  quality: number;
  cost: number;
  perCost: number;
}

function drawnOf(accuracy: number, cost: number, classes: number): Drawn {
  const quality = qualityOf(accuracy, classes);
  return { accuracy, error: 1 - accuracy, quality, cost, perCost: quality / cost };
}

const peakOf = (values: readonly Drawn[]) =>
  values.reduce((best, v, i) => (v.perCost > values[best]!.perCost ? i : best), 0);

const geometricMean = (values: readonly number[]) => Math.exp(mean(values.map(Math.log)));

const pick = <T>(values: readonly T[], uniform: () => number) =>
  values[Math.floor(uniform() * values.length)]!;

const drawMean = (values: readonly number[], uniform: () => number) =>
  mean(values.map(() => pick(values, uniform)));

/** Turns drawn with replacement, each moved within its own uncertainty. */
function drawCost({ turns, withinRel }: CostSample, random: { uniform(): number; normal(): number }): number {
  return Math.exp(mean(turns.map(() => Math.log(pick(turns, random.uniform)) + withinRel * random.normal())));
}

const ratioOrNull = (a: number, b: number) => (b > 0 ? a / b : null);

function localBeta(below: Drawn, at: Drawn): number | null {
  const step = Math.log(at.cost / below.cost);
  if (Math.abs(step) < leastCostStep || !(at.error > 0 && below.error > 0)) return null;
  return -Math.log(at.error / below.error) / step;
}

function betaFrom(values: readonly Drawn[]): number | null {
  if (values.length < 3 || values.some((v) => !(v.error > 0))) return null;
  const slope = leastSquaresSlope(
    values.map((v) => Math.log(v.cost)),
    values.map((v) => Math.log(v.error)),
  );
  return slope === null ? null : -slope;
}

/** Keys of the thresholds. */
export const sizeCriteria = { small: 'peak-small', largest: 'peak-largest' } as const;

/**
 * The rule of guide 2 in one condition. Supported: the peak is at the smallest useful rung (or below) in 95 % of the draws.
 * Refuted: it is at the largest in 95 %. Between: within limits, since quality per joule rises to the peak and falls after.
 */
export function sizeFindings(
  condition: string,
  criteria: { small: Criterion; largest: Criterion },
  judged: { judgement: LadderJudgement | null; missing: string | null; seeds: number },
): Finding[] {
  const { judgement, missing, seeds } = judged;
  const common = { missing, n: seeds };
  return [
    finding(criteria.small, condition, { ...common, value: judgement && exactly(judgement.shareSmall) }),
    finding(criteria.largest, condition, { ...common, value: judgement && exactly(judgement.shareLargest) }),
  ];
}
