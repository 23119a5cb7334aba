import { frontCorners } from '../stats/pareto';
import type { Crossing } from './crossings';
import { fittedAt, fittedBandAt, type SeriesFit } from './fits';
import type { Front } from './front';
import {
  type Box,
  boxesMeet,
  clippedLine,
  clippedPolygon,
  inside,
  type Point,
  type Segment,
  segmentMeets,
} from './geometry';
import type { SlottedRequest } from './labels';
import { type TextLine, textLine } from './lines';
import { guidesOf, type ReferencePoint, referencesOf } from './references';
import type { Axis } from './scale';
import { round2, textSize } from './sizes';
import type { CurveSpec } from './spec';

export interface FitAt {
  key: string;
  slot: number;
  line: Segment[];
  /** Bands as polygons; empty outside the plot. */
  band: Point[];
  prediction: Point[];
  /** Beyond the data. */
  ahead: Segment[];
}

/** A crossover: the place where the lines meet, and its interval along the x axis. */
export interface CrossingAt extends Point {
  key: string;
  /** Words beside the interval. */
  label: string;
  /** Height of the interval over the axis. */
  barY: number;
  bar: Segment;
  /** Ends that lie beyond the measured range: drawn as arrows. */
  open: { low: boolean; high: boolean };
  /** From the crossing down to the interval. */
  drop: Segment;
}

export interface ReferenceAt extends Point {
  point: ReferencePoint;
  bars: Segment[];
}

export interface GuideAt {
  y: number;
  text: string;
  line: Segment;
  /** null where there is no place for it: the caption has it anyway. */
  label: TextLine | null;
}

export interface Overlays {
  fits: FitAt[];
  front: Segment[];
  crossings: CrossingAt[];
  references: ReferenceAt[];
  guides: GuideAt[];
}

/** Steps along a line or the edge of a band. */
const steps = 24;
/** Intervals of crossovers stand over the axis, one above the other, so many until they start again. */
const crossingHeight = 7;
const crossingRows = 6;
/** Extrapolation ends so many times beyond the data. Source: docs/method.md, 5. */
const extrapolationFactor = 2;

interface Input {
  spec: CurveSpec;
  fits: readonly SeriesFit[];
  crossings: readonly Crossing[];
  front: Front | null;
  x: Axis;
  y: Axis;
  plot: Box;
}

/** Lines and areas over the data, cut to the plot. */
export function overlaysOf({ spec, fits, crossings, front, x, y, plot }: Input): Overlays {
  const at = (value: Point): Point => ({ x: x.map(value.x), y: y.map(value.y) });
  return {
    fits: fits.flatMap((fit) => {
      const lines = fitAt(fit, spec, { x, y, plot });
      return lines === null ? [] : [{ key: fit.key, slot: fit.slot, ...lines }];
    }),
    crossings: crossings
      .filter(({ result }) => result.kind === 'crossing' && x.within(result.x) && y.within(result.y))
      .map((crossing, i) => crossingAt(crossing, i, { x, y, plot })),
    front: front === null ? [] : clippedLine(frontCorners(front.points, front.direction).map(at), plot),
    references: referencesOf(spec)
      .filter((r) => x.within(r.x) && y.within(r.y))
      .map((point) => ({ point, ...at(point), bars: rangeBars(point, at, plot) })),
    guides: guidesOf(spec)
      .filter((g) => y.within(g.valueJ))
      .map(({ valueJ, text }) => {
        const at = y.map(valueJ);
        return { y: at, text, line: { x0: plot.x0, y0: at, x1: plot.x1, y1: at }, label: null };
      }),
  };
}

function fitAt(fit: SeriesFit, spec: CurveSpec, { x, y, plot }: Pick<Input, 'x' | 'y' | 'plot'>) {
  if (fit.result.kind === 'none') return null;
  const { from, to } = fit.result.law;
  // A broken law bends at its break: that is a place of its own on every line.
  const bend = fit.broken?.at.value ?? null;
  const grid = (low: number, high: number, count = steps) => {
    const even = Array.from({ length: count + 1 }, (_, i) => low * (high / low) ** (i / count));
    return bend === null || bend <= low || bend >= high ? even : [...even, bend].sort((a, b) => a - b);
  };
  const line = (low: number, high: number) =>
    clippedLine(
      // Straight where both axes are logarithmic.
      grid(low, high, x.kind === 'log' && y.kind === 'log' ? 1 : steps).map((v) => ({
        x: x.map(v),
        y: y.map(fittedAt(fit, v)!),
      })),
      plot,
    );
  const bands = grid(from, to).map((v) => ({ at: x.map(v), ...fittedBandAt(fit, v)! }));
  const polygon = (which: 'line' | 'prediction') =>
    clippedPolygon(
      [
        ...bands.map((b) => ({ x: b.at, y: y.map(b[which].high) })),
        ...bands.map((b) => ({ x: b.at, y: y.map(b[which].low) })).reverse(),
      ],
      plot,
    );
  const ahead = spec.fit.extrapolate
    ? [...line(from / extrapolationFactor, from), ...line(to, to * extrapolationFactor)]
    : [];
  return { line: line(from, to), band: polygon('line'), prediction: polygon('prediction'), ahead };
}

