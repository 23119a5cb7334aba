import { canonicalJson, sha256 } from '../../store/canonical';
import type { ReadingCells } from '../../store/readings';
import { readingsRecord } from '../../store/readings';
import type { RunEvent } from '../../store/records';
import type { SampleCells } from '../../store/samples';
import { mapped } from './mapped';
import type { PublicReader } from './publicReader';
import type { BundleSource } from './types';

/** What an import reads: the records of a bundle, one a line, as canonical JSON with their SHA-256. */
export const recordsFormat = 1;

/** Columns of a window or of a batch of readings as they lie in the store (columns.ts); blobs in base64. */
export type LineColumns = Readonly<Record<string, string>>;

/** One line of a record file. */
export interface RecordLine {
  /** Hex, of the canonical JSON of `record`. */
  sha256: string;
  record: unknown;
  /** Id of the lab that it comes from. */
  lab: string;
  /** Of runs: recorded for the sample dataset. */
  sample?: true;
  columns?: LineColumns;
}

/** The line of a record, with its line feed. Canonical: the same record gives the same bytes. */
export function lineOf({ record, lab, sample, columns }: Omit<RecordLine, 'sha256'>): string {
  const text = canonicalJson(record);
  return [
    `{"sha256":"${sha256(text)}","record":${text},"lab":${JSON.stringify(lab)}`,
    ...(sample ? [',"sample":true'] : []),
    ...(columns ? [`,"columns":${JSON.stringify(columns)}`] : []),
    '}\n',
  ].join('');
}

type Line = Omit<RecordLine, 'sha256'>;

/** Tables whose lines belong to runs, in the order in which a run is stored. */
export const tablesOfRuns = ['sensors', 'windows', 'readings', 'states', 'events'] as const;
export type TableOfRuns = (typeof tablesOfRuns)[number];

export const recordTables = [
  'models',
  'machines',
  'experiments',
  'runs',
  'windows',
  'sensors',
  'readings',
  'states',
  'accuracies',
  'claim_versions',
  'claim_runs',
  'claim_steps',
  'claim_experiments',
  'events',
] as const;
export type RecordTable = (typeof recordTables)[number];

/** Where a table's records lie in a bundle. */
export const recordPath = (table: RecordTable): string =>
  table === 'events' ? 'provenance/run_log.jsonl' : `provenance/records/${table}.jsonl`;

export interface RecordFile {
  path: string;
  /** Made as they are asked for, of one run at a time; each loop over them begins anew. */
  lines: Iterable<string>;
}

/** The record files of a bundle: everything that another lab takes in. Lines in order of their primary key. */
export function recordFiles({ reader, selection }: BundleSource): RecordFile[] {
  const own = reader.labId();
  const { models, machines, experiments, runs, accuracies, claims, labOf, sample } = selection;
  const listed = (
    what: 'model' | 'machine' | 'experiment' | 'accuracy',
    records: readonly { id: string }[],
  ) => {
    const labs = reader.origins(what);
    return () => mapped(records, (record) => ({ record, lab: labs.get(record.id) ?? own }));
  };
  const ofRuns = (table: TableOfRuns) => () =>
    flatMap(runs, ({ id }) => mapped(linesOfRun(reader, id, table), (line) => ({ ...line, lab: labOf(id) })));
  const ofClaims = (kind: (typeof claims)[number]['kind']) => () =>
    mapped(
      claims.filter((claim) => claim.kind === kind),
      ({ value, lab }) => ({ record: value, lab }),
    );
  const lines: Record<RecordTable, () => Iterable<Line>> = {
    models: listed('model', models),
    machines: listed('machine', machines),
    experiments: listed('experiment', experiments),
    runs: () =>
      mapped(runs, (run) => ({
        record: run,
        lab: labOf(run.id),
        ...(sample.has(run.id) ? { sample: true as const } : {}),
      })),
    windows: ofRuns('windows'),
    sensors: ofRuns('sensors'),
    readings: ofRuns('readings'),
    states: ofRuns('states'),
    accuracies: listed('accuracy', accuracies),
    claim_versions: ofClaims('claim_version'),
    claim_runs: ofClaims('claim_run'),
    claim_steps: ofClaims('claim_step'),
    claim_experiments: ofClaims('claim_experiment'),
    events: ofRuns('events'),
  };
  return recordTables.map((table) => ({
    path: recordPath(table),
    lines: { [Symbol.iterator]: () => mapped(lines[table](), lineOf) },
  }));
}

/** What one table holds of a run, in order of its key and without the lab. */
export function* linesOfRun(
  reader: PublicReader,
  runId: string,
  table: TableOfRuns,
): Generator<Pick<Line, 'record' | 'columns'>> {
  switch (table) {
    case 'windows':
      for (const record of reader.storedWindows(runId)) {
        const { index } = record.window;
        // Read to be held against their hash: what lies in the row is handed on as it is.
        reader.getSamples(runId, index);
        yield { record, columns: sampleColumns(reader.sampleCells(runId, index)) };
      }
      return;
    case 'readings': {
      // Ids of sensors may have been made public, which can change their order.
      const cells = reader.readingCells(runId);
      const batches = reader.getReadings(runId).map((batch, i) => ({ batch, cells: cells[i]! }));
      batches.sort(
        ({ batch: a }, { batch: b }) =>
          order(a.sensorId, b.sensorId) || order(a.role, b.role) || a.seq - b.seq,
      );
      for (const { batch, cells } of batches)
        yield { record: readingsRecord(batch), columns: readingColumns(cells) };
      return;
    }
    case 'sensors': {
      const sensors = reader.sensorsOf(runId).toSorted((a, b) => order(a.id, b.id));
      for (const sensor of sensors) yield { record: { runId, sensor } };
      return;
    }
    case 'states':
      for (const record of reader.getStates(runId)) yield { record };
      return;
    case 'events':
      for (const record of reader.getEvents(runId) satisfies RunEvent[]) yield { record };
  }
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const sampleColumns = (cells: SampleCells): LineColumns => ({
  starts: base64(cells.starts),
  starts_codec: cells.starts_codec,
  durations: base64(cells.durations),
  durations_codec: cells.durations_codec,
});

const readingColumns = (cells: ReadingCells): LineColumns => ({
  t0: base64(cells.t0),
  t0_codec: cells.t0_codec,
  t1: base64(cells.t1),
  t1_codec: cells.t1_codec,
  raw: base64(cells.raw),
  raw_codec: cells.raw_codec,
  source: base64(cells.source),
  source_codec: cells.source_codec,
});

function* flatMap<A, B>(items: Iterable<A>, of: (item: A) => Iterable<B>): Generator<B> {
  for (const item of items) yield* of(item);
}
