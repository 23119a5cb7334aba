import { LabError } from '../../../shared/errors';
import { createRandom } from '../../models/random';
import type { Dataset, Examples } from '../data/dataset';
import { balancedIndices, firstOf, selectExamples } from '../data/examples';
import { saveModel } from '../save';
import type { Task } from '../tasks';
import type { MadeModel, Ort } from '../tools';
import { macsOf, trainingGraph } from '../train';
import { batchSize, type Learned, learnNearest, learnNetwork, learnRidge, type Trial } from './learn';
import { isNetwork, type Method, masksOf, type NetworkKey, type NetworkPlan, networkOf } from './methods';

export interface CurvesInput {
  dataset: string;
  seed: number;
  /** Seeds count up from `seed`; each has a subset and a start of its own, all the same test set. */
  seeds: number;
  /** Numbers of training examples, ascending; those that the data do not hold are left out. */
  sizes: readonly number[];
  /** Test examples, and those that the nearest neighbour answers (it is slow). */
  test: number;
  nearestTest: number;
  work: readonly { method: Method; steps: number; most: number | null }[];
  /** Settings to choose from for networks, and as many for kernel ridge regression. */
  trials: { network: readonly Trial[]; ridge: readonly Trial[] };
  /** Settings by method and size where they were chosen before; then nothing is tried. */
  chosen?: readonly { method: Method; n: number; trial: Trial }[];
}

export interface CurvePoint {
  n: number;
  /** Accuracy on the test part by seed, 0 to 1; null where training diverged. */
  accuracy: (number | null)[];
  /** Mean time of one training, s. */
  seconds: number;
  trial: Trial | null;
}

export interface Curve {
  method: Method;
  steps: number | null;
  parameters: number | null;
  nonzero: number | null;
  test: number;
  points: CurvePoint[];
}

export interface CurvesOutput {
  data: { name: string; features: number; classes: number; licence: string; sha256: string };
  curves: Curve[];
}

/** Part of each subset that settings are chosen on. Guide of the experiments, 1.6. */
const held = 0.1;
/** Spare examples, so that every subset of the largest size differs from seed to seed. */
const spare = 1.5;

/** Accuracy against the number of training examples, class-balanced subsets. Guide of the experiments, section 7. */
export const lessDataCurves: Task<CurvesInput, CurvesOutput> = {
  async run(input, { ort, dataset, progress }) {
    const largest = Math.max(...input.sizes);
    const data = await dataset(input.dataset, {
      seed: input.seed,
      train: Math.ceil(spare * largest),
      test: input.test,
    });
    const sizes = fitting(input.sizes, data);
    const total = input.work.length * sizes.length;
    const curves: Curve[] = [];
    for (const [at, { method, steps, most }] of input.work.entries()) {
      const plan = isNetwork(method) ? networkOf(method, data) : null;
      const test = method === 'nearest' ? firstOf(data.test, input.nearestTest) : data.test;
      const points: CurvePoint[] = [];
      for (const [i, n] of sizes.filter((s) => most === null || s <= most).entries()) {
        progress((at * sizes.length + i) / total, `${method}, ${n} examples`);
        points.push(await pointOf(ort, data, test, { method, plan, steps, n }, input));
      }
      curves.push({
        method,
        steps: plan ? steps : null,
        parameters: plan?.parameters ?? null,
        nonzero: plan?.nonzero ?? null,
        test: test.n,
        points,
      });
    }
    const { name, features, classes, licence, sha256 } = data;
    return { output: { data: { name, features, classes, licence, sha256 }, curves } };
  },
};

interface Job {
  method: Method;
  plan: NetworkPlan | null;
  steps: number;
  n: number;
}

