/** One linear layer: `x` [batch, inputs] to `y` [batch, outputs], no bias. */
export interface LayerSize {
  inputs: number;
  outputs: number;
}

/** Ways to write a layer; each is a series of the figure. */
export const layoutGroups = [
  'dense',
  'masked',
  'gather',
  'winners-dense',
  'winners',
  'complementary',
  'units',
  'blocks',
  'low-rank',
  'int8',
  'int4',
] as const;
export type LayoutGroup = (typeof layoutGroups)[number];

export const groupNames: Readonly<Record<LayoutGroup, string>> = {
  dense: 'dense',
  masked: 'zeros stored dense',
  gather: 'zeros left out: gather and sum',
  'winners-dense': 'k-WTA input, dense product',
  winners: 'k-WTA input, rows of the winners',
  complementary: 'k-WTA input, complementary packing',
  units: 'whole units removed',
  blocks: 'whole blocks absent',
  'low-rank': 'low rank',
  int8: 'int8',
  int4: 'int4',
};

/** Which layout, with its one number. */
export interface LayoutChoice {
  group: LayoutGroup;
  /** Share of the weights (of the winners: of the inputs) that stays; 1 for dense, int8 and int4; rank / min(size) for low rank. */
  kept: number;
}

/** Layouts that read the weights of the winners only take one example a call: each example has winners of its own. */
export const oneExample = (group: LayoutGroup) => group === 'winners' || group === 'complementary';
export const layoutKey = ({ group, kept }: LayoutChoice) =>
  kept === 1 ? group : `${group}-${Math.round(1000 * kept)}`;

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;

/** A layout in words, e.g. "95 % zeros, stored dense". */
export function layoutName({ group, kept }: LayoutChoice): string {
  const names: Record<LayoutGroup, string> = {
    dense: 'Dense, float32',
    masked: `${percent(1 - kept)} zeros, stored dense`,
    gather: `${percent(1 - kept)} zeros left out by gather and sum`,
    'winners-dense': `k-WTA ${percent(kept)} of the inputs, dense product`,
    winners: `k-WTA ${percent(kept)} of the inputs, rows of the winners`,
    complementary: `k-WTA ${percent(kept)} of the inputs, 5 % of the weights, complementary packing`,
    units: `${percent(1 - kept)} of the units removed`,
    blocks: `${percent(1 - kept)} of the blocks of 32 × 128 absent`,
    'low-rank': `Low rank, ${percent(kept)} of the full rank`,
    int8: 'int8 weights, inputs quantised at run time',
    int4: 'int4 weights in blocks of 32',
  };
  return names[group];
}

/** The same for a mark in a figure, e.g. "blocks 90 %". */
export function layoutLabel({ group, kept }: LayoutChoice): string {
  const labels: Record<LayoutGroup, string> = {
    dense: 'dense',
    masked: `zeros ${percent(1 - kept)}`,
    gather: 'gather and sum',
    'winners-dense': 'k-WTA, dense',
    winners: `rows, k ${percent(kept)}`,
    complementary: `packed, k ${percent(kept)}`,
    units: `units ${percent(1 - kept)}`,
    blocks: `blocks ${percent(1 - kept)}`,
    'low-rank': 'low rank',
    int8: 'int8',
    int4: 'int4',
  };
  return labels[group];
}

const choice = (group: LayoutGroup, kept = 1): LayoutChoice => ({ group, kept });

/** The layouts of a first look. */
export const glanceLayouts: readonly LayoutChoice[] = [
  choice('dense'),
  choice('masked', 0.05),
  choice('gather', 0.05),
  choice('winners', 0.1),
  choice('complementary', 0.1),
  choice('winners-dense', 0.1),
  choice('units', 0.1),
  choice('blocks', 0.1),
  choice('low-rank', 1 / 16),
  choice('int8'),
  choice('int4'),
];

/** All of the guide's table (6.3), and the sparsities between for the curves. */
export const fullLayouts: readonly LayoutChoice[] = [
  ...glanceLayouts,
  choice('winners', 0.05),
  choice('complementary', 0.05),
];
export const curveLayouts: readonly LayoutChoice[] = [0.5, 0.25, 0.1].flatMap((kept) =>
  kept === 0.1
    ? [choice('masked', kept)]
    : [choice('masked', kept), choice('units', kept), choice('blocks', kept)],
);
