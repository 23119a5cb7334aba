import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLab } from '../../src/main/store/open';
import { LabError } from '../../src/shared/errors';
import { bundledChild } from '../support/bundle';
import { measure, seed, tempDir } from './support';

const child = bundledChild(join(import.meta.dirname, 'children/main.ts'), ['better-sqlite3']);

interface Running {
  process: ChildProcess;
  /** Lines it has said so far. */
  lines: string[];
  /** The next line, or null at its end. */
  next(): Promise<string | null>;
  ended: Promise<unknown>;
}

function start(...args: string[]): Running {
  const running = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void running.kill('SIGKILL'));
  const lines: string[] = [];
  const ended = once(running, 'close');
  const reader = createInterface({ input: running.stdout });
  reader.on('line', (line) => lines.push(line));
  const next = () =>
    Promise.race([once(reader, 'line').then(([line]) => String(line)), ended.then(() => null)]);
  return { process: running, lines, next, ended };
}

/** What is wrong with a lab after its writer died, given the runs that it had acknowledged. */
function faults(dir: string, acknowledged: readonly string[]): string[] {
  const store = openLab(dir);
  const { reader } = store;
  const found = reader.verify().problems.map(({ table, id, what }) => `${table} ${id} ${what}`);
  const stored = new Map(reader.listRuns().map((run) => [run.id, run.status]));
  for (const id of acknowledged) {
    if (stored.get(id) !== 'completed') found.push(`acknowledged run ${id} is ${stored.get(id) ?? 'lost'}`);
  }
  store.close();
  return found;
}

/** A fixed sequence of numbers from 0 to 1. Xorshift32 (Marsaglia 2003). */
function* chances(seeded = 30): Generator<number, never> {
  for (let x = seeded; ; ) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield (x >>> 0) / 2 ** 32;
  }
}

const isRun = (line: string) => !line.startsWith('recovered');

describe('the lock', () => {
  it('refuses a second process at once, by name, and is free after kill -9', async () => {
    const dir = tempDir();
    const holder = start('hold', dir);
    expect(await holder.next()).toBe('ready');
    const refused = () => {
      try {
        openLab(dir).close();
      } catch (thrown) {
        if (thrown instanceof LabError) return thrown.failure;
      }
      return null;
    };
    expect(refused()).toMatchObject({
      kind: 'lab_locked',
      message: `Another Thirty Watts (process ${holder.process.pid}) has this lab open.`,
    });
    const view = openLab(dir, { readOnly: true }); // a look needs no lock
    expect(view.reader.listRuns()).toEqual([]);
    view.close();
    holder.process.kill('SIGKILL');
    await holder.ended;
    expect(refused()).toBe(null);
  });
});

describe('kill -9 of the lab', () => {
  it('at 20 random moments loses no acknowledged run and leaves nothing half-written', async () => {
    const dir = tempDir();
    const chance = chances();
    const acknowledged: string[] = [];
    let recovered = 0;
    for (let kill = 0; kill < 20; kill++) {
      const writer = start('write', dir, '1000');
      // Not before something was acknowledged: then within the next few runs.
      for (let line = await writer.next(); line !== null && !isRun(line); ) line = await writer.next();
      const delayMs = 60 * chance.next().value;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      writer.process.kill('SIGKILL');
      await writer.ended;
      acknowledged.push(...writer.lines.filter(isRun));
      recovered += writer.lines.filter((line) => !isRun(line)).length;
    }
    expect(faults(dir, acknowledged)).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    expect(recovered).toBeGreaterThan(0); // some kills did hit a run
  });

  it('control: a writer that acknowledges too early is found out', async () => {
    const dir = tempDir();
    const liar = start('lie', dir);
    await liar.ended;
    expect(liar.lines).toHaveLength(3);
    expect(faults(dir, liar.lines)).toEqual([expect.stringMatching(/is running$/)]);
  });
});

describe('four processes at once', () => {
  it('lose no write between them', async () => {
    const dir = tempDir();
    const store = openLab(dir);
    const [runId] = seed(store).runIds as [string];
    store.close();
    const crowd = Array.from({ length: 4 }, () => start('crowd', dir, runId, '60'));
    const ends = await Promise.all(crowd.map((each) => each.ended));
    expect(ends).toEqual(crowd.map(() => [0, null]));
    const view = openLab(dir, { readOnly: true });
    expect(view.reader.getEvents(runId).map((event) => event.seq)).toEqual(
      Array.from({ length: 240 }, (_, i) => i),
    );
    view.close();
  });

  it('control: a deferred read-then-write is lost to a busy database', () => {
    const dir = tempDir();
    openLab(dir).close();
    const [a, b] = [0, 1].map(() => new Database(join(dir, 'lab.sqlite'), { timeout: 50 })) as [
      Database.Database,
      Database.Database,
    ];
    const insert = `INSERT INTO machines VALUES (?, '{}', '')`;
    a.exec('BEGIN DEFERRED');
    a.prepare('SELECT count(*) FROM machines').get();
    b.prepare(insert).run('b');
    expect(() => a.prepare(insert).run('a')).toThrow(/locked/);
    a.close();
    b.close();
  });
});

