import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  expectedSchema,
  migrate,
  migrations,
  newestVersion,
  schemaOf,
} from '../../src/main/store/migrations';
import { openLab } from '../../src/main/store/open';
import { everythingIn, tempDir } from './support';

/** A lab of version 40, as a file, from the SQL text that was kept when 50 was new. */
function labOf40(): string {
  const dir = tempDir();
  const db = new Database(join(dir, 'lab.sqlite'));
  db.exec(readFileSync(join(import.meta.dirname, 'fixtures', 'version-40.sql'), 'utf8'));
  db.close();
  return dir;
}
const upTo = (version: number) => migrations.filter((m) => m.version <= version);
const tables = expectedSchema(upTo(40)).flatMap((sql) => /^table (\w+):/.exec(sql)?.[1] ?? []);
const rowsOf = (db: Database.Database) =>
  Object.fromEntries(
    tables.map((table) => [table, db.prepare(`SELECT rowid, * FROM ${table} ORDER BY rowid`).raw().all()]),
  );

describe('migration 50', () => {
  it('finds what labs in the field have: every table of version 40 with rows', () => {
    const db = new Database(join(labOf40(), 'lab.sqlite'));
    expect(schemaOf(db)).toEqual(expectedSchema(upTo(40)));
    for (const [table, rows] of Object.entries(rowsOf(db))) expect(rows.length, table).toBeGreaterThan(0);
    db.close();
  });

  it('changes no row, gives the lab a number of its own, and takes nothing for another lab’s', () => {
    const ids = [0, 1].map(() => {
      const db = new Database(join(labOf40(), 'lab.sqlite'));
      const before = rowsOf(db);
      expect(migrate(db, upTo(50))).toEqual({ from: 40, to: 50 });
      expect(rowsOf(db)).toEqual(before);
      expect(schemaOf(db)).toEqual(expectedSchema(upTo(50)));
      for (const table of ['bundles', 'origins', 'foreign_claims'])
        expect(db.prepare(`SELECT * FROM ${table}`).all(), table).toEqual([]);
      const id = db.prepare<[], string>('SELECT id FROM lab').pluck().all();
      expect(migrate(db, upTo(50))).toEqual({ from: 50, to: 50 }); // and again changes nothing
      expect(db.prepare('SELECT id FROM lab').pluck().all()).toEqual(id);
      db.close();
      return id;
    });
    expect(ids.flat()).toHaveLength(2);
    for (const id of ids.flat()) expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(ids[0]).not.toEqual(ids[1]);
  });

  it('lets the lab open, read whole and verify, and keep its number', () => {
    const dir = labOf40();
    const store = openLab(dir);
    expect(store.migratedFrom).toBe(40);
    expect(store.reader.verify().problems).toEqual([]);
    expect(store.reader.claimRuns()).toHaveLength(1);
    expect(store.reader.accuracies()).toHaveLength(1);
    const [before, id] = [everythingIn(store), store.reader.labId()];
    store.close();
    const again = openLab(dir);
    expect(again.migratedFrom).toBe(newestVersion());
    expect([everythingIn(again), again.reader.labId()]).toEqual([before, id]);
    again.close();
  });
});
