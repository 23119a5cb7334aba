import { quantileOfSorted } from './quantiles';

/**
 * A value with the 95 % percentile interval of draws of it, wide enough to hold the value itself.
 * Source: Davison and Hinkley 1997, 5.3.1. Ends are NaN without a draw.
 */
export function percentileInterval(
  value: number,
  draws: ArrayLike<number>,
): { value: number; low: number; high: number } {
  const sorted = Float64Array.from(draws).sort();
  return {
    value,
    low: Math.min(value, quantileOfSorted(sorted, 0.025)),
    high: Math.max(value, quantileOfSorted(sorted, 0.975)),
  };
}
