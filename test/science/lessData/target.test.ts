import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Curve } from '../../../src/main/science/lessData/curves';
import { areaOf, differencesOf, gainOf } from '../../../src/main/science/lessData/gain';
import { areaUnder, examplesToReach, notReached } from '../../../src/main/science/lessData/target';
import { randomFrom } from '../../../src/shared/stats/random';

const sizes = [100, 300, 1000, 3000, 10_000];

describe('examples to reach a target', () => {
  it('are found by straight lines in ln n', () => {
    const points = [
      { n: 100, accuracy: 0.4 },
      { n: 10_000, accuracy: 0.6 },
    ];
    expect(examplesToReach(points, 0.5)).toEqual({ kind: 'reached', n: expect.closeTo(1000, 6) });
    expect(examplesToReach(points, 0.6)).toEqual({ kind: 'reached', n: expect.closeTo(10_000, 6) });
  });

  it('are not made up where the curve does not meet it: the end and the reason are told', () => {
    const points = sizes.map((n, i) => ({ n, accuracy: 0.5 + 0.05 * i }));
    const below = examplesToReach(points, 0.9);
    expect(below).toEqual({ kind: 'below', n: 10_000 });
    expect(notReached(below)).toContain('still with 10000 examples');
    const above = examplesToReach(points, 0.3);
    expect(above).toEqual({ kind: 'above', n: 100 });
    expect(notReached(above)).toContain('already with 100 examples');
    expect(examplesToReach([], 0.5)).toBeNull();
    expect(notReached(null)).not.toBeNull();
    expect(notReached({ kind: 'reached', n: 5 })).toBeNull();
  });

  it('lie between the sizes around the first crossing, for any curve', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (accuracies, target) => {
          const points = sizes.map((n, i) => ({ n, accuracy: accuracies[i]! }));
          const reach = examplesToReach(points, target)!;
          const at = points.findIndex((p) => p.accuracy >= target);
          if (at < 0) expect(reach.kind).toBe('below');
          else if (at === 0) expect(reach.kind).toBe('above');
          else {
            expect(reach.n).toBeGreaterThanOrEqual(points[at - 1]!.n * (1 - 1e-9));
            expect(reach.n).toBeLessThanOrEqual(points[at]!.n * (1 + 1e-9));
          }
        },
      ),
    );
  });

  it('areaUnder is the mean over ln n', () => {
    expect(areaUnder(sizes.map((n) => ({ n, accuracy: 0.7 })))).toBeCloseTo(0.7);
    expect(
      areaUnder([
        { n: 10, accuracy: 0.2 },
        { n: 100, accuracy: 0.4 },
      ]),
    ).toBeCloseTo(0.3);
    expect(areaUnder([{ n: 10, accuracy: 0.2 }])).toBeNull();
  });
});

/** A curve that rises with ln n and meets 0.5 at `half` examples; seeds differ by `wobble`. */
const curve = (half: number, wobble = 0.002, slope = 0.1, seeds = 5): Curve => ({
  method: 'dense',
  steps: 1000,
  parameters: 1,
  nonzero: 1,
  test: 100,
  points: sizes.map((n) => ({
    n,
    accuracy: Array.from(
      { length: seeds },
      (_, s) => 0.5 + slope * Math.log(n / half) + wobble * (s - (seeds - 1) / 2),
    ),
    seconds: 1,
    trial: null,
  })),
});

describe('the gain', () => {
  it('is the ratio of examples, with an interval about it', () => {
    const { value, bound } = gainOf(curve(2000), curve(500), 0.5);
    expect(bound).toBe('exact');
    expect(value!.value).toBeCloseTo(4, 6);
    expect(value!.low).toBeLessThanOrEqual(4);
    expect(value!.high).toBeGreaterThanOrEqual(4);
  });

  it('has a wider interval where seeds differ more', () => {
    const width = (wobble: number) => {
      const { low, high } = gainOf(curve(2000, 0), curve(500, wobble), 0.5).value!;
      return high - low;
    };
    expect(width(0.05)).toBeGreaterThan(3 * width(0.005));
    expect(width(0)).toBeCloseTo(0, 9);
  });

  it('covers the truth in about 95 % of simulated trainings, with 3 seeds as with 5', () => {
    const random = randomFrom(5);
    for (const seeds of [3, 5]) {
      const shifted = (half: number): Curve => {
        const own = curve(half, 0, 0.1, seeds);
        const shifts = Array.from({ length: seeds }, () => 0.01 * random.normal());
        return {
          ...own,
          points: own.points.map((p) => ({ ...p, accuracy: p.accuracy.map((a, s) => a! + shifts[s]!) })),
        };
      };
      let covered = 0;
      const rounds = 200;
      for (let i = 0; i < rounds; i++) {
        const { low, high } = gainOf(shifted(2000), shifted(500), 0.5, i).value!;
        if (low <= 4 && 4 <= high) covered += 1;
      }
      expect(covered / rounds).toBeGreaterThan(0.9);
    }
  });

  it('has no interval from one seed, and so no value', () => {
    const one = gainOf(curve(2000, 0, 0.1, 1), curve(500, 0, 0.1, 1), 0.5);
    expect(one).toMatchObject({ value: null, missing: 'One seed has no interval.' });
  });

  it('is a bound where the method does not get there, or the baseline does not', () => {
    const late = gainOf(curve(2000), curve(50_000), 0.5);
    expect(late.bound).toBe('at most');
    expect(late.value).toMatchObject({ value: expect.closeTo(0.2, 3), low: 0 });
    const early = gainOf(curve(50_000), curve(500), 0.5);
    expect(early.bound).toBe('at least');
    expect(early.value!.value).toBeCloseTo(20, 1);
  });

  it('is absent with a reason where neither gets there, or where trainings diverged', () => {
    const neither = gainOf(curve(50_000), curve(90_000), 0.5);
    expect(neither.value).toBeNull();
    expect(neither.missing).toContain('Neither');
    const gone = { ...curve(500), points: curve(500).points.map((p) => ({ ...p, accuracy: [null, null] })) };
    expect(gainOf(curve(2000), gone, 0.5)).toMatchObject({ value: null, missing: expect.any(String) });
  });
});

it('differences are paired by seed: what both share does not widen them', () => {
  const differences = differencesOf(curve(2000, 0.05), curve(1000, 0.05));
  expect(differences).toHaveLength(5);
  for (const { value } of differences) {
    expect(value!.value).toBeCloseTo(0.1 * Math.log(2), 9);
    expect(value!.high - value!.low).toBeLessThan(1e-9);
  }
});

it('the area has an interval over seeds', () => {
  const area = areaOf(curve(1000, 0.01))!;
  expect(area.value).toBeCloseTo(0.5, 6);
  expect(area.high).toBeGreaterThan(area.low);
});
