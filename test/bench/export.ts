import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cellBatches } from '../../src/main/lab/export/cells';
import { csvPieces } from '../../src/main/lab/export/csvFile';
import { realDisk } from '../../src/main/lab/export/disk';
import { parquetPieces } from '../../src/main/lab/export/parquetFile';
import { publicReader } from '../../src/main/lab/export/publicReader';
import { redactor } from '../../src/main/lab/export/redact';
import { createSink } from '../../src/main/lab/export/sink';
import { readings } from '../../src/main/lab/export/tables/readings';
import { samples } from '../../src/main/lab/export/tables/samples';
import type { BundleSource } from '../../src/main/lab/export/types';
import { zipPieces } from '../../src/main/lab/export/zipFile';
import { turnOfOthers } from '../../src/main/lab/turns';
import type { Figure } from './index';
import { openManyReadings } from './manyReadings';
import { openTestStore } from './storeRun';

const ROWS = 10 ** 6;
const WINDOWS = 10;
const PROMISE = 200_000;

/** 10^6 stored inferences out of a real store as CSV and as Parquet, hashed and on the disk; against a plain copy of both. */
export async function benchExport(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  try {
    const { append, reader, runId, close } = openTestStore(folder);
    const n = ROWS / WINDOWS;
    for (let index = 0; index < WINDOWS; index++)
      append(index, {
        startsNs: Float64Array.from({ length: n }, (_, i) => i * 52_000 + (Math.imul(i, 2654435761) >>> 24)),
        durationsNs: Float64Array.from({ length: n }, (_, i) => 50_000 + (Math.imul(i, 2654435761) >>> 22)),
        originNs: 1n,
        stride: 1,
        inferences: n,
      });
    const source = {
      reader: publicReader(reader, (text) => text),
      selection: { runs: [reader.getRun(runId)] },
    } as unknown as BundleSource;
    const memory = watchMemory();
    const sink = createSink(folder, realDisk, memory.pause);
    const times: Record<string, number> = {};
    const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      const from = performance.now();
      const result = await work();
      times[what] = (performance.now() - from) / 1000;
      return result;
    };
    // Once unmeasured: compiled, and the store's pages read.
    for await (const _ of csvPieces(samples, cellBatches(samples, source))) await turnOfOthers();
    memory.begin();
    const csv = await timed('csv', () =>
      sink.stream('samples.csv', csvPieces(samples, cellBatches(samples, source)), 'text/csv'),
    );
    const parquet = await timed('parquet', () =>
      sink.stream('samples.parquet', parquetPieces(samples, cellBatches(samples, source)), 'x'),
    );
    const { heap, rss } = memory.end();
    const plain = createSink(folder, realDisk, turnOfOthers);
    await timed('plain', async () => {
      for (const { path } of [csv, parquet])
        await plain.stream(
          `plain-${path}`,
          createReadStream(join(folder, path), { highWaterMark: 1 << 20 }),
          'x',
        );
    });
    const entries = [csv, parquet].map((f) => ({ ...f, from: join(folder, f.path) }));
    const zip = await timed('zip', () => plain.stream('x.zip', zipPieces(entries, 0), 'x'));
    close();
    const both = times.csv! + times.parquet!;
    const rate = ROWS / both;
    const per = (seconds: number) => `${(ROWS / seconds / 1e6).toFixed(2)} M rows/s`;
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    const told = (
      what: string,
      value: string,
      promise: string | null = null,
      held: boolean | null = null,
    ) => ({
      what: `export: ${what}`,
      value,
      promise,
      held,
    });
    const reads = [await readingsOf(300, ROWS), await readingsOf(50, ROWS / 4)];
    return [
      told(
        '10^6 samples as CSV and as Parquet, hashed, on the disk',
        per(both),
        '≥ 0.20 M rows/s',
        rate >= PROMISE,
      ),
      told(
        '10^6 readings in batches of 2 and of 300, as CSV and as Parquet',
        `${(reads[0]! / 1e6).toFixed(2)} M rows/s`,
        '≥ 0.20 M rows/s',
        reads[0]! >= PROMISE,
      ),
      told('the same in batches of 2 and of 50', `${(reads[1]! / 1e6).toFixed(2)} M rows/s`),
      told('samples as CSV alone / as Parquet alone', `${per(times.csv!)} / ${per(times.parquet!)}`),
      told('times a plain hashed copy of both files', `${(both / times.plain!).toFixed(1)}`),
      told(
        'bytes of a row in CSV / in Parquet',
        `${(csv.bytes / ROWS).toFixed(1)} / ${(parquet.bytes / ROWS).toFixed(1)}`,
      ),
      told(
        'most that is held after a collection, beyond the beginning',
        megabytes(heap),
        '≤ 64 MB',
        heap <= 64e6,
      ),
      told('growth of the process meanwhile', megabytes(rss)),
      told(
        'zip of both',
        `${megabytes((csv.bytes + parquet.bytes) / times.zip!)}/s, to ${megabytes(zip.bytes)}`,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows a second of a lab's readings out of the store, made public, as CSV and as Parquet, hashed and on the disk. */
async function readingsOf(traceReads: number, atLeast: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  try {
    const { reader, runIds, rows, close } = openManyReadings(folder, { atLeast, traceReads });
    const redact = redactor({ userNames: ['nobody'], hostNames: ['nowhere'], folders: [folder] });
    const source = {
      reader: publicReader(reader, redact),
      selection: { runs: runIds.map((id) => reader.getRun(id)) },
    } as unknown as BundleSource;
    const sink = createSink(folder, realDisk, turnOfOthers);
    // Once unmeasured, of a few runs: compiled.
    const few = { ...source, selection: { runs: source.selection.runs.slice(0, 4) } } as BundleSource;
    await sink.stream('few.csv', csvPieces(readings, cellBatches(readings, few)), 'text/csv');
    await sink.stream('few.parquet', parquetPieces(readings, cellBatches(readings, few)), 'x');
    const from = performance.now();
    await sink.stream('readings.csv', csvPieces(readings, cellBatches(readings, source)), 'text/csv');
    await sink.stream('readings.parquet', parquetPieces(readings, cellBatches(readings, source)), 'x');
    const seconds = (performance.now() - from) / 1000;
    close();
    return rows / seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Looks at memory every 64 pieces; the collections count as time of the export. */
function watchMemory() {
  const inUse = () => {
    (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heap: heapUsed + external, rss };
  };
  let [pieces, first, most] = [0, { heap: 0, rss: 0 }, { heap: 0, rss: 0 }];
  const look = () => {
    const { heap, rss } = inUse();
    most = { heap: Math.max(most.heap, heap), rss: Math.max(most.rss, rss) };
  };
  return {
    begin() {
      first = inUse();
    },
    async pause() {
      pieces += 1;
      if (pieces % 64 === 0) look();
      await turnOfOthers();
    },
    end() {
      look();
      return { heap: most.heap - first.heap, rss: most.rss - first.rss };
    },
  };
}
