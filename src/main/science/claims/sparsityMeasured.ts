import type { ClaimForm, Estimate } from '../../../shared/claim';
import { leastFloor } from '../../../shared/stats/ratio';
import { ascending } from '../../../shared/stats/robust';
import { type ZerosVerdict, zerosSkipped } from '../../../shared/stats/zerosSkipped';
import type { Measured } from '../protocol';
import { type MadeLayout, sizeKey } from '../sparsity/layersTask';
import { measuredRatio, type PickInterval, perQuery, pickGross, pickP50 } from './ratio';
import { conditionKey, layerBatches, leftOut, repeatsOf } from './sparsityPlan';

/** One layout at one batch, against the dense layer of its size. */
export interface LayerRow {
  layout: MadeLayout;
  batch: number;
  /** Median time of a call, s. */
  time: Estimate | null;
  /** Dense over this, with at least the noise floor around it. */
  speedup: Estimate | null;
  energyRatio: Estimate | null;
  /** Why there is no time; null where there is one. */
  missing: string | null;
  /** It was never to be measured, as k-WTA rows at batch 256. */
  leftOut: boolean;
  /** Only for stored zeros. */
  zeros: ZerosVerdict | null;
  /** |ln| of the ratio of two measurements of the same dense layer, of this size and batch. */
  floorLn: number;
  parameterBytes: number | null;
}

/** Every layout at every batch. Pure. */
export function layerRows(
  layouts: readonly MadeLayout[],
  measured: ReadonlyMap<string, Measured>,
  form: ClaimForm,
): LayerRow[] {
  return layouts.flatMap((layout) =>
    layerBatches[form].map((batch): LayerRow => {
      const dense = layouts.find((l) => l.group === 'dense' && sizeKey(l.size) === sizeKey(layout.size))!;
      const denseRuns = repeated(measured, dense, batch, form);
      const own = together(repeated(measured, layout, batch, form), form);
      const reference = together(denseRuns, form);
      const floorLn = floorOf(denseRuns);
      const reason = leftOut(layout, batch);
      const ratio = (pick: PickInterval) =>
        own && reference && layout !== dense
          ? atLeastFloor(measuredRatio(reference, own, pick), floorLn)
          : null;
      const speedup = ratio(pickP50);
      return {
        layout,
        batch,
        time: own ? perCall(own) : null,
        speedup,
        energyRatio: ratio(pickGross),
        leftOut: reason !== null,
        missing: reason ?? own?.row.failure ?? (own && speedup ? null : 'It was not measured.'),
        zeros: layout.group === 'masked' && speedup ? skipped(layout, speedup, floorLn) : null,
        floorLn,
        parameterBytes: own?.row.parameterBytes ?? null,
      };
    }),
  );
}

function skipped({ macs, denseMacs }: MadeLayout, speedup: Estimate, floorLn: number): ZerosVerdict {
  return zerosSkipped({
    interval: { low: 1 / speedup.high, high: 1 / speedup.low },
    floor: Math.exp(floorLn) - 1,
    f: 1 - macs / denseMacs,
  });
}

const repeated = (
  measured: ReadonlyMap<string, Measured>,
  layout: MadeLayout,
  batch: number,
  form: ClaimForm,
): Measured[] =>
  Array.from({ length: repeatsOf(layout, form) }, (_, i) =>
    measured.get(conditionKey(layout.key, batch, i + 1)),
  ).filter((m) => m !== undefined);

/**
 * Repeats of one condition as one. A first look has single runs: the repeats become its blocks, and the one in the middle
 * speaks where there is nothing to pair. The full form has blocks of its own; its second dense layer only tells the floor.
 */
export function together(runs: readonly Measured[], form: ClaimForm): Measured | null {
  const first = runs[0];
  if (!first || form === 'full' || runs.length === 1) return first ?? null;
  const times = runs.map((m) => m.row.p50S.value ?? Number.POSITIVE_INFINITY);
  const middle = ascending(times)[Math.floor(times.length / 2)]!;
  return {
    ...first,
    row: runs[times.indexOf(middle)]!.row,
    turns: runs.map(({ row }, block) => ({ ...row, block })),
  };
}

/** The median of |ln(a/b)| over all pairs of measurements of the same dense layer, at least 1 %. */
export function floorOf(dense: readonly Measured[]): number {
  const logs = dense.flatMap(({ row }) => (row.p50S.value ? [Math.log(row.p50S.value)] : []));
  const gaps = logs.flatMap((a, i) => logs.slice(i + 1).map((b) => Math.abs(a - b)));
  if (gaps.length === 0) return leastFloor;
  const sorted = ascending(gaps);
  return Math.max(leastFloor, sorted[Math.floor(sorted.length / 2)]!);
}

/** The interval, at least as wide as two measurements of the same thing differ. */
export function atLeastFloor(ratio: Estimate | null, floorLn: number): Estimate | null {
  if (ratio === null) return null;
  const reach = Math.exp(floorLn);
  return {
    value: ratio.value,
    low: Math.min(ratio.low, ratio.value / reach),
    high: Math.max(ratio.high, ratio.value * reach),
  };
}

const perCall = (m: Measured) => {
  const query = perQuery(m, pickP50);
  return (
    query && {
      value: query.value * m.batch,
      low: query.low * m.batch,
      high: query.high * m.batch,
    }
  );
};
