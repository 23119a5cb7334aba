import type { Database } from 'better-sqlite3';
import type { Json } from '../../shared/contract';
import type { RunMarks } from '../../shared/runRow';

/** What carries marks: a model or a run, by its id. */
export type Marked = 'model' | 'run';

/** The marks of everything that has any, by id. Mutable, and outside every hash: no number depends on them. */
export interface MarkReader {
  marks(what: Marked): Map<string, RunMarks>;
  settings(): Record<string, Json>;
}

/** Each call is one transaction: all ids or none. Ids are not looked up here. @returns how many changed */
export interface MarkWriter {
  /** @param binnedUnixMs when they went into the bin; null takes them out. @throws SqliteError for a locked one */
  setBinned(what: Marked, ids: readonly string[], binnedUnixMs: number | null): number;
  /** @throws SqliteError for one in the bin */
  setLocked(what: Marked, ids: readonly string[], locked: boolean): number;
  /** For good: nothing turns a sample into a measurement of one's own. */
  markSample(what: Marked, ids: readonly string[]): number;
  putSetting(key: string, value: Json, updatedUnixMs: number): void;
}

interface MarkCells {
  id: string;
  binned_unix_ms: number | null;
  locked: number;
  sample: number;
}

export function makeMarkReader(db: Database): MarkReader {
  const marks = db.prepare<[Marked], MarkCells>(
    'SELECT id, binned_unix_ms, locked, sample FROM marks WHERE what = ?',
  );
  const settings = db.prepare<[], { key: string; value: string }>(
    'SELECT key, value FROM settings ORDER BY key',
  );
  return {
    marks: (what) =>
      new Map(
        marks
          .all(what)
          .map(({ id, binned_unix_ms, locked, sample }) => [
            id,
            { binnedUnixMs: binned_unix_ms, locked: locked === 1, sample: sample === 1 },
          ]),
      ),
    settings: () =>
      Object.fromEntries(settings.all().map(({ key, value }) => [key, JSON.parse(value) as Json])),
  };
}

export function makeMarkWriter(
  db: Database,
  atomic: <A extends unknown[], R>(work: (...args: A) => R) => (...args: A) => R,
): MarkWriter {
  const set = (column: 'binned_unix_ms' | 'locked' | 'sample') =>
    db.prepare<{ what: Marked; id: string; value: number | null }>(
      `INSERT INTO marks (what, id, ${column}) VALUES (:what, :id, :value)
       ON CONFLICT DO UPDATE SET ${column} = excluded.${column} WHERE ${column} IS NOT excluded.${column}`,
    );
  const setters = { binned: set('binned_unix_ms'), locked: set('locked'), sample: set('sample') };
  const known = db
    .prepare<{ what: Marked; id: string }, number>('SELECT 1 FROM marks WHERE what = :what AND id = :id')
    .pluck();
  const all = (
    which: keyof typeof setters,
    what: Marked,
    ids: readonly string[],
    value: number | null,
  ): number => {
    let changed = 0;
    for (const id of ids) {
      // Nothing to take away from what has no mark: a row of defaults says nothing.
      if (!value && known.get({ what, id }) === undefined) continue;
      changed += setters[which].run({ what, id, value }).changes;
    }
    return changed;
  };
  const put = db.prepare<{ key: string; value: string; at: number }>(
    `INSERT INTO settings (key, value, updated_unix_ms) VALUES (:key, :value, :at)
     ON CONFLICT DO UPDATE SET value = excluded.value, updated_unix_ms = excluded.updated_unix_ms`,
  );
  return {
    setBinned: atomic((what, ids, binnedUnixMs) => all('binned', what, ids, binnedUnixMs)),
    setLocked: atomic((what, ids, locked) => all('locked', what, ids, locked ? 1 : 0)),
    markSample: atomic((what, ids) => all('sample', what, ids, 1)),
    putSetting: atomic((key, value, updatedUnixMs) => {
      put.run({ key, value: JSON.stringify(value), at: updatedUnixMs });
    }),
  };
}
