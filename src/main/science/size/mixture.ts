import { floats, integers, node } from '../../models/builders/parts';
import { createRandom } from '../../models/random';
import type { Graph } from '../../models/writer';
import type { Params } from '../train';

/**
 * Centres [k, features] of k clusters of examples by Lloyd's algorithm (1982), begun at k examples drawn at random; a
 * cluster that empties keeps its centre.
 */
export function clusterCentres(
  { x, n }: { x: Float32Array; n: number },
  features: number,
  k: number,
  seed: number,
  rounds = 10,
): Float32Array {
  const random = createRandom(seed, 'clusters');
  const centres = new Float32Array(k * features);
  for (let c = 0; c < k; c++) {
    const i = random.integer(0, n);
    centres.set(x.subarray(i * features, (i + 1) * features), c * features);
  }
  for (let round = 0; round < rounds; round++) {
    const near = nearest(x, n, features, centres);
    const counts = new Float64Array(k);
    const sums = new Float64Array(k * features);
    for (let i = 0; i < n; i++) {
      const c = near[i]!;
      counts[c]! += 1;
      for (let f = 0; f < features; f++) sums[c * features + f]! += x[i * features + f]!;
    }
    for (let c = 0; c < k; c++) {
      if (counts[c] === 0) continue;
      for (let f = 0; f < features; f++) centres[c * features + f] = sums[c * features + f]! / counts[c]!;
    }
  }
  return centres;
}

/** Number of the nearest centre of each example. */
export function nearest(x: Float32Array, n: number, features: number, centres: Float32Array): Int32Array {
  const k = centres.length / features;
  const half = Float64Array.from({ length: k }, (_, c) =>
    centres.subarray(c * features, (c + 1) * features).reduce((sum, v) => sum + (v * v) / 2, 0),
  );
  return Int32Array.from({ length: n }, (_, i) => {
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      let score = -half[c]!;
      for (let f = 0; f < features; f++) score += x[i * features + f]! * centres[c * features + f]!;
      if (score > bestScore) [best, bestScore] = [c, score];
    }
    return best;
  });
}

/**
 * A mixture of experts, one active: the nearest centre chooses whose weights are gathered, so a query touches the router
 * and one expert. `x` [batch, features] to `y` [batch, classes]; each expert has one hidden layer with ReLU.
 */
export function mixtureGraph(
  experts: readonly Params[],
  centres: Float32Array,
  { features, hidden, classes }: { features: number; hidden: number; classes: number },
): Graph {
  const k = experts.length;
  const router = new Float32Array(features * k);
  const bias = new Float32Array(k);
  for (let c = 0; c < k; c++) {
    for (let f = 0; f < features; f++) {
      const v = centres[c * features + f]!;
      router[f * k + c] = v;
      bias[c]! -= (v * v) / 2;
    }
  }
  const stacked = (name: string, dims: readonly number[]) => {
    const each = experts[0]![name]!.length;
    const data = new Float32Array(k * each);
    for (const [e, params] of experts.entries()) data.set(params[name]!, e * each);
    return { name, elemType: 'float32' as const, dims: [k, ...dims], data };
  };
  const gather = (name: string) => node('Gather', [name, 'expert'], `${name}.own`, { axis: { int: 0 } });
  return {
    name: 'mixture',
    nodes: [
      node('Gemm', ['x', 'router', 'router.bias'], 'scores'),
      node('ArgMax', ['scores'], 'expert', { axis: { int: 1 }, keepdims: { int: 0 } }),
      ...['w0', 'b0', 'w1', 'b1'].map(gather),
      node('Reshape', ['x', 'row'], 'x.row'),
      node('MatMul', ['x.row', 'w0.own'], 'sum.raw'),
      node('Add', ['sum.raw', 'b0.own'], 'sum'),
      node('Relu', ['sum'], 'hidden'),
      node('MatMul', ['hidden', 'w1.own'], 'out.raw'),
      node('Add', ['out.raw', 'b1.own'], 'out'),
      node('Reshape', ['out', 'flat'], 'y'),
    ],
    initializers: [
      { name: 'router', elemType: 'float32', dims: [features, k], data: router },
      floats('router.bias', [k], [...bias]),
      stacked('w0', [features, hidden]),
      stacked('b0', [1, hidden]),
      stacked('w1', [hidden, classes]),
      stacked('b1', [1, classes]),
      integers('row', [-1, 1, features]),
      integers('flat', [-1, classes]),
    ],
    inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', features] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', classes] }],
  };
}
