import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decades, openGaps, sensorName, summaryOf, traceCsv } from '../../../src/renderer/parts/traceData';
import { Ring } from '../../../src/renderer/state/ring';
import type { TraceSensor } from '../../../src/shared/live';

const sensor: TraceSensor = {
  id: 'nvml:GPU-1:power',
  device: 'NVIDIA "H100", PCIe',
  domain: 'gpu.board',
  provenance: 'measured',
  origin: 'hardware',
};
const values = fc.array(
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.NaN)),
);
const columns = (v: number[]) => [Float64Array.from(v, (_, i) => i), Float64Array.from(v)] as const;

describe('the data of a live trace', () => {
  it('saves one row for each sample and none for a gap, with the very numbers', () => {
    fc.assert(
      fc.property(values, values, (power, latency) => {
        const rows = traceCsv([{ sensor, columns: columns(power) }], columns(latency))
          .trimEnd()
          .split('\n')
          .slice(1);
        const kept = (all: number[]) => all.filter((v) => !Number.isNaN(v));
        expect(rows).toHaveLength(kept(power).length + kept(latency).length);
        const cells = rows.map((row) => row.split(','));
        expect(cells.filter((c) => c[0] === 'power').map((c) => Number(c[c.length - 2]))).toEqual(
          kept(power).map((v) => v + 0 || 0),
        );
        expect(cells.filter((c) => c[0] === 'latency').map((c) => Number(c[c.length - 1]))).toEqual(
          kept(latency).map((v) => v + 0 || 0),
        );
      }),
    );
  });

  it('quotes what a CSV reader would take apart', () => {
    const [head, row] = traceCsv([{ sensor, columns: columns([40]) }], columns([])).split('\n');
    expect(head).toBe('quantity,sensor,device,domain,provenance,origin,t_s,power_w,latency_s');
    expect(row).toBe('power,nvml:GPU-1:power,"NVIDIA ""H100"", PCIe",gpu.board,measured,hardware,0,40,');
  });

  it('sums up without the gaps', () => {
    expect(summaryOf(Float64Array.of(3, 1, Number.NaN, 2, Number.NaN))).toEqual({
      last: 2,
      min: 1,
      max: 3,
      n: 3,
    });
    expect(summaryOf(Float64Array.of(Number.NaN))).toEqual({ last: null, min: null, max: null, n: 0 });
  });

  it('leaves gaps open and everything else as it is', () => {
    expect(openGaps(Float64Array.of(1, Number.NaN, 0))).toEqual([1, null, 0]);
  });

  it('puts whole decades around any values', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (min, times) => {
          const [low, high] = decades(min, min * times);
          expect(low).toBeLessThanOrEqual(min * (1 + 1e-12));
          expect(high).toBeGreaterThanOrEqual(min * times * (1 - 1e-12));
          expect(high).toBeGreaterThan(low);
        },
      ),
    );
    expect(decades(null, null)).toEqual([1e-6, 1]);
  });

  it('keeps ten minutes at 10 Hz whole, and its memory fixed beyond', () => {
    const ring = new Ring(6000);
    for (let n = 0; n < 20; n++) {
      const t = Float64Array.from({ length: 600 }, (_, i) => (600 * n + i) / 10);
      ring.push(t, t);
    }
    const [t] = ring.columns();
    expect(ring.length).toBe(6000);
    expect([t[0], t[5999]]).toEqual([600, 1199.9]);
  });
});

describe('names of sensors', () => {
  it('say a domain once', () => {
    expect(sensorName('NVIDIA H100', 'gpu.board')).toBe('NVIDIA H100, gpu.board');
    expect(sensorName('simulated cpu.package', 'cpu.package')).toBe('simulated cpu.package');
  });
});
