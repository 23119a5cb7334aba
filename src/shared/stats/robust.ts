import { quantileOfSorted } from './quantiles';

/** Outlier limit for robust z, at every level. Source: docs/method.md 2.3. */
export const robustLimit = 5;
/** 1/Φ⁻¹(3/4): makes the median absolute deviation a standard deviation for normal data. */
const madToSd = 1.4826;

export function ascending(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** Median; NaN if empty. */
export function median(values: ArrayLike<number>): number {
  return quantileOfSorted(ascending(values), 0.5);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Sample standard deviation (n − 1); NaN below two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return values.length < 2 ? Number.NaN : Math.sqrt(sum / (values.length - 1));
}

/**
 * Robust standard deviation of ascending values: 1.4826 × median absolute deviation from `centre`.
 * Where more than half the values are equal that is 0, and 1.2533 × the mean absolute deviation stands in
 * (Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers).
 */
export function robustSd(sorted: Float64Array, centre: number): number {
  const mad = medianDeviation(sorted, centre);
  if (mad > 0 || sorted.length === 0) return madToSd * mad;
  let sum = 0;
  for (const value of sorted) sum += Math.abs(value - centre);
  return (1.2533 * sum) / sorted.length;
}

/** Median of |x − centre| of ascending values in O(n): the deviations come sorted from both ends inward. */
function medianDeviation(sorted: Float64Array, centre: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  let left = 0;
  let right = n - 1;
  // Walk from the largest deviation down until the middle ones are left.
  const drop = n - 1 - (n >>> 1);
  const largest = () => {
    const fromLeft = Math.abs(sorted[left]! - centre);
    const fromRight = Math.abs(sorted[right]! - centre);
    if (fromLeft > fromRight) {
      left += 1;
      return fromLeft;
    }
    right -= 1;
    return fromRight;
  };
  for (let i = 0; i < drop; i++) largest();
  const upper = largest();
  return n % 2 === 1 ? upper : (upper + largest()) / 2;
}

/**
 * Robust z of every value: |x − median| / max(1.4826·MAD, floor). `floor`: the resolution floor, in the values' unit.
 * Source: docs/method.md, 2.3.
 */
export function robustZ(values: ArrayLike<number>, floor: number): number[] {
  const sorted = ascending(values);
  const centre = quantileOfSorted(sorted, 0.5);
  const scale = Math.max(robustSd(sorted, centre), floor);
  return Array.from(values, (v) => (v === centre ? 0 : Math.abs(v - centre) / scale));
}

/** Values of an ascending series with robust z above 5. They are counted, never removed. */
export function spikeCount(sorted: Float64Array): number {
  const centre = quantileOfSorted(sorted, 0.5);
  const reach = robustLimit * robustSd(sorted, centre);
  if (sorted.length === 0) return 0;
  return firstAbove(sorted, centre - reach, false) + sorted.length - firstAbove(sorted, centre + reach, true);
}

/** Index of the first value > limit (`strict`) or ≥ limit. */
function firstAbove(sorted: Float64Array, limit: number, strict: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle]!;
    if (strict ? value > limit : value >= limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
