import type { AccuracyRecord } from '../../../shared/accuracy';
import type {
  ClaimOptions,
  ClaimOutcome,
  ClaimPart,
  ClaimStep,
  ClaimVersion,
  Estimate,
  OwnTest,
  ResultTable,
} from '../../../shared/claim';
import { axisWords, estimateText } from '../../../shared/claimWords';
import { LabError } from '../../../shared/errors';
import { axis } from '../../../shared/figures/panels/build';
import { ownClaim } from '../../../shared/figures/panels/own-claim';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { needsData, ownCriterionKeys } from '../../../shared/ownClaimWords';
import { type LawResult, powerLaw } from '../../../shared/stats/powerLaw';
import { logOfInterval, ratioOf } from '../../../shared/stats/ratio';
import { claimVerdictWords, finding, verdictOfFindings } from '../../../shared/verdicts';
import { type Bench, type ClaimExperiment, type Measured, measuringS, type ToMeasure } from '../protocol';
import { badgeOf, whyNoEnergy } from './captions';
import { type OwnQuantity, ownQuantities } from './ownQuantity';
import { betweenRunsRel, measuredRatio } from './ratio';

/** Seconds that a condition takes in each form, for the announcement. */
const accuracyS = 5;

/**
 * The experiment of a claim of the user's own: the ratio of two conditions against a threshold, or the exponent of a power
 * law over models. @throws LabError bad_input where the quantity lacks its data set or the prediction its threshold
 */
export function ownExperiment(version: ClaimVersion): Pick<ClaimExperiment, 'steps' | 'run'> {
  const test = version.test as OwnTest;
  const quantity = ownQuantities[test.quantity];
  refuseIncomplete(version, test, quantity);
  return {
    steps: (options) => stepsOf(test, options),
    run: (bench) => runOwn(bench, test, quantity, version),
  };
}

function refuseIncomplete(version: ClaimVersion, test: OwnTest, quantity: OwnQuantity): void {
  if (needsData(test) && test.dataset === null) {
    throw new LabError(
      'bad_input',
      `${quantity.title} needs labelled data, and the claim names no data set.`,
      'Choose one: thirty-watts data list.',
    );
  }
  const key = ownCriterionKeys[test.kind];
  const [criterion, ...more] = version.prediction.criteria;
  if (criterion?.key !== key || more.length > 0) {
    throw new LabError(
      'bad_input',
      `This claim is judged by one threshold, called “${key}”.`,
      `Give the prediction one criterion with the key “${key}”.`,
    );
  }
}

interface Side {
  /** The model as the claim names it. */
  text: string;
  /** With what sets it apart from the other side. */
  name: string;
  condition: Omit<ToMeasure, 'modelId'>;
}

