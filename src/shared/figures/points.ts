import { xWords, yWords } from './quantities';
import type { CurveRow } from './rows';
import type { FigureSpec } from './spec';
import { visibleRows } from './visible';

/** Columns of `<figure>.points.csv`, in this order. Source: docs/figures.md, 5.2, with origin and the absolute ends. */
export const pointColumns = [
  'figure_id',
  'series',
  'role',
  'origin',
  'row_index',
  'x',
  'x_low',
  'x_high',
  'x_unit',
  'y',
  'y_low',
  'y_high',
  'y_absolute_low',
  'y_absolute_high',
  'y_unit',
  'n_count',
  'statistic',
  'interval_method',
  'run_id',
  'not_shown_reason',
] as const;
export type PointColumn = (typeof pointColumns)[number];
export type PointRow = Readonly<Record<PointColumn, string | number | null>>;

/**
 * The plotted points as a table, one row for every row of the figure, shown or not (then with its reason).
 * Units are UCUM codes; absent is null. `role` is 'estimated' only for estimated energy.
 */
export function pointRows(spec: FigureSpec, rows: readonly CurveRow[]): PointRow[] {
  const { hiddenRows } = visibleRows(spec, rows);
  const words = yWords[spec.y.quantity];
  return rows.map((row, index) => ({
    figure_id: spec.id,
    series: row.seriesLabel,
    role: words.isEnergy && row.provenance === 'estimate' ? 'estimated' : 'measured',
    origin: row.origin,
    row_index: index,
    x: row.x,
    x_low: null,
    x_high: null,
    x_unit: xWords[spec.x.quantity].ucum,
    y: row.y,
    y_low: row.yLow,
    y_high: row.yHigh,
    y_absolute_low: row.yAbsLow,
    y_absolute_high: row.yAbsHigh,
    y_unit: words.ucum,
    n_count: row.n,
    statistic: row.y === null ? null : words.statistic,
    interval_method: intervalMethod(row, words),
    run_id: row.runId,
    not_shown_reason: hiddenRows.get(row) ?? null,
  }));
}

function intervalMethod(row: CurveRow, words: { repeatInterval: string; absoluteInterval: string | null }) {
  const methods = [
    row.yLow === null ? null : words.repeatInterval,
    row.yAbsLow === null || words.absoluteInterval === null ? null : `absolute: ${words.absoluteInterval}`,
  ].filter((m) => m !== null);
  return methods.length === 0 ? null : methods.join('; ');
}
