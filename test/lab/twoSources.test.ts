import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disagree, disagreeIdle } from '../../src/main/lab/twoSources';
import { sensor } from '../meters/support';

/** 40 W for some seconds, as a sensor with this update period and step saw it. */
const seen = (factor: number, { tauS = 0.1, stepJ = 0, seconds = 10 } = {}) => ({
  sensor: sensor({ update: { seconds: tauS, from: 'documented' }, joulePerCount: stepJ }),
  energyJ: 40 * seconds * factor,
  seconds,
});

describe('two sensors of one device', () => {
  it.each([
    [1, false],
    [1.049, false],
    [1.051, true],
    [0.951, false],
    [0.949, true],
    [0.57, true],
  ])('of which one shows %s of the other: they disagree %s', (factor, expected) => {
    expect(disagree(seen(factor), seen(1))).toBe(expected);
  });

  it('agree as far as neither can tell more: three times what both resolve', () => {
    // σ of one lag of 1 s in 10 s is 4.1 %, of both 5.8 %: up to 17 % may be the lags alone.
    const slow = { tauS: 1 };
    expect(disagree(seen(1.17, slow), seen(1, slow))).toBe(false);
    expect(disagree(seen(1.18, slow), seen(1, slow))).toBe(true);
    expect(disagree(seen(1.17), seen(1))).toBe(true); // the control: with 0.1 s they do not
    // The same with coarse counts.
    expect(disagree(seen(1.1, { stepJ: 50 }), seen(1))).toBe(false);
  });

  it('are compared by power, so that edges a little apart do no harm', () => {
    expect(disagree(seen(1, { seconds: 10 }), seen(1, { seconds: 9 }))).toBe(false);
  });

  it.each([
    [20, 22, false],
    [20, 22.1, true],
    [100, 104.9, false],
    [100, 105.3, true],
    [22.1, 20, true],
    [0, 1.9, false],
  ])('over idle with %s W and %s W: %s', (a, b, expected) => {
    expect(disagreeIdle(a, b)).toBe(expected);
  });

  it('never disagree about equal readings, nor differently over idle by which is named first', () => {
    const watts = fc.double({ min: 0.1, max: 1000, noNaN: true });
    fc.assert(
      fc.property(watts, watts, (a, b) => {
        expect(disagreeIdle(a, a)).toBe(false);
        expect(disagreeIdle(a, b)).toBe(disagreeIdle(b, a));
        expect(disagree(seen(a), seen(a))).toBe(false);
      }),
      { seed: 30 },
    );
  });
});
