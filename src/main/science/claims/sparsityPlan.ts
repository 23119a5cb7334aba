import type { ClaimForm, ClaimInput, ClaimOptions, ClaimStep } from '../../../shared/claim';
import { batches, measuringS, seedList, seedsOf, type ToMeasure } from '../protocol';
import type { MadeLayout, SparseLayersOutput } from '../sparsity/layersTask';
import { type SparseLayersInput, sizeKey } from '../sparsity/layersTask';
import { curveLayouts, fullLayouts, glanceLayouts, type LayoutChoice, oneExample } from '../sparsity/layouts';
import type { NetKind } from '../sparsity/nets';
import type { RobustnessInput } from '../sparsity/robustnessTask';
import { type SparsityVariantsInput, type VariantKind, variantKinds } from '../sparsity/variantsTask';
import { givenInputs } from './inputs';

/** Numbers that a person may type. */
export const sparsityInputs = [
  {
    key: 'fullRecipe',
    label:
      'Robustness by the paper’s full recipe, 60,000 examples and 10 epochs: 1; else 12,000 and 5: 0 (full form on pictures only)',
    unit: '1',
    default: 0,
    min: 0,
    max: 1,
    source: 'guide of the experiments, 6.2: about 10 to 15 minutes more a seed',
  },
] as const satisfies readonly ClaimInput[];

/** Windows of a first look, s: many conditions in two minutes. */
export const glanceWindowS = 0.4;
/** So often the dense layer and the one with zeros are measured in a first look. */
const glanceRepeats = 4;
/** Layouts whose gathered inputs would take more than this are left out at that batch. */
const mostBetweenBytes = 512 * 2 ** 20;

export const layerBatches: Readonly<Record<ClaimForm, readonly number[]>> = {
  glance: [1, 256],
  full: [1, 32, 256],
};
export const choosingBatches: Readonly<Record<ClaimForm, readonly number[]>> = {
  glance: [256],
  full: [1, 256],
};

export function layersInput({ form, seed }: Pick<ClaimOptions, 'form' | 'seed'>): SparseLayersInput {
  if (form === 'glance') {
    return {
      seed,
      layers: [{ size: { inputs: 1024, outputs: 1024 }, layouts: [...glanceLayouts] }],
      choosing: [{ units: 1024, how: ['relu', 'topk'] }],
    };
  }
  return {
    seed,
    layers: [
      { size: { inputs: 1600, outputs: 1500 }, layouts: [...fullLayouts, ...curveLayouts] },
      { size: { inputs: 4096, outputs: 4096 }, layouts: [...fullLayouts] },
    ],
    choosing: [1500, 4608].map((units) => ({ units, how: ['relu', 'topk', 'bisection'] })),
  };
}

/** Why a layout has no place at a batch; null: it is measured. */
export function leftOut(
  layout: Pick<MadeLayout, 'group' | 'kept' | 'betweenBytes'>,
  batch: number,
): string | null {
  if (oneExample(layout.group) && batch > 1) {
    return 'Each example has winners of its own, so this layout takes one example a call.';
  }
  if (layout.group === 'winners-dense' && batch === 1) {
    return 'At batch 1 only the rows of the winners are read.';
  }
  const onCurve = curveLayouts.some((c) => c.group === layout.group && c.kept === layout.kept);
  if (onCurve && batch !== 256) return 'Sparsities in between are measured at batch 256.';
  const bytes = layout.betweenBytes * batch;
  return bytes > mostBetweenBytes
    ? `Its gathered inputs would take ${(bytes / 2 ** 30).toPrecision(2)} GiB.`
    : null;
}

export const conditionKey = (key: string, batch: number, repeat = 1) => `${key}@${batch}#${repeat}`;

/**
 * Everything that is measured of the layers, in an order that spreads the repeats of the dense layer and of the one with
 * zeros. Full form: the dense layer twice, the blocks see to the rest.
 */
export function layerConditions(
  { layouts, choosing }: SparseLayersOutput,
  models: Readonly<Record<string, string>>,
  form: ClaimForm,
): ToMeasure[] {
  const sizes = [...new Set(layouts.map((l) => sizeKey(l.size)))];
  return layerBatches[form].flatMap((batch) => {
    const condition = (key: string, repeat = 1): ToMeasure => ({
      key: conditionKey(key, batch, repeat),
      modelId: models[key]!,
      batch,
    });
    const layers = sizes.flatMap((size) => {
      const own = layouts.filter((l) => sizeKey(l.size) === size && leftOut(l, batch) === null);
      const others = own.filter((l) => !isRepeated(l, form));
      const repeated = own.filter((l) => isRepeated(l, form));
      const repeats = form === 'glance' ? glanceRepeats : 2;
      const part = Math.ceil(others.length / repeats);
      return Array.from({ length: repeats }, (_, r) => [
        ...repeated.map((l) => condition(l.key, r + 1)),
        ...others.slice(r * part, (r + 1) * part).map((l) => condition(l.key)),
      ]).flat();
    });
    const choosers = choosingBatches[form].includes(batch) ? choosing.map((c) => condition(c.key)) : [];
    return [...layers, ...choosers];
  });
}

const isRepeated = ({ group, kept }: LayoutChoice, form: ClaimForm) =>
  group === 'dense' || (form === 'glance' && group === 'masked' && kept === 0.05);

