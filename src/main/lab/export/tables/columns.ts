import type { Cell } from '../../../../shared/csv';
import { utcSecond } from '../../../../shared/utc';
import type { BundleColumn, BundleTable } from '../types';

/** UCUM code of each suffix that the name of a quantity ends in (docs/bundle.md, 5.3, rule 2). */
export const suffixUnits = {
  s: 's',
  J: 'J',
  W: 'W',
  By: 'By',
  Cel: 'Cel',
  Hz: 'Hz',
  ratio: '1',
  count: '1',
} as const;

/** UCUM code by the suffix of a name. @throws Error for a name without one */
function unitOf(name: string): string {
  const suffix = name.slice(name.lastIndexOf('_') + 1);
  if (suffix in suffixUnits) return suffixUnits[suffix as keyof typeof suffixUnits];
  throw new Error(`the name of the quantity ${name} does not end in a unit`);
}

/** How a column is made of a row; NaN, infinities, -0 and '' are allowed here and cleaned by `columnsOf`. */
type Of<R, T> = (row: R) => T | null | undefined;

function column<R>(
  name: string,
  description: string,
  type: BundleColumn<R>['type'],
  unit: string | null,
  of: Of<R, Cell>,
): BundleColumn<R> {
  return { name, type, unit, nullable: false, description, of: (row) => of(row) ?? null };
}

export const text = <R>(name: string, description: string, of: Of<R, string>) =>
  column(name, description, 'string', null, of);

/** Text out of a closed list. */
export const oneOf = <R>(
  name: string,
  values: readonly string[],
  description: string,
  of: Of<R, string>,
) => ({
  ...column(name, description, 'string', null, of),
  values,
});

export const flag = <R>(name: string, description: string, of: Of<R, boolean>) =>
  column(name, description, 'boolean', null, of);

/** Whole number of things or bytes, the unit by the name's suffix. */
export const count = <R>(name: string, description: string, of: Of<R, number | bigint>) =>
  column(name, description, 'integer', unitOf(name), of);

/** Whole number that counts nothing: a place in an order, a seed, a reading of a clock. */
export const ordinal = <R>(name: string, description: string, of: Of<R, number | bigint>) =>
  column(name, description, 'integer', null, of);

/** A real number, the unit by the name's suffix. */
export const quantity = <R>(name: string, description: string, of: Of<R, number>) =>
  column(name, description, 'number', unitOf(name), of);

/** A real number whose unit (UCUM) lies in another column of the row. */
export const generic = <R>(name: string, unitColumn: string, description: string, of: Of<R, number>) => ({
  ...column(name, description, 'number', null, of),
  unitColumn,
});

/** RFC 3339 UTC in whole seconds; never empty. @param of Unix ms */
export const dateTime = <R>(name: string, description: string, of: (row: R) => number) =>
  column(name, description, 'datetime', null, (row: R) => utcSecond(of(row)));

export const optional = <R>(of: BundleColumn<R>): BundleColumn<R> => ({ ...of, nullable: true });

/**
 * Columns that may be empty, and after them the one that says why: `non-finite`, or what `why` gives. It is empty exactly
 * where none of them is.
 */
export function explained<R>(
  reason: string,
  why: (row: R) => string | null,
  columns: readonly BundleColumn<R>[],
): BundleColumn<R>[] {
  const names = columns.map((c) => c.name).join(', ');
  const of = (row: R) => {
    const cells = columns.map((c) => c.of(row));
    if (cells.some((cell) => typeof cell === 'number' && !Number.isFinite(cell))) return nonFinite;
    return cells.some((cell) => clean(cell) === null) ? why(row) || notRecorded : null;
  };
  return [
    ...columns.map((c) => ({ ...optional(c), missing: reason })),
    optional(text(reason, `Why ${names} ${columns.length > 1 ? 'are not all there' : 'is empty'}.`, of)),
  ];
}

export const nonFinite = 'non-finite';
export const notRecorded = 'not recorded';

/** Missing and non-finite are null, -0 is 0 (docs/bundle.md, 5.3, rule 3). */
function clean(cell: Cell): Cell {
  if (cell === '' || (typeof cell === 'number' && !Number.isFinite(cell))) return null;
  return cell === 0 ? 0 : cell;
}

/** The columns of a table in order, each cell cleaned. */
export function columnsOf<R>(...parts: (BundleColumn<R> | readonly BundleColumn<R>[])[]): BundleColumn<R>[] {
  return parts.flat().map((c) => ({ ...c, of: (row) => clean(c.of(row)) }));
}

/** Numbers by size, text by UTF-16 code unit, column after column: the order of rows in a table. */
export function compareKeys(a: readonly Cell[], b: readonly Cell[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i]!;
    if (x !== y) return x! < y! ? -1 : 1;
  }
  return 0;
}

/** All rows of a small table in order of its primary key. */
export function inKeyOrder<R>(
  { primaryKey, columns }: Pick<BundleTable<R>, 'primaryKey' | 'columns'>,
  rows: readonly R[],
): R[] {
  const key = primaryKey.map((name) => columns.find((c) => c.name === name)!);
  return rows
    .map((row) => ({ row, key: key.map((c) => c.of(row)) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ row }) => row);
}

const ROWS_PER_BATCH = 1_000;

/** Rows one by one as batches. */
export function* batches<R>(rows: Iterable<R>, size = ROWS_PER_BATCH): Iterable<R[]> {
  let batch: R[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A table that is small enough to be held and sorted at once. */
export function smallTable<R>(
  head: Omit<BundleTable<R>, 'raw' | 'count' | 'rows'>,
  rowsOf: (source: Parameters<BundleTable<R>['rows']>[0]) => readonly R[],
): BundleTable<R> {
  return {
    ...head,
    raw: false,
    count: (source) => rowsOf(source).length,
    rows: (source) => batches(inKeyOrder(head, rowsOf(source))),
  };
}
