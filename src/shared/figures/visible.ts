import { yWords } from './quantities';
import { referencesOf } from './references';
import type { CurveRow } from './rows';
import type { CurveSpec } from './spec';
import { assignSlots, shapes } from './tokens';

/** solid: valid; hollow: limited, or a glance or quick look; estimate: not measured and drawn so. */
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
  /** The same before the zoom: what fits and fronts are made of. */
  whole: VisibleSeries[];
  points: VisiblePoint[];
  /** Rows that are not drawn, by reason. */
  hidden: ReadonlyMap<string, number>;
  hiddenRows: ReadonlyMap<CurveRow, string>;
}

export const notOnLogAxis = 'not shown on log axis';
export const outsideZoom = 'outside the zoom';

/** Rows of the series that are not switched off. */
export function shownRows(spec: CurveSpec, rows: readonly CurveRow[]): readonly CurveRow[] {
  if (spec.hiddenSeries.length === 0) return rows;
  const off = new Set(spec.hiddenSeries);
  return rows.filter((row) => !off.has(row.seriesKey));
}

/** Splits the rows into what the axes can show, by series, and what is only counted. */
export function visibleRows(spec: CurveSpec, rows: readonly CurveRow[]): VisibleRows {
  const shown = shownRows(spec, rows);
  const slots = slotsOf(spec, rows, shown);
  const hiddenRows = new Map<CurveRow, string>();
  const byKey = new Map<string, VisiblePoint[]>([...slots.keys()].map((key) => [key, []]));
  for (const row of shown) {
    const reason = hiddenReason(spec, row);
    if (reason !== null) hiddenRows.set(row, reason);
    else byKey.get(row.seriesKey)!.push({ row, x: row.x!, y: row.y!, style: styleOf(spec, row) });
  }
  const whole = [...slots].flatMap(([key, slot]) => {
    const points = byKey.get(key)!;
    points.sort((a, b) => a.x - b.x || (a.row.runId < b.row.runId ? -1 : 1));
    const first = points[0];
    return first ? [{ key, label: first.row.seriesLabel, slot, points }] : [];
  });
  const series = zoomed(spec, whole, hiddenRows);
  const hidden = new Map<string, number>();
  for (const reason of hiddenRows.values()) hidden.set(reason, (hidden.get(reason) ?? 0) + 1);
  return { series, whole, points: series.flatMap((s) => s.points), hidden, hiddenRows };
}

/** A series keeps its colour while others are switched off, as long as all of them can be told apart. */
function slotsOf(spec: CurveSpec, rows: readonly CurveRow[], shown: readonly CurveRow[]) {
  // Black belongs to the reference points where they are drawn.
  const most = referencesOf(spec).length > 0 ? shapes.length - 1 : shapes.length;
  const all = new Set(rows.map((r) => r.seriesKey));
  const own = new Set(shown.map((r) => r.seriesKey));
  const slots = assignSlots([...(all.size <= most ? all : own)], spec.slots, most);
  return new Map([...slots].filter(([key]) => own.has(key)));
}

/** Only the points between the ends of both axes; the others are counted. */
function zoomed(
  spec: CurveSpec,
  whole: readonly VisibleSeries[],
  hiddenRows: Map<CurveRow, string>,
): VisibleSeries[] {
  const within = (value: number, domain: CurveSpec['x']['domain']) =>
    domain === null || (value >= domain[0] && value <= domain[1]);
  if (spec.x.domain === null && spec.y.domain === null) return [...whole];
  return whole.flatMap((series) => {
    const points = series.points.filter((p) => within(p.x, spec.x.domain) && within(p.y, spec.y.domain));
    const kept = new Set(points);
    for (const p of series.points) if (!kept.has(p)) hiddenRows.set(p.row, outsideZoom);
    return points.length === 0 ? [] : [{ ...series, points }];
  });
}

function hiddenReason(spec: CurveSpec, row: CurveRow): string | null {
  if (row.notShownReason !== null) return row.notShownReason;
  if (row.verdict === 'invalid') return 'invalid';
  if (row.x === null || row.y === null) return 'no value';
  if (!Number.isFinite(row.x) || !Number.isFinite(row.y)) return 'non-finite';
  if ((spec.x.scale === 'log' && row.x <= 0) || (spec.y.scale === 'log' && row.y <= 0)) return notOnLogAxis;
  return null;
}

function styleOf(spec: CurveSpec, row: CurveRow): MarkStyle {
  if (yWords[spec.y.quantity].isEnergy && row.provenance === 'estimate') return 'estimate';
  return row.verdict === 'valid' && !isLook(row) ? 'solid' : 'hollow';
}

/** Measured with a preset that is a look, whatever came out. Source: docs/method.md, 1.4. */
export const isLook = (row: CurveRow) => row.preset === 'glance' || row.preset === 'quick';
