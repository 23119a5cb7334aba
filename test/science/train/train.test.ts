import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../src/main/models/writer';
import { openOrt } from '../../../src/main/runner/ort/free';
import {
  accuracyOf,
  type CnnSpec,
  classify,
  connectionMask,
  inferenceGraph,
  type MlpSpec,
  meanNegativeLogLikelihood,
  type NetSpec,
  parametersOf,
  type Recipe,
  train,
  trainingGraph,
} from '../../../src/main/science/train';
import { batchesOf, stepsOf } from '../../../src/main/science/train/batches';
import { clouds } from './synthetic';

const ort = openOrt();
const [features, classes] = [16, 5];
const data = clouds(1000, features, classes, 1, 1.5);
const test = clouds(500, features, classes, 2, 1.5);
const mlp: MlpSpec = { kind: 'mlp', features, hidden: [24], classes, activation: 'relu' };
const sparse: MlpSpec = { ...mlp, activation: 'kwta', winners: [6] };
const cnn: CnnSpec = {
  kind: 'cnn',
  shape: [1, 1, features],
  convolutions: [{ channels: 4, kernel: [1, 5], pool: [1, 2] }],
  hidden: [12],
  classes,
  activation: 'kwta',
  winners: [10, 4],
};
const recipe: Recipe = { steps: 150, batch: 32, learningRate: 0.1, seed: 1 };

async function accuracy(spec: NetSpec, more: Partial<Recipe> = {}) {
  const { params, loss } = await train(ort, spec, data, { ...recipe, ...more });
  const logits = await classify(ort, inferenceGraph(spec, params), test.x, features, test.n);
  return { accuracy: accuracyOf(logits, test.y), loss, params, logits };
}

