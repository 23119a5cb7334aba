import { describe, expect, it } from 'vitest';
import { createBench } from '../../../src/main/lab/claims/bench';
import { planGroups } from '../../../src/main/lab/claims/plans';
import type { LabContext } from '../../../src/main/lab/context';
import type { StoredClaimExperiment, StoredStep } from '../../../src/main/store/claims';
import { claimOptionsSchema, type Prediction } from '../../../src/shared/claim';
import type { Plan } from '../../../src/shared/plan';
import type { Interval } from '../../../src/shared/runRow';
import { fakeMachine, fakeModel, fakeRun } from '../../support/fakeRecords';

const prediction: Prediction = {
  by: 'lab',
  text: '-',
  expected: 'supported',
  criteria: [
    { key: 'ratio', quantity: 'r', unit: '1', relation: '>=', threshold: 1, upper: null, refuteAt: null },
  ],
};
const options = claimOptionsSchema.parse({});
const models = new Map(['a', 'b'].map((id) => [id, fakeModel(id, 1000)]));
const around = (value: number, rel: number): Interval => ({
  value,
  low: value * (1 - rel),
  high: value * (1 + rel),
});

/** A bench over a store in memory; `p50` says what the n-th plan measures of each model. */
function benchOf(p50: (model: string, plan: number) => Interval, stopAt = Number.POSITIVE_INFINITY) {
  const steps: StoredStep[] = [];
  const experiments: StoredClaimExperiment[] = [];
  const plans: Plan[] = [];
  const kept: string[] = [];
  const runOf = (id: string) => {
    const [plan, entry] = id.split(':').map(Number) as [number, number];
    const text = plans[plan]!.models[entry]!;
    const run = fakeRun({
      experiment: String(plan),
      ordinal: entry,
      model: models.get(text)!,
      condition: { batch: plans[plan]!.batches[0] },
    });
    const { value, low, high } = p50(text, plan);
    const estimate = { ...run.latency!.p50S, value, low, high } as NonNullable<typeof run.latency>['p50S'];
    return {
      ...run,
      id,
      turn: { entry, block: 0, blocks: 1, position: entry },
      latency: { ...run.latency!, p50S: estimate },
    };
  };
  const reader = {
    claimSteps: () => steps.map((s) => ({ ...s, sha256: '' })),
    claimExperiments: () => experiments,
    getExperiment: (id: string) => ({ plan: plans[Number(id)], status: 'completed' }),
    newestRuns: (id: string) =>
      new Map(plans[Number(id)]!.models.map((_, i) => [i, { id: `${id}:${i}`, status: 'completed' }])),
    getRuns: (ids: string[]) => ids.map(runOf),
    getModel: (id: string) => [...models.values()].find((m) => m.id === id) ?? models.get('a'),
    getMachine: fakeMachine,
  };
  const context = {
    effects: { nowUnixMs: () => 0 },
    emit: () => {},
    store: {
      reader,
      writer: {
        addClaimStep: (step: StoredStep) => steps.push(step),
        addClaimExperiment: (of: StoredClaimExperiment) => experiments.push(of),
      },
    },
  } as unknown as LabContext;
  let tasks = 0;
  const open = () =>
    createBench({
      context,
      claimRunId: 'run',
      label: 'C0',
      options,
      prediction,
      machine: fakeMachine(),
      hasMeter: false,
      signal: new AbortController().signal,
      science: {
        run: async () => ({ output: { n: ++tasks }, models: {}, ortVersion: '1' }),
        idle: async () => {},
        busy: () => false,
      } as never,
      async measurePlan(plan, id, began) {
        if (plans.length >= stopAt) throw new Error('stopped');
        if (id === null) plans.push(plan);
        began(id ?? String(plans.length - 1));
        return 'completed';
      },
      accuracy: async () => {
        throw new Error('none');
      },
      findModel: (text) => models.get(text)!,
      onStep: () => {},
      onKept: (key) => kept.push(key),
    });
  return { open, plans, steps, kept, tasks: () => tasks };
}
const both = ['a', 'b'].map((modelId) => ({ key: modelId, modelId, batch: 1 }));

