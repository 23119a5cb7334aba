import type { CurveSpec } from './spec';
import type { VisiblePoint } from './visible';

/** Why a drawn point is in no fit and no front, as the annotation counts it. */
export type LeftOut = 'estimated' | 'glance' | 'quick' | 'limited';

/**
 * Only standard and rigorous results that are valid enter fits and fronts; quick and limited ones where the
 * specification says so, estimates where it says that (they are limited by nature), a glance never. Null: it enters.
 * Source: docs/method.md, 4.1 and 5.
 */
export function leftOutAs(spec: CurveSpec, { row, style }: VisiblePoint): LeftOut | null {
  const estimate = style === 'estimate';
  if (estimate && !spec.fit.includeEstimated) return 'estimated';
  if (row.preset === 'glance') return 'glance';
  if (spec.includeLimited) return null;
  if (row.preset === 'quick') return 'quick';
  return row.verdict === 'limited' && !estimate ? 'limited' : null;
}

/** ' (left out: 2 quick, 1 limited)'; '' where all entered. */
export function leftOutText(spec: CurveSpec, points: readonly VisiblePoint[]): string {
  const counts = new Map<LeftOut, number>();
  for (const point of points) {
    const why = leftOutAs(spec, point);
    if (why !== null) counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([why, k]) => `${k} ${why}`);
  return parts.length === 0 ? '' : ` (left out: ${parts.join(', ')})`;
}
