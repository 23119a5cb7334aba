import type { Provider } from '../../../shared/plan';
import { node, weight } from '../../models/builders/parts';
import { encodeModel, type Graph } from '../../models/writer';
import type { Dataset } from '../data/dataset';
import { firstOf, halved, refuseFewer } from '../data/examples';
import { trainFourierFeatures, trainNystrom } from '../kernels/fixed';
import { type KernelMachine, medianDistance } from '../kernels/gaussian';
import { type Labelled, trainKernelRidge } from '../kernels/ridge';
import { saveModel } from '../save';
import { decisionsOf } from '../scores';
import type { Task } from '../tasks';
import type { MadeModel, Tools } from '../tools';
import { accuracyOf, classify, inferenceGraph, macsOf, type NetSpec, parametersOf, train } from '../train';
import { type MachineKind, machineGraph, machineKinds } from './graphs';
import { followPath, type PathSpec } from './path';
import { machineSizes } from './sizes';

/** Kernel ridge regression, its controls of fixed size, and a network trained for good. */
const besideKinds = ['ridge', 'nystrom', 'fourier', 'trained'] as const;
export type BesideKind = (typeof besideKinds)[number];

export interface MachinesInput {
  dataset: string;
  seed: number;
  /** Queries, taken from the test part, that decisions and accuracy rest on. */
  queries: number;
  /** The path of training that the three machines share. */
  path: { hidden: number; steps: number; rate: number };
  /** For each number of examples, the machines that become models; all three are always compared. */
  paths: { n: number; models: MachineKind[] }[];
  beside: {
    kind: BesideKind;
    n: number;
    /** Centres, features or hidden units; for `ridge` n stands for it. */
    m?: number;
    model: boolean;
  }[];
  ridge: {
    lambda: number;
    /** Width of the kernel over the median distance of two examples. */
    width: number;
    /** Of the residual, where conjugate gradients end. */
    tolerance: number;
  };
  /** Of the network that is trained for good. */
  trainedSteps: number;
  /** Edge of a square matrix: a model `product` of nothing but x·W, for the provider's own best rate; null: none. */
  product: number | null;
  provider: Provider;
  threads: number;
}

/** One machine, trained on n examples. */
export interface MachinePoint {
  /** `explicit-400` …; key of its model where one was made. */
  key: string;
  kind: MachineKind | BesideKind | 'product';
  n: number;
  /** Numbers of an example as this machine takes it. */
  features: number;
  /** float32 numbers in its graph, bytes of its file, multiply-adds of a query. */
  floats: number;
  bytes: number;
  macs: number;
  /** Share of the queries that are right, 0 to 1; null for the product, which decides nothing. */
  accuracy: number | null;
  /** Time to train it, s. */
  trainS: number;
  iterations: number | null;
}

/** Whether the three machines answer alike. */
export interface Agreement {
  n: number;
  queries: number;
  /** Queries on which the explicit machine and the network decide alike; the same for the superposed one. */
  explicit: number;
  superposed: number;
  /** Largest |difference| of a logit from the network's. */
  worstLogit: number;
}

export interface MachinesOutput {
  dataset: string;
  classes: number;
  /** Width of the kernel; null where no kernel was used. */
  sigma: number | null;
  points: MachinePoint[];
  agreement: Agreement[];
}

/** Makes the machines of claims C3 and C4. Source: guide of the experiments, 4 and 5. */
export const superpositionMachines: Task<MachinesInput, MachinesOutput> = {
  async run(input, tools) {
    const most = Math.max(...[...input.paths, ...input.beside].map((p) => p.n));
    const data = await tools.dataset(input.dataset, { seed: input.seed, train: most, test: input.queries });
    refuseFewer(data, most);
    const maker = new Maker(input, tools, data);
    if (input.product !== null) maker.product(input.product);
    const work = [
      ...input.paths.map((p) => ({ cost: p.n, run: () => maker.threeMachines(p) })),
      ...input.beside.map((p) => ({ cost: p.n, run: () => maker.beside(p) })),
    ];
    const total = work.reduce((sum, w) => sum + w.cost, 0);
    let done = 0;
    for (const { cost, run } of work) {
      await run();
      done += cost;
      tools.progress(done / total);
    }
    return { output: maker.output, models: maker.models };
  },
};

class Maker {
  readonly models: MadeModel[] = [];
  readonly output: MachinesOutput;
  private readonly settings;

  constructor(
    private readonly input: MachinesInput,
    private readonly tools: Tools,
    private readonly data: Dataset,
  ) {
    this.settings = { provider: input.provider, threads: input.threads };
    const sigma = input.ridge.width * medianDistance({ ...data.train, features: data.features }, input.seed);
    this.output = {
      dataset: data.name,
      classes: data.classes,
      sigma: input.beside.some((p) => p.kind !== 'trained') ? sigma : null,
      points: [],
      agreement: [],
    };
  }

