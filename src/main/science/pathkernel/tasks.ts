import { node } from '../../models/builders/parts';
import { createRandom } from '../../models/random';
import type { Dataset, Examples } from '../data/dataset';
import { firstOf, halved } from '../data/examples';
import type { Task } from '../tasks';
import type { Tools } from '../tools';
import type { RuleName } from './integral';
import { type RebuildResult, rebuildNetwork } from './measure';
import type { Activation, Labelled } from './network';
import { type OrdinaryResult, ordinaryMachines, type Product } from './ordinary';

interface DataInput {
  dataset: string;
  /** A network, and where the data are generated a data set, for each. */
  seeds: number[];
  /** Training examples and queries. */
  examples: number;
  queries: number;
  hidden: number;
  activation: Activation;
}

export interface RebuildInput extends DataInput {
  /** Step sizes. */
  etas: number[];
  /** η·steps. */
  time: number;
  batch: number | null;
  momentum: number;
  rules: RuleName[];
  gaussPoints: number;
}

export interface RebuildOutput {
  data: DataUsed;
  runs: (RebuildResult & { eta: number; seed: number })[];
}

export interface DataUsed {
  name: string;
  features: number;
  classes: number;
  examples: number;
  queries: number;
  licence: string;
}

/** Trains and rebuilds networks over step sizes and seeds, in float64 on the processor. Guide of the experiments, 3.4. */
export const kernelRebuild: Task<RebuildInput, RebuildOutput> = {
  async run(input, tools) {
    const runs: RebuildOutput['runs'] = [];
    // Small steps take longest: progress counts steps.
    const total = input.seeds.length * input.etas.reduce((sum, eta) => sum + stepsOf(input.time, eta), 0);
    let done = 0;
    let data: DataUsed | null = null;
    for (const seed of input.seeds) {
      const part = await dataOf(tools, input, seed);
      data ??= part.used;
      for (const eta of input.etas) {
        const steps = stepsOf(input.time, eta);
        const setup = { ...input, classes: part.used.classes, gain: 1, eta, steps };
        // The same start at every step size.
        const random = createRandom(seed, `kernel.${input.activation}`);
        runs.push({ eta, seed, ...rebuildNetwork(part.examples, part.queries, setup, random) });
        done += steps;
        tools.progress(done / total, `step size ${eta}, seed ${seed}`);
      }
    }
    return { output: { data: data!, runs } };
  },
};

export interface OrdinaryInput extends DataInput {
  eta: number;
  steps: number;
  gain: number;
  samples: number;
  ridges: number[];
}

export interface OrdinaryOutput {
  data: DataUsed;
  runs: (OrdinaryResult & { seed: number })[];
}

/** Compares trained networks with ordinary kernel machines, in float64; the large products by ONNX Runtime. */
export const kernelOrdinary: Task<OrdinaryInput, OrdinaryOutput> = {
  async run(input, tools) {
    const { product, close } = await ortProduct(tools);
    try {
      const runs: OrdinaryOutput['runs'] = [];
      let data: DataUsed | null = null;
      for (const [i, seed] of input.seeds.entries()) {
        const part = await dataOf(tools, input, seed, mostPoints);
        data ??= part.used;
        const setup = { ...input, classes: part.used.classes };
        const random = createRandom(seed, `kernel.${input.activation}`);
        runs.push({ seed, ...(await ordinaryMachines(part.examples, part.queries, setup, random, product)) });
        tools.progress((i + 1) / input.seeds.length, `seed ${seed}`);
      }
      return { output: { data: data!, runs } };
    } finally {
      await close();
    }
  },
};

/** Steps of size η that make up the time; at least one. */
export const stepsOf = (time: number, eta: number) => Math.max(1, Math.round(time / eta));

/** Examples × classes that a Gram matrix of all outputs may have: 72 MB, and a few seconds to solve. */
const mostPoints = 3000;

async function dataOf({ dataset }: Tools, input: DataInput, seed: number, most = Number.POSITIVE_INFINITY) {
  const data = await dataset(input.dataset, { seed, train: input.examples, test: input.queries });
  const prepared = (part: Examples, count: number): Labelled => {
    const { x, y, n } = halved(data, firstOf(part, count));
    return { x: Float64Array.from(x), y, n };
  };
  const examples = prepared(data.train, Math.min(input.examples, Math.floor(most / data.classes)));
  const queries = prepared(data.test, input.queries);
  return { examples, queries, used: usedOf(data, examples, queries) };
}

function usedOf(data: Dataset, examples: Labelled, queries: Labelled): DataUsed {
  return {
    name: data.name,
    features: examples.x.length / examples.n,
    classes: data.classes,
    examples: examples.n,
    queries: queries.n,
    licence: data.licence,
  };
}

async function ortProduct({ ort }: Tools): Promise<{ product: Product; close(): Promise<void> }> {
  const session = await ort.open({
    name: 'product',
    nodes: [node('Gemm', ['a', 'b'], 'y', { transB: { int: 1 } })],
    initializers: [],
    inputs: [
      { name: 'a', elemType: 'float64', dims: ['m', 'k'] },
      { name: 'b', elemType: 'float64', dims: ['n', 'k'] },
    ],
    outputs: [{ name: 'y', elemType: 'float64', dims: ['m', 'n'] }],
  });
  return {
    async product(a, b, [m, n, k]) {
      const out = await session.run({
        a: { elemType: 'float64', dims: [m, k], data: a },
        b: { elemType: 'float64', dims: [n, k], data: b },
      });
      return out.y!.data as Float64Array;
    },
    close: () => session.close(),
  };
}
