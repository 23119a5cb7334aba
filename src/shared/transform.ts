import { z } from 'zod';
import { seedSchema } from './dataset';
import { LabError } from './errors';
import { type Provider, providers } from './plan';
import { counted, formatBytes, formatCount, formatPercent } from './units';

export const transformKinds = ['int8', 'int4', 'pruned', 'low-rank', 'block-sparse'] as const;
/** Ways to make a variant of a model: its matrix products written in another form, everything else as it is. */
export type TransformKind = (typeof transformKinds)[number];

/** What a person may ask for; null: the default of the kind. */
export const transformOptionsSchema = z.strictObject({
  kind: z.enum(transformKinds),
  /** int4: weights along the inputs that share a scale. */
  block: z.number().int().nullable().default(null),
  /**
   * pruned: weights set to zero; block-sparse: blocks left out; low-rank: rank as a share of the smaller side. A ratio.
   */
  share: z.number().gt(0).lt(1).nullable().default(null),
  /** low-rank: the rank itself. */
  rank: z.number().int().min(1).nullable().default(null),
  /** block-sparse: inputs by outputs of a block. */
  blocks: z
    .strictObject({ inputs: z.number().int().min(1).max(4096), outputs: z.number().int().min(1).max(4096) })
    .nullable()
    .default(null),
  /** Layers with fewer weights stay as they are. */
  minimum: z.number().int().min(0).nullable().default(null),
  /** Of the made-up inputs of the check, and of the search for a low rank. */
  seed: seedSchema,
  /** Keeps a variant whose error is above the bound of its kind. */
  force: z.boolean().default(false),
  /** Where the check runs. */
  provider: z.enum(providers).default('cpu'),
  /** Sizes of free dimensions in the check, by name (`sequence`) or by input and axis (`x:1`); 1 where none is given. */
  dims: z.record(z.string(), z.number().int().min(1)).default({}),
  /** Data set by name, whose test part is fed as well. */
  dataset: z.string().min(1).nullable().default(null),
});
export type TransformOptions = z.infer<typeof transformOptionsSchema>;

/** The options of a kind with every value settled; those of other kinds are not there. */
export type TransformForm = { minimum: number; seed: number } & (
  | { kind: 'int8' }
  | { kind: 'int4'; block: number }
  | { kind: 'pruned'; share: number }
  | ({ kind: 'low-rank' } & ({ rank: number } | { share: number }))
  | { kind: 'block-sparse'; share: number; blocks: { inputs: number; outputs: number } }
);

/** Layers of fewer weights gain nothing: the call of a further operator costs more than they do. */
export const defaultMinimum = 1024;
/** MatMulNBits of ONNX Runtime takes these. */
export const int4Blocks = [16, 32, 64, 128, 256] as const;

/** Options that say something for a kind. */
const meaningful: Readonly<Record<TransformKind, readonly ('block' | 'share' | 'rank' | 'blocks')[]>> = {
  int8: [],
  int4: ['block'],
  pruned: ['share'],
  'low-rank': ['share', 'rank'],
  'block-sparse': ['share', 'blocks'],
};

/** @throws LabError bad_input for an option that the kind does not have, and for values that contradict each other */
export function settleForm(options: TransformOptions): TransformForm {
  const { kind, block, share, rank, blocks, seed } = options;
  for (const name of ['block', 'share', 'rank', 'blocks'] as const) {
    if (options[name] === null || meaningful[kind].includes(name)) continue;
    throw new LabError(
      'bad_input',
      `“${name}” says nothing about a variant of the kind ${kind}.`,
      meaningful[kind].length > 0
        ? `It takes ${meaningful[kind].join(' and ')}.`
        : 'It takes no such option.',
    );
  }
  const all = { minimum: options.minimum ?? defaultMinimum, seed };
  switch (kind) {
    case 'int8':
      return { ...all, kind };
    case 'int4':
      if (block !== null && !(int4Blocks as readonly number[]).includes(block)) {
        throw new LabError(
          'bad_input',
          `Blocks of ${block} weights cannot share a scale.`,
          `Choose one of ${int4Blocks.join(', ')}.`,
        );
      }
      return { ...all, kind, block: block ?? 32 };
    case 'pruned':
      return { ...all, kind, share: share ?? 0.9 };
    case 'low-rank':
      if (rank !== null && share !== null) {
        throw new LabError('bad_input', 'A rank and a share of it were given.', 'Give one of the two.');
      }
      return rank === null ? { ...all, kind, share: share ?? 1 / 16 } : { ...all, kind, rank };
    case 'block-sparse':
      return { ...all, kind, share: share ?? 0.9, blocks: blocks ?? { inputs: 32, outputs: 128 } };
  }
}

