import { saveModel } from '../save';
import type { Task } from '../tasks';
import type { MadeModel } from '../tools';
import {
  accuracyOf,
  classify,
  inferenceGraph,
  macsOf,
  meanNegativeLogLikelihood,
  parametersOf,
  type Recipe,
  train,
  trainingGraph,
} from '../train';
import { trainWithEarlyStop } from './earlyStop';
import { type Rung, specOf } from './ladders';

export interface TrainLadderInput {
  dataset: string;
  /** Makes or chooses the examples, and is the first seed of the trainings. */
  seed: number;
  seeds: number;
  train: number;
  test: number;
  rungs: readonly Rung[];
  recipe: Omit<Recipe, 'seed' | 'steps'> & { steps: number };
  /** Train again, stopping early on the last tenth of the training part. */
  early: boolean;
  /** Also make a model of the training step, to measure what training costs. */
  trainingModels: boolean;
}

/** One training, judged once on the test part. */
export interface TrainedRun {
  seed: number;
  accuracy: number;
  /** Mean of −ln p of the right class, nat. */
  nll: number;
  earlyAccuracy: number | null;
  earlySteps: number | null;
  seconds: number;
}

export interface TrainedRung {
  key: string;
  parameters: number;
  macs: number;
  runs: TrainedRun[];
}

export interface TrainLadderOutput {
  data: { name: string; sha256: string; classes: number; features: number; train: number; test: number };
  rungs: TrainedRung[];
}

/** Steps and batch of a model of the training step: one call is 20 steps of 64 examples. */
export const trainingCall = { steps: 20, batch: 64 } as const;

/**
 * Trains every rung with every seed. Models: each rung of the first seed under its key, and where asked
 * `<key>-training`, whose call is `trainingCall` steps of the same training.
 */
export const trainLadder: Task<TrainLadderInput, TrainLadderOutput> = {
  async run(input, { ort, folder, dataset, progress }) {
    const { seed, seeds, recipe, rungs } = input;
    const data = await dataset(input.dataset, { seed, train: input.train, test: input.test });
    const { train: examples, test, features } = data;
    const models: MadeModel[] = [];
    const trained: TrainedRung[] = [];
    for (const [at, rung] of rungs.entries()) {
      const spec = specOf(rung, data);
      const runs: TrainedRun[] = [];
      for (let i = 0; i < seeds; i++) {
        progress((at * seeds + i) / (rungs.length * seeds), `${rung.key}, seed ${seed + i}`);
        const own = { ...recipe, seed: seed + i };
        const { params, seconds } = await train(ort, spec, examples, own);
        const graph = inferenceGraph(spec, params, { name: rung.key });
        const logits = await classify(ort, graph, test.x, features, test.n);
        const early = input.early ? await trainWithEarlyStop(ort, spec, data, own) : null;
        const earlyLogits =
          early && (await classify(ort, inferenceGraph(spec, early.params), test.x, features, test.n));
        runs.push({
          seed: seed + i,
          accuracy: accuracyOf(logits, test.y),
          nll: meanNegativeLogLikelihood(logits, test.y),
          earlyAccuracy: earlyLogits && accuracyOf(earlyLogits, test.y),
          earlySteps: early?.steps ?? null,
          seconds,
        });
        if (i === 0) models.push(saveModel(folder, graph, madeOf(rung, input)));
      }
      if (input.trainingModels) {
        const { steps, batch } = trainingCall;
        const graph = trainingGraph(spec, { steps, batch, learningRate: recipe.learningRate, seed });
        const made = madeOf(rung, input);
        models.push(
          saveModel(folder, graph, {
            ...made,
            key: `${rung.key}-training`,
            name: `${made.name}, training`,
            recipe: `${made.recipe}; a call is ${steps} training steps of batch ${batch}`,
          }),
        );
      }
      trained.push({ key: rung.key, parameters: parametersOf(spec), macs: macsOf(spec), runs });
    }
    const { name, sha256, classes } = data;
    return {
      output: {
        data: { name, sha256, classes, features, train: examples.n, test: test.n },
        rungs: trained,
      },
      models,
    };
  },
};

function madeOf(rung: Rung, { dataset, seed, recipe }: TrainLadderInput): Omit<MadeModel, 'file'> {
  const size = rung.kind === 'mlp' ? `${rung.hidden} units` : `${rung.channels} channels`;
  return {
    key: rung.key,
    name: `${rung.key} on ${dataset}`,
    family: rung.kind,
    recipe: `size: ${rung.kind} of ${size}, ${dataset}, ${recipe.steps} steps of ${recipe.batch}, rate ${recipe.learningRate}, seed ${seed}`,
  };
}
