import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { writeBundle } from '../../../src/main/lab/export/bundle';
import type { BundleSource } from '../../../src/main/lab/export/types';
import { temporaryFolder } from '../../support/lab';
import { madeUpParts, madeUpSource, quickDisk } from '../../support/madeUpBundle';

setFlagsFromString('--expose_gc');
const collect: () => void = runInNewContext('gc');

/** Bytes that are in use after a collection: heap and buffers. The second one waits until the buffers of the first are free. */
function bytesInUse(): number {
  collect();
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

const EVERY = 50_000;

/** The most that an export of so many rows holds, looked at every 50,000 rows: just before a group of rows is full, too. */
async function peakOf(rows: number, hold: () => void = () => {}): Promise<number> {
  const before = bytesInUse();
  let peak = 0;
  const parts = madeUpParts(rows);
  const look = () => {
    hold();
    peak = Math.max(peak, bytesInUse() - before);
  };
  const tables = parts.tables.map((table) => ({
    ...table,
    *rows(source: BundleSource) {
      let seen = 0;
      for (const batch of table.rows(source)) {
        seen += batch.length;
        if (seen % EVERY === 0) look();
        yield batch;
      }
    },
  }));
  await writeBundle(
    madeUpSource({ raw: 'both' }),
    { into: temporaryFolder(), format: 'zip' },
    { parts: { ...parts, tables }, disk: quickDisk },
  );
  look();
  return peak;
}

describe('the memory of an export', () => {
  it('does not grow with the rows: 6 × 10^5 of them take what 2 × 10^5 take', async () => {
    await peakOf(1_000); // what is loaded once
    const small = await peakOf(200_000);
    const large = await peakOf(600_000);
    // A group of 10^5 rows, and nothing of the others.
    expect(large).toBeLessThan(small + 4e6);
    expect(large).toBeLessThan(32e6);
    const kept: Uint8Array[] = [];
    expect(await peakOf(200_000, () => kept.push(new Uint8Array(4e6).fill(1)))).toBeGreaterThan(small + 4e6); // control
  }, 120_000);
});
