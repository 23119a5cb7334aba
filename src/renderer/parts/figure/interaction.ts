import type { Axis } from '../../../shared/figures/scale';

export interface Rectangle {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** One axis as the figure drew it, and where its ends lie in the viewBox (y runs upwards: its first is the larger). */
export interface AxisFrame {
  axis: Pick<Axis, 'invert'>;
  range: readonly [number, number];
}

/** The part of the axis that a stretch of the viewBox covers, low end first. Pure. */
export function domainOf({ axis }: AxisFrame, from: number, to: number): [number, number] {
  const [a, b] = [axis.invert(from), axis.invert(to)];
  return a < b ? [a, b] : [b, a];
}

/** The domain narrowed (factor below 1) or widened about a place of the viewBox. Pure. */
export function zoomed(frame: AxisFrame, about: number, factor: number): [number, number] {
  const [from, to] = frame.range;
  return domainOf(frame, about + (from - about) * factor, about + (to - about) * factor);
}

export type Step = 'next' | 'previous' | 'first' | 'last' | 'nextSeries' | 'previousSeries';

/** What can be walked to: places in viewBox units, in the order of the keyboard, with each series as a stretch of it. */
export interface Places {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  seriesOf: ArrayLike<number>;
  series: readonly { from: number; to: number }[];
}

/**
 * The point that a key leads to from the one at `at` (null: none yet). Next and previous go on into the next series and come
 * round; series steps keep x as near as they can. Pure.
 */
export function stepTo({ x, seriesOf, series }: Places, at: number | null, step: Step): number | null {
  const n = x.length;
  if (n === 0) return null;
  if (at === null || at >= n) return step === 'last' ? n - 1 : 0;
  switch (step) {
    case 'first':
      return 0;
    case 'last':
      return n - 1;
    case 'next':
      return (at + 1) % n;
    case 'previous':
      return (at - 1 + n) % n;
    default: {
      const by = step === 'nextSeries' ? 1 : -1;
      const { from, to } = series[(seriesOf[at] + by + series.length) % series.length];
      let best = from;
      for (let i = from; i < to; i++) if (Math.abs(x[i] - x[at]) < Math.abs(x[best] - x[at])) best = i;
      return best;
    }
  }
}

/** The nearest point within `reach`, or null. Pure; 10⁵ points take a fraction of a millisecond. */
export function nearestTo({ x, y }: Places, at: { x: number; y: number }, reach: number): number | null {
  let best = reach * reach;
  let found: number | null = null;
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i] - at.x, y[i] - at.y];
    const d = dx * dx + dy * dy;
    if (d <= best) {
      best = d;
      found = i;
    }
  }
  return found;
}

/** Indexes of the points in the rectangle (any two opposite corners). Pure. */
export function inside({ x, y }: Places, { x0, y0, x1, y1 }: Rectangle): number[] {
  const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
  const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)];
  const found: number[] = [];
  for (let i = 0; i < x.length; i++)
    if (x[i] >= left && x[i] <= right && y[i] >= top && y[i] <= bottom) found.push(i);
  return found;
}
