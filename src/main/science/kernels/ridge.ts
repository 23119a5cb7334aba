import { node } from '../../models/builders/parts';
import type { Graph } from '../../models/writer';
import type { Ort, Session, SessionSettings, Value } from '../tools';
import { conjugateGradients, type Times } from './conjugate';
import {
  centreTensors,
  gaussianMachine,
  type KernelMachine,
  kernelGraph,
  kernelNodes,
  type Rows,
} from './gaussian';
import { centredTargets } from './targets';

/** Labelled examples: `y` holds the class of each row. */
export interface Labelled extends Rows {
  y: ArrayLike<number>;
  classes: number;
}

export interface RidgeOptions extends Pick<SessionSettings, 'provider' | 'threads'> {
  /** Width σ of exp(−d²/(2σ²)), in the unit of the features. */
  sigma: number;
  /** Added to the diagonal of the Gram matrix. */
  lambda: number;
  /** Ends when |residual| ≤ tolerance·|targets| in every class. */
  tolerance?: number;
  maxIterations?: number;
  /** The Gram matrix (4n² bytes) is kept up to this size and computed again in each iteration above it. */
  keepBytes?: number;
}

export interface KernelRidge extends KernelMachine {
  iterations: number;
  converged: boolean;
  /** Largest |residual|/|targets| of a class at the end, by the recursion of the method. */
  residual: number;
}

/** Rows of the Gram matrix a call. */
const blockRows = 1000;

/**
 * Gaussian kernel ridge regression: (K + λI)·A = targets by conjugate gradients, all classes together, vectors in
 * float64 and the product K·P in float32 on the provider. The machine keeps every example.
 * Source: Saunders, Gammerman and Vovk 1998; Hestenes and Stiefel 1952; guide of the experiments, 5.
 */
export async function trainKernelRidge(
  ort: Ort,
  data: Labelled,
  options: RidgeOptions,
): Promise<KernelRidge> {
  const { sigma, lambda, tolerance = 1e-4, maxIterations = 200 } = options;
  const targets = centredTargets(data.y, data.n, data.classes);
  const product = await gramProduct(ort, data, options);
  try {
    const solved = await conjugateGradients(product.times, targets, data.classes, {
      lambda,
      tolerance,
      maxIterations,
    });
    const { solution, ...rest } = solved;
    return { ...gaussianMachine(data, Float32Array.from(solution), data.classes, sigma), ...rest };
  } finally {
    await product.close();
  }
}

/** K·P by blocks of rows of K. */
async function gramProduct(
  ort: Ort,
  data: Labelled,
  { sigma, provider, threads, keepBytes = 2 ** 30 }: RidgeOptions,
): Promise<{ times: Times; close(): Promise<void> }> {
  const { x, n, features, classes } = data;
  const settings = { provider, threads };
  const blocks = Array.from({ length: Math.ceil(n / blockRows) }, (_, b): Value => {
    const rows = Math.min(blockRows, n - b * blockRows);
    const from = b * blockRows * features;
    return { elemType: 'float32', dims: [rows, features], data: x.subarray(from, from + rows * features) };
  });
  const keep = 4 * n * n <= keepBytes;
  const session = await ort.open(keep ? productGraph(n, classes) : freshGraph(data, sigma), settings);
  const left = keep ? await keptBlocks(ort, data, sigma, blocks, settings) : blocks;
  return {
    async times(p) {
      const out = new Float32Array(n * classes);
      for (const [b, block] of left.entries()) {
        const answer = await session.run({
          [keep ? 'k' : 'x']: block,
          p: { elemType: 'float32', dims: [n, classes], data: p },
        });
        out.set(answer.y.data as Float32Array, b * blockRows * classes);
      }
      return out;
    },
    close: () => session.close(),
  };
}

async function keptBlocks(
  ort: Ort,
  data: Labelled,
  sigma: number,
  blocks: readonly Value[],
  settings: SessionSettings,
): Promise<Value[]> {
  const gram: Session = await ort.open(kernelGraph(data, sigma), settings);
  try {
    const kept: Value[] = [];
    for (const x of blocks) kept.push((await gram.run({ x })).k);
    return kept;
  } finally {
    await gram.close();
  }
}

const productGraph = (n: number, classes: number): Graph => ({
  name: 'product',
  nodes: [node('MatMul', ['k', 'p'], 'y')],
  initializers: [],
  inputs: [
    { name: 'k', elemType: 'float32', dims: ['rows', n] },
    { name: 'p', elemType: 'float32', dims: [n, classes] },
  ],
  outputs: [{ name: 'y', elemType: 'float32', dims: ['rows', classes] }],
});

const freshGraph = (data: Labelled, sigma: number): Graph => ({
  name: 'fresh-product',
  nodes: [...kernelNodes, node('MatMul', ['k', 'p'], 'y')],
  initializers: centreTensors(data, sigma),
  inputs: [
    { name: 'x', elemType: 'float32', dims: ['rows', data.features] },
    { name: 'p', elemType: 'float32', dims: [data.n, data.classes] },
  ],
  outputs: [{ name: 'y', elemType: 'float32', dims: ['rows', data.classes] }],
});
