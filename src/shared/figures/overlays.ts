import { frontCorners } from '../stats/pareto';
import { bandAt, lawAt, type PowerLaw } from '../stats/powerLaw';
import type { SeriesFit } from './fits';
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
  references: ReferenceAt[];
  guides: GuideAt[];
}

/** Steps along a line or the edge of a band. */
const steps = 24;
/** Extrapolation ends so many times beyond the data. Source: docs/method.md, 5. */
const extrapolationFactor = 2;

interface Input {
  spec: CurveSpec;
  fits: readonly SeriesFit[];
  front: Front | null;
  x: Axis;
  y: Axis;
  plot: Box;
}

/** Lines and areas over the data, cut to the plot. */
export function overlaysOf({ spec, fits, front, x, y, plot }: Input): Overlays {
  const at = (value: Point): Point => ({ x: x.map(value.x), y: y.map(value.y) });
  return {
    fits: fits.flatMap(({ key, slot, result }) =>
      result.kind === 'none' ? [] : [{ key, slot, ...fitAt(result.law, spec, { x, y, plot }) }],
    ),
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

function fitAt(law: PowerLaw, spec: CurveSpec, { x, y, plot }: Pick<Input, 'x' | 'y' | 'plot'>) {
  const grid = (from: number, to: number, count = steps) =>
    Array.from({ length: count + 1 }, (_, i) => from * (to / from) ** (i / count));
  const line = (from: number, to: number) =>
    clippedLine(
      // Straight where both axes are logarithmic.
      grid(from, to, x.kind === 'log' && y.kind === 'log' ? 1 : steps).map((v) => ({
        x: x.map(v),
        y: y.map(lawAt(law, v)),
      })),
      plot,
    );
  const bands = grid(law.from, law.to).map((v) => ({ at: x.map(v), ...bandAt(law, v) }));
  const polygon = (which: 'line' | 'prediction') =>
    clippedPolygon(
      [
        ...bands.map((b) => ({ x: b.at, y: y.map(b[which].high) })),
        ...bands.map((b) => ({ x: b.at, y: y.map(b[which].low) })).reverse(),
      ],
      plot,
    );
  const ahead = spec.fit.extrapolate
    ? [...line(law.from / extrapolationFactor, law.from), ...line(law.to, law.to * extrapolationFactor)]
    : [];
  return { line: line(law.from, law.to), band: polygon('line'), prediction: polygon('prediction'), ahead };
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
export function overlaySegments({ fits, front, references, guides }: Overlays): Segment[] {
  return [
    ...fits.flatMap((f) => [...f.line, ...f.ahead]),
    ...front,
    ...references.flatMap((r) => r.bars),
    ...guides.map((g) => g.line),
  ];
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
