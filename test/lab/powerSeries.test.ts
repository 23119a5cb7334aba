import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PowerSeries, powerTrace } from '../../src/main/lab/powerSeries';
import type { Reading, SensorInfo } from '../../src/shared/meter';
import { minMax } from '../../src/shared/stats/decimate';
import { sensor } from '../shared/stats/simulated';

const ns = (s: number) => BigInt(Math.round(s * 1e9));
const read = (s: number, raw: bigint | number | null, sensorId = sensor.id): Reading => ({
  sensorId,
  t0: ns(s),
  t1: ns(s) + 2000n,
  raw,
  sourceTimeNs: null,
  error: raw === null ? { code: 'EIO', fatal: false } : null,
});
const points = (info: SensorInfo, readings: Reading[]) => {
  const series = new PowerSeries(info);
  series.add(readings);
  return series.take().map((p) => p.powerW);
};

describe('power from readings', () => {
  it('of a counter is its joules over the time between two reads, at their middle', () => {
    const series = new PowerSeries(sensor);
    series.add([read(10, 0n), read(11, 42_000n)]);
    series.add([read(13, 42_000n + 60_000n)]);
    const trace = powerTrace(sensor, series.take(), ns(10));
    expect([...trace.powerW].map((w) => Math.round(w * 1e6) / 1e6)).toEqual([42, 30]);
    expect([...trace.tS].map((t) => Math.round(t * 1e3) / 1e3)).toEqual([0.5, 2]);
    expect(trace.sensor.origin).toBe('simulated');
    expect(series.take()).toEqual([]);
  });

  it('of a counter goes on over a wrap and has a gap at a reset: never below zero, never above the plausible', () => {
    const wrapping = { ...sensor, modulus: 1_000_000n };
    expect(points(wrapping, [read(0, 990_000n), read(1, 32_000n)])).toEqual([expect.closeTo(42, 3)]);
    expect(points(sensor, [read(0, 990_000n), read(1, 0n), read(2, 42_000n)])).toEqual([
      expect.closeTo(42, 3),
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 1e-6, max: 5, noNaN: true }), fc.bigInt(0n, 999_999n)), {
          maxLength: 60,
        }),
        fc.boolean(),
        (steps, wraps) => {
          let s = 0;
          const readings = steps.map(([dt, raw]) => {
            s += dt;
            return read(s, raw);
          });
          for (const w of points(wraps ? wrapping : sensor, readings)) {
            expect(w).toBeGreaterThanOrEqual(0);
            expect(w).toBeLessThanOrEqual(sensor.maxPlausibleW);
          }
        },
      ),
      { seed: 30 },
    );
  });

  it('of a counter waits for five updates: two reads at one edge do not show a spike or a hole', () => {
    // 42 W in steps of 100 ms, read at 10 Hz: single steps would show 0 or 84 W.
    const readings = Array.from({ length: 101 }, (_, i) => {
      const s = 0.1 * i + (i % 2 ? 0.06 : -0.03) + 1;
      return read(s, BigInt(Math.floor(s / 0.1) * 4200));
    });
    const watts = points(sensor, readings);
    expect(watts.length).toBeGreaterThan(12);
    for (const w of watts) expect(Math.abs(w - 42)).toBeLessThan(42 * 0.35);
    const mean = watts.reduce((a, b) => a + b, 0) / watts.length;
    expect(Math.abs(mean - 42)).toBeLessThan(2);
  });

  it('of a gauge is its reading; failed reads, repeats and other sensors leave no point', () => {
    const gauge: SensorInfo = { ...sensor, kind: 'gauge', joulePerCount: null };
    expect(
      points(gauge, [read(0, 40), read(0, 40), read(1, null), read(1, 7, 'other'), read(2, 41)]),
    ).toEqual([40, 41]);
  });

  it('reduced, keeps the dip and the spike', () => {
    const powerW = Float64Array.from({ length: 12_000 }, (_, i) => (i === 7777 ? 300 : 42));
    const tS = powerW.map((_, i) => i / 10);
    const { value } = minMax(tS, powerW, 2000);
    expect(value.length).toBeLessThanOrEqual(2000);
    expect(value).toContain(300);
  });
});
