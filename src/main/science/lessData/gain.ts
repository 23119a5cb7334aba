import type { Estimate } from '../../../shared/claim';
import { meanInterval } from '../../../shared/stats/meanInterval';
import { stretchedEnds } from '../../../shared/stats/powerLaw';
import { randomFrom } from '../../../shared/stats/random';
import { studentQuantile } from '../../../shared/stats/student';
import type { Curve, CurvePoint } from './curves';
import { areaUnder, examplesToReach, notReached, type Reach } from './target';

/** Examples that the baseline needs over those that a method needs. */
export interface Gain {
  value: Estimate | null;
  /** What the estimate is: where one curve does not meet the target only a bound is known. */
  bound: 'exact' | 'at least' | 'at most';
  /** Why there is none; null where there is. */
  missing: string | null;
  baseline: Reach | null;
  method: Reach | null;
}

const draws = 1000;

/** Mean accuracy by size over the seeds `of` (all where absent); sizes at which one of them diverged are left out. */
function meanCurve({ points }: Pick<Curve, 'points'>, of?: readonly number[]) {
  return points.flatMap(({ n, accuracy }) => {
    const values = (of ?? accuracy.map((_, i) => i)).map((i) => accuracy[i] ?? null);
    if (values.length === 0 || values.some((v) => v === null)) return [];
    return [{ n, accuracy: values.reduce<number>((sum, v) => sum + v!, 0) / values.length }];
  });
}

/**
 * The gain at the target with a 95 % interval by bootstrap over seeds, drawn jointly for both since a seed gives both the
 * same subset. Draws of a few seeds scatter too little: on logarithms the ends are stretched about the estimate by
 * t(0.975, k − 1)/1.96·√(k/(k − 1)) for k seeds, as the ends of a power law are (docs/method.md, 5). One seed has no interval.
 */
export function gainOf(baseline: Curve, method: Curve, target: number, seed = 1): Gain {
  const reach = (curve: Curve, of?: readonly number[]) => examplesToReach(meanCurve(curve, of), target);
  const [base, own] = [reach(baseline), reach(method)];
  const none = (missing: string): Gain => ({
    value: null,
    bound: 'exact',
    missing,
    baseline: base,
    method: own,
  });
  if (base === null || own === null) return none('No training gave an accuracy.');
  if (base.kind !== 'reached' && own.kind !== 'reached' && base.kind === own.kind) {
    return none(`Neither curve crosses the target. ${notReached(own)}`);
  }
  const bound = base.kind === 'reached' && own.kind === 'reached' ? 'exact' : boundOf(base, own);
  const value = base.n / own.n;
  const seeds = Math.min(...[...baseline.points, ...method.points].map((p) => p.accuracy.length));
  if (seeds < 2) return none('One seed has no interval.');
  const random = randomFrom(seed);
  const ratios: number[] = [];
  for (let d = 0; d < draws; d++) {
    const of = Array.from({ length: seeds }, () => Math.floor(random.uniform() * seeds));
    const [b, m] = [reach(baseline, of), reach(method, of)];
    // A draw in which a curve misses the target has the end of the curve for it, a bound.
    if (b && m) ratios.push(Math.log(b.n / m.n));
  }
  const stretch = (studentQuantile(0.975, seeds - 1) / 1.96) * Math.sqrt(seeds / (seeds - 1));
  const { low, high } = stretchedEnds(Float64Array.from(ratios), Math.log(value), stretch);
  const estimate: Estimate = { value, low: bound === 'at most' ? 0 : Math.exp(low), high: Math.exp(high) };
  return { value: estimate, bound, missing: null, baseline: base, method: own };
}

/** A method that never gets there needs more than was tried, so that its gain is at most so much; and the reverse. */
function boundOf(base: Reach, own: Reach): 'at least' | 'at most' {
  return own.kind === 'below' || base.kind === 'above' ? 'at most' : 'at least';
}

/** Accuracy of the method less that of the baseline at each size both have, paired by seed. */
export function differencesOf(
  baseline: Curve,
  method: Curve,
): { n: number; value: Estimate | null; seeds: number }[] {
  return method.points.flatMap((point) => {
    const other = baseline.points.find((p) => p.n === point.n);
    if (!other) return [];
    const pairs = pairedBy(other, point);
    return [{ n: point.n, value: meanInterval(pairs.map(([b, m]) => m - b)), seeds: pairs.length }];
  });
}

function pairedBy(a: CurvePoint, b: CurvePoint): [number, number][] {
  return a.accuracy.flatMap((x, i): [number, number][] => {
    const y = b.accuracy[i] ?? null;
    return x === null || y === null ? [] : [[x, y]];
  });
}

/** Area under the curve over ln n by seed, with its interval; null where it cannot be told. */
export function areaOf(curve: Curve): Estimate | null {
  const seeds = curve.points[0]?.accuracy.length ?? 0;
  const areas = Array.from({ length: seeds }, (_, i) => areaUnder(meanCurve(curve, [i])));
  if (areas.some((a) => a === null)) return null;
  return meanInterval(areas as number[]);
}
