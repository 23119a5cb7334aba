import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { nonzero, relativeError } from '../../../src/main/science/linear/matrix';
import { earlyExitGraph, exits } from '../../../src/main/science/sparsity/earlyExit';
import {
  blockGraph,
  blockMasks,
  cutToRank,
  int4Graph,
  int8Graph,
  isLarge,
  keepUnits,
  type Layers,
  layersOf,
  lowRankGraph,
  magnitudeMasks,
  mlpGraphOf,
  parameterCount,
  paramsOf,
  storedFloats,
  unitsFor,
  type VariantGraph,
} from '../../../src/main/science/sparsity/mlpVariants';
import { formOf, netPlan } from '../../../src/main/science/sparsity/nets';
import { noiseLevels, noiseScore, withNoise } from '../../../src/main/science/sparsity/noise';
import { sparseRobustness } from '../../../src/main/science/sparsity/robustnessTask';
import {
  lostAndWon,
  mixedTargets,
  sparsityVariants,
  variantKinds,
} from '../../../src/main/science/sparsity/variantsTask';
import {
  classify,
  connectionMask,
  inferenceGraph,
  type MlpSpec,
  parameterShapes,
  startParams,
} from '../../../src/main/science/train';
import { toolsFor } from '../../support/tools';

const folder = mkdtempSync(join(tmpdir(), 'tw-sparse-nets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const places = {
  labFolder: join(folder, 'none'),
  mnistFolders: [],
  mnist1dTemplates: 'resources/data/mnist1d.json',
};
const tools = toolsFor(places, folder);
const { ort } = tools;

const spec: MlpSpec = { kind: 'mlp', features: 40, classes: 10, hidden: [256, 128], activation: 'relu' };
const params = startParams(spec, 3);
const layers: Layers = layersOf(spec, params);
const x = Float32Array.from({ length: 40 * 30 }, (_, i) => Math.sin(i * i));
const logitsOf = ({ graph, domains }: VariantGraph) => classify(ort, graph, x, 40, 30, { domains });

describe('forms of one network', () => {
  it('are the network that was trained, where nothing is left out', async () => {
    const plain = await classify(ort, inferenceGraph(spec, params), x, 40, 30);
    expect(relativeError(await logitsOf(mlpGraphOf(layers)), plain)).toBeLessThan(1e-5);
    expect(relativeError(await logitsOf(blockGraph(layers, 1)), plain)).toBeLessThan(1e-5);
    expect(relativeError(await logitsOf(lowRankGraph(layers, 1, 1)), plain)).toBeLessThan(1e-4);
    expect(relativeError(await logitsOf(int8Graph(layers, 63)), plain)).toBeLessThan(0.05);
    expect(relativeError(await logitsOf(int4Graph(layers)), plain)).toBeLessThan(0.2);
    expect(paramsOf(layers)).toEqual(params);
  });

  it('written sparse compute what the masked weights do', async () => {
    const masks = blockMasks(layers, 0.25);
    expect(Object.keys(masks)).toEqual(['w1']);
    const masked = {
      ...layers,
      weights: layers.weights.map((m, i) => {
        const mask = masks[`w${i}`];
        return mask ? { ...m, data: m.data.map((v, j) => v * mask[j]!) } : m;
      }),
    };
    const [dense, sparse] = [mlpGraphOf(masked), blockGraph(masked, 0.25)];
    expect(relativeError(await logitsOf(sparse), await logitsOf(dense))).toBeLessThan(1e-5);
    expect(storedFloats(sparse).parameters).toBeLessThan(storedFloats(dense).parameters / 2);
    const cut = cutToRank(layers, 1 / 8, 1);
    expect(
      relativeError(await logitsOf(lowRankGraph(cut, 1 / 8, 1)), await logitsOf(mlpGraphOf(cut))),
    ).toBeLessThan(1e-4);
  });

  it('keep as many weights and units as they say', () => {
    const masks = magnitudeMasks(layers, 0.1);
    for (const [i, m] of layers.weights.entries()) {
      expect(isLarge(m)).toBe(`w${i}` in masks);
      if (masks[`w${i}`]) expect(nonzero(masks[`w${i}`]!)).toBe(Math.round(0.1 * m.data.length));
    }
    const few = keepUnits(layers, 30);
    expect(few.weights.map((m) => [m.rows, m.cols])).toEqual([
      [40, 30],
      [30, 30],
      [30, 10],
    ]);
    expect(few.biases.map((b) => b.length)).toEqual([30, 30, 10]);
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 2e6 }), (n) => {
        const at = (h: number) => 41 * h + (h + 1) * h + (h + 1) * 10;
        const h = unitsFor(n, spec);
        expect(Math.abs(at(h) - n)).toBeLessThanOrEqual(Math.abs(at(h + 1) - n));
        if (h > 2) expect(Math.abs(at(h) - n)).toBeLessThanOrEqual(Math.abs(at(h - 1) - n));
      }),
    );
    expect(parameterCount(layers)).toBe(41 * 256 + 257 * 128 + 129 * 10);
  });
});

