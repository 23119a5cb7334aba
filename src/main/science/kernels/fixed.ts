import { randomFrom, seedOf } from '../../../shared/stats/random';
import { node } from '../../models/builders/parts';
import type { Graph, Tensor } from '../../models/writer';
import type { Ort, SessionSettings } from '../tools';
import { choleskySolve } from './cholesky';
import {
  gaussianMachine,
  gaussianMatrix,
  type KernelMachine,
  kernelGraph,
  type Rows,
  rateOfWidth,
} from './gaussian';
import type { Labelled, RidgeOptions } from './ridge';
import { centredTargets } from './targets';

/** Kernel machines whose size is chosen and does not grow with the examples: the controls of claim C3. */
export interface FixedOptions extends Pick<RidgeOptions, 'sigma' | 'lambda' | 'provider' | 'threads'> {
  /** Centres (Nyström, at most n) or features (random Fourier features). */
  m: number;
  seed: number;
}

/** Rows a call. */
const blockRows = 1000;

/**
 * Kernel ridge regression on m of the examples as centres, fitted to all of them: with K_nm the kernel of examples and
 * centres, (K_mnK_nm + λK_mm)·A = K_mn·targets, and a small multiple of the identity where float32 needs it.
 * Source: Rudi, Camoriano and Rosasco 2015, arXiv 1507.04717, eq. 5.
 */
export async function trainNystrom(ort: Ort, data: Labelled, options: FixedOptions): Promise<KernelMachine> {
  const { sigma, lambda } = options;
  const m = Math.min(options.m, data.n);
  const centres = someRows(data, m, options.seed);
  const normal = await normalEquations(ort, kernelGraph(centres, sigma), 'k', m, data, options);
  const gram = gaussianMatrix(centres, centres, sigma);
  for (let i = 0; i < gram.length; i++) normal.matrix[i] += lambda * gram[i];
  return gaussianMachine(centres, solved(normal, m, data.classes), data.classes, sigma);
}

/**
 * Ridge regression on m random Fourier features √(2/m)·cos(x·W + b), whose products are near the Gaussian kernel.
 * Source: Rahimi and Recht 2007, "Random Features for Large-Scale Kernel Machines".
 */
export async function trainFourierFeatures(
  ort: Ort,
  data: Labelled,
  options: FixedOptions,
): Promise<KernelMachine> {
  const { m, lambda } = options;
  const { features, classes } = data;
  const tensors = fourierTensors(features, m, options.sigma, options.seed);
  const nodes = [
    node('MatMul', ['x', 'frequencies'], 'turned'),
    node('Add', ['turned', 'phases'], 'angles'),
    node('Cos', ['angles'], 'z'),
  ];
  const io = { inputs: [{ name: 'x', elemType: 'float32' as const, dims: ['batch', features] }] };
  const featureGraph: Graph = {
    name: 'fourier-features',
    nodes,
    initializers: tensors,
    ...io,
    outputs: [{ name: 'z', elemType: 'float32', dims: ['batch', m] }],
  };
  const normal = await normalEquations(ort, featureGraph, 'z', m, data, options);
  // √(2/m) is taken into the coefficients: cos² sums to m/2 times what the kernel has, and λ is scaled alike.
  for (let i = 0; i < m; i++) normal.matrix[i * m + i] += (lambda * m) / 2;
  const coefficients = solved(normal, m, classes);
  return {
    coefficients,
    m,
    floats: m * features + m + m * classes,
    macs: m * (features + classes),
    graph: () => ({
      name: 'fourier-machine',
      nodes: [...nodes, node('MatMul', ['z', 'coefficients'], 'y')],
      initializers: [
        ...tensors,
        { name: 'coefficients', elemType: 'float32', dims: [m, classes], data: coefficients },
      ],
      ...io,
      outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', classes] }],
    }),
  };
}

