import type { Estimate } from '../../../shared/claim';
import { meanInterval } from '../../../shared/stats/meanInterval';
import { logOfInterval } from '../../../shared/stats/ratio';
import { logSlope, theilSen } from '../../../shared/stats/theilSen';
import type { Measured } from '../protocol';
import { betweenRunsRel, type PickInterval } from './ratio';

/** Slope of ln y on ln n, with what it stands on. */
export interface Slope {
  value: Estimate;
  /** Blocks, or points where there were none. */
  n: number;
  /** Fewest and most examples that it stands on. */
  from: number;
  to: number;
}

const ends = (points: readonly { n: number }[]) => ({
  from: Math.min(...points.map((p) => p.n)),
  to: Math.max(...points.map((p) => p.n)),
});

/** Of exact numbers, e.g. bytes: no interval. Null below two different n. */
export function exactSlope(points: readonly { n: number; y: number }[]): Slope | null {
  const value = logSlope(points.map(({ n, y }) => ({ x: n, y, u: 0 })));
  return value && { value, n: points.length, ...ends(points) };
}

/** With fewer points than planned, so many must be left. */
const leastLeft = 3;

/**
 * Slope of what was measured at each n by Theil and Sen. With two blocks or more one slope a block, their mean and
 * Student's interval, so that what moves a whole block leaves no trace; else by draws of the single runs' intervals
 * and `betweenRunsRel`. A point that was not measured is left out where three are left; else null.
 */
export function measuredSlope(
  points: readonly { n: number; measured: Measured | undefined }[],
  pick: PickInterval,
): Slope | null {
  const present = points.flatMap(({ n, measured }) =>
    measured && pick(measured.row).value !== null ? [{ n, measured }] : [],
  );
  if (present.length < Math.min(points.length, leastLeft) || present.length < 2) return null;
  const slopes = blocksOf(present[0].measured).flatMap((block) => {
    const logs = present.flatMap(({ n, measured }) => {
      const turn = measured.turns.find((t) => t.block === block);
      const y = turn ? pick(turn).value : null;
      return y !== null && y > 0 ? [{ x: Math.log(n), y: Math.log(y) }] : [];
    });
    const slope = logs.length === present.length ? theilSen(logs) : null;
    return slope === null ? [] : [slope];
  });
  const overBlocks = meanInterval(slopes);
  if (overBlocks) return { value: overBlocks, n: slopes.length, ...ends(present) };
  const single = present.flatMap(({ n, measured }) => {
    const log = logOfInterval(pick(measured.row));
    return log ? [{ x: n, y: Math.exp(log.ln), u: Math.hypot(log.u, betweenRunsRel) }] : [];
  });
  if (single.length < present.length) return null;
  const value = logSlope(single);
  return value && { value, n: single.length, ...ends(single.map(({ x }) => ({ n: x }))) };
}

const blocksOf = ({ turns }: Measured) => [...new Set(turns.map((t) => t.block))];

/** `0.96 (0.93 to 0.99)`: two decimals, since a slope is read against 0 and 1. */
export function slopeText({ value, low, high }: Estimate): string {
  const text = (v: number) => {
    const fixed = v.toFixed(2).replace('-', '−');
    return fixed === '−0.00' ? '0.00' : fixed;
  };
  return low === high ? text(value) : `${text(value)} (${text(low)} to ${text(high)})`;
}
