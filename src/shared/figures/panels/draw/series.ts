import { type Box, clippedLine, clippedPolygon, type Point, type Segment } from '../../geometry';
import type { Axis } from '../../scale';
import { markSize } from '../../sizes';
import { plainText } from '../../textWidth';
import { assignSlots, shapes } from '../../tokens';
import type { MarkStyle } from '../../visible';
import type { CheckedFigure, CheckedPanel, CheckedSeries } from '../schema';

/** How a series looks in every panel of its figure. */
export interface SeriesLook {
  slot: number;
  /** As labels and legend show it; an estimate says so. */
  text: string;
  dash: string | null;
  thin: boolean;
}

/** One point of a series on the page. */
export interface PointAt extends Point {
  series: CheckedSeries;
  slot: number;
  point: CheckedSeries['points'][number];
  style: MarkStyle;
  /** Its 95 % interval upwards and sideways; shaped as the bars of the other figures. */
  absolute: Segment | null;
  across: Segment | null;
  repeat: null;
  dim: false;
}

export interface SeriesAt {
  series: CheckedSeries;
  look: SeriesLook;
  points: PointAt[];
  line: Segment[];
  band: Point[];
}

/** Lines without marks differ by dash as well. Source: docs/figures.md, 3.4. */
const dashes = [null, '6 3', '2 2', '8 3 2 3'];

/**
 * Colour, shape and dash of every series, the same in all panels. Black belongs to reference points.
 * Throws bad_input where there are more series than can be told apart.
 */
export function looksOf(figure: CheckedFigure): Map<string, SeriesLook> {
  const all = figure.panels.flatMap((p) => p.series);
  const keys = new Set(all.map((s) => s.key));
  const ownKey = (s: CheckedSeries) => (s.like !== null && keys.has(s.like) ? s.like : s.key);
  const most = figure.panels.some((p) => p.references.length > 0) ? shapes.length - 1 : shapes.length;
  const slots = assignSlots(all.map(ownKey), {}, most);
  const looks = new Map<string, SeriesLook>();
  let plain = 0;
  for (const series of all) {
    if (looks.has(series.key)) continue;
    const alone = !series.marks && ownKey(series) === series.key;
    looks.set(series.key, {
      slot: slots.get(ownKey(series))!,
      text: nameOf(series),
      dash: dashOf(series, alone ? plain++ : 0),
      thin: series.line === 'dotted' && !series.extrapolated,
    });
  }
  return looks;
}

function nameOf({ name, estimated, extrapolated }: CheckedSeries): string {
  if (estimated) return plainText(`≈ ${name} (estimate)`);
  return plainText(extrapolated ? `${name} (extrapolated)` : name);
}

function dashOf({ line, estimated, extrapolated }: CheckedSeries, order: number): string | null {
  if (extrapolated) return '2 4';
  if (line === 'dotted') return '2 2';
  if (line === 'dashed' || estimated) return '6 3';
  return dashes[order % dashes.length]!;
}

export type Hidden = 'log' | 'outside';

/** Why a point has no place on these axes; null: it has one. */
export function hiddenBy(
  { x: xSpec, y: ySpec }: Pick<CheckedPanel, 'x' | 'y'>,
  { x, y }: { x: Axis; y: Axis },
  at: Point,
): Hidden | null {
  if ((xSpec.scale !== 'linear' && at.x <= 0) || (ySpec.scale !== 'linear' && at.y <= 0)) return 'log';
  return x.within(at.x) && y.within(at.y) ? null : 'outside';
}

export interface PanelPlace {
  panel: CheckedPanel;
  x: Axis;
  y: Axis;
  plot: Box;
}

/** Marks, line and band of one series, cut to the plot. */
export function seriesAt(place: PanelPlace, series: CheckedSeries, look: SeriesLook): SeriesAt {
  const { panel, x, y, plot } = place;
  const axes = { x, y };
  const onLog = (p: Point) => hiddenBy(panel, axes, p) === 'log';
  const at = (p: Point): Point => ({ x: x.map(p.x), y: y.map(p.y) });
  const shown = series.points.filter((p) => hiddenBy(panel, axes, p) === null);
  return {
    series,
    look,
    points: shown.map((point) => ({
      series,
      slot: look.slot,
      point,
      style: series.estimated || series.extrapolated ? 'estimate' : 'solid',
      ...at(point),
      ...barsAt(point, axes),
      repeat: null,
      dim: false,
    })),
    line:
      series.line === 'none'
        ? []
        : runsOf(series.points, onLog).flatMap((run) =>
            clippedLine(series.line === 'step' ? stepsOf(run.map(at)) : run.map(at), plot),
          ),
    band: bandAt(series, place),
  };
}

/** An end at or below 0 on a logarithmic axis, or outside a zoom, runs to the edge of the plot. */
const within = (value: number, { domain }: Axis) => Math.min(domain[1], Math.max(domain[0], value));

function barsAt(point: CheckedSeries['points'][number], { x, y }: { x: Axis; y: Axis }) {
  const at = { x: x.map(point.x), y: y.map(point.y) };
  const { xLow, xHigh, yLow, yHigh } = point;
  return {
    absolute:
      yLow === null || yHigh === null
        ? null
        : { x0: at.x, y0: y.map(within(yHigh, y)), x1: at.x, y1: y.map(within(yLow, y)) },
    across:
      xLow === null || xHigh === null
        ? null
        : { x0: x.map(within(xLow, x)), y0: at.y, x1: x.map(within(xHigh, x)), y1: at.y },
  };
}

/** A point without a place ends the line before it; the next one begins another. */
function runsOf<P>(points: readonly P[], gap: (p: P) => boolean): P[][] {
  const runs: P[][] = [[]];
  for (const point of points) {
    if (gap(point)) runs.push([]);
    else runs.at(-1)!.push(point);
  }
  return runs.filter((run) => run.length > 1);
}

/** Level until the next point, then up or down. */
function stepsOf(points: readonly Point[]): Point[] {
  return points.flatMap((p, i) => {
    const next = points[i + 1];
    return next === undefined ? [p] : [p, { x: next.x, y: p.y }];
  });
}

function bandAt({ band }: CheckedSeries, { panel, x, y, plot }: PanelPlace): Point[] {
  const rows = (band ?? []).filter(([at]) => panel.x.scale === 'linear' || at > 0);
  if (rows.length < 2) return [];
  return clippedPolygon(
    [
      ...rows.map(([at, , high]) => ({ x: x.map(at), y: y.map(within(high, y)) })),
      ...rows.map(([at, low]) => ({ x: x.map(at), y: y.map(within(low, y)) })).reverse(),
    ],
    plot,
  );
}

/** What a label may not cover. */
export function obstaclesOf({ points, line }: SeriesAt): { marks: Point[]; segments: Segment[] } {
  const bars = points.flatMap((p) => [p.absolute, p.across].filter((s) => s !== null));
  const marks = points.filter((p) => p.series.marks);
  return { marks: marks.map(({ x, y }) => ({ x, y })), segments: [...line, ...bars] };
}

/** Half a mark and the air around it. */
export const markReach = markSize / 2 + 1;
