import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type LabStore, openLab } from '../../src/main/store/open';
import { readingsOf } from '../../src/main/store/readings';
import type { RunRecord, RunStatus } from '../../src/shared/run';
import {
  bornUnixMs,
  completed,
  edges,
  everythingIn,
  experiment,
  health,
  machine,
  measure,
  model,
  queuedRun,
  samples,
  seed,
  sensor,
  tempDir,
  uuid,
  window,
} from './support';

function lab(): LabStore {
  return openLab(tempDir());
}

const cancelled = (run: RunRecord): RunRecord => ({
  ...run,
  status: 'cancelled',
  endedUnixMs: bornUnixMs + 30,
  outcome: { kind: 'cancelled', phase: 'window' },
});

const failed = (run: RunRecord): RunRecord => ({
  ...run,
  status: 'failed',
  endedUnixMs: bornUnixMs + 30,
  outcome: {
    kind: 'failed',
    phase: 'load',
    cause: 'crash',
    exitCode: null,
    signal: 'SIGFPE',
    message: 'The runner ended.',
    remedy: null,
    stderrTail: '',
  },
});

describe('what is written', () => {
  it('is read back as it was: windows, samples, readings, sensors, states, events', () => {
    const store = lab();
    const { experimentId, runIds } = seed(store, 2);
    const [id] = runIds as [string];
    measure(store, id, 3);
    const { reader } = store;
    expect(reader.listModels()).toEqual([model()]);
    expect(reader.getMachine(machine().id)).toEqual(machine());
    expect(reader.getExperiment(experimentId)).toEqual(experiment());
    expect(reader.getRun(id)).toEqual(completed(queuedRun(experimentId)));
    expect(reader.getWindows(id)).toEqual([0, 1, 2].map(window));
    expect([0, 1, 2].map((i) => reader.getSamples(id, i))).toEqual([0, 1, 2].map((i) => samples(i)));
    expect(reader.sensorsOf(id)).toEqual([sensor()]);
    expect(reader.getReadings(id, 'edge').map((b) => [b.mark, b.seq, readingsOf(b)])).toEqual(
      [0, 1, 2].map((i) => [`window:${i}`, i, edges(i)]),
    );
    expect(reader.getReadings(id, 'trace').flatMap(readingsOf)).toEqual(edges(0));
    expect(reader.getStates(id)[1]).toMatchObject({ mark: 'window:1', health, atNs: window(1).closeNs });
    expect(reader.getEvents(id).map((e) => [e.seq, e.phase])).toEqual([
      [0, 'launch'],
      [1, 'window'],
    ]);
    expect(reader.hashesOf(id)).toMatchObject({ windows: [{ index: 0 }, {}, {}], readings: { length: 4 } });
    store.close();
  });

  it('once is written once: a model or machine imported twice is one', () => {
    const store = lab();
    expect(store.writer.putModel(model())).toBe(true);
    expect(store.writer.putModel({ ...model(), name: 'other' })).toBe(false);
    expect(store.reader.listModels()).toEqual([model()]);
    expect(store.writer.putMachine(machine())).toBe(true);
    expect(store.writer.putMachine(machine())).toBe(false);
    store.close();
  });

  it('in part is not written at all', () => {
    const store = lab();
    store.writer.putModel(model());
    store.writer.putMachine(machine());
    const e = experiment();
    const good = queuedRun(e.id, 0);
    const stranger = { ...queuedRun(e.id, 1), machineId: 'nowhere' };
    expect(() => store.writer.createExperiment(e, [good, stranger])).toThrow(/FOREIGN KEY/);
    expect(store.reader.listExperiments()).toEqual([]);
    expect(store.reader.listRuns()).toEqual([]);
    store.writer.createExperiment(e, [good]); // control
    expect(store.reader.listRuns()).toEqual([good]);
    store.close();
  });
});

