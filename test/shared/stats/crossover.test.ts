import { describe, expect, it } from 'vitest';
import { type Crossover, crossoverOf } from '../../../src/shared/stats/crossover';
import { lawAt } from '../../../src/shared/stats/powerLaw';
import { drawFrom } from './draw';
import {
  crossoverCoverage,
  type LadderShape,
  lawOf,
  middleX,
  simulatedLadder,
  twoSensorCoverage,
} from './laws';

const shape = { n: 12, decades: 2, scatter: 0.1, u: 0.01 };
const ladder = (over: Partial<LadderShape>, seed = 1) =>
  simulatedLadder(drawFrom(seed), { ...shape, exponent: 0.8, prefix: `${seed}-`, ...over });

function crossing(result: Crossover): Crossover & { kind: 'crossing' } {
  if (result.kind === 'unresolved') throw new Error(result.reason);
  return result;
}

describe('crossover of two laws', () => {
  it('is where they meet, whichever comes first, and says which is lower before', () => {
    const steep = lawOf(ladder({ exponent: 1.1 }));
    const flat = lawOf(ladder({ exponent: 0.7 }, 2));
    const found = crossing(crossoverOf(steep, flat, true));
    expect(lawAt(steep, found.x) / lawAt(flat, found.x)).toBeCloseTo(1, 9);
    expect(found.y).toBeCloseTo(lawAt(flat, found.x), 9);
    expect(found.lowerBefore).toBe('a');
    expect(found.low!).toBeLessThan(found.x);
    expect(found.high!).toBeGreaterThan(found.x);
    const turned = crossing(crossoverOf(flat, steep, true));
    expect([turned.x, turned.low, turned.high]).toEqual([
      expect.closeTo(found.x, 3),
      expect.closeTo(found.low!, 3),
      expect.closeTo(found.high!, 3),
    ]);
    expect(turned.lowerBefore).toBe('b');
  });

  it('exact laws have it exactly', () => {
    const law = (exponent: number, level: number) => lawOf(ladder({ exponent, level, scatter: 0, u: 0 }));
    const found = crossing(crossoverOf(law(1, 0), law(0.5, 0.5 * Math.log(3)), true));
    expect(found.x / (3 * middleX)).toBeCloseTo(1, 6);
    expect(found.high! / found.low!).toBeCloseTo(1, 6);
  });

  it('is not resolved where it may not be told, each with its reason', () => {
    const reason = (a: Partial<LadderShape>, b: Partial<LadderShape>) => {
      const result = crossoverOf(lawOf(ladder(a)), lawOf(ladder(b, 2)), true);
      return result.kind === 'unresolved' ? result.reason : 'resolved';
    };
    expect(reason({ exponent: 1.1 }, { exponent: 0.7 })).toBe('resolved');
    expect(reason({ n: 7, exponent: 1.1 }, { exponent: 0.7 })).toMatch(/fewer than 8 models/);
    expect(reason({ exponent: 0.8, scatter: 0.3 }, { exponent: 0.8, scatter: 0.3 })).toMatch(
      /which exponent is larger/,
    );
    expect(reason({ exponent: 1.1, level: 3 }, { exponent: 0.7 })).toMatch(/do not cross in the range/);
    const shifted = ladder({ exponent: 0.7 }, 2).map((p) => ({ ...p, x: p.x * 30 }));
    const result = crossoverOf(lawOf(ladder({ exponent: 1.1 })), lawOf(shifted), true);
    expect(result).toMatchObject({ kind: 'unresolved', reason: 'less than 1 decade in common' });
  });

  it('an end outside the common range is beyond what was measured', () => {
    // They meet close to the upper end of both ladders.
    const near = 0.3 * Math.log(10) * 0.8;
    const found = crossing(
      crossoverOf(
        lawOf(ladder({ exponent: 1, level: -near, scatter: 0.07 })),
        lawOf(ladder({ exponent: 0.7, scatter: 0.07 }, 2)),
        true,
      ),
    );
    expect(found.high).toBeNull();
    expect(found.low).toBeGreaterThan(middleX);
    expect(found.x).toBeLessThanOrEqual(found.to);
  });

  it('on one sensor its gain cancels, on two it widens; an offset widens on either', () => {
    const width = (same: boolean, over: { gain?: number; offset?: number }) => {
      const laws = [ladder({ exponent: 1.1 }), ladder({ exponent: 0.7 }, 2)].map((points) =>
        lawOf(
          points.map((p) => ({
            ...p,
            gain: over.gain ?? 0,
            offset: (over.offset ?? 0) * (1e5 / p.x) ** 0.8,
          })),
        ),
      );
      const { low, high } = crossing(crossoverOf(laws[0]!, laws[1]!, same));
      return Math.log(high! / low!);
    };
    const plain = width(true, {});
    expect(width(true, { gain: 0.05 })).toBeCloseTo(plain, 12);
    const two = Math.log(1.05 / 0.95) / 2 / 0.4;
    expect(width(false, { gain: 0.05 })).toBeGreaterThan(
      Math.hypot(plain, 1.96 * two * 2 * Math.SQRT2) * 0.9,
    );
    expect(width(true, { offset: 0.2 })).toBeGreaterThan(plain);
    expect(width(false, { offset: 0.2 })).toBeGreaterThan(plain);
  });

  it.each([
    [8, 0.4, false],
    [12, 0.3, false],
    [12, 0.3, true],
  ])(
    'with %i models each, exponents %d apart, the same models %s: covers 92 to 99.5 percent of 400',
    (n, apart, sameModels) => {
      const { resolved, covered } = crossoverCoverage(
        { n, decades: 2, exponents: [0.8 + apart, 0.8], scatter: 0.15, u: 0.02 },
        { ladders: 400, draws: 800, seed: 60 + n, sameModels },
      );
      expect(resolved).toBeGreaterThan(0.9);
      expect(covered).toBeGreaterThanOrEqual(0.92);
      expect(covered).toBeLessThanOrEqual(0.995);
    },
  );

  it('stays unresolved in many cases where exponents are 0.15 apart and models few', () => {
    const { resolved } = crossoverCoverage(
      { n: 8, decades: 2, exponents: [0.95, 0.8], scatter: 0.2, u: 0.02 },
      { ladders: 200, draws: 800, seed: 3 },
    );
    expect(resolved).toBeGreaterThan(0.2);
    expect(resolved).toBeLessThan(0.8);
  });

  it('covers with two sensors of 10 % gain each; taken for one sensor it would not', () => {
    const of = (told: boolean) =>
      twoSensorCoverage(
        { n: 12, decades: 2, exponents: [1.2, 0.7], scatter: 0.05, u: 0.01 },
        { gain: 0.1, told, ladders: 300, draws: 600, seed: 12 },
      ).covered;
    expect(of(true)).toBeGreaterThan(0.92);
    expect(of(false)).toBeLessThan(0.8);
  });
});
