import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { findNamed } from '../../src/main/store/find';
import { openLab } from '../../src/main/store/open';
import { makeReader } from '../../src/main/store/reader';
import { makeWriter } from '../../src/main/store/writer';
import { LabError } from '../../src/shared/errors';
import { experiment, machine, measure, model, seed, tempDir } from './support';

function failureOf(attempt: () => unknown) {
  try {
    attempt();
  } catch (thrown) {
    if (thrown instanceof LabError) return thrown.failure;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe('naming a thing', () => {
  const all = [
    { id: 'aaaaaaaa11', name: 'small' },
    { id: 'aaaaaaaa22', name: 'small' },
    { id: 'bbbbbbbb33', name: 'aaaaaaaa' },
    { id: 'cccccccc44', name: null },
  ];
  const find = (text: string) => findNamed(text, all, 'model').id;

  it('goes by id, by name, or by eight first digits', () => {
    expect(find('cccccccc44')).toBe('cccccccc44');
    expect(find('CCCCCCCC')).toBe('cccccccc44');
    expect(find('aaaaaaaa')).toBe('bbbbbbbb33'); // a name comes before a beginning
    expect(find('aaaaaaaa2')).toBe('aaaaaaaa22');
  });

  it('that fits several lists them; that fits none says so; too short a beginning is none', () => {
    expect(failureOf(() => find('small'))).toEqual({
      kind: 'bad_input',
      message: '"small" names 2 models: aaaaaaaa11 (small), aaaaaaaa22 (small).',
      remedy: expect.any(String),
    });
    expect(failureOf(() => find('ccccccc')).kind).toBe('not_found');
    expect(failureOf(() => find('')).kind).toBe('not_found');
    const many = Array.from({ length: 30 }, (_, i) => ({ id: `aaaaaaaa${i}`, name: null }));
    expect(failureOf(() => findNamed('aaaaaaaa', many, 'run')).message).toMatch(/ and 20 more\.$/);
  });
});

describe('asking a lab', () => {
  it('finds models, experiments and runs by what a person types', () => {
    const store = openLab(tempDir());
    const { experimentId, runIds } = seed(store, 3);
    const { reader } = store;
    expect(reader.findModel('mlp-1k')).toEqual(model());
    expect(reader.findModel(model().id.slice(0, 8))).toEqual(model());
    expect(reader.findExperiment('first light').id).toBe(experimentId);
    expect(reader.findRun(runIds[2]!).ordinal).toBe(2);
    expect(failureOf(() => reader.findRun(runIds[2]!.slice(0, 20))).kind).toBe('bad_input');
    for (const ask of [
      () => reader.findModel('none'),
      () => reader.getModel('none'),
      () => reader.getMachine('none'),
      () => reader.getExperiment('none'),
      () => reader.getRun('none'),
      () => reader.getSamples(runIds[0]!, 0),
      () => reader.hashesOf('none'),
    ]) {
      expect(failureOf(ask).kind).toBe('not_found');
    }
    store.close();
  });

  it('lists runs by experiment, then by place in the plan, and filters', () => {
    const store = openLab(tempDir());
    const second = seed(store, 2, 2);
    const first = seed(store, 2, 1); // created earlier by its own clock, stored later
    measure(store, second.runIds[0]!);
    const ids = (filter?: Parameters<typeof store.reader.listRuns>[0]) =>
      store.reader.listRuns(filter).map((run) => run.id);
    expect(ids()).toEqual([...first.runIds, ...second.runIds]);
    expect(ids({ experimentId: second.experimentId })).toEqual(second.runIds);
    expect(ids({ status: ['completed', 'failed'] })).toEqual([second.runIds[0]]);
    expect(ids({ status: [] })).toEqual([]);
    expect(ids({ modelId: model().id, machineId: machine().id, status: ['queued'] })).toHaveLength(3);
    expect(ids({ modelId: 'other' })).toEqual([]);
    expect(store.reader.listExperiments().map((e) => e.createdUnixMs)).toEqual(
      [1, 2].map((s) => experiment(s).createdUnixMs),
    );
    store.close();
  });

  it('keeps times of 64 bits exact', () => {
    const store = openLab(tempDir());
    const [id] = seed(store).runIds as [string];
    measure(store, id, 1);
    const { openNs } = store.reader.getWindows(id)[0]!;
    expect(openNs).toBe(9_007_199_254_740_993n);
    expect(BigInt(Number(openNs))).not.toBe(openNs); // control: a double would have lost it
    expect(store.reader.getSamples(id, 0).originNs).toBe(openNs);
    store.close();
  });
});

describe('a large lab', () => {
  it('is asked by index: no statement on a table that grows with every window looks at all of it', () => {
    const dir = tempDir();
    openLab(dir).close();
    const db = new Database(join(dir, 'lab.sqlite'));
    const statements: string[] = [];
    const spy = new Proxy(db, {
      get: (target, key) => {
        if (key !== 'prepare') return Reflect.get(target, key).bind(target);
        return (sql: string) => {
          statements.push(sql);
          return target.prepare(sql);
        };
      },
    });
    makeReader(spy, dir).listRuns({ experimentId: 'some experiment', status: ['queued'] });
    makeWriter(spy);
    const plans = statements.flatMap((sql) => {
      const explain = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
      const named = Object.fromEntries([...sql.matchAll(/:(\w+)/g)].map(([, name]) => [name, null]));
      const positions = Array(sql.split('?').length - 1).fill(null);
      return explain.all(...(sql.includes(':') ? [named] : positions));
    });
    const scans = plans.map((plan) => plan.detail).filter((detail) => detail.startsWith('SCAN'));
    expect(plans.length).toBeGreaterThan(20);
    expect(scans.filter((scan) => /windows|readings|states|events|sensors/.test(scan))).toEqual([]);
    expect(scans.filter((scan) => /models/.test(scan))).not.toEqual([]); // control: a list of all does scan
    db.close();
  });
});
