import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { type Cell, guarded } from '../../../shared/csv';
import type { CellBatch } from './cells';
import type { BundleColumn, BundleTable, CellType } from './types';

/** Rows of a row group at most, and cells: a wide table has shorter groups, so that memory stays the same. */
const ROWS_MAX = 100_000;
const CELLS_MAX = 1_000_000;

/** Named in every file in place of the library's version, so that the bytes change only when the format does. */
const CREATED_BY = 'Thirty Watts';

type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];
/** Physical and converted types (Apache Parquet, LogicalTypes.md); docs/bundle.md, 5.3, rule 8. */
const elements: Readonly<Record<CellType, Pick<Element, 'type' | 'converted_type'>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  datetime: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
};

/**
 * Bytes of a table as Parquet (Snappy), one row group after another: memory holds one group, whatever the table's size.
 * A piece is good until the next one is asked for. Key-value metadata: `title`, `description`, `units` (JSON, column ->
 * UCUM code) and `descriptions` (JSON, column -> sentence). The same rows give the same bytes; -0 is written 0.
 */
export function* parquetPieces<R>(
  { title, description, columns }: Pick<BundleTable<R>, 'title' | 'description' | 'columns'>,
  batches: Iterable<CellBatch>,
): Iterable<Uint8Array> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)],
    createdBy: CREATED_BY,
    kvMetadata: [
      { key: 'title', value: title },
      { key: 'description', value: description },
      { key: 'units', value: jsonOf(columns, (c) => c.unit) },
      { key: 'descriptions', value: jsonOf(columns, (c) => c.description) },
    ],
  });
  const size = Math.max(1, Math.min(ROWS_MAX, Math.floor(CELLS_MAX / columns.length)));
  const group = columns.map((column) => gathering(column, size));
  let filled = 0;
  let groups = 0;
  /** What the library has written since the last piece. */
  const piece = () => {
    const bytes = writer.getBytes();
    writer.index = 0;
    return bytes;
  };
  const finishGroup = () => {
    const columnData = columns.map(({ name }, i) => ({ name, data: group[i]!.first(filled) }));
    file.write({ columnData, rowGroupSize: size });
    filled = 0;
    groups++;
    return piece();
  };
  for (const batch of batches) {
    const rows = batch[0]!.length;
    for (let from = 0; from < rows; ) {
      const to = Math.min(rows, from + size - filled);
      for (const [i, { put }] of group.entries()) put(batch[i]!, from, to, filled);
      filled += to - from;
      from = to;
      if (filled === size) yield finishGroup();
    }
  }
  if (filled > 0) yield finishGroup();
  file.finish();
  yield groups === 0 ? withNoGroups(piece()) : piece();
}

/** Thrift compact protocol: field 3, i64 0 (no rows); field 4, a list; its size 0 and the type of its elements, none. */
const listOfNothing = [0x16, 0x00, 0x19, 0x00];
const noStructs = 0x0c;

/** The library writes “no row groups” as a list of no type, which strict readers (Rust) refuse: they are structs. */
function withNoGroups(file: Uint8Array): Uint8Array {
  const at = Buffer.from(file.buffer, file.byteOffset, file.length).indexOf(Buffer.from(listOfNothing));
  if (at < 0) throw new Error('the footer of an empty Parquet file is written differently');
  file[at + 3] = noStructs;
  return file;
}

interface Gathering {
  /** Takes cells `from` to `to` as the rows from `at` on. */
  put(cells: ArrayLike<Cell>, from: number, to: number, at: number): void;
  first(rows: number): DecodedArray;
}

type DecodedArray = ColumnSource['data'];

/** The values of one column of a row group; numbers that are never missing lie in a typed array. */
function gathering<R>({ type, nullable }: BundleColumn<R>, size: number): Gathering {
  if (type === 'number' && !nullable) {
    const values = new Float64Array(size);
    return {
      put(cells, from, to, at) {
        for (let i = from; i < to; i++) values[at + i - from] = (cells[i] as number) + 0;
      },
      first: (rows) => values.subarray(0, rows),
    };
  }
  const gather = gatherers[type];
  let values: unknown[] = [];
  return {
    put: (cells, from, to) => gather(values, cells, from, to),
    first() {
      const all = values;
      values = [];
      return all as DecodedArray;
    },
  };
}

type Gather = (values: unknown[], cells: ArrayLike<Cell>, from: number, to: number) => void;

/** A loop for each type, though they look alike: one for all is compiled for all kinds of values, and half as fast. */
const gatherers: Readonly<Record<CellType, Gather>> = {
  string(values, cells, from, to) {
    let [last, stored]: [Cell, string | null] = [null, null];
    for (let i = from; i < to; i++) {
      const cell = cells[i] as string | null;
      if (cell !== last) [last, stored] = [cell, cell === null ? null : guarded(cell)];
      values.push(stored);
    }
  },
  integer(values, cells, from, to) {
    let [last, stored]: [Cell, bigint | null] = [null, null];
    for (let i = from; i < to; i++) {
      const cell = cells[i] as number | bigint | null;
      if (typeof cell === 'bigint') values.push(cell);
      else {
        if (cell !== last) [last, stored] = [cell, cell === null ? null : BigInt(cell)];
        values.push(stored);
      }
    }
  },
  number(values, cells, from, to) {
    for (let i = from; i < to; i++) {
      const cell = cells[i] as number | null;
      // Adding 0 turns -0 into 0.
      values.push(cell === null ? null : cell + 0);
    }
  },
  boolean(values, cells, from, to) {
    for (let i = from; i < to; i++) values.push(cells[i]);
  },
  datetime(values, cells, from, to) {
    for (let i = from; i < to; i++) {
      const cell = cells[i] as string | null;
      values.push(cell === null ? null : BigInt(Date.parse(cell)));
    }
  },
};

const elementOf = <R>({ name, type, nullable }: BundleColumn<R>): Element => ({
  name,
  ...elements[type],
  repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
});

function jsonOf<R>(
  columns: readonly BundleColumn<R>[],
  of: (column: BundleColumn<R>) => string | null,
): string {
  return JSON.stringify(
    Object.fromEntries(columns.flatMap((c) => (of(c) === null ? [] : [[c.name, of(c)]]))),
  );
}
