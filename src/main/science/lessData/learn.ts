import { LabError } from '../../../shared/errors';
import type { Examples } from '../data/dataset';
import { medianDistance } from '../kernels/gaussian';
import { trainKernelRidge } from '../kernels/ridge';
import type { Ort } from '../tools';
import { accuracyOf, classify, inferenceGraph, meanNegativeLogLikelihood, train } from '../train';
import { masksOf, type NetworkPlan } from './methods';
import { nearestClasses } from './nearest';

/** A setting that a method is tried with. */
export type Trial = { learningRate: number; momentum: number } | { width: number; lambda: number };

/** What a method gives on a test part: share right, and a score that breaks ties between trials; null: it diverged. */
export interface Learned {
  accuracy: number;
  nll: number | null;
  seconds: number;
}

interface Parts {
  train: Examples;
  test: Examples;
  features: number;
  classes: number;
}

/** Examples in a gradient step, fewer where there are fewer. */
export const batchSize = 64;

/** Trains a network for `steps` gradient steps and answers the test part; null where the training diverged. */
export async function learnNetwork(
  ort: Ort,
  plan: NetworkPlan,
  { train: examples, test, features }: Parts,
  trial: { learningRate: number; momentum: number },
  { steps, seed }: { steps: number; seed: number },
): Promise<Learned | null> {
  try {
    const { params, seconds } = await train(ort, plan.spec, examples, {
      ...trial,
      steps,
      seed,
      batch: Math.min(batchSize, examples.n),
      masks: masksOf(plan, seed),
    });
    const logits = await classify(ort, inferenceGraph(plan.spec, params), test.x, features, test.n);
    return { accuracy: accuracyOf(logits, test.y), nll: meanNegativeLogLikelihood(logits, test.y), seconds };
  } catch (thrown) {
    // A step size that is too large is an outcome of a trial.
    if (thrown instanceof LabError && thrown.failure.kind === 'runner_failed') return null;
    throw thrown;
  }
}

/** Kernel ridge regression: width in median distances of the examples, λ on the diagonal. */
export async function learnRidge(
  ort: Ort,
  { train: examples, test, features, classes }: Parts,
  { width, lambda }: { width: number; lambda: number },
): Promise<Learned> {
  const begun = performance.now();
  const rows = { x: examples.x, n: examples.n, features };
  const sigma = width * medianDistance(rows, 1);
  const machine = await trainKernelRidge(ort, { ...rows, y: examples.y, classes }, { sigma, lambda });
  const seconds = (performance.now() - begun) / 1000;
  const scores = await classify(ort, machine.graph(), test.x, features, test.n);
  return { accuracy: accuracyOf(scores, test.y), nll: null, seconds };
}

/** The nearest example decides; nothing is trained. */
export function learnNearest({ train: examples, test }: Parts): Learned {
  const found = nearestClasses(examples, test);
  let right = 0;
  for (let i = 0; i < test.n; i++) if (found[i] === test.y[i]) right += 1;
  return { accuracy: right / test.n, nll: null, seconds: 0 };
}
