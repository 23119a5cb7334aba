import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  expectedSchema,
  type Migration,
  migrate,
  migrations,
  newestVersion,
  readHeader,
  schemaOf,
} from '../../src/main/store/migrations';
import { openLab } from '../../src/main/store/open';
import { phases } from '../../src/shared/run';
import { everythingIn, experiment, queuedRun, tempDir, uuid } from './support';

/** A lab of version 20, as a file, from the SQL text that was kept when 30 was new. */
function labOf20(): string {
  const dir = tempDir();
  const db = new Database(join(dir, 'lab.sqlite'));
  db.exec(readFileSync(join(import.meta.dirname, 'fixtures', 'version-20.sql'), 'utf8'));
  db.close();
  return dir;
}
const connect = (dir: string) => new Database(join(dir, 'lab.sqlite'));
const upTo20 = migrations.filter((m) => m.version <= 20);
const upTo30 = migrations.filter((m) => m.version <= 30);

/** Every row of every table. */
const rowsOf = (db: Database.Database) =>
  Object.fromEntries(
    expectedSchema(upTo20)
      .flatMap((sql) => /^table (\w+):/.exec(sql)?.[1] ?? [])
      .map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY rowid`).raw().all()]),
  );

let next = 100;
/** The second run of the lab once more, with this role. */
const addRun = (db: Database.Database, role: string) =>
  db
    .prepare(
      `INSERT INTO runs SELECT ?, experiment_id, ?, ?, model_id, machine_id, status, condition, condition_sha256,
       queued_unix_ms, started_unix_ms, ended_unix_ms, record, record_sha256 FROM runs WHERE ordinal = 1`,
    )
    .run(`run-${next}`, next++, role);
const addEvent = (db: Database.Database, phase: string) =>
  db
    .prepare(
      'INSERT INTO events SELECT run_id, ?, at_ns, ?, text, record, record_sha256 FROM events WHERE seq = 0',
    )
    .run(next++, phase);

const newPhases = ['preflight', 'cool_down', 'bare_idle', 'meter_check'];

describe('a lab of version 20', () => {
  it('is what labs in the field have, and refuses what only version 30 knows', () => {
    const db = connect(labOf20());
    expect(schemaOf(db)).toEqual(expectedSchema(upTo20));
    expect(Object.values(rowsOf(db)).every((rows) => rows.length > 0)).toBe(true);
    expect(() => addRun(db, 'control')).toThrow(/CHECK/);
    for (const phase of newPhases) expect(() => addEvent(db, phase)).toThrow(/CHECK/);
    db.close();
  });
});

describe('migration 30', () => {
  it('keeps every row and hash, and leaves the file whole', () => {
    const db = connect(labOf20());
    const before = rowsOf(db);
    expect(migrate(db, upTo30)).toEqual({ from: 20, to: 30 });
    expect(rowsOf(db)).toEqual(before);
    expect(schemaOf(db)).toEqual(expectedSchema(upTo30));
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  it('gives the definitions that a new lab of version 30 has, and not by chance: something was there to replace', () => {
    const [old, now] = [expectedSchema(upTo20), expectedSchema(upTo30)];
    const changed = now.filter((sql) => !old.includes(sql)).map((sql) => sql.split(':')[0]);
    expect(changed).toEqual(['table events', 'table runs']);
    // Every step that a run can be in, the old ones too.
    const events = now.find((sql) => sql.startsWith('table events:'))!;
    for (const phase of phases) expect(events).toContain(`'${phase}'`);
  });

  it('lets controls and the new steps in, the old ones still, and nonsense not', () => {
    const db = connect(labOf20());
    migrate(db, upTo30);
    for (const role of ['control', 'measure', 'overhead']) addRun(db, role);
    for (const phase of phases) addEvent(db, phase);
    for (const role of ['', 'Control', 'other']) expect(() => addRun(db, role)).toThrow(/CHECK/);
    for (const phase of ['', 'nap', 'bare idle']) expect(() => addEvent(db, phase)).toThrow(/CHECK/);
    expect(() => db.prepare("UPDATE runs SET role = 'control' WHERE ordinal = 1").run()).toThrow();
    db.close();
  });

  it('is taken as the lab opens: all that it held is there, verifies, and a control is measured', () => {
    const dir = labOf20();
    const store = openLab(dir);
    expect(store.migratedFrom).toBe(20);
    expect(store.reader.verify().problems).toEqual([]);
    expect(store.reader.marks('run').get(uuid(1, 1))).toMatchObject({ locked: true });
    const { writer } = store;
    const other = experiment(2);
    const control = { ...queuedRun(other.id), role: 'control' as const };
    writer.createExperiment(other, [control]);
    writer.startRun(control.id, 5);
    for (const phase of phases) writer.appendEvent(control.id, 7n, phase, '');
    const held = everythingIn(store);
    store.close();
    const again = openLab(dir);
    expect(again.migratedFrom).toBe(newestVersion());
    expect(everythingIn(again)).toEqual(held);
    expect(again.reader.getRun(control.id).role).toBe('control');
    expect(again.reader.getEvents(control.id).map((e) => e.phase)).toEqual([...phases]);
    expect(again.reader.verify().problems).toEqual([]);
    again.close();
  });

  it('locks the definitions again', () => {
    const db = connect(labOf20());
    migrate(db, upTo30);
    expect(db.pragma('writable_schema', { simple: true })).toBe(0);
    const edit = () =>
      db.exec("UPDATE sqlite_schema SET sql = replace(sql, 'control', 'x') WHERE name = 'runs'");
    expect(edit).toThrow(/may not be modified/);
    // Nor does asking for it help.
    db.pragma('writable_schema = ON');
    expect(edit).toThrow(/may not be modified/);
    db.close();
  });

  it('goes back with a later step that fails: definitions, version and what they refuse', () => {
    const dir = labOf20();
    const fault: Migration = { version: 9990, sql: 'INSERT INTO nowhere VALUES (1);' };
    const db = connect(dir);
    const before = rowsOf(db);
    expect(() => migrate(db, [...upTo30, fault])).toThrow(/nowhere/);
    expect(readHeader(db).version).toBe(20);
    const elsewhere = connect(dir);
    for (const each of [db, elsewhere]) {
      expect(schemaOf(each)).toEqual(expectedSchema(upTo20));
      expect(() => addRun(each, 'control')).toThrow(/CHECK/);
      expect(rowsOf(each)).toEqual(before);
    }
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    // And what was undone can be done after all.
    expect(migrate(db, upTo30)).toEqual({ from: 20, to: 30 });
    addRun(db, 'control');
    db.close();
    elsewhere.close();
  });

  it('goes back where an edit itself fails, and locks the definitions', () => {
    const db = connect(labOf20());
    const half: Migration = { version: 30, editsSchema: true, sql: `${upTo30.at(-1)!.sql} SELECT nothing;` };
    expect(() => migrate(db, [...upTo20, half])).toThrow(/nothing/);
    expect(schemaOf(db)).toEqual(expectedSchema(upTo20));
    expect(() => addRun(db, 'control')).toThrow(/CHECK/);
    expect(() => db.exec("UPDATE sqlite_schema SET sql = sql WHERE name = 'runs'")).toThrow(
      /may not be modified/,
    );
    db.close();
  });

  it('is seen by a connection that was open before and had read the old definitions', () => {
    const dir = labOf20();
    const [early, db] = [connect(dir), connect(dir)];
    const count = early.prepare('SELECT count(*) FROM runs').pluck();
    expect(count.get()).toBe(2);
    expect(() => addRun(early, 'control')).toThrow(/CHECK/);
    migrate(db, upTo30);
    addRun(early, 'control');
    expect(count.get()).toBe(3);
    expect(schemaOf(early)).toEqual(expectedSchema(upTo30));
    expect(db.prepare("SELECT count(*) FROM runs WHERE role = 'control'").pluck().get()).toBe(1);
    early.close();
    db.close();
  });
});
