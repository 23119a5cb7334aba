import { createHash } from 'node:crypto';
import { copyFileSync as copy, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  applicationId,
  expectedSchema,
  type Migration,
  migrate,
  migrations,
  newestVersion,
  readHeader,
  schemaOf,
  takeStep,
} from '../../src/main/store/migrations';
import { openLab, openToWrite } from '../../src/main/store/open';
import { readingsOf } from '../../src/main/store/readings';
import { LabError } from '../../src/shared/errors';
import { edges, everythingIn, samples, seed, tempDir, uuid, window } from './support';

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** A lab of some version, as a file, made from the SQL text that was kept when the version was new. */
function labFrom(fixture: string): string {
  const dir = tempDir();
  const db = new Database(join(dir, 'lab.sqlite'));
  db.exec(readFileSync(join(import.meta.dirname, 'fixtures', fixture), 'utf8'));
  db.close();
  return dir;
}

const upTo = (version: number) => migrations.filter((m) => m.version <= version);

/** Every version and a step after it, as a later release would add one. */
const withRebuild: readonly Migration[] = [
  ...migrations,
  {
    version: 9990,
    sql: `CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
          INSERT INTO notes (text) SELECT name FROM models;`,
  },
];
const withFault: readonly Migration[] = [
  ...withRebuild,
  { version: 10_000, sql: 'CREATE TABLE more (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);' },
];

describe('the list of migrations', () => {
  it('goes up in tens', () => {
    expect(newestVersion()).toBeGreaterThanOrEqual(10);
    const step = (version: number): Migration => ({ version, sql: '' });
    expect(newestVersion([step(10), step(30)])).toBe(30);
    expect(() => newestVersion([step(10), step(15)])).toThrow(/out of order/);
    expect(() => newestVersion([step(20), step(10)])).toThrow(/out of order/);
    expect(() => newestVersion([step(10), step(10)])).toThrow(/out of order/);
  });

  it('makes STRICT tables only', () => {
    const tables = expectedSchema().filter((s) => s.startsWith('table '));
    expect(tables.length).toBeGreaterThan(5);
    for (const sql of tables) expect(sql).toMatch(/STRICT$/);
  });
});

describe('migration 10', () => {
  it('makes a lab of an empty file, marked as one', () => {
    const db = new Database(':memory:');
    expect(migrate(db)).toEqual({ from: 0, to: newestVersion() });
    expect(readHeader(db)).toMatchObject({ applicationId, version: newestVersion() });
    expect(migrate(db)).toEqual({ from: newestVersion(), to: newestVersion() }); // and again changes nothing
    expect(schemaOf(db)).toEqual(expectedSchema());
    db.close();
  });

  it('is what labs in the field have: the kept file has its schema, reads whole and verifies', () => {
    const dir = labFrom('version-10.sql');
    const db = new Database(join(dir, 'lab.sqlite'), { readonly: true });
    expect(schemaOf(db)).toEqual(expectedSchema(upTo(10)));
    db.close();
    const store = openLab(dir);
    expect(store.migratedFrom).toBe(10);
    const { checked, problems } = store.reader.verify();
    expect(problems).toEqual([]);
    expect(checked).toBe(18);
    const { reader } = store;
    expect(reader.findModel('mlp-1k').counts.parameters).toBe(1000);
    expect(reader.listRuns().map((run) => run.status)).toEqual(['completed', 'queued']);
    expect(reader.getWindows(uuid(1, 1)).map((w) => w.openNs)).toEqual(
      [0, 1, 2].map((i) => window(i).openNs),
    );
    expect(reader.getSamples(uuid(1, 1), 2)).toEqual(samples(2));
    expect(reader.getReadings(uuid(1, 1), 'edge').flatMap(readingsOf)).toEqual([0, 1, 2].flatMap(edges));
    store.close();
  });
});

describe('migration 20', () => {
  /** Every row of every table that version 10 has. */
  const rowsOf = (db: Database.Database) =>
    Object.fromEntries(
      expectedSchema(upTo(10))
        .flatMap((sql) => /^table (\w+):/.exec(sql)?.[1] ?? [])
        .map((table) => [table, db.prepare(`SELECT rowid, * FROM ${table} ORDER BY rowid`).raw().all()]),
    );

  it('adds two tables to a lab of version 10 and changes no row of it', () => {
    const db = new Database(join(labFrom('version-10.sql'), 'lab.sqlite'));
    const before = rowsOf(db);
    expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true);
    expect(migrate(db)).toEqual({ from: 10, to: newestVersion() });
    expect(rowsOf(db)).toEqual(before);
    expect(db.prepare('SELECT * FROM marks UNION ALL SELECT *, 0, 0 FROM settings').all()).toEqual([]);
    expect(schemaOf(db)).toEqual(expectedSchema());
    db.close();
  });

  it('lets a lab of version 10 open as it was, with nothing marked, ready for marks', () => {
    const dir = labFrom('version-10.sql');
    const store = openLab(dir);
    expect(store.migratedFrom).toBe(10);
    const before = everythingIn(store);
    expect([...store.reader.marks('run'), ...store.reader.marks('model')]).toEqual([]);
    store.writer.setBinned('run', [uuid(1, 1)], 5);
    store.close();
    const again = openLab(dir);
    expect(again.migratedFrom).toBe(newestVersion());
    expect(everythingIn(again)).toEqual(before);
    expect(again.reader.verify().problems).toEqual([]);
    again.close();
  });
});