describe('train', () => {
  it.each<[string, NetSpec, Partial<Recipe>]>([
    ['relu', mlp, {}],
    ['tanh', { ...mlp, activation: 'tanh' }, {}],
    ['logistic regression', { ...mlp, hidden: [] }, {}],
    ['two hidden layers with momentum', { ...mlp, hidden: [24, 12] }, { learningRate: 0.02, momentum: 0.9 }],
    ['k-WTA', sparse, {}],
    ['squared loss', mlp, { loss: 'squared' }],
    [
      'a convolution with k-WTA, small batches first',
      cnn,
      { steps: undefined, epochs: 5, firstEpochBatch: 8 },
    ],
  ])('%s learns clouds of points', async (_, spec, more) => {
    const { accuracy: found, loss } = await accuracy(spec, more);
    expect(found).toBeGreaterThan(0.7);
    const mean = (part: Float32Array) => part.reduce((a, b) => a + b) / part.length;
    expect(mean(loss.slice(-20))).toBeLessThan(0.7 * mean(loss.slice(0, 5)));
  });

  it('labels put at random are not learned: the accuracy of the test is of the labels', async () => {
    const shuffled = { ...data, y: data.y.map((_, i) => data.y[(i * 7 + 3) % data.n]!) };
    const { params } = await train(ort, mlp, shuffled, recipe);
    const logits = await classify(ort, inferenceGraph(mlp, params), test.x, features, test.n);
    expect(accuracyOf(logits, test.y)).toBeLessThan(0.45);
  });

  it.each<[string, NetSpec, Partial<Recipe>]>([
    ['relu', mlp, {}],
    ['k-WTA with momentum', sparse, { momentum: 0.9, learningRate: 0.02, perEpoch: { boost: 0.85 } }],
    ['a convolution', cnn, { epochs: 2, steps: undefined, firstEpochBatch: 8 }],
  ])('%s: many steps in a Scan equal steps one by one, bit by bit', async (_, spec, more) => {
    const [scan, short, one] = await Promise.all(
      [100, 7, 1].map((chunk) => train(ort, spec, data, { ...recipe, ...more, chunk })),
    );
    expect(short!.params).toEqual(scan!.params);
    expect(one!.params).toEqual(scan!.params);
    expect(one!.loss).toEqual(scan!.loss);
  });

  it('the same seed gives the same bytes, another seed does not', async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => train(ort, mlp, data, { ...recipe, seed })));
    expect(a!.params).toEqual(b!.params);
    expect(a!.params).not.toEqual(c!.params);
  });

  it('absent weights stay absent, with momentum too', async () => {
    const mask = connectionMask(mlp, 'w0', 0.25, 1);
    const { params } = await train(ort, mlp, data, {
      ...recipe,
      momentum: 0.9,
      learningRate: 0.02,
      masks: { w0: mask },
    });
    expect(mask.reduce((a, b) => a + b)).toBe(24 * 4);
    const zeros = params.w0!.filter((w) => w === 0).length;
    expect(zeros).toBe(mask.filter((m) => m === 0).length);
    // Without the mask weights do move away from 0.
    const free = await train(ort, mlp, data, { ...recipe, from: { w0: params.w0! } });
    expect(free.params.w0!.filter((w) => w === 0).length).toBeLessThan(zeros / 2);
  });

  it('duty cycles add up to the winners: the share of places a channel wins, times its places', async () => {
    const { params } = await train(ort, cnn, data, { ...recipe, epochs: 2, steps: undefined });
    const sum = (duty: Float32Array) => duty.reduce((a, b) => a + b);
    expect(sum(params.duty0!) * 6).toBeCloseTo(10, 3);
    expect(sum(params.duty1!)).toBeCloseTo(4, 3);
    expect([...params.seen!]).toEqual([2 * 31 * 32]);
  });

  it('boosting lets more units win: the busiest is less busy than without', async () => {
    const busiest = async (boost: number) => {
      const { params } = await train(ort, sparse, data, { ...recipe, boost });
      return Math.max(...params.duty0!);
    };
    const [without, weak, strong] = [await busiest(0), await busiest(1.5), await busiest(6)];
    expect(weak).toBeLessThan(without);
    expect(strong).toBeLessThan(weak);
  });

  it('soft targets are learned: the network comes near to its teacher', async () => {
    const teacher = await accuracy(mlp);
    const logits = await classify(ort, inferenceGraph(mlp, teacher.params), data.x, features, data.n);
    const targets = new Float32Array(logits.length);
    for (let i = 0; i < data.n; i++) {
      const row = logits.subarray(i * classes, (i + 1) * classes).map((z) => Math.exp(z / 2));
      const total = row.reduce((a, b) => a + b);
      targets.set(
        row.map((e) => e / total),
        i * classes,
      );
    }
    const student = await train(
      ort,
      { ...mlp, hidden: [8] },
      { x: data.x, n: data.n },
      { ...recipe, targets },
    );
    const said = await classify(
      ort,
      inferenceGraph({ ...mlp, hidden: [8] }, student.params),
      test.x,
      features,
      test.n,
    );
    expect(accuracyOf(said, test.y)).toBeGreaterThan(0.8);
  });

  it('the drop of the rate and the factor of each epoch act from their step on', () => {
    const plan = [...batchesOf({ ...recipe, steps: 10, drop: { at: 0.7, factor: 0.2 } }, 1000)];
    expect(plan.map((p) => p.rate)).toEqual([...Array(7).fill(0.1), ...Array(3).fill(0.1 * 0.2)]);
    const epochs: Recipe = {
      batch: 10,
      firstEpochBatch: 5,
      epochs: 2,
      learningRate: 1,
      boost: 2,
      perEpoch: { learningRate: 0.5, boost: 0.25 },
      seed: 1,
    };
    const all = [...batchesOf(epochs, 25)];
    expect(stepsOf(epochs, 25)).toBe(7);
    expect(all.map((p) => p.index.length)).toEqual([5, 5, 5, 5, 5, 10, 10]);
    expect(all.map((p) => [p.rate, p.boost])).toEqual([
      ...Array(5).fill([1, 2]),
      ...Array(2).fill([0.5, 0.5]),
    ]);
    // Each example once in an epoch.
    expect(
      all
        .slice(0, 5)
        .flatMap((p) => [...p.index])
        .sort((a, b) => a - b),
    ).toEqual([...Array(25).keys()]);
  });

  it('refuses what does not fit, with a sentence', async () => {
    const refuses = (spec: NetSpec, given: object, more: Partial<Recipe> = {}) =>
      expect(train(ort, spec, { ...data, ...given }, { ...recipe, ...more })).rejects.toMatchObject({
        failure: { kind: 'bad_plan' },
      });
    await refuses(mlp, { n: 999 });
    await refuses(mlp, {}, { batch: 1001 });
    await refuses(mlp, {}, { targets: new Float32Array(3) });
    await refuses({ ...cnn, shape: [1, 1, 15] }, {});
    await refuses({ ...sparse, winners: [25] }, {});
    await expect(
      train(ort, mlp, data, { ...recipe, loss: 'squared', learningRate: 1e6 }),
    ).rejects.toMatchObject({
      failure: { kind: 'runner_failed' },
    });
  });
});