const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** What a child says that works on a small disk of its own, which is gone with it. */
const onSmallDisk = (mode: string): unknown => {
  const dir = join(tempDir(), 'small');
  mkdirSync(dir);
  const inside = 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"';
  const command = ['-rm', 'sh', '-c', inside, dir, process.execPath, child, mode, dir];
  const ended = spawnSync('unshare', command, { encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  return JSON.parse(ended.stdout);
};

describe('a full disk', () => {
  it.skipIf(!canMount)('ends in one sentence, opens to be read, and goes on when there is space', () => {
    expect(onSmallDisk('full')).toEqual({
      stored: expect.any(Number),
      append: 'no_space',
      readOn: true,
      close: 'ok',
      openToWrite: 'no_space',
      openPlainly: 'SQLITE_IOERR_SHMSIZE', // control: without the fall-back it stays shut
      openToRead: 'whole',
      openAgain: 'whole',
    });
  });
});

describe('a read-only disk', () => {
  it.skipIf(!canMount)('shows the lab, and refuses to write with advice', () => {
    const [before, reading, writing] = onSmallDisk('readOnly') as unknown[];
    expect(before).toBeGreaterThan(10);
    expect(reading).toBe(before);
    expect(writing).toBe('bad_input');
  });
});

const canTrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;

describe('at a chosen system call', () => {
  /** Two runs by a writer whose K-th write or sync goes wrong. */
  const interfere = (inject: string) => {
    const dir = tempDir();
    const log = join(dir, 'trace');
    const files = ['lab.sqlite', 'lab.sqlite-wal'].flatMap((name) => ['-P', join(dir, name)]);
    const trace = ['-f', '-qq', '-o', log, ...files, '-e', 'trace=pwrite64,fdatasync,fsync,ftruncate'];
    const ended = spawnSync(
      'strace',
      [...trace, '-e', `inject=${inject}`, process.execPath, child, 'write', dir, '2'],
      {
        encoding: 'utf8',
      },
    );
    const hit = /INJECTED|killed by SIGKILL/.test(readFileSync(log, 'latin1'));
    const lines = ended.stdout.split('\n').filter((line) => line !== '');
    return { dir, hit, lines, status: ended.status };
  };

  it.skipIf(!canTrace)('a kill -9 leaves every acknowledged run and no half one', () => {
    let hits = 0;
    for (let k = 1; k <= 400; k += 33) {
      const { dir, hit, lines } = interfere(`pwrite64,fdatasync,fsync,ftruncate:signal=SIGKILL:when=${k}`);
      if (!hit) break;
      hits += 1;
      expect(faults(dir, lines.filter(isRun)), `kill at call ${k}`).toEqual([]);
    }
    expect(hits).toBeGreaterThan(3);
  });

  it.skipIf(!canTrace).each([
    ['ENOSPC', 'no_space'],
    ['EIO', 'lab_damaged'],
  ])('a write that fails with %s ends in one sentence and loses nothing acknowledged', (error, kind) => {
    for (const k of [2, 40, 90]) {
      const { dir, hit, lines, status } = interfere(`pwrite64:error=${error}:when=${k}+`);
      expect(hit).toBe(true);
      expect(status).toBe(1);
      expect(JSON.parse(lines.at(-1)!)).toMatchObject({ failure: { kind, remedy: expect.any(String) } });
      expect(faults(dir, lines.slice(0, -1).filter(isRun)), `${error} at write ${k}`).toEqual([]);
    }
  });
});

it('the folder of a closed lab holds the database and the lock, and no more', () => {
  const dir = tempDir();
  const store = openLab(dir);
  measure(store, seed(store).runIds[0]!);
  store.close();
  for (const name of ['lab.sqlite', 'lock.db']) expect(existsSync(join(dir, name))).toBe(true);
  for (const name of ['lab.sqlite-wal', 'lab.sqlite-shm', 'lock.pid'])
    expect(existsSync(join(dir, name))).toBe(false);
});
