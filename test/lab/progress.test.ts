import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedRangeS, rangeFromPast, secondsLeft } from '../../src/main/lab/progress';
import type { PastRun } from '../../src/main/store/tallies';
import { type Condition, presetNames, presets } from '../../src/shared/plan';
import { drawFrom, shareOf } from '../shared/stats/draw';
import { condition } from '../store/children/records';

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

describe('time left of 20 trials, from 25 % on', () => {
  /** Trials of three kinds; the machine is off by one factor, each trial by its own, and some fail at once. */
  const within = (seed: number, left: typeof secondsLeft) => {
    const draw = drawFrom(seed);
    const factor = 0.7 + 2 * draw.uniform();
    const expectedS = Array.from({ length: 20 }, () => [7, 30, 65][Math.floor(3 * draw.uniform())]);
    const truth = expectedS.map((s) => s * factor * Math.exp(0.05 * draw.normal()));
    if (draw.uniform() < 0.3) truth[2] = 0.4; // fails while it loads
    const off: number[] = [];
    for (let done = 5; done < 20; done++) {
      const rest = truth.slice(done).reduce((a, b) => a + b, 0);
      const estimate = left({ expectedS, actualS: truth.slice(0, done), currentS: 0 })!;
      off.push(Math.abs(estimate / rest - 1));
    }
    return Math.max(...off) <= 0.2;
  };

  it('is within 20 % of the truth', () => {
    expect(shareOf(500, (r) => within(1000 + r, secondsLeft))).toBeGreaterThan(0.99);
    // The controls: without learning from the finished ones, and by their plain mean whatever they were.
    const plain: typeof secondsLeft = ({ expectedS, actualS }) =>
      expectedS.slice(actualS.length).reduce((a, b) => a + b, 0);
    const mean: typeof secondsLeft = ({ expectedS, actualS }) =>
      (actualS.reduce((a, b) => a + b, 0) / actualS.length) * (expectedS.length - actualS.length);
    expect(shareOf(500, (r) => within(1000 + r, plain))).toBeLessThan(0.5);
    expect(shareOf(500, (r) => within(1000 + r, mean))).toBeLessThan(0.5);
  });
});

describe('the expected range', () => {
  it('has the least windows at one end and the most at the other', () => {
    for (const preset of presetNames) {
      const one: Condition = { ...condition(), preset, windowS: presets[preset].windowS };
      const { low, high } = expectedRangeS(one);
      expect(low).toBeGreaterThan(presets[preset].windowsMin * one.windowS);
      expect(high - low).toBeGreaterThanOrEqual(
        (presets[preset].windowsMax - presets[preset].windowsMin) * one.windowS,
      );
    }
  });

  it('is what earlier runs of the same kind took, plus the windows that may come or go', () => {
    const { modelId, provider, engine, batch, threads, preset, windowS } = condition();
    const kind = { modelId, provider, engine, batch, threads, preset, windowS };
    const past = (seconds: number, stopReason: PastRun['stopReason']) => ({ ...kind, seconds, stopReason });
    const slack = 5 * 5.1;
    expect(rangeFromPast([past(90, 'target')])(condition())).toEqual({ low: 90, high: 90 + slack });
    expect(rangeFromPast([past(120, 'windows_max')])(condition())).toEqual({ low: 120 - slack, high: 120 });
    expect(rangeFromPast([past(90, 'target'), past(80, 'target')])(condition()).low).toBe(80);
    // Of another kind, the preset decides.
    expect(rangeFromPast([past(90, 'target')])(condition(2))).toEqual(expectedRangeS(condition(2)));
  });
});
