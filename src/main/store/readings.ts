import type { Reading } from '../../shared/meter';
import { sha256 } from './canonical';
import { type Codec, decodeColumn, decodeIntegers, encodeColumn } from './columns';
import { type Row, recordOf } from './records';

/** `edge`: read on purpose at a window's or an idle stretch's edge. `trace`: the slow series between. */
const readingRoles = ['edge', 'trace'] as const;
export type ReadingRole = (typeof readingRoles)[number];

/** Reads of one sensor in time order, as columns. A failed read has times but no raw value. */
export interface ReadingColumns {
  sensorId: string;
  /** hrtime ns just before and just after each call. */
  t0Ns: BigInt64Array;
  t1Ns: BigInt64Array;
  /** Counts (counter) or watts (gauge) of the reads that are not in `absent`, in order. */
  raw: BigInt64Array | Float64Array;
  /** Reads without a value, by index, and why. */
  absent: { index: number; error: { code: string; fatal: boolean } | null }[];
  /** Reads with a value and an error beside it, by index. */
  flagged: { index: number; error: { code: string; fatal: boolean } }[];
  /** The sensor's own time of reads where it gives one, in order. */
  sourceNs: BigInt64Array;
  /** Reads without a source time: all, or these indexes. */
  sourceAbsent: 'all' | number[];
}

/** A batch as stored: its place in the run, then its columns. */
export interface StoredReadings extends ReadingColumns {
  runId: string;
  role: ReadingRole;
  /** Position among the batches of this run, sensor and role, from 0. */
  seq: number;
  /** What the reads belong to, e.g. 'window:3'; null where nothing in particular. */
  mark: string | null;
}

/**
 * The reads of each sensor as columns, sensors in order of first appearance.
 * @throws Error for a raw value that is no finite number or leaves 64 bits, or a sensor with both kinds.
 */
export function columnsOf(readings: readonly Reading[]): ReadingColumns[] {
  return [...Map.groupBy(readings, (r) => r.sensorId)].map(([sensorId, own]) => {
    const sourced = own.filter((r) => r.sourceTimeNs !== null);
    return {
      sensorId,
      t0Ns: BigInt64Array.from(own, (r) => inRange(r.t0)),
      t1Ns: BigInt64Array.from(own, (r) => inRange(r.t1)),
      raw: rawColumn(
        sensorId,
        own.flatMap((r) => r.raw ?? []),
      ),
      absent: own.flatMap((r, index) => (r.raw === null ? { index, error: r.error } : [])),
      flagged: own.flatMap(({ raw, error }, index) => (raw !== null && error ? { index, error } : [])),
      sourceNs: BigInt64Array.from(sourced, (r) => inRange(r.sourceTimeNs!)),
      sourceAbsent:
        sourced.length === 0 ? 'all' : own.flatMap((r, index) => (r.sourceTimeNs === null ? index : [])),
    };
  });
}

function rawColumn(sensorId: string, raws: readonly (bigint | number)[]): BigInt64Array | Float64Array {
  const integers = raws.filter((v) => typeof v === 'bigint');
  if (integers.length === raws.length && raws.length > 0) return BigInt64Array.from(integers, inRange);
  const floats = raws.filter((v) => typeof v === 'number');
  if (floats.length !== raws.length) throw new Error(`sensor ${sensorId} mixes counts and watts`);
  if (!floats.every(Number.isFinite)) throw new Error(`sensor ${sensorId} gave a value that is no number`);
  return Float64Array.from(floats);
}

function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new Error(`${value} does not fit 64 bits`);
  return value;
}

/** The reads that columns were made of, one by one. */
export function readingsOf(columns: ReadingColumns): Reading[] {
  const errors = new Map([...columns.absent, ...columns.flagged].map((a) => [a.index, a.error]));
  const absent = new Set(columns.absent.map((a) => a.index));
  const sourceAbsent = columns.sourceAbsent === 'all' ? null : new Set(columns.sourceAbsent);
  let nextRaw = 0;
  let nextSource = 0;
  return Array.from(columns.t0Ns, (t0, index) => ({
    sensorId: columns.sensorId,
    t0,
    t1: columns.t1Ns[index]!,
    raw: absent.has(index) ? null : columns.raw[nextRaw++]!,
    sourceTimeNs: sourceAbsent === null || sourceAbsent.has(index) ? null : columns.sourceNs[nextSource++]!,
    error: errors.get(index) ?? null,
  }));
}

/** SHA-256 over the 8-byte values of t0, t1, raw and source time, one column after the other. */
function columnsSha256(c: Pick<ReadingColumns, 't0Ns' | 't1Ns' | 'raw' | 'sourceNs'>): string {
  return sha256(c.t0Ns, c.t1Ns, c.raw, c.sourceNs);
}

/** What the record of a batch holds: everything but the columns, and their hash. */
export interface ReadingsRecord extends Omit<StoredReadings, 't0Ns' | 't1Ns' | 'raw' | 'sourceNs'> {
  n: number;
  columnsSha256: string;
}

export function readingsRecord(stored: StoredReadings): ReadingsRecord {
  const { t0Ns, t1Ns, raw, sourceNs, ...rest } = stored;
  return { ...rest, n: t0Ns.length, columnsSha256: columnsSha256({ t0Ns, t1Ns, raw, sourceNs }) };
}

export const readingsRow = (batch: ReadingsRecord): Row => ({
  run_id: batch.runId,
  sensor_id: batch.sensorId,
  role: batch.role,
  seq: batch.seq,
  mark: batch.mark,
  n: batch.n,
  columns_sha256: batch.columnsSha256,
  ...recordOf(batch),
});

/** The columns of a batch as they lie in its row. */
export type ReadingCells = Record<'t0' | 't1' | 'raw' | 'source', Uint8Array> &
  Record<'t0_codec' | 't1_codec' | 'raw_codec' | 'source_codec', Codec>;

export function encodeReadings({ t0Ns, t1Ns, raw, sourceNs }: ReadingColumns): ReadingCells {
  const [a, b, c, d] = [encodeColumn(t0Ns), encodeColumn(t1Ns), encodeColumn(raw), encodeColumn(sourceNs)];
  return {
    t0: a.bytes,
    t0_codec: a.codec,
    t1: b.bytes,
    t1_codec: b.codec,
    raw: c.bytes,
    raw_codec: c.codec,
    source: d.bytes,
    source_codec: d.codec,
  };
}

/** The batch that a record and its columns make, or null where the columns no longer are what was stored. */
export function decodeReadings(record: ReadingsRecord, cells: ReadingCells): StoredReadings | null {
  const { n, columnsSha256: hash, ...rest } = record;
  const sourceN = rest.sourceAbsent === 'all' ? 0 : n - rest.sourceAbsent.length;
  try {
    const columns = {
      t0Ns: decodeIntegers({ n, codec: cells.t0_codec, bytes: cells.t0 }),
      t1Ns: decodeIntegers({ n, codec: cells.t1_codec, bytes: cells.t1 }),
      raw: decodeColumn({ n: n - rest.absent.length, codec: cells.raw_codec, bytes: cells.raw }),
      sourceNs: decodeIntegers({ n: sourceN, codec: cells.source_codec, bytes: cells.source }),
    };
    return columnsSha256(columns) === hash ? { ...rest, ...columns } : null;
  } catch {
    return null; // bytes that zstd or the layout refuse: rot like a wrong hash
  }
}
