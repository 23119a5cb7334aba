import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { huberLine } from '../../../src/shared/stats/huberLine';
import { modelDraws } from '../../../src/shared/stats/lawDraws';
import { bandAt, lawAt, type PowerLaw, powerLaw } from '../../../src/shared/stats/powerLaw';
import { quantileOfSorted } from '../../../src/shared/stats/quantiles';
import { drawFrom, shareOf } from './draw';
import { exponentCoverage, lawOf as fitted, offsetCoverage, simulatedLadder as simulated } from './laws';

describe('power law', () => {
  it('finds a law without noise exactly, with an interval of no width', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -20, max: 5, noNaN: true }),
        fc.integer({ min: 6, max: 20 }),
        fc.double({ min: 1.01, max: 8, noNaN: true }),
        (exponent, ln, n, decades) => {
          const points = Array.from({ length: n }, (_, i) => {
            const x = 10 ** (3 + (decades * i) / (n - 1));
            return { x, y: Math.exp(ln) * x ** exponent, u: 0, group: `${i}` };
          });
          const law = fitted(points);
          expect(law.exponent.value).toBeCloseTo(exponent, 8);
          expect(law.exponent.high - law.exponent.low).toBeLessThan(1e-8);
          for (const { x, y } of points) expect(lawAt(law, x) / y).toBeCloseTo(1, 8);
          expect(law.converged).toBe(true);
        },
      ),
      { seed: 50, numRuns: 60 },
    );
  });

  // The full 2,000 ladders of 4,000 draws are in `npm run bench`; here 400 of 600, so that the binomial error is 1.1 %.
  const few = { ladders: 400, draws: 600 };
  it.each([
    [0.5, 8],
    [0.5, 12],
    [0.5, 20],
    [0.8, 8],
    [0.8, 12],
    [0.8, 20],
    [1, 8],
    [1, 12],
    [1, 20],
    [1.2, 8],
    [1.2, 12],
    [1.2, 20],
  ])(
    'covers exponent %d of %i models in 91 to 98.5 percent of 400 ladders, bias below 0.01',
    (exponent, n) => {
      const shape = { n, decades: 2, exponent, scatter: 0.15, u: 0.02 };
      const { covered, bias } = exponentCoverage(shape, { ...few, seed: Math.round(1000 * exponent) + n });
      expect(covered).toBeGreaterThanOrEqual(0.91);
      expect(covered).toBeLessThanOrEqual(0.985);
      expect(Math.abs(bias)).toBeLessThan(0.01);
    },
  );

  it('negative control: plain percentile ends of 5 to 8 models cover less than 93 %', () => {
    const draw = drawFrom(58);
    const exponent = 0.8;
    for (const n of [5, 6, 7, 8]) {
      const covered = shareOf(600, (r) => {
        const points = simulated(draw, { n, decades: 2, exponent, scatter: 0.15, u: 0 });
        const u = Float64Array.from(points, (p) => Math.log(p.x / 1e6));
        const v = Float64Array.from(points, (p) => Math.log(p.y));
        const own = new Float64Array(n);
        const fit = huberLine(u, v, own)!;
        const groups = points.map((p) => p.group);
        const { slope } = modelDraws({ u, v, own, groups, fit, draws: 600, pickSeed: r, noiseSeed: 0 });
        slope.sort();
        return quantileOfSorted(slope, 0.025) <= exponent && exponent <= quantileOfSorted(slope, 0.975);
      });
      expect(covered, `${n} models`).toBeLessThan(0.93);
    }
  });

  it('covers the exponent on a sensor with an offset, because the fit is told of it; untold it would not', () => {
    const shape = { n: 12, decades: 2, exponent: 0.8, scatter: 0.05, u: 0.01 };
    const of = (told: boolean) =>
      offsetCoverage(shape, { offset: 0.2, told, ladders: 300, draws: 600, seed: 4 });
    expect(of(true)).toBeGreaterThan(0.93);
    expect(of(false)).toBeLessThan(0.85);
  });

  it('an offset in proportion to y is a gain: it moves the level alone', () => {
    const points = simulated(drawFrom(9), { n: 10, decades: 2, exponent: 0.8, scatter: 0.1, u: 0.01 });
    const alone = fitted(points).exponent;
    const moved = fitted(points.map((p) => ({ ...p, offset: 0.2, gain: 0.05 })));
    expect(moved.exponent.low).toBeCloseTo(alone.low, 9);
    expect(moved.exponent.high).toBeCloseTo(alone.high, 9);
    expect(moved.offset.level).toBeCloseTo(Math.atanh(0.2), 9);
    const bent = fitted(points.map((p) => ({ ...p, offset: 0.2 * (1e5 / p.x) ** 0.8 })));
    expect(bent.exponent.high - bent.exponent.low).toBeGreaterThan(alone.high - alone.low);
    const swamped = fitted(points.map((p) => ({ ...p, offset: (1e5 / p.x) ** 0.8 })));
    expect(swamped.indicative).toContain('the sensor’s offset is as large as the smallest values');
  });

  it('series of the same models are drawn jointly, of different ones apart', () => {
    const shape = { n: 10, decades: 2, exponent: 0.8, scatter: 0.15, u: 0 };
    const points = simulated(drawFrom(21), shape);
    const correlation = (a: PowerLaw, b: PowerLaw) => {
      const [x, y] = [a, b].map(({ draws }) => {
        const middle = draws.slope.reduce((s, v) => s + v, 0) / draws.slope.length;
        return draws.slope.map((v) => v - middle);
      }) as [Float64Array, Float64Array];
      const dot = (p: Float64Array, q: Float64Array) => p.reduce((s, v, i) => s + v * q[i]!, 0);
      return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    };
    const twins = points.map((p) => ({ ...p, y: p.y * 2 })).reverse();
    expect(correlation(fitted(points), fitted(twins))).toBeGreaterThan(0.999);
    const others = points.map((p) => ({ ...p, group: `other ${p.group}` }));
    expect(Math.abs(correlation(fitted(points), fitted(others)))).toBeLessThan(0.1);
  });

  it('a new model lies in the prediction band, and mostly outside the band of the line', () => {
    const draw = drawFrom(77);
    const shape = { decades: 2, exponent: 0.8, scatter: 0.15, u: 0.03 };
    let inLine = 0;
    const inside = shareOf(300, (r) => {
      const law = fitted(simulated(draw, { n: 12, ...shape }), r);
      const [fresh] = simulated(draw, { n: 3, ...shape }).slice(1, 2);
      const { line, prediction } = bandAt(law, fresh!.x);
      if (line.low <= fresh!.y && fresh!.y <= line.high) inLine += 1;
      return prediction.low <= fresh!.y && fresh!.y <= prediction.high;
    });
    expect(inside).toBeGreaterThan(0.91);
    expect(inLine / 300).toBeLessThan(0.7);
  });

  it('one model far off moves the exponent little; least squares it would move more', () => {
    const points = simulated(drawFrom(3), { n: 12, decades: 2, exponent: 0.8, scatter: 0.05, u: 0.01 });
    const clean = fitted(points).exponent.value;
    const off = points.map((p, i) => (i === 11 ? { ...p, y: p.y * 20 } : p));
    const ln = off.map((p) => [Math.log(p.x), Math.log(p.y)] as const);
    const mx = ln.reduce((s, [x]) => s + x, 0) / ln.length;
    const squares =
      ln.reduce((s, [x, y]) => s + (x - mx) * y, 0) / ln.reduce((s, [x]) => s + (x - mx) ** 2, 0);
    expect(Math.abs(fitted(off).exponent.value - clean)).toBeLessThan(0.5 * Math.abs(squares - clean));
  });

  it('one very precise model does not draw the line to itself', () => {
    const points = simulated(drawFrom(4), { n: 10, decades: 2, exponent: 0.8, scatter: 0.2, u: 0.05 });
    const precise = points.map((p, i) => (i === 0 ? { ...p, y: p.y * 2, u: 1e-6 } : p));
    const same = points.map((p, i) => (i === 0 ? { ...p, y: p.y * 2 } : p));
    expect(fitted(precise).exponent.value).toBeCloseTo(fitted(same).exponent.value, 1);
  });

  it('models of one parent are drawn together and count once', () => {
    const points = simulated(drawFrom(5), { n: 8, decades: 2, exponent: 0.8, scatter: 0.15, u: 0 });
    const twins = points.flatMap((p) => [p, { ...p, y: p.y * 1.0001 }]);
    expect(fitted(twins).models).toBe(8);
    const width = ({ exponent }: PowerLaw) => exponent.high - exponent.low;
    expect(width(fitted(twins))).toBeGreaterThan(0.8 * width(fitted(points)));
    // Control: as models of their own they would seem to know more.
    const apart = twins.map((p, i) => ({ ...p, group: `${i}` }));
    expect(width(fitted(apart))).toBeLessThan(0.8 * width(fitted(twins)));
  });

  it('says what is missing, and what makes a line only indicative', () => {
    const at = (n: number, decades: number) =>
      powerLaw(simulated(drawFrom(6), { n, decades, exponent: 1, scatter: 0.1, u: 0.01 }), 1, 400);
    expect(powerLaw([])).toEqual({ kind: 'none', reason: '0 models, at least 6 are needed' });
    expect(at(5, 2)).toEqual({ kind: 'none', reason: '5 models, at least 6 are needed' });
    expect(at(9, 0.9)).toEqual({ kind: 'none', reason: 'sizes span 0.90 decades, at least 1 is needed' });
    expect(at(6, 1)).toMatchObject({ law: { indicative: ['fewer than 8 models', 'less than 1.5 decades'] } });
    expect(at(8, 1.5)).toMatchObject({ law: { indicative: [] } });
    expect(() => powerLaw([{ x: 0, y: 1, u: 0, group: '' }])).toThrow(RangeError);
  });

  it('the same seed gives the same interval, another seed nearly', () => {
    const points = simulated(drawFrom(7), { n: 10, decades: 2, exponent: 0.8, scatter: 0.15, u: 0.02 });
    expect(fitted(points, 3).exponent).toEqual(fitted(points, 3).exponent);
    expect(fitted(points, 4).exponent).not.toEqual(fitted(points, 3).exponent);
    expect(fitted(points, 4).exponent.low).toBeCloseTo(fitted(points, 3).exponent.low, 1);
  });

  it('many models: the interval of theory agrees with the bootstrap', () => {
    const points = simulated(drawFrom(8), { n: 300, decades: 3, exponent: 0.8, scatter: 0.2, u: 0.02 });
    const one = { ...points[0]!, x: points[0]!.x * 1.5, y: points[0]!.y * 1.5 ** 0.8, group: 'one more' };
    const boot = fitted(points);
    const theory = fitted([...points, one]);
    expect([boot.method.includes('bootstrap'), theory.method.includes('sandwich')]).toEqual([true, true]);
    const width = ({ exponent }: PowerLaw) => exponent.high - exponent.low;
    expect(width(theory) / width(boot)).toBeCloseTo(1, 0);
    expect(Math.abs(width(theory) / width(boot) - 1)).toBeLessThan(0.15);
  });
});
