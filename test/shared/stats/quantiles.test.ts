import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialCdf } from '../../../src/shared/stats/binomial';
import { effectiveSize } from '../../../src/shared/stats/effectiveSize';
import {
  intervalRanks,
  leastEffective,
  type Percentile,
  quantileEstimate,
  quantileOf,
  quantileOfSorted,
  seriesQuantile,
} from '../../../src/shared/stats/quantiles';
import { ar1, drawFrom, shareOf } from './draw';

/** Quantiles of the standard normal: what the simulated series have at p. */
const normalQuantile: Partial<Record<Percentile, number>> = { 0.5: 0, 0.9: 1.2815515655446004 };
const ramp = (n: number) => Float64Array.from({ length: n }, (_, i) => i);

describe('a quantile of unsorted values', () => {
  it('is that of the sorted ones, bit for bit, and leaves them as they are', () => {
    const tied = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
    const any = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(tied, any), fc.constantFrom(0, 0.05, 0.5, 0.9, 1), (list, p) => {
        const values = Float64Array.from(list);
        expect(quantileOf(values, p) + 0).toBe(quantileOfSorted(values.slice().sort(), p) + 0);
        expect([...values]).toEqual(list);
      }),
      { seed: 8, numRuns: 1000 },
    );
    expect(quantileOf(new Float64Array([3, 1]), 0.5)).toBe(2); // control
  });

  it('comes to an end for values that were made to defeat the choice of the middle one', () => {
    // Each pivot is the largest of what is left: halving never happens, and after a hundred rounds all is sorted.
    const n = 4000;
    const values = new Float64Array(n).fill(Number.NaN);
    const place = Array.from({ length: n }, (_, i) => i);
    for (let last = n - 1; last >= 0; last--) {
      const at = last >> 1;
      values[place[at]!] = last;
      [place[at], place[last]] = [place[last]!, place[at]!];
    }
    expect(quantileOf(values, 0)).toBe(0);
    expect(quantileOf(values, 0.5)).toBe((n - 1) / 2);
  });
});

describe('refusal counts', () => {
  it.each([0.9, 0.95, 0.99, 0.999] as const)('p %d: the smallest n of the early-stopping condition', (p) => {
    const n = leastEffective[p];
    expect(binomialCdf(1, n, 1 - p)).toBeLessThanOrEqual(0.01);
    expect(binomialCdf(1, n - 1, 1 - p)).toBeGreaterThan(0.01);
  });

  it.each([0.5, 0.9, 0.95, 0.99, 0.999] as const)('p %d: refused one below, given at the count', (p) => {
    const sorted = ramp(10_000);
    expect(quantileEstimate(sorted, leastEffective[p] - 1, p).missingReason).toBe('TOO_FEW_SAMPLES');
    expect(quantileEstimate(sorted, leastEffective[p], p).missingReason).toBeNull();
  });

  it('an interval exists exactly from 6, 36, 72, 368 and 3,688 on', () => {
    for (const [p, n] of [
      [0.5, 6],
      [0.9, 36],
      [0.95, 72],
      [0.99, 368],
      [0.999, 3688],
    ] as const) {
      expect(intervalRanks(n, n, p)).not.toBeNull();
      expect(intervalRanks(n - 1, n - 1, p)).toBeNull();
    }
  });
});

