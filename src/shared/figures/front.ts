import { type Direction, dominates, paretoFront } from '../stats/pareto';
import { leftOutAs } from './evidence';
import { xWords, yWords } from './quantities';
import type { CurveRow } from './rows';
import type { CurveSpec } from './spec';
import type { VisiblePoint, VisibleRows } from './visible';

export type FrontPlace =
  | 'on the front'
  | 'not distinguishable from the front'
  | 'dominated'
  | 'not part of it';

export interface Front {
  direction: Direction;
  /** 'more parameters, lower energy per inference'. */
  words: string;
  points: VisiblePoint[];
  place: ReadonlyMap<CurveRow, FrontPlace>;
}

/** Front over all shown series; null unless the spec asks for one and its y axis has a better end. */
export function frontOf(spec: CurveSpec, visible: VisibleRows): Front | null {
  const direction = directionOf(spec);
  if (!spec.front.show || direction === null) return null;
  const all = visible.whole.flatMap((s) => s.points);
  const admitted = (p: VisiblePoint) => p.style !== 'estimate' && leftOutAs(spec, p) === null;
  const points = paretoFront(all.filter(admitted), direction);
  const on = new Set(points);
  const placeOf = (p: VisiblePoint): FrontPlace => {
    if (!admitted(p)) return 'not part of it';
    if (on.has(p)) return 'on the front';
    const best = { x: p.x, y: bestEnd(p, direction) };
    const beaten = points.some((f) => dominates(f, best, direction));
    return beaten ? 'dominated' : 'not distinguishable from the front';
  };
  const place = new Map(all.map((p) => [p.row, placeOf(p)]));
  return { direction, words: wordsOf(spec, direction), points, place };
}

/** The better end of what repeats shrink: gain and offset are common to points of one meter. */
function bestEnd({ y, row }: VisiblePoint, direction: Direction): number {
  return (direction.y === 'less' ? row.yLow : row.yHigh) ?? y;
}

function directionOf(spec: CurveSpec): Direction | null {
  const { better } = yWords[spec.y.quantity];
  if (better === null) return null;
  const x = xWords[spec.x.quantity].isSize ? 'more' : 'less';
  return { x, y: better === 'lower is better' ? 'less' : 'more' };
}

function wordsOf(spec: CurveSpec, direction: Direction): string {
  const lower = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const x = lower(xWords[spec.x.quantity].name);
  const y = lower(yWords[spec.y.quantity].name);
  const way = direction.y === 'less' ? 'lower' : 'more';
  return `${direction.x === 'more' ? 'more' : 'lower'} ${x}, ${way} ${y}`;
}
