import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countMacs } from '../../../src/main/models/macs';
import { readModel } from '../../../src/main/models/reader';
import { modelBytes } from '../../../src/main/models/writer';
import { openOrt } from '../../../src/main/runner/ort/free';
import type { Dataset } from '../../../src/main/science/data/dataset';
import type { Labelled } from '../../../src/main/science/kernels/ridge';
import { type MachineKind, machineGraph, machineKinds } from '../../../src/main/science/machines/graphs';
import { type MachinesInput, superpositionMachines } from '../../../src/main/science/machines/make';
import { followPath, type Path, type PathSpec } from '../../../src/main/science/machines/path';
import { machineSizes } from '../../../src/main/science/machines/sizes';
import type { StepForm } from '../../../src/main/science/machines/steps';
import { decisionsOf } from '../../../src/main/science/scores';
import { accuracyOf, classify } from '../../../src/main/science/train';
import { randomFrom } from '../../../src/shared/stats/random';
import { tempDir } from '../../store/support';

const ort = openOrt();
const features = 12;
const spec: PathSpec = { features, hidden: 8, classes: 3, steps: 20, rate: 0.5 };

function examples(n: number, seed: number): Labelled {
  const random = randomFrom(seed);
  const y = Uint8Array.from({ length: n }, () => Math.floor(random.uniform() * 3));
  const x = Float32Array.from({ length: n * features }, (_, i) => {
    const own = y[Math.floor(i / features)] === Math.floor((i % features) / 4);
    return random.normal() + (own ? 1 : 0);
  });
  return { x, y, n, features, classes: 3 };
}
const train = examples(60, 1);
const queries = examples(1000, 9);
const pathOf = (over: Partial<PathSpec> = {}) => followPath(ort, { ...spec, ...over }, train, { seed: 1 });
const answers = (path: Path, kind: MachineKind, form: StepForm = 'scan') =>
  classify(ort, machineGraph(kind, path, form), queries.x, features, queries.n);
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (v, i) => Math.abs(v - b[i])).reduce((most, v) => Math.max(most, v), 0);

/** The same network trained in float64 by the formulas of the guide, 3.3, one example at a time. */
function trainedDirectly(path: Path): Float64Array {
  const { hidden, classes, steps, rate } = spec;
  const w = Object.fromEntries(
    Object.entries(path.start).map(([name, v]) => [name, Float64Array.from(v as Float32Array)]),
  ) as Record<'w1' | 'b1' | 'w2' | 'b2', Float64Array>;
  const forward = (x: Float32Array, i: number) => {
    const h = Float64Array.from({ length: hidden }, (_, j) => {
      let a = w.b1[j];
      for (let k = 0; k < features; k++) a += x[i * features + k] * w.w1[k * hidden + j];
      return Math.tanh(a);
    });
    const z = Float64Array.from({ length: classes }, (_, c) =>
      h.reduce((sum, v, j) => sum + v * w.w2[j * classes + c], w.b2[c]),
    );
    return { h, z };
  };
  for (let s = 0; s < steps; s++) {
    const g = {
      w1: new Float64Array(features * hidden),
      b1: new Float64Array(hidden),
      w2: new Float64Array(hidden * classes),
      b2: new Float64Array(classes),
    };
    for (let i = 0; i < train.n; i++) {
      const { h, z } = forward(train.x, i);
      const sum = z.reduce((t, v) => t + Math.exp(v), 0);
      const r = z.map((v, c) => Math.exp(v) / sum - (train.y[i] === c ? 1 : 0));
      for (let j = 0; j < hidden; j++) {
        let back = 0;
        for (let c = 0; c < classes; c++) {
          back += r[c] * w.w2[j * classes + c];
          g.w2[j * classes + c] += h[j] * r[c];
        }
        const d = back * (1 - h[j] ** 2);
        g.b1[j] += d;
        for (let k = 0; k < features; k++) g.w1[k * hidden + j] += train.x[i * features + k] * d;
      }
      for (let c = 0; c < classes; c++) g.b2[c] += r[c];
    }
    for (const name of ['w1', 'b1', 'w2', 'b2'] as const) {
      for (let k = 0; k < g[name].length; k++) w[name][k] -= (rate / train.n) * g[name][k];
    }
  }
  return Float64Array.from(
    { length: queries.n * classes },
    (_, q) => forward(queries.x, Math.floor(q / classes)).z[q % classes],
  );
}