describe('order-statistic interval', () => {
  it('holds 95 % of the binomial and would not without its outer ranks', () => {
    const { low, high } = intervalRanks(1000, 1000, 0.9)!;
    expect(binomialCdf(high - 1, 1000, 0.9) - binomialCdf(low - 1, 1000, 0.9)).toBeGreaterThanOrEqual(0.95);
    expect(binomialCdf(high - 2, 1000, 0.9) - binomialCdf(low, 1000, 0.9)).toBeLessThan(0.95);
  });

  it('holds the quantile itself and widens as the effective size falls', () => {
    const sorted = ramp(5000);
    const few = quantileEstimate(sorted, 200, 0.9);
    const many = quantileEstimate(sorted, 5000, 0.9);
    for (const e of [few, many]) {
      expect(e.low!).toBeLessThan(e.value!);
      expect(e.high!).toBeGreaterThan(e.value!);
    }
    expect(few.high! - few.low!).toBeGreaterThan(3 * (many.high! - many.low!));
  });

  it('quantiles are those of type 7', () => {
    expect(quantileOfSorted([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantileOfSorted([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6, 12);
    expect(quantileOfSorted([], 0.5)).toBeNaN();
  });
});

/** The definition, lag by lag. */
function effectiveSizeByDefinition(series: Float64Array, q: number): number {
  const n = series.length;
  const ones = Array.from(series, (x) => (x <= q ? 1 : 0) as number);
  const mean = ones.reduce((a, b) => a + b, 0) / n;
  const covariance = (k: number) => {
    let sum = 0;
    for (let i = 0; i + k < n; i++) sum += (ones[i]! - mean) * (ones[i + k]! - mean);
    return sum;
  };
  const variance = covariance(0);
  let sum = 0;
  for (let k = 1; k < n; k++) {
    const rho = covariance(k) / variance;
    if (rho < 2 / Math.sqrt(n)) break;
    sum += rho;
  }
  return Math.min(n, n / (1 + 2 * sum));
}

describe('effectiveSize', () => {
  it.each([0, 0.3, 0.6, 0.9, 0.95])('equals the definition at lag-1 correlation %d', (rho) => {
    const series = ar1(drawFrom(7), 3001, rho);
    for (const q of [0, 1.28, -2]) {
      expect(effectiveSize(series, q).correlated).toBeCloseTo(effectiveSizeByDefinition(series, q), 6);
    }
  });

  it('stays within 2 % of the definition where the sum runs past the exact lags', () => {
    const series = ar1(drawFrom(11), 20_000, 0.995);
    const exact = effectiveSizeByDefinition(series, 0);
    expect(Math.abs(effectiveSize(series, 0).correlated / exact - 1)).toBeLessThan(0.02);
  });

  it('a drift through the whole run leaves a handful of samples', () => {
    expect(effectiveSize(ramp(100_000), 50_000).size).toBeLessThan(10);
  });

  it('windows on slightly different levels: their scatter stands in where the autocorrelation sees nothing', () => {
    const draw = drawFrom(12);
    const ends = Array.from({ length: 10 }, (_, i) => (i + 1) * 1000);
    const series = new Float64Array(10_000);
    for (const end of ends) {
      const level = 0.12 * draw.normal();
      for (let i = end - 1000; i < end; i++) series[i] = level + draw.normal();
    }
    const { size, forInterval, correlated } = effectiveSize(series, 0, ends);
    expect(correlated).toBeGreaterThan(8000);
    expect(size).toBeLessThan(2500);
    // Student's factor for 9 degrees of freedom: 2.262 in place of 1.96.
    expect(forInterval / size).toBeCloseTo((1.95996 / 2.26216) ** 2, 4);
    // Shuffled, the same samples scatter no more than they should.
    const shuffled = Float64Array.from(series, (_, i) => series[(i * 7919) % 10_000]!);
    const mixed = effectiveSize(shuffled, 0, ends);
    expect(mixed.size).toBe(mixed.correlated);
  });

  it('a run of one window is looked at in ten parts', () => {
    const series = Float64Array.from(
      { length: 5000 },
      (_, i) => Math.floor(i / 500) * 0.05 + Math.sin(i * i),
    );
    expect(effectiveSize(series, 0.2).size).toBeLessThan(effectiveSize(series, 0.2).correlated);
  });

  it('constant samples carry no correlation', () => {
    expect(effectiveSize(new Float64Array(500).fill(3), 3).size).toBe(500);
  });
});

describe('coverage of percentile intervals at 95 %, 400 repetitions', () => {
  const covers = (estimate: { low: number | null; high: number | null }, truth: number) =>
    estimate.low !== null && estimate.low <= truth && truth <= estimate.high!;

  for (const [rho, p] of [
    [0, 0.5],
    [0, 0.9],
    [0.6, 0.5],
    [0.6, 0.9],
  ] as const) {
    it(`lag-1 correlation ${rho}, p ${p}: 91 to 98.5 %`, () => {
      const draw = drawFrom(100 + p * 10 + rho);
      const share = shareOf(400, () => {
        const series = ar1(draw, 1500, rho);
        return covers(seriesQuantile(series, series.slice().sort(), p).estimate, normalQuantile[p]!);
      });
      expect(share).toBeGreaterThanOrEqual(0.91);
      expect(share).toBeLessThanOrEqual(0.985);
    });
  }

  it('control: the plain count undercovers a correlated series', () => {
    const draw = drawFrom(5);
    const share = shareOf(400, () => {
      const sorted = ar1(draw, 1500, 0.6).sort();
      return covers(quantileEstimate(sorted, 1500, 0.5), 0);
    });
    expect(share).toBeLessThan(0.88);
  });
});
