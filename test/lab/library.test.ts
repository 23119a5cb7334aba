import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabContext, labEffects } from '../../src/main/lab/context';
import { type LibraryState, readLibrary, viewState, writeLibrary } from '../../src/main/lab/library';
import { importPaths } from '../../src/main/lab/models';
import { openLabView } from '../../src/main/lab/service';
import { type LabStore, openLab } from '../../src/main/store/open';
import type { LabEvent } from '../../src/shared/contract';
import { failureOf } from '../../src/shared/errors';
import { runRowOf } from '../../src/shared/runRow';
import { completed, experiment, machine, model, queuedRun } from '../store/children/records';
import { seed } from '../store/support';
import { openTestLab, temporaryFolder } from '../support/lab';
import { divisionOfInputs, writeModel } from '../support/models';

const idle: LibraryState = { readOnly: () => null, measuring: () => null, atWork: () => [] };

/** The library over a store, without the rest of the service. */
function libraryOf(store: LabStore, state: LibraryState = idle) {
  const events: LabEvent[] = [];
  const context: LabContext = {
    folder: store.dir,
    store,
    effects: { ...labEffects, nowUnixMs: () => 1234 },
    emit: (event) => events.push(event),
  };
  return {
    ...readLibrary(store.reader, store.dir, state),
    ...writeLibrary(context, state),
    context,
    events,
  };
}

/** Ends queued runs as completed, in one transaction. */
function endAll(store: LabStore, ids: readonly string[]): void {
  store.writer.together(() => {
    for (const id of ids) store.writer.finishRun(completed(store.writer.startRun(id, 1)));
  });
}

const page = { offset: 0, limit: 5000, ids: null, binned: false };
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (thrown: unknown) => failureOf(thrown),
  );

function openSeeded(runs = 3) {
  const store = openLab(temporaryFolder());
  const { runIds, experimentId } = seed(store, runs);
  return { store, experimentId, runIds: runIds as [string, string, string], library: libraryOf(store) };
}

