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
  return rows.map((row) => record(columns.map((c) => cellText(c.of(row))))).join('');
}

export function csvHeader(columns: readonly Column<never>[]): string {
  return record(columns.map((c) => c.name));
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell === 0 ? 0 : cell) : '';
  if (typeof cell !== 'string') return String(cell);
  return /^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell;
}

function record(cells: readonly string[]): string {
  return `${cells.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\r\n`;
}
