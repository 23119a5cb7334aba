import type { ClaimOutcome, ResultTable } from '../../../shared/claim';
import { verdictOfParts } from '../../../shared/verdicts';
import type { Bench, ClaimExperiment, Measured } from '../protocol';
import type { MadeLayout, SparseLayersOutput } from '../sparsity/layersTask';
import type { RobustnessOutput } from '../sparsity/robustnessTask';
import type { SparsityVariantsOutput } from '../sparsity/variantsTask';
import { badgeOf, threadsText, whyNoEnergy } from './captions';
import { perQuery, pickP50 } from './ratio';
import { noiseFigure, speedupFigures } from './sparsityFigures';
import { isControl, judgeLayers, layersTable, timesText } from './sparsityLayers';
import { type LayerRow, layerRows } from './sparsityMeasured';
import {
  choosingBatches,
  conditionKey,
  fullBlocks,
  glanceWindowS,
  layerConditions,
  layersInput,
  robustnessInputs,
  sparsityInputs,
  sparsitySteps,
  variantConditions,
  variantsInputs,
} from './sparsityPlan';
import { judgeRobustness, robustnessTable, sparsityPublished } from './sparsityRobust';
import { sparsityText } from './sparsityText';
import { judgeVariants, variantRows, variantsTable } from './sparsityVariants';

/** C5: do sparse networks do the same work for less? Guide of the experiments, sections 6 and 12. */
export const sparsityClaim: ClaimExperiment = {
  text: sparsityText,
  inputs: sparsityInputs,
  steps: sparsitySteps,
  async run(bench): Promise<ClaimOutcome> {
    const { options } = bench;
    const { form, provider, dataset } = options;
    const layers = await bench.task('layers', 'sparse-layers', layersInput(options));
    const measured = await measure(
      bench,
      'layers-measure',
      layerConditions(layers.output, layers.models, form),
    );
    const rows = layerRows(layers.output.layouts, measured, form);

    const variants = await makeVariants(bench);
    const variantTimes = await measure(bench, 'variants-measure', variants.conditions);
    const variantOf = variantRows(variants.seeds, variantTimes);

    const seeds: RobustnessOutput[] = [];
    for (const [i, input] of robustnessInputs(options).entries()) {
      seeds.push((await bench.task(`robustness-${i + 1}`, 'sparse-robustness', input)).output);
    }

    const criterion = bench.criterion.bind(bench);
    const layersPart = judgeLayers(criterion, rows, provider);
    const parts = [
      layersPart.part,
      judgeVariants(criterion, variantOf, { provider, dataset }),
      judgeRobustness(criterion, seeds, dataset),
    ];
    const about = `${bench.machine.cpu.model}, ${provider}, ${threadsText(options)}.`;
    const verdict = verdictOfParts(parts);
    const boundaries = parts.flatMap((p) => p.boundary ?? []);
    return {
      verdict,
      sentence: parts.map((p) => p.sentence).join(' '),
      boundary: verdict === 'within_limits' ? boundaries.join(' ') || otherwise(parts) : null,
      parts,
      tables: [
        layersTable(rows, layersPart.judged),
        choosingTable(layers.output, measured, form),
        variantsTable(variantOf, variants.seeds[0]!),
        robustnessTable(seeds),
      ],
      figures: [...speedupFigures(rows, about, badgeOf(measured.values())), noiseFigure(seeds, dataset)],
      published: sparsityPublished(seeds, bestComplementary(rows)),
      notes: notesOf(bench, rows, layers.output.layouts, [...measured.values(), ...variantTimes.values()]),
    };
  },
};

const measure = (bench: Bench, step: string, conditions: Parameters<Bench['measure']>[1]) =>
  bench.measure(
    step,
    conditions,
    bench.options.form === 'glance' ? { windowS: glanceWindowS } : { blocks: fullBlocks },
  );

