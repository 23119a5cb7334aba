import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incompleteBeta, lnGamma } from '../../../src/shared/stats/beta';
import { binomialCdf, binomialPmf, binomialQuantile } from '../../../src/shared/stats/binomial';
import { studentCdf, studentQuantile } from '../../../src/shared/stats/student';

const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);

describe('studentQuantile', () => {
  it.each([
    // p, ν, value (exact for 1 and 2; the others from SciPy 1.x)
    [0.975, 1, Math.tan(Math.PI * 0.475)],
    [0.975, 2, 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025))],
    [0.975, 4.5, 2.6589123472044034],
    [0.975, 9, 2.262157162798205],
    [0.975, 30, 2.0422724563012378],
    [0.975, 1e6, 1.959966356814107],
    [0.999999, 9, 10.720160409872824],
    [0.999999, 1, 318309.88617359026],
  ])('p %d, ν %d', (p, nu, known) => {
    expect(relative(studentQuantile(p, nu), known)).toBeLessThan(1e-8);
  });

  it('tends to the normal quantile', () => {
    expect(studentQuantile(0.975, Number.POSITIVE_INFINITY)).toBeCloseTo(1.959963984540054, 8);
  });

  it('inverts the distribution function and is odd', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        (p, nu) => {
          const t = studentQuantile(p, nu);
          expect(studentCdf(t, nu)).toBeCloseTo(p, 10);
          expect(studentQuantile(1 - p, nu)).toBeCloseTo(-t, 6);
        },
      ),
      { seed: 30 },
    );
  });

  it('refuses what has no answer', () => {
    expect(() => studentQuantile(1, 5)).toThrow(RangeError);
    expect(() => studentQuantile(0.5, 0)).toThrow(RangeError);
  });
});

describe('binomial', () => {
  it('agrees with the sum of single probabilities', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          let sum = 0;
          for (let k = 0; k <= n; k++) {
            sum += binomialPmf(k, n, p);
            expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 10);
          }
        },
      ),
      { seed: 30, numRuns: 30 },
    );
  });

  it('stays exact at ten million', () => {
    // Median of a symmetric binomial: one half and half the central term, √(2/(π·n)) to first order.
    expect(binomialCdf(5_000_000, 1e7, 0.5)).toBeCloseTo(0.5001261566229462, 11);
    expect(binomialCdf(9_989_900, 1e7, 0.999)).toBeCloseTo(0.15974246645123283, 10);
    expect([0.025, 0.975].map((q) => binomialQuantile(q, 1e7, 0.999))).toEqual([9_989_804, 9_990_195]);
  });

  it('finds the smallest count that reaches the probability', () => {
    const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), probability, probability, (n, p, q) => {
        const k = binomialQuantile(q, n, p);
        expect(binomialCdf(k, n, p)).toBeGreaterThanOrEqual(q - 1e-9);
        expect(binomialCdf(k - 1, n, p)).toBeLessThan(q + 1e-9);
      }),
      { seed: 30 },
    );
  });
});

describe('special functions', () => {
  it('ln Γ of whole numbers is ln of factorials', () => {
    let lnFactorial = 0;
    for (let n = 1; n < 150; n++) {
      expect(lnGamma(n)).toBeCloseTo(lnFactorial, 10);
      lnFactorial += Math.log(n);
    }
  });

  it('incomplete beta with b = 1 is a power', () => {
    for (const a of [0.5, 2, 40]) expect(incompleteBeta(a, 1, 0.3)).toBeCloseTo(0.3 ** a, 14);
  });
});
