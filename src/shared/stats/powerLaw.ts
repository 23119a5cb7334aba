import { formatCount } from '../units';
import { huberLine, type Line } from './huberLine';
import { type Draws, modelDraws, sandwichDraws } from './lawDraws';
import { quantileOfSorted } from './quantiles';
import { seedOf } from './random';
import { studentQuantile } from './student';

/** One model on a curve; x and y above 0. */
export interface LawPoint {
  x: number;
  y: number;
  /** Relative standard uncertainty of y that repeats shrink; 0 where it is not known. */
  u: number;
  /** Points of one group are drawn together: variants of one parent, or runs of one model. */
  group: string;
  /** Relative standard uncertainties that all points share: the sensor's offset over y, and its gain. None: 0. */
  offset?: number;
  gain?: number;
}

export interface Ends {
  low: number;
  high: number;
}

/** y = exp(level)·(x/centre)^exponent. */
export interface PowerLaw {
  exponent: Ends & { value: number };
  level: number;
  centre: number;
  /** Relative scatter between models, one standard deviation (σ_m), and the mean relative uncertainty of one point. */
  scatter: number;
  pointScatter: number;
  /** Half the change of the line between a sensor that shows its offset too much and one that shows it too little. */
  offset: Line;
  /** Relative standard uncertainty of the sensor's gain: it moves the level alone. */
  gain: number;
  /** Share of the variance of ln y that the line explains. */
  rSquared: number;
  models: number;
  decades: number;
  /** Where the data end. */
  from: number;
  to: number;
  residuals: number[];
  converged: boolean;
  method: string;
  /** Why this is no evidence; empty where it is. */
  indicative: string[];
  draws: Draws;
  stretch: number;
}

export type LawResult = { kind: 'law'; law: PowerLaw } | { kind: 'none'; reason: string };

/** Below these no line is drawn, below those it is called indicative. Source: docs/method.md, 5. */
const least = { models: 6, decades: 1 } as const;
const evidence = { models: 8, decades: 1.5 } as const;
const exponentDraws = 4000;
/** So many models need no bootstrap: the interval is the one that theory gives for many. */
const bootstrapModels = 300;
/** An offset above this share of a value leaves nothing to refit. */
export const mostOffset = 0.9;

/**
 * Power law through the points of one series: weighted Huber line on logarithms, exponent interval from at least
 * 4,000 seeded draws over models, its ends stretched about the estimate by t(0.975, n−2)/1.96. An offset of the sensor
 * bends the small end: half the change of the exponent under ± offset joins the interval in quadrature, times 1.96.
 * `series`: its name, so that two series of the same models have repeats of their own.
 * Points that are not above 0 throw RangeError. Pure. Source: docs/method.md, 5; coverage: docs/measured.md.
 */
export function powerLaw(
  points: readonly LawPoint[],
  seed = 1,
  draws = exponentDraws,
  series = '',
): LawResult {
  const odd = points.find((p) => !(p.x > 0 && p.y > 0 && Number.isFinite(p.x) && Number.isFinite(p.y)));
  if (odd) throw new RangeError(`no logarithm of ${odd.x}, ${odd.y}`);
  const lnX = Float64Array.from(points, (p) => Math.log(p.x));
  const from = lnX.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const to = lnX.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const decades = points.length === 0 ? 0 : (to - from) / Math.LN10;
  const models = new Set(points.map((p) => p.group)).size;
  if (models < least.models) return none(`${countOf(models)}, at least ${least.models} are needed`);
  // A decade that a rounding error shortens is still one.
  if (decades < least.decades - 1e-9) return none(`sizes span ${spanOf(decades)}, at least 1 is needed`);
  const centre = lnX.reduce((a, b) => a + b, 0) / lnX.length;
  const u = lnX.map((x) => x - centre);
  const v = Float64Array.from(points, (p) => Math.log(p.y));
  const own = Float64Array.from(points, (p) => p.u);
  const fit = huberLine(u, v, own);
  if (fit === null) return none('all sizes are equal');
  const many = models > bootstrapModels;
  const groups = points.map((p) => p.group);
  // Of names alone: logarithms differ in their last digit from one JavaScript engine to the next.
  const noiseSeed = seedOf(seed, ['noise', series, ...groups]);
  const drawn = many
    ? sandwichDraws(u, fit, draws, noiseSeed)
    : modelDraws({ u, v, own, groups, fit, draws, pickSeed: pickSeedOf(seed, groups), noiseSeed });
  const stretch = studentQuantile(0.975, models - 2) / 1.96;
  const shift = points.map((p) => p.offset ?? 0);
  const offset = offsetChange(u, v, own, shift);
  const swamped = shift.some((o) => o > mostOffset);
  const law: PowerLaw = {
    exponent: {
      value: fit.slope,
      ...widened(stretchedEnds(drawn.slope.slice(), fit.slope, stretch), fit.slope, offset.slope),
    },
    level: fit.level,
    centre: Math.exp(centre),
    scatter: fit.scatter,
    pointScatter: Math.sqrt(own.reduce((sum, o) => sum + o * o, 0) / own.length),
    offset,
    gain: Math.max(0, ...points.map((p) => p.gain ?? 0)),
    rSquared: rSquaredOf(v, fit.residuals),
    models,
    decades,
    from: Math.exp(from),
    to: Math.exp(to),
    residuals: [...fit.residuals],
    converged: fit.converged,
    method: `Huber line on logarithms, ${many ? 'sandwich variance' : `${formatCount(draws)} bootstrap draws over models`}`,
    indicative: [
      ...(models < evidence.models ? [`fewer than ${evidence.models} models`] : []),
      ...(decades < evidence.decades - 1e-9 ? [`less than ${evidence.decades} decades`] : []),
      ...(fit.converged ? [] : ['not converged']),
      ...(swamped ? ['the sensor’s offset is as large as the smallest values'] : []),
    ],
    draws: drawn,
    stretch,
  };
  return { kind: 'law', law };
}

