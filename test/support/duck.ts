import { DuckDBInstance } from '@duckdb/node-api';
import type { AnyTable } from '../../src/main/lab/export/types';

type Row = Record<string, unknown>;

export interface Duck {
  rows(sql: string): Promise<Row[]>;
  /** The one number of a statement. */
  count(sql: string): Promise<number>;
  close(): void;
}

/** DuckDB in memory. */
export async function openDuck(): Promise<Duck> {
  const db = await DuckDBInstance.create(':memory:');
  const connection = await db.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[];
  return {
    rows,
    count: async (sql) => Number(Object.values((await rows(sql))[0]!)[0]),
    close: () => {
      connection.closeSync();
      db.closeSync();
    },
  };
}

const duckTypes = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  datetime: 'TIMESTAMP',
} as const;
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A table's CSV with the types that the table says, nothing guessed. */
export const csvOf = ({ name, columns }: AnyTable, folder: string) =>
  `(SELECT * FROM read_csv(${quoted(`${folder}/${name}.csv`)}, header = true, auto_detect = false, strict_mode = true,
    delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${columns
      .map((c) => `'${c.name}': '${duckTypes[c.type]}'`)
      .join(', ')}}))`;

export const parquetOf = ({ name }: AnyTable, folder: string) =>
  `(SELECT * FROM read_parquet(${quoted(`${folder}/${name}.parquet`)}))`;

/** Rows of `a` that `b` lacks, each as often as it is there. */
export const lackingSql = (a: string, b: string) => `SELECT count(*) FROM (FROM ${a} EXCEPT ALL FROM ${b})`;

/** Rows that share their primary key with another, or lack a part of it. */
export const brokenKeySql = ({ primaryKey }: AnyTable, relation: string) =>
  `SELECT (SELECT count(*) FROM (SELECT ${primaryKey.join(', ')} FROM ${relation} GROUP BY ALL HAVING count(*) > 1))
    + (SELECT count(*) FROM ${relation} WHERE ${primaryKey.map((c) => `${c} IS NULL`).join(' OR ')})`;

/** Rows that point to a row of another table that is not there. A key with a part missing points nowhere. */
export const orphansSql = (
  { fields, to }: AnyTable['foreignKeys'][number],
  relation: string,
  other: string,
) =>
  `SELECT count(*) FROM ${relation} AS a WHERE ${fields.map((f) => `a.${f} IS NOT NULL`).join(' AND ')}
    AND NOT EXISTS (FROM ${other} AS b WHERE ${fields.map((f, i) => `a.${f} = b.${to[i]}`).join(' AND ')})`;

/** Rows whose value is none of the column's closed list. */
export const strangersSql = (column: string, values: readonly string[], relation: string) =>
  `SELECT count(*) FROM ${relation} WHERE ${column} NOT IN (${values.map(quoted).join(', ')})`;

export interface Interval {
  low: string;
  high: string;
  /** Null where the table has no centre for it. */
  centre: string | null;
}

/** The intervals of a table by the names of its columns: x_ci95_low_s, x_ci95_high_s, x_s. */
export function intervalsOf({ columns }: AnyTable): Interval[] {
  const names = new Set(columns.map((c) => c.name));
  return [...names].flatMap((low) => {
    const [, stem, unit = ''] = /^(.*?)(?:_?low)(_[A-Za-z0-9]+)?$/.exec(low) ?? [];
    if (stem === undefined || !/(?:^|_)low(?:_|$)/.test(low)) return [];
    const high = low.replace(/(^|_)low(_|$)/, '$1high$2');
    if (!names.has(high)) return [];
    const centres = [stem, stem.replace(/_?(?:ci95|repeat95|domain)$/, ''), `${stem}value`].map(
      (s) => `${s}${unit}`,
    );
    return [{ low, high, centre: centres.find((name) => names.has(name) && name !== low) ?? null }];
  });
}

/** Rows whose interval does not hold its centre, is upside down, or has one end only. */
export const oddIntervalsSql = ({ low, high, centre }: Interval, relation: string) =>
  `SELECT count(*) FROM ${relation} WHERE ${low} > ${high} OR (${low} IS NULL) <> (${high} IS NULL)${
    centre === null
      ? ''
      : ` OR ${centre} < ${low} OR ${centre} > ${high} OR (${centre} IS NULL AND ${low} IS NOT NULL)`
  }`;
