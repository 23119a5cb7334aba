import { describe, expect, it } from 'vitest';
import { disturbanceOf, energyOver, powerOf, tickOf } from '../../../src/main/lab/selftest/facts';
import { madeUpSensor, simulatedSchema } from '../../../src/main/meters/madeUp';
import { failedReading, okReading } from '../../../src/main/meters/reading';
import type { Reading } from '../../../src/shared/meter';

const ns = (s: number) => BigInt(Math.round(s * 1e9));
const sensor = (part: object) =>
  madeUpSensor('simulated', 'simulated', simulatedSchema.parse({ curve: [[0, 1]], ...part }));
const counter = sensor({ kind: 'counter', joulePerCount: 0.001 });
const gauge = sensor({ kind: 'gauge' });

/** Reads every `stepS` of something whose value is `of(t)`. */
const reads = (id: string, stepS: number, seconds: number, of: (t: number) => bigint | number): Reading[] =>
  Array.from({ length: Math.round(seconds / stepS) }, (_, i) =>
    okReading(id, ns(1 + i * stepS), ns(1 + i * stepS) + 1000n, of(i * stepS)),
  );

describe('how often a sensor updates', () => {
  it('is the time between two changes of its value, however often it is read', () => {
    for (const stepS of [0.001, 0.007]) {
      const tick = tickOf(reads('x', stepS, 3, (t) => BigInt(Math.floor(t / 0.1 + 1e-9) * 7)));
      expect(Math.abs(tick!.medianS - 0.1)).toBeLessThan(0.01);
      expect(tick!.shortestS).toBeGreaterThan(0.09);
    }
  });

  it('is not known of one that stands still, or that could not be read', () => {
    expect(tickOf(reads('x', 0.01, 3, () => 5n))).toBeNull();
    expect(tickOf([failedReading('x', 0n, 1n, 'EIO', false)])).toBeNull();
    expect(tickOf([])).toBeNull();
  });
});

describe('the power of a stretch', () => {
  it('of a counter is what it gained over the time', () => {
    const { meanW } = powerOf(
      counter,
      reads(counter.id, 0.1, 5, (t) => BigInt(Math.round(42_000 * t))),
    );
    expect(meanW).toBeCloseTo(42, 2);
  });

  it('of a gauge is its mean, with its spread', () => {
    const { meanW, sdW } = powerOf(
      gauge,
      reads(gauge.id, 0.1, 5, (t) => 40 + (Math.round(t * 10) % 2 === 0 ? 1 : -1)),
    );
    expect(meanW).toBeCloseTo(40, 0);
    expect(sdW).toBeCloseTo(1, 1);
  });

  it('is null, not zero, where it cannot be had', () => {
    expect(powerOf(counter, [])).toEqual({ meanW: null, sdW: null });
    expect(
      energyOver(
        counter,
        reads(counter.id, 1, 1, () => 5n),
      ),
    ).toBeNull();
    // A counter that falls is no energy.
    expect(
      energyOver(
        counter,
        reads(counter.id, 0.1, 1, (t) => BigInt(Math.round(1000 - 500 * t))),
      ),
    ).toBeNull();
  });
});

describe('whether reading disturbs', () => {
  it('is a ratio near 1 with an interval that holds it where it does not', () => {
    const pairs = [1, 1.01, 0.99, 1].map((f) => ({ oftenW: 40 * f, seldomW: 40 }));
    const found = disturbanceOf(pairs)!;
    expect(found.low).toBeLessThan(1);
    expect(found.high).toBeGreaterThan(1);
  });

  it('shows where it does', () => {
    const pairs = [1.1, 1.11, 1.09, 1.1].map((f) => ({ oftenW: 40 * f, seldomW: 40 }));
    expect(disturbanceOf(pairs)!.low).toBeGreaterThan(1.05);
  });

  it('is not told of one pair or of no power', () => {
    expect(disturbanceOf([{ oftenW: 1, seldomW: 1 }])).toBeNull();
    expect(
      disturbanceOf([
        { oftenW: 0, seldomW: 1 },
        { oftenW: 1, seldomW: 1 },
      ]),
    ).toBeNull();
  });
});
