import { type Cell, type Column, csvHeader, csvLines } from '../../../shared/csv';

/** Rows as CSV with the columns given by name, as the command line writes them. Pure. */
export function pointsCsv<R extends Readonly<Record<string, Cell>>>(
  names: readonly string[],
  rows: readonly R[],
): string {
  const columns = names.map((name): Column<R> => ({ name, of: (row) => row[name] }));
  return csvHeader(columns) + csvLines(columns, rows);
}