/** Frequencies N(0, 1/σ²) [features, m] and phases uniform in [0, 2π) [1, m]. */
function fourierTensors(features: number, m: number, sigma: number, seed: number): Tensor[] {
  const random = randomFrom(seedOf(seed, ['fourier features']));
  const spread = Math.sqrt(2 * rateOfWidth(sigma));
  const frequencies = Float32Array.from({ length: features * m }, () => spread * random.normal());
  const phases = Float32Array.from({ length: m }, () => 2 * Math.PI * random.uniform());
  return [
    { name: 'frequencies', elemType: 'float32', dims: [features, m], data: frequencies },
    { name: 'phases', elemType: 'float32', dims: [1, m], data: phases },
  ];
}

/** m different rows, drawn by seed (Fisher and Yates). */
function someRows({ x, n, features }: Rows, m: number, seed: number): Rows {
  const random = randomFrom(seedOf(seed, ['centres']));
  const order = Array.from({ length: n }, (_, i) => i);
  const out = new Float32Array(m * features);
  for (let i = 0; i < m; i++) {
    const j = i + Math.floor(random.uniform() * (n - i));
    [order[i], order[j]] = [order[j], order[i]];
    out.set(x.subarray(order[i] * features, (order[i] + 1) * features), i * features);
  }
  return { x: out, n: m, features };
}

interface Normal {
  /** ΦᵀΦ, m × m. */
  matrix: Float64Array;
  /** Φᵀ·targets, m × classes. */
  right: Float64Array;
}

/** ΦᵀΦ and Φᵀ·targets for the features Φ that a graph gives: products in float32 by blocks, their sums in float64. */
async function normalEquations(
  ort: Ort,
  features: Graph,
  output: string,
  m: number,
  data: Labelled,
  { provider, threads }: SessionSettings,
): Promise<Normal> {
  const { n, classes } = data;
  const targets = Float32Array.from(centredTargets(data.y, n, classes));
  const graph: Graph = {
    ...features,
    nodes: [
      ...features.nodes,
      node('Gemm', [output, output], 'matrix', { transA: { int: 1 } }),
      node('Gemm', [output, 'targets'], 'right', { transA: { int: 1 } }),
    ],
    inputs: [...features.inputs, { name: 'targets', elemType: 'float32', dims: ['batch', classes] }],
    outputs: [
      { name: 'matrix', elemType: 'float32', dims: [m, m] },
      { name: 'right', elemType: 'float32', dims: [m, classes] },
    ],
  };
  const session = await ort.open(graph, { provider, threads });
  const normal = { matrix: new Float64Array(m * m), right: new Float64Array(m * classes) };
  try {
    for (let from = 0; from < n; from += blockRows) {
      const rows = Math.min(blockRows, n - from);
      const part = (values: Float32Array, width: number) => ({
        elemType: 'float32' as const,
        dims: [rows, width],
        data: values.subarray(from * width, (from + rows) * width),
      });
      const answer = await session.run({ x: part(data.x, data.features), targets: part(targets, classes) });
      for (const key of ['matrix', 'right'] as const) {
        const sums = normal[key];
        const more = answer[key].data as Float32Array;
        for (let i = 0; i < sums.length; i++) sums[i] += more[i];
      }
    }
  } finally {
    await session.close();
  }
  return normal;
}

/** The normal equations solved; what is added to the diagonal begins at the rounding of float32 and grows until it works. */
function solved({ matrix, right }: Normal, m: number, classes: number): Float32Array {
  let trace = 0;
  for (let i = 0; i < m; i++) trace += matrix[i * m + i];
  for (let added = (1e-7 * trace) / m; Number.isFinite(added); added *= 10) {
    const trial = matrix.slice();
    for (let i = 0; i < m; i++) trial[i * m + i] += added;
    const solution = choleskySolve(trial, right, m, classes);
    if (solution) return Float32Array.from(solution);
  }
  throw new RangeError('the features hold values that are not numbers');
}