/** Every seed; only the first one's models are measured. */
async function makeVariants(bench: Bench) {
  const seeds: SparsityVariantsOutput[] = [];
  const models: Record<string, string> = {};
  for (const [i, input] of variantsInputs(bench.options).entries()) {
    const { output, models: made } = await bench.task(`variants-${i + 1}`, 'sparsity-variants', input);
    seeds.push(output);
    Object.assign(models, made);
  }
  const conditions = variantConditions(seeds[0]!.results, models, bench.options.form);
  return { seeds, conditions };
}

/** Where parts differ as wholes. */
const otherwise = (parts: ClaimOutcome['parts']) =>
  parts.map((p) => `${p.title} ${verdictWord(p.verdict)}.`).join(' ');
const verdictWord = (verdict: ClaimOutcome['verdict']) =>
  ({
    supported: 'Yes',
    refuted: 'No',
    within_limits: 'In part',
    inconclusive: 'Open',
    not_measured: 'Not measured',
  })[verdict];

function bestComplementary(rows: readonly LayerRow[]): string | null {
  const found = rows
    .filter((r) => r.layout.group === 'complementary' && r.speedup)
    .sort((a, b) => b.speedup!.value - a.speedup!.value)[0];
  return found ? `${timesText(found.speedup!)} (${found.layout.name})` : null;
}

const chooserNames = {
  relu: 'ReLU',
  topk: 'k-WTA 10 % by TopK',
  bisection: 'k-WTA 10 % by 20 bisections',
} as const;

/** What choosing winners costs, beside an ordinary activation. */
function choosingTable(
  { choosing }: SparseLayersOutput,
  measured: ReadonlyMap<string, Measured>,
  form: Bench['options']['form'],
): ResultTable {
  const batches = choosingBatches[form];
  return {
    key: 'choosing',
    title: 'What choosing the winners costs',
    columns: [
      { key: 'units', title: 'Units', unit: '' },
      { key: 'activation', title: 'Activation', unit: '' },
      ...batches.map((batch) => ({
        key: `time-${batch}`,
        title: `Time of a query, batch ${batch}`,
        unit: 's',
      })),
    ],
    rows: choosing.map(({ key, units, how }) => [
      units,
      chooserNames[how],
      ...batches.map((batch) => {
        const own = measured.get(conditionKey(key, batch));
        return own ? perQuery(own, pickP50) : null;
      }),
    ]),
    note: 'The activation alone. TopK is what the k-WTA layouts above use; bisection needs only operators that WebGPU has.',
  };
}

function notesOf(
  { options }: Bench,
  rows: readonly LayerRow[],
  layouts: readonly MadeLayout[],
  measured: readonly Measured[],
): string[] {
  const disturbed = measured.filter(({ row }) =>
    row.latencyCodes.some((code) => code === 'BACKGROUND_LOAD' || code === 'UNSTABLE_LATENCY'),
  ).length;
  const above = rows.filter(
    ({ speedup, layout }) =>
      speedup && speedup.low > (1.5 * layout.denseMacs) / layout.macs && !isControl(layout.group),
  ).length;
  const energy = rows.filter((r) => r.energyRatio).length;
  const worst = Math.max(...layouts.map((l) => l.difference));
  return [
    ...(energy === 0
      ? [`Energy was not measured. ${whyNoEnergy(options, measured)} Time decides, and is called so.`]
      : []),
    ...(disturbed > 0
      ? [
          `Other work or unsteady times disturbed ${disturbed} of ${measured.length} measurements: their ratios are less sure than their intervals say. Measure again on a quiet machine.`,
        ]
      : []),
    ...(above > 0
      ? [
          `In ${above} conditions the speed-up is well above the multiplications saved: the dense layer also leaves the caches, or other work struck it harder, being longer.`,
        ]
      : []),
    `Every layout was compared with the dense layer of the same weights before it was measured; the largest difference was ${(100 * worst).toPrecision(2)} % (int8 and int4 round their inputs).`,
    'The input of a measurement is made up, uniform from −1 to 1: no input is zero, so nothing is saved that a real input would not save.',
    ...(options.form === 'glance'
      ? [
          'A first look: one layer size, one training of the variants, small networks, short windows. The full form has the guide’s sizes, all layouts and five seeds.',
        ]
      : []),
  ];
}
