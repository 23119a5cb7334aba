import type { Random } from '../../../shared/stats/random';
import { addRow, columnSums, multiply, transpose } from './matrix';

export const activations = ['tanh', 'relu'] as const;
export type Activation = (typeof activations)[number];

export interface Sizes {
  features: number;
  hidden: number;
  classes: number;
}

/** w1 [features, hidden], b1 [hidden], w2 [hidden, classes], b2 [classes]; float64. */
export interface Weights {
  w1: Float64Array;
  b1: Float64Array;
  w2: Float64Array;
  b2: Float64Array;
}
const parts = ['w1', 'b1', 'w2', 'b2'] as const;

/** f = W2'·φ(W1'x + b1) + b2: logits of a network with one hidden layer. */
export interface Network extends Sizes, Weights {
  activation: Activation;
}

/** Examples row after row; `y` holds the class of each. */
export interface Labelled {
  x: Float64Array;
  y: ArrayLike<number>;
  n: number;
}

/**
 * Normal weights with standard deviation gain·g/√fan-in, g = 1.5 for tanh, √2 for ReLU and 1 in the last layer; biases 0.
 * Source: He et al. 2015, eq. 10 for ReLU; prototype of the guide, section 3.5.
 */
export function startNetwork(sizes: Sizes, activation: Activation, random: Random, gain = 1): Network {
  const { features, hidden, classes } = sizes;
  const normal = (n: number, sd: number) =>
    Float64Array.from({ length: n }, () => sd * gain * random.normal());
  const first = activation === 'tanh' ? 1.5 : Math.SQRT2;
  return {
    ...sizes,
    activation,
    w1: normal(features * hidden, first / Math.sqrt(features)),
    b1: new Float64Array(hidden),
    w2: normal(hidden * classes, 1 / Math.sqrt(hidden)),
    b2: new Float64Array(classes),
  };
}

/** Weights without what else a network has. */
export const weightsOf = ({ w1, b1, w2, b2 }: Weights): Weights => ({ w1, b1, w2, b2 });

/** a + factor·b, all of it new. */
export function plus<W extends Weights>(a: W, b: Weights, factor: number): W {
  const out = { ...a };
  for (const part of parts) out[part] = a[part].map((v, i) => v + factor * b[part][i]!);
  return out;
}

/** |a − b| / |b| over the weights of both layers (Euclidean), biases left out. */
export function movedShare(a: Weights, b: Weights): number {
  let [moved, size] = [0, 0];
  for (const part of ['w1', 'w2'] as const) {
    for (let i = 0; i < b[part].length; i++) {
      moved += (a[part][i]! - b[part][i]!) ** 2;
      size += b[part][i]! ** 2;
    }
  }
  return Math.sqrt(moved / size);
}

/** x·W1 + b1 for each of n rows: [n, hidden]. The first layer is linear, so a step's change of it is this of the step. */
export function preactivations(net: Sizes & Weights, x: Float64Array, n: number): Float64Array {
  return addRow(multiply(x, net.w1, [n, net.features, net.hidden]), net.b1);
}

export const activate = (activation: Activation, a: number) =>
  activation === 'tanh' ? Math.tanh(a) : a > 0 ? a : 0;

/** φ'(a); 0 at the kink of ReLU. */
export const slopeOf = (activation: Activation, a: number) =>
  activation === 'tanh' ? 1 - Math.tanh(a) ** 2 : a > 0 ? 1 : 0;

/** Logits [n, classes] from values before the activation [n, hidden]. */
export function logitsOf(net: Network, a: Float64Array, n: number): Float64Array {
  const h = a.map((v) => activate(net.activation, v));
  return addRow(multiply(h, net.w2, [n, net.hidden, net.classes]), net.b2);
}

/** Logits [n, classes] of n rows. */
export function forward(net: Network, x: Float64Array, n: number): Float64Array {
  return logitsOf(net, preactivations(net, x, n), n);
}

/**
 * What the examples of one step leave behind, row after row: residuals r = softmax(f) − [class], hidden values h and
 * back-propagated values dh = φ'(a)∘(W2·r). Guide of the experiments, 3.3.
 */
export interface Side {
  r: Float64Array;
  h: Float64Array;
  dh: Float64Array;
}

export function sideOf(net: Network, { x, y, n }: Labelled): Side {
  const { hidden, classes, activation } = net;
  const a = preactivations(net, x, n);
  const h = a.map((v) => activate(activation, v));
  const r = addRow(multiply(h, net.w2, [n, hidden, classes]), net.b2);
  for (let i = 0; i < n; i++) {
    const row = r.subarray(i * classes, (i + 1) * classes);
    const top = row.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += row[c] = Math.exp(row[c]! - top);
    for (let c = 0; c < classes; c++) row[c] = row[c]! / sum - (c === y[i] ? 1 : 0);
  }
  const dh = multiply(r, transpose(net.w2, hidden, classes), [n, classes, hidden]);
  for (let i = 0; i < dh.length; i++) dh[i]! *= slopeOf(activation, a[i]!);
  return { r, h, dh };
}

/** Gradient of the mean softmax cross-entropy of a batch, which is the superposition of its examples. */
export function gradientOf({ features, hidden, classes }: Sizes, { x, n }: Labelled, side: Side): Weights {
  const mean = (v: Float64Array) => v.map((w) => w / n);
  return {
    w1: mean(multiply(transpose(x, n, features), side.dh, [features, n, hidden])),
    b1: mean(columnSums(side.dh, hidden)),
    w2: mean(multiply(transpose(side.h, n, hidden), side.r, [hidden, n, classes])),
    b2: mean(columnSums(side.r, classes)),
  };
}

/** Mean softmax cross-entropy of a batch. */
export function lossOf(net: Network, { x, y, n }: Labelled): number {
  const f = forward(net, x, n);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const row = f.subarray(i * net.classes, (i + 1) * net.classes);
    const top = row.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (const v of row) sum += Math.exp(v - top);
    loss += top + Math.log(sum) - row[y[i]!]!;
  }
  return loss / n;
}
