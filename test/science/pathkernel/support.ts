import { createRandom, type Random } from '../../../src/main/models/random';
import { type RebuildSetup, rebuildNetwork } from '../../../src/main/science/pathkernel/measure';
import type { Step } from '../../../src/main/science/pathkernel/path';

/** Clusters of points with labels, as learnable as data of the claim and much smaller. */
export function synthetic(random: Random, n: number, features: number, classes: number) {
  const centres = Float64Array.from({ length: classes * features }, () => 1.5 * random.normal());
  const part = (size: number) => {
    const y = Uint8Array.from({ length: size }, () => random.integer(0, classes));
    const x = Float64Array.from(
      { length: size * features },
      (_, i) => centres[y[Math.floor(i / features)]! * features + (i % features)]! + random.normal(),
    );
    return { x, y, n: size };
  };
  return { examples: part(n), queries: part(8) };
}

export const usual: RebuildSetup = {
  hidden: 7,
  classes: 4,
  activation: 'tanh',
  gain: 1,
  rules: ['left', 'trapezoid', 'midpoint', 'gauss', 'closed'],
  gaussPoints: 16,
  eta: 0.25,
  steps: 40,
  batch: null,
  momentum: 0,
};

export interface Sizes {
  seed: number;
  features: number;
  n: number;
}

/** Trains and rebuilds on synthetic data; every result by rule. */
export function rebuilt(
  { seed, features, n }: Sizes,
  over: Partial<RebuildSetup> = {},
  tamper?: (step: Step) => Step,
) {
  const random = createRandom(seed, 'test');
  const setup = { ...usual, ...over };
  const { examples, queries } = synthetic(random, n, features, setup.classes);
  const result = rebuildNetwork(examples, queries, setup, random, tamper);
  return { ...result, by: Object.fromEntries(result.rules.map((r) => [r.rule, r])) };
}
