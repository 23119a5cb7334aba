import { normalUpperTail } from './normal';
import { midRanks } from './ranks';

export interface MannWhitney {
  /** Pairs in which the value of `a` is the larger; ties count half. */
  u: number;
  /** Two-sided. */
  p: number;
  method: 'exact' | 'normal';
}

/** Up to so many values in all, without ties, the whole distribution is enumerated: its counts stay exact in a double. */
const mostExact = 50;

/**
 * Mann–Whitney U of two independent samples, two-sided: exact for up to 50 values without ties, else normal with the
 * variance corrected for ties and a continuity correction of ½. All values equal: p = 1; null where a sample is empty.
 * Source: Mann & Whitney 1947, Ann. Math. Stat. 18; Hollander & Wolfe 1999, section 4.1.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney | null {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return null;
  const { ranks, ties } = midRanks([...a, ...b]);
  const rankSum = ranks.slice(0, m).reduce((sum, r) => sum + r, 0);
  const u = rankSum - (m * (m + 1)) / 2;
  const smaller = Math.min(u, m * n - u);
  if (ties.length === 0 && m + n <= mostExact)
    return { u, p: Math.min(1, 2 * shareUpTo(m, n, smaller)), method: 'exact' };
  const all = m + n;
  const tied = ties.reduce((sum, t) => sum + (t ** 3 - t), 0) / (all * (all - 1));
  const sd = Math.sqrt(((m * n) / 12) * (all + 1 - tied));
  if (!(sd > 0)) return { u, p: 1, method: 'normal' };
  const z = Math.max(0, (m * n) / 2 - smaller - 0.5) / sd;
  return { u, p: Math.min(1, 2 * normalUpperTail(z)), method: 'normal' };
}

/**
 * Share of the orders of m and n values whose U is at most `limit`: coefficients of the Gaussian binomial
 * Π (1 − q^(n+i))/(1 − q^i), i = 1 … m.
 */
function shareUpTo(m: number, n: number, limit: number): number {
  const counts = new Float64Array(m * n + 1);
  counts[0] = 1;
  for (let i = 1; i <= m; i++) {
    for (let u = m * n; u >= n + i; u--) counts[u] = counts[u]! - counts[u - n - i]!;
    for (let u = i; u <= m * n; u++) counts[u] = counts[u]! + counts[u - i]!;
  }
  let [below, all] = [0, 0];
  counts.forEach((count, u) => {
    all += count;
    if (u <= limit) below += count;
  });
  return below / all;
}
