import { intervalRanks, quantileOfSorted } from '../../../shared/stats/quantiles';

/** Centre and spread of a few independent numbers. */
export interface Summary {
  n: number;
  /** Median. */
  centre: number;
  low: number;
  high: number;
  /** `range`: lowest to highest; `interval`: 95 % interval of the median. */
  spread: 'range' | 'interval';
}

/** From so many values on, a 95 % interval of the median exists (shared/stats/quantiles.ts). */
export const leastForInterval = 6;

/**
 * Median with its spread; null for no values. Fewer than six have no 95 % interval of the median, so their range is
 * shown. Source: order statistics, see intervalRanks. Pure.
 */
export function summaryOf(values: readonly number[]): Summary | null {
  const n = values.length;
  if (n === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const centre = quantileOfSorted(sorted, 0.5);
  const ranks = n < leastForInterval ? null : intervalRanks(n, n, 0.5);
  if (ranks === null) return { n, centre, low: sorted[0], high: sorted[n - 1], spread: 'range' };
  return { n, centre, low: sorted[ranks.low - 1], high: sorted[ranks.high - 1], spread: 'interval' };
}

/** What the numbers of a summary are, for a person. Pure. */
export function summaryWords({ n, spread }: Summary, leftOut: number): string {
  const what =
    n === 1
      ? 'One value'
      : `Median of n = ${n}, ${spread === 'range' ? 'lowest to highest' : '95 % interval of the median'}`;
  return leftOut > 0 ? `${what}. ${leftOut} left out: invalid or absent.` : `${what}.`;
}
