import type { ScoreKind } from '../../../shared/accuracy';
import { LabError } from '../../../shared/errors';
import type { ElemType, Port } from '../../../shared/model';
import { float16Value } from '../../models/half';
import { nllOf, topOf } from '../scores';
import type { Value } from '../tools';

const floatTypes: readonly ElemType[] = ['float32', 'float64', 'float16'];
const wholeTypes: readonly ElemType[] = ['int64', 'int32', 'int8', 'uint8', 'uint16'];

/** Outputs that a call can give at all: tensors of numbers. @throws LabError not_found for a name that the model does not have */
export function askedOutputs(outputs: readonly Port[], wanted: string | null): string[] {
  if (wanted !== null && !outputs.some((p) => p.name === wanted)) {
    throw new LabError(
      'not_found',
      `The model has no output called “${wanted}”.`,
      `Its outputs are ${outputs.map((p) => p.name).join(', ')}.`,
    );
  }
  const readable = (p: Port) =>
    p.kind === 'tensor' && (floatTypes.includes(p.elemType) || wholeTypes.includes(p.elemType));
  const asked = outputs
    .filter((p) => readable(p) && (wanted === null || p.name === wanted))
    .map((p) => p.name);
  if (asked.length > 0) return asked;
  throw noScores(
    outputs.map((p) => `${p.name}: ${p.kind === 'tensor' ? p.elemType : p.kind}`),
    null,
  );
}

/** One output of a call and what it can be. */
export interface ChosenOutput {
  name: string;
  kind: 'scores' | 'labels';
}

/**
 * The output that holds the classes: one score for each class (dimensions of 1 beside it do not matter), else one whole number
 * for each example. Scores go before labels; two of a kind must be told apart by the user.
 * @throws LabError unsupported where none is, bad_input where several are
 */
export function chooseOutput(
  answer: Readonly<Record<string, Value>>,
  { batch, classes }: { batch: number; classes: number },
): ChosenOutput {
  const names = Object.keys(answer);
  const scores = names.filter((name) => isScores(answer[name], batch, classes));
  const labels = names.filter((name) => isLabels(answer[name], batch));
  const candidates = scores.length > 0 ? scores : labels;
  if (candidates.length === 1) return { name: candidates[0], kind: scores.length > 0 ? 'scores' : 'labels' };
  if (candidates.length > 1) {
    throw new LabError(
      'bad_input',
      `Several outputs could be the classes: ${candidates.join(', ')}.`,
      'Say which with --output.',
    );
  }
  throw noScores(
    names.map((name) => `${name}: ${answer[name].elemType}[${answer[name].dims.join(', ')}]`),
    { batch, classes },
  );
}

function isScores({ elemType, dims }: Value, batch: number, classes: number): boolean {
  if (!floatTypes.includes(elemType) || dims[0] !== batch) return false;
  const rest = dims.slice(1).filter((d) => d !== 1);
  return rest.length === 1 && rest[0] === classes;
}

function isLabels({ elemType, dims }: Value, batch: number): boolean {
  return wholeTypes.includes(elemType) && dims[0] === batch && dims.slice(1).every((d) => d === 1);
}

function noScores(outputs: readonly string[], asked: { batch: number; classes: number } | null): LabError {
  const what =
    asked === null
      ? ''
      : ` (a call with ${asked.batch} examples must give ${asked.batch} × ${asked.classes} scores, one for each class of the data set, or ${asked.batch} whole numbers)`;
  return new LabError(
    'unsupported',
    `No output of the model is a score for each class${what}: ${outputs.join('; ') || 'it has none'}.`,
    'Choose the data set that the model was made for, or export it with scores for each class.',
  );
}

/** What is counted while the examples go through. */
export interface Tally {
  perClass: { n: number; correct: number }[];
  /** Sum of −ln p of the right class, once under each reading; Infinity where p is 0. */
  nllAsLogits: number;
  nllAsProbabilities: number;
  /** Every score so far lies from 0 to 1; every row so far sums to 1. */
  unit: boolean;
  sumsToOne: boolean;
}

export function emptyTally(classes: number): Tally {
  return {
    perClass: Array.from({ length: classes }, () => ({ n: 0, correct: 0 })),
    nllAsLogits: 0,
    nllAsProbabilities: 0,
    unit: true,
    sumsToOne: true,
  };
}

/** Rounding of 16-bit probabilities, and of sums over a thousand of them. */
const slack = 0.01;

/**
 * Adds the first `count` rows of an output. The class is the largest score; of equal ones the first.
 * @param y classes of those rows
 * @throws LabError runner_failed for a score that is no number
 */
export function addToTally(
  tally: Tally,
  value: Value,
  { kind, y, from }: { kind: ChosenOutput['kind']; y: ArrayLike<number>; from: number },
): void {
  const classes = tally.perClass.length;
  for (let i = 0; i < y.length; i++) {
    const right = y[i];
    const cell = tally.perClass[right];
    cell.n += 1;
    if (kind === 'labels') {
      if (Number(value.data[i]) === right) cell.correct += 1;
      continue;
    }
    const scores = rowOf(value, i, classes);
    if (scores.some(Number.isNaN)) {
      throw new LabError(
        'runner_failed',
        `The model gives a score that is no number for example ${from + i + 1}.`,
        'Check how its input must be scaled: --scale, --mean and --std.',
      );
    }
    if (topOf(scores, 0, classes) === right) cell.correct += 1;
    tally.nllAsLogits += nllOf(scores, 0, classes, right);
    tally.nllAsProbabilities -= Math.log(scores[right]);
    tally.unit &&= scores.every((s) => s >= 0 && s <= 1 + slack);
    tally.sumsToOne &&= Math.abs(scores.reduce((total, s) => total + s, 0) - 1) <= slack;
  }
}

function rowOf({ elemType, data }: Value, row: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, c) => {
    const value = Number(data[row * classes + c]);
    return elemType === 'float16' ? float16Value(value) : value;
  });
}

/** How the scores were read, and the mean of −ln p that follows, in nat; null with the reason. */
export function scoresOf(
  { unit, sumsToOne, nllAsLogits, nllAsProbabilities }: Tally,
  kind: ChosenOutput['kind'],
  n: number,
): { scores: ScoreKind; nll: number | null; nllMissing: string | null } {
  if (kind === 'labels')
    return { scores: 'labels', nll: null, nllMissing: 'The model gives classes and no scores.' };
  if (!unit) {
    return Number.isFinite(nllAsLogits)
      ? { scores: 'logits', nll: nllAsLogits / n, nllMissing: null }
      : { scores: 'logits', nll: null, nllMissing: 'A score is infinite.' };
  }
  if (!sumsToOne) {
    return {
      scores: 'logits',
      nll: null,
      nllMissing:
        'The scores lie from 0 to 1 and do not add up to 1, so that they are no probabilities of one class each.',
    };
  }
  return Number.isFinite(nllAsProbabilities)
    ? { scores: 'probabilities', nll: nllAsProbabilities / n, nllMissing: null }
    : {
        scores: 'probabilities',
        nll: null,
        nllMissing: 'The right class got probability 0 in at least one example.',
      };
}
