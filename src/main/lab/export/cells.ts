import type { Cell } from '../../../shared/csv';
import { LabError } from '../../../shared/errors';
import type { BundleColumn, BundleSource, BundleTable } from './types';

/**
 * Some rows of a table, one array a column: null for what is missing ('' and what is not finite are missing too; rules 3
 * and 13 of docs/bundle.md, 5.3), and every other cell of its column's type. Text is not guarded yet.
 */
export type CellBatch = readonly ArrayLike<Cell>[];

type Shape<R> = Pick<BundleTable<R>, 'name' | 'columns'>;

/** A table's cells, the fast way where it knows one. @throws LabError internal as checkedColumn */
export function cellBatches<R>(
  table: Shape<R> & Pick<BundleTable<R>, 'rows' | 'columnar'>,
  source: BundleSource,
): Iterable<CellBatch> {
  return table.columnar
    ? checkedBatches(table, table.columnar(source))
    : checkedRows(table, table.rows(source));
}

/** Rows as cells, one array a column. @throws LabError internal as checkedColumn */
export function* checkedRows<R>(table: Shape<R>, batches: Iterable<readonly R[]>): Iterable<CellBatch> {
  for (const rows of batches)
    yield table.columns.map((column) =>
      checkedColumn(
        table.name,
        column,
        rows.map((row) => column.of(row)),
      ),
    );
}

function* checkedBatches<R>(
  table: Shape<R>,
  batches: Iterable<readonly ArrayLike<Cell>[]>,
): Iterable<CellBatch> {
  for (const batch of batches) {
    if (batch.length !== table.columns.length || batch.some((cells) => cells.length !== batch[0]!.length))
      throw new LabError('internal', `A batch of the table ${table.name} has not the shape of the table.`);
    yield table.columns.map((column, i) => checkedColumn(table.name, column, batch[i]!));
  }
}

/** @throws LabError internal where a cell is not of its column's type, or missing where it never is */
function checkedColumn<R>(table: string, column: BundleColumn<R>, cells: ArrayLike<Cell>): ArrayLike<Cell> {
  if (cells instanceof Float64Array && allFit(cells, column.type)) return cells;
  if (cells instanceof BigInt64Array && column.type === 'integer') return cells;
  const checked = new Array<Cell>(cells.length);
  // Many columns say the same in row after row.
  let [last, result]: [Cell | undefined, Cell] = [undefined, null];
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell !== last) [last, result] = [cell, checkedCell(table, column, cell)];
    checked[i] = result;
  }
  return checked;
}

function allFit(cells: Float64Array, type: BundleColumn<never>['type']): boolean {
  if (type === 'number') return cells.every(Number.isFinite);
  return type === 'integer' && cells.every(Number.isSafeInteger);
}

function checkedCell<R>(table: string, { name, type, nullable }: BundleColumn<R>, cell: Cell): Cell {
  const wrong = (what: string) =>
    new LabError('internal', `The column ${name} of the table ${table} ${what}.`);
  if (cell === null || cell === '' || (typeof cell === 'number' && !Number.isFinite(cell))) {
    if (!nullable) throw wrong('is empty in a row, which it never may be');
    return null;
  }
  if (!fits(cell, type)) throw wrong(`holds ${JSON.stringify(String(cell))}, which is no ${type}`);
  return cell;
}

const utcSecond = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

function fits(cell: NonNullable<Cell>, type: BundleColumn<never>['type']): boolean {
  switch (type) {
    case 'string':
      return typeof cell === 'string';
    case 'number':
      return typeof cell === 'number';
    case 'boolean':
      return typeof cell === 'boolean';
    case 'integer':
      if (typeof cell === 'bigint') return cell >= int64.min && cell <= int64.max;
      return Number.isSafeInteger(cell);
    case 'datetime':
      return typeof cell === 'string' && utcSecond.test(cell) && !Number.isNaN(Date.parse(cell));
  }
}
