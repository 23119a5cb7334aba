import { around, type Box, grown, type Segment } from './geometry';
import { type Head, headOf } from './head';
import { pointRequests, seriesLabel, seriesRequests } from './labels';
import { centredLine, lineHeight, type TextLine, textLine, textLines } from './lines';
import { type PlacedLabel, placeLabels } from './place';
import type { CurveRow } from './rows';
import { type Axis, makeAxis, paddedDomain, type Tick } from './scale';
import { edge, markSize, round2, sizePresets, textSize, unitsPerMm } from './sizes';
import type { FigureSpec } from './spec';
import { type FigureTexts, figureTexts } from './texts';
import { textWidth } from './textWidth';
import {
  type MarkStyle,
  type VisiblePoint,
  type VisibleRows,
  type VisibleSeries,
  visibleRows,
} from './visible';

export interface MarkAt {
  runId: string;
  slot: number;
  style: MarkStyle;
  x: number;
  y: number;
  /** Bars from top to bottom; null where there is none. */
  repeat: Segment | null;
  absolute: Segment | null;
}

export interface LabelledTick extends Tick {
  text: TextLine | null;
}

/** Everything a curve figure draws, in viewBox units; the drawing itself only turns it into elements. */
export interface CurveLayout extends Head {
  width: number;
  height: number;
  widthMm: number;
  heightMm: number;
  plot: Box;
  texts: FigureTexts;
  xTitle: TextLine[];
  xTicks: LabelledTick[];
  yTicks: LabelledTick[];
  caption: TextLine[];
  marks: MarkAt[];
  /** Thin lines between neighbouring glances of a series, clear of their marks. */
  joins: { slot: number; segments: Segment[] }[];
  labels: (PlacedLabel & { slot: number })[];
}

/** Direct labels up to so many series, a legend above. Source: docs/figures.md, 3.4. */
const directSeries = 5;
/** Least share of the preset's height for the plot; a long caption makes the figure taller, never the plot flatter. */
const leastPlotShare = 0.5;
/** Least share of the width for the data where labels stand beyond the last point. */
const leastPlotWidth = 0.8;
/** Lines keep this far from the centre of a mark they lead to. */
const markClearance = 7;

/** Lays a curve figure out; a pure function of spec and rows. Source: docs/figures.md, 3.2 to 3.10. */
export function layoutCurve(spec: FigureSpec, rows: readonly CurveRow[]): CurveLayout {
  const visible = visibleRows(spec, rows);
  const direct = visible.series.length <= directSeries ? arrange(spec, visible, false) : null;
  // A series label is never dropped: where one finds no place, all of them move to the legend.
  return direct ?? arrange(spec, visible, true)!;
}

/** Null where a series label finds no place; with a legend always a layout. */
function arrange(spec: FigureSpec, visible: VisibleRows, withLegend: boolean): CurveLayout | null {
  const { series } = visible;
  const frame = frameOf(spec, visible, withLegend);
  const { plot, x, y } = frame;
  const marks = series.flatMap((s) => s.points.map((p) => markAt(p, s.slot, x, y)));
  const joins = series.map((s) => ({ slot: s.slot, segments: joinSegments(s, x, y) }));
  const requests = [
    ...seriesRequests(series, withLegend ? [] : frame.seriesTexts, x, y),
    ...pointRequests(spec.pointLabels, series, x, y),
  ];
  const placed = placeLabels(
    requests.map((r) => r.request),
    {
      centres: marks.map((m) => ({ x: m.x, y: m.y })),
      boxes: marks.map((m) => grown(around(m.x, m.y, markSize / 2), 1)),
      segments: [
        ...marks.flatMap((m) => [m.repeat, m.absolute].filter((s) => s !== null)),
        ...joins.flatMap((j) => j.segments),
      ],
    },
    { x0: plot.x0 + 2, y0: plot.y0 - 4, x1: frame.size.width - edge / 2, y1: plot.y1 - 2 },
  );
  const labels = placed.flatMap((label, i) =>
    label === null ? [] : [{ ...label, slot: requests[i]!.slot }],
  );
  const lost = placed.some((label, i) => label === null && requests[i]!.request.kind === 'series');
  return lost ? null : { ...frame.size, ...frame.words, plot, marks, joins, labels };
}

