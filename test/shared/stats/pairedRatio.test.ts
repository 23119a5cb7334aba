import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedRatio, systematicOfRatio } from '../../../src/shared/stats/pairedRatio';
import { studentQuantile } from '../../../src/shared/stats/student';
import { zerosSkipped } from '../../../src/shared/stats/zerosSkipped';
import { type Draw, drawFrom, shareOf } from './draw';

const blocksOf = (draw: Draw, n: number, ratio: number, own: number, shared = 0.05) =>
  Array.from({ length: n }, () => {
    const block = Math.exp(shared * draw.normal());
    return { a: ratio * block * Math.exp(own * draw.normal()), b: block * Math.exp(own * draw.normal()) };
  });

describe('the ratio over blocks', () => {
  it('is exp of the mean difference, with Student’s t over the blocks', () => {
    // d = 0.1, 0.2, 0.3: mean 0.2, s = 0.1.
    const pairs = [0.1, 0.2, 0.3].map((d) => ({ a: Math.exp(d), b: 1 }));
    const { value, low, high, blocks } = pairedRatio(pairs)!;
    const reach = (studentQuantile(0.975, 2) * 0.1) / Math.sqrt(3);
    expect(Math.log(value)).toBeCloseTo(0.2, 12);
    expect(Math.log(low)).toBeCloseTo(0.2 - reach, 9);
    expect(Math.log(high)).toBeCloseTo(0.2 + reach, 9);
    expect(blocks).toBe(3);
  });

  it.each([2, 3, 6, 10])('with %i blocks covers the truth in 93 to 97 %% of 2,000', (n) => {
    const draw = drawFrom(600 + n);
    const share = shareOf(2000, () => {
      const { low, high } = pairedRatio(blocksOf(draw, n, 1.2, 0.01))!;
      return low <= 1.2 && 1.2 <= high;
    });
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  it('control: the percentile bootstrap at n = 3 covers about 74 % and not 95 %', () => {
    const draw = drawFrom(31);
    const repetitions = 4000;
    const covers = (interval: (xs: number[]) => [number, number]) =>
      shareOf(repetitions, () => {
        const [low, high] = interval([draw.normal(), draw.normal(), draw.normal()]);
        return low <= 0 && 0 <= high;
      });
    // All 27 resamples of three stand for as many draws as one likes.
    const bootstrap = (xs: number[]): [number, number] => {
      const means: number[] = [];
      for (const i of xs) for (const j of xs) for (const k of xs) means.push((i + j + k) / 3);
      means.sort((p, q) => p - q);
      const at = (p: number) => means[Math.min(26, Math.floor(27 * p))];
      return [at(0.025), at(0.975)];
    };
    const share = covers(bootstrap);
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
    const students = covers((xs) => {
      const { low, high } = pairedRatio(xs.map((x) => ({ a: Math.exp(x), b: 1 })))!;
      return [Math.log(low), Math.log(high)];
    });
    expect(students).toBeGreaterThan(0.93);
  });

  it('b over a is the inverse, and what blocks share does not matter', () => {
    const value = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
    const pairs = fc.array(fc.record({ a: value, b: value, shared: value }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(pairs, (all) => {
        const there = pairedRatio(all)!;
        const back = pairedRatio(all.map(({ a, b, shared }) => ({ a: b * shared, b: a * shared })))!;
        expect(Math.log(back.value)).toBeCloseTo(-Math.log(there.value), 6);
        expect(Math.log(back.low)).toBeCloseTo(-Math.log(there.high), 6);
        expect(there.low).toBeLessThanOrEqual(there.value);
      }),
      { seed: 50 },
    );
  });

  it('there is none of one block, of zero or of less', () => {
    expect(pairedRatio([{ a: 1, b: 1 }])).toBeNull();
    expect(
      pairedRatio([
        { a: 1, b: 1 },
        { a: 0, b: 1 },
      ]),
    ).toBeNull();
    expect(
      pairedRatio([
        { a: 1, b: 1 },
        { a: 1, b: -1 },
      ]),
    ).toBeNull();
  });

  it('what a meter adds widens it and is not shrunk by more blocks', () => {
    const draw = drawFrom(2);
    const pairs = blocksOf(draw, 40, 1, 0.001);
    const { low, high, value } = pairedRatio(pairs, 0.07)!;
    // Two meters of 5 % each: ± 14 % at 95 %.
    expect(Math.log(high / value)).toBeCloseTo(1.96 * 0.07, 2);
    expect(Math.log(value / low)).toBeCloseTo(1.96 * 0.07, 2);
    const same = { a: 2, b: 2 };
    expect(pairedRatio([same, same, same], 0.01)!.high).toBeCloseTo(Math.exp(1.96 * 0.01), 4);
    expect(pairedRatio([same, same, same])).toMatchObject({ value: 1, low: 1, high: 1 });
  });
});

describe('what a meter adds to a ratio', () => {
  const rel = { offset: null, gain: 0.05, baseline: null };

  it('on one sensor the gain cancels and the offset stays as far as the powers differ: w·|1/P_A − 1/P_B|', () => {
    const at = (powerW: number) => ({ ...rel, offset: 2 / powerW });
    expect(systematicOfRatio('gross', true, rel, rel)).toBe(0);
    expect(systematicOfRatio('gross', true, at(50), at(50))).toBe(0);
    expect(systematicOfRatio('gross', true, at(50), at(100))).toBeCloseTo(2 * (1 / 50 - 1 / 100), 12);
  });

  it('on two the gains add in quadrature: 5 % and 5 % alone give ± 14 %', () => {
    expect(1.96 * systematicOfRatio('gross', false, rel, rel)).toBeCloseTo(0.139, 3);
  });

  it('net has the baseline of each side, and no offset', () => {
    const net = (baseline: number) => ({ ...rel, offset: 0.5, baseline });
    expect(systematicOfRatio('net', true, net(0.03), net(0.04))).toBeCloseTo(0.05, 12);
    expect(systematicOfRatio('net', false, net(0), net(0))).toBeCloseTo(0.05 * Math.SQRT2, 12);
  });
});

describe('were the zeros skipped', () => {
  const verdict = (low: number, high: number, f = 0.9, floor = 0.01) =>
    zerosSkipped({ interval: { low, high }, floor, f });

  it('skipped where the whole interval is below 1 − floor', () => {
    expect(verdict(0.3, 0.5)).toBe('zeros_skipped');
    expect(verdict(0.95, 0.98)).toBe('zeros_skipped');
    expect(verdict(0.85, 0.99)).toBe('inconclusive');
  });

  it('not skipped where it is above 1 − max(floor, f/10)', () => {
    expect(verdict(0.98, 1.02)).toBe('zeros_not_skipped');
    expect(verdict(1.1, 1.3)).toBe('zeros_not_skipped');
    expect(verdict(0.9, 1.1)).toBe('inconclusive');
    // With a tenth of the multiplications by zero, 1 % is the line.
    expect(verdict(0.985, 1.02, 0.1)).toBe('inconclusive');
    expect(verdict(0.995, 1.02, 0.1)).toBe('zeros_not_skipped');
  });

  it('a noisy machine is less sure of either, and no zeros or too few of them are never told', () => {
    expect(verdict(0.9, 0.95, 0.9, 0.06)).toBe('inconclusive');
    expect(verdict(0.3, 0.5, 0)).toBe('inconclusive');
    expect(verdict(0.999, 1.001, 0.005)).toBe('inconclusive');
  });

  it('is never both: raising the interval never goes from not skipped to skipped', () => {
    const end = fc.double({ min: 0.01, max: 3, noNaN: true });
    const share = fc.double({ min: 0.02, max: 1, noNaN: true });
    fc.assert(
      fc.property(end, end, share, (a, b, f) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        if (verdict(low, high, f) === 'zeros_not_skipped')
          expect(verdict(low + 0.1, high + 0.1, f)).toBe('zeros_not_skipped');
        if (verdict(low, high, f) === 'zeros_skipped')
          expect(verdict(low * 0.9, high * 0.9, f)).toBe('zeros_skipped');
      }),
      { seed: 51 },
    );
  });
});
