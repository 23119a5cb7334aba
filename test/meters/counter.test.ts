import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterEnergy, longestStepS } from '../../src/main/meters/counter';
import { Unwrapper } from '../../src/main/meters/unwrap';

/** A 32-bit register in units of 15.26 µJ, the one that wraps fastest: after 65,536 J. */
const rapl = { joulePerCount: 1e-6, modulus: 65_536_000_000n, maxPlausibleW: 1000 };
const nvml = { joulePerCount: 0.001, modulus: null, maxPlausibleW: 1350 };

describe('energy of a counter step', () => {
  it('is the counts times their size', () => {
    expect(counterEnergy(rapl, 1_000_000n, 3_500_000n, 1)).toEqual({ energyJ: 2.5, code: null });
  });

  it('adds one range after a wrap', () => {
    const step = counterEnergy(rapl, 65_535_000_000n, 49_000_000n, 10);
    expect(step).toEqual({ energyJ: 50, code: null });
  });

  it('refuses a negative step that no wrap explains, and gives null', () => {
    expect(counterEnergy(rapl, 40_000_000_000n, 1_000_000n, 10)).toEqual({
      energyJ: null,
      code: 'COUNTER_RESET',
    });
  });

  it('takes a negative step of a counter that never wraps for a driver reload', () => {
    expect(counterEnergy(nvml, 5_000n, 10n, 10)).toEqual({ energyJ: null, code: 'COUNTER_RESET' });
    expect(counterEnergy(nvml, 10n, 5_000n, 10)).toEqual({ energyJ: 4.99, code: null });
  });

  it('refuses a jump above the plausible power', () => {
    expect(counterEnergy(nvml, 0n, 2_000_000n, 1).code).toBe('COUNTER_RESET');
    expect(counterEnergy(nvml, 0n, 1_000_000n, 1)).toEqual({ energyJ: 1000, code: null });
  });

  it('refuses a step without time', () => {
    expect(counterEnergy(nvml, 0n, 1n, 0)).toEqual({ energyJ: null, code: 'IMPLAUSIBLE' });
  });
});

describe('a counter that wraps once or often', () => {
  const powersW = fc.double({ min: 0, max: 1000, noNaN: true });

  it('gives the exact counts while reads come within half the shortest wrap', () => {
    const step = fc.record({
      watts: powersW,
      dtS: fc.double({ min: 0.001, max: longestStepS(rapl), noNaN: true }),
    });
    const start = fc.bigInt({ min: 0n, max: rapl.modulus - 1n });
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 1, maxLength: 40 }), (from, steps) => {
        let trueCounts = 0n;
        let sum = 0n;
        let raw = from;
        const unwrapper = new Unwrapper(rapl);
        let atNs = 0n;
        unwrapper.add(raw, atNs);
        for (const { watts, dtS } of steps) {
          const counts = BigInt(Math.floor(watts * dtS * 1e6));
          trueCounts += counts;
          const next = (raw + counts) % rapl.modulus;
          const { energyJ, code } = counterEnergy(rapl, raw, next, dtS);
          expect(code).toBeNull();
          sum += BigInt(Math.round(energyJ! * 1e6));
          raw = next;
          atNs += BigInt(Math.ceil(dtS * 1e9));
          // The reader stamps in whole ns: it may see the step a ns longer, never beyond its bound here.
          if (dtS < longestStepS(rapl) - 1e-6) unwrapper.add(raw, atNs);
          else return;
        }
        expect(sum).toBe(trueCounts);
        expect(unwrapper.add(raw, atNs)).toBe(trueCounts);
      }),
      { seed: 30 },
    );
  });

  it('never gives a number when reads are further apart', () => {
    const late = fc.double({ min: longestStepS(rapl) * 1.0001, max: 1e6, noNaN: true });
    const raw = fc.bigInt({ min: 0n, max: rapl.modulus - 1n });
    fc.assert(
      fc.property(raw, raw, late, (previous, next, dtS) => {
        expect(counterEnergy(rapl, previous, next, dtS)).toEqual({ energyJ: null, code: 'GAP' });
      }),
      { seed: 30 },
    );
  });

  it('shows every window across a lost stretch a fall of the total, so that none gets a number', () => {
    const unwrapper = new Unwrapper(rapl);
    const at = (s: number) => BigInt(Math.round(s * 1e9));
    expect(unwrapper.add(500n, at(0))).toBe(0n);
    const before = unwrapper.add(1_500n, at(1));
    expect(before).toBe(1_000n);
    const after = unwrapper.add(2_500n, at(100)); // 99 s: it may have wrapped
    expect(after).toBeLessThan(before);
    const later = unwrapper.add(50_002_500n, at(110));
    expect(counterEnergy({ ...rapl, modulus: null }, before, later, 110).code).toBe('COUNTER_RESET');
    expect(counterEnergy({ ...rapl, modulus: null }, after, later, 10)).toEqual({ energyJ: 50, code: null });
  });
});
