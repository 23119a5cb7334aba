import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importBundle } from '../../../src/main/lab/import/importBundle';
import { verifyAll } from '../../../src/main/lab/verify';
import type { LabStore } from '../../../src/main/store/open';
import type { LabError } from '../../../src/shared/errors';
import { type BundleLab, openBundleLab } from '../../support/bundleLab';
import {
  changeRecord,
  contextOf,
  copied,
  folder,
  openEmpty,
  rowsOf,
  take,
  takenUntil,
  writeRecords,
} from './support';

let from: BundleLab;
let other: BundleLab;
let bundle: string;
beforeAll(() => {
  from = openBundleLab({ parts: ['claim', 'comparison'] });
  other = openBundleLab({ parts: ['claim', 'comparison'], labId: 'feedfacefeedface', days: 40 });
  bundle = writeRecords(from.store, {}, { into: join(folder({ keep: true }), 'b') });
});
afterAll(() => {
  from.dispose();
  other.dispose();
});
const clean = async (store: LabStore) =>
  expect((await verifyAll(store.reader, store.dir)).problems).toEqual([]);

describe('an import', () => {
  it('gives an empty lab the very rows, marked with the lab that they come from', async () => {
    const store = openEmpty();
    await take(store, bundle);
    await clean(store);
    const [have, want] = [rowsOf(store), rowsOf(from.store)];
    for (const table of [
      'experiments',
      'runs',
      'windows',
      'sensors',
      'readings',
      'states',
      'events',
      'accuracies',
    ])
      expect(have[table], table).toEqual(want[table]);
    expect(have.models!.length).toBeGreaterThan(0);
    expect(want.models).toEqual(expect.arrayContaining(have.models!));
    expect(want.machines).toEqual(expect.arrayContaining(have.machines!));
    const { reader } = store;
    expect(new Set(reader.origins('run').values())).toEqual(new Set([from.labId]));
    expect([...reader.origins('run').keys()].sort()).toEqual(reader.runIds().toSorted());
    for (const what of ['model', 'machine', 'experiment'] as const)
      expect(reader.origins(what).size, what).toBeGreaterThan(0);
    // Its own claims stay its own: those of others lie beside them.
    expect(reader.claimRuns()).toEqual([]);
    expect(reader.foreignClaims().filter((c) => c.kind === 'claim_run')).toHaveLength(3);
  });

  it('of the same bundle again changes no row and says so', async () => {
    const store = openEmpty();
    await take(store, bundle);
    const before = rowsOf(store);
    const nothing = { experiments: 0, runs: 0, models: 0, machines: 0, accuracies: 0, claimRuns: 0 };
    expect(await take(store, bundle)).toMatchObject({
      alreadyThere: true,
      added: nothing,
      runsThere: from.exportedRuns,
      conflicts: [],
    });
    expect(rowsOf(store)).toEqual(before);
  });

  it('of what this lab itself gave away finds all of it there', async () => {
    const home = openBundleLab({ parts: ['claim', 'comparison'] });
    const before = rowsOf(home.store, ['bundles']);
    const report = await take(home.store, bundle);
    expect(report).toMatchObject({ alreadyThere: false, runsThere: home.exportedRuns, conflicts: [] });
    expect(Object.values(report.added)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(rowsOf(home.store, ['bundles'])).toEqual(before);
    home.dispose();
  });

  it('into another copy of the lab that gave it away adds its runs as its own', async () => {
    const copy = openBundleLab({ parts: [] });
    const report = await take(copy.store, bundle);
    expect(report.added).toMatchObject({ runs: from.exportedRuns, models: 0, machines: 0 });
    expect(copy.store.reader.origins('run').size).toBe(0);
    await clean(copy.store);
    // And what it gives away then is what it took in.
    const again = writeRecords(copy.store);
    for (const table of ['runs', 'windows', 'claim_runs', 'claim_versions'])
      expect(records(again, table), table).toBe(records(bundle, table));
    copy.dispose();
  });

  it('of two labs keeps them apart, in whatever order they come', async () => {
    const second = writeRecords(other.store);
    const stores = [openEmpty(), openEmpty()];
    for (const path of [bundle, second]) await take(stores[0]!, path);
    for (const path of [second, bundle]) await take(stores[1]!, path);
    for (const store of stores) {
      await clean(store);
      const labs = store.reader.origins('run');
      expect(labs.size).toBe(from.exportedRuns + other.exportedRuns);
      expect(new Set(labs.values())).toEqual(new Set([from.labId, other.labId]));
      expect(store.reader.foreignClaims().filter((c) => c.kind === 'claim_run')).toHaveLength(6);
    }
    for (const table of ['runs', 'windows', 'readings', 'foreign_claims'])
      expect(rowsOf(stores[0]!)[table], table).toEqual(rowsOf(stores[1]!)[table]);
    const third = writeRecords(stores[0]!);
    const fourth = openEmpty();
    await take(fourth, third);
    expect(rowsOf(fourth).origins).toEqual(rowsOf(stores[0]!).origins);
  });

  it('leaves out a run that is there with other content, and says so', async () => {
    const store = openEmpty();
    await take(store, bundle);
    const before = rowsOf(store, ['bundles']);
    const spoilt = copied(bundle);
    const id = changeRecord(spoilt, 'runs', 0, (run) => ({
      ...run,
      queuedUnixMs: Number(run.queuedUnixMs) + 1,
    }));
    const { conflicts, runsThere } = await take(store, spoilt);
    expect(conflicts).toEqual([
      `Run ${id} has another record in this lab, and that of the bundle was left out.`,
    ]);
    expect(runsThere).toBe(from.exportedRuns - 1);
    expect(rowsOf(store, ['bundles'])).toEqual(before);
  });

  it('leaves out a run whose numbers are not what its samples give', async () => {
    const spoilt = copied(bundle);
    const id = changeRecord(spoilt, 'runs', 0, (run) => {
      const latency = run.latency as Record<string, unknown>;
      return { ...run, latency: { ...latency, meanS: 0.000_001 } };
    });
    const store = openEmpty();
    const { conflicts, added } = await take(store, spoilt);
    expect(conflicts).toEqual([
      `Run ${id} contradicts itself and was left out: its latency is not what its samples give.`,
    ]);
    expect(added.runs).toBe(from.exportedRuns - 1);
    expect(store.reader.runIds()).not.toContain(id);
    await clean(store);
  });

  it('leaves out the runs of an experiment that has another plan here', async () => {
    const store = openEmpty();
    await take(store, bundle);
    const spoilt = copied(bundle);
    const id = changeRecord(spoilt, 'experiments', 0, (experiment) => ({
      ...experiment,
      plan: { ...(experiment.plan as object), name: 'another' },
    }));
    const { conflicts } = await take(store, spoilt);
    expect(conflicts).toHaveLength(1);
    expect(conflicts[0]).toContain(`Experiment ${id} (“another”) has another plan in this lab`);
  });

  it('leaves out a claim run whose verdict its thresholds contradict', async () => {
    const spoilt = copied(bundle);
    const states = /"state":"holds"/;
    const path = join(spoilt, 'provenance/records/claim_runs.jsonl');
    const at = readFileSync(path, 'utf8')
      .split('\n')
      .findIndex((line) => states.test(line));
    expect(at).toBeGreaterThanOrEqual(0);
    const id = changeRecord(
      spoilt,
      'claim_runs',
      at,
      (run) => JSON.parse(JSON.stringify(run).replace(states, '"state":"fails"')) as Record<string, unknown>,
    );
    const store = openEmpty();
    const { conflicts } = await take(store, spoilt);
    expect(conflicts.filter((c) => c.includes(id))[0]).toMatch(/contradicts itself and was left out/);
    await clean(store);
  });

  it('lets an experiment and a claim run go forward, never back', async () => {
    const early = copied(bundle);
    const experiment = changeRecord(early, 'experiments', 0, (e) => ({
      ...e,
      status: 'cancelled',
      endedUnixMs: 5,
    }));
    const path = join(early, 'provenance/records/claim_runs.jsonl');
    const at = readFileSync(path, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes('"status":"completed"'));
    const claimRun = changeRecord(early, 'claim_runs', at, (run) => ({
      ...run,
      status: 'failed',
      outcome: null,
    }));
    const store = openEmpty();
    const claimOf = () =>
      store.reader.foreignClaims().find((c) => c.kind === 'claim_run' && c.key === claimRun);
    for (const [path, status, claim] of [
      [early, 'cancelled', 'failed'],
      [bundle, 'completed', 'completed'],
      [early, 'completed', 'completed'],
    ] as const) {
      expect((await take(store, path)).conflicts).toEqual([]);
      expect(store.reader.getExperiment(experiment).status).toBe(status);
      expect(claimOf()!.value).toMatchObject({ status: claim });
      await clean(store);
    }
  });

  it('that is cancelled leaves whole runs; another one completes it', async () => {
    const whole = openEmpty();
    await take(whole, bundle);
    const want = rowsOf(whole, ['bundles', 'lab']);
    const store = openEmpty();
    const kept: number[] = [];
    for (const runs of [0, 1, 4]) {
      const thrown = await takenUntil(store, bundle, runs);
      expect((thrown as LabError).failure.kind).toBe('cancelled');
      expect((thrown as LabError).message).toMatch(/nothing was imported|in the lab/);
      kept.push(store.reader.runIds().length);
      expect(store.reader.bundles()).toEqual([]);
      await clean(store);
    }
    expect(kept[0]).toBe(0);
    expect(kept[2]).toBeGreaterThan(kept[1]!);
    const report = await take(store, bundle);
    expect(report.added.runs).toBe(from.exportedRuns - kept[2]!);
    expect(rowsOf(store, ['bundles', 'lab'])).toEqual(want);
  });

  it('may be cancelled at any moment: what is in the lab is whole, and importing again completes it', async () => {
    const whole = openEmpty();
    await take(whole, bundle);
    const store = openEmpty();
    const runs = () => store.reader.runIds().length;
    let cancelled = 0;
    for (let moment = 1; runs() < from.exportedRuns; moment += 17) {
      let left = moment;
      // Asked before each pause: the so manieth time it says that it was cancelled.
      const signal = {
        get aborted() {
          left -= 1;
          return left <= 0;
        },
      } as AbortSignal;
      const had = runs();
      const thrown = await take(store, bundle, signal).catch((error: unknown) => error);
      if (thrown instanceof Error) {
        expect((thrown as LabError).failure?.kind, thrown.stack).toBe('cancelled');
        cancelled += 1;
      }
      expect(runs()).toBeGreaterThanOrEqual(had);
      expect(store.reader.verify().problems).toEqual([]);
    }
    expect(cancelled).toBeGreaterThan(5);
    await take(store, bundle);
    expect(rowsOf(store, ['bundles', 'lab'])).toEqual(rowsOf(whole, ['bundles', 'lab']));
  });

  it('tells what it does, with a share that never falls, and says what changed', async () => {
    const store = openEmpty();
    const events: string[] = [];
    const context = contextOf(store);
    const shares: number[] = [];
    await importBundle(
      { ...context, emit: (e) => events.push(e.type === 'changed' ? e.what : e.type) },
      bundle,
      { redact: (t) => t, progress: ({ share }) => shares.push(share) },
    );
    expect(shares.length).toBeGreaterThan(0);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
    expect(events).toEqual(expect.arrayContaining(['runs', 'experiments', 'models', 'claims', 'bundles']));
  });

  it('keeps the mark of the sample dataset', async () => {
    const sample = openBundleLab({ parts: ['sample'] });
    const store = openEmpty();
    await take(store, writeRecords(sample.store));
    const marks = store.reader.marks('run');
    expect(store.reader.runIds().every((id) => marks.get(id)?.sample)).toBe(true);
    sample.dispose();
  });
});

const records = (root: string, table: string) =>
  readFileSync(join(root, 'provenance/records', `${table}.jsonl`), 'utf8');
