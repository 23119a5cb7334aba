import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logOfInterval, logOfWindows, ratioOf, wordFor } from '../../../src/shared/stats/ratio';
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

  it.each([5, 10, 20])(
    'claims a difference between a run and itself in at most 5 %% of 2,000: K = %i',
    (k) => {
      const draw = drawFrom(500 + k);
      const claims = (word: (r: ReturnType<typeof ratioOf>) => string) =>
        shareOf(
          2000,
          () =>
            word(ratioOf(log(windows(draw, k, 1, 0.02)), log(windows(draw, k, 1, 0.02)))) !==
            'not distinguishable',
        );
      expect(claims(wordFor)).toBeLessThanOrEqual(0.05);
      // The control: whoever looks at the values alone sees a difference nearly always.
      expect(claims(({ value }) => (value === 1 ? 'not distinguishable' : 'higher'))).toBeGreaterThan(0.99);
    },
  );

  it('sees a difference of 10 % in windows that scatter by 2 %', () => {
    const draw = drawFrom(9);
    const seen = shareOf(
      500,
      () => wordFor(ratioOf(log(windows(draw, 10, 1.1, 0.02)), log(windows(draw, 10, 1, 0.02)))) === 'higher',
    );
    expect(seen).toBeGreaterThan(0.99);
  });

  it('states nothing within 1 %, however narrow the interval', () => {
    expect(wordFor({ value: 1.009, low: 1.0089, high: 1.0091 })).toBe('not distinguishable');
    expect(wordFor({ value: 1.02, low: 1.019, high: 1.021 })).toBe('higher');
    expect(wordFor({ value: 1 / 1.02, low: 0.97, high: 0.99 })).toBe('lower');
    expect(wordFor({ value: 1.5, low: 0.9, high: 2.5 })).toBe('not distinguishable');
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
