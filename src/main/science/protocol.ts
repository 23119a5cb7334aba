import type { AccuracyRecord } from '../../shared/accuracy';
import type {
  ClaimForm,
  ClaimInput,
  ClaimOptions,
  ClaimOutcome,
  ClaimStep,
  Criterion,
  Prediction,
} from '../../shared/claim';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import type { Provider } from '../../shared/plan';
import type { RunRow } from '../../shared/runRow';
import type { TaskInput, TaskName, TaskOutput } from './tasks';

/** The words of a built-in claim and the lab's own prediction. */
export interface ClaimText {
  title: string;
  statement: string;
  source: string;
  reading: string;
  protocol: string[];
  sceptic: string[];
  prediction: Prediction;
}

/** One condition to be measured by the lab's usual protocol. */
export interface ToMeasure {
  /** Key of the caller's own, unique in the call. */
  key: string;
  modelId: string;
  batch: number;
  provider?: Provider;
  threads?: number;
}

/** One condition as it was measured; turns of blocks are pooled. Per call of the model, that is per batch. */
export interface Measured {
  key: string;
  /** A run that failed has no intervals and its reason in `failure`. */
  row: RunRow;
  /** The single turns behind `row`, by block; one without blocks. */
  turns: RunRow[];
  batch: number;
}

/**
 * What an experiment works with, in the lab service. Each step is stored under its key when it is done: an experiment
 * that is started again passes over what is there, so `run` must ask for the same keys in the same order.
 */
export interface Bench {
  readonly options: ClaimOptions;
  readonly machine: Machine;
  /** By key. @throws LabError internal for a key that the prediction does not have */
  criterion(key: string): Criterion;
  /** Runs a task in a process of its own. Models that it makes are in the lab when this resolves; `models` maps their keys to ids. */
  task<N extends TaskName>(
    step: string,
    name: N,
    input: TaskInput<N>,
  ): Promise<{ output: TaskOutput<N>; models: Record<string, string> }>;
  /**
   * Measures latency and, with a meter, energy of every condition: `glance` form by one short window each, `full` form by
   * `blocks` interleaved turns of the `quick` preset. Conditions are measured interleaved with each other.
   */
  measure(
    step: string,
    conditions: readonly ToMeasure[],
    options?: { blocks?: number; windowS?: number },
  ): Promise<Map<string, Measured>>;
  /** A model of the lab by id, prefix, name or recipe (built where it is not there). @throws LabError not_found, bad_input */
  model(text: string): Model;
  /** Accuracy on the test part of a data set. @throws LabError unsupported where the output is no class score */
  accuracy(step: string, modelId: string, dataset: string): Promise<AccuracyRecord>;
  /** Something that is only computed, stored like any step. */
  derive<T>(step: string, compute: () => T): T;
}

/** One of the nine: what it says, what it will do, and how it is judged. */
export interface ClaimExperiment {
  text: ClaimText;
  /** False: it reads no labelled data. */
  usesData?: false;
  /** Numbers that a person may type, with their stated defaults; absent: none. */
  inputs?: readonly ClaimInput[];
  /** Known before anything starts; keys as `run` asks for them. */
  steps(options: ClaimOptions): ClaimStep[];
  run(bench: Bench): Promise<ClaimOutcome>;
}

/** A threshold of the prediction by its key. */
export type CriterionOf = Bench['criterion'];

/** Seeds of anything trained: 3 in a first look, 5 in the full form (guide 1.3 and 15). */
export const seedsOf = (form: ClaimForm): number => (form === 'glance' ? 3 : 5);

/** Those seeds themselves: they count up from the one that was asked for. */
export const seedList = ({ form, seed }: Pick<ClaimOptions, 'form' | 'seed'>, count = seedsOf(form)) =>
  Array.from({ length: count }, (_, i) => seed + i);

/**
 * Seconds of one turn of a condition, an estimate: a short window at a glance; in the full form launch, rest, idle before and
 * after, warm-up, look at the meters and window (65 to 75 s were seen).
 */
const turnS = { glance: 1.6, full: 70 } as const;

/** Seconds that so many conditions take; each plan of the full form measures its control twice in every block. */
export function measuringS(conditions: number, form: ClaimForm, { blocks = 3, plans = 1 } = {}): number {
  return form === 'glance' ? turnS.glance * conditions : turnS.full * blocks * (conditions + 2 * plans);
}

/** Batches at which everything is measured (guide 1.4). */
export const batches = [1, 256] as const;
export type Batch = (typeof batches)[number];
