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

/** Does the segment touch the box? Source: Liang & Barsky 1984, clipping by parameter. */
export function segmentMeets(segment: Segment, box: Box): boolean {
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
      if (room < 0) return false;
      continue;
    }
    const at = room / along;
    if (along < 0) enter = Math.max(enter, at);
    else leave = Math.min(leave, at);
  }
  return enter <= leave;
}
