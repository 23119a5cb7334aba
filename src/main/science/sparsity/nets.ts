import type { CnnSpec, MlpSpec, NetSpec, Recipe } from '../train';

/** Which of the compared networks. `weights`, `activations`: only one of the two sparsities (the ablation). */
export const netKinds = ['dense', 'sparse', 'weights', 'activations'] as const;
export type NetKind = (typeof netKinds)[number];

export const netNames: Readonly<Record<NetKind, string>> = {
  dense: 'dense',
  sparse: 'sparse: k-WTA and 30 % of the linear weights',
  weights: 'sparse weights only',
  activations: 'sparse activations only (k-WTA)',
};

export interface NetPlan {
  spec: NetSpec;
  /** Share of the weights present in the linear layer, by its name; absent: all. */
  density: { weight: string; share: number } | null;
  recipe: Omit<Recipe, 'seed' | 'epochs' | 'masks'>;
}

/** How the networks read one example: as a picture, a sequence or a plain vector. */
export type NetForm = 'picture' | 'sequence' | 'vector';

export function formOf(shape: readonly number[]): NetForm {
  const size = shape.filter((d) => d > 1);
  // Two rounds of "5 off, half" must leave something and halve without rest.
  const fits = (n: number) => n >= 16 && (n - 4) % 2 === 0 && ((n - 4) / 2 - 4) % 2 === 0;
  if (size.length === 2 && size.every(fits)) return 'picture';
  return size.length === 1 && fits(size[0]!) ? 'sequence' : 'vector';
}

const rate = { dense: 0.01, sparse: 0.02 };
/** Source of rates, momenta, batches and boosting: guide of the experiments, 6.4 (authors' configuration of arXiv 1903.11257). */
const denseRecipe = {
  batch: 64,
  learningRate: rate.dense,
  momentum: 0.9,
  perEpoch: { learningRate: 0.8 },
  start: 'uniform',
} as const;
const sparseRecipe = {
  batch: 64,
  firstEpochBatch: 4,
  learningRate: rate.sparse,
  momentum: 0,
  boost: 1.5,
  perEpoch: { learningRate: 0.8, boost: 0.85 },
  start: 'uniform',
} as const;

const present = 0.3;

/**
 * Dense and sparse CNN-2 of arXiv 1903.11257 (guide 6.4) for pictures; for sequences the same with 1 × 5 kernels and the
 * same shares of winners; for anything else two hidden layers.
 */
export function netPlan(kind: NetKind, shape: readonly number[], classes: number): NetPlan {
  const form = formOf(shape);
  const wins = kind === 'sparse' || kind === 'activations';
  const size = shape.filter((d) => d > 1);
  const spec: NetSpec =
    form === 'vector'
      ? vectorNet(
          shape.reduce((a, b) => a * b, 1),
          classes,
          wins,
        )
      : convolutional(form === 'picture' ? [1, size[0]!, size[1]!] : [1, 1, size[0]!], classes, wins, form);
  const weight = form === 'vector' ? 'w1' : 'w2';
  return {
    spec,
    density: kind === 'sparse' || kind === 'weights' ? { weight, share: present } : null,
    recipe: wins ? sparseRecipe : denseRecipe,
  };
}

function convolutional(
  shape: readonly [number, number, number],
  classes: number,
  wins: boolean,
  form: 'picture' | 'sequence',
): CnnSpec {
  const kernel = form === 'picture' ? ([5, 5] as const) : ([1, 5] as const);
  const pool = form === 'picture' ? ([2, 2] as const) : ([1, 2] as const);
  const channels = wins ? [32, 64] : [30, 30];
  const after = (n: number, dims: number) => (dims === 1 ? 1 : (n - 4) / 2);
  const places = (round: number) => {
    let [, h, w] = shape;
    for (let i = 0; i < round; i++) [h, w] = [after(h, h), after(w, w)];
    return h * w;
  };
  // 400 of 32·144 and 300 of 64·16 in the paper: the same shares of whatever the maps are here.
  const winners = [Math.round((400 / 4608) * 32 * places(1)), Math.round((300 / 1024) * 64 * places(2)), 100];
  return {
    kind: 'cnn',
    shape,
    classes,
    convolutions: channels.map((n) => ({ channels: n, kernel, pool })),
    hidden: [wins ? 700 : 1000],
    activation: wins ? 'kwta' : 'relu',
    ...(wins ? { winners } : {}),
  };
}

/** Two hidden layers; the sparse one has more units and fewer of them active. */
function vectorNet(features: number, classes: number, wins: boolean): MlpSpec {
  const hidden = wins ? [400, 400] : [256, 256];
  return {
    kind: 'mlp',
    features,
    classes,
    hidden,
    activation: wins ? 'kwta' : 'relu',
    ...(wins ? { winners: [60, 60] } : {}),
  };
}
