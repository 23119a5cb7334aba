import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { LabError } from '../../shared/errors';
import {
  assertSettings,
  connectToCopy,
  connectToRead,
  connectToReadAlone,
  connectToWrite,
  readSettings,
  writeSettings,
} from './connection';
import { damaged, explain, guarded } from './failures';
import { makeFolder } from './folder';
import { type LabLock, takeLock } from './lock';
import {
  expectedSchema,
  isEmpty,
  type Migration,
  migrate,
  migrations,
  newestVersion,
  readHeader,
  refuseForeign,
  schemaOf,
} from './migrations';
import { type LabReader, makeReader } from './reader';
import { assertLocalDisk, assertRuntime, thisRuntime } from './runtime';
import { type LabWriter, makeWriter } from './writer';

/** A lab to look at. */
export interface LabView {
  mode: 'read';
  dir: string;
  reader: LabReader;
  close(): void;
}

/** A lab to work in: no other process writes to it until `close`. */
export interface LabStore {
  mode: 'write';
  dir: string;
  reader: LabReader;
  writer: LabWriter;
  /** The version that the lab had; 0 for a new one. */
  migratedFrom: number;
  /**
   * Moves what is in the log into the database file. After each run, outside any window: it syncs twice.
   * @returns whether all was moved; readers of the moment can keep a part back, and nothing is lost then
   */
  checkpoint(): boolean;
  close(): void;
}

export type Store = LabView | LabStore;

/** The database inside a lab's folder. */
export const databaseName = 'lab.sqlite';

/** Above this, structure is left to `verify`: a look at every page would hold up the start for seconds. */
const quickCheckMaxBytes = 64 << 20;

/**
 * Opens the lab in a folder. To write: makes what is not there, takes the lock, brings the schema up to date. To
 * read: changes nothing, needs no lock, and works beside a writer and on a full disk.
 * @throws LabError lab_locked, lab_newer, lab_damaged, no_space, unsupported, bad_input; not_found to read a lab
 *   that is not there
 */
export function openLab(dir: string, options: { readOnly: true }): LabView;
export function openLab(dir: string, options?: { readOnly?: false }): LabStore;
export function openLab(dir: string, options: { readOnly?: boolean } = {}): Store {
  const folder = resolve(dir);
  assertRuntime(thisRuntime(sqliteVersion()));
  try {
    return options.readOnly ? openToRead(folder) : openToWrite(folder);
  } catch (thrown) {
    throw explain(thrown, folder);
  }
}

/**
 * openLab to write, with the steps to take given. The folder may lie behind links, which SQLite itself refuses to
 * follow (better-sqlite3 13 opens with SQLITE_OPEN_NOFOLLOW): so they are resolved once, here.
 */
export function openToWrite(path: string, steps: readonly Migration[] = migrations): LabStore {
  makeFolder(path, 0o700);
  const dir = realpathSync(path);
  assertLocalDisk(dir);
  const lock = takeLock(dir);
  let db: Database.Database | null = null;
  try {
    const file = join(dir, databaseName);
    refuseBeforeTouching(file, newestVersion(steps));
    db = connectToWrite(file);
    const { from } = migrate(db, steps);
    assertSettings(db, writeSettings);
    inspect(db, file, dir, steps);
    return storeOver(db, dir, lock, from);
  } catch (thrown) {
    db?.close();
    lock.release();
    throw thrown;
  }
}

function storeOver(db: Database.Database, dir: string, lock: LabLock, migratedFrom: number): LabStore {
  const checkpoint = () => {
    const [answer] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return answer?.busy === 0;
  };
  return {
    mode: 'write',
    dir,
    reader: guarded(makeReader(db, dir), dir),
    writer: guarded(makeWriter(db), dir),
    migratedFrom,
    ...guarded({ checkpoint }, dir),
    close() {
      db.close();
      lock.release();
    },
  };
}

function openToRead(path: string): LabView {
  const nothing = new LabError(
    'not_found',
    `There is no lab in ${path}.`,
    'Measure something first, or name another folder with --lab.',
  );
  if (!existsSync(join(path, databaseName))) throw nothing;
  const dir = realpathSync(path);
  const file = join(dir, databaseName);
  const { db, lock } = connectSomehow(file, dir);
  try {
    assertSettings(db, readSettings);
    const header = readHeader(db);
    if (isEmpty(header)) throw nothing;
    refuseForeign(header, file);
    if (header.version < newestVersion()) throw older(header.version);
    inspect(db, file, dir);
    return {
      mode: 'read',
      dir,
      reader: guarded(makeReader(db, dir), dir),
      close() {
        db.close();
        lock?.release();
      },
    };
  } catch (thrown) {
    db.close();
    lock?.release();
    throw thrown;
  }
}

/**
 * Beside a writer where there is one. Else, where the disk has no room for shared memory, alone; and where the
 * folder may not be written, from a copy in memory.
 */
function connectSomehow(file: string, dir: string): { db: Database.Database; lock: LabLock | null } {
  try {
    return { db: proven(connectToRead(file)), lock: null };
  } catch (thrown) {
    const told = explain(thrown, dir);
    const kind = told instanceof LabError ? told.failure.kind : null;
    if (kind === 'bad_input') {
      const db = connectToCopy(file);
      if (db) return { db, lock: null };
    }
    if (kind !== 'no_space') throw thrown;
  }
  const lock = takeLock(dir);
  try {
    return { db: proven(connectToReadAlone(file)), lock };
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

/** Only the first access to the file shows whether it can be read. */
function proven(db: Database.Database): Database.Database {
  try {
    readHeader(db);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** A file of a newer program or of another one stays as it is, byte for byte: it is judged without writing. */
function refuseBeforeTouching(file: string, newest: number): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  const db = connectToRead(file);
  try {
    refuseForeign(readHeader(db), file, newest);
  } finally {
    db.close();
  }
}

/** The schema must be ours to the letter: no table, view or trigger of anyone else runs here. */
function inspect(db: Database.Database, file: string, dir: string, steps?: readonly Migration[]): void {
  const have = schemaOf(db);
  const want = expectedSchema(steps);
  if (have.length !== want.length || have.some((statement, i) => statement !== want[i])) {
    throw damaged(dir, undefined, `The database in the lab folder ${dir} holds other tables than a lab has.`);
  }
  if (statSync(file).size > quickCheckMaxBytes) return;
  const answer = db.pragma('quick_check(1)', { simple: true });
  if (answer !== 'ok') throw damaged(dir, answer);
}

function sqliteVersion(): string {
  const db = new Database(':memory:');
  try {
    return db.prepare<[], string>('SELECT sqlite_version()').pluck().get()!;
  } finally {
    db.close();
  }
}

function older(version: number): LabError {
  return new LabError(
    'unsupported',
    `This lab was written by an older Thirty Watts (lab version ${version}) and must be brought up to date first.`,
    'Start any command that measures in this lab; it is brought up to date as it opens.',
  );
}