/** Plot area, axes and all words that do not depend on the points' places. */
function frameOf(spec: FigureSpec, visible: VisibleRows, withLegend: boolean) {
  const { series } = visible;
  const preset = sizePresets[spec.size];
  const width = round2(preset.widthMm * unitsPerMm);
  const room = width - 2 * edge;
  const texts = figureTexts(spec, visible);
  const seriesTexts = series.map((s) => seriesLabel(s, width));
  const legend = withLegend ? series.map(({ key, slot }, i) => ({ key, slot, text: seriesTexts[i]! })) : [];
  const { head, bottom: headEnd } = headOf(texts, width, legend);

  const top = round2(headEnd + 8);
  const below = (bottom: number) => {
    const first = bottom + 10 + textSize.tick + lineHeight(textSize.axis);
    const xTitle = textLines('x-title', texts.xTitle, textSize.axis, { left: edge, first, width: room });
    const captionFirst = xTitle.at(-1)!.baseline + 8 + lineHeight(textSize.small);
    const at = { left: edge, first: captionFirst, width: room };
    const caption = textLines('caption', texts.caption.join(' '), textSize.small, at);
    return { xTitle, caption, end: caption.at(-1)!.baseline + 8 };
  };
  const presetHeight = preset.heightMm * unitsPerMm;
  const plotHeight = Math.max(leastPlotShare * presetHeight, presetHeight - below(top).end);
  const bottom = round2(top + plotHeight);
  const { xTitle, caption, end: height } = below(bottom);

  const { xDomain, yDomain } = domains(spec, series);
  const y = makeAxis(yDomain, spec.y.scale, [bottom, top]);
  const tickWidth = Math.max(0, ...y.ticks.map((t) => textWidth(t.label ?? '', textSize.tick)));
  const left = round2(edge + tickWidth + 9);
  const most = width - edge;
  const right = withLegend ? most : rightEdge(spec, series, seriesTexts, xDomain, left, most);
  const x = makeAxis(xDomain, spec.x.scale, [left, right]);
  const size = {
    width,
    height: round2(height),
    widthMm: preset.widthMm,
    heightMm: round2(height / unitsPerMm),
  };
  const words = {
    texts,
    ...head,
    xTitle: xTitle.map((line) => centredLine(line, left, right)),
    caption,
    xTicks: xTickTexts(x.ticks, bottom, width),
    yTicks: y.ticks.map((t) => ({ ...t, text: yTickText(t, left) })),
  };
  return { size, words, seriesTexts, plot: { x0: left, y0: top, x1: right, y1: bottom }, x, y };
}

function domains(spec: FigureSpec, series: readonly VisibleSeries[]) {
  const points = series.flatMap((s) => s.points);
  const ys = points.flatMap(({ y, row }) => [y, row.yLow, row.yHigh, row.yAbsLow, row.yAbsHigh]);
  const finite = ys.filter((v): v is number => v !== null && Number.isFinite(v));
  const xs = points.map((p) => p.x);
  return { xDomain: paddedDomain(xs, spec.x.scale), yDomain: paddedDomain(finite, spec.y.scale) };
}

/** As far right as the labels at the ends of the series leave room, but most of the width for the data. */
function rightEdge(
  spec: FigureSpec,
  series: readonly VisibleSeries[],
  labels: readonly string[],
  xDomain: [number, number],
  left: number,
  most: number,
): number {
  const unit = makeAxis(xDomain, spec.x.scale, [0, 1000]);
  const least = left + (most - left) * leastPlotWidth;
  const rights = series.map((s, i) => {
    const share = unit.map(s.points.at(-1)!.x) / 1000;
    const label = textWidth(labels[i]!, textSize.small, true) + markSize + 4;
    return left + (most - left - label) / Math.max(share, 0.01);
  });
  // A label that would take too much finds a place inside instead.
  return round2(Math.min(most, ...rights.filter((right) => right >= least)));
}

function markAt(point: VisiblePoint, slot: number, x: Axis, y: Axis): MarkAt {
  const { row, style } = point;
  const at = { x: x.map(point.x), y: y.map(point.y) };
  const bar = (low: number | null, high: number | null): Segment | null => {
    if (low === null || high === null) return null;
    // On a log axis an end at or below 0 runs to the edge of the plot.
    const [y0, y1] = [y.map(high), y.map(Math.max(low, y.domain[0]))];
    return { x0: at.x, y0, x1: at.x, y1 };
  };
  const absolute = bar(row.yAbsLow, row.yAbsHigh);
  return { runId: row.runId, slot, style, ...at, repeat: bar(row.yLow, row.yHigh), absolute };
}

function joinSegments(series: VisibleSeries, x: Axis, y: Axis): Segment[] {
  const at = series.points
    .filter((p) => p.row.preset === 'glance' && p.row.ladder)
    .map((p) => ({ x: x.map(p.x), y: y.map(p.y) }));
  return at.slice(1).flatMap((to, i) => {
    const from = at[i]!;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length <= 2 * markClearance) return [];
    const cut = markClearance / length;
    const on = (share: number) => ({
      x: round2(from.x + (to.x - from.x) * share),
      y: round2(from.y + (to.y - from.y) * share),
    });
    const [start, end] = [on(cut), on(1 - cut)];
    return [{ x0: start.x, y0: start.y, x1: end.x, y1: end.y }];
  });
}

/** Labels under their ticks, moved inside the figure at its edge, and only every k-th where they would touch. */
function xTickTexts(ticks: readonly Tick[], bottom: number, width: number): LabelledTick[] {
  const texts = ticks.map((tick) => {
    if (tick.label === null) return null;
    const wide = textWidth(tick.label, textSize.tick);
    const left = Math.min(width - 3 - wide, Math.max(3, tick.at - wide / 2));
    return textLine(`x-${tick.at}`, tick.label, textSize.tick, left, bottom + 6 + textSize.tick);
  });
  const shown = texts.filter((t) => t !== null);
  const touch = (every: number) => {
    const kept = shown.filter((_, i) => i % every === 0);
    return kept.some((t, i) => i > 0 && t.box.x0 < kept[i - 1]!.box.x1 + 6);
  };
  let every = 1;
  while (touch(every)) every += 1;
  const kept = new Set(shown.filter((_, i) => i % every === 0));
  return ticks.map((tick, i) => {
    const text = texts[i]!;
    return { ...tick, text: text !== null && kept.has(text) ? text : null };
  });
}

function yTickText(tick: Tick, right: number): TextLine | null {
  if (tick.label === null) return null;
  const left = right - 8 - textWidth(tick.label, textSize.tick);
  return textLine(`y-${tick.at}`, tick.label, textSize.tick, left, tick.at + 0.36 * textSize.tick);
}
