import type { Cell } from '../../../../shared/csv';
import type { RunRecord } from '../../../../shared/run';
import { readingsOf, type StoredReadings } from '../../../store/readings';
import type { BundleSource, BundleTable } from '../types';
import {
  columnsOf,
  compareKeys,
  count,
  explained,
  oneOf,
  optional,
  ordinal,
  quantity,
  text,
} from './columns';
import { sensorsInOrder } from './sensors';
import { noLog, startOf, windowsOf } from './windows';

interface Row {
  of: Batch;
  readingIndex: number;
  t0: bigint;
  t1: bigint;
  sourceNs: bigint | null;
  raw: bigint | number | null;
  errorCode: string | null;
}

/** A stored batch with what every row of it repeats. */
interface Batch {
  stored: StoredReadings;
  kind: 'counter' | 'gauge';
  joulePerCount: number | null;
  startNs: bigint | null;
}

const ROWS_PER_BATCH = 8_192;
const unread = 'the read gave no value';

/** Every read of a meter as it came. */
export const readings: BundleTable<Row> = {
  name: 'readings',
  title: 'Readings',
  description:
    'One row per read of a sensor as it came. A counter has raw_count, and raw_count times count_size_J is energy since some start; a gauge has power_W.',
  primaryKey: ['run_id', 'sensor_id', 'role', 'batch_index', 'reading_index'],
  foreignKeys: [
    { fields: ['run_id'], table: 'runs', to: ['run_id'] },
    { fields: ['run_id', 'sensor_id'], table: 'sensors', to: ['run_id', 'sensor_id'] },
  ],
  columns: columnsOf<Row>(
    text('run_id', 'Run in which it was read.', (r) => r.of.stored.runId),
    text('sensor_id', 'Sensor that was read.', (r) => r.of.stored.sensorId),
    oneOf(
      'role',
      ['edge', 'trace'],
      'edge: on purpose at the edge of a stretch; trace: of the slow series between.',
      (r) => r.of.stored.role,
    ),
    ordinal(
      'batch_index',
      'Number of the batch among those of its run, sensor and role.',
      (r) => r.of.stored.seq,
    ),
    ordinal('reading_index', 'Number of the read in its batch, from 0.', (r) => r.readingIndex),
    optional(text('mark', 'What it belongs to, such as window:3.', (r) => r.of.stored.mark)),
    ordinal('read_begin_ns', 'Just before the read, ns of the machine’s steady clock.', (r) => r.t0),
    ordinal('read_end_ns', 'Just after the read, ns of the same clock.', (r) => r.t1),
    optional(
      ordinal(
        'source_ns',
        'Time of the value by the sensor’s own clock, ns, where it has one.',
        (r) => r.sourceNs,
      ),
    ),
    explained('t_missing_reason', () => noLog, [
      quantity('t_s', 'Middle of the read, from the first line of the run’s log.', (r) =>
        r.of.startNs === null ? null : secondsSince(r.of.startNs, r.t0, r.t1),
      ),
    ]),
    oneOf(
      'kind',
      ['counter', 'gauge'],
      'Kind of sensor: which of the next two columns it fills.',
      (r) => r.of.kind,
    ),
    // One reason for both: which of them a row has is said by its kind, not by a reason in every row.
    optional({
      ...count<Row>('raw_count', 'What a counter showed, as it came.', (r) =>
        typeof r.raw === 'bigint' ? r.raw : null,
      ),
      missing: 'missing_reason',
    }),
    optional({
      ...quantity<Row>('power_W', 'What a gauge showed, as it came.', (r) =>
        typeof r.raw === 'number' ? r.raw : null,
      ),
      missing: 'missing_reason',
    }),
    optional(quantity('count_size_J', 'Energy of one count of a counter.', (r) => r.of.joulePerCount)),
    optional(
      text('missing_reason', 'Why a read gave no value.', (r) =>
        r.raw === null ? (r.errorCode ?? unread) : null,
      ),
    ),
    optional(text('error_code', 'Error that the read told, with a value or without.', (r) => r.errorCode)),
  ),
  raw: true,
  count: ({ selection }) => selection.runs.reduce((sum, run) => sum + readsOf(run), 0),
  *rows(source) {
    for (const of of storedBatches(source)) {
      const reads = readingsOf(of.stored);
      for (let from = 0; from < reads.length; from += ROWS_PER_BATCH) {
        yield reads.slice(from, from + ROWS_PER_BATCH).map(({ t0, t1, raw, sourceTimeNs, error }, i) => ({
          of,
          readingIndex: from + i,
          t0,
          t1,
          sourceNs: sourceTimeNs,
          raw,
          errorCode: error?.code ?? null,
        }));
      }
    }
  },
  *columnar(source) {
    for (const pieces of gathered(storedBatches(source)))
      yield readings.columns.map(({ name }) => joined(pieces.map((p) => ({ ...p, cells: p.cells[name]! }))));
  },
};

