import type { ClaimOutcome } from '../../../shared/claim';
import { verdictOfParts } from '../../../shared/verdicts';
import type { Curve, CurvesOutput } from '../lessData/curves';
import type { NetworkKey } from '../lessData/methods';
import type { Bench, ClaimExperiment, Measured } from '../protocol';
import { badgeOf, whyNoEnergy } from './captions';
import { type Cost, judgeLessData, type LessData, methodName } from './lessDataJudge';
import { type LessDataPlan, lessDataInputs, lessDataPlan, stepsInCall } from './lessDataPlan';
import { lessDataFigure, lessDataPublished, lessDataTables } from './lessDataTables';
import { lessDataText } from './lessDataText';
import { type PickInterval, pickGross, pickNet, pickP50 } from './ratio';

/** C6: do better methods need less data? Guide of the experiments, section 7. */
export const lessDataClaim: ClaimExperiment = {
  text: lessDataText,
  inputs: lessDataInputs,
  steps: (options) => {
    const { curves, models, measure, equal } = lessDataPlan(options);
    return [...curves.map((c) => c.step), models, measure, ...equal.map((e) => e.step)];
  },
  run,
};

async function run(bench: Bench): Promise<ClaimOutcome> {
  const plan = lessDataPlan(bench.options);
  const outputs: CurvesOutput[] = [];
  for (const { step, work } of plan.curves) {
    outputs.push((await bench.task(step.key, 'less-data-curves', { ...plan.base, work })).output);
  }
  const curves = outputs.flatMap((o) => o.curves);
  const costs = await costsOf(bench, plan);
  const equal: Curve[] = [];
  for (const { step, method } of plan.equal) {
    // Without the cost of a step there is no equal cost: the comparison is missing, not the first one once more.
    const steps = costs.steps[method] ?? null;
    if (steps === null) continue;
    const { output } = await bench.task(step.key, 'less-data-curves', {
      ...plan.base,
      work: [{ method, steps, most: null }],
      chosen: curves
        .filter((c) => c.method === method)
        .flatMap((c) => c.points.flatMap(({ n, trial }) => (trial ? [{ method, n, trial }] : []))),
    });
    equal.push(...output.curves);
  }
  const data: LessData = { target: plan.target, steps: curves, equal, cost: costs.cost };
  const judged = judgeLessData(bench.criterion.bind(bench), data);
  const parts = judged.map((j) => j.part);
  const verdict = verdictOfParts(parts);
  const by = (wanted: string) =>
    judged.filter((j) => j.part.verdict === wanted).map((j) => methodName[j.method]);
  const [needLess, needMore] = [by('supported'), by('refuted')];
  return {
    verdict,
    sentence: parts
      .slice(0, 2)
      .map((p) => p.sentence)
      .join(' '),
    boundary:
      verdict === 'within_limits'
        ? [
            needLess.length > 0 ? `Less data with ${needLess.join(', ')}.` : '',
            needMore.length > 0 ? `More data with ${needMore.join(', ')}.` : '',
            ...parts.flatMap((p) => p.boundary ?? []),
          ]
            .filter((s) => s !== '')
            .join(' ')
        : null,
    parts,
    tables: lessDataTables(data, judged, costs.perStep),
    figures: [lessDataFigure(data, outputs[0]!.data.name, costs.badge)],
    published: lessDataPublished(data, bench.options.dataset),
    notes: notesOf(plan, data, outputs[0]!.data, whyNoEnergy(bench.options, costs.measured)),
  };
}

export interface StepCost {
  method: NetworkKey;
  /** Of one gradient step: s, and J above idle or in all where a meter measured; null: not measured. */
  seconds: number | null;
  joules: number | null;
}

/** What a step of each network costs, and how many of it cost what the dense network's do. */
async function costsOf(bench: Bench, plan: LessDataPlan) {
  const { options } = bench;
  const { models } = await bench.task(plan.models.key, 'less-data-models', {
    dataset: options.dataset,
    seed: options.seed,
    methods: plan.networks,
    steps: stepsInCall,
  });
  const measured = await bench.measure(
    plan.measure.key,
    plan.networks.map((key) => ({ key, modelId: models[key]!, batch: 1 })),
  );
  const all = plan.networks.map((key) => measured.get(key)!);
  const whole = (pick: PickInterval) => all.every((m) => (pick(m.row).value ?? 0) > 0);
  const pick = whole(pickNet) ? pickNet : whole(pickGross) ? pickGross : null;
  const perCall = (m: Measured, of: PickInterval) => of(m.row).value;
  const cost: Cost = pick ? 'energy' : 'time';
  const costOf = (key: NetworkKey) => perCall(measured.get(key)!, pick ?? pickP50);
  const dense = costOf('dense');
  const steps: Partial<Record<NetworkKey, number | null>> = {};
  for (const key of plan.networks) steps[key] = equalSteps(plan.steps, dense, costOf(key));
  const perStep = plan.networks.map((method): StepCost => {
    const m = measured.get(method)!;
    const [s, j] = [perCall(m, pickP50), pick && perCall(m, pick)];
    return {
      method,
      seconds: s === null ? null : s / stepsInCall,
      joules: j === null ? null : j / stepsInCall,
    };
  });
  return { cost, steps, perStep, badge: pick && badgeOf(all), measured: all };
}

/** Steps that cost what `steps` of the dense network do; between 1 % and 10 times as many. Null where a cost was not measured. */
export function equalSteps(steps: number, dense: number | null, own: number | null): number | null {
  if (!dense || !own) return null;
  return Math.round(Math.min(10 * steps, Math.max(steps / 100, (steps * dense) / own)));
}

function notesOf(
  plan: LessDataPlan,
  { cost, steps }: LessData,
  { name, licence }: CurvesOutput['data'],
  whyNoEnergy: string,
): string[] {
  const { seeds, trials } = plan.base;
  const reduced = steps.find((c) => c.method === 'ridge');
  return [
    `Data: ${name}. ${licence}`,
    `${seeds} seeds; ${trials.network.length} trials of learning rate and momentum for each network and ${trials.ridge.length} of width and ridge strength for kernel ridge regression, at each size.`,
    ...(cost === 'time'
      ? [
          `Energy of training was not measured. ${whyNoEnergy} Equal seconds stand in for equal joules; they are shown and do not decide.`,
        ]
      : []),
    ...(reduced && reduced.points.length < plan.base.sizes.length
      ? [
          `Kernel ridge regression stops at ${reduced.points.at(-1)!.n.toLocaleString('en')} examples in a first look.`,
        ]
      : []),
    'The nearest neighbour answers the first 1,000 test examples. No random forest: the lab has none.',
    'Nearest neighbour and kernel ridge regression have no gradient steps; they are trained to their end in both comparisons.',
  ];
}
