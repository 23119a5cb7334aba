import { integers, node } from '../../models/builders/parts';
import { createRandom } from '../../models/random';
import type { Graph, GraphPort } from '../../models/writer';
import { oneHot } from '../data/examples';
import type { Labelled } from '../kernels/ridge';
import type { Ort, SessionSettings, Value } from '../tools';

/** A network features-hidden-classes with tanh, and how it is trained: full batch, so many steps of this length. */
export interface PathSpec {
  features: number;
  hidden: number;
  classes: number;
  steps: number;
  /** Learning rate η; the gradient is the mean over the examples. */
  rate: number;
}

/** Weights [inputs, outputs] and biases, row after row; of one network, or one after the other of every step. */
export interface Weights {
  w1: Float32Array;
  b1: Float32Array;
  w2: Float32Array;
  b2: Float32Array;
}
export const weightNames = ['w1', 'b1', 'w2', 'b2'] as const;

/** What training leaves behind when nothing is thrown away. */
export interface Path {
  spec: PathSpec;
  n: number;
  /** Inputs of the examples, n × features. */
  x: Float32Array;
  start: Weights;
  last: Weights;
  /** Of every step: weights at its middle, and how far it moved them. */
  middle: Weights;
  change: Weights;
  /**
   * Of every step and example, at the start of the step: hidden values [steps, n, hidden], and the coefficients
   * −(η/n)·∂loss/∂(what enters the hidden units) and −(η/n)·∂loss/∂logit [steps, n, classes].
   */
  hidden: Float32Array;
  hiddenCoefficients: Float32Array;
  coefficients: Float32Array;
}

export function weightDims({ features, hidden, classes }: PathSpec): Record<keyof Weights, number[]> {
  return { w1: [features, hidden], b1: [hidden], w2: [hidden, classes], b2: [classes] };
}

/** Trains by full-batch gradient descent on the cross-entropy of the softmax and keeps everything. */
export async function followPath(
  ort: Ort,
  spec: PathSpec,
  data: Labelled,
  { seed, ...settings }: SessionSettings & { seed: number },
): Promise<Path> {
  const { n } = data;
  const { steps, hidden, classes, features } = spec;
  const dims = weightDims(spec);
  const start = startOf(spec, seed);
  const stack = () => mapWeights((name) => new Float32Array(steps * start[name].length));
  const path: Path = {
    spec,
    n,
    x: data.x.subarray(0, n * features),
    start,
    last: start,
    middle: stack(),
    change: stack(),
    hidden: new Float32Array(steps * n * hidden),
    hiddenCoefficients: new Float32Array(steps * n * hidden),
    coefficients: new Float32Array(steps * n * classes),
  };
  const float = (shape: readonly number[], values: Float32Array): Value => ({
    elemType: 'float32',
    dims: shape,
    data: values,
  });
  const fixed = {
    x: float([n, features], path.x),
    targets: float([n, classes], oneHot(data.y, classes, n)),
  };
  const session = await ort.open(stepGraph(spec, n), settings);
  try {
    let now = start;
    for (let s = 0; s < steps; s++) {
      const weights = mapValues((name) => float(dims[name], now[name]));
      const out = await session.run({ ...weights, ...fixed });
      const next = mapWeights((name) => out[`${name}-next`].data as Float32Array);
      for (const name of weightNames) {
        const at = s * now[name].length;
        next[name].forEach((b, i) => {
          const a = now[name][i];
          path.middle[name][at + i] = (a + b) / 2;
          path.change[name][at + i] = b - a;
        });
      }
      path.hidden.set(out.h.data as Float32Array, s * n * hidden);
      path.hiddenCoefficients.set(out.dh.data as Float32Array, s * n * hidden);
      path.coefficients.set(out.r.data as Float32Array, s * n * classes);
      now = next;
    }
    return { ...path, last: now };
  } finally {
    await session.close();
  }
}

function mapValues<T>(of: (name: keyof Weights) => T): Record<keyof Weights, T> {
  return { w1: of('w1'), b1: of('b1'), w2: of('w2'), b2: of('b2') };
}
const mapWeights = mapValues<Float32Array>;

/** Normal weights, 1.5/√features and 1/√hidden wide, so that the hidden units are bent from the start; biases 0. */
function startOf({ features, hidden, classes }: PathSpec, seed: number): Weights {
  const normal = (name: string, count: number, sd: number) => {
    const random = createRandom(seed, `path ${name}`);
    return Float32Array.from({ length: count }, () => sd * random.normal());
  };
  return {
    w1: normal('w1', features * hidden, 1.5 / Math.sqrt(features)),
    b1: new Float32Array(hidden),
    w2: normal('w2', hidden * classes, 1 / Math.sqrt(hidden)),
    b2: new Float32Array(classes),
  };
}

/** One step, with what the explicit machine keeps of it as outputs. Source: guide of the experiments, 3.2 and 11. */
function stepGraph(spec: PathSpec, n: number): Graph {
  const { features, hidden, classes, rate } = spec;
  const dims = weightDims(spec);
  const port = (name: string, shape: readonly number[]): GraphPort => ({
    name,
    elemType: 'float32',
    dims: shape,
  });
  const constant = (name: string, value: number) =>
    ({ name, elemType: 'float32', dims: [], data: Float32Array.of(value) }) as const;
  return {
    name: 'step',
    initializers: [integers('examples', [0]), constant('one', 1), constant('factor', -rate / n)],
    inputs: [
      ...weightNames.map((name) => port(name, dims[name])),
      port('x', [n, features]),
      port('targets', [n, classes]),
    ],
    outputs: [
      ...weightNames.map((name) => port(`${name}-next`, dims[name])),
      port('h', [n, hidden]),
      port('dh', [n, hidden]),
      port('r', [n, classes]),
    ],
    nodes: [
      node('Gemm', ['x', 'w1', 'b1'], 'a'),
      node('Tanh', ['a'], 'h'),
      node('Gemm', ['h', 'w2', 'b2'], 'logits'),
      node('Softmax', ['logits'], 'p', { axis: { int: -1 } }),
      node('Sub', ['p', 'targets'], 'residual'),
      node('Mul', ['residual', 'factor'], 'r'),
      node('Gemm', ['r', 'w2'], 'back', { transB: { int: 1 } }),
      node('Mul', ['h', 'h'], 'h2'),
      node('Sub', ['one', 'h2'], 'slope'),
      node('Mul', ['back', 'slope'], 'dh'),
      node('Gemm', ['x', 'dh', 'w1'], 'w1-next', { transA: { int: 1 } }),
      node('ReduceSum', ['dh', 'examples'], 'b1-change', { keepdims: { int: 0 } }),
      node('Add', ['b1', 'b1-change'], 'b1-next'),
      node('Gemm', ['h', 'r', 'w2'], 'w2-next', { transA: { int: 1 } }),
      node('ReduceSum', ['r', 'examples'], 'b2-change', { keepdims: { int: 0 } }),
      node('Add', ['b2', 'b2-change'], 'b2-next'),
    ],
  };
}