describe('early exit', () => {
  it('answers with the student where it is sure, else with the teacher', async () => {
    const student = keepUnits(layers, 20);
    const [small, large] = [await logitsOf(mlpGraphOf(student)), await logitsOf(mlpGraphOf(layers))];
    // The first of these at which some are sure and some are not.
    const sure = [0.12, 0.14, 0.16, 0.2, 0.3, 0.5].find((p) => new Set(exits(small, 10, p)).size === 2)!;
    const out = exits(small, 10, sure);
    expect(new Set(out).size).toBe(2);
    for (const [threshold, expected] of [
      [sure, (i: number) => (out[i] ? small : large)],
      [0, () => small],
      [2, () => large],
    ] as const) {
      const session = await ort.open(earlyExitGraph(student, layers, threshold).graph);
      for (let i = 0; i < 30; i++) {
        const data = x.subarray(i * 40, (i + 1) * 40);
        const { y } = await session.run({ x: { elemType: 'float32', dims: [1, 40], data } });
        const wanted = expected(i).subarray(i * 10, (i + 1) * 10);
        expect(relativeError(y!.data as Float32Array, wanted)).toBeLessThan(1e-5);
      }
      await session.close();
    }
  });
});

describe('noise', () => {
  it('replaces that share of each example and leaves the rest', () => {
    fc.assert(
      fc.property(fc.constantFrom(...noiseLevels), fc.integer({ min: 0, max: 1e9 }), (level, seed) => {
        const rows = new Float32Array(40 * 8).fill(-1);
        const noisy = withNoise(rows, { features: 40, level, value: 2, seed });
        for (let r = 0; r < 8; r++) {
          const changed = noisy.subarray(r * 40, (r + 1) * 40).filter((v) => v === 2).length;
          expect(changed).toBe(Math.floor(40 * level + 1e-9));
        }
        expect(noisy.every((v) => v === 2 || v === -1)).toBe(true);
        expect(withNoise(rows, { features: 40, level, value: 2, seed })).toEqual(noisy);
        expect(rows.every((v) => v === -1)).toBe(true);
      }),
    );
    expect(noiseLevels).toHaveLength(11);
    expect(noiseScore(noiseLevels.map(() => 0.5))).toBe(55_000);
  });
});

describe('the networks of the paper', () => {
  it('have its sizes on pictures', () => {
    const dense = netPlan('dense', [1, 28, 28], 10);
    const sparse = netPlan('sparse', [1, 28, 28], 10);
    expect(formOf([1, 28, 28])).toBe('picture');
    expect(parameterShapes(dense.spec)).toMatchObject({
      w0: [30, 1, 5, 5],
      w1: [30, 30, 5, 5],
      w2: [480, 1000],
    });
    expect(sparse.spec).toMatchObject({ winners: [400, 300, 100], hidden: [700] });
    expect(sparse.recipe).toMatchObject({ firstEpochBatch: 4, learningRate: 0.02, momentum: 0, boost: 1.5 });
    const mask = connectionMask(sparse.spec, 'w2', 0.3, 1);
    const total = Object.values(parameterShapes(sparse.spec)).reduce(
      (n, d) => n + d.reduce((a, b) => a * b, 1),
      0,
    );
    // The figures of the prototype: 514,320 and 274,706 parameters that are not zero.
    expect(total - mask.length + nonzero(mask)).toBe(274_706);
    expect(netPlan('weights', [1, 28, 28], 10).spec).toEqual(dense.spec);
    expect(netPlan('activations', [1, 28, 28], 10).density).toBeNull();
  });

  it('fit sequences and anything else', () => {
    expect(formOf([40])).toBe('sequence');
    expect(formOf([41])).toBe('vector');
    expect(formOf([13])).toBe('vector');
    for (const shape of [[40], [41], [3, 7]]) {
      for (const kind of ['dense', 'sparse', 'weights', 'activations'] as const) {
        const { spec: net, density } = netPlan(kind, shape, 4);
        const shapes = parameterShapes(net);
        if (density) expect(shapes[density.weight]).toHaveLength(2);
        expect(startParams(net, 1).w0!.length).toBeGreaterThan(0);
      }
    }
  });
});