/** Reads `from` to `to` of a batch. */
interface Piece<C> {
  cells: C;
  from: number;
  to: number;
}

/** Many batches hold two reads: they are handed on together, ROWS_PER_BATCH at most. */
function* gathered(batches: Iterable<Batch>): Iterable<Piece<ColumnCells>[]> {
  let pieces: Piece<ColumnCells>[] = [];
  let room = ROWS_PER_BATCH;
  for (const of of batches) {
    const n = of.stored.t0Ns.length;
    const cells = cellsOf(of);
    for (let from = 0; from < n; ) {
      const to = Math.min(n, from + room);
      pieces.push({ cells, from, to });
      room -= to - from;
      from = to;
      if (room > 0) continue;
      yield pieces;
      [pieces, room] = [[], ROWS_PER_BATCH];
    }
  }
  if (pieces.length > 0) yield pieces;
}

type Cells = Cell[] | Float64Array | BigInt64Array;
type ColumnCells = Record<string, Cells | Cell>;
const isArray = (cells: Cells | Cell): cells is Cells => typeof cells === 'object' && cells !== null;

/** One column of the pieces, one after the other: typed where all of it is of one kind. */
function joined(pieces: readonly Piece<Cells | Cell>[]): Cells {
  const rows = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  const allAre = <C extends Cells | Cell>(is: (cells: Cells | Cell) => cells is C) =>
    pieces.every(({ cells }) => is(cells)) ? (pieces as readonly Piece<C>[]) : null;
  const integers = allAre((c) => c instanceof BigInt64Array);
  if (integers)
    return placed(new BigInt64Array(rows), integers, (all, { cells, from, to }, at) =>
      all.set(cells.subarray(from, to), at),
    );
  const numbers = allAre((c) => c instanceof Float64Array || typeof c === 'number');
  if (numbers)
    return placed(new Float64Array(rows), numbers, (all, { cells, from, to }, at) => {
      if (typeof cells === 'number') all.fill(cells, at, at + to - from);
      else all.set(cells.subarray(from, to), at);
    });
  return placed(new Array<Cell>(rows), pieces, (all, { cells, from, to }, at) => {
    if (isArray(cells)) for (let i = from; i < to; i++) all[at + i - from] = cells[i]!;
    else all.fill(cells, at, at + to - from);
  });
}

function placed<A extends Cells, C>(
  all: A,
  pieces: readonly Piece<C>[],
  place: (all: A, piece: Piece<C>, at: number) => void,
): A {
  let at = 0;
  for (const piece of pieces) {
    place(all, piece, at);
    at += piece.to - piece.from;
  }
  return all;
}

