import { describe, expect, it } from 'vitest';
import { brokenAt, brokenBandAt, brokenLaw } from '../../../src/shared/stats/brokenLaw';
import type { LawPoint } from '../../../src/shared/stats/powerLaw';
import { drawFrom, shareOf } from './draw';
import { type LadderShape, middleX, simulatedLadder } from './laws';

const bent: LadderShape = { n: 16, decades: 4, exponent: 0.5, above: 1.1, scatter: 0.1, u: 0.02 };
const ladder = (over: Partial<LadderShape> = {}, seed = 1) =>
  simulatedLadder(drawFrom(seed), { ...bent, ...over });

describe('broken law', () => {
  it('finds the two exponents and the break of a bent ladder', () => {
    const law = brokenLaw(ladder())!;
    expect(law.better).toBeGreaterThan(6);
    for (const [found, truth] of [
      [law.below, 0.5],
      [law.above, 1.1],
      [law.at, middleX],
    ] as const) {
      expect(found.low).toBeLessThanOrEqual(truth);
      expect(found.high).toBeGreaterThanOrEqual(truth);
    }
    const { line, prediction } = brokenBandAt(law, 1e7);
    const middle = brokenAt(law, 1e7);
    expect(line.low).toBeLessThanOrEqual(middle);
    expect(prediction.low).toBeLessThan(line.low);
    expect(prediction.high).toBeGreaterThan(line.high);
    // The two arms meet.
    expect(brokenAt(law, law.at.value * 1.000001) / brokenAt(law, law.at.value * 0.999999)).toBeCloseTo(1, 5);
  });

  it('covers both exponents and the break in 90 to 99.5 % of 150 ladders', () => {
    const draw = drawFrom(31);
    let [at, below, above] = [0, 0, 0];
    const found = shareOf(150, (r) => {
      const law = brokenLaw(simulatedLadder(draw, bent), r, 300);
      if (law === null) return false;
      const holds = (e: { low: number; high: number }, truth: number) =>
        e.low <= truth && truth <= e.high ? 1 : 0;
      at += holds(law.at, middleX);
      below += holds(law.below, 0.5);
      above += holds(law.above, 1.1);
      return true;
    });
    expect(found).toBeGreaterThan(0.98);
    for (const covered of [at, below, above]) {
      expect(covered / (150 * found)).toBeGreaterThan(0.9);
    }
  });

  it('a straight ladder is taken for a broken one in at most 2.5 of 100, also with heavy tails', () => {
    const draw = drawFrom(32);
    const taken = (points: () => LawPoint[]) => shareOf(120, (r) => brokenLaw(points(), r, 50) !== null);
    const straight = () => simulatedLadder(draw, { ...bent, above: 0.5, scatter: 0.15 });
    expect(taken(straight)).toBeLessThanOrEqual(0.025);
    const tailed = () =>
      straight().map((p) => (draw.uniform() < 0.1 ? { ...p, y: p.y * Math.exp(0.6 * draw.normal()) } : p));
    expect(taken(tailed)).toBeLessThanOrEqual(0.04);
  });

  it('one model far off at an end bends nothing', () => {
    const points = ladder({ above: 0.5 });
    const off = points.map((p, i) => (i === points.length - 1 ? { ...p, y: p.y * 3 } : p));
    expect(brokenLaw(off)).toBeNull();
  });

  it('is not looked for among fewer than 12 models, 5 on a side, or over less than two decades', () => {
    expect(brokenLaw(ladder())).not.toBeNull();
    expect(brokenLaw(ladder({ n: 11 }))).toBeNull();
    expect(brokenLaw(ladder({ n: 40, decades: 1.9, scatter: 0.02 }))).toBeNull();
    const twins = ladder({ n: 8 }).flatMap((p) => [p, { ...p, y: p.y * 1.001 }]);
    expect(brokenLaw(twins)).toBeNull();
    // A bend after the third model is no bend: the break stays where five are on each side.
    const early = ladder().map((p) => ({ ...p, x: p.x * 1e3 }));
    const law = brokenLaw(early)!;
    const below = early.filter((p) => p.x <= law.at.value * (1 + 1e-9)).length;
    const above = early.filter((p) => p.x >= law.at.value * (1 - 1e-9)).length;
    expect(Math.min(below, above)).toBeGreaterThanOrEqual(5);
  });

  it('a bend that the sensor’s offset may have made is none; one that outlives it is less certain', () => {
    // A straight law on a sensor that shows eight times the smallest value too much bends at its small end.
    const straight = simulatedLadder(drawFrom(41), { ...bent, exponent: 0.8, above: 0.8, scatter: 0.03 });
    const smallest = straight[0]!.y;
    const seen = straight.map((p) => ({ ...p, y: p.y + 8 * smallest }));
    expect(brokenLaw(seen)).not.toBeNull();
    expect(brokenLaw(seen.map((p) => ({ ...p, offset: (8 * smallest) / p.y })))).toBeNull();
    const points = ladder();
    const told = brokenLaw(points.map((p) => ({ ...p, offset: (0.1 * points[0]!.y) / p.y })))!;
    const plain = brokenLaw(points)!;
    expect(told.below.high - told.below.low).toBeGreaterThan(plain.below.high - plain.below.low);
    expect(told.above.value).toBe(plain.above.value);
  });

  it('the same seed gives the same law, in whatever order the points come', () => {
    const points = ladder();
    expect(brokenLaw([...points].reverse(), 3)).toEqual(brokenLaw(points, 3));
  });
});
