import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, readingsOf } from '../../src/main/store/readings';
import type { Reading } from '../../src/shared/meter';

const time = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const error = fc.record({ code: fc.string(), fatal: fc.boolean() });
const readingOf = (sensorId: string, raw: fc.Arbitrary<bigint | number>): fc.Arbitrary<Reading> =>
  fc.record({
    sensorId: fc.constant(sensorId),
    t0: time,
    t1: time,
    raw: fc.option(raw, { freq: 3 }),
    sourceTimeNs: fc.option(time, { freq: 3 }),
    error: fc.option(error, { freq: 3 }),
  });
const mixed = fc.array(
  fc.oneof(
    readingOf('counter', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    readingOf('gauge', fc.double({ noNaN: true, noDefaultInfinity: true })),
  ),
);

describe('readings as columns', () => {
  it('come back one by one, sensor by sensor: values, failures, source times', () => {
    fc.assert(
      fc.property(mixed, (readings) => {
        const back = columnsOf(readings).flatMap(readingsOf);
        const bySensor = [...Map.groupBy(readings, (r) => r.sensorId).values()].flat();
        expect(back).toEqual(bySensor);
      }),
      { seed: 30, numRuns: 300 },
    );
  });

  it('keep a failed read as absent, never as a number', () => {
    const failed: Reading = {
      sensorId: 's',
      t0: 1n,
      t1: 2n,
      raw: null,
      sourceTimeNs: null,
      error: { code: 'NVML_ERROR_TIMEOUT', fatal: false },
    };
    const [columns] = columnsOf([failed, { ...failed, raw: 0, error: null }]);
    expect(columns).toMatchObject({ raw: Float64Array.of(0), absent: [{ index: 0, error: failed.error }] });
  });

  it('refuse what is no reading', () => {
    const good: Reading = { sensorId: 's', t0: 1n, t1: 2n, raw: 3n, sourceTimeNs: null, error: null };
    expect(() => columnsOf([good, { ...good, raw: 3 }])).toThrow(/mixes/);
    expect(() => columnsOf([{ ...good, raw: Number.NaN }])).toThrow(/no number/);
    expect(() => columnsOf([{ ...good, raw: 2n ** 63n }])).toThrow(/64 bits/);
    expect(() => columnsOf([good])).not.toThrow(); // control
  });
});
