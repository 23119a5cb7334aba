import type { Estimate } from '../run';
import { binomialQuantile } from './binomial';
import { effectiveSize } from './effectiveSize';

/**
 * Percentiles the lab reports and the least effective sample for each.
 * They solve MLPerf's early-stopping condition P(Binomial(n, 1−p) ≤ 1) ≤ 0.01; for p50 it is the least at which a
 * 95 % interval exists at all. Refusing below 20 there does harm: where 11 of 5,000 samples are independent (AR(1),
 * ρ = 0.997), those let through at 20 are the ones whose n_eff came out too high, and their intervals cover 72 %
 * (146 of 202 series); from 6 on they cover 88 % (511 of 581).
 * Source: docs/method.md, 2.2, which leaves p50 open to choice.
 */
export const leastEffective = { 0.5: 6, 0.9: 64, 0.95: 130, 0.99: 662, 0.999: 6636 } as const;
export type Percentile = keyof typeof leastEffective;

/** Quantile p of ascending values, linear between order statistics (Hyndman & Fan 1996, type 7). NaN if empty. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below];
  if (low === undefined) return Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}

/**
 * quantileOfSorted of finite values in any order, bit for bit, without sorting them all: the two order statistics that it
 * stands on are selected (Hoare 1961, Algorithm 65: Find).
 */
export function quantileOf(values: Float64Array, p: number): number {
  const own = values.slice();
  const below = Math.floor((own.length - 1) * p);
  if (own.length === 0) return Number.NaN;
  let [first, last] = [0, own.length - 1];
  for (let round = 0; first < last; round++) {
    // Halved each time as a rule; values that were made to defeat it are sorted.
    if (round === 100) return quantileOfSorted(own.sort(), p);
    const pivot = own[(first + last) >> 1]!;
    let [i, j] = [first, last];
    while (i <= j) {
      while (own[i]! < pivot) i++;
      while (own[j]! > pivot) j--;
      if (i > j) break;
      const value = own[i]!;
      own[i++] = own[j]!;
      own[j--] = value;
    }
    if (below <= j) last = j;
    else if (below >= i) first = i;
    else break;
  }
  const low = own[below]!;
  let high = below + 1 < own.length ? Number.POSITIVE_INFINITY : low;
  for (let i = below + 1; i < own.length; i++) high = Math.min(high, own[i]!);
  return quantileOfSorted([low, high], (own.length - 1) * p - below);
}

/**
 * Ranks (from 1, of n) of the 95 % order-statistic interval of quantile p, given nEff independent samples:
 * the 2.5 % and 97.5 % points of Binomial(nEff, p), scaled to n. Null where no such interval exists (pⁿ > 0.025).
 * Source: David & Nagaraja, Order Statistics, section 7.1; docs/method.md, 2.2 for the scaling.
 */
export function intervalRanks(n: number, nEff: number, p: number): { low: number; high: number } | null {
  const m = Math.min(n, Math.floor(nEff));
  if (m < 1) return null;
  const low = binomialQuantile(0.025, m, p);
  const high = binomialQuantile(0.975, m, p) + 1;
  if (low < 1 || high > m) return null;
  return { low: Math.max(1, Math.floor((low * n) / m)), high: Math.min(n, Math.ceil((high * n) / m)) };
}

/**
 * Quantile p with its 95 % interval from ascending values that are worth nEff independent ones, `forInterval` where
 * the interval must be wider because nEff is not known well. Unit: theirs.
 */
export function quantileEstimate(
  sorted: ArrayLike<number>,
  nEff: number,
  p: Percentile,
  forInterval = nEff,
): Estimate {
  const ranks = nEff < leastEffective[p] ? null : intervalRanks(sorted.length, forInterval, p);
  if (ranks === null) return { value: null, low: null, high: null, missingReason: 'TOO_FEW_SAMPLES' };
  return {
    value: quantileOfSorted(sorted, p),
    low: sorted[ranks.low - 1]!,
    high: sorted[ranks.high - 1]!,
    missingReason: null,
  };
}

/**
 * The same from a series in time order: its effective size at the quantile is found first. `ends`: index after the last
 * sample of each window.
 */
export function seriesQuantile(
  series: Float64Array,
  sorted: Float64Array,
  p: Percentile,
  ends: readonly number[] = [series.length],
): { estimate: Estimate; nEff: number } {
  if (series.length === 0) return { estimate: quantileEstimate(sorted, 0, p), nEff: 0 };
  const { size, forInterval, correlated } = effectiveSize(series, quantileOfSorted(sorted, p), ends);
  // Refused by the autocorrelation alone: the scatter of a few windows is so noisy that a limit on it would let through
  // the runs that scatter least by chance. The interval must exist for what the scatter leaves.
  return { estimate: quantileEstimate(sorted, correlated, p, forInterval), nEff: size };
}