/** 0.9 as 90 %, 1/16 as 6.25 %: what a person chose, with no digits added. */
const shareText = (share: number) => `${Number((100 * share).toPrecision(6))} %`;

/** `int4 b128`, `pruned 90 %`: what is added to the parent's name. */
export function variantLabel(form: TransformForm): string {
  switch (form.kind) {
    case 'int8':
      return 'int8';
    case 'int4':
      return form.block === 32 ? 'int4' : `int4 b${form.block}`;
    case 'pruned':
      return `pruned ${shareText(form.share)}`;
    case 'low-rank':
      return 'rank' in form ? `low-rank ${form.rank}` : `low-rank ${shareText(form.share)}`;
    case 'block-sparse': {
      const { inputs, outputs } = form.blocks;
      const size = inputs === 32 && outputs === 128 ? '' : `${inputs}x${outputs} `;
      return `block-sparse ${size}${shareText(form.share)}`;
    }
  }
}

/** Text that makes the same file again on the same build. `parent` is the id of the model. */
export function transformRecipe(parent: string, form: TransformForm): string {
  const { kind, minimum, seed, ...own } = form;
  const values = Object.entries(own).map(([key, value]) =>
    typeof value === 'object' ? `${key}=${value.inputs}x${value.outputs}` : `${key}=${value}`,
  );
  return [
    'transform',
    kind,
    `parent=${parent.slice(0, 12)}`,
    ...values,
    `minimum=${minimum}`,
    `seed=${seed}`,
  ].join(':');
}

/** What the parent of a variant begins with, from its recipe; null for models that are no variant. */
export function parentOf(recipe: string | null): string | null {
  return /^transform:[^:]+:parent=([0-9a-f]{12}):/.exec(recipe ?? '')?.[1] ?? null;
}

/**
 * Largest ‖variant − original‖ / ‖original‖ of an output on made-up inputs. Null for the kinds that leave weights out:
 * they change the function on purpose, and are to be trained further.
 */
export const errorBounds: Readonly<Record<TransformKind, number | null>> = {
  int8: 0.05,
  int4: 0.2,
  pruned: null,
  'low-rank': null,
  'block-sparse': null,
};

/** What a variant of a form is and costs, in a sentence. */
export function transformSentence(form: TransformForm): string {
  switch (form.kind) {
    case 'int8':
      return 'Writes the weights of every matrix product as 8-bit integers with one scale per output, and rounds what comes in while the model runs.';
    case 'int4':
      return `Writes the weights of every matrix product as 4-bit integers, ${form.block} along the inputs sharing a scale (MatMulNBits).`;
    case 'pruned':
      return `Sets the ${shareText(form.share)} smallest weights of every matrix product to zero. They are stored as before: by itself that makes nothing smaller or faster.`;
    case 'low-rank': {
      const rank = 'rank' in form ? String(form.rank) : `${shareText(form.share)} of the smaller side`;
      return `Puts two smaller matrix products in the place of each one, with a rank of ${rank}.`;
    }
    case 'block-sparse':
      return `Leaves out the ${shareText(form.share)} weakest blocks of ${form.blocks.inputs} × ${form.blocks.outputs} weights, the same number for every block of outputs, and multiplies only the others.`;
  }
}

