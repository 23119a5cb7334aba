import type { Cell, ClaimOutcome, ClaimPart, Criterion, Estimate, ResultTable } from '../../../shared/claim';
import { numberText } from '../../../shared/claimWords';
import { essay } from '../../../shared/essay';
import { everydayText, everydayUnits, inEverydayUnits, joulesPerWh } from '../../../shared/everyday';
import { brainScale } from '../../../shared/figures/panels/brain-scale';
import { powerLaw } from '../../../shared/stats/powerLaw';
import { finding, verdictOfFindings, verdictOfParts } from '../../../shared/verdicts';
import { type Bench, type ClaimExperiment, type Measured, measuringS } from '../protocol';
import { equalities, furthest, premises } from './brainFigures';
import { brainText } from './brainText';
import { badgeOf, whyNoEnergy } from './captions';
import { exactly, over } from './estimates';
import { perQuery, pickGross, pickP50 } from './ratio';

/** Sizes of the models that are measured: six, as a power law needs; the full form goes on to 10^8. */
const sizes = {
  glance: [1e4, 5e4, 2e5, 1e6, 4e6, 2e7],
  full: [1e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8],
} as const;
const brainYear = 365.25 * 86_400;

/** C8: the essay's arithmetic, its premises, and the lab's own models on the brain's scale. Guide, section 9. */
export const brainClaim: ClaimExperiment = {
  text: brainText,
  usesData: false,
  steps: ({ form }) => [
    {
      key: 'measure',
      label: 'Measure built models of growing size',
      expectedS: measuringS(sizes[form].length, form),
    },
  ],
  async run(bench) {
    const models = sizes[bench.options.form].map((size) => bench.model(`mlp:${size}`));
    const measured = await bench.measure(
      'measure',
      models.map((model) => ({ key: model.id, modelId: model.id, batch: 1 })),
    );
    return brainOutcome(
      bench,
      models.flatMap(({ id }) => measured.get(id) ?? []),
    );
  },
};

/** The outcome from what was measured. Pure. */
export function brainOutcome(
  bench: Pick<Bench, 'criterion' | 'options'>,
  measured: readonly Measured[],
): ClaimOutcome {
  const parts = [
    arithmetic(bench.criterion('arithmetic')),
    premisesPart(bench.criterion('premise')),
    comparison(bench, measured),
  ];
  const [sums, inputs] = parts as [ClaimPart, ClaimPart, ClaimPart];
  // That the third is never measured is part of the claim's reading, so it does not decide.
  const verdict = verdictOfParts([sums, inputs]);
  return {
    verdict,
    sentence: `${sums.sentence} ${inputs.sentence} A brain and a machine cannot be compared by measurement.`,
    boundary: verdict === 'within_limits' ? inputs.boundary : null,
    parts,
    tables: [equalityTable(), premiseTable(), modelTable(measured), trainingTable()],
    figures: [figureOf(bench, measured)],
    published: [],
    notes: notesOf(measured),
  };
}

function arithmetic(criterion: Criterion): ClaimPart {
  const findings = equalities.map(({ text, stated, recomputed, missing }) =>
    finding(criterion, text, {
      value: recomputed === null ? null : exactly(Math.abs(stated / recomputed - 1)),
      missing,
      shownOnly: recomputed === null,
    }),
  );
  const right = findings.filter((f) => f.state === 'holds').length;
  const told = findings.filter((f) => !f.shownOnly).length;
  return {
    key: 'arithmetic',
    title: 'Do the essay’s equalities follow from its inputs?',
    verdict: verdictOfFindings(findings),
    sentence: `${right} of ${told} equalities that the essay’s own inputs can tell hold within ${100 * criterion.threshold} %.`,
    boundary: null,
    findings,
  };
}

