import type { Random } from '../../models/random';
import { shuffledIndices } from '../data/examples';
import { rowsOf } from './matrix';
import {
  gradientOf,
  type Labelled,
  type Network,
  plus,
  type Side,
  sideOf,
  type Weights,
  weightsOf,
} from './network';

export interface Training {
  /** Step size η. */
  eta: number;
  steps: number;
  /** Examples in a batch; null: all of them in every step. A last part of an epoch is left out. */
  batch: number | null;
  /** μ of v = g + μ·v; 0: none. */
  momentum: number;
}

/** One step of gradient descent and what it was made of. */
export interface Step {
  /** Weights at its start. */
  network: Network;
  /** −η·v: what it adds to them. */
  change: Weights;
  /** Weights at its end. */
  after: Network;
  /** Numbers of the examples in the batch, in the order of `side`. */
  batch: readonly number[];
  side: Side;
}

/** Gradient descent on the mean softmax cross-entropy in float64, a step at a time. */
export function* pathOf(
  start: Network,
  examples: Labelled,
  { eta, steps, batch, momentum }: Training,
  random: Random,
): Generator<Step, void, void> {
  const size = Math.min(batch ?? examples.n, examples.n);
  const all = Array.from({ length: examples.n }, (_, i) => i);
  let network = start;
  let velocity: Weights | null = null;
  let order = all;
  let at = 0;
  for (let s = 0; s < steps; s++) {
    if (size < examples.n && (s === 0 || at + size > examples.n)) {
      order = shuffledIndices(examples.n, random);
      at = 0;
    }
    const chosen = size < examples.n ? order.slice(at, at + size) : all;
    at += size;
    const part = size < examples.n ? selected(examples, chosen) : examples;
    const side = sideOf(network, part);
    const gradient = gradientOf(network, part, side);
    velocity = velocity === null || momentum === 0 ? gradient : plus(gradient, velocity, momentum);
    const change = scaled(velocity, -eta);
    const after = plus(network, change, 1);
    yield { network, change, after, batch: chosen, side };
    network = after;
  }
}

function selected({ x, y, n }: Labelled, index: readonly number[]): Labelled {
  return { x: rowsOf(x, x.length / n, index), y: index.map((i) => y[i]!), n: index.length };
}

function scaled(weights: Weights, factor: number): Weights {
  const { w1, b1, w2, b2 } = weightsOf(weights);
  const times = (v: Float64Array) => v.map((w) => factor * w);
  return { w1: times(w1), b1: times(b1), w2: times(w2), b2: times(b2) };
}
