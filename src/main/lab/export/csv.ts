import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | bigint | boolean | null;

/** One column: its name with the unit as suffix, and how a row gives it. */
export interface Column<R> {
  name: string;
  of(row: R): Cell;
}

/**
 * CSV as RFC 4180: UTF-8 without byte-order mark, comma, CRLF. Null and non-finite numbers are empty cells, numbers the
 * shortest text that reads back the same, -0 is 0. Text that a spreadsheet would take for a formula gets one leading
 * apostrophe (OWASP, CSV injection): model names are foreign text.
 */
export function csvLines<R>(columns: readonly Column<R>[], rows: readonly R[]): string {
  return stringify(
    rows.map((row) => columns.map((c) => cellText(c.of(row)))),
    { record_delimiter: '\r\n' },
  );
}

export function csvHeader(columns: readonly Column<never>[]): string {
  return stringify([columns.map((c) => c.name)], { record_delimiter: '\r\n' });
}

export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell === 0 ? 0 : cell) : '';
  if (typeof cell !== 'string') return String(cell);
  return /^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell;
}
