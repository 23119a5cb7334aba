import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaugeEnergy } from '../../src/main/meters/integrate';
import { readingAt, sensor } from './support';

const gauge = sensor({ kind: 'gauge', joulePerCount: null });
const s = (seconds: number) => BigInt(Math.round(seconds * 1e9));
/** Polled every `stepS` from just before the window to just after it. */
const polled = (watts: (tS: number) => number, untilS: number, stepS = 0.1) =>
  Array.from({ length: Math.ceil(untilS / stepS) + 3 }, (_, i) =>
    readingAt((i - 1) * stepS + 1, watts((i - 1) * stepS)),
  );

describe('energy of a power gauge', () => {
  it('is exact for power that changes in straight lines', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 500, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 5, max: 20, noNaN: true }),
        (base, slope, windowS) => {
          const power = (t: number) => 100 + base + slope * t;
          const { energyJ } = gaugeEnergy(gauge, polled(power, windowS), s(1), s(1 + windowS));
          const trueJ = (100 + base) * windowS + (slope * windowS ** 2) / 2;
          expect(Math.abs(energyJ! / trueJ - 1)).toBeLessThan(1e-6);
        },
      ),
      { seed: 30 },
    );
  });

  it('does not turn a step after a steady stretch into a ramp', () => {
    const power = (t: number) => (t < 5 ? 100 : 200);
    const { energyJ } = gaugeEnergy(gauge, polled(power, 10), s(1), s(11));
    expect(energyJ).toBeCloseTo(1500, -1);
  });

  it('takes values read again before the sensor updated once', () => {
    const fast = polled((t) => 100 + Math.floor(t * 10 + 1e-6), 2, 0.01);
    expect(gaugeEnergy(gauge, fast, s(1), s(3)).energyJ).toBeCloseTo(219.5, -1);
    const few = polled(() => 100, 0.5, 0.01);
    expect(gaugeEnergy(gauge, few, s(1), s(1.5))).toEqual({ energyJ: null, code: 'FEW_SAMPLES' });
  });

  it('refuses a pause, a failed stretch and an uncovered end, each with null', () => {
    const all = polled((t) => 100 + t, 10);
    const between = (r: (typeof all)[number]) => r.t0 > s(4) && r.t0 < s(6);
    const gap = { energyJ: null, code: 'GAP' };
    expect(
      gaugeEnergy(
        gauge,
        all.filter((r) => !between(r)),
        s(1),
        s(11),
      ),
    ).toEqual(gap);
    const failed = all.map((r) => (between(r) ? readingAt(Number(r.t0) / 1e9, null) : r));
    expect(gaugeEnergy(gauge, failed, s(1), s(11))).toEqual(gap);
    expect(gaugeEnergy(gauge, all, s(1), s(12))).toEqual(gap);
    expect(gaugeEnergy(gauge, [], s(1), s(11))).toEqual(gap);
    expect(gaugeEnergy(gauge, all, s(1), s(11)).code).toBeNull();
  });

  it('reaches the end of the window though the edge read shows the value before once more', () => {
    const trace = polled((t) => 100 + (Math.round(t * 10) % 2), 4.9).filter((r) => r.t0 < s(5.97));
    const edge = readingAt(5.97, trace.at(-1)!.raw);
    const { energyJ } = gaugeEnergy(gauge, [...trace, edge], s(1), edge.t0);
    expect(Math.abs(energyJ! / (100.5 * 4.97) - 1)).toBeLessThan(1e-3);
  });

  it('counts one value per source time stamp', () => {
    const repeated = polled((t) => 100 + t, 5).map((r) => ({ ...r, sourceTimeNs: r.t0 / 1_000_000_000n }));
    expect(gaugeEnergy(gauge, repeated, s(1), s(6))).toEqual({ energyJ: null, code: 'FEW_SAMPLES' });
  });
});