describe('a step', () => {
  it('lifts a lab with its content', () => {
    const db = new Database(join(labFrom('version-10.sql'), 'lab.sqlite'));
    expect(migrate(db, withRebuild)).toEqual({ from: 10, to: 9990 });
    expect(db.prepare('SELECT text FROM notes').pluck().all()).toEqual(['mlp-1k']);
    expect(schemaOf(db)).toEqual(expectedSchema(withRebuild));
    db.close();
  });

  it('is taken as the lab opens to write, and not to read', () => {
    const dir = labFrom('version-10.sql');
    const store = openToWrite(dir, withRebuild);
    expect(store.migratedFrom).toBe(10);
    expect(store.reader.verify().problems).toEqual([]);
    store.close();
    expect(() => openLab(dir)).toThrow(/newer Thirty Watts/); // what this program is to that lab now
    const older = labFrom('version-10.sql');
    const db = new Database(join(older, 'lab.sqlite'));
    db.pragma('user_version = 5');
    db.close();
    expect(() => openLab(older, { readOnly: true })).toThrow(/older Thirty Watts/);
  });

  it('that fails leaves the lab as it was, those before it included', () => {
    const dir = labFrom('version-10.sql');
    const db = new Database(join(dir, 'lab.sqlite'));
    expect(() => migrate(db, withFault)).toThrow(/nowhere/);
    expect(readHeader(db).version).toBe(10);
    expect(schemaOf(db)).toEqual(expectedSchema(upTo(10)));
    // Control: the same statements without one transaction leave half a schema.
    expect(() => {
      for (const step of withFault) if (step.version > 10) takeStep(db, step);
    }).toThrow(/nowhere/);
    expect(schemaOf(db)).not.toEqual(expectedSchema(upTo(10)));
    db.close();
  });

  it('that fails on a new lab leaves no table', () => {
    const db = new Database(':memory:');
    expect(() => migrate(db, withFault)).toThrow(/nowhere/);
    expect(readHeader(db)).toEqual({ applicationId: 0, version: 0, objects: 0 });
    db.close();
  });
});

describe('a lab of a newer version', () => {
  it.each([[{}], [{ readOnly: true as const }]])('is refused unchanged with options %o', (options) => {
    const dir = labFrom('version-10.sql');
    const file = join(dir, 'lab.sqlite');
    const db = new Database(file);
    db.pragma(`user_version = ${newestVersion() + 10}`);
    db.close();
    const before = hashOf(file);
    expect(() => openLab(dir, options as object)).toThrow(LabError);
    try {
      openLab(dir, options as object);
    } catch (thrown) {
      expect((thrown as LabError).failure).toMatchObject({ kind: 'lab_newer', remedy: expect.any(String) });
    }
    expect(hashOf(file)).toBe(before);
  });

  it('is refused unchanged when its last words are still in the log', () => {
    const dir = tempDir();
    const file = join(dir, 'lab.sqlite');
    const store = openLab(dir);
    seed(store);
    store.close();
    const db = new Database(file);
    db.pragma('wal_autocheckpoint = 0');
    db.pragma(`user_version = ${newestVersion() + 10}`);
    // Both files as a killed process would leave them: the main file still shows the old version.
    const crashed = tempDir();
    for (const name of ['lab.sqlite', 'lab.sqlite-wal']) copy(join(dir, name), join(crashed, name));
    db.close();
    const hashes = () => ['lab.sqlite', 'lab.sqlite-wal'].map((name) => hashOf(join(crashed, name)));
    const before = hashes();
    expect(() => openLab(crashed)).toThrow(/newer Thirty Watts/);
    expect(hashes()).toEqual(before);
  });

  it('is one only by its version: with the known one the same file opens', () => {
    const store = openLab(labFrom('version-10.sql'));
    expect(store.reader.getRun(uuid(1, 1)).status).toBe('completed');
    store.close();
  });
});
