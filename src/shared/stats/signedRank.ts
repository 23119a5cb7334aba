import { normalUpperTail } from './normal';
import { midRanks } from './ranks';

export interface SignedRank {
  /** Sum of the ranks of the positive differences. */
  wPlus: number;
  /** Differences that are not zero. */
  n: number;
  /** Two-sided. */
  p: number;
  method: 'exact' | 'normal';
}

/** Up to so many differences the whole distribution is enumerated. */
const mostExact = 25;

/**
 * Wilcoxon's signed-rank test of paired differences about 0, two-sided. Zeros by Pratt: they take part in the ranking
 * and then leave with their ranks. Equal sizes share their mean rank. Up to 25 differences p is exact, for the very
 * ranks at hand (ties included); above it is normal with the variance of those ranks and a continuity correction of ½.
 * Only zeros: p = 1. Source: Wilcoxon 1945; Pratt 1959, JASA 54; Hollander & Wolfe 1999, section 3.1.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const { ranks } = midRanks(differences.map(Math.abs));
  const signed = differences.map((d, i) => ({ d, rank: ranks[i]! })).filter(({ d }) => d !== 0);
  const own = signed.map((s) => s.rank);
  const wPlus = signed.reduce((sum, { d, rank }) => sum + (d > 0 ? rank : 0), 0);
  const n = own.length;
  if (n === 0) return { wPlus: 0, n, p: 1, method: 'exact' };
  const total = own.reduce((sum, r) => sum + r, 0);
  const smaller = Math.min(wPlus, total - wPlus);
  if (n <= mostExact) return { wPlus, n, p: Math.min(1, 2 * shareUpTo(own, smaller)), method: 'exact' };
  const sd = Math.sqrt(own.reduce((sum, r) => sum + r * r, 0) / 4);
  const z = Math.max(0, total / 2 - smaller - 0.5) / sd;
  return { wPlus, n, p: Math.min(1, 2 * normalUpperTail(z)), method: 'normal' };
}

/** Share of the 2ⁿ sign patterns whose positive ranks sum to at most `limit`. Twice the ranks are whole numbers. */
function shareUpTo(ranks: readonly number[], limit: number): number {
  const doubled = ranks.map((r) => Math.round(2 * r));
  const total = doubled.reduce((sum, r) => sum + r, 0);
  const shares = new Float64Array(total + 1);
  shares[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--)
      shares[sum] = 0.5 * (shares[sum]! + (sum >= rank ? shares[sum - rank]! : 0));
  }
  let share = 0;
  for (let sum = 0; sum <= Math.round(2 * limit); sum++) share += shares[sum]!;
  return share;
}