describe('the bin', () => {
  it('hides a run, changes nothing of it, and gives it back', async () => {
    const { store, runIds, library } = openSeeded();
    endAll(store, runIds);
    const before = await library.runRows(page);
    expect(await library.setBinned({ what: 'run', ids: [runIds[1], runIds[1]], binned: true })).toEqual({
      changed: 1,
    });
    const hidden = await library.runRows(page);
    expect(hidden.rows).toEqual([before.rows[0], before.rows[2]]);
    expect(hidden.total).toBe(2);
    const all = await library.runRows({ ...page, binned: true });
    expect(all.rows).toEqual(before.rows.map((row, i) => (i === 1 ? { ...row, binnedUnixMs: 1234 } : row)));
    expect((await library.labInfo({})).runs).toBe(2);
    expect(await library.setBinned({ what: 'run', ids: [runIds[1]], binned: false })).toEqual({ changed: 1 });
    expect(await library.runRows(page)).toEqual(before);
    // What is so already changes nothing and tells nobody.
    expect(await library.setBinned({ what: 'run', ids: [runIds[1]], binned: false })).toEqual({ changed: 0 });
    expect(library.events).toEqual([
      { type: 'changed', what: 'runs' },
      { type: 'changed', what: 'runs' },
    ]);
    store.close();
  });

  it('hides a model from the list and from its name; its runs still show', async () => {
    const { store, runIds, library } = openSeeded();
    endAll(store, runIds);
    await library.setBinned({ what: 'model', ids: [model().id], binned: true });
    expect(await library.listModels({ binned: false })).toEqual({ models: [] });
    expect(await library.listModels({ binned: true })).toEqual({ models: [model()] });
    expect(await library.labInfo({})).toMatchObject({ models: 0, runs: 3 });
    expect((await library.runRows(page)).rows.map((r) => r.modelName)).toEqual(Array(3).fill('mlp-1k'));
    await library.setBinned({ what: 'model', ids: [model().id], binned: false });
    expect(await library.listModels({ binned: false })).toEqual({ models: [model()] });
    expect(library.events.every((e) => e.type === 'changed' && e.what === 'models')).toBe(true);
    store.close();
  });

  it('takes no locked run, and none of the others with it', async () => {
    const { store, runIds, library } = openSeeded();
    endAll(store, runIds);
    expect(await library.setLocked({ runs: [runIds[2]], locked: true })).toEqual({ changed: 1 });
    const failure = await refusal(library.setBinned({ what: 'run', ids: [...runIds], binned: true }));
    expect(failure).toEqual({
      kind: 'bad_input',
      message: `The run ${runIds[2]} of mlp-1k is locked and cannot be put into the bin.`,
      remedy: 'Unlock it first.',
    });
    expect((await library.runRows(page)).rows.map((r) => r.locked)).toEqual([false, false, true]);
    await library.setLocked({ runs: [runIds[2]], locked: false });
    expect(await library.setBinned({ what: 'run', ids: [...runIds], binned: true })).toEqual({ changed: 3 });
    const second = await refusal(library.setLocked({ runs: [...runIds], locked: true }));
    expect(second?.message).toMatch(
      /^3 runs, among them .+ of mlp-1k, are in the bin and cannot be locked\.$/,
    );
    store.close();
  });

  it('takes nothing that is measured or waits, and nothing that is not there', async () => {
    const { store, runIds, experimentId } = openSeeded();
    endAll(store, [runIds[0]]);
    store.writer.startRun(runIds[1], 1);
    const busy = libraryOf(store, { ...idle, measuring: () => experimentId, atWork: () => [experimentId] });
    for (const id of [runIds[1], runIds[2]]) {
      expect(await refusal(busy.setBinned({ what: 'run', ids: [id], binned: true }))).toMatchObject({
        kind: 'bad_input',
        message: `The run ${id} of mlp-1k is being measured, or waits to be.`,
        remedy: expect.stringContaining('Wait'),
      });
    }
    const ofModel = await refusal(busy.setBinned({ what: 'model', ids: [model().id], binned: true }));
    expect(ofModel?.message).toBe('The model mlp-1k is being measured, or waits to be.');
    expect(await busy.setBinned({ what: 'run', ids: [runIds[0]], binned: true })).toEqual({ changed: 1 }); // it has ended
    expect((await busy.labInfo({})).measuring).toBe(experimentId);
    // Control: what was queued and is no longer at work may go.
    const free = libraryOf(store);
    expect(await free.setBinned({ what: 'run', ids: [runIds[2]], binned: true })).toEqual({ changed: 1 });
    for (const what of ['run', 'model'] as const) {
      expect((await refusal(free.setBinned({ what, ids: ['none'], binned: true })))?.kind).toBe('not_found');
    }
    expect((await refusal(free.setLocked({ runs: ['none'], locked: true })))?.kind).toBe('not_found');
    store.close();
  });

  it('gives a model back when its file is imported again, and tells of changes only', async () => {
    const folder = temporaryFolder();
    const store = openLab(temporaryFolder());
    const library = libraryOf(store);
    const changes = () => library.events.filter((e) => e.type === 'changed');
    const path = writeModel(folder, 'division', divisionOfInputs());
    const [first] = (await importPaths(library.context, [path, path])).imported;
    const id = first!.model.id;
    expect(changes()).toEqual([{ type: 'changed', what: 'models' }]);
    await importPaths(library.context, [path]); // there already: nothing changes
    expect(changes().length).toBe(1);
    await library.setBinned({ what: 'model', ids: [id], binned: true });
    expect((await library.listModels({ binned: false })).models).toEqual([]);
    expect((await importPaths(library.context, [path])).imported[0]).toMatchObject({ alreadyThere: true });
    expect((await library.listModels({ binned: false })).models.map((m) => m.id)).toEqual([id]);
    expect(changes().length).toBe(3);
    store.close();
  });
});

describe('settings', () => {
  it('survive reopening, and are refused where they are data', async () => {
    const folder = temporaryFolder();
    const store = openLab(folder);
    const library = libraryOf(store);
    const value = { columns: ['p50S', null, 3], open: true };
    await library.putSetting({ key: 'runs', value: 'old' });
    await library.putSetting({ key: 'runs', value });
    expect((await refusal(library.putSetting({ key: 'big', value: 'x'.repeat(2 ** 20) })))?.kind).toBe(
      'bad_input',
    );
    expect(library.events).toEqual(Array(2).fill({ type: 'changed', what: 'settings' }));
    store.close();
    const again = openLab(folder);
    expect(await libraryOf(again).getSettings({})).toEqual({ settings: { runs: value } });
    again.close();
  });
});