describe('accuracyOf and meanNegativeLogLikelihood', () => {
  it('count by hand', () => {
    const logits = Float32Array.of(1, 0, 0, 3, 2, 2, 0, -1);
    expect(accuracyOf(logits, [0, 1, 1, 0])).toBe(0.75);
    const expected = (Math.log(1 + Math.exp(-1)) * 2 + Math.log(1 + Math.exp(-3)) + Math.log(2)) / 4;
    expect(meanNegativeLogLikelihood(logits, [0, 1, 1, 0])).toBeCloseTo(expected, 6);
  });
});

describe('trainingGraph', () => {
  it('one call is the steps of a training: the losses are those of steps one by one', async () => {
    const graph = trainingGraph(mlp, { steps: 12, batch: 8, learningRate: 0.1, seed: 1 });
    const session = await ort.open(graph);
    const x = data.x.subarray(0, 12 * 8 * features);
    const run = () => session.run({ x: { elemType: 'float32', dims: [12, 8, features], data: x } });
    const [a, b] = [await run(), await run()];
    await session.close();
    expect(a.y!.data).toEqual(b.y!.data);
    const targets = new Float32Array(96 * classes);
    for (let i = 0; i < 96; i++) {
      const row = x.subarray(i * features, i * features + classes).map(Math.exp);
      const total = row.reduce((p, v) => p + v);
      targets.set(
        row.map((e) => e / total),
        i * classes,
      );
    }
    const index = Int32Array.from({ length: 96 }, (_, i) => i);
    let from = {};
    const losses: number[] = [];
    for (let s = 0; s < 12; s++) {
      const one = await train(
        ort,
        mlp,
        { x, n: 96 },
        {
          steps: 1,
          batch: 8,
          learningRate: 0.1,
          seed: 1,
          targets,
          from,
          index: index.subarray(8 * s, 8 * s + 8),
        },
      );
      from = one.params;
      losses.push(one.loss[0]!);
    }
    // The order within a batch differs, so sums round differently.
    for (const [i, l] of losses.entries()) expect((a.y!.data as Float32Array)[i]).toBeCloseTo(l, 5);
  });

  it.each<[string, NetSpec, object]>([
    ['momentum', mlp, { momentum: true }],
    ['k-WTA with a convolution', cnn, {}],
    ['masked weights', mlp, { masked: ['w0'] }],
    ['more classes than features', { ...mlp, features: 3, classes: 7 }, {}],
  ])('%s: loads, and its parameters are those of the network', async (_, spec, more) => {
    const graph = trainingGraph(spec, { steps: 3, batch: 4, learningRate: 0.05, seed: 1, ...more });
    const weights = graph.initializers.filter((t) => /^first\.[wb]\d$/.test(t.name));
    expect(weights.reduce((n, t) => n + elementCount(t.dims), 0)).toBe(parametersOf(spec));
    const session = await ort.open(graph);
    const dims = graph.inputs[0]!.dims as number[];
    const data = Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(i));
    const out = await session.run({ x: { elemType: 'float32', dims, data } });
    await session.close();
    expect(out.y!.dims).toEqual([3]);
    expect([...(out.y!.data as Float32Array)].every((l) => l > 0 && Number.isFinite(l))).toBe(true);
    expect(out['last.w0']!.data).not.toEqual(graph.initializers.find((t) => t.name === 'first.w0')!.data);
  });
});
