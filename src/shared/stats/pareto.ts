/** Which way is better on each axis. */
export interface Direction {
  x: 'more' | 'less';
  y: 'more' | 'less';
}

interface Place {
  x: number;
  y: number;
}

/** Is `a` at least as good as `b` on both axes and better on one? */
export function dominates(a: Place, b: Place, direction: Direction): boolean {
  const dx = direction.x === 'more' ? a.x - b.x : b.x - a.x;
  const dy = direction.y === 'more' ? a.y - b.y : b.y - a.y;
  return dx >= 0 && dy >= 0 && (dx > 0 || dy > 0);
}

/**
 * The points that no other one dominates, by rising x; of equal ones all stay. O(n log n).
 * Source: Kung, Luccio & Preparata 1975, two dimensions.
 */
export function paretoFront<P extends Place>(points: readonly P[], direction: Direction): P[] {
  const sx = direction.x === 'more' ? -1 : 1;
  const sy = direction.y === 'more' ? -1 : 1;
  // Best x first; among equal x the best y first.
  const ordered = [...points].sort((a, b) => sx * (a.x - b.x) || sy * (a.y - b.y));
  const front: P[] = [];
  let best = Number.POSITIVE_INFINITY;
  let bestX = Number.NaN;
  for (const point of ordered) {
    const cost = sy * point.y;
    if (cost < best) {
      front.push(point);
      best = cost;
      bestX = point.x;
    } else if (cost === best && point.x === bestX) front.push(point);
  }
  return front.sort((a, b) => a.x - b.x || a.y - b.y);
}

/** Corners of the front's staircase, by rising x: between two points of the front the worse of each axis. */
export function frontCorners(front: readonly Place[], direction: Direction): Place[] {
  const worse = (way: 'more' | 'less', a: number, b: number) =>
    way === 'more' ? Math.min(a, b) : Math.max(a, b);
  return front.flatMap(({ x, y }, i) => {
    const next = front[i + 1];
    if (next === undefined) return [{ x, y }];
    return [
      { x, y },
      { x: worse(direction.x, x, next.x), y: worse(direction.y, y, next.y) },
    ];
  });
}
