/** Scores of classes, row after row: [n, classes]. Of equal ones the first counts everywhere. */
export type Scores = ArrayLike<number>;

/** Number in its row of the largest of `width` values that begin at `from`; the first of equal ones. */
export function topOf(values: ArrayLike<number | bigint>, from: number, width: number): number {
  let top = 0;
  for (let i = 1; i < width; i++) if (values[from + i]! > values[from + top]!) top = i;
  return top;
}

/** Class with the largest score of each row. */
export const decisionsOf = (scores: Scores, classes: number): Uint16Array =>
  Uint16Array.from({ length: scores.length / classes }, (_, i) => topOf(scores, i * classes, classes));

/** By row: 1 where both decide alike. */
export function equalDecisions(a: Scores, b: Scores, classes: number): (0 | 1)[] {
  const theirs = decisionsOf(b, classes);
  return Array.from(decisionsOf(a, classes), (d, i) => (d === theirs[i] ? 1 : 0));
}

/** Share of rows whose largest score is that of their class, 0 to 1. */
export function accuracyOf(scores: Scores, y: ArrayLike<number>): number {
  const decisions = decisionsOf(scores, scores.length / y.length);
  let right = 0;
  for (let i = 0; i < y.length; i++) if (decisions[i] === y[i]) right += 1;
  return right / y.length;
}

/** Softmax of the `width` logits that begin at `from`, at a temperature (Hinton et al., arXiv 1503.02531). */
export function softmaxOf(logits: Scores, from: number, width: number, temperature = 1): Float64Array {
  const top = logits[from + topOf(logits, from, width)]!;
  const e = Float64Array.from({ length: width }, (_, c) => Math.exp((logits[from + c]! - top) / temperature));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** −ln p of one class under the softmax of the `width` logits that begin at `from`, nat. */
export function nllOf(logits: Scores, from: number, width: number, right: number): number {
  const top = logits[from + topOf(logits, from, width)]!;
  let sum = 0;
  for (let c = 0; c < width; c++) sum += Math.exp(logits[from + c]! - top);
  return top + Math.log(sum) - logits[from + right]!;
}
