import { yWords } from './quantities';
import type { CurveRow } from './rows';
import type { FigureSpec } from './spec';
import { assignSlots } from './tokens';

/** solid: valid; hollow: limited (a glance among them); estimate: not measured and drawn so. */
export type MarkStyle = 'solid' | 'hollow' | 'estimate';

/** A row that can be drawn on the spec's axes. */
export interface VisiblePoint {
  row: CurveRow;
  x: number;
  y: number;
  style: MarkStyle;
}

export interface VisibleSeries {
  key: string;
  label: string;
  slot: number;
  /** By x, then by run id. */
  points: VisiblePoint[];
}

export interface VisibleRows {
  series: VisibleSeries[];
  points: VisiblePoint[];
  /** Rows that are not drawn, by reason. */
  hidden: ReadonlyMap<string, number>;
  hiddenRows: ReadonlyMap<CurveRow, string>;
}

export const notOnLogAxis = 'not shown on log axis';

/** Splits the rows into what the axes can show, by series, and what is only counted. */
export function visibleRows(spec: FigureSpec, rows: readonly CurveRow[]): VisibleRows {
  const slots = assignSlots(
    rows.map((r) => r.seriesKey),
    spec.slots,
  );
  const hiddenRows = new Map<CurveRow, string>();
  const points: VisiblePoint[] = [];
  for (const row of rows) {
    const reason = hiddenReason(spec, row);
    if (reason !== null) hiddenRows.set(row, reason);
    else points.push({ row, x: row.x!, y: row.y!, style: styleOf(spec, row) });
  }
  const hidden = new Map<string, number>();
  for (const reason of hiddenRows.values()) hidden.set(reason, (hidden.get(reason) ?? 0) + 1);
  const series = [...slots].flatMap(([key, slot]) => {
    const own = points.filter((p) => p.row.seriesKey === key);
    own.sort((a, b) => a.x - b.x || (a.row.runId < b.row.runId ? -1 : 1));
    const first = own[0];
    return first ? [{ key, label: first.row.seriesLabel, slot, points: own }] : [];
  });
  return { series, points, hidden, hiddenRows };
}

function hiddenReason(spec: FigureSpec, row: CurveRow): string | null {
  if (row.notShownReason !== null) return row.notShownReason;
  if (row.verdict === 'invalid') return 'invalid';
  if (row.x === null || row.y === null) return 'no value';
  if (!Number.isFinite(row.x) || !Number.isFinite(row.y)) return 'non-finite';
  if ((spec.x.scale === 'log' && row.x <= 0) || (spec.y.scale === 'log' && row.y <= 0)) return notOnLogAxis;
  return null;
}

function styleOf(spec: FigureSpec, row: CurveRow): MarkStyle {
  if (yWords[spec.y.quantity].isEnergy && row.provenance === 'estimate') return 'estimate';
  return row.verdict === 'valid' ? 'solid' : 'hollow';
}