describe('the bench of a claim run', () => {
  it('does no step twice: a second try passes over what is stored', async () => {
    const lab = benchOf(() => around(1e-3, 0.01));
    const first = lab.open();
    await first.task('train', 'ort-version', {} as never);
    await first.measure('measure', both);
    const again = lab.open();
    expect((await again.task('train', 'ort-version', {} as never)).output).toEqual({ n: 1 });
    expect((await again.measure('measure', both)).size).toBe(2);
    expect([lab.tasks(), lab.plans.length, lab.kept]).toEqual([1, 1, ['train', 'measure']]);
  });

  it('goes on with the experiment that a stopped step began', async () => {
    const conditions = [...both, ...both.map((c) => ({ ...c, key: `${c.key} 256`, batch: 256 }))];
    const lab = benchOf(() => around(1e-3, 0.01), 1);
    await expect(lab.open().measure('measure', conditions)).rejects.toThrow('stopped');
    expect(lab.steps).toEqual([]);
    expect(lab.plans).toHaveLength(1);
  });

  it('measures once more what was disturbed, alone, and takes the try that saw more', async () => {
    const lab = benchOf((model, plan) => {
      if (model === 'a') return around(1e-3, 0.01);
      return plan === 0 ? { value: null, low: null, high: null } : around(2e-3, 0.02);
    });
    const measured = await lab.open().measure('measure', both);
    expect(lab.plans.map((p) => p.models)).toEqual([['a', 'b'], ['b']]);
    expect(measured.get('b')?.row.p50S.value).toBe(2e-3);
    expect(measured.get('a')?.row.p50S.value).toBe(1e-3);
  });

  it('keeps the first try where the second knows less, whatever its value', async () => {
    const lab = benchOf((_, plan) => around(plan === 0 ? 1e-3 : 1e-6, plan === 0 ? 0.4 : 0.9));
    const measured = await lab.open().measure('measure', both.slice(0, 1).concat(both.slice(1)));
    expect(measured.get('a')?.row.p50S.value).toBe(1e-3);
  });

  it('knows no threshold that the prediction does not have', () => {
    const bench = benchOf(() => around(1, 0.1)).open();
    expect(bench.criterion('ratio').threshold).toBe(1);
    expect(() => bench.criterion('other')).toThrow(/no threshold called “other”/);
  });
});

describe('the plans of a measuring step', () => {
  const conditions = [1, 256].flatMap((batch) =>
    ['a', 'b'].map((modelId) => ({ key: `${modelId} ${batch}`, modelId, batch })),
  );
  const groups = (form: 'glance' | 'full', hasMeter: boolean, some = conditions) =>
    planGroups(some, { name: 'C0: measure', options: { ...options, form }, hasMeter });

  it('interleave what is compared: one plan for each batch, provider and thread count', () => {
    expect(groups('full', false).map((g) => [g.plan.batches, g.conditions, g.plan.blocks])).toEqual([
      [[1], ['a 1', 'b 1'], 3],
      [[256], ['a 256', 'b 256'], 3],
    ]);
  });

  it('are short at a glance, unless a meter is there and few conditions are asked for', () => {
    const windowS = (some: ReturnType<typeof groups>) => some[0]!.plan.windowS;
    expect(windowS(groups('glance', false))).toBeLessThan(1);
    expect(windowS(groups('glance', true))).toBe(5);
    const many = Array.from({ length: 11 }, (_, i) => ({ key: `m${i}`, modelId: 'a', batch: 1 }));
    expect(windowS(groups('glance', true, many))).toBeLessThan(1);
    expect(groups('glance', false)[0]!.plan.blocks).toBe(1);
  });
});
