import { percentileInterval } from './percentileInterval';
import { randomFrom } from './random';

/** What one seed gave: `top` over `bottom`, item by item (queries, windows); no `bottom`: ones, so that the ratio is a mean. */
export interface SeedItems {
  top: ArrayLike<number>;
  bottom?: ArrayLike<number>;
}

/**
 * Σ top / Σ bottom over all seeds with its 95 % percentile interval: seeds are drawn with replacement, and within each
 * its items, so that both kinds of scatter count. Null where there is nothing or the ratio is not finite.
 * Source: guide of the experiments, 1.3; Davison and Hinkley 1997, 3.8.
 */
export function ratioOverSeeds(
  seeds: readonly SeedItems[],
  seed = 1,
  draws = 1000,
): { value: number; low: number; high: number } | null {
  if (seeds.length === 0 || seeds.some((s) => s.top.length === 0)) return null;
  let [top, bottom] = [0, 0];
  for (const s of seeds) {
    for (let i = 0; i < s.top.length; i++) {
      top += s.top[i]!;
      bottom += s.bottom?.[i] ?? 1;
    }
  }
  const value = top / bottom;
  if (!Number.isFinite(value)) return null;
  const random = randomFrom(seed);
  const drawn = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    let [up, down] = [0, 0];
    for (let k = 0; k < seeds.length; k++) {
      const { top: t, bottom: b } = seeds[Math.floor(random.uniform() * seeds.length)]!;
      for (let i = 0; i < t.length; i++) {
        const at = Math.floor(random.uniform() * t.length);
        up += t[at]!;
        down += b === undefined ? 1 : b[at]!;
      }
    }
    drawn[d] = up / down;
  }
  return percentileInterval(value, drawn);
}
