import {
  type BuiltFamily,
  ladderSpecs,
  largestTarget,
  parseSize,
  smallestTarget,
} from '../../../shared/ladder';

export const mostRungs = 50;

/** A number of parameters as people type it: `300k`, `1.5 M`, `1e6`, `2,000,000`; null for anything else. Pure. */
export function readSize(text: string): number | null {
  return parseSize(
    text
      .replace(/[\s,_]/g, '')
      .replace(/K$/, 'k')
      .replace(/m$/, 'M')
      .replace(/[gGb]$/, 'B'),
  );
}

/** What the form of the dialog holds, as typed. */
export interface LadderForm {
  family: BuiltFamily;
  from: string;
  to: string;
  rungs: number | string;
  seed: number | string;
}

export interface Ladder {
  /** Parameters wanted of each model, rising. */
  sizes: number[];
  seed: number;
  /** Bytes of weights, all models together. The builders write float32. */
  bytes: number;
}

/**
 * The models of a ladder, evenly spaced in the logarithm with both ends; or for each field what is wrong with it. Pure.
 */
export function ladderOf(
  form: LadderForm,
): { ladder: Ladder } | { problems: Partial<Record<keyof LadderForm, string>> } {
  const [from, to] = [readSize(form.from), readSize(form.to)];
  const [rungs, seed] = [Number(form.rungs), Number(form.seed)];
  const problems: Partial<Record<keyof LadderForm, string>> = {};
  const sizeProblem = (size: number | null) =>
    size === null
      ? 'Write a number such as 10k, 1.5M or 1e6.'
      : size < smallestTarget || size > largestTarget
        ? 'From 1k to 4B (4 × 10⁹) parameters can be built.'
        : undefined;
  const fromProblem = sizeProblem(from);
  const toProblem =
    sizeProblem(to) ??
    (from !== null && to !== null && (rungs === 1 ? to < from : to <= from)
      ? 'The largest must be above the smallest.'
      : undefined);
  if (fromProblem) problems.from = fromProblem;
  if (toProblem) problems.to = toProblem;
  if (form.rungs === '' || !Number.isInteger(rungs) || rungs < 1 || rungs > mostRungs)
    problems.rungs = `From 1 to ${mostRungs} models.`;
  else if (rungs === 1 && from !== null && to !== null && from !== to)
    problems.rungs = 'One model has one size: make both sizes equal, or build two or more.';
  if (form.seed === '' || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    problems.seed = 'A whole number from 0 to 4,294,967,295.';
  if (from === null || to === null || Object.keys(problems).length > 0) return { problems };
  const sizes = ladderSpecs(form.family, { from, to, rungs, seed }).map((spec) => spec.targetParameters);
  return { ladder: { sizes, seed, bytes: 4 * sizes.reduce((sum, n) => sum + n, 0) } };
}
