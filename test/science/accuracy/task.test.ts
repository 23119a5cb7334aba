import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { floats, integers, node } from '../../../src/main/models/builders/parts';
import { importModel } from '../../../src/main/models/import';
import type { Graph, GraphNode, GraphPort, Tensor } from '../../../src/main/models/writer';
import { type AccuracyInput, accuracy } from '../../../src/main/science/accuracy/task';
import type { Dataset } from '../../../src/main/science/data/dataset';
import type { ElemType } from '../../../src/shared/model';
import { placesIn } from '../../support/data';
import { temporaryFolder } from '../../support/lab';
import { writeModel } from '../../support/models';
import { toolsFor } from '../../support/tools';

/** Test examples with their classes as a data set. */
function dataOf(rows: number[][], y: number[], { shape = [rows[0].length], classes = 3 } = {}): Dataset {
  const empty = { x: new Float32Array(0), y: new Uint8Array(0), n: 0 };
  return {
    name: 'points',
    shape,
    features: rows[0].length,
    classes,
    train: empty,
    test: { x: Float32Array.from(rows.flat()), y: Uint8Array.from(y), n: y.length },
    licence: 'none',
    sha256: 'a'.repeat(64),
  };
}

/** Seven points in the plane; the class is meant to be which of x, y and −x−y is largest. The last two have a wrong label. */
const points = [
  [5, 1],
  [4, 2],
  [1, 6],
  [-2, 3],
  [-4, -4],
  [9, 0],
  [0, 9],
];
const labels = [0, 0, 1, 1, 2, 1, 2];
const truth = dataOf(points, labels);
const weights = floats('w', [2, 3], [1, 0, -1, 0, 1, -1]);

interface Net {
  input?: { elemType?: ElemType; dims?: (number | string)[] };
  nodes: GraphNode[];
  initializers: Tensor[];
  outputs: GraphPort[];
}

const scores: GraphPort = { name: 'y', elemType: 'float32', dims: ['batch', 3] };
const linear: Net = { nodes: [node('MatMul', ['x', 'w'], 'y')], initializers: [weights], outputs: [scores] };

async function test(net: Net, data: Dataset, over: Partial<AccuracyInput> = {}) {
  const folder = temporaryFolder();
  const { elemType = 'float32', dims = ['batch', data.features] } = net.input ?? {};
  const graph: Graph = { name: 'net', ...net, inputs: [{ name: 'x', elemType, dims }] };
  const path = writeModel(folder, 'net', graph);
  const { model } = importModel(path, join(folder, 'lab'));
  const asked: { train: number; raw?: boolean }[] = [];
  const tools = {
    ...toolsFor(placesIn(folder), folder),
    dataset: async (_: string, options: { train: number; raw?: boolean }) => {
      asked.push(options);
      return data;
    },
  };
  const { inputs, outputs } = model;
  const input: AccuracyInput = {
    path,
    inputs,
    outputs,
    dataset: data.name,
    seed: 1,
    most: 1000,
    output: null,
    normalise: null,
    provider: 'cpu',
    threads: 1,
    batch: 256,
    ...over,
  };
  const { output } = await accuracy.run(input, tools);
  expect(asked).toEqual([{ seed: 1, train: 0, test: 1000, raw: true }]);
  return output;
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (e) => e.failure,
  );

