import type { FigureKindOfPanels } from './kinds';
import type {
  Panel,
  PanelAxis,
  PanelFigure,
  PanelGuide,
  PanelPoint,
  PanelReference,
  PanelSeries,
} from './spec';

/** A number, or one with its 95 % interval (null ends: none). */
export type Value = number | { value: number; low: number | null; high: number | null };

export interface PointInput {
  /** null: not measured; the point is left out and counted in the caption. */
  x: Value | null;
  y: Value | null;
  /** Seeds, windows or queries behind it. */
  n?: number | null;
  label?: string | null;
}

/** A series as a claim has it; what is left out is ordinary: a solid line with marks, measured. */
export interface SeriesInput extends Partial<Omit<PanelSeries, 'key' | 'name' | 'points'>> {
  key: string;
  name: string;
  points: readonly PointInput[];
}

/** What every figure of a claim needs, whatever its kind. */
export interface FigureInput {
  /** Stem of element ids and file names; the kind unless told. */
  id?: string;
  /** The finding, in words. */
  title: string;
  /** Statistic, interval method and level, n, machine, date. */
  caption: string;
  badge?: string | null;
}

/** One panel before what its kind adds. */
export interface PanelInput {
  key: string;
  /** '' or absent where the figure has one panel. */
  title?: string;
  series: readonly SeriesInput[];
  guides?: readonly PanelGuide[];
  references?: readonly PanelReference[];
  empty?: string | null;
}

export function axis(title: string, scale: PanelAxis['scale'], over: Partial<PanelAxis> = {}): PanelAxis {
  return { title, scale, domain: null, fromZero: false, ticks: null, ...over };
}

const parts = (value: Value) => (typeof value === 'number' ? { value, low: null, high: null } : value);
const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);

/** Why a point has no place: counted in the caption. */
interface Absent {
  notMeasured: number;
  notFinite: number;
}

function pointOf({ x, y, n = null, label = null }: PointInput, absent: Absent): PanelPoint[] {
  if (x === null || y === null) {
    absent.notMeasured += 1;
    return [];
  }
  const [px, py] = [parts(x), parts(y)];
  if (!Number.isFinite(px.value) || !Number.isFinite(py.value)) {
    absent.notFinite += 1;
    return [];
  }
  const ends = { xLow: finite(px.low), xHigh: finite(px.high), yLow: finite(py.low), yHigh: finite(py.high) };
  return [{ x: px.value, y: py.value, ...ends, n, label }];
}

function seriesOf({ points, ...given }: SeriesInput, absent: Absent): PanelSeries {
  return {
    line: 'solid',
    marks: true,
    band: null,
    estimated: false,
    extrapolated: false,
    like: null,
    ...given,
    points: points.flatMap((p) => pointOf(p, absent)),
  };
}

/**
 * The figure from its panels. Points that were not measured or are not finite numbers are left out and counted at the
 * end of the caption; `words` are those for the counts ("Diverged" for a training).
 */
export function figureOf(
  kind: FigureKindOfPanels,
  { id = kind, title, caption, badge = null }: FigureInput,
  panels: readonly (PanelInput & { x: PanelAxis; y: PanelAxis })[],
  words: { notFinite?: string; notMeasured?: string } = {},
): PanelFigure {
  const { notFinite = 'Not a finite number', notMeasured = 'Not measured, so not shown' } = words;
  const absent: Absent = { notMeasured: 0, notFinite: 0 };
  const drawn = panels.map((p): Panel => {
    const series = p.series.map((s) => seriesOf(s, absent));
    const { key, title: name = '', x, y, guides = [], references = [], empty = null } = p;
    return { key, title: name, x, y, series, guides: [...guides], references: [...references], empty };
  });
  const counts = [
    ...(absent.notFinite > 0 ? [`${notFinite}: ${absent.notFinite}.`] : []),
    ...(absent.notMeasured > 0 ? [`${notMeasured}: ${absent.notMeasured}.`] : []),
  ];
  return {
    schema: 'thirtywatts.panels/1',
    kind,
    id,
    title,
    caption: [caption, ...counts].join(' '),
    panels: drawn,
    badge,
  };
}

/** What a query cost: joules by a meter, or seconds where there is none. */
export type CostMeasure = 'energy' | 'latency';

/** Axis of what one query (or inference) cost; without a meter it says so. */
export function costAxis(measure: CostMeasure, per = 'query', over: Partial<PanelAxis> = {}): PanelAxis {
  return measure === 'energy'
    ? axis(`Energy per ${per} (J), lower is better`, 'log', over)
    : axis(`Median time per ${per} (s), lower is better · no energy meter`, 'log', over);
}
