import { round2 } from './sizes';

/** Axis-parallel box: left, top, right, bottom in viewBox units, y downward. */
export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface Segment {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export function boxesMeet(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

export function inside(inner: Box, outer: Box): boolean {
  return inner.x0 >= outer.x0 && inner.y0 >= outer.y0 && inner.x1 <= outer.x1 && inner.y1 <= outer.y1;
}

export function grown(box: Box, by: number): Box {
  return { x0: box.x0 - by, y0: box.y0 - by, x1: box.x1 + by, y1: box.y1 + by };
}

export function around(x: number, y: number, half: number): Box {
  return { x0: x - half, y0: y - half, x1: x + half, y1: y + half };
}

export interface Point {
  x: number;
  y: number;
}

/** Shares of the segment's length between which it is inside the box; null if nowhere. Source: Liang & Barsky 1984. */
function insideShares(segment: Segment, box: Box): [number, number] | null {
  const dx = segment.x1 - segment.x0;
  const dy = segment.y1 - segment.y0;
  let enter = 0;
  let leave = 1;
  const sides = [
    [-dx, segment.x0 - box.x0],
    [dx, box.x1 - segment.x0],
    [-dy, segment.y0 - box.y0],
    [dy, box.y1 - segment.y0],
  ] as const;
  for (const [along, room] of sides) {
    if (along === 0) {
      if (room < 0) return null;
      continue;
    }
    const at = room / along;
    if (along < 0) enter = Math.max(enter, at);
    else leave = Math.min(leave, at);
  }
  return enter <= leave ? [enter, leave] : null;
}

/** Does the segment touch the box? */
export function segmentMeets(segment: Segment, box: Box): boolean {
  return insideShares(segment, box) !== null;
}

/** The segments between neighbouring points, cut to the box. */
export function clippedLine(points: readonly Point[], box: Box): Segment[] {
  return points.slice(1).flatMap((to, i) => {
    const from = points[i]!;
    const shares = insideShares({ x0: from.x, y0: from.y, x1: to.x, y1: to.y }, box);
    if (shares === null || shares[0] === shares[1]) return [];
    const on = (share: number) => ({
      x: from.x + (to.x - from.x) * share,
      y: from.y + (to.y - from.y) * share,
    });
    const [a, b] = [on(shares[0]), on(shares[1])];
    return [{ x0: round2(a.x), y0: round2(a.y), x1: round2(b.x), y1: round2(b.y) }];
  });
}

/** The part of the polygon inside the box; empty if none is. Source: Sutherland & Hodgman 1974. */
export function clippedPolygon(polygon: readonly Point[], box: Box): Point[] {
  const sides: ((p: Point) => number)[] = [
    (p) => p.x - box.x0,
    (p) => box.x1 - p.x,
    (p) => p.y - box.y0,
    (p) => box.y1 - p.y,
  ];
  let points = [...polygon];
  for (const room of sides) {
    points = points.flatMap((to, i) => {
      const from = points[(i + points.length - 1) % points.length]!;
      const [a, b] = [room(from), room(to)];
      const share = a / (a - b);
      const cut = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
      if (b >= 0) return a >= 0 ? [to] : [cut, to];
      return a >= 0 ? [cut] : [];
    });
  }
  return points.map((p) => ({ x: round2(p.x), y: round2(p.y) }));
}
