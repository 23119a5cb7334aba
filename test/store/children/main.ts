import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectToRead, connectToWrite } from '../../../src/main/store/connection';
import { readHeader } from '../../../src/main/store/migrations';
import { databaseName, openLab } from '../../../src/main/store/open';
import { makeWriter } from '../../../src/main/store/writer';
import { failureOf, LabError } from '../../../src/shared/errors';
import {
  bornUnixMs,
  completed,
  experiment,
  machine,
  measureInto,
  model,
  queuedRun,
  samples,
  sensor,
  window,
} from './records';

// A lab service that the tests in processes.test.ts kill, starve and crowd. One line out per acknowledged thing.
const [mode, dir, ...rest] = process.argv.slice(2) as [string, string, ...string[]];
const say = (line: unknown) => writeSync(1, `${typeof line === 'string' ? line : JSON.stringify(line)}\n`);

/** An experiment of its own, so that a child can go on where a dead one stopped. */
function nextRun(store: ReturnType<typeof openLab>): string {
  const e = experiment(store.reader.listExperiments().length + 1);
  store.writer.putModel(model());
  store.writer.putMachine(machine());
  store.writer.createExperiment(e, [queuedRun(e.id)]);
  return queuedRun(e.id).id;
}

const modes: Record<string, () => void> = {
  /** Holds the lab until it is killed, and nothing in its hands that the collector could not take. */
  hold() {
    openLab(dir);
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    say('ready');
    setInterval(() => {}, 1000);
  },

  /** Measures as many runs as asked; says each run's id once it is stored. */
  write() {
    const store = openLab(dir);
    for (const id of store.writer.recoverInterrupted(bornUnixMs)) say(`recovered ${id}`);
    for (let i = 0; i < Number(rest[0]); i++) {
      const id = nextRun(store);
      measureInto(store.writer, id, 2);
      say(id);
      store.checkpoint();
    }
    store.close();
  },

  /** A writer that lies: says that its third run is stored, and dies before it is. */
  lie() {
    const store = openLab(dir);
    for (let i = 0; ; i++) {
      const id = nextRun(store);
      const run = store.writer.startRun(id, bornUnixMs);
      store.writer.appendWindow(id, { ...window(0), energy: [] }, samples(0));
      say(id);
      if (i === 2) process.kill(process.pid, 'SIGKILL');
      store.writer.finishRun(completed(run));
    }
  },

  /** Many read-then-write transactions, beside others that do the same: no lock, only SQLite's. */
  crowd() {
    const db = connectToWrite(join(dir, databaseName));
    const writer = makeWriter(db);
    for (let i = 0; i < Number(rest[1]); i++)
      writer.appendEvent(rest[0]!, BigInt(i), 'window', `${process.pid}`);
    db.close();
  },

  /** On a disk of its own: fills it, by windows and then by other means, and tries every door. */
  full() {
    const told: Record<string, unknown> = {};
    const trying = (name: string, work: () => unknown) => {
      try {
        told[name] = work() ?? 'ok';
      } catch (thrown) {
        told[name] = thrown instanceof LabError ? thrown.failure.kind : (thrown as { code?: string }).code;
      }
    };
    // Space to be found again: how much the lab itself leaves when it stops is a matter of luck.
    const reserve = join(dir, 'reserve');
    writeFileSync(reserve, Buffer.alloc(128 << 10));
    const store = openLab(dir);
    const id = nextRun(store);
    store.writer.startRun(id, bornUnixMs);
    store.writer.putSensors(id, [sensor()]);
    const noise = Float64Array.from({ length: 5000 }, (_, i) => Math.sin(i) ** 2 * 1e9);
    let stored = 0;
    trying('append', () => {
      for (;;) {
        store.writer.appendWindow(id, window(stored), {
          ...samples(stored),
          startsNs: noise,
          durationsNs: noise,
        });
        stored += 1;
      }
    });
    trying('readOn', () => store.reader.getWindows(id).length === stored);
    trying('close', () => store.close());
    // Cold: what the dead connection shared is gone, and its place is taken.
    rmSync(join(dir, `${databaseName}-shm`), { force: true });
    const filler = join(dir, 'filler');
    try {
      for (let size = 1 << 20; size >= 1; size >>= 1) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // full for this size: on with a smaller one
        }
      }
      trying('openToWrite', () => openLab(dir).close());
      trying('openPlainly', () => {
        const db = connectToRead(join(dir, databaseName));
        try {
          readHeader(db);
        } finally {
          db.close();
        }
      });
      trying('openToRead', () => {
        const view = openLab(dir, { readOnly: true });
        const { problems } = view.reader.verify();
        const windows = view.reader.getWindows(id).length;
        view.close();
        return windows === stored && problems.length === 0 ? 'whole' : problems;
      });
    } finally {
      rmSync(filler);
      rmSync(reserve);
    }
    trying('openAgain', () => {
      const again = openLab(dir);
      const { problems } = again.reader.verify();
      again.writer.recoverInterrupted(bornUnixMs);
      const windows = again.reader.getWindows(id).length;
      again.close();
      return windows === stored && problems.length === 0 ? 'whole' : problems;
    });
    say({ ...told, stored });
  },

  /** A measured lab on a disk of its own that then turns read-only. */
  readOnly() {
    const store = openLab(dir);
    measureInto(store.writer, nextRun(store), 2);
    store.close();
    const open = (options: object) => {
      try {
        const lab = openLab(...([dir, options] as Parameters<typeof openLab>));
        const { checked, problems } = lab.reader.verify();
        lab.close();
        return problems.length === 0 ? checked : problems;
      } catch (thrown) {
        return failureOf(thrown).kind;
      }
    };
    const before = open({ readOnly: true });
    execFileSync('mount', ['-o', 'remount,ro', dir]);
    say([before, open({ readOnly: true }), open({})]);
  },
};

try {
  modes[mode]!();
} catch (thrown) {
  say({ failure: failureOf(thrown) });
  process.exitCode = 1;
}