function premisesPart(criterion: Criterion): ClaimPart {
  const findings = premises.map((premise) =>
    finding(criterion, premise.text, { value: exactly(furthest(premise)) }),
  );
  const flagged = premises.filter((_, i) => findings[i]!.state !== 'holds');
  const verdict = verdictOfFindings(findings);
  const list = flagged.map((p) => `“${p.text}” (by ${numberText(furthest(p), '1')})`).join(', ');
  return {
    key: 'premises',
    title: 'Do the essay’s inputs agree with other estimates?',
    verdict,
    sentence:
      flagged.length === 0
        ? `All ${premises.length} inputs are within a factor of ${criterion.threshold} of other estimates.`
        : `${flagged.length} of ${premises.length} inputs differ from another estimate by more than a factor of ${criterion.threshold}: ${list}.`,
    boundary:
      verdict === 'within_limits'
        ? `The arithmetic holds, and of the inputs the power of a brain; not ${list}.`
        : null,
    findings,
  };
}

function comparison({ options }: Pick<Bench, 'options'>, measured: readonly Measured[]): ClaimPart {
  const energy = measured.some((m) => m.row.grossJ.value !== null);
  return {
    key: 'comparison',
    title: 'Is a brain more efficient than these machines?',
    verdict: 'not_measured',
    sentence: `Not measured, and not measurable here: nobody knows what an inference of a brain is.${energy ? ' The models below show the scale.' : ` Energy of the models was not measured either. ${whyNoEnergy(options, measured)}`}`,
    boundary: null,
    findings: [],
  };
}

/** Non-zero multiply-accumulates per joule: how often a parameter is used for each joule. */
function usesPerJoule(m: Measured): Estimate | null {
  const [uses, energy] = [m.row.macsEffective ?? m.row.macs, perQuery(m, pickGross)];
  if (uses === null || energy === null || !(energy.low > 0)) return null;
  return over(uses, energy);
}

function parametersPerWatt({ row }: Measured): number | null {
  return row.parameters === null || row.powerMeanW === null ? null : row.parameters / row.powerMeanW;
}

function modelTable(measured: readonly Measured[]): ResultTable {
  return {
    key: 'models',
    title: 'The lab’s own models',
    columns: [
      { key: 'model', title: 'Model', unit: '' },
      { key: 'parameters', title: 'Parameters', unit: '' },
      { key: 'time', title: 'Time per inference', unit: 's' },
      { key: 'energy', title: 'Energy per inference', unit: 'J' },
      { key: 'uses', title: 'Uses of a parameter per joule', unit: '1/J' },
      { key: 'perWatt', title: 'Parameters per watt', unit: '1/W' },
      { key: 'brain', title: 'As much as', unit: '' },
    ],
    rows: measured.map((m): Cell[] => {
      const energy = perQuery(m, pickGross);
      return [
        m.row.modelName,
        m.row.parameters,
        perQuery(m, pickP50),
        energy,
        usesPerJoule(m),
        parametersPerWatt(m),
        energy === null ? null : inEverydayUnits(energy)[0]!.text,
      ];
    }),
    note: 'For a brain: 10¹⁴ synapses × 1 Hz / 20 W = 5 × 10¹² uses per joule, with 0.1 to 10 Hz as the band; derived, and the rate is an assumption. SambaNova’s 10¹² parameters are a composition of 150 experts of which one answers: about 0.7 % of them are active, so it is read as 10¹² total and 7 × 10⁹ active parameters.',
  };
}

function equalityTable(): ResultTable {
  return {
    key: 'equalities',
    title: 'The essay’s arithmetic',
    columns: [
      { key: 'text', title: 'Equality', unit: '' },
      { key: 'stated', title: 'Stated', unit: '' },
      { key: 'recomputed', title: 'Recomputed', unit: '' },
      { key: 'unit', title: 'Unit', unit: '' },
    ],
    rows: equalities.map((e) => [e.text, e.stated, e.recomputed, e.unit]),
    note: `10¹⁴ parameters on 30 W are ${numberText(essay.brainParameters / essay.brainPowerW, '1')} per watt; over 10¹³ to 10¹⁵ synapses at 20 W, 5 × 10¹¹ to 5 × 10¹³.`,
  };
}

