import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { assertSettings, connectToWrite, writeSettings } from '../../src/main/store/connection';
import { explain } from '../../src/main/store/failures';
import { takeLock } from '../../src/main/store/lock';
import { migrate } from '../../src/main/store/migrations';
import { openLab } from '../../src/main/store/open';
import { assertLocalDisk, assertRuntime, atLeast } from '../../src/main/store/runtime';
import { makeWriter } from '../../src/main/store/writer';
import { type ErrorKind, type Failure, LabError } from '../../src/shared/errors';
import { everythingIn, measure, samples, seed, sensor, tempDir, window } from './support';

/** What a person is told: a sentence, and in most cases what to do. */
function refusal(attempt: () => unknown): Failure {
  try {
    attempt();
  } catch (thrown) {
    if (thrown instanceof LabError) {
      expect(thrown.failure.message).toMatch(/^[^\n]{10,250}\.$/);
      return thrown.failure;
    }
    throw thrown;
  }
  throw new Error('nothing was refused');
}
const kindOf = (attempt: () => unknown): ErrorKind => refusal(attempt).kind;

describe('opening a lab', () => {
  it('makes the folder for its owner alone, and finds everything again', () => {
    const dir = join(tempDir(), 'deep', 'lab');
    const store = openLab(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(store.migratedFrom).toBe(0);
    measure(store, seed(store, 2).runIds[0]!);
    const before = everythingIn(store);
    store.close();
    const again = openLab(dir);
    expect(everythingIn(again)).toEqual(before);
    again.close();
  });

  it('takes up a lab whose making was cut short: an empty file, or one with WAL and nothing else', () => {
    const [zero, bare] = [tempDir(), tempDir()];
    writeFileSync(join(zero, 'lab.sqlite'), '');
    const db = new Database(join(bare, 'lab.sqlite'));
    db.pragma('journal_mode = WAL');
    db.close();
    for (const dir of [zero, bare]) {
      expect(kindOf(() => openLab(dir, { readOnly: true }))).toBe('not_found');
      const store = openLab(dir);
      expect(store.reader.verify().problems).toEqual([]);
      store.close();
    }
  });

  it('works behind a link to the folder, as the same lab', () => {
    const dir = tempDir();
    const link = join(tempDir(), 'link');
    symlinkSync(dir, link);
    const store = openLab(link);
    seed(store);
    expect(kindOf(() => openLab(dir))).toBe('lab_locked');
    const view = openLab(link, { readOnly: true });
    expect(view.reader.listRuns()).toHaveLength(1);
    view.close();
    store.close();
  });

  it('is refused while another has it, and not after', () => {
    const dir = tempDir();
    const first = openLab(dir);
    expect(refusal(() => openLab(dir))).toMatchObject({
      kind: 'lab_locked',
      message: `Another Thirty Watts (process ${process.pid}) has this lab open.`,
    });
    first.close();
    openLab(dir).close();
    expect(existsSync(join(dir, 'lock.pid'))).toBe(false);
  });

  it('says so even where the other could not leave its number', () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'lock.pid')); // a folder in the way of the note
    const lock = takeLock(dir);
    expect(refusal(() => takeLock(dir)).message).toBe('Another Thirty Watts has this lab open.');
    expect(lock).toBeDefined();
  });

  it('that fails lets go of the lock', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'lab.sqlite'), 'x'.repeat(5000));
    expect(kindOf(() => openLab(dir))).toBe('lab_damaged');
    takeLock(dir).release();
  });
});

describe('opening to read', () => {
  it('sees what a writer has stored, beside it, and has no way to write', () => {
    const dir = tempDir();
    const store = openLab(dir);
    const { runIds } = seed(store, 2);
    const view = openLab(dir, { readOnly: true });
    measure(store, runIds[0]!);
    expect(everythingIn(view)).toEqual(everythingIn(store));
    expect('writer' in view).toBe(false);
    // @ts-expect-error a view has no writer
    view.writer;
    view.close();
    measure(store, runIds[1]!);
    store.close();
  });

  it('of no lab makes none', () => {
    const dir = join(tempDir(), 'none');
    expect(kindOf(() => openLab(dir, { readOnly: true }))).toBe('not_found');
    expect(existsSync(dir)).toBe(false);
  });
});

