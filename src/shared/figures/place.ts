import { type Box, boxesMeet, inside, type Segment, segmentMeets } from './geometry';
import { markSize, round2 } from './sizes';
import { textWidth } from './textWidth';

/** A label to be placed beside an anchor point, usually the centre of a mark. */
export interface LabelRequest {
  key: string;
  text: string;
  size: number;
  bold: boolean;
  x: number;
  y: number;
  /** Series labels start at the right end of their series and may stand off with a leader line. */
  kind: 'series' | 'point';
}

export interface PlacedLabel extends LabelRequest {
  /** Left end and baseline of the text. */
  left: number;
  baseline: number;
  box: Box;
  /** Where and how the drawing hangs the text, so that a narrower font stays close to its mark. */
  hang: { x: number; anchor: 'start' | 'middle' | 'end' };
  leader: Segment | null;
}

export interface Obstacles {
  /** Centres of all marks: a point's label must be clearly nearer to its own than to any other. */
  centres: readonly { x: number; y: number }[];
  boxes: readonly Box[];
  segments: readonly Segment[];
}

/** Share of the size above and below the baseline that a label may not share with anything. */
const ascent = 0.8;
const descent = 0.24;

/** Unit steps to the eight places, right end first for series, off the usual slope of a curve first for points. */
const compass = {
  series: ['E', 'NE', 'SE', 'N', 'S', 'NW', 'SW', 'W'],
  point: ['N', 'S', 'NW', 'SE', 'E', 'W', 'NE', 'SW'],
} as const;
type Direction = (typeof compass)['series'][number];
/** Gap between the anchor's mark and the text: beside it, then with a leader. Source: docs/figures.md, 3.9. */
const near = 4;
const far = [14, 24, 40];

/** Box of one line whose left end and baseline are given. */
export function textBox(text: string, size: number, left: number, baseline: number, bold = false): Box {
  const width = textWidth(text, size, bold);
  return { x0: left, y0: baseline - ascent * size, x1: left + width, y1: baseline + descent * size };
}

/**
 * Places labels one after the other, each at its first candidate that meets nothing: no obstacle, no placed label,
 * not the edge of `bounds`. A label without a free place comes back as null: the caller answers for it.
 * Pure; the same requests in the same order give the same places. Source: docs/figures.md, 3.9.
 */
export function placeLabels(
  requests: readonly LabelRequest[],
  obstacles: Obstacles,
  bounds: Box,
): (PlacedLabel | null)[] {
  const boxes = [...obstacles.boxes];
  const segments = [...obstacles.segments];
  return requests.map((request) => {
    for (const candidate of candidates(request)) {
      const { box, leader } = candidate;
      if (!inside(box, bounds) || boxes.some((b) => boxesMeet(b, box))) continue;
      if (segments.some((s) => segmentMeets(s, box))) continue;
      if (request.kind === 'point' && obstacles.centres.some((c) => rivals(c, request, box))) continue;
      if (leader && boxes.some((b) => segmentMeets(leader, b) && !holds(b, request))) continue;
      boxes.push(box);
      if (leader) segments.push(leader);
      return candidate;
    }
    return null;
  });
}

/** Would a reader take the label for that other mark's? */
function rivals(centre: { x: number; y: number }, own: LabelRequest, box: Box): boolean {
  if (centre.x === own.x && centre.y === own.y) return false;
  return distance(centre, box) < 1.5 * distance(own, box);
}

function distance({ x, y }: { x: number; y: number }, box: Box): number {
  return Math.hypot(Math.max(box.x0 - x, 0, x - box.x1), Math.max(box.y0 - y, 0, y - box.y1));
}

function holds(box: Box, { x, y }: LabelRequest): boolean {
  return box.x0 <= x && x <= box.x1 && box.y0 <= y && y <= box.y1;
}

function* candidates(request: LabelRequest): Generator<PlacedLabel> {
  const order = compass[request.kind];
  for (const direction of order) yield candidate(request, direction, near, false);
  if (request.kind === 'point') return;
  for (const gap of far) for (const direction of order) yield candidate(request, direction, gap, true);
}

function candidate(
  request: LabelRequest,
  direction: Direction,
  gap: number,
  withLeader: boolean,
): PlacedLabel {
  const { text, size, bold, x, y } = request;
  const width = textWidth(text, size, bold);
  const side = direction.includes('E') ? 1 : direction.includes('W') ? -1 : 0;
  const lift = direction.startsWith('N') ? -1 : direction.startsWith('S') ? 1 : 0;
  // On a diagonal the gap is along the diagonal, so that all eight places look equally near.
  const reach = markSize / 2 + (side !== 0 && lift !== 0 ? gap * 0.35 : gap * 0.75);
  const left = round2(side === 1 ? x + reach : side === -1 ? x - reach - width : x - width / 2);
  const baseline = round2(
    lift === -1 ? y - reach - descent * size * 0.6 : lift === 1 ? y + reach + ascent * size : y + 0.36 * size,
  );
  const box = textBox(text, size, left, baseline, bold);
  const leader = withLeader ? leaderTo(box, x, y) : null;
  return { ...request, left, baseline, box, leader, hang: hangOf(side, left, width) };
}

function hangOf(side: number, left: number, width: number): PlacedLabel['hang'] {
  if (side === 1) return { x: left, anchor: 'start' };
  if (side === -1) return { x: round2(left + width), anchor: 'end' };
  return { x: round2(left + width / 2), anchor: 'middle' };
}

/** From the edge of the mark to the nearest point of the text's box, one unit short of both. */
function leaderTo(box: Box, x: number, y: number): Segment {
  const toX = Math.min(box.x1, Math.max(box.x0, x));
  const toY = Math.min(box.y1, Math.max(box.y0, y));
  const length = Math.hypot(toX - x, toY - y);
  const at = (along: number) => ({
    x: round2(x + ((toX - x) * along) / length),
    y: round2(y + ((toY - y) * along) / length),
  });
  const start = at(markSize / 2 + 2);
  const end = at(length - 1.5);
  return { x0: start.x, y0: start.y, x1: end.x, y1: end.y };
}
