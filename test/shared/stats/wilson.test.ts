import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialCdf, binomialPmf } from '../../../src/shared/stats/binomial';
import { wilson } from '../../../src/shared/stats/wilson';

describe('Wilson’s interval', () => {
  it('gives published figures', () => {
    // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
    const rows = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [hits, n, low, high] of rows) {
      expect(wilson(hits, n).low).toBeCloseTo(low, 4);
      expect(wilson(hits, n).high).toBeCloseTo(high, 4);
    }
  });

  it('holds its share, stays within 0 and 1, and is symmetric', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.float({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const hits = Math.round(share * n);
        const { value, low, high } = wilson(hits, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(value);
        expect(value).toBeLessThanOrEqual(high);
        expect(high - low).toBeGreaterThan(0);
        const other = wilson(n - hits, n);
        expect(other.low).toBeCloseTo(1 - high, 9);
        expect(other.high).toBeCloseTo(1 - low, 9);
      }),
    );
    expect(() => wilson(3, 2)).toThrow(RangeError);
    expect(() => wilson(0, 0)).toThrow(RangeError);
  });

  it('covers about 95 % of truths, averaged over them', () => {
    const n = 100;
    const held = Array.from({ length: 99 }, (_, i) => (i + 1) / 100).map((p) => {
      let share = 0;
      for (let k = 0; k <= n; k++) {
        const { low, high } = wilson(k, n);
        if (low <= p && p <= high) share += binomialPmf(k, n, p);
      }
      return share;
    });
    const mean = held.reduce((a, b) => a + b) / held.length;
    expect(mean).toBeGreaterThan(0.945);
    expect(mean).toBeLessThan(0.965);
    expect(binomialCdf(n, n, 0.5)).toBe(1);
  });
});
