import type { ClaimForm } from '../../../shared/claim';
import { type MlpSpec, type NetSpec, type Recipe, twoConvolutions } from '../train';

/** A rung as it is asked for: what it becomes depends on the shape of the data. */
export type Rung = { key: string } & ({ kind: 'mlp'; hidden: number } | { kind: 'cnn'; channels: number });

export interface Ladder {
  key: 'mlp' | 'cnn';
  name: string;
  rungs: readonly Rung[];
  /** Same for all rungs; the seed is added. */
  recipe: Omit<Recipe, 'seed' | 'steps'> & { steps: number };
}

const mlp = (widths: readonly number[]): Rung[] =>
  widths.map((hidden) => ({ key: `mlp-${hidden}`, kind: 'mlp', hidden }));

/**
 * What each form trains (guide 2, protocol 1): one hidden layer of 2 to 1024 units and two convolutions of 4 to 64
 * channels in the full form; at a glance fewer rungs over a wider range, since small data sets make small networks.
 */
export function laddersOf(form: ClaimForm): Ladder[] {
  const recipe = { batch: 64, learningRate: 0.2, drop: { at: 0.7, factor: 0.2 } };
  const glance: Ladder = {
    key: 'mlp',
    name: 'fully connected ladder',
    rungs: mlp([2, 4, 16, 64, 256, 1024, 4096]),
    recipe: { ...recipe, steps: 3000 },
  };
  if (form === 'glance') return [glance];
  return [
    { ...glance, rungs: mlp([2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]), recipe: { ...recipe, steps: 4000 } },
    {
      key: 'cnn',
      name: 'convolutional ladder',
      rungs: [4, 8, 16, 32, 64].map((channels) => ({ key: `cnn-${channels}`, kind: 'cnn', channels })),
      recipe: { ...recipe, steps: 2000, learningRate: 0.1 },
    },
  ];
}

/** Examples of each part that a form asks for. */
export const examplesOf = (form: ClaimForm) =>
  form === 'glance' ? { train: 10_000, test: 4000 } : { train: 60_000, test: 10_000 };

/** Parameters of the decoders by form, smallest first; without labels they say only what size costs. */
export const decoderTargets: Readonly<Record<ClaimForm, readonly number[]>> = {
  glance: [1e5, 1e6, 1e7],
  full: [1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8, 3e8, 1e9],
};

/** float32 weights, their packed copy, and room for the rest of the machine. */
const bytesPerDecoderParameter = 12;

/** Those that fit into the memory of the machine. */
export const decodersThatFit = (form: ClaimForm, memoryBytes: number): number[] =>
  decoderTargets[form].filter((parameters) => parameters * bytesPerDecoderParameter <= memoryBytes);

/** Experts of the mixture and units of each: as many parameters in all as the largest rung, as many active as a small one. */
export const mixture = { experts: 16, hidden: 64 } as const;

/** The network of a rung for examples of this shape. */
export function specOf(
  rung: Rung,
  data: { shape: readonly number[]; features: number; classes: number },
): NetSpec {
  return rung.kind === 'mlp'
    ? ({
        kind: 'mlp',
        features: data.features,
        hidden: [rung.hidden],
        classes: data.classes,
        activation: 'relu',
      } satisfies MlpSpec)
    : twoConvolutions(rung.channels, data);
}
