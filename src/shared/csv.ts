export type Cell = string | number | bigint | boolean | null;

/** One column: its name with the unit as suffix, and how a row gives it. */
export interface Column<R> {
  name: string;
  of(row: R): Cell;
}

/**
 * CSV as RFC 4180: comma, CRLF, quotes where a cell holds a comma, a quote or a line break. Null and non-finite numbers
 * are empty cells, numbers the shortest text that reads back the same, -0 is 0. Text that a spreadsheet would take for a
 * formula gets one leading apostrophe (OWASP, CSV injection): model names are foreign text.
 */
export function csvLines<R>(columns: readonly Column<R>[], rows: readonly R[]): string {
  return rows.map((row) => record(columns.map((c) => csvCell(c.of(row))))).join('');
}

export function csvHeader(columns: readonly Pick<Column<never>, 'name'>[]): string {
  return record(columns.map((c) => quoted(c.name)));
}

/** Text of one cell as it stands between commas. */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return typeof cell === 'string' ? quoted(guarded(cell)) : String(cell);
}

/** Text that no spreadsheet takes for a formula: one leading apostrophe where it begins like one or with an apostrophe. */
export const guarded = (text: string): string => (/^[=+\-@\t\r']/.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const record = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
