import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { checkedRows } from '../../../src/main/lab/export/cells';
import { csvPieces } from '../../../src/main/lab/export/csvFile';
import { parquetPieces } from '../../../src/main/lab/export/parquetFile';
import type { Cell } from '../../../src/shared/csv';
import { bytesOf, textOf } from '../../support/bundleBytes';
import { batchesOf, type TypedTable, tableOf, typedTable } from '../../support/typedTable';

const fileOf = (table: TypedTable) => bytesOf(parquetPieces(tableOf(table), batchesOf(table)));
const arrayBuffer = (bytes: Buffer) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
const read = (bytes: Buffer) => parquetReadObjects({ file: arrayBuffer(bytes) });

/** A cell of Parquet as CSV writes it. */
function csvText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`;
  return String(value);
}

const numbers = (rows: number, columns = 2): TypedTable => ({
  types: Array.from({ length: columns }, () => ({ type: 'number' as const, nullable: false })),
  rows: Array.from({ length: rows }, (_, i) => Array<Cell>(columns).fill(i / 3)),
});

describe('the Parquet file of a table', () => {
  it('holds cell by cell what its CSV holds', async () => {
    await fc.assert(
      fc.asyncProperty(typedTable, async (table) => {
        const rows = await read(fileOf(table));
        const csv: string[][] = parse(textOf(csvPieces(tableOf(table), batchesOf(table))));
        expect([csv[0], ...rows.map((row) => csv[0]!.map((name) => csvText(row[name])))]).toEqual(csv);
        // '' and NaN are nowhere; what is missing is null.
        for (const value of rows.flatMap((row) => Object.values(row)))
          expect(value === '' || Number.isNaN(value) || Object.is(value, -0)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same bytes twice, however the rows are cut into batches', () => {
    fc.assert(
      fc.property(typedTable, fc.integer({ min: 1, max: 40 }), (table, size) => {
        const cut = Array.from({ length: Math.ceil(table.rows.length / size) }, (_, i) =>
          table.rows.slice(i * size, (i + 1) * size),
        );
        expect(bytesOf(parquetPieces(tableOf(table), batchesOf(table, cut))).equals(fileOf(table))).toBe(
          true,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('has the types and nullability of its columns, and says units, descriptions and who wrote it', () => {
    const table: TypedTable = {
      types: [
        { type: 'string', nullable: false },
        { type: 'integer', nullable: true },
        { type: 'number', nullable: true },
        { type: 'boolean', nullable: false },
        { type: 'datetime', nullable: false },
      ],
      rows: [['x', null, 1, true, '2026-01-15T10:00:00Z']],
    };
    const { schema, created_by, key_value_metadata } = parquetMetadata(arrayBuffer(fileOf(table)));
    expect(schema.slice(1).map((e) => [e.name, e.type, e.converted_type, e.repetition_type])).toEqual([
      ['c0', 'BYTE_ARRAY', 'UTF8', 'REQUIRED'],
      ['c1', 'INT64', undefined, 'OPTIONAL'],
      ['c2', 'DOUBLE', undefined, 'OPTIONAL'],
      ['c3', 'BOOLEAN', undefined, 'REQUIRED'],
      ['c4', 'INT64', 'TIMESTAMP_MILLIS', 'REQUIRED'],
    ]);
    expect(created_by).toBe('Thirty Watts');
    const said = Object.fromEntries(key_value_metadata!.map(({ key, value }) => [key, value]));
    expect(said.title).toBe('Made up');
    expect(said.description).toBe('Random cells.');
    expect(JSON.parse(said.units!)).toEqual({ c2: 's' });
    expect(JSON.parse(said.descriptions!).c4).toBe('Column 4.');
  });

  it('is written group by group: a wide table in shorter groups', () => {
    const groups = (table: TypedTable) =>
      parquetMetadata(arrayBuffer(fileOf(table))).row_groups.map((g) => Number(g.num_rows));
    expect(groups(numbers(250_001))).toEqual([100_000, 100_000, 50_001]);
    expect(groups(numbers(25_000, 100))).toEqual([10_000, 10_000, 5_000]);
    expect(groups(numbers(0))).toEqual([]);
  });

  it('holds one group of rows and no more, whatever the table’s size', () => {
    function* endless() {
      for (let i = 0; ; i++) yield Array.from({ length: 1_000 }, (_, r): Cell[] => [i, r / 7]);
    }
    let asked = 0;
    const rows = (function* () {
      for (const batch of endless()) {
        asked += batch.length;
        yield batch;
      }
    })();
    const pieces = parquetPieces(tableOf(numbers(0)), checkedRows(tableOf(numbers(0)), rows))[
      Symbol.iterator
    ]();
    for (let i = 1; i <= 3; i++) {
      const { value } = pieces.next() as IteratorResult<Uint8Array>;
      expect(value.length).toBeLessThan(100_000 * 2 * 8 * 1.2);
      expect(asked).toBe(100_000 * i);
    }
  });

  it('is refused where a cell is not what the table says', () => {
    const types = [{ type: 'integer' as const, nullable: false }];
    for (const cell of [null, 1.5, 'x'])
      expect(() => fileOf({ types, rows: [[cell]] })).toThrow(/The column c0 of the table made_up/);
  });
});
