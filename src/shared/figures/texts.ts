import { countRange, formatCount } from '../units';
import { utcDay } from '../utc';
import type { Crossing } from './crossings';
import { fitsOf, type SeriesFit } from './fits';
import type { Front } from './front';
import { overlaySentences } from './overlayTexts';
import { axisTitle, sizeText, xWords, yWords } from './quantities';
import type { CurveRow } from './rows';
import { extent } from './scale';
import type { CurveSpec } from './spec';
import { plainText } from './textWidth';
import {
  isLook,
  notOnLogAxis,
  outsideZoom,
  type VisiblePoint,
  type VisibleRows,
  visibleRows,
} from './visible';

export interface FigureTexts {
  title: string;
  /** 'SIMULATED' or 'REPLAYED' where any drawn point is; cannot be edited away. */
  badge: string | null;
  xTitle: string;
  yTitle: string;
  /** One sentence an entry. */
  caption: string[];
  /** For assistive technology: kind, axes, series, counts. */
  description: string;
}

const noMeter = 'No energy meter: latency shown';

/** Every sentence of a curve figure. Pure; the date comes from the rows, in UTC. */
export function figureTexts(
  spec: CurveSpec,
  visible: VisibleRows,
  fits: readonly SeriesFit[] = [],
  crossings: readonly Crossing[] = [],
  front: Front | null = null,
): FigureTexts {
  const x = xWords[spec.x.quantity];
  const y = yWords[spec.y.quantity];
  const fallback = isFallback(spec, visible.points);
  const xTitle = axisTitle(x);
  const yTitle = axisTitle(y, fallback ? 'no energy meter' : null);
  const caption = captionOf(spec, visible, overlaySentences(spec, fits, crossings, front));
  const scale = (kind: string) => (kind === 'log' ? 'logarithmic' : 'linear');
  return {
    title: markedTitle(
      spec.title ?? (fallback ? noMeter : defaultTitle(spec, fits)),
      visible.points.some((p) => p.row.sample),
    ),
    badge: badgeOf(visible.points.map((p) => p.row.origin)),
    xTitle,
    yTitle,
    caption,
    description: [
      `Scatter of points. Horizontal: ${xTitle}, ${scale(spec.x.scale)}. Vertical: ${yTitle}, ${scale(spec.y.scale)}.`,
      ...visible.series.map((s) => plainText(`Series ${s.label}: ${formatCount(s.points.length)} points.`)),
      ...fits.map((fit) => fit.text),
      ...caption,
    ].join(' '),
  };
}

/** The title that the figure builds itself, whatever the spec says; without what sample data add. */
export function builtTitle(spec: CurveSpec, rows: readonly CurveRow[]): string {
  const visible = visibleRows(spec, rows);
  return isFallback(spec, visible.points) ? noMeter : defaultTitle(spec, fitsOf(spec, visible));
}

/** With sample data every title says so, a person's own too. */
export function markedTitle(title: string, sample: boolean): string {
  return `${plainText(title)}${sample ? ' (SAMPLE DATA)' : ''}`;
}

/** Names the exponent where one line is all there is to see, and is evidence. */
function defaultTitle(spec: CurveSpec, fits: readonly SeriesFit[]): string {
  const [x, y] = [xWords[spec.x.quantity].name, yWords[spec.y.quantity].name];
  const [only] = fits;
  if (fits.length === 1 && only?.broken && only.indicative.length === 0) {
    const { at, below, above } = only.broken;
    const where = sizeText(spec.x.quantity, at.value);
    return `${y} against ${lowerFirst(x)}: exponent ${signed(below.value)} below ${where}, ${signed(above.value)} above`;
  }
  if (fits.length === 1 && only?.result.kind === 'law' && only.indicative.length === 0) {
    const { value } = only.result.law.exponent;
    const way = value >= 0 ? 'grows' : 'falls';
    return `${y} ${way} with ${lowerFirst(x)}, exponent ${Math.abs(value).toFixed(2)}`;
  }
  const estimated = fits.some((f) => f.includesEstimated) ? ', fitted with estimates' : '';
  return `${y} against ${lowerFirst(x)}${estimated}`;
}

const signed = (value: number) => value.toFixed(2).replace('-', '−');

export const lowerFirst = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** Latency stands in where no run of the figure had a meter. */
function isFallback(spec: CurveSpec, points: readonly VisiblePoint[]): boolean {
  if (spec.y.quantity !== 'latencyP50' || points.length === 0) return false;
  return points.every((p) => p.row.provenance === 'none');
}

/** The badge of data that no hardware gave. */
export function badgeOf(origins: readonly CurveRow['origin'][]): string | null {
  if (origins.includes('simulated')) return 'SIMULATED';
  if (origins.includes('replayed')) return 'REPLAYED';
  return null;
}

function captionOf(spec: CurveSpec, visible: VisibleRows, overlays: readonly string[]): string[] {
  const { points } = visible;
  const rows = points.map((p) => p.row);
  const count = (style: string) => points.filter((p) => p.style === style).length;
  const hollow = points.filter((p) => p.style === 'hollow' && p.row.preset !== 'glance').map((p) => p.row);
  return [
    ...statistics(spec, points),
    ...(count('estimate') > 0
      ? ['≈, dashed: an estimate, not a measurement; its bar is the band of the method, ×/÷\u00a02.5.']
      : []),
    ...glanceSentence(points),
    ...hollowSentence(hollow, rows.length),
    ...blockSentence(rows),
    ...overlays,
    ...provenanceOf(rows),
    ...[...visible.hidden]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reason, k]) => hiddenSentence(plainText(reason), k)),
    `${datesOf(rows.map((r) => r.measuredUnixMs))}Thirty\u00a0Watts\u00a0${plainText(spec.appVersion)}.`,
  ];
}