  async threeMachines({ n, models }: MachinesInput['paths'][number]): Promise<void> {
    const { ort } = this.tools;
    const { input, data } = this;
    const train = halved(data, firstOf(data.train, n));
    const test = halved(data, data.test);
    const spec: PathSpec = { ...input.path, features: train.features, classes: data.classes };
    const begun = performance.now();
    const path = await followPath(ort, spec, { ...train, classes: data.classes }, { seed: input.seed });
    const trainS = (performance.now() - begun) / 1000;
    const form = input.provider === 'cpu' ? 'scan' : 'unrolled';
    const answers: Partial<Record<MachineKind, Float32Array>> = {};
    for (const kind of machineKinds) {
      const graph = machineGraph(kind, path, form);
      answers[kind] = await classify(ort, graph, test.x, test.features, test.n, this.settings);
      this.add({
        key: `${kind}-${n}`,
        kind,
        n,
        features: spec.features,
        ...machineSizes(kind, spec, n),
        bytes: this.bytesOf(`${kind}-${n}`, graph, models.includes(kind)),
        accuracy: accuracyOf(answers[kind], test.y),
        trainS,
        iterations: spec.steps,
      });
    }
    const { explicit, superposed, network } = answers as Record<MachineKind, Float32Array>;
    const decided = decisionsOf(network, data.classes);
    this.output.agreement.push({
      n,
      queries: test.n,
      explicit: Math.round(accuracyOf(explicit, decided) * test.n),
      superposed: Math.round(accuracyOf(superposed, decided) * test.n),
      worstLogit: network.reduce((most, v, i) => Math.max(most, Math.abs(v - explicit[i])), 0),
    });
  }

  async beside(what: MachinesInput['beside'][number]): Promise<void> {
    const { data, tools } = this;
    const { kind, n } = what;
    const begun = performance.now();
    const made = await this.trained(what);
    const trainS = (performance.now() - begun) / 1000;
    const graph = made.graph();
    const key = kind === 'ridge' || what.m === undefined ? `${kind}-${n}` : `${kind}-${what.m}-${n}`;
    const { test, features } = data;
    const scores = await classify(tools.ort, graph, test.x, features, test.n, this.settings);
    this.add({
      key,
      kind,
      n,
      features,
      floats: made.floats,
      bytes: this.bytesOf(key, graph, what.model),
      macs: made.macs,
      accuracy: accuracyOf(scores, test.y),
      trainS,
      iterations: made.iterations,
    });
  }

  product(edge: number): void {
    const graph: Graph = {
      name: 'product',
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      initializers: [weight(this.input.seed, 'w', [edge, edge], 1 / Math.sqrt(edge))],
      inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', edge] }],
      outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', edge] }],
    };
    this.add({
      key: 'product',
      kind: 'product',
      n: 0,
      features: edge,
      floats: edge * edge,
      bytes: this.bytesOf('product', graph, true),
      macs: edge * edge,
      accuracy: null,
      trainS: 0,
      iterations: null,
    });
  }

  private async trained({
    kind,
    n,
    m = 512,
  }: MachinesInput['beside'][number]): Promise<
    Pick<KernelMachine, 'floats' | 'macs' | 'graph'> & { iterations: number | null }
  > {
    const { input, data } = this;
    const { ort } = this.tools;
    const { features, classes } = data;
    const examples: Labelled = { ...firstOf(data.train, n), features, classes };
    const { lambda, tolerance } = input.ridge;
    const options = { ...this.settings, lambda, tolerance, sigma: this.output.sigma ?? 1 };
    if (kind === 'ridge') return trainKernelRidge(ort, examples, options);
    if (kind !== 'trained') {
      const trainFixed = kind === 'nystrom' ? trainNystrom : trainFourierFeatures;
      return { ...(await trainFixed(ort, examples, { ...options, m, seed: input.seed })), iterations: null };
    }
    const spec: NetSpec = { kind: 'mlp', features, hidden: [m], classes, activation: 'relu' };
    const { params } = await train(ort, spec, examples, {
      steps: input.trainedSteps,
      batch: Math.min(64, n),
      learningRate: 0.2,
      seed: input.seed,
    });
    return {
      floats: parametersOf(spec),
      macs: macsOf(spec),
      iterations: input.trainedSteps,
      graph: () => inferenceGraph(spec, params),
    };
  }

  private add(point: MachinePoint): void {
    this.output.points.push(point);
  }

  /** Bytes of the machine's file, which becomes a model of the lab where `keep` says so. */
  private bytesOf(key: string, graph: Graph, keep: boolean): number {
    const { dataset, seed } = this.input;
    if (keep) {
      const recipe = `superposition-machines:${key},data=${dataset},seed=${seed}`;
      const name = `${key}-${dataset}`;
      this.models.push(saveModel(this.tools.folder, graph, { key, name, family: 'imported', recipe }));
    }
    return encodeModel(graph).modelBytes;
  }
}