const sides = (test: OwnTest): Side[] =>
  test.kind === 'ratio'
    ? (['a', 'b'] as const).map((key) => {
        const { model, batch, provider, threads } = test[key];
        const other = test[key === 'a' ? 'b' : 'a'];
        const apart = [
          ...(batch === other.batch ? [] : [`batch ${batch}`]),
          ...(provider === other.provider ? [] : [provider]),
          ...(threads === other.threads ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
        ];
        const name = apart.length === 0 ? model : `${model} (${apart.join(', ')})`;
        return { text: model, name, condition: { key, batch, provider, threads } };
      })
    : test.models.map((text, at) => {
        const { batch, provider, threads } = test;
        return { text, name: text, condition: { key: `model-${at + 1}`, batch, provider, threads } };
      });

function stepsOf(test: OwnTest, { form }: ClaimOptions): ClaimStep[] {
  const all = sides(test);
  const accuracies = needsData(test)
    ? all.map((s) => ({
        key: `accuracy-${s.condition.key}`,
        label: `Accuracy of ${s.text}`,
        expectedS: accuracyS,
      }))
    : [];
  return [
    ...accuracies,
    { key: 'measure', label: 'Measure the conditions', expectedS: measuringS(all.length, form) },
  ];
}

async function runOwn(
  bench: Bench,
  test: OwnTest,
  quantity: OwnQuantity,
  { statement }: ClaimVersion,
): Promise<ClaimOutcome> {
  const all = sides(test).map((s) => ({ ...s, model: bench.model(s.text) }));
  const accuracies = new Map<string, AccuracyRecord>();
  if (needsData(test)) {
    for (const { condition, model } of all) {
      const record = await bench.accuracy(`accuracy-${condition.key}`, model.id, test.dataset as string);
      accuracies.set(condition.key, record);
    }
  }
  const measured = await bench.measure(
    'measure',
    all.map(({ condition, model }) => ({ ...condition, modelId: model.id })),
  );
  const rows = all.map(({ condition, name }) => ({
    text: name,
    measured: measured.get(condition.key) as Measured,
    accuracy: accuracies.get(condition.key) ?? null,
  }));
  const judged =
    test.kind === 'ratio' ? judgeRatio(bench, quantity, rows) : judgeCurve(bench, test, quantity, rows);
  const { part, figure } = judged;
  return {
    verdict: part.verdict,
    sentence: part.sentence,
    boundary: null,
    parts: [{ ...part, title: statement }],
    tables: [tableOf(quantity, rows)],
    figures: [figure],
    published: [],
    notes: notesOf(bench, rows),
  };
}

interface OwnRow {
  text: string;
  measured: Measured;
  accuracy: AccuracyRecord | null;
}

/** Why a quantity of a run is not there, in a sentence. */
function missingOf(
  { options }: Pick<Bench, 'options'>,
  quantity: OwnQuantity,
  rows: readonly OwnRow[],
): string {
  const failed = rows.find((r) => r.measured.row.failure !== null);
  if (failed) return `${failed.text} could not be measured: ${failed.measured.row.failure}`;
  if (quantity.energy)
    return rows.some((r) => r.measured.row.grossJ.value !== null)
      ? `${quantity.title} could not be told for both: a first look has no idle time beside its windows, and a window may be too short for the meter.`
      : `Energy was not measured. ${whyNoEnergy(
          options,
          rows.map((r) => r.measured),
        )}`;
  if (rows.some((r) => r.accuracy !== null))
    return 'One side has no right answer, so no ratio and no exponent can be formed.';
  return `${quantity.title} could not be told from these windows.`;
}

function estimateOf(quantity: OwnQuantity, { measured, accuracy }: OwnRow): Estimate | null {
  const { value, low, high } = quantity.pick(measured.row, accuracy);
  return value === null ? null : { value, low: low ?? value, high: high ?? value };
}

type Judged = { part: ClaimPart; figure: PanelFigure };

function judgeRatio(bench: Bench, quantity: OwnQuantity, rows: readonly OwnRow[]): Judged {
  const criterion = bench.criterion(ownCriterionKeys.ratio);
  const [a, b] = rows as [OwnRow, OwnRow];
  const ratio = ratioOfSides(quantity, a, b);
  const found = finding(criterion, `${a.text} over ${b.text}`, {
    value: ratio,
    missing: missingOf(bench, quantity, rows),
    n: Math.min(a.measured.turns.length, b.measured.turns.length),
  });
  const verdict = verdictOfFindings([found]);
  const sentence =
    found.value === null
      ? (found.missing as string)
      : `${quantity.title} of ${a.text} over that of ${b.text}: ${estimateText(found.value, '1')}. The claim is ${claimVerdictWords[verdict]}.`;
  const figure = ownClaim({
    title: `${a.text} over ${b.text}`,
    caption: `${quantity.title}, median over windows with its 95 % interval; ${a.measured.turns.length} turns each.`,
    badge: badgeOf(rows.map((r) => r.measured)),
    panels: [
      {
        key: 'sides',
        x: axis('Condition (first = 1, second = 2)', 'linear', { domain: [0, 3] }),
        y: axis(`${quantity.title} (${quantity.unit})`, 'linear', { fromZero: true }),
        series: rows.map((row, at) => ({
          key: `side-${at + 1}`,
          name: row.text,
          line: 'none' as const,
          points: [{ x: at + 1, y: estimateOf(quantity, row), n: row.measured.row.n }],
        })),
      },
    ],
  });
  return {
    part: { key: 'ratio', title: '', verdict, sentence, boundary: null, findings: [found] },
    figure,
  };
}

/**
 * a over b. Accuracies come from test examples, so what a machine does between two runs does not touch them, and a pair of
 * equal turns says nothing of them; right answers per joule take the energy from the pairs and the accuracy beside it.
 */
function ratioOfSides(quantity: OwnQuantity, a: OwnRow, b: OwnRow): Estimate | null {
  if (!a.accuracy && !b.accuracy)
    return measuredRatio(a.measured, b.measured, (row) => quantity.pick(row, null));
  const [x, y] = [a.accuracy, b.accuracy].map((r) => r && logOfInterval(r.accuracy));
  const accuracies = x && y ? ratioOf(x, y) : null;
  if (!quantity.energy) return accuracies;
  const { itemsPerJoule } = ownQuantities;
  const energies = measuredRatio(a.measured, b.measured, (row) => itemsPerJoule.pick(row, null));
  return accuracies && energies && product(accuracies, energies);
}

/** Product of two independent positive estimates: half-widths of the logarithms in quadrature. */
function product(a: Estimate, b: Estimate): Estimate {
  const value = a.value * b.value;
  const down = Math.hypot(Math.log(a.value / a.low), Math.log(b.value / b.low));
  const up = Math.hypot(Math.log(a.high / a.value), Math.log(b.high / b.value));
  return { value, low: value * Math.exp(-down), high: value * Math.exp(up) };
}

function judgeCurve(
  bench: Bench,
  test: Extract<OwnTest, { kind: 'curve' }>,
  quantity: OwnQuantity,
  rows: readonly OwnRow[],
): Judged {
  const criterion = bench.criterion(ownCriterionKeys.curve);
  const points = rows.flatMap((row) => {
    const [x, y] = [row.measured.row[test.x], estimateOf(quantity, row)];
    return x === null || y === null || !(x > 0) || !(y.value > 0) ? [] : [{ x, y, row }];
  });
  const fit: LawResult =
    points.length === 0
      ? { kind: 'none', reason: missingOf(bench, quantity, rows) }
      : powerLaw(
          points.map(({ x, y, row }) => ({
            x,
            y: y.value,
            u: relativeOf(y),
            group: row.measured.row.modelId,
          })),
          bench.options.seed,
        );
  const law = fit.kind === 'law' ? fit.law : null;
  const found = finding(criterion, `${points.length} models`, {
    value: law?.exponent ?? null,
    missing: fit.kind === 'none' ? `No exponent: ${fit.reason}.` : null,
    n: points.length,
  });
  const verdict = verdictOfFindings([found]);
  const sentence =
    found.value === null
      ? (found.missing as string)
      : `${quantity.title} grows with the power ${estimateText(found.value, '1')} of ${axisWords[test.x]}. The claim is ${claimVerdictWords[verdict]}.`;
  const figure = ownClaim({
    title: law ? `${quantity.title}: exponent ${law.exponent.value.toFixed(2)}` : quantity.title,
    caption: `${quantity.title}, median over windows with its 95 % interval; ${law ? law.method : (found.missing ?? '')}.`,
    badge: badgeOf(rows.map((r) => r.measured)),
    panels: [
      {
        key: 'curve',
        x: axis(axisWords[test.x], 'log'),
        y: axis(`${quantity.title} (${quantity.unit})`, 'log'),
        series: [
          {
            key: 'models',
            name: 'models',
            line: 'none',
            points: points.map(({ x, y, row }) => ({ x, y, n: row.measured.row.n, label: row.text })),
          },
        ],
        guides: law
          ? [
              {
                kind: 'slope',
                slope: law.exponent.value,
                through: [law.centre, Math.exp(law.level)],
                label: `exponent ${law.exponent.value.toFixed(2)}`,
              },
            ]
          : [],
      },
    ],
  });
  return {
    part: { key: 'curve', title: '', verdict, sentence, boundary: null, findings: [found] },
    figure,
  };
}

/** Relative standard uncertainty from a 95 % interval. */
const relativeOf = ({ value, low, high }: Estimate) => (high - low) / (2 * 1.96 * value);

function tableOf(quantity: OwnQuantity, rows: readonly OwnRow[]): ResultTable {
  return {
    key: 'conditions',
    title: 'What was measured',
    columns: [
      { key: 'model', title: 'Model', unit: '' },
      { key: 'batch', title: 'Batch', unit: '' },
      { key: 'parameters', title: 'Parameters', unit: '' },
      { key: 'value', title: quantity.title, unit: quantity.unit },
      { key: 'turns', title: 'Turns', unit: '' },
    ],
    rows: rows.map((row) => [
      row.text,
      row.measured.batch,
      row.measured.row.parameters,
      estimateOf(quantity, row),
      row.measured.turns.length,
    ]),
    note: null,
  };
}

function notesOf({ options }: Bench, rows: readonly OwnRow[]): string[] {
  const single = rows.every((r) => r.measured.turns.length < 2);
  return [
    ...(options.form === 'glance' ? ['A first look: one short window each.'] : []),
    ...(single
      ? [
          `The conditions were measured one after the other, so a further ${100 * betweenRunsRel} % a run stands for what the machine does in between.`,
        ]
      : []),
  ];
}