describe('a run', () => {
  /** Every way a run may go, by what the writer is asked. */
  const forward: Partial<Record<RunStatus, readonly RunStatus[]>> = {
    queued: ['running', 'cancelled', 'failed'],
    running: ['completed', 'cancelled', 'failed'],
  };
  const goTo = (store: LabStore, id: string, status: RunStatus) => {
    const run = store.reader.getRun(id);
    if (status === 'running') store.writer.startRun(id, bornUnixMs + 1);
    else if (status === 'queued') store.writer.finishRun({ ...run, status, outcome: null });
    else store.writer.finishRun({ completed, cancelled, failed }[status](run));
  };
  const statuses: RunStatus[] = ['queued', 'running', 'completed', 'cancelled', 'failed'];

  it('only goes forward', () => {
    const store = lab();
    let salt = 0;
    for (const from of statuses) {
      for (const to of statuses) {
        salt += 1;
        const [id] = seed(store, 1, salt).runIds as [string];
        if (from === 'completed') goTo(store, id, 'running');
        if (from !== 'queued') goTo(store, id, from);
        const before = store.reader.getRun(id);
        if (forward[from]?.includes(to)) {
          goTo(store, id, to);
          expect(store.reader.getRun(id).status).toBe(to);
        } else {
          expect(() => goTo(store, id, to)).toThrow(/only goes forward/);
          expect(store.reader.getRun(id)).toEqual(before);
        }
      }
    }
    store.close();
  });

  it('keeps its condition and its place', () => {
    const store = lab();
    const [id] = seed(store).runIds as [string];
    const run = store.writer.startRun(id, bornUnixMs + 1);
    const other = queuedRun(run.experimentId, 1);
    for (const change of [
      { ordinal: 1 },
      { condition: other.condition, conditionSha256: other.conditionSha256 },
      { queuedUnixMs: 1 },
    ]) {
      expect(() => store.writer.finishRun({ ...completed(run), ...change })).toThrow(/never changes/);
    }
    store.close();
  });

  it('must not contradict itself', () => {
    const store = lab();
    const [id] = seed(store).runIds as [string];
    const run = store.writer.startRun(id, bornUnixMs + 1);
    expect(() => store.writer.finishRun({ ...completed(run), outcome: null })).toThrow(/outcome none/);
    expect(() => store.writer.finishRun({ ...completed(run), outcome: cancelled(run).outcome })).toThrow(
      /outcome cancelled/,
    );
    expect(() => store.writer.finishRun({ ...completed(run), conditionSha256: 'x' })).toThrow(
      /conditionSha256/,
    );
    expect(() => store.writer.finishRun({ ...completed(run), id: 'nobody' })).toThrow(/no run nobody/);
    expect(store.reader.getRun(id)).toEqual(run);
    store.close();
  });

  it('takes windows and readings only while it runs', () => {
    const store = lab();
    const [id] = seed(store).runIds as [string];
    const add = [
      () => store.writer.appendWindow(id, window(9), samples(9)),
      () => store.writer.putSensors(id, [sensor('late')]),
      () => store.writer.appendReadings(id, 'trace', edges(0)),
      () => store.writer.appendState(id, 'late', 1n, health),
    ];
    for (const each of add) expect(each).toThrow(/while it runs|FOREIGN KEY/);
    measure(store, id);
    const before = everythingIn(store);
    for (const each of add) expect(each).toThrow(/while it runs/);
    expect(everythingIn(store)).toEqual(before);
    store.writer.appendEvent(id, 1n, 'close', 'the log goes on');
    store.close();
  });

  it('refuses samples that are none', () => {
    const store = lab();
    const [id] = seed(store).runIds as [string];
    store.writer.startRun(id, 1);
    const good = samples(0);
    for (const bad of [
      { startsNs: good.startsNs.subarray(1) },
      { startsNs: good.startsNs.with(3, Number.NaN) },
      { durationsNs: good.durationsNs.with(3, Number.NaN) },
      { durationsNs: good.durationsNs.with(3, Infinity) },
      { durationsNs: good.durationsNs.with(3, -1) },
    ]) {
      expect(() => store.writer.appendWindow(id, window(0), { ...good, ...bad })).toThrow(
        /no samples|no time/,
      );
    }
    store.writer.appendWindow(id, window(0), good);
    expect(() => store.writer.appendWindow(id, window(0), good)).toThrow(/UNIQUE/);
    store.close();
  });

  it('happens on the machine it was started on', () => {
    const store = lab();
    const [id] = seed(store).runIds as [string];
    const newer = { ...machine(), id: 'f'.repeat(64) };
    store.writer.putMachine(newer);
    expect(store.writer.startRun(id, 1, newer.id).machineId).toBe(newer.id);
    expect(store.reader.listRuns({ machineId: newer.id })).toHaveLength(1);
    store.close();
  });
});