describe('rows in pages', () => {
  const runs = 1001;
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-rows-'));
  let store: LabStore;
  beforeAll(() => {
    store = openLab(folder);
    const { runIds } = seed(store, runs, 2);
    seed(store, 3, 1); // an older experiment by its own clock, queued later: it comes last
    endAll(store, runIds.slice(0, 990));
    store.writer.setBinned('run', [...runIds.slice(0, 900).filter((_, i) => i % 7 === 3)], 5);
  });
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are the rows of one big page, whatever the pages are', async () => {
    const whole = await readLibrary(store.reader, folder, idle).runRows({ ...page, binned: true });
    expect(whole.total).toBe(runs + 3);
    expect(whole.rows.map((r) => r.ordinal)).toEqual([...Array(runs).keys(), 0, 1, 2]);
    const shown = whole.rows.filter((r) => r.binnedUnixMs === null);
    expect(shown.length).toBeLessThan(whole.rows.length);
    // Against the shared function alone, without any cache.
    for (const run of store.reader.listRuns().slice(0, 20)) {
      const row = runRowOf({ run, model: model(), machine: machine(), experimentName: 'first light' });
      expect(whole.rows).toContainEqual({
        ...row,
        binnedUnixMs: store.reader.marks('run').get(run.id)?.binnedUnixMs ?? null,
      });
    }
    const { runRows } = readLibrary(store.reader, folder, idle);
    const paged = [];
    for (let offset = 0; ; offset += 100) {
      const { rows, total } = await runRows({ offset, limit: 100, ids: null, binned: false });
      expect(total).toBe(shown.length);
      paged.push(...rows);
      if (rows.length < 100) break;
    }
    expect(paged).toEqual(shown);
    const ids = whole.rows.map((r) => r.id);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(runs + 10),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        fc.option(fc.subarray(ids, { maxLength: 200 }), { nil: null }),
        async (offset, limit, binned, some) => {
          const wanted = (binned ? whole.rows : shown).filter((r) => some === null || some.includes(r.id));
          const answer = await runRows({ offset, limit, ids: some?.toReversed() ?? null, binned });
          expect(answer).toEqual({ rows: wanted.slice(offset, offset + limit), total: wanted.length });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of runs that have ended are made once; marks and unended runs are read anew', async () => {
    let read = 0;
    const counting = {
      ...store.reader,
      getRuns: (ids: readonly string[]) => {
        read += ids.length;
        return store.reader.getRuns(ids);
      },
    };
    const { runRows } = readLibrary(counting, folder, idle);
    const first = await runRows({ ...page, binned: true });
    expect(read).toBe(runs + 3);
    read = 0;
    expect(await runRows({ ...page, binned: true })).toEqual(first);
    expect(read).toBe(11 + 3); // queued ones only
    const last = first.rows.at(-1)!;
    store.writer.setLocked('run', [first.rows[0]!.id], true);
    store.writer.startRun(last.id, 77);
    const ids = [first.rows[0]!.id, last.id];
    expect((await runRows({ ...page, ids })).rows).toEqual([
      { ...first.rows[0], locked: true },
      { ...last, status: 'running', startedUnixMs: 77 },
    ]);
  });

  it('hold what a run is when they are sent, not when it was read', async () => {
    const moving = openLab(temporaryFolder());
    const { runIds } = seed(moving, 201);
    const { runRows } = readLibrary(moving.reader, moving.dir, idle);
    const rows = runRows(page);
    await new Promise((resolve) => setImmediate(resolve));
    endAll(moving, [runIds[0]!]);
    moving.writer.startRun(runIds[1]!, 1);
    moving.writer.setLocked('run', [runIds[2]!], true);
    const [first, second, third] = (await rows).rows;
    expect([first?.status, second?.status, third?.locked]).toEqual(['completed', 'running', true]);
    moving.close();
  });

  it('leave the service free between pieces of a page', async () => {
    const { runRows } = readLibrary(store.reader, folder, idle);
    let turns = 0;
    const rows = runRows({ ...page, binned: true });
    let done = false;
    void rows.then(() => {
      done = true;
    });
    while (!done) {
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(turns).toBeGreaterThanOrEqual(10); // 1,004 runs, 100 at once
  });
});

