import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { previewPlan } from '../../src/main/lab/preview';
import { openLab } from '../../src/main/store/open';
import { type PlanInput, planSchema } from '../../src/shared/plan';
import { quick } from '../support/experiment';
import { fakeEffects, until } from '../support/fakes';
import { openTestLab, temporaryFolder } from '../support/lab';

const plan = (part: Partial<PlanInput>): PlanInput => ({
  ...quick,
  windowS: 0.05,
  models: ['mlp:1e3'],
  ...part,
});

describe('a preview', () => {
  it('counts what a start would store, and stores nothing itself', async () => {
    const { lab, events } = openTestLab(fakeEffects());
    const many = plan({
      models: ['mlp:1e3', 'mlp:2e3'],
      batches: [1, 2, 4],
      threads: [1, 2],
      callOverhead: true,
    });
    const preview = await lab.previewPlan({ plan: many });
    expect(preview).toMatchObject({ runs: 14, overheadRuns: 2, refusal: null });
    expect((await lab.listModels({ binned: true })).models).toEqual([]);
    expect((await lab.listExperiments({})).experiments).toEqual([]);
    expect(events).toEqual([]);
    const { runs } = await lab.startExperiment({ plan: many });
    expect(runs).toBe(preview.runs);
    await until(() => events.some((e) => e.type === 'experimentEnded'));
    expect((await lab.listRuns({})).runs).toHaveLength(14);
  }, 20_000);

  it.each<[string, Partial<PlanInput>, RegExp]>([
    ['a model that is not there', { models: ['nothing'] }, /nothing/],
    ['a recipe that cannot be read', { models: ['mlp:1e99'] }, /recipe/],
    ['a dimension that no model has', { dims: { sequence: 4 } }, /sequence/],
    ['a batch that is listed twice', { batches: [2, 2] }, /2 twice in its batches/],
    ['a thread count that is listed twice', { threads: [1, 2, 1] }, /1 twice in its threads/],
  ])('refuses %s in the words of a start', async (_what, part, words) => {
    const { lab } = openTestLab(fakeEffects());
    await lab.buildModel({ family: 'mlp', parameters: 1e3 });
    const { refusal } = await lab.previewPlan({ plan: plan(part) });
    expect(refusal?.message).toMatch(words);
    await expect(lab.startExperiment({ plan: plan(part) })).rejects.toThrow(refusal!.message);
  });

  it('does not find a model in the bin by its name', async () => {
    const { lab } = openTestLab(fakeEffects());
    const { model } = await lab.buildModel({ family: 'mlp', parameters: 1e3 });
    const named = plan({ models: [model.name] });
    expect((await lab.previewPlan({ plan: named })).refusal).toBeNull();
    await lab.setBinned({ what: 'model', ids: [model.id], binned: true });
    expect((await lab.previewPlan({ plan: named })).refusal?.kind).toBe('not_found');
  });

  it('warns of what is odd, and of nothing where nothing is', async () => {
    const folder = temporaryFolder();
    const { lab } = openTestLab(fakeEffects(), folder);
    const { model } = await lab.buildModel({ family: 'mlp', parameters: 1e3 });
    const env = { folder, reader: openLab(folder, { readOnly: true }).reader, logicalCores: 4 };
    const warnings = (part: Partial<PlanInput>) =>
      previewPlan(env, planSchema.parse(plan({ preset: 'quick', windowS: undefined, ...part }))).warnings;
    expect(warnings({})).toEqual([]);
    const odd: [Partial<PlanInput>, RegExp][] = [
      [{ preset: 'glance' }, /first look.*never evidence/],
      [{ threads: [4, 8] }, /^8 threads are more than this machine’s 4 logical cores/],
      [{ threads: [5, 6, 7, 8, 9, 10] }, /^5, 6, 7 … 10 threads are more than/],
      [{ batches: Array.from({ length: 1200 }, (_, i) => i + 1) }, /^1,200 runs are many/],
      [{ meters: 'none' }, /energy will not be measured/],
      [{ windowS: 1 }, /1 s are too short/],
      [{ models: ['mlp:1e3', 'mlp:1e3'] }, /measured more than once: mlp:1e3/],
      [{ batches: Array.from({ length: 600 }, (_, i) => i + 1) }, /600 runs are many/],
      [{ preset: 'rigorous', batches: Array.from({ length: 200 }, (_, i) => i + 1) }, /hours/],
    ];
    for (const [part, words] of odd) {
      expect(
        warnings(part).filter((w) => words.test(w)),
        String(words),
      ).toHaveLength(1);
      // The control: the same word is not said of the plain plan.
      expect(warnings({}).filter((w) => words.test(w))).toEqual([]);
    }
    const files = join(folder, 'models', model.id);
    for (const file of readdirSync(files)) rmSync(join(files, file));
    expect(warnings({})).toEqual([expect.stringMatching(/No longer in the lab’s folder.*mlp/)]);
  });

  it('expects what earlier runs of the same kind took', async () => {
    const { lab, events } = openTestLab(fakeEffects());
    const before = await lab.previewPlan({ plan: plan({}) });
    await lab.startExperiment({ plan: plan({}) });
    await until(() => events.some((e) => e.type === 'experimentEnded'));
    const [{ run }] = (await lab.listRuns({})).runs;
    const { expectedS } = await lab.previewPlan({ plan: plan({}) });
    const took = (run.endedUnixMs! - run.startedUnixMs!) / 1000;
    expect(expectedS.low).toBeCloseTo(took, 6);
    expect(expectedS.high).toBeCloseTo(took, 6); // a glance has no window that may come or go
    expect(expectedS.low).not.toBe(before.expectedS.low);
    expect((await lab.previewPlan({ plan: plan({ batches: [2] }) })).expectedS).toEqual(before.expectedS);
  });
});
