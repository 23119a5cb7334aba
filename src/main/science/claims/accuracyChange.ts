import type { Estimate } from '../../../shared/claim';
import { mean, standardDeviation } from '../../../shared/stats/robust';
import { studentQuantile } from '../../../shared/stats/student';

/** Test examples of one seed that only the base, and only the variant gets right. */
export interface PairedAnswers {
  lost: number;
  won: number;
  n: number;
  /** Hash of the test set: seeds that share one are no independent samples of examples. */
  testSet: string;
}

/**
 * Variance of (won − lost)/n by the test sample: two shares of the same n examples (McNemar 1947; Agresti, Categorical
 * Data Analysis, 10.1.1). At least that of one answer, so that no difference seen leaves a width.
 */
const withinOf = ({ lost, won, n }: PairedAnswers) =>
  (Math.max(won + lost, 1) - (won - lost) ** 2 / n) / n ** 2;

/**
 * Change of accuracy from base to variant with its 95 % interval, answers paired example by example: (won − lost)/n over
 * all seeds; its variance is that of the test samples and that between seeds, s²/k, whose few degrees of freedom stretch
 * the second part alone. Seeds on one test set count as one sample of examples. Null without an example.
 */
export function accuracyChange(seeds: readonly PairedAnswers[]): Estimate | null {
  const n = seeds.reduce((sum, s) => sum + s.n, 0);
  if (n === 0) return null;
  const value = seeds.reduce((sum, s) => sum + s.won - s.lost, 0) / n;
  const sets = [...Map.groupBy(seeds, (s) => s.testSet).values()];
  const share = (set: readonly PairedAnswers[]) => set.reduce((sum, s) => sum + s.n, 0) / n;
  const sample =
    1.96 * Math.sqrt(sets.reduce((sum, set) => sum + share(set) ** 2 * mean(set.map(withinOf)), 0));
  const each = seeds.map((s) => (s.won - s.lost) / s.n);
  const k = each.length;
  // What the test sample alone scatters is in the spread between seeds already: only the rest is added.
  const within = mean(seeds.map(withinOf));
  const between = k < 2 ? 0 : Math.max(0, standardDeviation(each) ** 2 - within);
  const spread = k < 2 ? 0 : studentQuantile(0.975, k - 1) * Math.sqrt(between / k);
  const reach = Math.hypot(sample, spread);
  return { value, low: value - reach, high: value + reach };
}
