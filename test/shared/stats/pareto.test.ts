import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Direction, dominates, frontCorners, paretoFront } from '../../../src/shared/stats/pareto';

const way = fc.constantFrom('more' as const, 'less' as const);
const direction: fc.Arbitrary<Direction> = fc.record({ x: way, y: way });
// Few different values, so that ties and twins come up.
const points = fc.array(
  fc.record({ x: fc.integer({ min: 0, max: 12 }), y: fc.integer({ min: 0, max: 12 }) }),
  {
    maxLength: 40,
  },
);

describe('Pareto front', () => {
  it('is exactly what no point dominates', () => {
    fc.assert(
      fc.property(points, direction, (all, d) => {
        const front = new Set(paretoFront(all, d));
        for (const p of all) expect(front.has(p)).toBe(!all.some((q) => dominates(q, p, d)));
      }),
      { seed: 51 },
    );
  });

  it('does not depend on the order of the points, and is its own front', () => {
    fc.assert(
      fc.property(points, direction, (all, d) => {
        const front = paretoFront(all, d);
        expect(paretoFront([...all].reverse(), d)).toEqual(front);
        expect(paretoFront(front, d)).toEqual(front);
      }),
      { seed: 52 },
    );
  });

  it('its staircase bounds what is dominated: every corner is, no point of the front is beyond', () => {
    fc.assert(
      fc.property(points, direction, (all, d) => {
        const front = paretoFront(all, d);
        for (const corner of frontCorners(front, d)) {
          expect(front.some((p) => dominates(p, corner, d) || (p.x === corner.x && p.y === corner.y))).toBe(
            true,
          );
          expect(front.some((p) => dominates(corner, p, d))).toBe(false);
        }
      }),
      { seed: 53 },
    );
  });
});
