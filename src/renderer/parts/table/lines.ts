import type { CellValue, TableColumn } from './columns';
import { type Summary, summaryOf } from './summary';

export interface Sort {
  id: string;
  desc: boolean;
}

/** What one line of the table shows: a row, or the head of a group of rows. */
export type Line<T> =
  | { kind: 'row'; id: string; row: T }
  | { kind: 'group'; id: string; label: string; rows: readonly T[]; open: boolean };

/** Rows that have the same value in one column. */
export interface Grouped<T> {
  id: string;
  label: string;
  rows: T[];
}

/**
 * Rows in the order of several columns; rows that are equal in all keep theirs, absent values come last both ways. Pure.
 * Keys are made once a row: comparing ten thousand of them then takes a few milliseconds.
 */
export function sortRows<T>(
  rows: readonly T[],
  columns: readonly TableColumn<T>[],
  sorts: readonly Sort[],
): readonly T[] {
  const keys = sorts.flatMap(({ id, desc }) => {
    const column = columns.find((c) => c.id === id);
    return column ? [{ ranks: ranksOf(rows.map(column.value)), sign: desc ? -1 : 1 }] : [];
  });
  if (keys.length === 0) return rows;
  const order = Uint32Array.from(rows, (_, i) => i);
  order.sort((a, b) => {
    for (const { ranks, sign } of keys) {
      const [x, y] = [ranks[a], ranks[b]];
      if (x === y) continue;
      const [noX, noY] = [Number.isNaN(x), Number.isNaN(y)];
      if (noX && noY) continue;
      if (noX) return 1;
      if (noY) return -1;
      return x < y ? -sign : sign;
    }
    return a - b;
  });
  return Array.from(order, (i) => rows[i]);
}

/** Numbers as they are, texts by their place in the alphabet, null as NaN. `mlp-2` comes before `mlp-10`. */
function ranksOf(values: readonly CellValue[]): Float64Array {
  const texts = [...new Set(values.filter((v) => typeof v === 'string'))];
  const natural = texts.map((text) => ({ text, key: naturalKey(text) }));
  natural.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const rank = new Map(natural.map(({ text }, i) => [text, i]));
  return Float64Array.from(values, (v) =>
    typeof v === 'number' ? v : v === null ? Number.NaN : rank.get(v)!,
  );
}

/** Text that plain comparison puts in the order people expect: no case, and digits by their value. */
export const naturalKey = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, (d) => d.padStart(16, '0'));

/**
 * Rows by their value in one column. Groups stand in the order of their first rows, or, where the first sort is by a
 * number, in the order of its median. Pure.
 */
export function groupRows<T>(
  rows: readonly T[],
  by: TableColumn<T>,
  columns: readonly TableColumn<T>[],
  sorts: readonly Sort[],
): Grouped<T>[] {
  const groups = new Map<CellValue, T[]>();
  for (const row of rows) {
    const value = by.value(row);
    const own = groups.get(value);
    if (own) own.push(row);
    else groups.set(value, [row]);
  }
  const list = [...groups].map(([value, own]) => ({
    id: `group ${by.id} ${String(value)}`,
    label: value === null ? 'none' : String(value),
    rows: own,
  }));
  const first = sorts[0];
  const column = columns.find((c) => c.id === first?.id);
  if (!column?.number || column.id === by.id) return list;
  const centre: TableColumn<(typeof list)[number]> = {
    id: column.id,
    title: column.title,
    value: (group) => summaryOfGroup(group.rows, column)?.centre ?? null,
  };
  return [...sortRows(list, [centre], [first])];
}

/** What the table shows, from top to bottom: each group's rows follow its head where it is open. Pure. */
export function linesOf<T>(
  rows: readonly T[],
  rowId: (row: T) => string,
  groups: readonly Grouped<T>[] | null,
  isOpen: (group: string) => boolean,
): Line<T>[] {
  const lineOf = (row: T): Line<T> => ({ kind: 'row', id: rowId(row), row });
  if (groups === null) return rows.map(lineOf);
  return groups.flatMap(({ id, label, rows: own }) => {
    const open = isOpen(id);
    const head: Line<T> = { kind: 'group', id, label, rows: own, open };
    return open ? [head, ...own.map(lineOf)] : [head];
  });
}

/** n, centre and spread of a number column over the rows of a group that count; null where none does. Pure. */
export function summaryOfGroup<T>(rows: readonly T[], column: TableColumn<T>): Summary | null {
  const counts = column.number?.counts;
  const values: number[] = [];
  for (const row of rows) {
    const value = column.value(row);
    if (typeof value === 'number' && (!counts || counts(row))) values.push(value);
  }
  return summaryOf(values);
}
