import type { Estimate } from '../../../shared/claim';
import type { Interval, RunRow } from '../../../shared/runRow';
import { pairedRatio } from '../../../shared/stats/pairedRatio';
import { logOfInterval, ratioOf } from '../../../shared/stats/ratio';
import type { Measured } from '../protocol';

/**
 * Relative standard uncertainty of a ratio of two runs that were not interleaved: what a machine does between two runs
 * minutes apart. Three runs of one model gave 43.9, 47.5 and 43.2 µs, each ± 1 % (docs/measured.md): 5 %.
 */
export const betweenRunsRel = 0.05;

/** Latency, or energy where `pick` says so, of one run. */
export type PickInterval = (row: RunRow) => Interval;
export const pickP50: PickInterval = (row) => row.p50S;
/** A single window has no interval of repeats: the one with the sensor's own uncertainty stands in, which is wider. */
export const pickGross: PickInterval = ({ grossJ, grossAbsoluteJ }) =>
  grossJ.value !== null && grossJ.low === null ? grossAbsoluteJ : grossJ;
export const pickNet: PickInterval = (row) => row.netJ;
/** Whether a meter gave the energy of every condition that could be timed. */
export function hasEnergy(measured: ReadonlyMap<string, Measured>): boolean {
  const timed = [...measured.values()].filter(({ row }) => row.p50S.value !== null);
  return timed.length > 0 && timed.every(({ row }) => row.grossJ.value !== null);
}

/**
 * a over b with its 95 % interval, as per call of the model. Turns of the same blocks are paired (guide "measuring", 2.4);
 * single runs are compared by their own intervals and `betweenRunsRel`. Null where either was not measured.
 */
export function measuredRatio(a: Measured, b: Measured, pick: PickInterval): Estimate | null {
  const pairs = a.turns.flatMap((turn) => {
    const other = b.turns.find((t) => t.block === turn.block);
    const [x, y] = [pick(turn).value, other ? pick(other).value : null];
    return x !== null && y !== null && x > 0 && y > 0 ? [{ a: x, b: y }] : [];
  });
  if (pairs.length >= 2) {
    const ratio = pairedRatio(pairs);
    return ratio && { value: ratio.value, low: ratio.low, high: ratio.high };
  }
  const [one, two] = [logOfInterval(pick(a.row)), logOfInterval(pick(b.row))];
  return one && two ? ratioOf(one, two, Math.SQRT2 * betweenRunsRel) : null;
}

/** A quantity per query: the interval of a call divided by its batch. Null where it was not measured. */
export function perQuery({ row, batch }: Measured, pick: PickInterval): Estimate | null {
  const { value, low, high } = pick(row);
  if (value === null) return null;
  return { value: value / batch, low: (low ?? value) / batch, high: (high ?? value) / batch };
}
