import fc from 'fast-check';
import { checkedRows } from '../../src/main/lab/export/cells';
import type { BundleColumn, BundleTable, CellType } from '../../src/main/lab/export/types';
import type { Cell } from '../../src/shared/csv';

/** A table of random typed cells. */
export interface TypedTable {
  types: { type: CellType; nullable: boolean }[];
  rows: Cell[][];
}

const instant = fc
  .integer({ min: Date.UTC(1970, 0, 1) / 1000, max: Date.UTC(2100, 0, 1) / 1000 })
  .map((s) => `${new Date(s * 1000).toISOString().slice(0, 19)}Z`);

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    '=1+1',
    '+1',
    '-1',
    '@x',
    '\t',
    '\r',
    '\n',
    "'",
    "''a",
    '"',
    ',',
    'ä"ö,ü\r\n',
    '\ud800',
    '1e5',
    'true',
  ),
);

const cells: Readonly<Record<CellType, fc.Arbitrary<Cell>>> = {
  string: hostile,
  integer: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  number: fc.double({ noDefaultInfinity: true, noNaN: true }),
  boolean: fc.boolean(),
  datetime: instant,
};

/** At least two columns: an empty line of one column is no row to every reader. */
export const typedTable: fc.Arbitrary<TypedTable> = fc
  .array(
    fc.record({
      type: fc.constantFrom<CellType>('string', 'integer', 'number', 'boolean', 'datetime'),
      nullable: fc.boolean(),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .chain((types) =>
    fc
      .array(
        fc.tuple(
          ...types.map(({ type, nullable }) =>
            nullable
              ? fc.oneof(
                  { weight: 3, arbitrary: cells[type] },
                  { weight: 1, arbitrary: fc.constant<Cell>(null) },
                  ...(type === 'number'
                    ? [{ weight: 1, arbitrary: fc.constantFrom<Cell>(Number.NaN, -0, -Infinity) }]
                    : []),
                )
              : cells[type],
          ),
        ),
        { maxLength: 40 },
      )
      .map((rows) => ({ types, rows })),
  );

export function tableOf({ types }: TypedTable): Omit<BundleTable<Cell[]>, 'count' | 'rows'> {
  return {
    name: 'made_up',
    title: 'Made up',
    description: 'Random cells.',
    primaryKey: [],
    foreignKeys: [],
    raw: false,
    columns: types.map(
      ({ type, nullable }, i): BundleColumn<Cell[]> => ({
        name: `c${i}`,
        type,
        nullable,
        unit: type === 'number' ? 's' : null,
        description: `Column ${i}.`,
        of: (row) => row[i]!,
      }),
    ),
  };
}

/** The cells of its rows, two batches or as they are cut: a row group holds more than one. */
export const batchesOf = (
  table: TypedTable,
  cut: Cell[][][] = [table.rows.slice(0, table.rows.length >> 1), table.rows.slice(table.rows.length >> 1)],
) => checkedRows(tableOf(table), cut);
