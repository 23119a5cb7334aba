import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandAt, type LawPoint, lawAt, type PowerLaw, powerLaw } from '../../../src/shared/stats/powerLaw';
import { type Draw, drawFrom, shareOf } from './draw';

/** Models evenly over `decades`, y on a law with log-normal scatter between models and noise of repeats. */
function simulated(
  draw: Draw,
  {
    n,
    decades,
    exponent,
    scatter,
    u,
  }: { n: number; decades: number; exponent: number; scatter: number; u: number },
): LawPoint[] {
  return Array.from({ length: n }, (_, i) => {
    const x = 1e4 * 10 ** ((decades * i) / (n - 1));
    const y = 3e-7 * x ** exponent * Math.exp(scatter * draw.normal() + u * draw.normal());
    return { x, y, u, group: `${i}` };
  });
}

function fitted(points: LawPoint[], seed = 1): PowerLaw {
  const result = powerLaw(points, seed);
  if (result.kind === 'none') throw new Error(result.reason);
  return result.law;
}

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

  it.each([
    [6, 0.03],
    [8, 0.02],
    [12, 0.05],
  ])('covers the exponent of %i models with %d noise of repeats in 90 to 98 of 100 ladders', (n, u) => {
    const draw = drawFrom(900 + n);
    const exponent = 0.8;
    let plain = 0;
    const covered = shareOf(300, (r) => {
      const law = fitted(simulated(draw, { n, decades: 2, exponent, scatter: 0.15, u }), r);
      const { value, low, high } = law.exponent;
      // Negative control: half the interval must miss far more often.
      if (value + (low - value) / 2 <= exponent && exponent <= value + (high - value) / 2) plain += 1;
      return low <= exponent && exponent <= high;
    });
    expect(covered).toBeGreaterThanOrEqual(0.9);
    expect(covered).toBeLessThanOrEqual(0.98);
    expect(plain / 300).toBeLessThan(0.88);
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