/** What is no evidence by itself, whatever overlays are asked for. */
function hollowSentence(hollow: readonly CurveRow[], all: number): string[] {
  if (hollow.length === 0) return [];
  const quick = hollow.some((r) => r.preset === 'quick');
  const limited = hollow.some((r) => r.verdict === 'limited' && r.preset !== 'quick');
  const what = [limited ? 'limited' : null, quick ? 'quick' : null].filter((word) => word !== null);
  const joining = hollow.filter((r) => r.preset === 'quick' && r.ladder).map((r) => r.seriesKey);
  const joined = new Set(joining).size < joining.length;
  return [
    `Hollow${joined ? ', quick ones joined by a thin line that is no fit' : ''}: ${what.join(' and ')} results, ${formatCount(hollow.length)}\u00a0of\u00a0${formatCount(all)}.`,
  ];
}

/** Points that stand for all turns of a comparison have an interval of their own. */
function blockSentence(rows: readonly CurveRow[]): string[] {
  const blocks = rows.flatMap((r) => (r.turns === null ? [] : [r.turns]));
  if (blocks.length === 0) return [];
  const { low, high } = extent(blocks);
  const range = low === high ? `${low}` : `${low} to ${high}`;
  return [
    `Of comparisons: geometric mean over ${range} ${high === 1 ? 'block' : 'blocks'}, bar: Student t on their logarithms.`,
  ];
}

/** Says how a glance is drawn, whatever else its marks say. */
function glanceSentence(points: readonly VisiblePoint[]): string[] {
  const glances = points.filter((p) => p.row.preset === 'glance');
  if (glances.length === 0) return [];
  const looks = points.filter((p) => isLook(p.row));
  const keys = looks.map((p) => p.row.seriesKey);
  const how = [
    glances.some((p) => p.style === 'hollow') ? 'hollow' : null,
    new Set(keys).size < keys.length && looks.some((p) => p.row.ladder) ? 'joined by a thin line' : null,
  ].filter((word) => word !== null);
  const marked = how.length === 0 ? '' : `${how.join(', ')} – `;
  const text = `${marked}glance: one short window a model, a first look, never evidence.`;
  return [text.charAt(0).toUpperCase() + text.slice(1)];
}

function hiddenSentence(reason: string, k: number): string {
  if (reason === outsideZoom) return `Outside the zoom: ${formatCount(k)}.`;
  if (reason === notOnLogAxis) return `Not shown on log axis: ${formatCount(k)}.`;
  return `Not shown, ${inWords(reason)}: ${formatCount(k)}.`;
}

/** NO_SENSOR reads 'no sensor'; the points file keeps the code. */
function inWords(reason: string): string {
  return /^[A-Z0-9_]+$/.test(reason) ? reason.toLowerCase().replaceAll('_', ' ') : reason;
}

function statistics(spec: CurveSpec, points: readonly VisiblePoint[]): string[] {
  if (points.length === 0) return ['No point to show.'];
  const words = yWords[spec.y.quantity];
  const counts = points.flatMap((p) => (p.row.n === null ? [] : [p.row.n]));
  const sample = counts.every((n) => n === 1) ? words.sample.replace(/s$/, '') : words.sample;
  const n = counts.length > 0 ? `, n = ${countRange(counts)} ${sample} a point` : '';
  const measured = points.filter((p) => p.style !== 'estimate').map((p) => p.row);
  const inner = measured.some((r) => r.yLow !== null);
  const outer = measured.some((r) => r.yAbsLow !== null) && words.absoluteInterval !== null;
  return [
    `${words.statistic}${n}.`,
    ...(inner ? [`${outer ? 'Thick bar' : 'Bar'}: ${words.repeatInterval}.`] : []),
    ...(outer ? [`${inner ? 'Thin bar' : 'Bar'}: ${words.absoluteInterval}.`] : []),
    ...(points.some((p) => p.row.xLow !== null)
      ? ['Level bar: 95\u00a0% order-statistic interval of the latency.']
      : []),
    ...(inner || outer ? ['Bars shorter than their mark are hidden by it.'] : []),
  ];
}

function provenanceOf(rows: readonly CurveRow[]): string[] {
  if (rows.length === 0) return [];
  const devices = distinct(rows.map((r) => (r.lab === null ? r.device : `${r.device} (${r.lab})`)));
  const meters = distinct(
    rows.map((r) =>
      r.meter === null ? 'none' : `${r.meter} (${[r.provenance, unreal(r)].filter(Boolean).join(', ')})`,
    ),
  );
  return [`Device: ${devices}.`, `Meter: ${meters}.`];
}

function unreal(row: CurveRow): string | null {
  return row.origin === 'simulated' || row.origin === 'replayed' ? row.origin : null;
}

function distinct(values: readonly string[]): string {
  return [...new Set([...new Set(values)].map(plainText))].sort().join('; ');
}

/** 'Measured 2026-01-15 (UTC). '; '' without a time. */
export function datesOf(unixMs: readonly number[]): string {
  if (unixMs.length === 0) return '';
  const { low, high } = extent(unixMs);
  const [first, last] = [utcDay(low), utcDay(high)];
  return first === last ? `Measured ${first} (UTC). ` : `Measured ${first} to ${last} (UTC). `;
}
