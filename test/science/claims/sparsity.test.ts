import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openOrt } from '../../../src/main/runner/ort/free';
import { sparsityClaim } from '../../../src/main/science/claims/sparsity';
import { noiseFigure, speedupFigures } from '../../../src/main/science/claims/sparsityFigures';
import { judgeLayers, layersTable, zerosSentence } from '../../../src/main/science/claims/sparsityLayers';
import { atLeastFloor, floorOf, layerRows } from '../../../src/main/science/claims/sparsityMeasured';
import {
  conditionKey,
  layerConditions,
  layersInput,
  repeatsOf,
  robustnessInputs,
  variantConditions,
  variantsInputs,
} from '../../../src/main/science/claims/sparsityPlan';
import { variantRows } from '../../../src/main/science/claims/sparsityVariants';
import type { Bench, Measured, ToMeasure } from '../../../src/main/science/protocol';
import { buildLayout } from '../../../src/main/science/sparsity/build';
import type { LayoutGroup } from '../../../src/main/science/sparsity/layouts';
import { noiseScore } from '../../../src/main/science/sparsity/noise';
import { type VariantKind, variantKinds } from '../../../src/main/science/sparsity/variantsTask';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { panelFigureSchema } from '../../../src/shared/figures/panels/schema';
import { around, fakeJudge, fakeMeasured } from '../../support/fakeBench';
import { fakeMachine } from '../../support/fakeRecords';
import {
  criterion,
  judged,
  layouts,
  measuredLayers,
  ordinary,
  robustSeeds,
  seedOfVariants,
  variant,
} from './sparsityRows';

const folder = mkdtempSync(join(tmpdir(), 'tw-c5-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('C5, layers: the rule', () => {
  it('within limits: structure is cheaper, stored zeros are not and were not skipped', () => {
    const { part, rows } = judged(ordinary);
    expect(part.verdict).toBe('within_limits');
    expect(part.boundary).toMatch(/Cheaper: .*whole units removed \(batch 1, 256\)/);
    expect(part.boundary).toMatch(/Not cheaper: zeros stored dense \(batch 1, 256\)/);
    expect(part.boundary).toMatch(/k-WTA input, complementary packing \(batch 1\)/);
    expect(part.sentence).toMatch(/^By time, since no energy was measured/);
    expect(part.sentence).toMatch(/Zeros that are stored were not skipped: (1\.0|0\.99)/);
    for (const r of rows.filter((r) => r.layout.group === 'masked'))
      expect(r.zeros).toBe('zeros_not_skipped');
  });

  it('never calls stored zeros faster where they take as long, whatever the machine does in between', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.99, max: 1.05, noNaN: true }),
        fc.double({ min: 0, max: 0.06, noNaN: true }),
        (masked, jitter) => {
          const { part, rows } = judged((g, b) => (g === 'masked' ? masked : ordinary(g, b)), { jitter });
          const own = part.findings.filter((f) => f.condition.includes('zeros, stored dense'));
          expect(own).toHaveLength(2);
          expect(own.every((f) => f.state !== 'holds')).toBe(true);
          expect(rows.every((r) => r.zeros !== 'zeros_skipped')).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('would notice zeros that are skipped', () => {
    const { rows, part } = judged((g, b) => (g === 'masked' ? 0.1 : ordinary(g, b)));
    expect(rows.filter((r) => r.zeros === 'zeros_skipped')).toHaveLength(2);
    expect(part.findings.find((f) => f.condition.includes('stored dense'))!.state).toBe('holds');
    expect(part.sentence).toMatch(/Zeros that are stored were skipped/);
  });

  it('supported where every sparse layout is faster, refuted where none is; int8 and int4 do not decide', () => {
    const control = (g: LayoutGroup) => g === 'dense' || g === 'int8' || g === 'int4';
    expect(judged((g) => (control(g) ? 1 : 0.2)).part.verdict).toBe('supported');
    expect(judged((g) => (control(g) ? 1 : 1.5)).part.verdict).toBe('refuted');
    expect(judged((g) => (g === 'int8' || g === 'int4' ? 0.05 : g === 'dense' ? 1 : 1.5)).part.verdict).toBe(
      'refuted',
    );
  });

  it('lets energy decide where there is a meter, and shows time beside it', () => {
    const { part } = judged(ordinary, { energy: true });
    expect(part.sentence).toMatch(/^By energy:/);
    const deciding = part.findings.filter((f) => !f.shownOnly);
    expect(deciding.every((f) => f.criterion === 'energy-ratio')).toBe(true);
    expect(part.findings.filter((f) => f.criterion === 'speedup').every((f) => f.shownOnly)).toBe(true);
  });

  it('leaves open what lies between 1.1 and 1.2 times, and what the noise floor covers', () => {
    const between = judged((g) => (g === 'dense' ? 1 : 1 / 1.15)).part;
    expect(between.verdict).toBe('inconclusive');
    const noisy = layerRows(layouts, noisyDense(), 'glance');
    const { part } = judgeLayers(criterion, noisy, 'cpu');
    const own = part.findings.filter((f) => f.condition.includes('stored dense'));
    expect(own.every((f) => f.state === 'undecided')).toBe(true);
  });

  it('says what is missing: a failed run is no refutation', () => {
    const all = measuredLayers(ordinary);
    const key = conditionKey(layouts.find((l) => l.group === 'units')!.key, 256);
    const none = { value: null, low: null, high: null };
    all.set(key, fakeMeasured('units', { batch: 256, p50S: none, failure: 'The runner was killed.' }));
    const { part } = judgeLayers(criterion, layerRows(layouts, all, 'glance'), 'cpu');
    const own = part.findings.find((f) => f.state === 'missing')!;
    expect(own.missing).toBe('The runner was killed.');
    expect(part.sentence).toMatch(/1 stayed open/);
  });

  it('puts every condition into the table, with its noise floor', () => {
    const { rows, judged: own } = judged(ordinary);
    const table = layersTable(rows, own);
    expect(table.rows.every((r) => r.length === table.columns.length)).toBe(true);
    expect(table.note).toMatch(/1024→1024 at batch 1 .* %/);
    // k-WTA rows take one example a call: no row at batch 256.
    expect(table.rows.filter((r) => String(r[1]).includes('rows of the winners'))).toHaveLength(1);
    expect(zerosSentence([])).toBe('');
  });

  /** Two measurements of the same dense layer differ by a quarter. */
  function noisyDense() {
    const all = measuredLayers(ordinary, { jitter: 0 });
    for (const batch of [1, 256]) {
      for (const [i, factor] of [1, 1.25, 1.6, 2].entries()) {
        const key = layouts.find((l) => l.group === 'dense')!.key;
        const p50S = around(1e-4 * batch * factor);
        all.set(conditionKey(key, batch, i + 1), fakeMeasured(key, { batch, p50S }));
      }
    }
    return all;
  }
});

