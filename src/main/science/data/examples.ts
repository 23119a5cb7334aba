import { createHash } from 'node:crypto';
import { LabError } from '../../../shared/errors';
import type { Random } from '../../models/random';
import type { Dataset, Examples } from './dataset';

/** 0 … n − 1 in a random order (Fisher and Yates; Durstenfeld 1964). */
export function shuffledIndices(n: number, random: Random): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(0, i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * `n` indices of `y` in random order with equally many of each class; what n leaves over goes to classes drawn at random.
 * @throws LabError bad_input where a class has too few
 */
export function balancedIndices(y: Examples['y'], n: number, classes: number, random: Random): number[] {
  const left = new Array<number>(classes).fill(Math.floor(n / classes));
  for (const c of shuffledIndices(classes, random).slice(0, n % classes)) left[c] += 1;
  const wanted = [...left];
  const chosen = shuffledIndices(y.length, random).filter((i) => left[y[i]]-- > 0);
  const short = left.findIndex((count) => count > 0);
  if (short !== -1) {
    throw new LabError(
      'bad_input',
      `${n} examples with equally many of ${classes} classes need ${wanted[short]} of class ${short}, and there are ${wanted[short] - left[short]}.`,
      'Ask for fewer examples.',
    );
  }
  return chosen;
}

/** The examples at `indices`, in that order; `features` per example. */
export function selectExamples(from: Examples, indices: readonly number[], features: number): Examples {
  const x = new Float32Array(indices.length * features);
  const y = from.y instanceof Uint8Array ? new Uint8Array(indices.length) : new Uint16Array(indices.length);
  indices.forEach((i, row) => {
    x.set(from.x.subarray(i * features, (i + 1) * features), row * features);
    y[row] = from.y[i];
  });
  return { x, y, n: indices.length };
}

/** n × classes, 1 at the class of each example, else 0. */
export function oneHot(y: ArrayLike<number>, classes: number, n = y.length): Float32Array {
  const rows = new Float32Array(n * classes);
  for (let i = 0; i < n; i++) rows[i * classes + y[i]] = 1;
  return rows;
}

/** The first `count` examples, or all where there are fewer; no copy. */
export function firstOf({ x, y, n }: Examples, count: number): Examples {
  const kept = Math.min(n, count);
  return { x: x.subarray(0, (kept * x.length) / n), y: y.subarray(0, kept), n: kept };
}

/** Square pictures `side` × `side` (even) to half the side by the mean of blocks of 2 × 2; n × (side/2)² comes out. */
export function pool2({ x, y, n }: Examples, side: number): Examples {
  if (side % 2 !== 0 || x.length !== n * side * side)
    throw new RangeError(`pool2: ${x.length} values, side ${side}`);
  const half = side / 2;
  const pooled = new Float32Array(n * half * half);
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < half; r++) {
      for (let c = 0; c < half; c++) {
        const at = (i * side + 2 * r) * side + 2 * c;
        pooled[(i * half + r) * half + c] = (x[at] + x[at + 1] + x[at + side] + x[at + side + 1]) / 4;
      }
    }
  }
  return { x: pooled, y, n };
}

/**
 * Square pictures of one channel at half their side, as the guide's kernel machines take them (guide 3.4, 4); anything else as
 * it is. `features`: of an example as it comes out.
 */
export function halved(data: Dataset, examples: Examples): Examples & { features: number } {
  const [height, width, ...channels] = [...data.shape].reverse();
  const isPicture = width !== undefined && channels.every((c) => c === 1);
  if (!isPicture || height !== width || width % 2 !== 0) return { ...examples, features: data.features };
  return { ...pool2(examples, width), features: data.features / 4 };
}

/** @throws LabError bad_input where there are fewer training examples than that */
export function refuseFewer({ name, train }: Dataset, wanted: number): void {
  if (train.n >= wanted) return;
  throw new LabError(
    'bad_input',
    `${name} has ${train.n} examples to train on, and ${wanted} are needed.`,
    'Choose a larger data set.',
  );
}

/** One mean and one standard deviation over every value of `x`, accumulated in float64. @throws RangeError where all are equal */
export function meanAndSd(x: Float32Array): { mean: number; sd: number } {
  let mean = 0;
  for (const v of x) mean += v;
  mean /= x.length;
  let square = 0;
  for (const v of x) square += (v - mean) ** 2;
  const sd = Math.sqrt(square / x.length);
  if (!(sd > 0)) throw new RangeError('All values are equal.');
  return { mean, sd };
}

/** (x − mean) / sd in place. */
export function standardise(x: Float32Array, { mean, sd }: { mean: number; sd: number }): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] - mean) / sd;
}

/** All of `available` in their order, or `wanted` of them drawn: more begin with the same ones. */
export function chosenIndices(available: number, wanted: number, random: Random): number[] {
  if (wanted >= available) return Array.from({ length: available }, (_, i) => i);
  return shuffledIndices(available, random).slice(0, wanted);
}

/** What `chosenIndices` took, for a hash: the seed matters only where it chose. */
export const selectionOf = (available: number, wanted: number, seed: number): string =>
  wanted >= available ? 'all' : wanted === 0 ? 'none' : `${wanted} of ${available}, seed ${seed}`;

/** SHA-256 (hex) of a few texts and numbers in their order. */
export const hashOf = (parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** Each feature to mean 0 and standard deviation 1 of the training part, in place; one that never changes there becomes 0 there. */
export function standardiseFeatures(
  { train, test }: { train: Examples; test: Examples },
  features: number,
): void {
  for (let j = 0; j < features; j++) {
    let mean = 0;
    for (let i = 0; i < train.n; i++) mean += train.x[i * features + j] / train.n;
    let square = 0;
    for (let i = 0; i < train.n; i++) square += (train.x[i * features + j] - mean) ** 2 / train.n;
    const sd = square > 0 ? Math.sqrt(square) : 1;
    for (const { x, n } of [train, test]) {
      for (let i = 0; i < n; i++) x[i * features + j] = (x[i * features + j] - mean) / sd;
    }
  }
}