describe('three machines for one function', () => {
  it('the network is what gradient descent in float64 gives', async () => {
    const path = await pathOf();
    expect(farthest(await answers(path, 'network'), trainedDirectly(path))).toBeLessThan(1e-5);
    // Negative control: half the steps end elsewhere.
    const half = await pathOf({ steps: 10 });
    expect(farthest(await answers(half, 'network'), trainedDirectly(path))).toBeGreaterThan(0.1);
  });

  it('explicit and superposed give the same numbers, and the network’s within the error of the midpoint rule', async () => {
    const path = await pathOf();
    const [a, b, c] = [
      await answers(path, 'explicit'),
      await answers(path, 'superposed'),
      await answers(path, 'network'),
    ];
    expect(farthest(a, b)).toBeLessThan(1e-5);
    expect(farthest(a, c)).toBeLessThan(0.02);
    expect(accuracyOf(a, decisionsOf(c, 3))).toBeGreaterThanOrEqual(0.995);
    // It has learned something, and the start alone decides otherwise.
    expect(accuracyOf(c, queries.y)).toBeGreaterThan(0.7);
    const untrained = await answers(await pathOf({ steps: 1, rate: 1e-6 }), 'network');
    expect(accuracyOf(a, decisionsOf(untrained, 3))).toBeLessThan(0.9);
  });

  it('come together as the steps shrink, with the square of the step', async () => {
    const errorAt = async (rate: number, steps: number) => {
      const path = await pathOf({ rate, steps });
      return farthest(await answers(path, 'superposed'), await answers(path, 'network'));
    };
    const [coarse, fine] = [await errorAt(1, 10), await errorAt(0.25, 40)];
    expect(coarse / fine).toBeGreaterThan(8);
  });

  it.each(['explicit', 'superposed'] as const)('%s is the same with its steps unrolled', async (kind) => {
    const path = await pathOf();
    expect(farthest(await answers(path, kind, 'unrolled'), await answers(path, kind))).toBeLessThan(1e-6);
  });

  it.each([...machineKinds])(
    '%s: the formulas are the floats of the graph and the lab’s own count',
    async (kind) => {
      for (const n of [7, 60]) {
        const path = await followPath(ort, spec, { ...train, n }, { seed: 2 });
        const sizes = machineSizes(kind, spec, n);
        for (const form of ['scan', 'unrolled'] as const) {
          const graph = machineGraph(kind, path, form);
          const floats = graph.initializers.reduce((sum, t) => sum + (t.data as Float32Array).length, 0);
          expect(floats).toBe(sizes.floats);
          expect(countMacs(readModel(modelBytes(graph)), { x: [4, features] }).macs).toBe(4 * sizes.macs);
        }
      }
    },
  );

  it('grow with the examples only where they keep them', () => {
    const at = (kind: MachineKind, n: number) => machineSizes(kind, spec, n);
    expect(at('explicit', 2000).floats / at('explicit', 1000).floats).toBeGreaterThan(1.95);
    expect(at('superposed', 2000)).toEqual(at('superposed', 10));
    expect(at('network', 2000)).toEqual({ floats: 12 * 8 + 8 + 8 * 3 + 3, macs: 12 * 8 + 8 * 3 });
  });
});

describe('the task that makes them', () => {
  const data = (shape: number[]): Dataset => ({
    name: 'clouds',
    shape,
    features: 12,
    classes: 3,
    train: { ...train, y: train.y as Uint8Array },
    test: { ...queries, y: queries.y as Uint8Array },
    licence: '',
    sha256: '',
  });
  const input: MachinesInput = {
    dataset: 'clouds',
    seed: 1,
    queries: 1000,
    path: { hidden: 8, steps: 20, rate: 0.5 },
    paths: [
      { n: 30, models: [] },
      { n: 60, models: ['explicit', 'network'] },
    ],
    beside: [
      { kind: 'ridge', n: 60, model: true },
      { kind: 'nystrom', n: 60, m: 20, model: false },
      { kind: 'fourier', n: 60, m: 20, model: false },
      { kind: 'trained', n: 60, m: 16, model: false },
    ],
    ridge: { lambda: 0.1, width: 0.5, tolerance: 1e-3 },
    trainedSteps: 50,
    product: 16,
    provider: 'cpu',
    threads: 1,
  };
  const run = (over: Partial<MachinesInput> = {}) => {
    const folder = tempDir();
    const shares: number[] = [];
    return superpositionMachines
      .run(
        { ...input, ...over },
        { ort, folder, progress: (s) => void shares.push(s), dataset: async () => data([12]) },
      )
      .then((made) => ({ ...made, folder, shares }));
  };

  it('compares all three at every number of examples and writes the models asked for', async () => {
    const { output, models, folder, shares } = await run();
    expect(output.agreement.map((a) => [a.n, a.queries])).toEqual([
      [30, 1000],
      [60, 1000],
    ]);
    for (const a of output.agreement) {
      expect(a.explicit).toBeGreaterThan(990);
      expect(a.worstLogit).toBeGreaterThan(0);
    }
    expect(models!.map((m) => m.key).sort()).toEqual(['explicit-60', 'network-60', 'product', 'ridge-60']);
    expect(readdirSync(folder).length).toBe(4);
    for (const { key, file } of models!) {
      const point = output.points.find((p) => p.key === key)!;
      expect(statSync(join(folder, file)).size).toBe(point.bytes);
      expect(point.bytes - 4 * point.floats).toBeLessThan(4000);
    }
    expect(output.points.map((p) => p.key)).toContain('nystrom-20-60');
    expect(output.points.find((p) => p.kind === 'ridge')!.accuracy).toBeGreaterThan(0.7);
    expect(shares.at(-1)).toBe(1);
  });

  it('is the same again by seed, but for its times', async () => {
    const bare = async () => {
      const { output } = await run({ paths: [{ n: 40, models: [] }] });
      return output.points.map(({ trainS: _, ...rest }) => rest);
    };
    expect(await bare()).toEqual(await bare());
  });

  it('refuses more examples than there are, with what to do', async () => {
    await expect(run({ paths: [{ n: 61, models: [] }] })).rejects.toMatchObject({
      failure: { kind: 'bad_input', message: expect.stringContaining('61'), remedy: expect.any(String) },
    });
  });
});