describe('stored rows', () => {
  it('are never changed and never go, whatever the statement', () => {
    const dir = tempDir();
    const store = openLab(dir);
    measure(store, seed(store).runIds[0]!);
    const before = everythingIn(store);
    const db = new Database(join(dir, 'lab.sqlite'));
    db.pragma('recursive_triggers = ON');
    const tables = ['models', 'machines', 'windows', 'sensors', 'readings', 'states', 'events'];
    for (const table of tables) {
      expect(() => db.exec(`UPDATE ${table} SET record = record`)).toThrow(/only ever added/);
      expect(() => db.exec(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow();
    }
    for (const table of [...tables, 'runs', 'experiments']) {
      expect(() => db.exec(`DELETE FROM ${table}`)).toThrow(/only ever added|FOREIGN KEY/);
    }
    expect(() => db.exec(`UPDATE experiments SET plan = '{}'`)).toThrow(/never changes/);
    db.close();
    expect(everythingIn(store)).toEqual(before);
    store.close();
  });
});

describe('after the lab died', () => {
  it('what ran is failed and keeps its windows; what waited still waits; nothing else changes', () => {
    const dir = tempDir();
    const dead = openLab(dir);
    const { experimentId, runIds } = seed(dead, 4);
    const [done, mid, early, waiting] = runIds as [string, string, string, string];
    measure(dead, done);
    dead.writer.setExperimentStatus(experimentId, 'running', null);
    dead.writer.startRun(mid, 5);
    dead.writer.putSensors(mid, [sensor()]);
    dead.writer.appendWindow(mid, window(0), samples(0));
    dead.writer.startRun(early, 6);
    dead.writer.appendEvent(early, 1n, 'load', 'loading');
    dead.close();

    const store = openLab(dir);
    const pending = () => store.reader.listRuns({ experimentId, status: ['queued'] });
    expect(store.writer.recoverInterrupted(bornUnixMs + 99)).toEqual([mid, early]);
    expect(store.writer.recoverInterrupted(bornUnixMs + 99)).toEqual([]);
    expect(store.reader.getRun(mid)).toMatchObject({
      status: 'failed',
      endedUnixMs: bornUnixMs + 99,
      outcome: { kind: 'failed', cause: 'crash', phase: 'window', message: 'The lab ended during this run.' },
    });
    expect(store.reader.getRun(early).outcome).toMatchObject({ phase: 'load' });
    expect(store.reader.getSamples(mid, 0)).toEqual(samples(0));
    expect(store.reader.getRun(done).status).toBe('completed');
    expect(pending().map((r) => r.id)).toEqual([waiting]);

    // Resumed: the lost runs wait again, in the order of the plan, under ids of their own.
    const again = [mid, early].map((id, i) =>
      store.writer.queueAgain(id, uuid(1, 100 + i), bornUnixMs + 100),
    );
    expect(pending()).toEqual([...again, store.reader.getRun(waiting)]);
    expect(again[0]!.condition).toEqual(store.reader.getRun(mid).condition);
    expect(() => store.writer.queueAgain(mid, uuid(1, 200), 1)).toThrow(/UNIQUE/); // it waits already
    expect(() => store.writer.queueAgain(done, uuid(1, 201), 1)).toThrow(/only a cancelled or failed/);
    for (const { id } of again) measure(store, id);
    store.writer.setExperimentStatus(experimentId, 'completed', bornUnixMs + 200);
    expect(store.reader.verify().problems).toEqual([]);
    store.close();
  });
});
