import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFloats, encodeColumn } from '../../src/main/store/columns';
import type { Figure } from './index';
import { openTestStore } from './storeRun';

/** Samples per second through the whole store: columns, hash, transaction with FULL synchronous; and back. */
export async function benchStore(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  try {
    const n = 10 ** 6;
    const durations = Float64Array.from({ length: n }, (_, i) => 50_000 + (Math.imul(i, 2654435761) >>> 22));
    const starts = Float64Array.from({ length: n }, (_, i) => i * 52_000);
    const raw = performance.now();
    const column = encodeColumn(durations);
    const encoded = performance.now();
    decodeFloats({ ...column, n });
    const decoded = performance.now();
    const { append, read, close } = openTestStore(folder);
    const t0 = performance.now();
    for (let index = 0; index < 10; index++)
      append(index, {
        startsNs: starts.subarray(0, n / 10),
        durationsNs: durations.subarray(0, n / 10),
        originNs: 1n,
        stride: 1,
        inferences: n / 10,
      });
    const t1 = performance.now();
    for (let index = 0; index < 10; index++) read(index);
    const t2 = performance.now();
    close();
    const rate = (ms: number) => `${(n / ms / 1000).toFixed(1)} M/s`;
    return [
      {
        what: 'store: samples written (10 windows of 10^5, each its own transaction)',
        value: rate(t1 - t0),
        promise: null,
        held: null,
      },
      { what: 'store: samples read back, hashes checked', value: rate(t2 - t1), promise: null, held: null },
      {
        what: 'store: encoding one column of 10^6 / decoding it',
        value: `${(encoded - raw).toFixed(0)} / ${(decoded - encoded).toFixed(0)} ms`,
        promise: null,
        held: null,
      },
      {
        what: 'store: bytes per stored duration',
        value: (column.bytes.byteLength / n).toFixed(2),
        promise: null,
        held: null,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