describe('C5, noise floor', () => {
  it('is the middle of the differences, at least 1 %', () => {
    const at = (...times: number[]) => times.map((t) => fakeMeasured('dense', { p50S: around(t) }));
    expect(Math.exp(floorOf(at(1, 1.05, 1.1)))).toBeCloseTo(1.05, 3);
    expect(Math.exp(floorOf(at(1, 1)))).toBeCloseTo(1.01, 6);
    expect(Math.exp(floorOf([]))).toBeCloseTo(1.01, 6);
    expect(atLeastFloor({ value: 2, low: 1.9, high: 2.6 }, Math.log(1.25))).toEqual({
      value: 2,
      low: 1.6,
      high: 2.6,
    });
    expect(atLeastFloor(null, 0.1)).toBeNull();
  });
});

describe('C5, real: a layer of zeros', () => {
  it('takes as long as the dense one and is refuted, in rounds that take turns', async () => {
    const ort = openOrt();
    const real = { inputs: 512, outputs: 512 };
    const [dense, masked] = (['dense', 'masked'] as const).map((group) =>
      buildLayout(real, { group, kept: group === 'dense' ? 1 : 0.05 }, 1),
    );
    const sessions = [await ort.open(dense!.graph), await ort.open(masked!.graph)];
    const x = { elemType: 'float32' as const, dims: [64, 512], data: new Float32Array(64 * 512).fill(0.5) };
    const runs: number[][] = [[], []];
    for (let round = 0; round < 60; round++) {
      for (const [i, session] of sessions.entries()) {
        const begun = performance.now();
        await session.run({ x });
        runs[i]!.push((performance.now() - begun) / 1000);
      }
    }
    for (const session of sessions) await session.close();
    // The quickest of many calls: what other work on the machine cannot make quicker.
    const [a, b] = runs.map((times) => Math.min(...times));
    const made = layouts.filter((l) => l.group === 'dense' || l.group === 'masked');
    const all = new Map<string, Measured>();
    for (const [i, layout] of made.entries()) {
      for (let r = 1; r <= repeatsOf(layout, 'glance'); r++) {
        const measured = fakeMeasured(layout.key, { batch: 1, p50S: around(i === 0 ? a! : b!) });
        all.set(conditionKey(layout.key, 1, r), measured);
      }
    }
    const { part } = judgeLayers(
      criterion,
      layerRows(made, all, 'glance').filter((r) => r.batch === 1),
      'cpu',
    );
    // Never faster; other work on the machine can at most leave it open.
    expect(part.verdict).not.toBe('supported');
    expect(part.verdict).not.toBe('within_limits');
  });
});