describe('the accuracy of a classifier', () => {
  it('is what counting by hand gives, in batches of any size', async () => {
    for (const batch of [1, 2, 3, 7, 256]) {
      const result = await test(linear, truth, { batch });
      expect(result).toMatchObject({
        n: 7,
        correct: 5,
        classes: 3,
        scores: 'logits',
        input: 'x',
        output: 'y',
        layout: 'as_given',
        // By hand: both points of class 0, two of three of class 1, one of two of class 2.
        perClass: [
          { n: 2, correct: 2 },
          { n: 3, correct: 2 },
          { n: 2, correct: 1 },
        ],
      });
      expect(result.accuracy.value).toBeCloseTo(5 / 7, 12);
      // Mean of ln Σ e^s − s_right over the seven points, computed apart from the code.
      const nll =
        points
          .map(([a, b], i) => {
            const s = [a, b, -a - b];
            return Math.log(s.reduce((t, v) => t + Math.exp(v), 0)) - s[labels[i]];
          })
          .reduce((t, v) => t + v, 0) / 7;
      expect(result.nll).toBeCloseTo(nll, 5);
    }
  });

  it('is the same from a model with a fixed batch, whose last call is filled up', async () => {
    const net: Net = { ...linear, input: { dims: [4, 2] }, outputs: [{ ...scores, dims: [4, 3] }] };
    expect(await test(net, truth)).toMatchObject({ n: 7, correct: 5, batch: 4 });
  });

  it('knows probabilities from logits, and says why a likelihood is missing', async () => {
    const soft: Net = {
      ...linear,
      nodes: [node('MatMul', ['x', 'w'], 's'), node('Softmax', ['s'], 'y', { axis: { int: -1 } })],
    };
    const [a, b] = [await test(linear, truth), await test(soft, truth)];
    expect([b.scores, b.correct]).toEqual(['probabilities', 5]);
    expect(b.nll).toBeCloseTo(a.nll ?? 0, 4);
    const each: Net = { ...linear, nodes: [node('MatMul', ['x', 'w'], 's'), node('Sigmoid', ['s'], 'y')] };
    const sigmoid = await test(each, truth);
    expect([sigmoid.nll, sigmoid.nllMissing]).toEqual([null, expect.stringContaining('do not add up to 1')]);
    const far = dataOf([[500, -500]], [1]);
    expect((await test(soft, far)).nllMissing).toContain('probability 0');
    const whole: Net = {
      nodes: [
        node('MatMul', ['x', 'w'], 's'),
        node('ArgMax', ['s'], 'y', { axis: { int: 1 }, keepdims: { int: 0 } }),
      ],
      initializers: [weights],
      outputs: [{ name: 'y', elemType: 'int64', dims: ['batch'] }],
    };
    expect(await test(whole, truth)).toMatchObject({
      correct: 5,
      scores: 'labels',
      nll: null,
      nllMissing: expect.stringContaining('no scores'),
    });
  });

  it('takes scores before labels, asks where two could be meant, and takes the one that is named', async () => {
    const both: Net = {
      nodes: [
        node('MatMul', ['x', 'w'], 'y'),
        node('ArgMax', ['y'], 'label', { axis: { int: 1 }, keepdims: { int: 0 } }),
      ],
      initializers: [weights],
      outputs: [{ name: 'label', elemType: 'int64', dims: ['batch'] }, scores],
    };
    expect((await test(both, truth)).output).toBe('y');
    expect((await test(both, truth, { output: 'label' })).scores).toBe('labels');
    const two: Net = {
      nodes: [node('MatMul', ['x', 'w'], 'y'), node('Neg', ['y'], 'z')],
      initializers: [weights],
      outputs: [scores, { ...scores, name: 'z' }],
    };
    expect(await failureOf(test(two, truth))).toMatchObject({
      kind: 'bad_input',
      message: 'Several outputs could be the classes: y, z.',
      remedy: 'Say which with --output.',
    });
    expect((await test(two, truth, { output: 'z' })).correct).toBeLessThan(5);
    expect(await failureOf(test(two, truth, { output: 'q' }))).toMatchObject({
      message: 'The model has no output called “q”.',
      remedy: 'Its outputs are y, z.',
    });
  });

  it('refuses what is no score of these classes', async () => {
    expect(await failureOf(test(linear, { ...truth, classes: 4 }))).toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/7 × 4 scores.*y: float32\[7, 3\]/),
    });
    const one: Net = {
      nodes: [node('MatMul', ['x', 'w'], 's'), node('ReduceSum', ['s'], 'y', { keepdims: { int: 0 } })],
      initializers: [weights],
      outputs: [{ name: 'y', elemType: 'float32', dims: [] }],
    };
    expect(await failureOf(test(one, truth))).toMatchObject({ kind: 'unsupported' });
    const nan: Net = { ...linear, nodes: [node('MatMul', ['x', 'w'], 's'), node('Sqrt', ['s'], 'y')] };
    expect(await failureOf(test(nan, truth))).toMatchObject({
      kind: 'runner_failed',
      message: expect.stringContaining('no number for example 1'),
    });
  });

  it('feeds float64, float16 and bytes', async () => {
    for (const elemType of ['float64', 'float16'] as const) {
      const net: Net = {
        ...linear,
        input: { elemType },
        nodes: [node('Cast', ['x'], 'f', { to: { int: 1 } }), node('MatMul', ['f', 'w'], 'y')],
      };
      expect((await test(net, truth)).correct).toBe(5);
    }
    const bytes: Net = {
      ...linear,
      input: { elemType: 'uint8' },
      nodes: [node('Cast', ['x'], 'f', { to: { int: 1 } }), node('MatMul', ['f', 'w'], 'y')],
    };
    const unit = dataOf(
      [
        [1, 0],
        [0, 0.5019608],
        [0, 1],
      ],
      [0, 1, 0],
    );
    expect(await failureOf(test(bytes, unit))).toMatchObject({
      remedy: 'Use --scale 255 where the values run from 0 to 1.',
    });
    const normalise = { scale: 255, mean: [0], std: [1] };
    expect((await test(bytes, unit, { normalise })).correct).toBe(2);
    const strings: Net = {
      ...linear,
      input: { elemType: 'int64' },
      nodes: [node('Cast', ['x'], 'f', { to: { int: 1 } }), node('MatMul', ['f', 'w'], 'y')],
    };
    expect((await failureOf(test(strings, truth)))?.message).toContain('takes int64');
  });

  it('changes values as asked: scale, then mean and deviation, for all or for each channel', async () => {
    // y = (x·2 − mean) / std: a mean of 10 for the first value alone turns class 0 into class 1.
    const twice = { scale: 2, mean: [0], std: [4] };
    expect((await test(linear, truth, { normalise: twice })).correct).toBe(5);
    const shifted = await test(linear, truth, { normalise: { scale: 2, mean: [100, 0], std: [1] } });
    expect(shifted.perClass[0].correct).toBe(0);
    expect(
      await failureOf(test(linear, truth, { normalise: { scale: 1, mean: [1, 2, 3], std: [1] } })),
    ).toMatchObject({
      kind: 'bad_input',
      message: expect.stringContaining('3 values were given for mean'),
    });
  });

  it('gives pictures to models that want another shape, and never scrambles channels', async () => {
    // Two channels of 2 × 3; in each example one value is 1, and the class is its channel.
    const rows = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 12 }, (_, j) => (i === j ? 1 : 0)),
    );
    const channels = rows.map((_, i) => (i < 6 ? 0 : 1));
    const pictures = dataOf(rows, channels, { shape: [2, 2, 3], classes: 2 });
    const sums = (axes: number[]): Net => ({
      nodes: [node('ReduceMean', ['x'], 'y', { axes: { ints: axes }, keepdims: { int: 0 } })],
      initializers: [],
      outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', 2] }],
    });
    const first = { ...sums([2, 3]), input: { dims: ['batch', 2, 2, 3] } };
    expect(await test(first, pictures)).toMatchObject({ correct: 12, layout: 'as_given' });
    const last = { ...sums([1, 2]), input: { dims: ['batch', 2, 3, 2] } };
    expect(await test(last, pictures)).toMatchObject({ correct: 12, layout: 'channels_last' });
    const turned = dataOf(
      rows.map((row) => Array.from({ length: 12 }, (_, j) => row[(j % 2) * 6 + Math.floor(j / 2)])),
      channels,
      { shape: [2, 3, 2], classes: 2 },
    );
    expect(await test(first, turned)).toMatchObject({ correct: 12, layout: 'channels_first' });
    const flat: Net = {
      input: { dims: ['batch', 12] },
      nodes: [node('Reshape', ['x', 'shape'], 'p'), ...sums([2]).nodes.map((n) => ({ ...n, inputs: ['p'] }))],
      initializers: [integers('shape', [-1, 2, 6])],
      outputs: sums([]).outputs,
    };
    expect(await test(flat, pictures)).toMatchObject({ correct: 12, layout: 'reshaped' });
    const open = { ...sums([2, 3]), input: { dims: ['batch', 'c', 'h', 'w'] } };
    expect(await test(open, pictures)).toMatchObject({ correct: 12, layout: 'as_given' });
    const other = { ...sums([2, 3]), input: { dims: ['batch', 2, 3, 4] } };
    expect((await failureOf(test(other, pictures)))?.message).toContain(
      'an example of points has 12 values (2 × 2 × 3)',
    );
    const four: Net = { ...sums([2, 3]), input: { dims: ['batch', 3, 2, 2] } };
    expect(await failureOf(test(four, pictures))).toMatchObject({ kind: 'unsupported' });
    expect((await failureOf(test({ ...linear, input: { dims: [2] } }, truth)))?.message).toContain(
      'has 1 dimensions',
    );
  });
});
