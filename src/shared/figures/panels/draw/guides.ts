import {
  around,
  type Box,
  boxesMeet,
  clippedLine,
  grown,
  inside,
  type Point,
  type Segment,
  segmentMeets,
} from '../../geometry';
import { type TextLine, textLine } from '../../lines';
import { type LabelRequest, type PlacedLabel, placeLabels } from '../../place';
import { round2, textSize } from '../../sizes';
import { plainText, textWidth } from '../../textWidth';
import type { CheckedGuide } from '../schema';
import type { PanelPlace } from './series';

export interface GuideAt {
  key: string;
  kind: Exclude<CheckedGuide['kind'], 'triangle'>;
  text: string;
  segments: Segment[];
  /** Its interval. */
  area: Box | null;
}

/** What is in the way of a label; grows with every one that is placed. */
export interface Taken {
  boxes: Box[];
  segments: Segment[];
}

export interface TriangleAt {
  key: string;
  /** Closed outline. */
  segments: Segment[];
  label: TextLine;
}

/** Steps of a slope line on axes of two kinds. */
const steps = 16;

const logOf = (scale: string, value: number) => (scale === 'linear' ? value : Math.log10(value));
const unlog = (scale: string, value: number) => (scale === 'linear' ? value : 10 ** value);

/** Guides of a panel that have a place on its axes, cut to the plot. */
export function guidesAt(place: PanelPlace): GuideAt[] {
  const { panel, x, y, plot } = place;
  const at = ([px, py]: readonly [number, number]): Point => ({ x: x.map(px), y: y.map(py) });
  const possible = ([px, py]: readonly [number, number]) =>
    (panel.x.scale === 'linear' || px > 0) && (panel.y.scale === 'linear' || py > 0);
  const clamp = (value: number, { domain }: PanelPlace['x']) =>
    Math.min(domain[1], Math.max(domain[0], value));
  return panel.guides.flatMap((guide, i): GuideAt[] => {
    if (guide.kind === 'triangle') return [];
    const own = { key: `guide-${i}`, kind: guide.kind, text: plainText(guide.label), area: null };
    switch (guide.kind) {
      case 'horizontal': {
        if (!y.within(guide.at)) return [];
        const level = y.map(guide.at);
        const area =
          guide.low === null || guide.high === null
            ? null
            : { x0: plot.x0, x1: plot.x1, y0: y.map(clamp(guide.high, y)), y1: y.map(clamp(guide.low, y)) };
        return [{ ...own, area, segments: [{ x0: plot.x0, y0: level, x1: plot.x1, y1: level }] }];
      }
      case 'vertical': {
        if (!x.within(guide.at)) return [];
        const across = x.map(guide.at);
        const area =
          guide.low === null || guide.high === null
            ? null
            : { y0: plot.y0, y1: plot.y1, x0: x.map(clamp(guide.low, x)), x1: x.map(clamp(guide.high, x)) };
        return [{ ...own, area, segments: [{ x0: across, y0: plot.y0, x1: across, y1: plot.y1 }] }];
      }
      case 'slope': {
        if (!possible(guide.through)) return [];
        const [u0, v0] = [logOf(panel.x.scale, guide.through[0]), logOf(panel.y.scale, guide.through[1])];
        const [from, to] = x.domain.map((v) => logOf(panel.x.scale, v)) as [number, number];
        const points = Array.from({ length: steps + 1 }, (_, k) => {
          const u = from + ((to - from) * k) / steps;
          const value: [number, number] = [
            unlog(panel.x.scale, u),
            unlog(panel.y.scale, v0 + guide.slope * (u - u0)),
          ];
          return at(value);
        });
        return [
          {
            ...own,
            segments: clippedLine(
              points.filter((p) => Number.isFinite(p.y)),
              plot,
            ),
          },
        ];
      }
      default:
        return [{ ...own, segments: clippedLine(guide.points.filter(possible).map(at), plot) }];
    }
  });
}

/** Shares of a line's length at which its label is tried: from its end, a vertical from its top. */
const shares = [0.98, 0.88, 0.75, 0.6, 0.45, 0.3, 0.15, 0.05];

/** Label of a guide beside its line; null where there is no place: the caption has it then. */
export function guideLabel(guide: GuideAt, taken: Taken, plot: Box, bounds: Box): PlacedLabel | null {
  if (guide.text === '' || guide.segments.length === 0) return null;
  const size = textSize.small;
  const { text } = guide;
  if (textWidth(text, size) > plot.x1 - plot.x0 - 8) return null;
  const requestAt = ({ x, y }: Point, kind: LabelRequest['kind']): LabelRequest => ({
    key: guide.key,
    text,
    size,
    bold: false,
    x: round2(x),
    y: round2(y),
    kind,
  });
  const level = guide.kind === 'horizontal' ? levelLabel(guide, text, taken, plot) : null;
  if (level !== null) return level;
  // First with air to every other line, so that nobody takes it for that one's; then without; then with a leader.
  const airy = { ...taken, boxes: [...taken.boxes, ...aroundLines(taken.segments, guide.segments)] };
  const tries = [
    ['point', airy],
    ['point', taken],
    ['series', taken],
  ] as const;
  for (const [kind, obstacles] of tries) {
    for (const share of guide.kind === 'vertical' ? [...shares].reverse() : shares) {
      const [placed] = placeLabels(
        [requestAt(along(guide.segments, share), kind)],
        { centres: [], ...obstacles },
        bounds,
      );
      if (placed) return { ...placed, kind: 'point' };
    }
  }
  return null;
}

