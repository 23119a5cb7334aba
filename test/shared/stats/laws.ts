import { type Crossover, crossoverOf } from '../../../src/shared/stats/crossover';
import { type LawPoint, type PowerLaw, powerLaw } from '../../../src/shared/stats/powerLaw';
import { type Draw, drawFrom } from './draw';

export interface LadderShape {
  n: number;
  decades: number;
  exponent: number;
  /** Between models. */
  scatter: number;
  /** Of repeats. */
  u: number;
  /** ln y at the middle of the ladder. */
  level?: number;
  /** Another exponent from the middle on. */
  above?: number;
  /** Names of the models. */
  prefix?: string;
}

/** x in the middle of every simulated ladder. */
export const middleX = 1e6;

/** Models evenly over `decades`, y on a law with log-normal scatter between models and noise of repeats. */
export function simulatedLadder(draw: Draw, shape: LadderShape): LawPoint[] {
  const { n, decades, exponent, scatter, u, level = 0, above = exponent, prefix = '' } = shape;
  return Array.from({ length: n }, (_, i) => {
    const ln = Math.LN10 * decades * (i / (n - 1) - 0.5);
    const noise = scatter * draw.normal() + u * draw.normal();
    const y = Math.exp(level + (ln < 0 ? exponent : above) * ln + noise);
    return { x: middleX * Math.exp(ln), y, u, group: `${prefix}${i}` };
  });
}

export function lawOf(points: readonly LawPoint[], seed = 1, draws?: number, series?: string): PowerLaw {
  const result = powerLaw(points, seed, draws, series);
  if (result.kind === 'none') throw new Error(result.reason);
  return result.law;
}

export interface Covered {
  /** Share of the stretched intervals that hold the exponent, and of plain percentile intervals. */
  covered: number;
  plain: number;
  bias: number;
  /** Mean half-width. */
  halfWidth: number;
}

/** Coverage of the exponent over many simulated ladders. */
export function exponentCoverage(
  shape: LadderShape,
  { ladders, draws, seed }: { ladders: number; draws: number; seed: number },
): Covered {
  const draw = drawFrom(seed);
  let [covered, plain, sum, width] = [0, 0, 0, 0];
  for (let r = 0; r < ladders; r++) {
    const law = lawOf(simulatedLadder(draw, shape), r, draws);
    const { value, low, high } = law.exponent;
    const within = (a: number, b: number) => (a <= shape.exponent && shape.exponent <= b ? 1 : 0);
    covered += within(low, high);
    plain += within(value - (value - low) / law.stretch, value + (high - value) / law.stretch);
    sum += value - shape.exponent;
    width += (high - low) / 2;
  }
  return {
    covered: covered / ladders,
    plain: plain / ladders,
    bias: sum / ladders,
    halfWidth: width / ladders,
  };
}

/** Coverage of a crossover in the middle of two ladders, where it is resolved. */
export function crossoverCoverage(
  { exponents, ...shape }: Omit<LadderShape, 'exponent'> & { exponents: [number, number] },
  {
    ladders,
    draws,
    seed,
    sameModels = false,
  }: { ladders: number; draws: number; seed: number; sameModels?: boolean },
): { resolved: number; covered: number } {
  const draw = drawFrom(seed);
  let [resolved, covered] = [0, 0];
  for (let r = 0; r < ladders; r++) {
    const [a, b] = exponents.map((exponent, k) =>
      lawOf(
        simulatedLadder(draw, { ...shape, exponent, prefix: sameModels ? '' : `${k}-` }),
        r,
        draws,
        `${k}`,
      ),
    ) as [PowerLaw, PowerLaw];
    const crossing = crossoverOf(a, b, true);
    if (crossing.kind === 'unresolved') continue;
    resolved += 1;
    if (holds(crossing, middleX)) covered += 1;
  }
  return { resolved: resolved / ladders, covered: covered / resolved };
}

/** An end beyond the measured range holds everything on its side. */
export function holds({ low, high }: Crossover & { kind: 'crossing' }, x: number): boolean {
  return (low === null || low <= x) && (high === null || x <= high);
}

/**
 * Coverage of the exponent on a sensor whose offset, one standard deviation, is `offset` times the smallest value: drawn
 * once a ladder. `told`: whether the fit knows of it.
 */
export function offsetCoverage(
  shape: LadderShape,
  {
    offset,
    told,
    ladders,
    draws,
    seed,
  }: { offset: number; told: boolean; ladders: number; draws: number; seed: number },
): number {
  const draw = drawFrom(seed);
  let covered = 0;
  for (let r = 0; r < ladders; r++) {
    const points = simulatedLadder(draw, shape);
    const shown = draw.normal();
    const smallest = Math.min(...points.map((p) => p.y));
    const seen = points.map((p) => {
      const relative = (offset * smallest) / p.y;
      return { ...p, y: p.y * Math.max(0.05, 1 + shown * relative), offset: told ? relative : 0 };
    });
    const { low, high } = lawOf(seen, r, draws).exponent;
    if (low <= shape.exponent && shape.exponent <= high) covered += 1;
  }
  return covered / ladders;
}

/** Coverage of a crossover measured by two sensors whose gains are drawn once a ladder. `told`: two sensors, or one. */
export function twoSensorCoverage(
  { exponents, ...shape }: Omit<LadderShape, 'exponent'> & { exponents: [number, number] },
  {
    gain,
    told,
    ladders,
    draws,
    seed,
  }: { gain: number; told: boolean; ladders: number; draws: number; seed: number },
): { resolved: number; covered: number } {
  const draw = drawFrom(seed);
  let [resolved, covered] = [0, 0];
  for (let r = 0; r < ladders; r++) {
    const [a, b] = exponents.map((exponent, k) => {
      const level = gain * draw.normal();
      const points = simulatedLadder(draw, { ...shape, exponent, level, prefix: `${k}-` });
      return lawOf(
        points.map((p) => ({ ...p, gain })),
        r,
        draws,
      );
    }) as [PowerLaw, PowerLaw];
    const crossing = crossoverOf(a, b, !told);
    if (crossing.kind === 'unresolved') continue;
    resolved += 1;
    if (holds(crossing, middleX)) covered += 1;
  }
  return { resolved: resolved / ladders, covered: covered / resolved };
}
