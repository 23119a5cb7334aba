import { percentileInterval } from './percentileInterval';
import { randomFrom } from './random';
import { median } from './robust';

/** Median of the slopes between every two points with different x; null where there are none. Source: Theil 1950; Sen 1968. */
export function theilSen(points: readonly { x: number; y: number }[]): number | null {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) if (a.x !== b.x) slopes.push((b.y - a.y) / (b.x - a.x));
  }
  return slopes.length === 0 || !slopes.every(Number.isFinite) ? null : median(slopes);
}

/**
 * Slope of ln y on ln x (the exponent of a power law) by Theil and Sen, with the 95 % interval that the points'
 * uncertainties give it: seeded normal draws of every ln y. `u`: relative standard uncertainty of y; 0 where it is
 * exact, which leaves no interval. Where the points scatter about the line by more than that, all are taken to be as
 * much less certain (Birge 1932): a run that was disturbed widens the interval. Null below two different x or where a value is not positive.
 */
export function logSlope(
  points: readonly { x: number; y: number; u: number }[],
  seed = 1,
  draws = 2000,
): { value: number; low: number; high: number } | null {
  if (!points.every(({ x, y, u }) => x > 0 && y > 0 && u >= 0)) return null;
  const logs = points.map(({ x, y, u }) => ({ x: Math.log(x), y: Math.log(y), u }));
  const value = theilSen(logs);
  if (value === null) return null;
  if (logs.every(({ u }) => u === 0)) return { value, low: value, high: value };
  const stretch = birge(logs, value);
  const random = randomFrom(seed);
  const drawn = Float64Array.from(
    { length: draws },
    () => theilSen(logs.map(({ x, y, u }) => ({ x, y: y + stretch * u * random.normal() }))) as number,
  );
  return percentileInterval(value, drawn);
}

/** √(χ²/ν) of the points about their line, at least 1; ν is n − 2, and with two points there is nothing to see. */
function birge(points: readonly { x: number; y: number; u: number }[], slope: number): number {
  const certain = points.some(({ u }) => u === 0);
  if (points.length < 3 || certain) return 1;
  const level = median(points.map(({ x, y }) => y - slope * x));
  const chi2 = points.reduce((sum, { x, y, u }) => sum + ((y - slope * x - level) / u) ** 2, 0);
  return Math.max(1, Math.sqrt(chi2 / (points.length - 2)));
}
