/**
 * Where a curve of accuracy against examples meets a target: `reached` at n by straight lines in ln n, `above` already at
 * the fewest examples, `below` still at the most. Guide of the experiments, section 7.
 */
export type Reach = { kind: 'reached' | 'above' | 'below'; n: number };

/** Points ascend in n; the first crossing from below counts. Null for an empty curve. */
export function examplesToReach(
  points: readonly { n: number; accuracy: number }[],
  target: number,
): Reach | null {
  const first = points[0];
  if (!first) return null;
  if (first.accuracy >= target) return { kind: 'above', n: first.n };
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    if (b.accuracy < target) continue;
    const share = (target - a.accuracy) / (b.accuracy - a.accuracy);
    return { kind: 'reached', n: Math.exp(Math.log(a.n) + share * Math.log(b.n / a.n)) };
  }
  return { kind: 'below', n: points.at(-1)!.n };
}

/** Why there is no number of examples for the target; null where there is. */
export function notReached(reach: Reach | null): string | null {
  if (reach === null) return 'No training gave an accuracy.';
  if (reach.kind === 'above')
    return `It is above the target already with ${reach.n} examples, the fewest tried.`;
  if (reach.kind === 'below') return `It is below the target still with ${reach.n} examples, the most tried.`;
  return null;
}

/** Mean accuracy over ln n between the first and the last point (trapezoids); null below two points. */
export function areaUnder(points: readonly { n: number; accuracy: number }[]): number | null {
  if (points.length < 2) return null;
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    sum += ((a.accuracy + b.accuracy) / 2) * Math.log(b.n / a.n);
  }
  return sum / Math.log(points.at(-1)!.n / points[0]!.n);
}
