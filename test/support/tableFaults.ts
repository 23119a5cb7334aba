import { compareKeys } from '../../src/main/lab/export/tables/columns';
import type { AnyTable, BundleColumn } from '../../src/main/lab/export/types';
import type { Cell } from '../../src/shared/csv';

/** What docs/bundle.md, 5.3 asks of tables, written down a second time: each function gives what is wrong, in sentences. */

export type CellRow = Record<string, Cell>;
type Named = Pick<BundleColumn<never>, 'name' | 'type' | 'unit' | 'nullable' | 'missing' | 'unitColumn'> &
  Partial<Pick<BundleColumn<never>, 'description' | 'values'>>;
export interface TableHead extends Pick<AnyTable, 'name' | 'primaryKey' | 'foreignKeys'> {
  columns: readonly Named[];
}

const suffixes: Record<string, string> = {
  s: 's',
  J: 'J',
  W: 'W',
  By: 'By',
  Cel: 'Cel',
  Hz: 'Hz',
  ratio: '1',
  count: '1',
};
/** Whole numbers that count nothing. */
const unitless = /_unix_ms$|_ns$|_index$|^(ordinal|entry|block|position|seed|opset|version)$/;

/** Rules 1, 2 and 4, and descriptions. */
export function nameFaults({ name: table, columns }: TableHead): string[] {
  const faults: string[] = [];
  const lower = new Map<string, string>();
  for (const { name, type, unit, nullable, unitColumn, description = '', values } of columns) {
    const at = `${table}.${name}`;
    const twin = lower.get(name.toLowerCase());
    if (twin !== undefined) faults.push(`${at} and ${twin} differ only by case`);
    lower.set(name.toLowerCase(), name);
    const suffix = name.slice(name.lastIndexOf('_') + 1);
    const bare = name.endsWith(`_${suffix}`) && suffix in suffixes ? name.slice(0, -suffix.length - 1) : name;
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(bare)) faults.push(`${at} is not in snake_case`);
    const quantity = type === 'number' || type === 'integer';
    const meant = quantity ? (suffixes[suffix] ?? null) : null;
    if (unit !== meant) faults.push(`${at} has the unit ${unit}, its suffix says ${meant}`);
    const unitInRow = unitColumn !== undefined && columns.some((c) => c.name === unitColumn);
    if (quantity && meant === null && !unitInRow && !(type === 'integer' && unitless.test(name)))
      faults.push(`${at} is a quantity without a unit`);
    if (type === 'datetime' && nullable) faults.push(`${at} is a time that may be missing`);
    if (!/^\S.+\.$/s.test(description)) faults.push(`${at} is described as “${description}”`);
    if (values && new Set(values).size !== values.length) faults.push(`${at} lists a value twice`);
  }
  return faults;
}

/** Rule 9. `beside`: count and method of an interval, by the beginning of its name. */
export function intervalFaults(
  { name: table, columns }: TableHead,
  beside: Readonly<Record<string, { n: string; method: string } | null>>,
): string[] {
  const names = new Set(columns.map((c) => c.name));
  return [...names].flatMap((name) => {
    const parts = /^(.*?)_?(ci95_|repeat95_)?(low|high)(_[A-Za-z]+)?$/.exec(name);
    if (parts === null) return [];
    const [, base, kind = '', end, unit = ''] = parts as unknown as [
      string,
      string,
      string?,
      string?,
      string?,
    ];
    const prefix = base === '' ? '' : `${base}_`;
    const twin = `${prefix}${kind}${end === 'low' ? 'high' : 'low'}${unit}`;
    const key = Object.keys(beside).find((start) => (base || 'value').startsWith(start));
    if (key === undefined) return [`${table}.${name} is an interval that nobody explained`];
    const explained = beside[key]!;
    const wanted =
      explained === null ? [twin] : [twin, `${base || 'value'}${unit}`, explained.n, explained.method];
    return wanted.filter((w) => !names.has(w)).map((w) => `${table}.${name} lacks ${w} beside it`);
  });
}

