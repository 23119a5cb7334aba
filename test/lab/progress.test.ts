import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsLeft } from '../../src/main/lab/progress';

describe('time left', () => {
  it('is the sum of what is expected before anything ran', () => {
    expect(secondsLeft({ expectedS: [5, 5, 5], actualS: [], currentS: 0 })).toBe(15);
    expect(secondsLeft({ expectedS: [5, 5, 5], actualS: [], currentS: 2 })).toBe(13);
  });

  it('learns from the runs that are done', () => {
    expect(secondsLeft({ expectedS: [5, 5, 5], actualS: [10], currentS: 0 })).toBe(20);
  });

  it('is within 20 % of the truth once a quarter of equal runs is done', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 50 }),
        fc.double({ min: 0.6, max: 4, noNaN: true }),
        fc.integer({ min: 1, max: 9 }),
        (n, factor, expected) => {
          const done = Math.ceil(n / 4);
          const left = secondsLeft({
            expectedS: Array(n).fill(expected),
            actualS: Array(done).fill(expected * factor),
            currentS: 0,
          })!;
          const truth = (n - done) * expected * factor;
          expect(Math.abs(left - truth)).toBeLessThanOrEqual(0.2 * truth + 1e-9);
        },
      ),
      { seed: 30 },
    );
  });

  it('never goes below zero when a run takes longer than expected', () => {
    expect(secondsLeft({ expectedS: [5], actualS: [], currentS: 60 })).toBe(0);
  });
});
