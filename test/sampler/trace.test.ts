import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { midNs } from '../../src/main/meters/reading';
import { batchOf, readingsOf, TraceBuffer } from '../../src/main/sampler/trace';
import type { Reading } from '../../src/shared/meter';

const readings = fc.array(
  fc.record({
    sensor: fc.constantFrom('a', 'b'),
    atNs: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    tookNs: fc.bigInt({ min: 0n, max: 1000n }),
    counts: fc.option(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n })),
  }),
  { minLength: 1, maxLength: 30 },
);

describe('trace columns', () => {
  it('carry every reading back, failed ones as failed', () => {
    fc.assert(
      fc.property(readings, (specs) => {
        const before = specs.map(
          ({ sensor, atNs, tookNs, counts }): Reading => ({
            sensorId: sensor,
            t0: atNs,
            t1: atNs + tookNs,
            raw: counts === null ? null : sensor === 'a' ? counts : Number(counts % 1000n),
            sourceTimeNs: null,
            error: counts === null ? { code: 'EIO', fatal: false } : null,
          }),
        );
        const key = (r: Reading) => `${r.sensorId} ${midNs(r)} ${r.raw} ${r.error?.code}`;
        const after = readingsOf(structuredClone(batchOf(before)));
        expect(after.map(key).sort()).toEqual(before.map(key).sort());
      }),
      { seed: 30 },
    );
  });

  it('are empty when nothing was read', () => {
    const buffer = new TraceBuffer();
    expect(buffer.take()).toBeNull();
  });
});
