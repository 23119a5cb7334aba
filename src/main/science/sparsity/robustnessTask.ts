import type { Dataset } from '../data/dataset';
import { meanAndSd, standardise } from '../data/examples';
import { nonzero } from '../linear/matrix';
import type { Task } from '../tasks';
import type { Ort } from '../tools';
import { accuracyOf, classify, connectionMask, inferenceGraph, train } from '../train';
import { formOf, type NetForm, type NetKind, netPlan } from './nets';
import { noiseLevels, noiseScore, withNoise } from './noise';

/** Mean + 2 standard deviations of the training inputs, which are standardised here. */
const noiseValue = 2;

export interface RobustnessInput {
  dataset: string;
  trainExamples: number;
  testExamples: number;
  epochs: number;
  seed: number;
  nets: NetKind[];
}

export interface NetResult {
  kind: NetKind;
  /** On the test part without noise, 0 to 1. */
  accuracy: number;
  /** At each of the noise levels. */
  accuracies: number[];
  score: number;
  parametersNonzero: number;
  steps: number;
  seconds: number;
}

export interface RobustnessOutput {
  form: NetForm;
  trainExamples: number;
  testExamples: number;
  classes: number;
  sha256: string;
  nets: NetResult[];
}

/**
 * Trains each network with one seed and counts its correct answers at 11 levels of noise, the same noise for all.
 * Source: guide of the experiments, 6.1, 6.2 and 6.4.
 */
export const sparseRobustness: Task<RobustnessInput, RobustnessOutput> = {
  async run(input, { ort, dataset, progress }) {
    const { nets: kinds, seed } = input;
    const data = await dataset(input.dataset, {
      seed,
      train: input.trainExamples,
      test: input.testExamples,
    });
    const scale = meanAndSd(data.train.x);
    standardise(data.train.x, scale);
    standardise(data.test.x, scale);
    const nets: NetResult[] = [];
    for (const [at, kind] of kinds.entries()) {
      nets.push(
        await trainAndTest(ort, data, kind, input, (share) => progress((at + share) / kinds.length, kind)),
      );
    }
    return {
      output: {
        form: formOf(data.shape),
        trainExamples: data.train.n,
        testExamples: data.test.n,
        classes: data.classes,
        sha256: data.sha256,
        nets,
      },
    };
  },
};

async function trainAndTest(
  ort: Ort,
  data: Dataset,
  kind: NetKind,
  { seed, epochs }: Pick<RobustnessInput, 'seed' | 'epochs'>,
  progress: (share: number) => void,
): Promise<NetResult> {
  const { spec, density, recipe } = netPlan(kind, data.shape, data.classes);
  const masks = density
    ? { [density.weight]: connectionMask(spec, density.weight, density.share, seed) }
    : undefined;
  const { params, steps, seconds } = await train(
    ort,
    spec,
    data.train,
    { ...recipe, epochs, seed, masks },
    (share) => progress(0.9 * share),
  );
  const graph = inferenceGraph(spec, params);
  const accuracies: number[] = [];
  for (const level of noiseLevels) {
    const { features } = data;
    const x = withNoise(data.test.x, { features, level, value: noiseValue, seed });
    const logits = await classify(ort, graph, x, features, data.test.n);
    accuracies.push(accuracyOf(logits, data.test.y));
    progress(0.9 + (0.1 * accuracies.length) / noiseLevels.length);
  }
  const weights = Object.entries(params).filter(([name]) => /^[wb]\d+$/.test(name));
  return {
    kind,
    accuracy: accuracies[0]!,
    accuracies,
    score: noiseScore(accuracies),
    parametersNonzero: weights.reduce((sum, [, data]) => sum + nonzero(data), 0),
    steps,
    seconds,
  };
}