describe('a file that is no lab', () => {
  const labWith = (change: (file: string) => void): string => {
    const dir = tempDir();
    const store = openLab(dir);
    measure(store, seed(store).runIds[0]!);
    store.close();
    change(join(dir, 'lab.sqlite'));
    return dir;
  };
  const sql = (statement: string) => (file: string) => {
    const db = new Database(file);
    db.exec(statement);
    db.close();
  };
  const scribble = (at: number) => (file: string) => {
    writeSync(openSync(file, 'r+'), Buffer.alloc(64, 0xa5), 0, 64, at);
  };

  it.each<[string, (file: string) => void]>([
    ['a damaged header', scribble(0)],
    ['a damaged page of the schema', scribble(100)],
    ['a damaged page of a table', scribble(4096 * 3)],
    ['a text', (file) => writeFileSync(file, 'no database\n'.repeat(1000))],
    ['a truncated database', (file) => writeFileSync(file, readFileSync(file).subarray(0, 8192))],
    ["another program's database", sql('PRAGMA application_id = 1')],
    ['a trigger of someone else', sql('CREATE TRIGGER evil AFTER INSERT ON models BEGIN SELECT 1; END')],
    ['a view of someone else', sql('CREATE VIEW evil AS SELECT * FROM models')],
    ['a virtual table of someone else', sql('CREATE VIRTUAL TABLE evil USING fts5(text)')],
    ['a missing trigger', sql('DROP TRIGGER windows_never_change')],
  ])('%s: is called damaged and left in place', (_name, change) => {
    const dir = labWith(change);
    const before = readFileSync(join(dir, 'lab.sqlite'));
    for (const readOnly of [false, true]) {
      expect(kindOf(() => openLab(dir, { readOnly } as object))).toBe('lab_damaged');
    }
    expect(readFileSync(join(dir, 'lab.sqlite')).length).toBe(before.length);
  });

  it('control: without the change it opens', () => {
    openLab(labWith(() => {})).close();
  });

  it('a database of another program keeps every byte', () => {
    const dir = tempDir();
    const file = join(dir, 'lab.sqlite');
    sql('CREATE TABLE theirs (a)')(file);
    const before = readFileSync(file);
    expect(refusal(() => openLab(dir)).message).toContain('another program');
    expect(readFileSync(file)).toEqual(before);
  });

  it('a file where the folder should be is refused with advice', () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(refusal(() => openLab(file))).toMatchObject({ kind: 'bad_input', remedy: expect.any(String) });
    expect(kindOf(() => openLab(join(file, 'below')))).toBe('bad_input');
    const loop = join(tempDir(), 'loop');
    symlinkSync(loop, loop);
    expect(kindOf(() => openLab(loop))).toBe('bad_input');
  });
});

describe('the settings', () => {
  it('are what the code thinks, read back after the first write', () => {
    const db = connectToWrite(join(tempDir(), 'lab.sqlite'));
    migrate(db);
    assertSettings(db, writeSettings);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    db.close();
  });

  it('control: without FULL the same question sees 1 after the first write, and 2 before it', () => {
    const db = new Database(join(tempDir(), 'lab.sqlite'));
    db.pragma('journal_mode = WAL');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    migrate(db);
    expect(refusal(() => assertSettings(db, { synchronous: 2 })).message).toContain('synchronous = 1');
    db.close();
  });
});