/** Rules 3, 8 and 13, closed lists, the primary key and its order. */
export function cellFaults(
  { name: table, primaryKey, columns }: TableHead,
  rows: readonly CellRow[],
): string[] {
  const faults = new Set<string>();
  let before: Cell[] | null = null;
  for (const row of rows) {
    for (const column of columns) {
      const cell = row[column.name];
      if (cell === undefined) faults.add(`${table}.${column.name} is not in the row`);
      else if (cell === null) {
        if (!column.nullable) faults.add(`${table}.${column.name} is missing and never may be`);
      } else if (!fits(cell, column)) faults.add(`${table}.${column.name} holds ${String(cell)}`);
    }
    const key = primaryKey.map((name) => row[name]!);
    if (key.some((cell) => cell === null)) faults.add(`${table} has a key with a gap`);
    if (before !== null && compareKeys(before, key) >= 0)
      faults.add(`${table}: ${before.join(' ')} comes before ${key.join(' ')}`);
    before = key;
  }
  return [...faults];
}

function fits(cell: NonNullable<Cell>, { type, values }: Named): boolean {
  if (values && !values.includes(String(cell))) return false;
  if (type === 'boolean') return typeof cell === 'boolean';
  if (type === 'number') return typeof cell === 'number' && Number.isFinite(cell) && !Object.is(cell, -0);
  if (type === 'integer') {
    if (typeof cell === 'bigint') return BigInt.asIntN(64, cell) === cell;
    return Number.isSafeInteger(cell) && !Object.is(cell, -0);
  }
  if (typeof cell !== 'string' || cell === '') return false;
  return type === 'string' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(cell);
}

/** Rule 3: a reason stands exactly where something of what it explains is missing. */
export function reasonFaults({ name: table, columns }: TableHead, rows: readonly CellRow[]): string[] {
  const faults = new Set<string>();
  const groups = Map.groupBy(
    columns.filter((c) => c.missing !== undefined),
    (c) => c.missing!,
  );
  for (const [reason, group] of groups) {
    if (!columns.some((c) => c.name === reason && c.type === 'string' && c.nullable))
      faults.add(`${table}.${reason} is no column of reasons`);
    for (const row of rows) {
      const gap = group.some((c) => row[c.name] === null);
      if (gap && row[reason] === null) faults.add(`${table}.${reason} says nothing of a gap`);
      if (!gap && row[reason] !== null) faults.add(`${table}.${reason} says ${row[reason]} of no gap`);
    }
  }
  return [...faults];
}

/** Foreign keys that lead nowhere; a key whose parts are all missing leads nowhere by right. */
export function linkFaults(
  tables: readonly TableHead[],
  rows: ReadonlyMap<string, readonly CellRow[]>,
): string[] {
  return tables.flatMap((from) =>
    from.foreignKeys.flatMap(({ fields, table, to }) => {
      const target = tables.find((t) => t.name === table);
      if (target === undefined) return [`${from.name} points to a table ${table}`];
      const columns = (t: TableHead, names: readonly string[]) =>
        names.map((n) => t.columns.find((c) => c.name === n));
      const pairs = columns(from, fields).map((c, i) => [c, columns(target, to)[i]] as const);
      if (pairs.some(([a, b]) => a === undefined || a.type !== b?.type))
        return [`${from.name}: ${fields.join(', ')} and ${table}: ${to.join(', ')} are not alike`];
      const text = (row: CellRow, names: readonly string[]) =>
        JSON.stringify(names.map((n) => String(row[n])));
      const known = new Set(rows.get(table)?.map((row) => text(row, to)));
      const lost = (rows.get(from.name) ?? []).filter(
        (row) => !fields.every((f) => row[f] === null) && !known.has(text(row, fields)),
      );
      return lost.slice(0, 3).map((row) => `${from.name}: ${text(row, fields)} is not in ${table}`);
    }),
  );
}
