import { LabError } from './errors';

export const builtFamilies = ['mlp', 'cnn', 'decoder'] as const;
export type BuiltFamily = (typeof builtFamilies)[number];

/** Sizes that builders reach within 5 %. */
export const smallestTarget = 1e3;
export const largestTarget = 4e9;

/** What to build; its recipe is `family:parameters:seed=N`. */
export interface BuildSpec {
  family: BuiltFamily;
  targetParameters: number;
  seed: number;
}

export function recipeOf({ family, targetParameters, seed }: BuildSpec): string {
  return `${family}:${targetParameters}:seed=${seed}`;
}

/** Name of a built model: the family and two significant digits of the target, `mlp-1.0M`. */
export function nameOf({ family, targetParameters }: Pick<BuildSpec, 'family' | 'targetParameters'>): string {
  const [value, unit] =
    targetParameters >= 0.995e9
      ? [targetParameters / 1e9, 'B']
      : targetParameters >= 0.995e6
        ? [targetParameters / 1e6, 'M']
        : [targetParameters / 1e3, 'k'];
  const digits = value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
  return `${family}-${digits}${unit}`;
}

/** `1e6`, `300k`, `1.5M`, `2B` as a whole number; null for anything else. Pure. */
export function parseSize(text: string): number | null {
  const size = /^(\d+(?:\.\d+)?(?:e\d{1,2})?)([kMB]?)$/.exec(text);
  if (size === null) return null;
  const factor = { '': 1, k: 1e3, M: 1e6, B: 1e9 }[size[2]!]!;
  return Math.round(Number(size[1]) * factor);
}

/**
 * The spec of a recipe: `mlp:1e6`, `cnn:300k:seed=7`, `decoder:1.5M`. The seed is 1 unless given.
 * Throws LabError bad_input that says what a recipe looks like.
 */
export function parseRecipe(text: string): BuildSpec {
  const [familyText = '', sizeText = '', ...rest] = text.trim().split(':');
  const refuse = (why: string) =>
    new LabError(
      'bad_input',
      `“${text}” is no recipe: ${why}.`,
      `Write family:parameters:seed=N, for example mlp:1e6:seed=1; the families are ${builtFamilies.join(', ')}.`,
    );
  const family = builtFamilies.find((f) => f === familyText);
  if (family === undefined) throw refuse(`there is no family “${familyText}”`);
  const targetParameters = parseSize(sizeText);
  if (targetParameters === null) throw refuse(`“${sizeText}” is no number of parameters`);
  if (!(targetParameters >= smallestTarget && targetParameters <= largestTarget)) {
    throw refuse(`sizes from ${smallestTarget} to ${largestTarget} parameters can be built`);
  }
  const seed = rest.length === 0 ? '1' : /^seed=(\d{1,10})$/.exec(rest.join(':'))?.[1];
  if (seed === undefined || Number(seed) >= 2 ** 32)
    throw refuse(`“${rest.join(':')}” is no seed below 2^32`);
  return { family, targetParameters, seed: Number(seed) };
}

/**
 * `rungs` specs of one family with targets evenly spaced in the logarithm, both ends included.
 * Throws LabError bad_input for an impossible range.
 */
export function ladderSpecs(
  family: BuiltFamily,
  range: { from: number; to: number; rungs: number; seed: number },
): BuildSpec[] {
  const { from, to, rungs, seed } = range;
  const possible =
    from >= smallestTarget &&
    to <= largestTarget &&
    Number.isInteger(rungs) &&
    rungs >= 1 &&
    (rungs === 1 ? from === to : from < to);
  if (!possible) {
    throw new LabError(
      'bad_input',
      `A ladder of ${rungs} rungs from ${from} to ${to} parameters cannot be built.`,
      `Take two rungs or more, rising, between ${smallestTarget} and ${largestTarget} parameters.`,
    );
  }
  return Array.from({ length: rungs }, (_, i) => ({
    family,
    targetParameters: Math.round(rungs === 1 ? from : from * (to / from) ** (i / (rungs - 1))),
    seed,
  }));
}

/** What the quickstart measures, in the page as at the command line. */
export const quickstartLadder = { family: 'mlp', from: 1e3, to: 1e8, rungs: 9 } as const;
