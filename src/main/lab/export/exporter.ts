import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { LabReader } from '../../store/reader';
import { readingsOf } from '../../store/readings';
import { callOverheadS } from '../queries';
import { type Column, csvHeader, csvLines } from './csv';
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
  /** samples.csv: one row per stored inference; large. */
  samples: boolean;
}

/**
 * Writes the data as CSV into a folder. Each file is written beside its final name, made durable and renamed when all
 * are complete: an export that fails leaves nothing under a final name.
 * Errors: ENOSPC and EACCES of the file system reach the caller.
 */
export async function exportData(
  reader: LabReader,
  request: ExportRequest,
): Promise<{ folder: string; files: { name: string; rows: number }[] }> {
  const folder = resolve(request.folder);
  mkdirSync(folder, { recursive: true });
  const experimentId =
    request.experimentId === null ? undefined : reader.findExperiment(request.experimentId).id;
  const runs = reader.listRuns({ experimentId });
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
    const rows: RunRow[] = runs.map((run) => ({
      run,
      model: reader.getModel(run.condition.modelId),
      machine: reader.getMachine(run.machineId),
      experiment: reader.getExperiment(run.experimentId),
      callOverheadS: callOverheadS(reader, run, runs),
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
      const rows = await writeTable(
        temporary('samples.csv'),
        'run_id,window_index,sample_index,start_s,duration_s\r\n',
        sampleBatches(
          reader,
          runs.map((r) => r.id),
        ),
      );
      written.push({ name: 'samples.csv', rows });
    }
    for (const { name } of written) renameSync(temporary(name), join(folder, name));
  } catch (thrown) {
    for (const name of ['runs.csv', 'models.csv', 'windows.csv', 'readings.csv', 'samples.csv'])
      rmSync(temporary(name), { force: true });
    throw thrown;
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
    const { startsNs, stride } = reader.getSamples(runId, window.index);
    const samples = {
      n: startsNs.length,
      stride,
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

/** Text of samples.csv in pieces. `start_s` counts from the first stored inference of its window; no cell needs quotes. */
function* sampleBatches(
  reader: LabReader,
  runIds: readonly string[],
): Iterable<{ text: string; rows: number }> {
  for (const runId of runIds) {
    for (const { index } of reader.getWindows(runId)) {
      const { startsNs, durationsNs, stride } = reader.getSamples(runId, index);
      for (let from = 0; from < startsNs.length; from += SAMPLES_PER_BATCH) {
        const to = Math.min(startsNs.length, from + SAMPLES_PER_BATCH);
        let text = '';
        for (let i = from; i < to; i++)
          text += `${runId},${index},${i * stride},${startsNs[i] / 1e9},${durationsNs[i] / 1e9}\r\n`;
        yield { text, rows: to - from };
      }
    }
  }
}

async function writeTable(
  path: string,
  header: string,
  batches: Iterable<{ text: string; rows: number }>,
): Promise<number> {
  const stream = createWriteStream(path);
  let failed: Error | null = null;
  stream.on('error', (error) => {
    failed = error;
  });
  let rows = 0;
  stream.write(header);
  for (const batch of batches) {
    if (failed) throw failed;
    rows += batch.rows;
    if (!stream.write(batch.text)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
    await turn(); // the service stays awake between batches
  }
  if (failed) throw failed;
  stream.end();
  await once(stream, 'close');
  if (failed) throw failed;
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
  return rows;
}

function* map<A, B>(items: Iterable<A>, of: (item: A) => B): Iterable<B> {
  for (const item of items) yield of(item);
}