async function pointOf(
  ort: Ort,
  data: Dataset,
  test: Examples,
  job: Job,
  input: CurvesInput,
): Promise<CurvePoint> {
  const subset = (seed: number) => {
    const random = createRandom(seed, `less-data.${job.n}`);
    return selectExamples(
      data.train,
      balancedIndices(data.train.y, job.n, data.classes, random),
      data.features,
    );
  };
  const trial =
    input.chosen?.find((c) => c.method === job.method && c.n === job.n)?.trial ??
    (await choose(ort, data, subset(input.seed), job, input));
  const accuracy: (number | null)[] = [];
  let seconds = 0;
  for (let i = 0; i < input.seeds; i++) {
    const seed = input.seed + i;
    const learned = await learn(ort, data, { train: subset(seed), test }, job, trial, seed);
    accuracy.push(learned?.accuracy ?? null);
    seconds += (learned?.seconds ?? 0) / input.seeds;
  }
  return { n: job.n, accuracy, seconds, trial };
}

/** The setting that does best on the last tenth of the first seed's subset; null for a method without settings. */
async function choose(
  ort: Ort,
  data: Dataset,
  all: Examples,
  job: Job,
  { trials, seed }: CurvesInput,
): Promise<Trial | null> {
  if (job.method === 'nearest') return null;
  const kept = Math.floor((1 - held) * all.n);
  const { features } = data;
  const train = firstOf(all, kept);
  const test = { x: all.x.subarray(kept * features), y: all.y.subarray(kept), n: all.n - kept };
  let best: { trial: Trial; learned: Learned } | null = null;
  for (const trial of isNetwork(job.method) ? trials.network : trials.ridge) {
    const learned = await learn(ort, data, { train, test }, job, trial, seed);
    if (learned && (best === null || isBetter(learned, best.learned))) best = { trial, learned };
  }
  return best?.trial ?? (isNetwork(job.method) ? trials.network : trials.ridge)[0]!;
}

/** Few held-out examples make ties; of equally right trials the likelier one. */
const isBetter = (a: Learned, b: Learned) =>
  a.accuracy > b.accuracy || (a.accuracy === b.accuracy && (a.nll ?? 0) < (b.nll ?? 0));

async function learn(
  ort: Ort,
  { features, classes }: Dataset,
  parts: { train: Examples; test: Examples },
  { method, plan, steps }: Job,
  trial: Trial | null,
  seed: number,
): Promise<Learned | null> {
  const all = { ...parts, features, classes };
  if (plan)
    return learnNetwork(ort, plan, all, trial as { learningRate: number; momentum: number }, { steps, seed });
  if (method === 'ridge') return learnRidge(ort, all, trial as { width: number; lambda: number });
  return learnNearest(all);
}

/** Sizes of which every class has its share. */
function fitting(sizes: readonly number[], { train, classes }: Dataset): number[] {
  const counts = new Float64Array(classes);
  for (let i = 0; i < train.n; i++) counts[train.y[i]!]! += 1;
  const most = classes * Math.min(...counts);
  const kept = sizes.filter((n) => n >= 2 * classes && n <= most);
  if (kept.length < 2) {
    throw new LabError(
      'bad_input',
      `A curve needs two sizes, and the smallest class of this data set has ${Math.min(...counts)} examples.`,
      'Use a larger data set.',
    );
  }
  return kept;
}

export interface TrainingModelsInput {
  dataset: string;
  seed: number;
  methods: readonly NetworkKey[];
  /** Training steps in one call of a model. */
  steps: number;
}

/** Models whose call is some steps of training, so that what a step costs is measured like any inference. */
export const lessDataModels: Task<
  TrainingModelsInput,
  { macs: { method: NetworkKey; perExample: number }[] }
> = {
  async run({ dataset: name, seed, methods, steps }, { folder, dataset }) {
    const data = await dataset(name, { seed, train: 1000, test: 100 });
    const models: MadeModel[] = methods.map((method) => {
      const plan = networkOf(method, data);
      const graph = trainingGraph(plan.spec, {
        steps,
        batch: batchSize,
        learningRate: 0.01,
        seed,
        masked: Object.keys(masksOf(plan, seed) ?? {}),
      });
      return saveModel(folder, graph, {
        key: method,
        name: `${method} network on ${name}, training`,
        family: method === 'cnn' ? 'cnn' : 'mlp',
        recipe: `less-data: ${method}, ${name}, seed ${seed}; a call is ${steps} training steps of batch ${batchSize}`,
      });
    });
    const macs = methods.map((method) => ({ method, perExample: macsOf(networkOf(method, data).spec) }));
    return { output: { macs }, models };
  },
};