/** Each column of a batch: its cells, or the one cell that all rows share. */
function cellsOf({ stored, kind, joulePerCount, startNs }: Batch): ColumnCells {
  const { t0Ns, t1Ns, raw, absent, flagged, sourceNs, sourceAbsent } = stored;
  const n = t0Ns.length;
  const without = new Set(absent.map((a) => a.index));
  const values = spread(n, raw, without);
  const empty = raw instanceof BigInt64Array ? 'power_W' : 'raw_count';
  const errors = [...absent, ...flagged].map(({ index, error }) => [index, error?.code || null] as const);
  return {
    run_id: stored.runId,
    sensor_id: stored.sensorId,
    role: stored.role,
    batch_index: stored.seq,
    reading_index: numbers(n, (i) => i),
    mark: stored.mark || null,
    read_begin_ns: t0Ns,
    read_end_ns: t1Ns,
    source_ns: sourceAbsent === 'all' ? null : spread(n, sourceNs, new Set(sourceAbsent)),
    t_s: startNs === null ? null : numbers(n, (i) => secondsSince(startNs, t0Ns[i]!, t1Ns[i]!)),
    t_missing_reason: startNs === null ? noLog : null,
    kind,
    raw_count: values,
    power_W: values,
    [empty]: null,
    count_size_J: joulePerCount,
    missing_reason: sparse(
      n,
      errors.slice(0, absent.length).map(([index, code]) => [index, code ?? unread]),
    ),
    error_code: sparse(n, errors),
  };
}

function numbers(n: number, of: (i: number) => number): Float64Array {
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = of(i);
  return values;
}

/** Cells that are null but for a few; null where there are none of those. */
function sparse(n: number, few: readonly (readonly [index: number, cell: Cell])[]): Cells | null {
  if (few.length === 0) return null;
  const cells = new Array<Cell>(n).fill(null);
  for (const [index, cell] of few) cells[index] = cell;
  return cells;
}

/** The values in order at the places that are not without one. */
function spread(n: number, values: Float64Array | BigInt64Array, without: ReadonlySet<number>): Cells {
  if (without.size === 0) return values instanceof Float64Array ? values.map((v) => v + 0) : values;
  const cells = new Array<Cell>(n).fill(null);
  let next = 0;
  for (let i = 0; i < n; i++) {
    if (without.has(i)) continue;
    const value = values[next++]!;
    cells[i] = typeof value === 'number' ? value + 0 : value;
  }
  return cells;
}

/** Middle of the two, exact to the half nanosecond however long the clock has run. */
const secondsSince = (startNs: bigint, t0: bigint, t1: bigint): number =>
  Number(t0 + t1 - 2n * startNs) / 2e9;

function* storedBatches({ reader, selection }: BundleSource): Iterable<Batch> {
  for (const { id } of selection.runs) {
    const sensors = new Map(sensorsInOrder(reader, id).map((s) => [s.id, s]));
    const startNs = startOf(reader, id);
    const inOrder = reader
      .getReadings(id)
      .map((stored) => ({ stored, key: [stored.sensorId, stored.role, stored.seq] }))
      .sort((a, b) => compareKeys(a.key, b.key));
    for (const { stored } of inOrder) {
      const sensor = sensors.get(stored.sensorId);
      yield {
        stored,
        kind: sensor?.kind ?? (stored.raw instanceof BigInt64Array ? 'counter' : 'gauge'),
        joulePerCount: sensor?.joulePerCount ?? null,
        startNs,
      };
    }
  }
}

/** Reads at the edges of windows and idle stretches, and ten a second between where a gauge is among the sensors: an estimate. */
function readsOf(run: RunRecord): number {
  const { startedUnixMs, endedUnixMs } = run;
  const kinds = run.energy.flatMap((e) => e.sensor?.kind ?? []);
  const seconds = startedUnixMs === null || endedUnixMs === null ? 0 : (endedUnixMs - startedUnixMs) / 1000;
  const edges = 2 * (windowsOf(run) + 2);
  return Math.round(kinds.length * (edges + seconds * (kinds.includes('gauge') ? 10 : 1)));
}
