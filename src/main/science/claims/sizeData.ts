import type { ClaimOptions } from '../../../shared/claim';
import type { Interval } from '../../../shared/runRow';
import { logOfInterval } from '../../../shared/stats/ratio';
import { mean } from '../../../shared/stats/robust';
import type { Batch, Measured } from '../protocol';
import type { TrainedRung } from '../size/trainLadder';
import { betweenRunsRel, type PickInterval, pickGross, pickNet, pickP50 } from './ratio';
import type { CostSample } from './sizeJudge';

/** One trained size with everything that was measured of it. */
export interface SizePoint extends TrainedRung {
  /** Parameters that one query uses; the same as `parameters` but for a mixture. */
  active: number;
  measured: Partial<Record<Batch, Measured>>;
  /** The model of its training step; null where it was not measured. */
  training: Measured | null;
}

export interface SizeLadder {
  key: string;
  name: string;
  points: SizePoint[];
}

export interface SizeData {
  options: ClaimOptions;
  classes: number;
  dataName: string;
  ladders: SizeLadder[];
  mixture: SizePoint | null;
  decoders: Measured[];
}

/** What stands for the cost of a query. */
export type CostKind = 'net' | 'gross' | 'time';
export const picks: Readonly<Record<CostKind, PickInterval>> = {
  net: pickNet,
  gross: pickGross,
  time: pickP50,
};

/** Cost of one query by turn; null where it was not measured. */
export function costOf(measured: Measured | undefined, pick: PickInterval): CostSample | null {
  if (!measured) return null;
  const { batch, turns } = measured;
  const known = turns.map(pick).filter(isPositive);
  if (known.length === 0) return null;
  const own = known.map((i) => logOfInterval(i)?.u ?? 0);
  const withinRel = Math.sqrt(mean(own.map((u) => u * u)));
  return {
    turns: known.map((i) => i.value / batch),
    withinRel: known.length < 2 ? Math.hypot(withinRel, betweenRunsRel) : withinRel,
  };
}

const isPositive = (i: Interval): i is Interval & { value: number } => i.value !== null && i.value > 0;

/** Rungs that a ladder needs, over this factor in parameters (guide 2, protocol 1). */
const least = { rungs: 6, factor: 100 } as const;

const costed = (points: readonly SizePoint[], batch: Batch, pick: PickInterval) =>
  points.filter((p) => costOf(p.measured[batch], pick) !== null);

/**
 * Whether the models of a ladder that have this cost still are a ladder: all of them, or with the largest six or more over
 * a factor of 100 (five that were asked for are enough). Points rise in their parameters.
 */
export function isLadder(points: readonly SizePoint[], batch: Batch, kind: CostKind): boolean {
  const known = costed(points, batch, picks[kind]);
  if (known.length === points.length) return known.length > 0;
  const [first, last] = [known[0], points.at(-1)!];
  return (
    first !== undefined &&
    known.length >= least.rungs &&
    known.includes(last) &&
    last.parameters >= least.factor * first.parameters
  );
}

/** Energy of a ladder at a batch: net where it is known of as many models as gross, else gross; null where it is no ladder. */
export function energyKind(points: readonly SizePoint[], batch: Batch): 'net' | 'gross' | null {
  const count = (pick: PickInterval) => costed(points, batch, pick).length;
  const kind = count(pickNet) >= count(pickGross) ? 'net' : 'gross';
  return isLadder(points, batch, kind) ? kind : null;
}

export const allMeasured = (ladders: readonly SizeLadder[]): Measured[] =>
  ladders.flatMap((l) => l.points.flatMap((p) => Object.values(p.measured)));
