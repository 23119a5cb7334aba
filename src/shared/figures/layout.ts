import { type Crossing, crossingsOf } from './crossings';
import { fitsOf, type SeriesFit } from './fits';
import { type Frame, frameOf } from './frame';
import { type Front, frontOf } from './front';
import { around, grown, type Point, type Segment } from './geometry';
import { mostDirectName, pointRequests, seriesName, seriesRequests } from './labels';
import {
  crossingRequests,
  type Overlays,
  overlayRequests,
  overlaySegments,
  overlaysOf,
  withLabels,
} from './overlays';
import { type PlacedLabel, placeLabels } from './place';
import { guidesOf, referencesOf } from './references';
import { type ResidualPanel, residualPanel, residualScale } from './residuals';
import type { CurveRow } from './rows';
import { type Axis, makeAxis, paddedDomain } from './scale';
import { edge, markSize, round2, sizePresets, textSize, unitsPerMm } from './sizes';
import type { CurveSpec } from './spec';
import { figureTexts } from './texts';
import { textWidth } from './textWidth';
import {
  isLook,
  type MarkStyle,
  type VisiblePoint,
  type VisibleRows,
  type VisibleSeries,
  visibleRows,
} from './visible';

export interface MarkAt {
  runId: string;
  seriesKey: string;
  slot: number;
  style: MarkStyle;
  x: number;
  y: number;
  /** Bars from top to bottom; null where there is none. */
  repeat: Segment | null;
  absolute: Segment | null;
  /** From left to right, of a measured x. */
  across: Segment | null;
  /** Dominated, and the spec dims what is. */
  dim: boolean;
  row: CurveRow;
}

/** Everything a curve figure draws, in viewBox units; the drawing itself only turns it into elements. */
export interface CurveLayout extends Frame {
  kind: 'curve-efficiency';
  marks: MarkAt[];
  /** Thin lines between neighbouring glances and quick looks of a series, clear of their marks. */
  joins: { slot: number; segments: Segment[] }[];
  /** `slot` null: neither a series' nor a point's. */
  labels: (PlacedLabel & { slot: number | null })[];
  overlays: Overlays;
  fits: SeriesFit[];
  crossings: Crossing[];
  /** What the lines leave over; null unless asked for, or without a line. */
  residuals: ResidualPanel | null;
  front: Front | null;
}

/** Direct labels up to so many series, a legend above. Source: docs/figures.md, 3.4. */
const directSeries = 5;
/** Above so many points a label would only cover some of them. */
const mostLabelledPoints = 500;
/** Least share of the width for the data where labels stand beyond the last point. */
const leastPlotWidth = 0.8;
/** Lines keep this far from the centre of a mark they lead to. */
const markClearance = 7;

interface Content {
  spec: CurveSpec;
  visible: VisibleRows;
  fits: SeriesFit[];
  crossings: Crossing[];
  front: Front | null;
}

/** Lays a curve figure out; a pure function of spec and rows. Source: docs/figures.md, 3.2 to 3.10. */
export function layoutCurve(spec: CurveSpec, rows: readonly CurveRow[]): CurveLayout {
  const visible = visibleRows(spec, rows);
  const fits = fitsOf(spec, visible);
  const content = { spec, visible, fits, crossings: crossingsOf(spec, fits), front: frontOf(spec, visible) };
  const room = sizePresets[spec.size].widthMm * unitsPerMm * mostDirectName;
  const few =
    visible.series.length <= directSeries &&
    visible.points.length <= mostLabelledPoints &&
    visible.series.every((s) => textWidth(seriesName(s), textSize.small, true) <= room);
  const direct = few ? arrange(content, false) : null;
  // A series label is never dropped: where one finds no place, all of them move to the legend.
  return direct ?? arrange(content, true)!;
}

/** Null where a series label finds no place; with a legend always a layout. */
function arrange(content: Content, withLegend: boolean): CurveLayout | null {
  const { spec, visible, fits, crossings, front } = content;
  const { series } = visible;
  const seriesTexts = series.map(seriesName);
  const frame = curveFrame(content, seriesTexts, withLegend);
  const { plot, x, y } = frame;
  const dims = (row: CurveRow) => spec.front.dim && front?.place.get(row) === 'dominated';
  const marks = series.flatMap((s) => s.points.map((p) => markAt(p, s, { x, y }, dims(p.row))));
  const joins = series.map((s) => ({ slot: s.slot, segments: joinSegments(s, x, y) }));
  const lines = overlaysOf({ spec, fits, crossings, front, x, y, plot });
  const many = visible.points.length > mostLabelledPoints;
  const boxes = [
    ...marks.map((m) => grown(around(m.x, m.y, markSize / 2), 1)),
    ...lines.references.map((r) => grown(around(r.x, r.y, 7), 1)),
  ];
  const segments = [
    ...marks.flatMap((m) => [m.repeat, m.absolute, m.across].filter((s) => s !== null)),
    ...joins.flatMap((j) => j.segments),
    ...overlaySegments(lines),
  ];
  const guides = withLabels(lines.guides, { boxes, segments }, plot);
  const overlays = { ...lines, guides };
  const requests = many
    ? []
    : [
        ...overlayRequests(overlays),
        ...seriesRequests(series, withLegend ? [] : seriesTexts, x, y),
        ...crossingRequests(overlays),
        ...pointRequests(spec, series, x, y),
      ];
  const placed = placeLabels(
    requests.map((r) => r.request),
    {
      centres: marks.map((m) => ({ x: m.x, y: m.y })),
      boxes: [...boxes, ...guides.flatMap((g) => (g.label === null ? [] : [g.label.box]))],
      segments,
    },
    { x0: plot.x0 + 2, y0: plot.y0 - 4, x1: frame.width - edge / 2, y1: plot.y1 - 2 },
  );
  const labels = placed.flatMap((label, i) =>
    label === null ? [] : [{ ...label, slot: requests[i]!.slot }],
  );
  const lost = placed.some((label, i) => label === null && requests[i]!.request.key.startsWith('series-'));
  if (lost) return null;
  const residuals = frame.lower === null ? null : residualPanel(fits, x, frame.lower);
  const drawn = { marks, joins, labels, overlays, fits, crossings, residuals, front };
  return { kind: 'curve-efficiency', ...frame, ...drawn };
}

