import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Column, csvHeader, csvLines } from '../../../shared/csv';
import { makeFolder } from '../../store/folder';
import type { LabReader } from '../../store/reader';
import { readingsOf } from '../../store/readings';
import { callOverheadS, shownRuns } from '../queries';
import {
  modelColumns,
  type ReadingRow,
  type RunRow,
  readingColumns,
  runColumns,
  type WindowRow,
  windowColumns,
} from './tables';

export interface ExportRequest {
  /** null: everything in the lab. */
  experimentId: string | null;
  folder: string;
  /** samples/<run_id>.csv: one row per stored inference; large. */
  samples: boolean;
}

const names = ['runs.csv', 'models.csv', 'windows.csv', 'readings.csv', 'samples'] as const;

/**
 * Writes the data as CSV into a folder. Each file is written beside its final name, made durable and renamed when all
 * are complete: an export that fails leaves nothing under a final name.
 * Leaves out the bin, and the sample dataset unless that is asked for or all there is (see shownRuns); its rows say so
 * in the column `sample`.
 * Errors: ENOSPC and EACCES of the file system reach the caller.
 */
export async function exportData(
  reader: LabReader,
  request: ExportRequest,
): Promise<{ folder: string; files: { name: string; rows: number }[] }> {
  const folder = resolve(request.folder);
  makeFolder(folder);
  const experimentId =
    request.experimentId === null ? undefined : reader.findExperiment(request.experimentId).id;
  const marks = reader.marks('run');
  const runs = shownRuns(reader.listRuns({ experimentId }), marks, experimentId);
  const written: { name: string; rows: number }[] = [];
  const temporary = (name: string) => join(folder, `.${name}.part`);
  const write = async <R>(name: string, columns: readonly Column<R>[], batches: Iterable<readonly R[]>) => {
    const rows = await writeTable(
      temporary(name),
      csvHeader(columns),
      map(batches, (batch) => ({ text: csvLines(columns, batch), rows: batch.length })),
    );
    written.push({ name, rows });
  };
  try {
    const models = [...new Set(runs.map((r) => r.condition.modelId))].map((id) => reader.getModel(id));
    const overheads = runs.filter((run) => run.role === 'overhead');
    const rows: RunRow[] = runs.map((run) => ({
      run,
      model: reader.getModel(run.condition.modelId),
      machine: reader.getMachine(run.machineId),
      experiment: reader.getExperiment(run.experimentId),
      callOverheadS: callOverheadS(reader, run, overheads),
      sample: marks.get(run.id)?.sample ?? false,
      ...hashes(reader, run.id),
    }));
    await write('runs.csv', runColumns, [rows]);
    await write('models.csv', modelColumns, [models]);
    await write(
      'windows.csv',
      windowColumns,
      map(runs, (run) => windowRows(reader, run.id)),
    );
    await write(
      'readings.csv',
      readingColumns,
      map(runs, (run) => readingRows(reader, run.id)),
    );
    if (request.samples) {
      const into = temporary('samples');
      makeFolder(into);
      let rows = 0;
      for (const { id } of runs)
        rows += await writeTable(join(into, `${id}.csv`), sampleHeader, sampleBatches(reader, id));
      written.push({ name: 'samples', rows });
    }
    // An earlier export into the same folder is replaced only now that everything of this one is on the disk.
    for (const { name } of written) {
      rmSync(join(folder, name), { recursive: true, force: true });
      renameSync(temporary(name), join(folder, name));
    }
  } finally {
    for (const name of names) rmSync(temporary(name), { recursive: true, force: true });
  }
  return { folder, files: written };
}

function hashes(reader: LabReader, runId: string): { recordSha256: string; windows: number } {
  const { record, windows } = reader.hashesOf(runId);
  return { recordSha256: record, windows: windows.length };
}

function windowRows(reader: LabReader, runId: string): WindowRow[] {
  const { windows: stored } = reader.hashesOf(runId);
  return reader.getWindows(runId).flatMap((window) => {
    const { startsNs, stride, originNs } = reader.getSamples(runId, window.index);
    const samples = {
      n: startsNs.length,
      stride,
      originNs,
      sha256: stored.find((w) => w.index === window.index)?.samples ?? '',
    };
    const seen = window.energy.length > 0 ? window.energy : [null];
    return seen.map((energy) => ({ runId, window, energy, samples }));
  });
}

function readingRows(reader: LabReader, runId: string): ReadingRow[] {
  const sensors = new Map(reader.sensorsOf(runId).map((s) => [s.id, s]));
  return reader.getReadings(runId).flatMap((batch) =>
    readingsOf(batch).map((r) => {
      const sensor = sensors.get(r.sensorId);
      return {
        runId,
        sensorId: r.sensorId,
        role: batch.role,
        mark: batch.mark,
        t0: r.t0,
        t1: r.t1,
        raw: r.raw,
        kind: sensor?.kind ?? 'gauge',
        joulePerCount: sensor?.joulePerCount ?? null,
        error: r.error?.code ?? null,
      };
    }),
  );
}

const SAMPLES_PER_BATCH = 50_000;
const sampleHeader = 'window_index,sample_index,start_s,duration_s\r\n';

/** Text of one run's samples in pieces. `start_s` counts from the first stored inference of its window; no cell needs quotes. */
function* sampleBatches(reader: LabReader, runId: string): Iterable<{ text: string; rows: number }> {
  for (const { index } of reader.getWindows(runId)) {
    const { startsNs, durationsNs, stride } = reader.getSamples(runId, index);
    for (let from = 0; from < startsNs.length; from += SAMPLES_PER_BATCH) {
      const to = Math.min(startsNs.length, from + SAMPLES_PER_BATCH);
      let text = '';
      for (let i = from; i < to; i++)
        text += `${index},${i * stride},${startsNs[i] / 1e9},${durationsNs[i] / 1e9}\r\n`;
      yield { text, rows: to - from };
    }
  }
}

/** Streams a table to disk and makes it durable; generators are pulled only as fast as the disk takes them. */
async function writeTable(
  path: string,
  header: string,
  batches: Iterable<{ text: string; rows: number }>,
): Promise<number> {
  let rows = 0;
  function* pieces() {
    yield header;
    for (const batch of batches) {
      rows += batch.rows;
      yield batch.text;
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path));
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
  return rows;
}

function* map<A, B>(items: Iterable<A>, of: (item: A) => B): Iterable<B> {
  for (const item of items) yield of(item);
}
