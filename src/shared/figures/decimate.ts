import type { Point } from './geometry';

/** A step this many times the usual one, and no shorter than this, is a gap: nobody read in between. */
const gapFactor = 8;
const leastGapS = 0.5;

/**
 * A trace as unbroken stretches: it breaks at values that are not finite and where far more time than usual passed
 * between two reads. Times in seconds, ascending.
 */
export function stretches(tS: Float64Array, values: Float64Array): Point[][] {
  const steps = tS.slice(1).map((t, i) => t - tS[i]!);
  const usual = steps.length === 0 ? 0 : steps.sort()[steps.length >> 1]!;
  const gap = Math.max(leastGapS, gapFactor * usual);
  const all: Point[][] = [];
  let own: Point[] = [];
  const close = () => {
    if (own.length > 0) all.push(own);
    own = [];
  };
  tS.forEach((x, i) => {
    const y = values[i]!;
    const last = own.at(-1);
    if (last !== undefined && x - last.x > gap) close();
    if (Number.isFinite(y)) own.push({ x, y });
    else close();
  });
  close();
  return all;
}

/**
 * At most two points for every `width` of x: least and largest, in their order, so that no peak is lost.
 * The first and the last point stay.
 */
export function decimated(points: readonly Point[], width: number): Point[] {
  if (points.length <= 2) return [...points];
  const kept: Point[] = [];
  let from = 0;
  while (from < points.length) {
    const column = Math.floor(points[from]!.x / width);
    let [low, high, to] = [from, from, from];
    for (; to < points.length && Math.floor(points[to]!.x / width) === column; to++) {
      if (points[to]!.y < points[low]!.y) low = to;
      if (points[to]!.y > points[high]!.y) high = to;
    }
    const both = low < high ? [low, high] : [high, low];
    const ends = [...(from === 0 ? [0] : []), ...both, ...(to === points.length ? [to - 1] : [])];
    for (const index of new Set(ends.sort((a, b) => a - b))) kept.push(points[index]!);
    from = to;
  }
  return kept;
}