describe('the runtime', () => {
  const good = { node: '24.21.0', electron: null, sqlite: '3.51.3', endianness: 'LE' as const };

  it('must be plain Node 22 or later with an SQLite that keeps its log', () => {
    expect(() => assertRuntime(good)).not.toThrow();
    for (const bad of [
      { node: '20.19.0' },
      { electron: '45.4.1' },
      { sqlite: '3.51.2' },
      { endianness: 'BE' as const },
    ]) {
      expect(kindOf(() => assertRuntime({ ...good, ...bad }))).toBe('unsupported');
    }
  });

  it('compares versions by number', () => {
    expect(atLeast('3.100.0', [3, 51, 3])).toBe(true);
    expect(atLeast('3.51.3', [3, 51, 3])).toBe(true);
    expect(atLeast('3.51', [3, 51, 3])).toBe(false);
    expect(atLeast('22.0.0-nightly', [22, 0, 0])).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('refuses a network disk and takes a local one', () => {
    for (const type of [0x6969, 0xff534d42, 0xff534d42 | 0]) {
      expect(kindOf(() => assertLocalDisk('/x', () => type))).toBe('unsupported');
    }
    expect(() => assertLocalDisk('/x', () => 0xef53)).not.toThrow();
  });
});

describe('a full disk', () => {
  it('stops a write with one sentence; nothing of it is stored, everything before it is', () => {
    const dir = tempDir();
    const setUp = openLab(dir);
    const { runIds } = seed(setUp, 1);
    setUp.writer.startRun(runIds[0]!, 1);
    setUp.writer.putSensors(runIds[0]!, [sensor()]);
    setUp.close();
    const db = connectToWrite(join(dir, 'lab.sqlite'));
    const writer = makeWriter(db);
    const noise = Float64Array.from({ length: 5000 }, (_, i) => Math.sin(i) ** 2 * 1e9);
    const big = (index: number) =>
      writer.appendWindow(runIds[0]!, window(index), {
        ...samples(index),
        startsNs: noise,
        durationsNs: noise,
      });
    big(0);
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 2}`);
    expect(
      kindOf(() => {
        try {
          big(1);
        } catch (thrown) {
          throw explain(thrown, dir);
        }
      }),
    ).toBe('no_space');
    db.pragma('max_page_count = 1000000');
    expect(db.prepare('SELECT idx FROM windows').pluck().all()).toEqual([0]);
    big(1); // and with space again it goes on
    db.close();
    const store = openLab(dir);
    expect(store.reader.getWindows(runIds[0]!).map((w) => w.index)).toEqual([0, 1]);
    expect(store.reader.verify().problems).toEqual([]);
    store.close();
  });

  it.each<[string, number | null, ErrorKind | null]>([
    ['SQLITE_FULL', null, 'no_space'],
    ['ENOSPC', null, 'no_space'],
    ['SQLITE_IOERR_SHMSIZE', 4096, 'no_space'],
    ['SQLITE_IOERR_WRITE', 1e9, 'lab_damaged'],
    ['SQLITE_IOERR_WRITE', null, 'lab_damaged'],
    ['SQLITE_CORRUPT_VTAB', null, 'lab_damaged'],
    ['SQLITE_NOTADB', null, 'lab_damaged'],
    ['SQLITE_BUSY_SNAPSHOT', null, 'lab_locked'],
    ['SQLITE_READONLY', null, 'bad_input'],
    ['SQLITE_CANTOPEN', null, 'bad_input'],
    ['EACCES', null, 'bad_input'],
    ['EROFS', null, 'bad_input'],
    ['SQLITE_CONSTRAINT_UNIQUE', null, null],
  ])('%s with %s bytes free is told as %s', (code, free, kind) => {
    const thrown = Object.assign(new Error(code), { code });
    const told = explain(thrown, '/lab', () => free);
    if (kind === null) expect(told).toBe(thrown);
    else expect((told as LabError).failure).toMatchObject({ kind, remedy: expect.stringMatching(/\.$/) });
  });
});

describe('a checkpoint', () => {
  it('moves the log into the file', () => {
    const dir = tempDir();
    const store = openLab(dir);
    measure(store, seed(store).runIds[0]!);
    expect(statSync(join(dir, 'lab.sqlite-wal')).size).toBeGreaterThan(0);
    expect(store.checkpoint()).toBe(true);
    expect(statSync(join(dir, 'lab.sqlite-wal')).size).toBe(0);
    store.close();
  });
});