describe('C5, the plan', () => {
  const options = (over: object = {}) => claimOptionsSchema.parse(over);

  it('fits a first look into two minutes and states the full form', () => {
    const total = (o: object) => sparsityClaim.steps(options(o)).reduce((s, step) => s + step.expectedS, 0);
    expect(total({})).toBeLessThanOrEqual(120);
    expect(total({ form: 'full', dataset: 'mnist' })).toBeGreaterThan(3600);
    expect(total({ form: 'full', dataset: 'mnist', inputs: { fullRecipe: 1 } })).toBeGreaterThan(
      total({ form: 'full', dataset: 'mnist' }),
    );
  });

  it('spreads the dense layer over the first look, each batch with its repeats', () => {
    const models = Object.fromEntries([...layouts.map((l) => l.key), 'c'].map((key) => [key, key]));
    const choosing = [{ key: 'c', units: 10, how: 'relu' as const }];
    const conditions = layerConditions({ layouts, choosing }, models, 'glance');
    expect(conditions.length).toBeLessThanOrEqual(34);
    expect(new Set(conditions.map((c) => c.key)).size).toBe(conditions.length);
    const one = conditions.filter((c) => c.batch === 1).map((c) => c.modelId);
    const dense = one.flatMap((id, i) => (id === 'layer-dense' ? [i] : []));
    expect(dense).toHaveLength(4);
    for (let i = 1; i < dense.length; i++) expect(dense[i]! - dense[i - 1]!).toBeGreaterThan(2);
  });

  it('has the guide’s sizes and ablation in the full form, and five seeds', () => {
    expect(layersInput(options({ form: 'full' })).layers.map((l) => l.size.inputs)).toEqual([1600, 4096]);
    const robust = robustnessInputs(options({ form: 'full', dataset: 'mnist', inputs: { fullRecipe: 1 } }));
    expect(robust.map((r) => r.seed)).toEqual([1, 2, 3, 4, 5]);
    expect(robust[0]).toMatchObject({ trainExamples: 60_000, epochs: 10 });
    expect(robust[0]!.nets).toContain('weights');
    expect(variantsInputs(options({ form: 'full' })).filter((v) => v.makeModels)).toHaveLength(1);
    expect(() => robustnessInputs(options({ inputs: { recipe: 1 } }))).toThrow(/no input called/);
  });
});