function curveFrame(content: Content, seriesTexts: readonly string[], withLegend: boolean): Frame {
  const { spec, visible, fits, crossings, front } = content;
  const { series } = visible;
  const { xDomain, yDomain } = domains(spec, series);
  const right = (left: number, most: number) =>
    rightEdge(spec, series, seriesTexts, { domain: xDomain, left, most });
  return frameOf({
    size: spec.size,
    texts: figureTexts(spec, visible, fits, crossings, front),
    legend: withLegend ? series.map(({ key, slot }, i) => ({ key, slot, text: seriesTexts[i]! })) : [],
    notes: fits.map(({ key, slot, text }) => ({ key, slot, text })),
    xAxis: (range) => makeAxis(xDomain, spec.x.scale, range),
    yAxis: (range) => makeAxis(yDomain, spec.y.scale, range),
    ...(spec.fit.residuals ? residualScale(fits) : {}),
    ...(withLegend ? {} : { right }),
  });
}

function domains(spec: CurveSpec, series: readonly VisibleSeries[]) {
  const points = series.flatMap((s) => s.points);
  const references = referencesOf(spec);
  const finite = (values: readonly (number | null)[]) =>
    values.filter((v): v is number => v !== null && Number.isFinite(v));
  const ys = points.flatMap(({ y, row }) => [y, row.yLow, row.yHigh, row.yAbsLow, row.yAbsHigh]);
  const scales = spec.y.scale === 'log' ? guidesOf(spec).map((g) => g.valueJ) : [];
  const xs = points.flatMap(({ x, row }) => [x, row.xLow, row.xHigh]);
  const all = {
    x: finite([...xs, ...references.flatMap((r) => [r.xLow, r.xHigh])]),
    y: finite([...ys, ...references.flatMap((r) => [r.yLow, r.yHigh]), ...scales]),
  };
  return {
    xDomain: spec.x.domain ?? paddedDomain(all.x, spec.x.scale),
    // Power and what the eye compares by height start at zero.
    yDomain: spec.y.domain ?? paddedDomain(all.y, spec.y.scale, spec.y.quantity === 'powerMean'),
  };
}

/** As far right as the labels at the ends of the series leave room, but most of the width for the data. */
function rightEdge(
  spec: CurveSpec,
  series: readonly VisibleSeries[],
  labels: readonly string[],
  { domain, left, most }: { domain: [number, number]; left: number; most: number },
): number {
  const unit = makeAxis(domain, spec.x.scale, [0, 1000]);
  const least = left + (most - left) * leastPlotWidth;
  const rights = series.map((s, i) => {
    const share = unit.map(s.points.at(-1)!.x) / 1000;
    const label = textWidth(labels[i]!, textSize.small, true) + markSize + 4;
    return left + (most - left - label) / Math.max(share, 0.01);
  });
  // A label that would take too much finds a place inside instead.
  return round2(Math.min(most, ...rights.filter((right) => right >= least)));
}

function markAt(
  point: VisiblePoint,
  { key, slot }: VisibleSeries,
  { x, y }: { x: Axis; y: Axis },
  dim: boolean,
): MarkAt {
  const { row, style } = point;
  const at = { x: x.map(point.x), y: y.map(point.y) };
  // On a log axis an end at or below 0 runs to the edge of the plot, and so does one outside a zoom.
  const within = (value: number, { domain }: Axis) => Math.min(domain[1], Math.max(domain[0], value));
  const bar = (low: number | null, high: number | null): Segment | null => {
    if (low === null || high === null) return null;
    return { x0: at.x, y0: y.map(within(high, y)), x1: at.x, y1: y.map(within(low, y)) };
  };
  const across =
    row.xLow === null || row.xHigh === null
      ? null
      : { x0: x.map(within(row.xLow, x)), y0: at.y, x1: x.map(within(row.xHigh, x)), y1: at.y };
  const bars = { repeat: bar(row.yLow, row.yHigh), absolute: bar(row.yAbsLow, row.yAbsHigh), across };
  return { runId: row.runId, seriesKey: key, slot, style, ...at, ...bars, dim, row };
}

function joinSegments(series: VisibleSeries, x: Axis, y: Axis): Segment[] {
  const looks = series.points.filter((p) => isLook(p.row) && p.row.ladder);
  // What another experiment measured is no rung of this one's ladder.
  const experiments = [...new Set(looks.map((p) => p.row.experimentId))];
  return experiments.flatMap((id) => {
    const own = looks.filter((p) => p.row.experimentId === id);
    const at = own.map((p) => ({ x: x.map(p.x), y: y.map(p.y) }));
    return at.slice(1).flatMap((to, i) => (to.x === at[i]!.x ? [] : joined(at[i]!, to)));
  });
}

/** The line between two marks, clear of both; none where they are close. */
function joined(from: Point, to: Point): Segment[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length <= 2 * markClearance) return [];
  const cut = markClearance / length;
  const on = (share: number) => ({
    x: round2(from.x + (to.x - from.x) * share),
    y: round2(from.y + (to.y - from.y) * share),
  });
  const [start, end] = [on(cut), on(1 - cut)];
  return [{ x0: start.x, y0: start.y, x1: end.x, y1: end.y }];
}
