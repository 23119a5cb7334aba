import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksNeeded, holm } from '../../../src/shared/stats/holm';
import { mannWhitney } from '../../../src/shared/stats/mannWhitney';
import { normalUpperTail } from '../../../src/shared/stats/normal';
import { signedRank } from '../../../src/shared/stats/signedRank';
import { drawFrom, shareOf } from './draw';

/** Differences of sizes 1 … n, of which those whose sizes sum to W are negative. */
function withRankSum(n: number, w: number): number[] {
  const signs = new Set<number>();
  for (let size = n, left = w; size >= 1; size--) {
    if (size > left) continue;
    signs.add(size);
    left -= size;
  }
  return Array.from({ length: n }, (_, i) => (signs.has(i + 1) ? -(i + 1) : i + 1));
}

describe('signed-rank test', () => {
  // Two-sided 5 % critical values. Source: Wilcoxon & Wilcox 1964; Hollander & Wolfe 1999, table A.4.
  it.each([
    [6, 0],
    [7, 2],
    [8, 3],
    [9, 5],
    [10, 8],
    [11, 10],
    [12, 13],
    [13, 17],
    [14, 21],
    [15, 25],
    [16, 29],
    [17, 34],
    [18, 40],
    [19, 46],
    [20, 52],
    [21, 58],
    [22, 65],
    [23, 73],
    [24, 81],
    [25, 89],
  ])('n = %i: W = %i is at most 5 %%, one more is not', (n, critical) => {
    expect(signedRank(withRankSum(n, critical)).p).toBeLessThanOrEqual(0.05);
    expect(signedRank(withRankSum(n, critical + 1)).p).toBeGreaterThan(0.05);
  });

  it('with all on one side p is 2/2ⁿ: 0.0625, 0.031, 0.016, 0.008 at 5 to 8 pairs', () => {
    for (const n of [1, 2, 5, 6, 7, 8, 10, 25])
      expect(signedRank(withRankSum(n, 0)).p).toBeCloseTo(Math.min(1, 2 / 2 ** n), 15);
  });

  it('equals counting every pattern of signs, ties and zeros (Pratt) included', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 9 }), (ds) => {
        const sizes = ds.map(Math.abs);
        const rank = (v: number) =>
          sizes.filter((s) => s < v).length + (sizes.filter((s) => s === v).length + 1) / 2;
        const own = ds.filter((d) => d !== 0).map((d) => ({ d, rank: rank(Math.abs(d)) }));
        const wPlus = own.reduce((sum, { d, rank: r }) => sum + (d > 0 ? r : 0), 0);
        const total = own.reduce((sum, { rank: r }) => sum + r, 0);
        const far = Math.abs(wPlus - total / 2);
        let asFar = 0;
        for (let pattern = 0; pattern < 2 ** own.length; pattern++) {
          const sum = own.reduce((s, { rank: r }, i) => s + (pattern & (1 << i) ? r : 0), 0);
          if (Math.abs(sum - total / 2) >= far - 1e-9) asFar += 1;
        }
        expect(signedRank(ds).p).toBeCloseTo(asFar / 2 ** own.length, 12);
      }),
      { seed: 41 },
    );
  });

  // Critical values of the same tables where the normal form is used: its p must lie close to 5 %.
  it.each([
    [26, 98],
    [30, 137],
    [40, 264],
    [50, 434],
  ])('n = %i, normal: W = %i is near 5 %%', (n, critical) => {
    const test = signedRank(withRankSum(n, critical));
    expect(test.method).toBe('normal');
    expect(test.p).toBeGreaterThan(0.046);
    expect(test.p).toBeLessThan(0.0515);
  });

  it('rejects in at most 5 % where nothing differs, and says 1 of zeros alone', () => {
    const draw = drawFrom(8);
    for (const n of [6, 8, 12, 40]) {
      const share = shareOf(2000, () => signedRank(Array.from({ length: n }, () => draw.normal())).p < 0.05);
      expect(share).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / 2000));
    }
    expect(signedRank([0, 0, 0]).p).toBe(1);
    expect(signedRank([]).p).toBe(1);
  });
});