/** How one output of the variant differs from the original's. Ratios and values over all inputs that were fed. */
export interface OutputError {
  name: string;
  elements: number;
  /** ‖variant − original‖ / ‖original‖; null where the output holds no floats or the original is zero. */
  relativeL2: number | null;
  /** Largest difference of an element, in the unit of the output. */
  maxAbs: number;
  /** Share of rows whose largest value is at the same place; null where the last dimension does not look like classes. */
  sameTop: number | null;
  /** Share of elements with the same value; only for outputs of whole numbers, such as labels. */
  equal?: number;
}

/** What was made of a model, and how the check went. */
export interface TransformReport {
  form: TransformForm;
  /** Nodes with stored weights in the main graph, and those of them that were written anew. */
  layers: { withWeights: number; changed: number };
  /** Why the others stayed, each reason with the nodes it holds for. */
  left: { reason: string; count: number; examples: string[] }[];
  /** Stored weights of the layers that changed, bytes: before and after, scales and indices included. */
  weightBytes: { before: number; after: number };
  outputs: OutputError[];
  /** Largest relative error that the kind may have; null: none is set. */
  bound: number | null;
  /** Rows of made-up inputs that both were given, and their seed. */
  fed: { rows: number; calls: number; seed: number; provider: Provider };
  /** Share of the test part that each gets right; null without a data set. */
  accuracy: { dataset: string; n: number; original: number; variant: number } | null;
  /** What a person must know of it, in sentences. */
  notes: string[];
}

/** The largest relative error of any output; null where none has one. */
export function worstError(outputs: readonly OutputError[]): number | null {
  const errors = outputs.flatMap(({ relativeL2 }) => (relativeL2 === null ? [] : [relativeL2]));
  return errors.length === 0 ? null : Math.max(...errors);
}

/** The report in plain lines, as the command line prints it and the page shows it. */
export function reportLines(report: TransformReport): string[] {
  const { layers, left, weightBytes, outputs, bound, fed, accuracy, notes } = report;
  const worst = worstError(outputs);
  return [
    `${formatCount(layers.changed)} of ${counted(layers.withWeights, 'layer')} with stored weights changed; their weights: ${formatBytes(weightBytes.before)} before, ${formatBytes(weightBytes.after)} after.`,
    ...left.map(({ reason, count, examples }) => {
      const named = `${examples.join(', ')}${count > examples.length ? ' …' : ''}`;
      return `${counted(count, 'layer')} left as ${count === 1 ? 'it is' : 'they are'}: ${reason} (${named}).`;
    }),
    `Checked on ${counted(fed.rows, 'row')} of made-up inputs (seed ${fed.seed}) on ${fed.provider}, in ${counted(fed.calls, 'call')}:`,
    ...outputs.map(outputLine),
    ...(bound === null
      ? [
          'This kind changes what the model computes on purpose, so no error is too large; train it further before you use it.',
        ]
      : worst === null
        ? [
            `No relative error could be told, so none was asked for (up to ${formatPercent(bound)} of outputs that are floats and not all zero): judge by the lines above.`,
          ]
        : [
            `The largest relative error is ${formatPercent(worst)}; up to ${formatPercent(bound)} is accepted.`,
          ]),
    ...(accuracy === null
      ? []
      : [
          `On ${formatCount(accuracy.n)} test examples of ${accuracy.dataset}: ${formatPercent(accuracy.original)} right before, ${formatPercent(accuracy.variant)} after.`,
        ]),
    ...notes,
  ];
}

function outputLine({ name, relativeL2, maxAbs, sameTop, equal }: OutputError): string {
  // The difference of two labels says nothing.
  if (equal !== undefined) return `  ${name}: the same value in ${formatPercent(equal)} of its elements`;
  const error =
    relativeL2 === null
      ? `largest difference ${short(maxAbs)}`
      : `relative error ${formatPercent(relativeL2)}, largest difference ${short(maxAbs)}`;
  return `  ${name}: ${error}${sameTop === null ? '' : `, same class first in ${formatPercent(sameTop)} of rows`}`;
}

const short = (x: number) => (x === 0 ? '0' : Number(x.toPrecision(3)).toString());
