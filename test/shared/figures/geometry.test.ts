import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimated, stretches } from '../../../src/shared/figures/decimate';
import { clippedLine, clippedPolygon, type Point } from '../../../src/shared/figures/geometry';

const box = { x0: 0, y0: 0, x1: 100, y1: 50 };
const value = fc.double({ min: -200, max: 200, noNaN: true });
const point: fc.Arbitrary<Point> = fc.record({ x: value, y: value });
const within = ({ x, y }: Point) => x >= -0.01 && x <= 100.01 && y >= -0.01 && y <= 50.01;
const area = (p: readonly Point[]) =>
  Math.abs(
    p.reduce((sum, a, i) => sum + a.x * p[(i + 1) % p.length]!.y - p[(i + 1) % p.length]!.x * a.y, 0),
  ) / 2;

describe('clipping', () => {
  it('leaves nothing outside the box, and what was inside as it was', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 8 }), (points) => {
        const cut = clippedLine(points, box);
        for (const s of cut)
          expect([within({ x: s.x0, y: s.y0 }), within({ x: s.x1, y: s.y1 })]).toEqual([true, true]);
        expect(clippedPolygon(points, box).every(within)).toBe(true);
        if (points.every((p) => p.x > 0 && p.x < 100 && p.y > 0 && p.y < 50)) {
          expect(cut).toHaveLength(points.length - 1);
        }
      }),
      { seed: 41 },
    );
  });

  it('a rectangle keeps the area that it shares with the box', () => {
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const [x0, x1, y0, y1] = [Math.min(a, b), Math.max(a, b), Math.min(c, d), Math.max(c, d)];
        const cut = clippedPolygon(
          [
            { x: x0, y: y0 },
            { x: x1, y: y0 },
            { x: x1, y: y1 },
            { x: x0, y: y1 },
          ],
          box,
        );
        const shared =
          Math.max(0, Math.min(x1, 100) - Math.max(x0, 0)) * Math.max(0, Math.min(y1, 50) - Math.max(y0, 0));
        expect(Math.abs(area(cut) - shared)).toBeLessThan(2);
      }),
      { seed: 42 },
    );
  });
});

describe('traces', () => {
  it('thinned out, keep their least and largest value, their ends and their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (ys) => {
          const points = ys.map((y, i) => ({ x: i * 0.13, y }));
          const kept = decimated(points, 1);
          const spread = (p: readonly Point[]) => [
            Math.min(...p.map((q) => q.y)),
            Math.max(...p.map((q) => q.y)),
          ];
          expect(spread(kept)).toEqual(spread(points));
          expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
          expect(kept.map((p) => p.x)).toEqual(kept.map((p) => p.x).sort((a, b) => a - b));
          expect(kept.length).toBeLessThanOrEqual(2 * Math.ceil(ys.length * 0.13 + 1) + 2);
        },
      ),
      { seed: 43 },
    );
  });

  it('break where nothing was read, and nowhere else', () => {
    const tS = Float64Array.from([0, 0.1, 0.2, 3, 3.1, 3.2, 3.3]);
    const split = (w: number[]) => stretches(tS, Float64Array.from(w)).map((s) => s.length);
    expect(split([1, 1, 1, 1, 1, 1, 1])).toEqual([3, 4]);
    expect(split([1, 1, 1, 1, Number.NaN, 1, 1])).toEqual([3, 1, 2]);
    expect(stretches(new Float64Array(0), new Float64Array(0))).toEqual([]);
  });
});
