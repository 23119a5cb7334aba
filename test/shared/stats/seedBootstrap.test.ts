import { describe, expect, it } from 'vitest';
import { leastSquaresSlope } from '../../../src/shared/stats/leastSquares';
import { randomFrom } from '../../../src/shared/stats/random';
import { ratioOverSeeds } from '../../../src/shared/stats/seedBootstrap';

describe('ratioOverSeeds', () => {
  it('is the ratio of sums, and the mean where there is nothing to divide by', () => {
    expect(
      ratioOverSeeds([
        { top: [1, 2], bottom: [2, 4] },
        { top: [3], bottom: [3] },
      ])!.value,
    ).toBeCloseTo(6 / 9);
    expect(ratioOverSeeds([{ top: [1, 0, 1, 1] }])!.value).toBe(0.75);
  });

  it('has no width where nothing differs, and is null where there is nothing', () => {
    expect(ratioOverSeeds([{ top: [1, 1] }, { top: [1, 1] }])).toEqual({ value: 1, low: 1, high: 1 });
    expect(ratioOverSeeds([])).toBeNull();
    expect(ratioOverSeeds([{ top: [] }])).toBeNull();
    expect(ratioOverSeeds([{ top: [1], bottom: [0] }])).toBeNull();
    expect(ratioOverSeeds([{ top: [Number.NaN] }])).toBeNull();
  });

  it('is the same for the same seed', () => {
    const seeds = [{ top: [1, 2, 3] }, { top: [2, 5, 9] }];
    expect(ratioOverSeeds(seeds, 3)).toEqual(ratioOverSeeds(seeds, 3));
    expect(ratioOverSeeds(seeds, 3)).not.toEqual(ratioOverSeeds(seeds, 4));
  });

  it('widens by what differs between seeds, which more items of one seed do not shrink', () => {
    const random = randomFrom(1);
    const seedsWith = (between: number, items: number) =>
      Array.from({ length: 5 }, (_, s) => ({
        top: Array.from({ length: items }, () => 1 + between * (s - 2) + 0.01 * random.normal()),
      }));
    const width = (between: number, items: number) => {
      const { low, high } = ratioOverSeeds(seedsWith(between, items))!;
      return high - low;
    };
    expect(width(0.1, 400)).toBeGreaterThan(10 * width(0, 400));
    expect(width(0.1, 400)).toBeGreaterThan(0.5 * width(0.1, 20));
  });

  it('covers the mean about as often as it says, with 8 seeds of 20 items', () => {
    const random = randomFrom(7);
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const seeds = Array.from({ length: 8 }, () => {
        const centre = 10 + random.normal();
        return { top: Array.from({ length: 20 }, () => centre + random.normal()) };
      });
      const { low, high } = ratioOverSeeds(seeds, trial, 300)!;
      if (low <= 10 && high >= 10) covered += 1;
    }
    // Percentile intervals of few seeds are known to be a little narrow.
    expect(covered / 200).toBeGreaterThan(0.82);
    expect(covered / 200).toBeLessThan(0.99);
  });
});

it('leastSquaresSlope finds a line and refuses what is none', () => {
  expect(leastSquaresSlope([1, 2, 4], [3, 5, 9])).toBeCloseTo(2);
  expect(leastSquaresSlope([1, 1], [2, 3])).toBeNull();
  expect(leastSquaresSlope([1], [2])).toBeNull();
  expect(leastSquaresSlope([1, 2], [2, Number.NaN])).toBeNull();
});
