import { type Crossing, crossingsOf } from './crossings';
import { fitsOf } from './fits';
import { frontOf } from './front';
import { overBlocks, xWords, yWords } from './quantities';
import { referencesOf } from './references';
import type { CurveRow } from './rows';
import type { CurveSpec } from './spec';
import { shownRows, visibleRows } from './visible';

/** Columns of `<figure>.points.csv`, in this order. Source: docs/figures.md, 5.2. */
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
  'sample',
  'front',
] as const;
export type PointColumn = (typeof pointColumns)[number];
export type PointRow = Readonly<Record<PointColumn, string | number | null>>;

/** A row with everything absent but what is given. */
export function pointRow(over: Partial<PointRow>): PointRow {
  const empty = Object.fromEntries(pointColumns.map((name) => [name, null])) as PointRow;
  return { ...empty, ...over };
}

/**
 * The plotted points as a table, one row for every row of the figure, shown or not (then with its reason); series that
 * are switched off are absent. Units are UCUM codes; absent is null. `role` is 'estimated' only for estimated energy.
 * Then a row for every crossover that was looked for, and for every reference point.
 */
export function pointRows(spec: CurveSpec, rows: readonly CurveRow[]): PointRow[] {
  const visible = visibleRows(spec, rows);
  const front = frontOf(spec, visible);
  const words = yWords[spec.y.quantity];
  const points = shownRows(spec, rows).map((row, index) =>
    pointRow({
      figure_id: spec.id,
      series: row.seriesLabel,
      role: words.isEnergy && row.provenance === 'estimate' ? 'estimated' : 'measured',
      origin: row.origin,
      row_index: index,
      x: row.x,
      x_low: row.xLow,
      x_high: row.xHigh,
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
      not_shown_reason: visible.hiddenRows.get(row) ?? null,
      sample: row.sample ? 'yes' : 'no',
      front: front?.place.get(row) ?? null,
    }),
  );
  const crossings = crossingsOf(spec, spec.fit.crossovers ? fitsOf(spec, visible) : []).map((crossing, i) =>
    crossingRow(spec, crossing, points.length + i),
  );
  const references = referencesOf(spec).map((r, i) =>
    pointRow({
      figure_id: spec.id,
      series: r.name,
      role: 'reference',
      row_index: points.length + crossings.length + i,
      x: r.x,
      x_low: r.xLow,
      x_high: r.xHigh,
      x_unit: xWords[spec.x.quantity].ucum,
      y: r.y,
      y_low: r.yLow,
      y_high: r.yHigh,
      y_unit: words.ucum,
      statistic: r.source,
      interval_method: 'range of the literature',
    }),
  );
  return [...points, ...crossings, ...references];
}

/** An end of x that is null lies beyond the range that both series were measured in. */
function crossingRow(spec: CurveSpec, { labels, result }: Crossing, index: number): PointRow {
  const found = result.kind === 'crossing' ? result : null;
  return pointRow({
    figure_id: spec.id,
    series: labels.join(' × '),
    role: 'crossover',
    row_index: index,
    x: found?.x ?? null,
    x_low: found?.low ?? null,
    x_high: found?.high ?? null,
    x_unit: xWords[spec.x.quantity].ucum,
    y: found?.y ?? null,
    y_unit: yWords[spec.y.quantity].ucum,
    statistic: 'Crossover of two power laws',
    interval_method: found === null ? null : `95\u00a0%, ${found.method}`,
    not_shown_reason: result.kind === 'unresolved' ? `not resolved: ${result.reason}` : null,
  });
}

function intervalMethod(row: CurveRow, words: { repeatInterval: string; absoluteInterval: string | null }) {
  const methods = [
    row.yLow === null ? null : row.turns === null ? words.repeatInterval : overBlocks,
    row.yAbsLow === null || words.absoluteInterval === null ? null : `absolute: ${words.absoluteInterval}`,
  ].filter((m) => m !== null);
  return methods.length === 0 ? null : methods.join('; ');
}