function crossingAt(
  { key, result, at }: Crossing,
  i: number,
  { x, y, plot }: Pick<Input, 'x' | 'y' | 'plot'>,
): CrossingAt {
  if (result.kind === 'unresolved') throw new Error('nothing to draw');
  const place = { x: x.map(result.x), y: y.map(result.y) };
  const barY = round2(plot.y1 - crossingHeight * (1 + 2 * (i % crossingRows)));
  const within = (value: number) => Math.min(x.domain[1], Math.max(x.domain[0], value));
  const end = (value: number | null, most: number) => x.map(within(value ?? most));
  const bar = { x0: end(result.low, result.from), y0: barY, x1: end(result.high, result.to), y1: barY };
  return {
    key,
    label: `crossover ${at}`,
    ...place,
    barY,
    bar,
    open: { low: result.low === null, high: result.high === null },
    drop: { x0: place.x, y0: place.y, x1: place.x, y1: barY },
  };
}

function rangeBars(point: ReferencePoint, at: (p: Point) => Point, plot: Box): Segment[] {
  const { x, y, xLow, xHigh, yLow, yHigh } = point;
  return [
    ...clippedLine([at({ x: xLow, y }), at({ x: xHigh, y })], plot),
    ...clippedLine([at({ x, y: yLow }), at({ x, y: yHigh })], plot),
  ];
}

/** Text of each guide: at its left end, above or below, or further right where that is taken. */
export function withLabels(
  guides: readonly GuideAt[],
  taken: { boxes: readonly Box[]; segments: readonly Segment[] },
  plot: Box,
): GuideAt[] {
  const size = textSize.small;
  const shares = [0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8];
  const boxes = [...taken.boxes];
  return guides.map((guide) => {
    const places = shares.flatMap((share) =>
      [guide.y - 4, guide.y + 4 + 0.8 * size].map((baseline) => {
        const left = plot.x0 + 4 + share * (plot.x1 - plot.x0);
        return textLine(`guide-${guide.text}`, guide.text, size, left, baseline);
      }),
    );
    const label = places.find(
      ({ box }) =>
        inside(box, plot) &&
        !boxes.some((b) => boxesMeet(b, box)) &&
        !taken.segments.some((s) => segmentMeets(s, box)),
    );
    if (label === undefined) return guide;
    boxes.push(label.box);
    return { ...guide, label };
  });
}

/** Lines that no label may stand on. */
export function overlaySegments({ fits, front, crossings, references, guides }: Overlays): Segment[] {
  return [
    ...crossings.flatMap((c) => [c.bar, c.drop]),
    ...fits.flatMap((f) => [...f.line, ...f.ahead]),
    ...front,
    ...references.flatMap((r) => r.bars),
    ...guides.map((g) => g.line),
  ];
}

/** Words of the crossovers, over the middle of their intervals. */
export function crossingRequests({ crossings }: Overlays): SlottedRequest[] {
  return crossings.map(({ key, label, x, barY }): SlottedRequest => {
    const request = { key: `crossover-${key}`, text: label, size: textSize.small, bold: false };
    return { slot: null, request: { ...request, x, y: barY, kind: 'series' } };
  });
}

/** Names of the reference points, and one 'extrapolation, not measured'. */
export function overlayRequests({ references, fits }: Overlays): SlottedRequest[] {
  const size = textSize.small;
  const ahead = fits.find((f) => f.ahead.length > 0);
  const end = ahead?.ahead.at(-1);
  return [
    ...references.map(
      ({ x, y, point }): SlottedRequest => ({
        slot: null,
        request: { key: point.key, text: point.name, size, bold: true, x, y, kind: 'series' },
      }),
    ),
    ...(ahead === undefined || end === undefined
      ? []
      : [
          {
            slot: ahead.slot,
            request: {
              key: 'extrapolation',
              text: 'extrapolation, not measured',
              size,
              bold: false,
              x: round2((end.x0 + end.x1) / 2),
              y: round2((end.y0 + end.y1) / 2),
              kind: 'series' as const,
            },
          },
        ]),
  ];
}
