import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openOrt } from '../../../src/main/runner/ort/free';
import { laddersOf, type Rung, specOf } from '../../../src/main/science/size/ladders';
import { clusterCentres, mixtureGraph, nearest } from '../../../src/main/science/size/mixture';
import { trainingCall, trainLadder } from '../../../src/main/science/size/trainLadder';
import { trainMixture } from '../../../src/main/science/size/trainMixture';
import {
  classify,
  inferenceGraph,
  type MlpSpec,
  parametersOf,
  startParams,
} from '../../../src/main/science/train';
import { tempDir } from '../../store/support';
import { placesIn } from '../../support/data';
import { toolsFor } from '../../support/tools';
import { clouds } from '../train/synthetic';

const ort = openOrt();
const recipe = { steps: 400, batch: 32, learningRate: 0.2 };
const few = { dataset: 'mnist1d', seed: 1, seeds: 2, train: 2000, test: 500, recipe };

describe('the ladder', () => {
  it('trains every rung with every seed; larger learn more; models and a model of training lie in the folder', async () => {
    const folder = tempDir();
    const rungs: Rung[] = [
      { key: 'mlp-2', kind: 'mlp', hidden: 2 },
      { key: 'mlp-64', kind: 'mlp', hidden: 64 },
      { key: 'cnn-4', kind: 'cnn', channels: 4 },
    ];
    const { output, models } = await trainLadder.run(
      { ...few, rungs, early: true, trainingModels: true },
      toolsFor(placesIn(tempDir()), folder),
    );
    const [small, large, cnn] = output.rungs.map((r) => r.runs[0]!.accuracy) as [number, number, number];
    expect(small).toBeGreaterThan(0.15);
    expect(large).toBeGreaterThan(small + 0.1);
    expect(cnn).toBeGreaterThan(small + 0.1);
    expect(output.rungs.map((r) => r.parameters)).toEqual([112, 3274, 398]);
    for (const { runs } of output.rungs) {
      expect(runs.map((r) => r.seed)).toEqual([1, 2]);
      expect(runs[0]!.accuracy).not.toBe(runs[1]!.accuracy);
      for (const r of runs) {
        expect(r.earlyAccuracy).toBeGreaterThan(0.15);
        expect(r.earlySteps).toBeLessThanOrEqual(recipe.steps);
      }
    }
    expect(models!.map((m) => m.key)).toEqual(rungs.flatMap((r) => [r.key, `${r.key}-training`]));
    expect(readdirSync(folder).sort()).toEqual(models!.map((m) => m.file).sort());
    // A call of the model of training is so many steps on an input like that of any other model.
    const session = await ort.open(readFileSync(join(folder, 'mlp-64-training.onnx')));
    const dims = [trainingCall.steps, trainingCall.batch, 40];
    const data = new Float32Array(dims.reduce((a, b) => a * b)).map((_, i) => Math.sin(i));
    const out = await session.run({ x: { elemType: 'float32', dims, data } });
    await session.close();
    expect(out.y!.dims).toEqual([trainingCall.steps]);
    expect([...(out.y!.data as Float32Array)].every((l) => l > 0 && Number.isFinite(l))).toBe(true);
  });

  it('its rungs fit images, sequences and columns; widths span a factor of a hundred and more', () => {
    const data = [
      { shape: [40], features: 40, classes: 10 },
      { shape: [1, 28, 28], features: 784, classes: 10 },
      { shape: [3, 9, 11], features: 297, classes: 3 },
      { shape: [4], features: 4, classes: 3 },
    ];
    for (const form of ['glance', 'full'] as const) {
      for (const one of data) {
        for (const { key, rungs } of laddersOf(form)) {
          const sizes = rungs.map((r) => parametersOf(specOf(r, one)));
          expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
          if (key === 'mlp') expect(sizes.at(-1)! / sizes[0]!).toBeGreaterThan(100);
        }
      }
    }
  });
});

describe('the mixture of experts', () => {
  it('answers as the expert of the nearest centre', async () => {
    const spec: MlpSpec = { kind: 'mlp', features: 6, hidden: [5], classes: 3, activation: 'relu' };
    const { x, n } = clouds(50, 6, 3, 1);
    const experts = [1, 2, 3].map((seed) => startParams(spec, seed, { start: 'uniform' }));
    const centres = clusterCentres({ x, n }, 6, 3, 1);
    const all = await classify(
      ort,
      mixtureGraph(experts, centres, { features: 6, hidden: 5, classes: 3 }),
      x,
      6,
      n,
    );
    const each = await Promise.all(experts.map((p) => classify(ort, inferenceGraph(spec, p), x, 6, n)));
    const near = nearest(x, n, 6, centres);
    expect(new Set(near).size).toBe(3);
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < 3; c++) expect(all[i * 3 + c]).toBeCloseTo(each[near[i]!]![i * 3 + c]!, 5);
    }
  });

  it('counts what is there and what one query uses', async () => {
    const { output, models } = await trainMixture.run(
      { ...few, seeds: 1, experts: 4, hidden: 16 },
      toolsFor(placesIn(tempDir()), tempDir()),
    );
    const [expert, router] = [40 * 16 + 16 + 16 * 10 + 10, 41 * 4];
    expect(output).toMatchObject({ parameters: 4 * expert + router, active: expert + router });
    expect(output.runs[0]!.accuracy).toBeGreaterThan(0.2);
    expect(models!.map((m) => m.key)).toEqual(['mixture']);
  });
});