function premiseTable(): ResultTable {
  return {
    key: 'premises',
    title: 'The essay’s inputs beside other estimates',
    columns: [
      { key: 'text', title: 'Input', unit: '' },
      { key: 'essay', title: 'Essay', unit: '' },
      { key: 'low', title: 'Others, lowest', unit: '' },
      { key: 'high', title: 'Others, highest', unit: '' },
      { key: 'unit', title: 'Unit', unit: '' },
      { key: 'factor', title: 'Furthest apart by', unit: '1' },
      { key: 'sources', title: 'Sources', unit: '' },
    ],
    rows: premises.map((p) => [p.text, p.essay, p.others.low, p.others.high, p.unit, furthest(p), p.sources]),
    note: null,
  };
}

/** GPT-3's training in everyday units, by both estimates. */
function trainingTable(): ResultTable {
  const trainings = [
    { text: 'GPT-3, as in the essay', wh: essay.gpt3TrainingWh },
    { text: 'GPT-3, Patterson et al. 2021 (second-hand)', wh: 1287e6 },
    { text: 'GPT-3, Carbontracker (The Register, 2020-11-04)', wh: 190e6 },
  ];
  const units = everydayUnits.filter((u) => u.key !== 'gpt3' && u.key !== 'bulb-30');
  return {
    key: 'everyday',
    title: 'A training in everyday units',
    columns: [
      { key: 'training', title: 'Training', unit: '' },
      { key: 'joules', title: 'Energy', unit: 'J' },
      ...units.map((u) => ({ key: u.key, title: u.unit === 's' ? `years ${u.name}` : u.name, unit: '' })),
    ],
    rows: trainings.map(({ text, wh }) => {
      const joules = wh * joulesPerWh;
      return [text, joules, ...units.map((u) => joules / u.joules.value / (u.unit === 's' ? brainYear : 1))];
    }),
    note: `Sources: ${units.map((u) => `${u.name}: ${u.source}`).join('; ')}.`,
  };
}

function figureOf({ options }: Pick<Bench, 'options'>, measured: readonly Measured[]) {
  const points = measured.flatMap((m) => {
    const y = usesPerJoule(m);
    return m.row.parameters === null || y === null
      ? []
      : [{ x: m.row.parameters, y, n: m.row.n, label: m.row.modelName, id: m.row.modelId }];
  });
  const fit =
    points.length === 0
      ? null
      : powerLaw(
          points.map(({ x, y, id }) => ({
            x,
            y: y.value,
            u: (y.high - y.low) / (3.92 * y.value),
            group: id,
          })),
          options.seed,
        );
  const law = fit?.kind === 'law' ? fit.law : null;
  const at = (x: number) => Math.exp(law!.level) * (x / law!.centre) ** law!.exponent.value;
  return brainScale({
    title: law
      ? `Uses of a parameter per joule change with the power ${law.exponent.value.toFixed(2)} of size`
      : 'The brain beside the lab’s models',
    caption: `Non-zero multiply-accumulates per joule, gross, one inference; 95 % interval over windows.${law ? ` Line: ${law.method}; dotted beyond the data.` : ''}`,
    badge: badgeOf(measured),
    quantity: 'usesPerJoule',
    series: [
      {
        key: 'models',
        name: 'built models',
        points: points.map(({ x, y, n, label }) => ({ x, y, n, label })),
        estimated: measured.some((m) => m.row.provenance === 'estimate'),
      },
      ...(law
        ? [
            {
              key: 'extrapolation',
              like: 'models',
              name: 'continued',
              line: 'dotted' as const,
              marks: false,
              extrapolated: true,
              points: [law.to, essay.brainParameters].map((x) => ({ x, y: at(x) })),
            },
          ]
        : []),
    ],
  });
}

function notesOf(measured: readonly Measured[]): string[] {
  const largest = measured.at(-1);
  const energy = largest ? perQuery(largest, pickGross) : null;
  return [
    'Estimates of others marked second-hand were read in somebody else’s account of them.',
    ...(energy && largest
      ? [
          `One inference of ${largest.row.modelName} takes ${everydayText(energy.value / 20, everydayUnits[0]!)}.`,
        ]
      : ['Energy was not measured, so the models have no place on the energy scale.']),
  ];
}