describe('a lab that is open for reading only', () => {
  it('says who has it, shows everything and refuses every change', async () => {
    const folder = temporaryFolder();
    const store = openLab(folder);
    const { runIds, experimentId } = seed(store, 2);
    store.writer.putSetting('theme', 'dark', 1);
    store.writer.startRun(runIds[0]!, 1);
    const { handlers, close } = openLabView(folder);
    expect(await handlers.labInfo({})).toMatchObject({
      readOnly: { holderPid: process.pid },
      runs: 2,
      models: 1,
      sampleLoaded: false,
      measuring: experimentId,
    });
    expect((await handlers.runRows(page)).rows.map((r) => r.status)).toEqual(['running', 'queued']);
    expect(await handlers.getSettings({})).toEqual({ settings: { theme: 'dark' } });
    for (const change of [
      () => handlers.setBinned({ what: 'run', ids: [runIds[1]!], binned: true }),
      () => handlers.setLocked({ runs: [runIds[1]!], locked: true }),
      () => handlers.putSetting({ key: 'theme', value: 'light' }),
      () => handlers.loadSample({}),
    ]) {
      expect((await refusal(change()))?.kind).toBe('lab_locked');
    }
    store.close();
    // The holder is gone: nobody measures, whatever is stored.
    expect(await handlers.labInfo({})).toMatchObject({ readOnly: { holderPid: null }, measuring: null });
    await close();
  });

  it('knows only holders that live', () => {
    const store = openLab(temporaryFolder());
    seed(store, 1);
    expect(viewState(store).readOnly()).toEqual({ holderPid: process.pid });
    store.close();
    expect(viewState(store).readOnly()).toEqual({ holderPid: null });
  });
});

describe('a lab that may write', () => {
  it('keeps marks and settings over its own end, and says that it may write', async () => {
    const folder = temporaryFolder();
    const made = openLab(folder);
    const { runIds } = seed(made, 2);
    endAll(made, runIds);
    made.close();
    const first = openTestLab({}, folder);
    await first.lab.setBinned({ what: 'run', ids: [runIds[0]!], binned: true });
    await first.lab.setLocked({ runs: [runIds[1]!], locked: true });
    await first.lab.putSetting({ key: 'theme', value: 'dark' });
    const rows = await first.lab.runRows({ binned: true });
    expect(first.events).toContainEqual({ type: 'changed', what: 'settings' });
    await first.close();
    const { lab } = openTestLab({}, folder);
    expect(await lab.runRows({ binned: true })).toEqual(rows);
    expect((await lab.runRows({})).rows.map((r) => r.id)).toEqual([runIds[1]]);
    expect(await lab.getSettings({})).toEqual({ settings: { theme: 'dark' } });
    expect(await lab.labInfo({})).toMatchObject({ readOnly: null, measuring: null, folder, runs: 1 });
  });

  it('leaves binned runs out of lists, and sample runs unless there is nothing else or they are asked for', async () => {
    const folder = temporaryFolder();
    const made = openLab(folder);
    const own = seed(made, 3, 1);
    made.writer.createExperiment({ ...experiment(2), plan: experiment(2).plan }, [
      queuedRun(experiment(2).id, 0),
    ]);
    const sampleRun = queuedRun(experiment(2).id, 0).id;
    endAll(made, [...own.runIds, sampleRun]);
    made.writer.markSample('run', [sampleRun]);
    made.close();
    const { lab } = openTestLab({}, folder);
    const listed = async (experimentId: string | null = null) =>
      (await lab.listRuns({ experimentId })).runs.map((r) => [r.run.id, r.sample]);
    expect(await listed()).toEqual(own.runIds.map((id) => [id, false]));
    expect(await listed(experiment(2).id)).toEqual([[sampleRun, true]]);
    await lab.setBinned({ what: 'run', ids: [own.runIds[1]!], binned: true });
    expect(await listed()).toEqual([own.runIds[0], own.runIds[2]].map((id) => [id, false]));
    await lab.setBinned({ what: 'run', ids: own.runIds, binned: true });
    expect(await listed()).toEqual([[sampleRun, true]]);
    expect((await lab.labInfo({})).sampleLoaded).toBe(true);
  });
});
