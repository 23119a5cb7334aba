import { z } from 'zod';
import type { Estimate } from './claim';
import { seedSchema } from './dataset';
import { providers } from './plan';
import type { Interval } from './runRow';

/** What is done to each value before it goes into the model: (value × scale − mean) / std, mean and std per channel or one for all. */
export const normaliseSchema = z.strictObject({
  scale: z.number().positive().default(1),
  mean: z.array(z.number()).min(1).max(4096).default([0]),
  std: z.array(z.number().positive()).min(1).max(4096).default([1]),
});
export type Normalise = z.infer<typeof normaliseSchema>;

/** What a test of a model's accuracy takes. */
export const accuracyInput = z.strictObject({
  /** Id, unambiguous prefix or name. */
  model: z.string().min(1),
  dataset: z.string().min(1).default('mnist1d'),
  /** Name of the output with the scores; null: found by its shape. */
  output: z.string().nullable().default(null),
  normalise: normaliseSchema.nullable().default(null),
  provider: z.enum(providers).default('cpu'),
  threads: z.number().int().min(1).max(1024).default(1),
  /** Examples per call where the model leaves it open. */
  batch: z.number().int().min(1).max(65536).default(256),
  /** Makes generated examples, and chooses where there are more than `most`. */
  seed: seedSchema,
  /** Test examples at most: of generated data so many are made. */
  most: z.number().int().min(1).max(1_000_000).default(10_000),
});

/** What the output of a classifier holds: scores before a softmax, probabilities, other scores, or the class itself. */
export type ScoreKind = 'logits' | 'probabilities' | 'labels';

/** How often a model was right on the test part of a data set. Stored with its hash, never edited. */
export interface AccuracyRecord {
  /** UUID. */
  id: string;
  /** SHA-256 of the model. */
  modelId: string;
  dataset: string;
  /** SHA-256 of the data set: of the files read or of the recipe. */
  datasetSha256: string;
  /** Seed that made or chose the examples. */
  seed: number;
  /** Test examples, and those that the model classed right. */
  n: number;
  correct: number;
  /** correct / n with Wilson's 95 % interval. */
  accuracy: Estimate;
  classes: number;
  perClass: { n: number; correct: number }[];
  scores: ScoreKind;
  /** Mean of −ln p of the right class, nat; null with the reason where the output gives no probabilities. */
  nll: number | null;
  nllMissing: string | null;
  input: string;
  /** How an example's values went into that input; `channels_last`, `channels_first`: transposed. */
  layout: 'as_given' | 'reshaped' | 'channels_last' | 'channels_first';
  output: string;
  /** Null: the values went in as they are. */
  normalise: Normalise | null;
  provider: string;
  /** Examples per call of the model. */
  batch: number;
  ortVersion: string;
  createdUnixMs: number;
}

/** What accuracy costs, in joules or in seconds. Each null with `missing` where it cannot be told. */
export interface CorrectPerJoule {
  /** J for each right answer: energy per item over accuracy. */
  jPerCorrect: Estimate | null;
  /** Right answers per joule. */
  correctPerJ: Estimate | null;
  /** Quality above chance per joule: (accuracy − 1/C) / (1 − 1/C) / J. Negative where the model is worse than chance. */
  qualityPerJ: Estimate | null;
  missing: string | null;
}

/**
 * Accuracy and energy of one item, two independent measurements, put together. Ratios by MOVER on logarithms, which keeps
 * lopsided intervals lopsided (Zou and Donner 2008; Donner and Zou 2012); where quality may be 0 or less, by the ends of both
 * intervals, which is wider. Quality above chance: guide of the experiments, C1. With `what` time, the same per second in place of per joule.
 * @param energyPerItemJ of one item: energy of a call over its batch
 */
export function correctPerJoule(
  { accuracy, classes }: { accuracy: Estimate; classes: number },
  energyPerItemJ: Interval,
  what: 'energy' | 'time' = 'energy',
): CorrectPerJoule {
  const nothing = { jPerCorrect: null, correctPerJ: null, qualityPerJ: null };
  const { value, low, high } = energyPerItemJ;
  const name = what === 'energy' ? 'Energy' : 'Time';
  if (value === null || low === null || high === null)
    return { ...nothing, missing: `${name} was not measured, or without an interval.` };
  if (!(value > 0 && low > 0))
    return { ...nothing, missing: `The ${what} of an item cannot be told from zero.` };
  const energy: Estimate = { value, low, high };
  const qualityPerJ = over(aboveChance(accuracy, classes), energy);
  if (accuracy.value === 0)
    return { ...nothing, qualityPerJ, missing: 'No answer was right, so a right answer has no cost.' };
  return {
    jPerCorrect: over(energy, accuracy),
    correctPerJ: over(accuracy, energy),
    qualityPerJ,
    missing: null,
  };
}

/** (accuracy − 1/C) / (1 − 1/C): 1 is perfect, 0 is chance, below 0 worse than chance. */
export const qualityOf = (accuracy: number, classes: number): number =>
  (accuracy - 1 / classes) / (1 - 1 / classes);

/** The same with its interval: increasing, so the ends go with it. */
export function aboveChance(accuracy: Estimate, classes: number): Estimate {
  const quality = (a: number) => qualityOf(a, classes);
  return { value: quality(accuracy.value), low: quality(accuracy.low), high: quality(accuracy.high) };
}

/** a / b of two independent estimates, b above 0. */
function over(a: Estimate, b: Estimate): Estimate {
  const value = a.value / b.value;
  if (!(a.low > 0)) {
    return {
      value,
      low: a.low / (a.low < 0 ? b.low : b.high),
      high: a.high / (a.high < 0 ? b.high : b.low),
    };
  }
  const [down, up] = [
    Math.hypot(Math.log(a.value / a.low), Math.log(b.high / b.value)),
    Math.hypot(Math.log(a.high / a.value), Math.log(b.value / b.low)),
  ];
  return { value, low: value * Math.exp(-down), high: value * Math.exp(up) };
}