describe('Mann-Whitney test', () => {
  /** Two samples without ties with this U. */
  const withU = (n: number, u: number) => {
    const below = Array.from({ length: n }, (_, i) => i + 0.5);
    // Each value of `a` stands above so many of `b`.
    const counts = Array.from({ length: n }, () => 0);
    for (let i = n - 1, left = u; i >= 0 && left > 0; i--) {
      counts[i] = Math.min(n, left);
      left -= counts[i];
    }
    return { a: counts.map((c, i) => c + i / (10 * n)), b: below };
  };
  // Two-sided 5 % critical values of U at equal sizes. Source: Auble 1953; Siegel 1956, table K.
  it.each([
    [4, 0],
    [5, 2],
    [6, 5],
    [7, 8],
    [8, 13],
    [9, 17],
    [10, 23],
    [12, 37],
    [15, 64],
    [20, 127],
  ])('n = %i each: U = %i is at most 5 %%, one more is not', (n, critical) => {
    for (const [u, rejects] of [
      [critical, true],
      [critical + 1, false],
    ] as const) {
      const { a, b } = withU(n, u);
      const test = mannWhitney(a, b)!;
      expect(test.u).toBe(u);
      expect(test.method).toBe('exact');
      expect(test.p <= 0.05).toBe(rejects);
    }
  });

  it('equals counting every split', () => {
    const values = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 9 });
    fc.assert(
      fc.property(values, fc.nat(), (all, cut) => {
        const m = 1 + (cut % (all.length - 1));
        const [a, b] = [all.slice(0, m), all.slice(m)];
        const uOf = (xs: number[], ys: number[]) =>
          xs.reduce((sum, x) => sum + ys.filter((y) => y < x).length, 0);
        const middle = (m * b.length) / 2;
        const far = Math.abs(uOf(a, b) - middle);
        let [asFar, splits] = [0, 0];
        for (let pattern = 0; pattern < 2 ** all.length; pattern++) {
          const own = all.filter((_, i) => pattern & (1 << i));
          if (own.length !== m) continue;
          splits += 1;
          if (
            Math.abs(
              uOf(
                own,
                all.filter((_, i) => !(pattern & (1 << i))),
              ) - middle,
            ) >= far
          )
            asFar += 1;
        }
        expect(mannWhitney(a, b)!.p).toBeCloseTo(asFar / splits, 12);
      }),
      { seed: 42, numRuns: 40 },
    );
  });

  it('with ties is normal, and right: all equal gives 1; nothing to test gives null', () => {
    expect(mannWhitney([1, 1, 1], [1, 1])!.p).toBe(1);
    expect(mannWhitney([], [1])).toBeNull();
    // Hand-worked: ranks 1, 2.5, 2.5, 4, 5, 6; U = 1.5, variance 9/12·(7 − 6/30) = 5.1, z = (4.5 − 1.5 − 0.5)/2.2583.
    const tied = mannWhitney([1, 2, 3], [2, 4, 5])!;
    expect(tied.method).toBe('normal');
    expect(tied.u).toBe(1.5);
    expect(tied.p).toBeCloseTo(2 * normalUpperTail(2.5 / Math.sqrt(5.1)), 12);
    const draw = drawFrom(77);
    const rounded = () => Math.round(3 * draw.normal());
    const share = shareOf(
      2000,
      () => mannWhitney(Array.from({ length: 12 }, rounded), Array.from({ length: 15 }, rounded))!.p < 0.05,
    );
    expect(share).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / 2000));
  });
});

describe('Holm’s correction', () => {
  it('gives the worked example of R’s p.adjust', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [i, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(p, 12);
  });

  it('never lowers a p, keeps their order, stays in [0, 1], and does not count what was not tested', () => {
    const p = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(p, { maxLength: 12 }), (ps) => {
        const adjusted = holm(ps);
        ps.forEach((own, i) => {
          const after = adjusted[i];
          expect(after === null).toBe(own === null);
          if (own === null || after === null) return;
          expect(after).toBeGreaterThanOrEqual(own);
          expect(after).toBeLessThanOrEqual(1);
          ps.forEach((other, j) => {
            if (other !== null && other < own) expect(adjusted[j]!).toBeLessThanOrEqual(after);
          });
        });
        const tested = ps.filter((own) => own !== null);
        expect(adjusted.filter((own) => own !== null)).toEqual(holm(tested));
      }),
      { seed: 43 },
    );
  });

  it('rejects any of ten true hypotheses in at most 5 %; without it, far more often', () => {
    const draw = drawFrom(3);
    const [repetitions, m] = [4000, 10];
    let [corrected, plain] = [0, 0];
    for (let r = 0; r < repetitions; r++) {
      const ps = Array.from({ length: m }, () => draw.uniform());
      if (holm(ps).some((p) => p < 0.05)) corrected += 1;
      if (ps.some((p) => p < 0.05)) plain += 1;
    }
    expect(corrected / repetitions).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / repetitions));
    expect(plain / repetitions).toBeGreaterThan(0.35);
  });

  it('the blocks that a comparison needs are the fewest that can pass it', () => {
    for (let m = 1; m <= 60; m++) {
      const blocks = blocksNeeded(m);
      expect((m * 2) / 2 ** blocks).toBeLessThanOrEqual(0.05);
      if (blocks > 6) expect((m * 2) / 2 ** (blocks - 1)).toBeGreaterThan(0.05);
    }
    expect([1, 2, 3, 4, 11].map(blocksNeeded)).toEqual([6, 7, 7, 8, 9]);
  });
});

describe('normal tail', () => {
  // Abramowitz & Stegun, tables 26.1 and 26.2.
  it.each([
    [0, 0.5],
    [1, 0.158655253931457],
    [1.959963984540054, 0.025],
    [3, 1.349898031630095e-3],
    [4, 3.167124183311992e-5],
    [5, 2.866515718791939e-7],
    [10, 7.619853024160527e-24],
  ])('P(Z > %f) = %d', (z, p) => {
    expect(normalUpperTail(z) / p).toBeCloseTo(1, 11);
    expect(normalUpperTail(-z)).toBeCloseTo(1 - p, 12);
  });
});
