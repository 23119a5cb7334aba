import type { z } from 'zod';
import { plainIssues } from '../../../shared/rpc';
import { type RecordLine, type RecordTable, recordPath } from '../export/records';
import { explainLine, parseLine, readLines } from './lines';

/** A record that came, with its place in the bundle. */
export interface Came<T> {
  value: T;
  /** Hex, of its canonical JSON. */
  sha256: string;
  lab: string;
  sample: boolean;
  columns: RecordLine['columns'];
  path: string;
  line: number;
  bytes: number;
}

export type KeyPart = string | number;

/** How a table's lines are read. */
export interface TableReading<T> {
  table: RecordTable;
  shape: z.ZodType<T>;
  /** Lines stand in order of it, each once. */
  keyOf(value: T, lab: string): readonly KeyPart[];
  /** Names of the columns beside the record, in their order; absent: none. */
  columns?: readonly string[];
  /** What else must hold, to follow "line 3, "; null where it does. @param deep unpacks columns and holds them against their checksums */
  more?(came: Came<T>, deep: boolean): string | null;
}

export interface ReadOptions {
  /** Called with the bytes that each line took, before it is given: gives others the thread and throws when cancelled. */
  pass?(bytes: number): Promise<void>;
  /** Off where the columns were looked at before, and are again when they are stored. */
  deep?: boolean;
}

/**
 * The records of one table of a bundle, in order and each once, held against their hash and shape as they are asked for.
 * @throws LabError naming file and line
 */
export async function* readTable<T>(
  root: string,
  { table, shape, keyOf, columns, more }: TableReading<T>,
  { pass = async () => {}, deep = true }: ReadOptions = {},
): AsyncGenerator<Came<T>> {
  const path = recordPath(table);
  let before: readonly KeyPart[] | null = null;
  for await (const { text, number, bytes } of readLines(root, path)) {
    await pass(bytes);
    let came: Came<T>;
    try {
      const line = parseLine(text);
      const parsed = shape.safeParse(line.record);
      if (!parsed.success) throw new Error(`is no record of ${table}: ${plainIssues(parsed.error)}`);
      if (String(Object.keys(line.columns ?? {})) !== String(columns ?? []))
        throw new Error('does not have the columns that belong to it');
      if (line.sample && table !== 'runs') throw new Error('has a mark that belongs to runs');
      // The record as it came, not the parsed copy: its hash covers every field.
      const { sha256, lab, sample = false } = line;
      const value = line.record as T;
      came = { value, sha256, lab, sample, columns: line.columns, path, line: number, bytes };
      const key = keyOf(value, lab);
      if (before !== null && !isBefore(before, key)) throw new Error('is out of order or there twice');
      before = key;
      const wrong = more?.(came, deep) ?? null;
      if (wrong !== null) throw new Error(wrong);
    } catch (thrown) {
      throw explainLine(path, number, thrown);
    }
    yield came;
  }
}

/** Part by part; texts by UTF-16 units, as the lab sorts them. */
export function isBefore(a: readonly KeyPart[], b: readonly KeyPart[]): boolean {
  for (const [i, part] of a.entries()) {
    if (part !== b[i]) return part < b[i]!;
  }
  return false;
}