export const repeatsOf = (choice: LayoutChoice, form: ClaimForm) =>
  isRepeated(choice, form) ? (form === 'glance' ? glanceRepeats : 2) : 1;

/** Of the original and of the variant whose zeros are stored: one burst of other work must not make zeros look fast. */
const repeatedKinds: readonly VariantKind[] = ['fp32', 'pruned'];
const glanceVariantRepeats = 3;

/** What is measured of the variants, the repeats of a first look spread over the others. */
export function variantConditions(
  results: readonly { kind: VariantKind; models: readonly string[] }[],
  models: Readonly<Record<string, string>>,
  form: ClaimForm,
): ToMeasure[] {
  const repeats = form === 'glance' ? glanceVariantRepeats : 1;
  return batches.flatMap((batch) => {
    const condition = (key: string, repeat = 1): ToMeasure => ({
      key: conditionKey(key, batch, repeat),
      modelId: models[key]!,
      batch,
    });
    const own = results.filter((r) => r.kind !== 'early-exit' || batch === 1);
    const keysOf = (wanted: boolean) =>
      own.filter((r) => repeatedKinds.includes(r.kind) === wanted).flatMap((r) => r.models);
    const others = keysOf(false);
    const part = Math.ceil(others.length / repeats);
    return Array.from({ length: repeats }, (_, r) => [
      ...keysOf(true).map((key) => condition(key, r + 1)),
      ...others.slice(r * part, (r + 1) * part).map((key) => condition(key)),
    ]).flat();
  });
}

const isPictures = (dataset: string) => dataset === 'mnist';

/** One task a seed, so that a run goes on after the last seed that was done. */
export function robustnessInputs(options: ClaimOptions): RobustnessInput[] {
  const { form, dataset } = options;
  const whole = givenInputs(sparsityInputs, options).fullRecipe.value === 1;
  const pictures = isPictures(dataset);
  const nets: NetKind[] =
    form === 'glance' ? ['dense', 'sparse'] : ['dense', 'sparse', 'weights', 'activations'];
  const size =
    form === 'glance'
      ? { trainExamples: pictures ? 2000 : 4000, testExamples: 2000, epochs: pictures ? 2 : 5 }
      : pictures && whole
        ? { trainExamples: 60_000, testExamples: 10_000, epochs: 10 }
        : { trainExamples: pictures ? 12_000 : 4000, testExamples: 10_000, epochs: pictures ? 5 : 20 };
  return seedList(options).map((own) => ({ dataset, ...size, seed: own, nets }));
}

const glanceKinds: VariantKind[] = ['fp32', 'int8', 'pruned', 'units', 'distilled'];

export function variantsInputs({ form, seed, dataset }: ClaimOptions): SparsityVariantsInput[] {
  const glance = form === 'glance';
  const pictures = isPictures(dataset);
  return seedList({ form, seed }, glance ? 1 : seedsOf(form)).map((own, i) => ({
    dataset,
    trainExamples: pictures && !glance ? 60_000 : 4000,
    testExamples: 10_000,
    seed: own,
    teacherSteps: glance ? 1000 : pictures ? 6000 : 4000,
    fineTuneSteps: glance ? 300 : 1000,
    kinds: glance ? glanceKinds : [...variantKinds],
    makeModels: i === 0,
  }));
}

export const fullBlocks = 3;

export function sparsitySteps(options: ClaimOptions): ClaimStep[] {
  const { form } = options;
  const input = layersInput(options);
  const whole = givenInputs(sparsityInputs, options).fullRecipe.value === 1;
  const made = input.layers.flatMap((l) => l.layouts);
  const perBatch = layerBatches[form].map(
    (batch) => made.filter((l) => leftOut({ ...l, betweenBytes: 0 }, batch) === null).length,
  );
  const layers = perBatch.reduce((a, b) => a + b, 0) + (form === 'glance' ? 14 : 18);
  const seed = robustnessS(options, whole);
  const variants = variantsInputs(options);
  return [
    {
      key: 'layers',
      label: 'Write the layer in every layout and compare',
      expectedS: form === 'glance' ? 3 : 40,
    },
    {
      key: 'layers-measure',
      label: 'Measure the layouts',
      expectedS: Math.round(
        measuringS(layers, form, { blocks: fullBlocks, plans: layerBatches[form].length }),
      ),
    },
    ...variants.map(({ seed: s }, i) => ({
      key: `variants-${i + 1}`,
      label: `Train a network and make its variants, seed ${s}`,
      expectedS: form === 'glance' ? 8 : isPictures(options.dataset) ? 60 : 45,
    })),
    {
      key: 'variants-measure',
      label: 'Measure the variants',
      expectedS: Math.round(
        measuringS(form === 'glance' ? 18 : 22, form, { blocks: fullBlocks, plans: batches.length }),
      ),
    },
    ...robustnessInputs(options).map(({ seed: s }, i) => ({
      key: `robustness-${i + 1}`,
      label: `Train the dense and the sparse network and add noise, seed ${s}`,
      expectedS: seed,
    })),
  ];
}

function robustnessS({ form, dataset }: ClaimOptions, whole: boolean): number {
  if (form === 'glance') return isPictures(dataset) ? 12 : 5;
  if (!isPictures(dataset)) return 30;
  return whole ? 1800 : 200;
}
