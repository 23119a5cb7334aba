import { type Column, csvHeader, csvLines } from '../../csv';
import { formatCount, significant } from '../../units';
import { valueText } from '../interaction';
import { powerLabel } from '../scale';
import { plainText } from '../textWidth';
import { checkedFigure } from './draw/layout';
import type { CheckedPanel } from './schema';
import type { PanelFigure } from './spec';

/** One plotted point, an interval of a band (no y), or a reference point. Units stand in the axis titles. */
export interface PanelPointRow {
  panel: string;
  series: string;
  role: 'measured' | 'estimated' | 'extrapolated' | 'band' | 'reference';
  x: number;
  x_low: number | null;
  x_high: number | null;
  x_unit: string;
  y: number | null;
  y_low: number | null;
  y_high: number | null;
  y_unit: string;
  n: number | null;
  label: string | null;
  /** Where a reference comes from. */
  source: string | null;
}

const names = [
  'panel',
  'series',
  'role',
  'x',
  'x_low',
  'x_high',
  'x_unit',
  'y',
  'y_low',
  'y_high',
  'y_unit',
  'n',
  'label',
  'source',
] as const;
const columns: readonly Column<PanelPointRow>[] = names.map((name) => ({ name, of: (row) => row[name] }));

/** 'J' of 'Energy per query (J), lower is better'; '' where a title has no unit. */
export function unitOf(title: string): string {
  return /\(([^()]*)\)/.exec(title)?.[1] ?? '';
}

/** Everything plotted, panel by panel and series by series in drawing order; also what its axes could not show. */
export function panelPoints(figure: PanelFigure): PanelPointRow[] {
  return checkedFigure(figure).panels.flatMap(rowsOf);
}

function rowsOf(panel: CheckedPanel): PanelPointRow[] {
  const row: Make = (over) => ({
    panel: panel.title === '' ? panel.key : panel.title,
    x_low: null,
    x_high: null,
    x_unit: unitOf(panel.x.title),
    y: null,
    y_low: null,
    y_high: null,
    y_unit: unitOf(panel.y.title),
    n: null,
    label: null,
    source: null,
    ...over,
  });
  return [...panel.series.flatMap((series) => seriesRows(series, row)), ...referenceRows(panel, row)];
}

type Make = (over: Pick<PanelPointRow, 'series' | 'role' | 'x'> & Partial<PanelPointRow>) => PanelPointRow;

function seriesRows(series: CheckedPanel['series'][number], row: Make): PanelPointRow[] {
  const role = series.extrapolated ? 'extrapolated' : series.estimated ? 'estimated' : 'measured';
  return [
    ...series.points.map(({ x, y, xLow, xHigh, yLow, yHigh, n, label }) =>
      row({
        series: series.name,
        role,
        x,
        x_low: xLow,
        x_high: xHigh,
        y,
        y_low: yLow,
        y_high: yHigh,
        n,
        label,
      }),
    ),
    ...(series.band ?? []).map(([x, low, high]) =>
      row({ series: series.name, role: 'band', x, y_low: low, y_high: high }),
    ),
  ];
}

function referenceRows({ references }: CheckedPanel, row: Make): PanelPointRow[] {
  return references.map(({ name, x, y, source }) =>
    row({
      series: name,
      role: 'reference',
      x: x.value,
      x_low: x.low,
      x_high: x.high,
      y: y.value,
      y_low: y.low,
      y_high: y.high,
      source,
    }),
  );
}

/** The plotted points as CSV (RFC 4180); absent values are empty cells. */
export function panelPointsCsv(figure: PanelFigure): string {
  return csvHeader(columns) + csvLines(columns, panelPoints(figure));
}

/** The table twin of one panel: the same rows in words, for a page. */
export interface PanelTable {
  key: string;
  title: string;
  /** Titles of the axes. */
  x: string;
  y: string;
  hasN: boolean;
  hasLabel: boolean;
  rows: { series: string; x: string; y: string; n: string; label: string }[];
}

/** A table a panel, in the order of the panels. */
export function panelTables(figure: PanelFigure): PanelTable[] {
  return checkedFigure(figure).panels.map((panel) => {
    const points = rowsOf(panel);
    return {
      key: panel.key,
      title: plainText(panel.title),
      x: plainText(panel.x.title),
      y: plainText(panel.y.title),
      hasN: points.some((p) => p.n !== null),
      hasLabel: points.some((p) => p.label !== null || p.source !== null),
      rows: points.map((p) => ({
        series: plainText(p.role === 'measured' ? p.series : `${p.series} (${roleWords[p.role]})`),
        x: tickName(panel, p.x) ?? valueWords(p.x, p.x_low, p.x_high, p.x_unit, p.role === 'estimated'),
        y:
          p.y === null
            ? rangeWords(p.y_low, p.y_high, p.y_unit)
            : valueWords(p.y, p.y_low, p.y_high, p.y_unit, p.role === 'estimated'),
        n: p.n === null ? '' : formatCount(p.n),
        label: plainText(p.label ?? p.source ?? ''),
      })),
    };
  });
}

/** Name of a place on an axis whose places have names. */
export function tickName({ x }: CheckedPanel, value: number): string | null {
  const name = x.ticks?.find(([at]) => at === value)?.[1];
  return name === undefined ? null : plainText(name);
}

const roleWords = {
  estimated: 'estimate',
  extrapolated: 'extrapolation, not measured',
  band: 'band',
  reference: 'reference',
} as const;

/** Units that take a prefix, and their signs: '12 mJ', '33 MB', but never '12 mratio'. */
const signs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['s', 'J', 'W', 'FLOP/s', 'FLOP/J', '1/J', '1/s', '1/W'].map((unit) => [unit, unit])),
  bytes: 'B',
  'byte/s': 'B/s',
};

/** A value with its interval, three significant digits; an estimate has two and '≈'. */
export function valueWords(
  value: number,
  low: number | null,
  high: number | null,
  unit: string,
  estimated: boolean,
): string {
  const exact = low === value && high === value;
  const ends = low === null || high === null || exact ? null : { low, high };
  const sign = Object.hasOwn(signs, unit) ? signs[unit] : undefined;
  if (sign !== undefined) return valueText(value, ends?.low ?? null, ends?.high ?? null, sign, estimated);
  const bare = unit === '' || unit === 'count' || unit.includes('ratio') || unit.includes('no unit');
  const number = (v: number) =>
    Number.isInteger(v) && Math.abs(v) < 1e9 ? formatCount(v) : plain(v, estimated ? 2 : 3);
  const interval = ends === null || estimated ? '' : ` [${number(ends.low)}, ${number(ends.high)}]`;
  return `${estimated ? '≈ ' : ''}${number(value)}${interval}${bare ? '' : ` ${unit}`}`;
}

/** '0.0123', and '1.23×10⁻¹²' where plain digits would be a row of zeros. */
function plain(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e9)) return significant(value, digits);
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  return `${mantissa}×${powerLabel(Number(exponent))}`;
}

function rangeWords(low: number | null, high: number | null, unit: string): string {
  if (low === null || high === null) return '';
  return `${valueWords(low, null, null, unit, false)} to ${valueWords(high, null, null, unit, false)}`;
}
