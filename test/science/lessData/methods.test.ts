import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import { equalSteps } from '../../../src/main/science/claims/lessData';
import type { Dataset } from '../../../src/main/science/data/dataset';
import { lessDataCurves } from '../../../src/main/science/lessData/curves';
import { masksOf, networkOf, networks } from '../../../src/main/science/lessData/methods';
import { nearestClasses } from '../../../src/main/science/lessData/nearest';
import { toolsWith } from '../../support/tools';

const shapes = [
  { features: 40, classes: 10, shape: [40] },
  { features: 784, classes: 10, shape: [1, 28, 28] },
];

describe('the networks', () => {
  it.each(shapes)('have equally many non-zero parameters within 5 % for $shape', (data) => {
    const dense = networkOf('dense', data).nonzero;
    for (const key of networks.filter((k) => k !== 'logistic')) {
      expect(Math.abs(networkOf(key, data).nonzero / dense - 1)).toBeLessThanOrEqual(0.05);
    }
    expect(networkOf('logistic', data).nonzero).toBe((data.features + 1) * data.classes);
  });

  it('count absent weights as the mask has them', () => {
    const plan = networkOf('sparse', shapes[0]!);
    const [mask] = Object.values(masksOf(plan, 3)!);
    const absent = mask!.filter((v) => v === 0).length;
    expect(plan.parameters - absent).toBe(plan.nonzero);
    expect(masksOf(networkOf('dense', shapes[0]!), 3)).toBeUndefined();
  });
});

it('the nearest example decides', () => {
  const examples = { x: Float32Array.of(0, 0, 1, 1, 5, 5), y: [7, 8, 9], n: 3 };
  const queries = { x: Float32Array.of(0.1, 0.2, 4, 4.5, 0.6, 0.7), n: 3 };
  expect([...nearestClasses(examples, queries)]).toEqual([7, 9, 8]);
});

it('equal cost means fewer steps of what costs more, within bounds', () => {
  expect(equalSteps(1000, 2, 2)).toBe(1000);
  expect(equalSteps(1000, 1, 5)).toBe(200);
  expect(equalSteps(1000, 5, 1)).toBe(5000);
  expect(equalSteps(1000, 1000, 1)).toBe(10_000);
  expect(equalSteps(1000, 1, 1000)).toBe(10);
  // Without both costs there is no equal cost, and no second copy of the first comparison.
  expect(equalSteps(1000, null, 1)).toBeNull();
  expect(equalSteps(1000, 1, null)).toBeNull();
});

/** Three classes about centres, so that a few examples are enough. */
function clusters(): Dataset {
  const random = createRandom(1, 'clusters');
  const part = (n: number) => {
    const y = Uint8Array.from({ length: n }, (_, i) => i % 3);
    const x = Float32Array.from(
      { length: n * 4 },
      (_, i) => (y[i >> 2] === i % 4 ? 2 : 0) + 0.6 * random.normal(),
    );
    return { x, y, n };
  };
  return {
    name: 'clusters',
    shape: [4],
    features: 4,
    classes: 3,
    train: part(300),
    test: part(90),
    licence: 'Made up.',
    sha256: '',
  };
}

describe('the curves', () => {
  const tools = toolsWith(async () => clusters());
  const input = {
    dataset: 'clusters',
    seed: 1,
    seeds: 2,
    sizes: [30, 90, 3000],
    test: 90,
    nearestTest: 45,
    work: (['dense', 'nearest', 'ridge'] as const).map((method) => ({ method, steps: 60, most: null })),
    trials: {
      network: [
        { learningRate: 0.2, momentum: 0 },
        { learningRate: 1e30, momentum: 0 },
      ],
      ridge: [
        { width: 0.5, lambda: 0.1 },
        { width: 1, lambda: 0.1 },
      ],
    },
  };

  it('leave out sizes that the data do not hold, pass over trials that diverge, and learn', async () => {
    const { output } = await lessDataCurves.run(input, tools);
    expect(output.curves.map((c) => c.points.map((p) => p.n))).toEqual([
      [30, 90],
      [30, 90],
      [30, 90],
    ]);
    const [dense, nearest] = output.curves;
    expect(dense!.points[0]!.trial).toEqual({ learningRate: 0.2, momentum: 0 });
    expect(nearest!.test).toBe(45);
    for (const { points } of output.curves) {
      for (const { accuracy } of points) for (const a of accuracy) expect(a).toBeGreaterThan(0.7);
    }
  });

  it('take settings that were chosen before without trying any', async () => {
    const chosen = [30, 90].map((n) => ({
      method: 'dense' as const,
      n,
      trial: { learningRate: 0.05, momentum: 0.9 },
    }));
    const { output } = await lessDataCurves.run({ ...input, work: input.work.slice(0, 1), chosen }, tools);
    expect(output.curves[0]!.points.map((p) => p.trial)).toEqual(chosen.map((c) => c.trial));
  });

  it('tell a training that diverged from one that knows nothing', async () => {
    const trials = { ...input.trials, network: [{ learningRate: 1e30, momentum: 0 }] };
    const { output } = await lessDataCurves.run({ ...input, work: input.work.slice(0, 1), trials }, tools);
    expect(output.curves[0]!.points[0]!.accuracy).toEqual([null, null]);
  });

  it('refuse data with too few examples of a class', async () => {
    const small = {
      ...tools,
      dataset: async () => ({ ...clusters(), train: { ...clusters().train, y: new Uint8Array(300) } }),
    };
    await expect(lessDataCurves.run(input, small)).rejects.toThrow('smallest class');
  });
});
