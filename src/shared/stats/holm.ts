/**
 * p values adjusted for testing all of them, in their order: the i-th smallest times (m − i + 1), never below one before
 * it, at most 1. Below 0.05 means: rejected with a family-wise error of 5 %, whatever the tests have to do with each
 * other. A null was not tested, stays null and does not count. Source: Holm 1979, Scand. J. Stat. 6.
 */
export function holm<P extends number | null>(ps: readonly P[]): P[] {
  const tested = ps.flatMap((p, i) => (p === null ? [] : [{ p: p as number, i }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = ps.map(() => null);
  let largest = 0;
  tested.forEach(({ p, i }, place) => {
    largest = Math.max(largest, Math.min(1, (tested.length - place) * p));
    adjusted[i] = largest;
  });
  return adjusted as P[];
}

/**
 * Blocks that a comparison of `pairs` pairs needs: max(6, ⌈log₂(40·m)⌉), the fewest with which a two-sided signed-rank
 * test can pass 0.05 after Holm's correction. Source: docs/method.md, 2.4.
 */
export function blocksNeeded(pairs: number): number {
  return Math.max(6, Math.ceil(Math.log2(40 * Math.max(1, pairs))));
}
