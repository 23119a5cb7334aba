import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastFloor, logOfInterval, logOfWindows, notStated, ratioOf } from '../../../src/shared/stats/ratio';
import { type Draw, drawFrom, shareOf } from './draw';

/** K window medians of a lognormal scatter about a level. */
const windows = (draw: Draw, k: number, level: number, spread: number) =>
  Array.from({ length: k }, () => level * Math.exp(spread * draw.normal()));
const log = (values: number[]) => logOfWindows(values)!;

describe('the ratio of two runs', () => {
  it.each([
    [5, 5, 0.01, 0.01],
    [10, 10, 0.01, 0.01],
    [20, 20, 0.03, 0.03],
    [5, 20, 0.03, 0.01], // unequal windows and scatter: what Welch is for
    [10, 5, 0.002, 0.02],
  ])('covers the true ratio in 93 to 97 %% of 2,000: K = %i and %i, spreads %f and %f', (ka, kb, sa, sb) => {
    const draw = drawFrom(71 * ka + kb);
    const share = shareOf(2000, () => {
      const { low, high } = ratioOf(log(windows(draw, ka, 1.3, sa)), log(windows(draw, kb, 1, sb)));
      return low <= 1.3 && 1.3 <= high;
    });
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  it('sees a difference of 10 % in windows that scatter by 2 %', () => {
    const draw = drawFrom(9);
    const seen = shareOf(500, () => {
      const ratio = ratioOf(log(windows(draw, 10, 1.1, 0.02)), log(windows(draw, 10, 1, 0.02)));
      return notStated(ratio, 0.01, leastFloor) === null && ratio.value > 1;
    });
    expect(seen).toBeGreaterThan(0.99);
  });

  it('states a difference only where interval, test and floor all allow it, and names what does not', () => {
    const clear = { value: 1.05, low: 1.03, high: 1.07 };
    expect(notStated(clear, 0.03, leastFloor)).toBeNull();
    expect(notStated({ value: 0.95, low: 0.93, high: 0.97 }, 0.03, leastFloor)).toBeNull();
    expect(notStated({ value: 1.05, low: 0.99, high: 1.1 }, 0.03, leastFloor)).toBe('interval');
    expect(notStated(clear, null, leastFloor)).toBe('untested');
    expect(notStated(clear, 0.05, leastFloor)).toBe('test');
    expect(notStated({ value: 1.009, low: 1.0089, high: 1.0091 }, 0.001, leastFloor)).toBe('floor');
    expect(notStated(clear, 0.001, Math.log(1.06))).toBe('floor');
  });

  it('a systematic part widens it', () => {
    const a = { ln: 0, u: 0.01, dof: Number.POSITIVE_INFINITY };
    expect(Math.log(ratioOf(a, { ...a, u: 0 }, 0.02).high)).toBeCloseTo(1.96 * Math.hypot(0.01, 0.02), 5);
  });

  it('is symmetric: b over a is the inverse, ends swapped', () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const there = ratioOf(log(a), log(b));
        const back = ratioOf(log(b), log(a));
        expect(there.low).toBeLessThanOrEqual(there.value);
        expect(there.high).toBeGreaterThanOrEqual(there.value);
        expect(Math.log(back.low)).toBeCloseTo(-Math.log(there.high), 9);
        expect(Math.log(back.value)).toBeCloseTo(-Math.log(there.value), 9);
      }),
      { seed: 30 },
    );
  });

  it('of two stored intervals is as wide as their logarithms together', () => {
    const a = logOfInterval({ value: 2, low: 2 / 1.1, high: 2 * 1.1 })!;
    const ratio = ratioOf(a, a);
    expect(ratio.value).toBe(1);
    expect(Math.log(ratio.high)).toBeCloseTo(Math.SQRT2 * Math.log(1.1), 6);
  });

  it('of windows that all agree is exact, and of too few or of zero there is none', () => {
    expect(ratioOf(log([2, 2, 2]), log([1, 1, 1]))).toEqual({ value: 2, low: 2, high: 2 });
    expect(logOfWindows([1])).toBeNull();
    expect(logOfWindows([1, 0])).toBeNull();
    expect(logOfInterval({ value: 1, low: 0, high: 2 })).toBeNull();
    expect(logOfInterval({ value: null, low: null, high: null })).toBeNull();
  });
});
