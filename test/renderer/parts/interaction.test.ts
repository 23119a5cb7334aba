import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  domainOf,
  inside,
  nearestTo,
  type Places,
  stepTo,
  zoomed,
} from '../../../src/renderer/parts/figure/interaction';
import { makeAxis } from '../../../src/shared/figures/scale';

// a1, a2 of series a; b1, b2 of series b
const points: Places = {
  x: [10, 20, 12, 30],
  y: [3, 5, 9, 1],
  seriesOf: [0, 0, 1, 1],
  series: [
    { from: 0, to: 2 },
    { from: 2, to: 4 },
  ],
};
const none: Places = { x: [], y: [], seriesOf: [], series: [] };

describe('a figure by keyboard', () => {
  it('next and previous visit every point once and come round', () => {
    const seen: number[] = [];
    let at = stepTo(points, null, 'next');
    for (let i = 0; i < 4; i++) {
      seen.push(at!);
      at = stepTo(points, at, 'next');
    }
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(at).toBe(0);
    expect(stepTo(points, 0, 'previous')).toBe(3);
  });

  it('steps to another series at about the same x', () => {
    expect(stepTo(points, 0, 'nextSeries')).toBe(2);
    expect(stepTo(points, 3, 'previousSeries')).toBe(1);
  });

  it('first, last, and nothing to visit', () => {
    expect(stepTo(points, 2, 'first')).toBe(0);
    expect(stepTo(points, 2, 'last')).toBe(3);
    expect(stepTo(none, null, 'next')).toBeNull();
    expect(stepTo(points, 99, 'next')).toBe(0);
  });
});

describe('the point under the pointer', () => {
  it('is the nearest one, and none beyond reach', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
          maxLength: 20,
        }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        (places, x, y) => {
          const all: Places = { ...none, x: places.map((p) => p[0]), y: places.map((p) => p[1]) };
          const found = nearestTo(all, { x, y }, 14);
          const distances = places.map((p) => Math.hypot(p[0] - x, p[1] - y));
          const least = Math.min(...distances);
          if (least > 14) expect(found).toBeNull();
          else expect(distances[found!]).toBe(least);
        },
      ),
    );
  });
});

describe('brush and zoom', () => {
  it('a brush holds what lies in it, whichever corner it began at', () => {
    expect(inside(points, { x0: 15, y0: 6, x1: 9, y1: 0 })).toEqual([0]);
    expect(inside(points, { x0: 0, y0: 0, x1: 40, y1: 10 })).toHaveLength(4);
  });

  const frame = fc
    .record({
      kind: fc.constantFrom('log' as const, 'linear' as const),
      low: fc.double({ min: 1e-9, max: 1e3, noNaN: true }),
      times: fc.double({ min: 1.5, max: 1e9, noNaN: true }),
      range: fc.constantFrom<[number, number]>([400, 20], [50, 600]),
    })
    .map(({ kind, low, times, range }) => ({ axis: makeAxis([low, low * times], kind, range), kind, range }));
  const near = (a: number, b: number) =>
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * (Math.abs(a) + Math.abs(b)) + 1e-9);

  it('the ends of an axis are its domain', () => {
    fc.assert(
      fc.property(frame, (f) => {
        const [low, high] = domainOf(f, f.range[0], f.range[1]);
        near(low, f.axis.domain[0]);
        near(high, f.axis.domain[1]);
      }),
    );
  });

  it('zooming keeps the value under the pointer where it is, and zooming out again comes back', () => {
    fc.assert(
      fc.property(frame, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (f, where) => {
        const place = f.range[0] + where * (f.range[1] - f.range[0]);
        const closer = { ...f, axis: makeAxis(zoomed(f, place, 0.5), f.kind, f.range) };
        near(closer.axis.invert(place), f.axis.invert(place));
        near(zoomed(closer, place, 2)[1], f.axis.domain[1]);
      }),
    );
  });
});