describe('C5, the whole', () => {
  it.each(['glance', 'full'] as const)(
    '%s: asks for its steps in their order and judges by the rule',
    async (form) => {
      const options = claimOptionsSchema.parse({ form, dataset: 'mnist' });
      const asked: string[] = [];
      const results = (kinds: readonly VariantKind[]) =>
        kinds.map((kind) => variant(kind, kind === 'fp32' ? 0 : 300, 5));
      const outputs: Record<string, (input: never) => unknown> = {
        'sparse-layers': () => ({ layouts, choosing: [{ key: 'choose', units: 10, how: 'relu' }] }),
        'sparsity-variants': (input: { kinds: VariantKind[] }) => seedOfVariants(results(input.kinds)),
        'sparse-robustness': () => robustSeeds([15_000], [0.004])[0],
      };
      const keys = [
        'choose',
        ...layouts.map((l) => l.key),
        'taken',
        'passed',
        ...variantKinds.map((k) => `variant-${k}`),
      ];
      const bench = {
        ...fakeJudge(sparsityClaim.text.prediction, options),
        machine: fakeMachine(),
        async task(step: string, name: string, input: never) {
          asked.push(step);
          return { output: outputs[name]!(input), models: Object.fromEntries(keys.map((k) => [k, k])) };
        },
        async measure(step: string, conditions: readonly ToMeasure[]) {
          asked.push(step);
          return new Map(
            conditions.map(({ key, modelId, batch }) => {
              const layout = layouts.find((l) => l.key === modelId);
              const factor = layout ? ordinary(layout.group, batch) : 0.5;
              return [
                key,
                fakeMeasured(key, { batch, p50S: around(1e-4 * batch * factor) }, form === 'full' ? 3 : 1),
              ];
            }),
          );
        },
      } as unknown as Bench;
      const outcome = await sparsityClaim.run(bench);
      expect(asked).toEqual(sparsityClaim.steps(options).map((s) => s.key));
      expect(outcome.verdict).toBe('within_limits');
      expect(outcome.parts.map((p) => p.key)).toEqual(['layers', 'variants', 'robustness']);
      // Every seed gives the same here: an interval without width.
      expect(outcome.parts[2]!.verdict).toBe('supported');
      expect(outcome.boundary).toMatch(/Not cheaper: zeros stored dense/);
      expect(outcome.tables.map((t) => t.key)).toEqual(['layers', 'choosing', 'variants', 'robustness']);
      for (const t of outcome.tables) expect(t.rows.every((r) => r.length === t.columns.length)).toBe(true);
      for (const f of outcome.figures) expect(panelFigureSchema.safeParse(f).success).toBe(true);
      expect(outcome.notes.join(' ')).toMatch(/Energy was not measured/);
      expect(JSON.stringify(outcome)).not.toMatch(/NaN|undefined|unchecked/);
    },
  );
});

describe('C5, the first look at variants', () => {
  const results = (['fp32', 'pruned', 'units'] as const).map((kind) => variant(kind, 0, 0));
  const models = Object.fromEntries(results.flatMap((r) => r.models.map((m) => [m, m])));
  const conditions = variantConditions(results, models, 'glance');
  const speedupOf = (asked: readonly ToMeasure[], struck: string) => {
    const all = new Map(
      asked.map(({ key, batch }) => [
        key,
        fakeMeasured(key, { batch, p50S: around(1e-5 * (key === struck ? 1.8 : 1)) }),
      ]),
    );
    const rows = variantRows([seedOfVariants(results)], all);
    return rows.find((r) => r.result.kind === 'pruned')!.at.find((at) => at.batch === 1)!.speedup!;
  };

  it('measures what has stored zeros and its original more than once, each condition under its own key', () => {
    expect(new Set(conditions.map((c) => c.key)).size).toBe(conditions.length);
    const count = (kind: VariantKind) =>
      conditions.filter((c) => variant(kind, 0, 0).models.includes(c.modelId) && c.batch === 1).length;
    expect([count('fp32'), count('pruned'), count('units')]).toEqual([3, 3, 1]);
    expect(variantConditions(results, models, 'full')).toHaveLength(6);
  });

  it('does not call stored zeros fast because other work struck one window of the original', () => {
    const struck = conditions.find((c) => c.key.startsWith(variant('fp32', 0, 0).models[0]!))!.key;
    expect(speedupOf(conditions, struck).low).toBeLessThan(1);
    // The control: with one window each, the burst alone makes them 1.2 times as fast.
    const once = conditions.filter((c) => c.key.endsWith('#1'));
    expect(speedupOf(once, struck).low).toBeGreaterThan(1.2);
  });
});

describe('C5, figures', () => {
  it('are figures of their kind with at most seven series a panel', () => {
    const { rows } = judged(ordinary, { energy: true });
    const [speed] = speedupFigures(rows, 'A processor.', 'SIMULATED');
    expect(speed!.badge).toBe('SIMULATED');
    const byTime = judged(ordinary, {}).rows;
    expect(speedupFigures(byTime, 'A processor.', 'SIMULATED')[0]!.badge).toBeNull();
    const noise = noiseFigure(robustSeeds([1000, 2000], [0, 0]), 'mnist');
    for (const figure of [speed!, noise]) expect(panelFigureSchema.safeParse(figure).success).toBe(true);
    expect(speed!.panels.map((p) => p.key)).toEqual(['time-1', 'time-256', 'energy-1', 'energy-256']);
    expect(speed!.panels[0]!.series).toHaveLength(7);
    expect(noise.panels[0]!.series[0]!.points).toHaveLength(11);
    expect(noiseScore(Array(11).fill(1))).toBe(110_000);
  });
});
