import { randomFrom, seedOf } from '../../../shared/stats/random';
import { median } from '../../../shared/stats/robust';
import { floats, node } from '../../models/builders/parts';
import type { Graph, GraphNode, Tensor } from '../../models/writer';

/** Rows of a matrix, row after row: n × features. */
export interface Rows<X = Float32Array> {
  x: X;
  n: number;
  features: number;
}
type AnyRows = Rows<ArrayLike<number>>;

/** A machine that scores a query: what it keeps and what a query costs. */
export interface KernelMachine {
  /** Coefficients of each centre or feature, row after row: m × classes. */
  coefficients: Float32Array;
  /** Centres or features. */
  m: number;
  /** float32 numbers that the graph keeps. */
  floats: number;
  /** Multiply-adds of one query, those of matrix products only. */
  macs: number;
  /** `x` [batch, features] → `y` [batch, classes]: scores above that of chance, 1/classes. */
  graph(): Graph;
}

/** g of exp(−g·d²) from the width σ of exp(−d²/(2σ²)). */
export const rateOfWidth = (sigma: number) => 1 / (2 * sigma * sigma);

/**
 * Median distance between two different examples over up to `pairs` seeded pairs: a scale for the width of the kernel.
 * Source: the median heuristic (Garreau, Jitkrittum and Kanagawa 2017, arXiv 1707.07269).
 */
export function medianDistance({ x, n, features }: AnyRows, seed: number, pairs = 2000): number {
  if (n < 2) throw new RangeError('a distance needs two examples');
  const random = randomFrom(seedOf(seed, ['median distance']));
  const distances = Float64Array.from({ length: pairs }, () => {
    const a = Math.floor(random.uniform() * n);
    const b = (a + 1 + Math.floor(random.uniform() * (n - 1))) % n;
    return Math.sqrt(squaredDistance(x, a * features, x, b * features, features));
  });
  return median(distances);
}

/** |a − b|² of two rows of `features` numbers, by where they begin. */
function squaredDistance(
  a: ArrayLike<number>,
  fromA: number,
  b: ArrayLike<number>,
  fromB: number,
  features: number,
): number {
  let sum = 0;
  for (let k = 0; k < features; k++) sum += (a[fromA + k] - b[fromB + k]) ** 2;
  return sum;
}

/** exp(−d²/(2σ²)) of every row of a with every row of b in float64, a.n × b.n. */
export function gaussianMatrix(a: AnyRows, b: AnyRows, sigma: number): Float64Array {
  const { features } = a;
  const matrix = new Float64Array(a.n * b.n);
  const g = rateOfWidth(sigma);
  for (let i = 0; i < a.n; i++) {
    for (let j = 0; j < b.n; j++) {
      matrix[i * b.n + j] = Math.exp(-g * squaredDistance(a.x, i * features, b.x, j * features, features));
    }
  }
  return matrix;
}

/** The centres as the kernel's graph keeps them: 2g·Cᵀ [features, m], −g·|c|² [1, m] and −g [1]. */
export function centreTensors({ x, n, features }: Rows, sigma: number): Tensor[] {
  const g = rateOfWidth(sigma);
  const transposed = new Float32Array(features * n);
  const norms = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < features; k++) {
      const v = x[i * features + k];
      transposed[k * n + i] = 2 * g * v;
      sum += v * v;
    }
    norms[i] = -g * sum;
  }
  return [
    { name: 'centres', elemType: 'float32', dims: [features, n], data: transposed },
    { name: 'norms', elemType: 'float32', dims: [1, n], data: norms },
    floats('minus-g', [1], [-g]),
  ];
}

/**
 * k = exp(2g·x·cᵀ − g|x|² − g|c|²) [batch, m]. ReduceSumSquare takes its axes as an attribute up to opset 17, which is
 * what the writer writes.
 */
export const kernelNodes: readonly GraphNode[] = [
  node('MatMul', ['x', 'centres'], 'products'),
  node('ReduceSumSquare', ['x'], 'squares', { axes: { ints: [1] }, keepdims: { int: 1 } }),
  node('Mul', ['squares', 'minus-g'], 'own'),
  node('Add', ['products', 'norms'], 'partial'),
  node('Add', ['partial', 'own'], 'exponent'),
  node('Exp', ['exponent'], 'k'),
];

/** `x` [batch, features] → `k` [batch, n]: the kernel of queries and centres. */
export function kernelGraph(centres: Rows, sigma: number): Graph {
  return {
    name: 'gaussian-kernel',
    nodes: kernelNodes,
    initializers: centreTensors(centres, sigma),
    inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', centres.features] }],
    outputs: [{ name: 'k', elemType: 'float32', dims: ['batch', centres.n] }],
  };
}

/** A machine whose score is Σᵢ coefficientᵢ·k(x, centreᵢ). Source: guide of the experiments, 5. */
export function gaussianMachine(
  centres: Rows,
  coefficients: Float32Array,
  classes: number,
  sigma: number,
): KernelMachine {
  const { n, features } = centres;
  return {
    coefficients,
    m: n,
    floats: n * features + n + 1 + n * classes,
    macs: n * (features + classes),
    graph: () => ({
      name: 'gaussian-machine',
      nodes: [...kernelNodes, node('MatMul', ['k', 'coefficients'], 'y')],
      initializers: [
        ...centreTensors(centres, sigma),
        { name: 'coefficients', elemType: 'float32', dims: [n, classes], data: coefficients },
      ],
      inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', features] }],
      outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', classes] }],
    }),
  };
}