/** y of the law at x. */
export function lawAt(law: PowerLaw, x: number): number {
  return Math.exp(law.level + law.exponent.value * Math.log(x / law.centre));
}

/** 95 % interval of the line at x, and of one new model there (prediction). */
export function bandAt(law: PowerLaw, x: number): { line: Ends; prediction: Ends } {
  const at = Math.log(x / law.centre);
  const middle = law.level + law.exponent.value * at;
  const values = law.draws.level.map((level, d) => level + law.draws.slope[d]! * at);
  const line = stretchedEnds(values, middle, law.stretch);
  // A new model scatters about the line as the models did: independent, so in quadrature.
  const one = 1.96 * law.stretch * Math.hypot(law.scatter, law.pointScatter);
  const low = middle - Math.hypot(middle - line.low, one);
  const high = middle + Math.hypot(line.high - middle, one);
  return {
    line: { low: Math.exp(line.low), high: Math.exp(line.high) },
    prediction: { low: Math.exp(low), high: Math.exp(high) },
  };
}

/** Series of the same models get the same seed, whatever their order. */
function pickSeedOf(seed: number, groups: readonly string[]): number {
  return seedOf(seed, [...new Set(groups)].sort());
}

/** Half of what the line changes between y(1 + offset) and y(1 − offset). */
function offsetChange(u: Float64Array, v: Float64Array, own: Float64Array, offset: readonly number[]): Line {
  if (offset.every((o) => o === 0)) return { level: 0, slope: 0 };
  const moved = (sign: 1 | -1) =>
    huberLine(
      u,
      v.map((value, i) => value + Math.log1p(sign * Math.min(mostOffset, offset[i]!))),
      own,
    );
  const [more, less] = [moved(1), moved(-1)];
  if (more === null || less === null) return { level: 0, slope: 0 };
  return { level: (more.level - less.level) / 2, slope: (more.slope - less.slope) / 2 };
}

/** Both half-widths with a systematic part of one standard deviation in quadrature. */
export function widened({ low, high }: Ends, value: number, systematic: number): Ends {
  const part = 1.96 * systematic;
  return { low: value - Math.hypot(value - low, part), high: value + Math.hypot(high - value, part) };
}

function rSquaredOf(v: Float64Array, residuals: Float64Array): number {
  const middle = v.reduce((sum, value) => sum + value, 0) / v.length;
  const all = v.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return all > 0 ? 1 - residuals.reduce((sum, r) => sum + r * r, 0) / all : 1;
}

/** Percentile ends stretched about the estimate. Sorts `values` in place. */
export function stretchedEnds(values: Float64Array, estimate: number, stretch: number): Ends {
  values.sort();
  const end = (p: number) => estimate + (quantileOfSorted(values, p) - estimate) * stretch;
  return { low: Math.min(estimate, end(0.025)), high: Math.max(estimate, end(0.975)) };
}

const none = (reason: string): LawResult => ({ kind: 'none', reason });
const countOf = (models: number) => `${models} ${models === 1 ? 'model' : 'models'}`;
const spanOf = (decades: number) => `${decades.toFixed(2)} decades`;
