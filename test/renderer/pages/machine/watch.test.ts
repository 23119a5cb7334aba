import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addReadings, sparkline, type Watched } from '../../../../src/renderer/pages/machine/watch';
import { Ring } from '../../../../src/renderer/state/ring';
import type { LiveReading } from '../../../../src/shared/live';

const sensor: LiveReading['sensor'] = {
  id: 'rapl:0',
  device: 'Example 9000',
  domain: 'cpu.package',
  provenance: 'measured',
  origin: 'hardware',
};
const reading = (atUnixMs: number, powerW: number | null, error: string | null = null): LiveReading => ({
  sensor,
  atUnixMs,
  powerW,
  error,
});

describe('addReadings', () => {
  it('keeps the last, the least and the largest', () => {
    const watch = new Map<string, Watched>();
    addReadings(watch, [reading(1000, null)]);
    addReadings(watch, [reading(1500, 12)]);
    addReadings(watch, [reading(2000, 9), reading(2500, 10)]);
    const own = watch.get('rapl:0')!;
    expect([own.last.powerW, own.minW, own.maxW, own.ring.length]).toEqual([10, 9, 12, 3]);
    expect([...own.ring.columns()[0]]).toEqual([0.5, 1, 1.5]);
  });

  it('takes no answer for 0 W', () => {
    const watch = new Map<string, Watched>();
    addReadings(watch, [reading(1000, 5), reading(1500, null, 'EIO')]);
    const own = watch.get('rapl:0')!;
    expect([own.last.powerW, own.last.error, own.minW, own.maxW]).toEqual([null, 'EIO', 5, 5]);
  });

  it('holds a fixed number of points, however long it runs', () => {
    const watch = new Map<string, Watched>();
    for (let i = 0; i < 5000; i++) addReadings(watch, [reading(i * 500, 10)]);
    expect(watch.get('rapl:0')!.ring.length).toBe(600);
  });
});

describe('sparkline', () => {
  it('is empty before there are two points', () => {
    const ring = new Ring(10);
    expect(sparkline(ring, 100, 20)).toBe('');
    ring.push([0], [1]);
    expect(sparkline(ring, 100, 20)).toBe('');
  });

  it('stays in its box and puts 0 W on the ground', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 2, maxLength: 50 }),
        (watts) => {
          const ring = new Ring(100);
          ring.push(
            watts.map((_, i) => i / 2),
            watts,
          );
          const points = sparkline(ring, 100, 20)
            .split(' ')
            .map((p) => p.split(',').map(Number));
          for (const [i, [x, y]] of points.entries()) {
            expect(x >= 0 && x <= 100 && y >= 0 && y <= 20).toBe(true);
            if (watts[i] === 0) expect(y).toBe(20);
          }
        },
      ),
    );
  });
});
