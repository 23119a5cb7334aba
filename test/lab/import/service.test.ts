import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../../src/main/store/open';
import type { Lab, LabEvent } from '../../../src/shared/contract';
import { LabError } from '../../../src/shared/errors';
import { type BundleLab, openBundleLab } from '../../support/bundleLab';
import { fakeEffects } from '../../support/fakes';
import { openTestLab } from '../../support/lab';
import { changeRecord, copied, folder, writeRecords } from './support';

let bundle: string;
let from: BundleLab;
beforeAll(() => {
  from = openBundleLab({ parts: ['claim'] });
  bundle = writeRecords(from.store, {}, { into: join(folder({ keep: true }), 'b') });
  from.dispose();
});

async function labWith(path = bundle): Promise<{ lab: Lab; folder: string; events: LabEvent[] }> {
  const opened = openTestLab(fakeEffects());
  await opened.lab.importBundle({ path });
  return opened;
}

const failureOf = async (work: Promise<unknown>) => {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(LabError);
  return (thrown as LabError).failure;
};

describe('a lab with a bundle of another one', () => {
  it('lists it, verifies, and shows where its runs come from', async () => {
    const { lab } = await labWith();
    const { bundles, labId } = await lab.listBundles({});
    expect(bundles).toMatchObject([{ title: 'A test', runs: from.exportedRuns, labs: [from.labId] }]);
    expect(labId).toMatch(/^[0-9a-f]{16}$/);
    expect((await lab.verify({})).problems).toEqual([]);
    const { rows } = await lab.runRows({});
    expect(new Set(rows.map((row) => row.lab))).toEqual(new Set([from.labId]));
  });

  it('can be asked to stop importing, and told to go on later', async () => {
    const { lab } = openTestLab(fakeEffects());
    const stop = lab.onEvent((event) => {
      if (event.type === 'bundleProgress') void lab.cancelBundle({});
    });
    expect(await failureOf(lab.importBundle({ path: bundle }))).toMatchObject({ kind: 'cancelled' });
    stop();
    expect((await lab.listBundles({})).bundles).toEqual([]);
    expect((await lab.importBundle({ path: bundle })).alreadyThere).toBe(false);
    expect((await lab.listBundles({})).bundles).toHaveLength(1);
  });

  it('neither resumes nor finds its experiments, also unfinished ones', async () => {
    const unfinished = copied(bundle);
    changeRecord(unfinished, 'experiments', 0, (e) => ({ ...e, status: 'cancelled' }));
    const { lab } = await labWith(unfinished);
    const { experiments } = await lab.listExperiments({});
    expect(experiments).toHaveLength(1);
    const { id, plan } = experiments[0]!;
    expect(await failureOf(lab.resumeExperiment({ experimentId: id }))).toMatchObject({
      kind: 'bad_input',
      message: expect.stringContaining(`another lab (lab ${from.labId.slice(0, 8)})`),
      remedy: 'Start its plan anew.',
    });
    expect(await lab.findUnfinished({ plan })).toEqual({ experiment: null });
    expect((await lab.listExperiments({})).experiments[0]).toMatchObject({ id, status: 'cancelled' });
  });

  it('refuses whatever needs the file of a model that only came as a record, with what to do', async () => {
    const { lab } = await labWith();
    const { models } = await lab.listModels({ binned: true });
    const model = models.find((m) => !m.recipe?.startsWith('mlp:')) ?? models[0]!;
    const plan = {
      schema: 'thirtywatts.plan/1' as const,
      models: [model.id],
      preset: 'glance' as const,
      control: false,
    };
    const words = {
      kind: 'not_found',
      message: `The file of ${model.name} is not in the lab's folder: the lab only has its record.`,
      remedy: expect.stringContaining(`the ONNX file with SHA-256 ${model.fileSha256}`),
    };
    expect((await lab.previewPlan({ plan })).refusal).toMatchObject(words);
    expect(await failureOf(lab.startExperiment({ plan }))).toMatchObject(words);
    expect((await lab.listExperiments({})).experiments).toHaveLength(1); // the one that was imported
    expect(await failureOf(lab.showModel({ model: model.id }))).toMatchObject(words);
    expect(await failureOf(lab.testAccuracy({ model: model.id }))).toMatchObject(words);
    expect(await failureOf(lab.transformModel({ model: model.id, kind: 'int8' }))).toMatchObject(words);
  });

  it('builds the model of a recipe that came, and then has it', async () => {
    const { lab, events } = await labWith();
    const { models } = await lab.listModels({ binned: true });
    const built = models.find((m) => m.recipe?.startsWith('mlp:'))!;
    const plan = {
      schema: 'thirtywatts.plan/1' as const,
      models: [built.recipe!],
      preset: 'glance' as const,
    };
    expect((await lab.previewPlan({ plan })).refusal).toBeNull();
    expect((await failureOf(lab.showModel({ model: built.id }))).remedy).toContain(
      `thirty-watts models build ${built.recipe}`,
    );
    const [, parameters, seed = 'seed=1'] = built.recipe!.split(':');
    events.length = 0;
    const made = await lab.buildModel({
      family: 'mlp',
      parameters: Number(parameters),
      seed: Number(seed.replace('seed=', '')),
    });
    expect(made).toMatchObject({
      model: { id: built.id, importedUnixMs: built.importedUnixMs },
      alreadyThere: false,
    });
    expect(events).toContainEqual({ type: 'changed', what: 'models' });
    expect((await lab.showModel({ model: built.id })).macs.macs).toBeGreaterThan(0);
    expect((await lab.verify({})).problems).toEqual([]);
    expect((await lab.previewPlan({ plan: { ...plan, models: [built.id] } })).refusal).toBeNull();
  });

  it('does not take the file of a model that the bundle described otherwise', async () => {
    const lying = copied(bundle);
    const id = changeRecord(lying, 'models', 0, (model) => ({
      ...model,
      recipe: null,
      counts: { ...(model.counts as object), parameters: 10 ** 12 },
    }));
    const { lab } = await labWith(lying);
    const source = openBundleLab({ parts: [] });
    const { imported, refused } = await lab.importModels({
      paths: [join(source.folder, 'models', id, 'model.onnx')],
    });
    source.dispose();
    expect(imported).toEqual([]);
    expect(refused[0]!.failure.message).toMatch(/describes this very file otherwise than it is/);
    expect((await failureOf(lab.showModel({ model: id }))).kind).toBe('not_found');
    expect((await lab.verify({})).problems).toEqual([]);
  });

  it('tells what other labs found of a claim, newest first', async () => {
    const { lab } = await labWith();
    const { claims } = await lab.listClaims({});
    const found = await Promise.all(claims.map(({ current }) => lab.showClaim({ claim: current.claim })));
    const elsewhere = found.flatMap((detail) => detail.elsewhere ?? []);
    expect(elsewhere.length).toBeGreaterThan(0);
    for (const each of elsewhere) {
      expect(each.lab).toBe(from.labId);
      expect(each.machine).toMatch(/thread/);
      expect(each.run.steps.every((step) => /^[0-9a-f]{64}$/.test(step.sha256))).toBe(true);
    }
    for (const { elsewhere: some = [] } of found) {
      const times = some.map(({ run }) => run.endedUnixMs ?? run.startedUnixMs);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
    // Its own history stays empty.
    expect(found.every((detail) => detail.runs.length === 0 && detail.latest === null)).toBe(true);
    expect(claims.every((card) => !('elsewhere' in card))).toBe(true);
    // The card says how many of them completed; one that stopped there is no verdict.
    const completed = elsewhere.filter(({ run }) => run.status === 'completed');
    expect(completed.length).toBeLessThan(elsewhere.length);
    expect(claims.reduce((sum, card) => sum + (card.verdictsElsewhere ?? 0), 0)).toBe(completed.length);
    for (const [i, card] of claims.entries()) {
      const count = completed.filter(({ run }) => run.claim === card.current.claim).length;
      expect(card.verdictsElsewhere).toBe(count === 0 ? undefined : count);
      expect(found[i]!.verdictsElsewhere).toBe(card.verdictsElsewhere);
    }
  });

  it('tells the models that came without their file, until the file comes', async () => {
    const { lab } = await labWith();
    const before = await lab.listModels({ binned: true });
    expect(before.withoutFile).toEqual(before.models.map(({ id }) => id));
    const built = before.models.find((m) => m.recipe?.startsWith('mlp:'))!;
    const [, parameters, seed = 'seed=1'] = built.recipe!.split(':');
    await lab.buildModel({ family: 'mlp', parameters: Number(parameters), seed: Number(seed.slice(5)) });
    const after = await lab.listModels({ binned: true });
    expect(after.withoutFile).toEqual(before.withoutFile!.filter((id) => id !== built.id));
    // One of the bin is told with the bin alone.
    const [other] = after.withoutFile!;
    await lab.setBinned({ what: 'model', ids: [other!], binned: true });
    expect((await lab.listModels({})).withoutFile ?? []).not.toContain(other);
    // Control: a lab's own models are all there.
    const { lab: own } = openTestLab(fakeEffects());
    await own.buildModel({ family: 'mlp', parameters: 1000, seed: 1 });
    expect(await own.listModels({})).toEqual({ models: [expect.objectContaining({ family: 'mlp' })] });
  });

  it('takes no time of its own from theirs', async () => {
    const { folder: labFolder, lab } = await labWith();
    const { models } = await lab.listModels({ binned: true });
    const ids = models.map(({ id }) => id);
    const view = openLab(labFolder, { readOnly: true });
    expect(view.reader.pastRuns(ids)).toEqual([]);
    view.close();
    // Control: in the lab that measured them they count.
    const home = openBundleLab({ parts: ['claim'] });
    expect(home.store.reader.pastRuns(ids).length).toBeGreaterThan(0);
    home.dispose();
  });
});