describe('tasks', () => {
  const small = { dataset: 'mnist1d', trainExamples: 500, testExamples: 200, seed: 1 };

  it('counts correct answers under the same noise for both networks, repeatably', async () => {
    const input = {
      ...small,
      trainExamples: 1500,
      epochs: 4,
      nets: ['dense', 'sparse'] as ('dense' | 'sparse')[],
    };
    const { output } = await sparseRobustness.run(input, tools);
    expect(output.form).toBe('sequence');
    expect(output.nets.map((n) => n.kind)).toEqual(['dense', 'sparse']);
    for (const net of output.nets) {
      expect(net.accuracies).toHaveLength(11);
      expect(net.accuracies[0]).toBe(net.accuracy);
      expect(net.score).toBeCloseTo(
        net.accuracies.reduce((s, a) => s + 10_000 * a, 0),
        6,
      );
    }
    const [dense, sparse] = output.nets;
    // Its first epoch has 150 steps, the dense one's nine.
    expect(sparse!.accuracy).toBeGreaterThan(0.2);
    expect(sparse!.parametersNonzero).toBeLessThan(dense!.parametersNonzero);
    const again = await sparseRobustness.run({ ...input, nets: ['dense'] }, tools);
    expect(again.output.nets[0]!.accuracies).toEqual(dense!.accuracies);
  });

  it('makes every variant of a trained network, matched by what pruning leaves', async () => {
    const { output, models } = await sparsityVariants.run(
      { ...small, teacherSteps: 120, fineTuneSteps: 15, kinds: [...variantKinds], makeModels: true },
      tools,
    );
    const of = (kind: string) => output.results.find((r) => r.kind === kind)!;
    expect(output.results.map((r) => r.kind)).toEqual([...variantKinds]);
    expect(of('fp32').lost + of('fp32').won).toBe(0);
    for (const r of output.results) {
      expect(r.accuracy).toBeCloseTo(of('fp32').accuracy + (r.won - r.lost) / 200, 9);
      expect(r.accuracy).toBeGreaterThan(0.15);
      for (const key of r.models) expect(models!.map((m) => m.key)).toContain(key);
      expect(r.fileBytes).toBeGreaterThan(1000);
    }
    expect(of('pruned').parameters).toBe(of('fp32').parameters);
    expect(of('pruned').parametersNonzero / of('fp32').parameters).toBeLessThan(0.13);
    for (const kind of ['units', 'student', 'distilled']) {
      expect(Math.abs(of(kind).parameters / of('pruned').parametersNonzero - 1)).toBeLessThan(0.02);
    }
    expect(of('int8').fileBytes!).toBeLessThan(of('fp32').fileBytes! / 2.5);
    expect(of('pruned').fileBytes).toBe(of('fp32').fileBytes);
    expect(of('early-exit').models).toHaveLength(2);
    expect(of('early-exit').exitShare).toBeGreaterThanOrEqual(0);
    for (const { file } of models!) expect(statSync(join(folder, file)).size).toBeGreaterThan(1000);
    const only = await sparsityVariants.run(
      { ...small, teacherSteps: 20, fineTuneSteps: 5, kinds: ['fp32'], makeModels: false },
      tools,
    );
    expect(only.models).toEqual([]);
  });

  it('tells apart which examples were lost and won, and mixes targets to shares of 1', () => {
    const a = Float32Array.of(1, 0, 0, 1, 1, 0);
    const b = Float32Array.of(0, 1, 0, 1, 0, 1);
    expect(lostAndWon(a, b, [0, 1, 1])).toEqual({ lost: 1, won: 1 });
    const targets = mixedTargets(Float32Array.of(2, 0, -1, 5), [0, 0], 2);
    expect(targets[0]! + targets[1]!).toBeCloseTo(1, 6);
    expect(targets[0]).toBeCloseTo(0.3 + (0.7 * Math.E) / (Math.E + 1), 5);
  });
});