/** Air between the label of a guide and other lines, and the length of the pieces that they are cut into for it. */
const air = 5;
const piece = 12;

/** Boxes along all lines but the own one. */
function aroundLines(segments: readonly Segment[], own: readonly Segment[]): Box[] {
  return segments
    .filter((s) => !own.includes(s))
    .flatMap((s) => {
      const count = Math.max(1, Math.ceil(Math.hypot(s.x1 - s.x0, s.y1 - s.y0) / piece));
      return Array.from({ length: count }, (_, i) => {
        const share = (i + 0.5) / count;
        return around(s.x0 + (s.x1 - s.x0) * share, s.y0 + (s.y1 - s.y0) * share, air);
      });
    });
}

/** On a level line: at its left end, above or below, or further right where that is taken. */
function levelLabel(guide: GuideAt, text: string, taken: Taken, plot: Box): PlacedLabel | null {
  const size = textSize.small;
  const y = guide.segments[0]!.y0;
  const room = plot.x1 - plot.x0 - textWidth(text, size) - 8;
  for (const share of [0, 0.15, 0.3, 0.5, 0.7, 0.85, 1]) {
    for (const baseline of [y - 4, y + 4 + 0.8 * size]) {
      const line = textLine(guide.key, text, size, plot.x0 + 4 + share * Math.max(0, room), baseline);
      if (!inside(line.box, plot) || meets(line.box, taken)) continue;
      const hang = { x: line.left, anchor: 'start' as const };
      return { ...line, size, bold: false, x: line.left, y, kind: 'point', hang, leader: null };
    }
  }
  return null;
}

function along(segments: readonly Segment[], share: number): Point {
  const lengths = segments.map((s) => Math.hypot(s.x1 - s.x0, s.y1 - s.y0));
  let rest = share * lengths.reduce((sum, l) => sum + l, 0);
  for (const [i, s] of segments.entries()) {
    const length = lengths[i]!;
    if (rest <= length) {
      const part = length === 0 ? 0 : rest / length;
      return { x: s.x0 + (s.x1 - s.x0) * part, y: s.y0 + (s.y1 - s.y0) * part };
    }
    rest -= length;
  }
  const last = segments.at(-1)!;
  return { x: last.x1, y: last.y1 };
}

export function meets(box: Box, taken: Taken): boolean {
  return taken.boxes.some((b) => boxesMeet(b, box)) || taken.segments.some((s) => segmentMeets(s, box));
}

/** A slope triangle is as wide as it needs to have this height, between these; the least that can be read, and the most of the plot's height that it may take. */
const triangleHeight = 12;
const triangleWidth = { least: 26, most: 54 } as const;
const leastTriangle = 4;
const mostTriangle = 0.4;

/**
 * The slope triangles, each at the first free place from the lower right corner; null where there is none or where an
 * axis is not logarithmic, by the order of the panel's triangles.
 */
export function trianglesAt(place: PanelPlace, taken: Taken): { text: string; at: TriangleAt | null }[] {
  const { panel, x, y, plot } = place;
  const logarithmic = panel.x.scale !== 'linear' && panel.y.scale !== 'linear';
  const decade = (axis: PanelPlace['x']) => {
    const [low, high] = axis.domain;
    return Math.abs(axis.map(high) - axis.map(low)) / Math.log10(high / low);
  };
  return panel.guides.flatMap((guide, i) => {
    if (guide.kind !== 'triangle') return [];
    const text = plainText(guide.label);
    if (!logarithmic) return [{ text, at: null }];
    const steepness = Math.max((Math.abs(guide.slope) * decade(y)) / decade(x), 1e-9);
    const wanted = Math.min(triangleWidth.most, Math.max(triangleWidth.least, triangleHeight / steepness));
    const width = Math.min(wanted, (mostTriangle * (plot.y1 - plot.y0)) / steepness);
    const size = { width, height: width * steepness };
    const at =
      width < leastTriangle ? null : freeTriangle(`triangle-${i}`, text, guide.slope, size, plot, taken);
    if (at !== null) {
      taken.boxes.push(at.label.box);
      taken.segments.push(...at.segments);
    }
    return [{ text, at }];
  });
}

function freeTriangle(
  key: string,
  text: string,
  slope: number,
  { width, height }: { width: number; height: number },
  plot: Box,
  taken: Taken,
): TriangleAt | null {
  const size = textSize.small;
  const label = textWidth(text, size);
  const whole = { width: width + 4 + label, height: Math.max(height, size) };
  for (let bottom = plot.y1 - 8; bottom - whole.height > plot.y0 + 2; bottom -= 10) {
    for (let left = plot.x1 - 4 - whole.width; left > plot.x0 + 4; left -= 10) {
      const box = { x0: left, y0: bottom - whole.height, x1: left + whole.width, y1: bottom };
      if (meets(grown(box, 3), taken)) continue;
      const [x0, x1] = [round2(left), round2(left + width)];
      const [low, high] = [round2(bottom), round2(bottom - height)];
      const corner = slope >= 0 ? { x: x1, y: high } : { x: x0, y: high };
      const outline = [{ x: x0, y: low }, { x: x1, y: low }, corner, { x: x0, y: low }];
      const segments = outline
        .slice(1)
        .map((to, i) => ({ x0: outline[i]!.x, y0: outline[i]!.y, x1: to.x, y1: to.y }));
      const middle = (low + high) / 2 + 0.36 * size;
      return { key, segments, label: textLine(key, text, size, x1 + 4, Math.min(middle, low)) };
    }
  }
  return null;
}
