import type { ReactNode } from 'react';
import { formatCount, prefixOf, scaled, significant } from '../../../shared/units';

export type CellValue = number | string | null;

/** One column of a `DataTable`. Keep the array of them stable: a new one draws every row anew. */
export interface TableColumn<T> {
  id: string;
  /** The quantity, without its unit: the header adds that. */
  title: string;
  /** What the column sorts by, groups by and copies; null is absent and sorts last both ways. */
  value(row: T): CellValue;
  /** How the cell looks; absent: the value as text or number. */
  cell?(row: T): ReactNode;
  /** What hovering a cell tells. */
  hint?(row: T): string | null;
  number?: {
    /** SI unit of `value`, '' for a count: the header shows it with the prefix that the median takes. */
    unit: string;
    /** Whole numbers that are never scaled: batch, threads. */
    whole?: boolean;
    /** Marked with ≈ and two digits. */
    estimate?(row: T): boolean;
    /** Whether the value enters the summary of a group; absent: every value does. */
    counts?(row: T): boolean;
  };
  /** Pixels; the user can change it. */
  width?: number;
  /** Not shown until the user chooses it. */
  hidden?: boolean;
  /** Offered under "Group by". */
  groupable?: boolean;
}

/** The one unit of a number column. */
export interface ColumnScale {
  scale: number;
  /** `ms`, `M`, or '' */
  unit: string;
}

/** The unit of a column: that of the median of what it holds, so that half its numbers are above 1. Pure. */
export function scaleOf(values: readonly CellValue[], unit: string, whole = false): ColumnScale {
  const numbers = Float64Array.from(
    values.filter((v): v is number => typeof v === 'number' && v !== 0).map(Math.abs),
  );
  // A rate has no prefix: nobody says k1/s.
  if (whole || numbers.length === 0 || unit.startsWith('1/')) return { scale: 1, unit };
  numbers.sort();
  const { scale, prefix } = prefixOf(numbers[Math.floor((numbers.length - 1) / 2)], 3);
  return { scale, unit: `${prefix}${unit}` };
}

/** Units of all number columns. Pure. */
export function scalesOf<T>(
  rows: readonly T[],
  columns: readonly TableColumn<T>[],
): Map<string, ColumnScale> {
  const scales = new Map<string, ColumnScale>();
  for (const { id, number, value } of columns) {
    if (number)
      scales.set(
        id,
        scaleOf(
          rows.map((row) => value(row)),
          number.unit,
          number.whole,
        ),
      );
  }
  return scales;
}

/** `p50 (ms)`. Pure. */
export function headerOf(title: string, scale: ColumnScale | undefined): string {
  return scale?.unit ? `${title} (${scale.unit})` : title;
}

/** A number in its column's unit: three significant digits, two and ≈ for an estimate. Pure. */
export function numberText(
  value: number,
  { scale }: ColumnScale,
  { whole = false, estimate = false } = {},
): string {
  if (whole) return formatCount(value);
  return estimate ? `≈ ${significant(scaled(value, scale), 2)}` : significant(scaled(value, scale), 3);
}

/**
 * Lines of tab-separated text, header first, as a spreadsheet takes them from the clipboard. Numbers in full and in the
 * unit of the header, which has no prefix. Pure.
 */
export function tsvOf<T>(rows: readonly T[], columns: readonly TableColumn<T>[]): string {
  const plain = (text: string) => text.replace(/[\t\r\n]+/g, ' ');
  const header = columns.map(({ title, number }) =>
    plain(number?.unit ? `${title} (${number.unit})` : title),
  );
  const line = (row: T) => columns.map(({ value }) => plain(String(value(row) ?? '')));
  return [header, ...rows.map(line)].map((cells) => cells.join('\t')).join('\n');
}
