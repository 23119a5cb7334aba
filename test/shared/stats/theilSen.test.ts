import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/shared/stats/random';
import { logSlope, theilSen } from '../../../src/shared/stats/theilSen';

describe('theilSen', () => {
  it('is the slope of points on a line, whatever the line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: -50, max: 50 }),
        fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 12 }),
        (slope, level, xs) => {
          expect(theilSen(xs.map((x) => ({ x, y: level + slope * x })))).toBeCloseTo(slope, 9);
        },
      ),
    );
  });

  it('does not follow one wild point, as least squares would', () => {
    const points = [1, 2, 3, 4, 5, 6, 7].map((x) => ({ x, y: 2 * x }));
    points[6].y = 1000;
    expect(theilSen(points)).toBeCloseTo(2, 9);
  });

  it('is absent without two different x, or where a value is no number', () => {
    expect(theilSen([])).toBeNull();
    expect(theilSen([{ x: 1, y: 1 }])).toBeNull();
    expect(
      theilSen([
        { x: 1, y: 1 },
        { x: 1, y: 2 },
      ]),
    ).toBeNull();
    expect(
      theilSen([
        { x: 1, y: 1 },
        { x: 2, y: Number.NaN },
      ]),
    ).toBeNull();
  });
});

describe('logSlope', () => {
  const law = (exponent: number, u: number) =>
    [100, 200, 400, 800].map((x) => ({ x, y: 3 * x ** exponent, u }));

  it('is the exponent of a power law, exact where the points are', () => {
    const slope = logSlope(law(0.7, 0))!;
    expect(slope.value).toBeCloseTo(0.7, 9);
    expect([slope.low, slope.high]).toEqual([slope.value, slope.value]);
  });

  it('has an interval that grows with the uncertainty of the points', () => {
    const [fine, coarse] = [logSlope(law(1, 0.01))!, logSlope(law(1, 0.1))!];
    expect(coarse.high - coarse.low).toBeGreaterThan(5 * (fine.high - fine.low));
    expect(fine.low).toBeLessThan(1);
    expect(fine.high).toBeGreaterThan(1);
    expect(logSlope(law(1, 0.1))).toEqual(coarse);
  });

  it('is less certain where a point is disturbed by more than its own uncertainty', () => {
    const disturbed = law(0, 0.05);
    disturbed[0].y *= 1.6;
    const slope = logSlope(disturbed)!;
    // Without the stretch the interval would be about as wide as that of undisturbed points, away from 0.
    expect(slope.high - slope.low).toBeGreaterThan(
      3 * (logSlope(law(0, 0.05))!.high - logSlope(law(0, 0.05))!.low),
    );
    expect(slope.high).toBeGreaterThan(0);
  });

  it('covers the true exponent about as often as it says', () => {
    const random = randomFrom(5);
    let covered = 0;
    for (let i = 0; i < 400; i++) {
      const noisy = law(0.5, 0.05).map((p) => ({ ...p, y: p.y * Math.exp(0.05 * random.normal()) }));
      const slope = logSlope(noisy, i, 400)!;
      if (slope.low <= 0.5 && slope.high >= 0.5) covered += 1;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
    expect(covered / 400).toBeLessThanOrEqual(0.995);
  });

  it('refuses what has no logarithm', () => {
    expect(
      logSlope([
        { x: 0, y: 1, u: 0 },
        { x: 1, y: 1, u: 0 },
      ]),
    ).toBeNull();
    expect(
      logSlope([
        { x: 1, y: -1, u: 0 },
        { x: 2, y: 1, u: 0 },
      ]),
    ).toBeNull();
  });
});
