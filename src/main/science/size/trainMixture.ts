import { saveModel } from '../save';
import type { Task } from '../tasks';
import type { MadeModel } from '../tools';
import {
  accuracyOf,
  classify,
  type MlpSpec,
  macsOf,
  meanNegativeLogLikelihood,
  type Params,
  parametersOf,
  type Recipe,
  train,
} from '../train';
import { clusterCentres, mixtureGraph, nearest } from './mixture';
import type { TrainedRun } from './trainLadder';

export interface TrainMixtureInput {
  dataset: string;
  seed: number;
  seeds: number;
  train: number;
  test: number;
  experts: number;
  /** Units of the hidden layer of each expert. */
  hidden: number;
  recipe: Omit<Recipe, 'seed' | 'steps'> & { steps: number };
}

export interface TrainMixtureOutput {
  classes: number;
  /** Weights and biases of all experts and the router. */
  parameters: number;
  /** Those that one query uses: the router and one expert. */
  active: number;
  macs: number;
  runs: TrainedRun[];
}

/** Trains one expert for each cluster of the examples, with every seed. Model: `mixture`, of the first seed. */
export const trainMixture: Task<TrainMixtureInput, TrainMixtureOutput> = {
  async run(input, { ort, folder, dataset, progress }) {
    const { seed, seeds, experts, hidden, recipe } = input;
    const data = await dataset(input.dataset, { seed, train: input.train, test: input.test });
    const { train: examples, test, features, classes } = data;
    const spec: MlpSpec = { kind: 'mlp', features, hidden: [hidden], classes, activation: 'relu' };
    const runs: TrainedRun[] = [];
    const models: MadeModel[] = [];
    for (let i = 0; i < seeds; i++) {
      const own = seed + i;
      const centres = clusterCentres(examples, features, experts, own);
      const near = nearest(examples.x, examples.n, features, centres);
      const params: Params[] = [];
      let seconds = 0;
      for (let e = 0; e < experts; e++) {
        progress((i * experts + e) / (seeds * experts), `Expert ${e + 1} of ${experts}, seed ${own}`);
        const index = Int32Array.from(near.keys()).filter((at) => near[at] === e);
        const batch = Math.min(recipe.batch, index.length);
        // An empty cluster has an untrained expert; no training example is sent to it.
        const steps = index.length === 0 ? 0 : recipe.steps;
        const result = await train(ort, spec, examples, { ...recipe, batch, steps, index, seed: own });
        params.push(result.params);
        seconds += result.seconds;
      }
      const graph = mixtureGraph(params, centres, { features, hidden, classes });
      const logits = await classify(ort, graph, test.x, features, test.n);
      const [accuracy, nll] = [accuracyOf(logits, test.y), meanNegativeLogLikelihood(logits, test.y)];
      runs.push({ seed: own, accuracy, nll, earlyAccuracy: null, earlySteps: null, seconds });
      if (i === 0) {
        models.push(
          saveModel(folder, graph, {
            key: 'mixture',
            name: `mixture of ${experts} experts on ${data.name}`,
            family: 'imported',
            recipe: `size: ${experts} experts of ${hidden} units, one active, ${data.name}, ${recipe.steps} steps each of ${recipe.batch}, rate ${recipe.learningRate}, seed ${own}`,
          }),
        );
      }
    }
    const [expert, router] = [parametersOf(spec), (features + 1) * experts];
    return {
      output: {
        classes,
        parameters: experts * expert + router,
        active: expert + router,
        macs: macsOf(spec) + features * experts,
        runs,
      },
      models,
    };
  },
};
