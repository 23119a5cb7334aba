import type { ClaimOptions, ClaimOutcome, ClaimStep } from '../../../shared/claim';
import { estimateText } from '../../../shared/claimWords';
import { powerLaw } from '../../../shared/stats/powerLaw';
import { mean } from '../../../shared/stats/robust';
import {
  type Bench,
  batches,
  type ClaimExperiment,
  type Measured,
  measuringS,
  seedsOf,
  type ToMeasure,
} from '../protocol';
import {
  decodersThatFit,
  decoderTargets,
  examplesOf,
  type Ladder,
  laddersOf,
  mixture,
  type Rung,
} from '../size/ladders';
import type { TrainedRung, TrainLadderInput } from '../size/trainLadder';
import { measuredRatio, pickGross, pickP50 } from './ratio';
import { allMeasured, costOf, type SizeData, type SizeLadder, type SizePoint } from './sizeData';
import { sizeFigures } from './sizeFigures';
import { sizeCriteria } from './sizeJudge';
import { judgeAll, sizePart } from './sizeParts';
import { costTable, decoderTable, exponentTable, qualityTable, trillionTable } from './sizeTables';
import { sizePublished, sizeText, trillionNote } from './sizeText';

/** C1: does quality per joule fall as models grow? Guide of the experiments, section 2. */
export const sizeClaim: ClaimExperiment = { text: sizeText, steps: stepsOf, run: runSize };

/** Too short for energy, s. */
const shortWindowS = 0.8;
/** Seconds of the training of a rung and seed, by form. */
const trainingS = { glance: { mlp: 1.2, cnn: 3 }, full: { mlp: 8, cnn: 40 } } as const;

const isFull = (options: ClaimOptions) => options.form === 'full';

/** One task for a ladder at a glance; one a rung in the full form, so that a resumed run loses one rung at most. */
const trainingSteps = (ladder: Ladder, { form }: ClaimOptions): { key: string; rungs: readonly Rung[] }[] =>
  form === 'glance'
    ? [{ key: `train-${ladder.key}`, rungs: ladder.rungs }]
    : ladder.rungs.map((rung) => ({ key: `train-${rung.key}`, rungs: [rung] }));

function stepsOf(options: ClaimOptions): ClaimStep[] {
  const { form } = options;
  const ladders = laddersOf(form);
  const seeds = seedsOf(form);
  const seconds = (conditions: number, blocks?: number) => measuringS(conditions, form, { blocks });
  const training = ladders.flatMap((ladder) =>
    trainingSteps(ladder, options).map(({ key, rungs }) => ({
      key,
      label: `Train the ${ladder.name}${rungs.length === 1 ? `: ${rungs[0]!.key}` : ''}`,
      expectedS: rungs.length * seeds * trainingS[form][ladder.key],
    })),
  );
  const measuring = ladders.flatMap((ladder) =>
    batches.map((batch) => ({
      key: measureKey(ladder, batch),
      label: `Measure the ${ladder.name} at batch ${batch}`,
      expectedS: seconds(ladder.rungs.length + (isFull(options) && ladder.key === 'mlp' ? 1 : 0), 5),
    })),
  );
  return [
    ...training,
    ...(isFull(options)
      ? [
          {
            key: 'train-mixture',
            label: 'Train the mixture of experts',
            expectedS: mixture.experts * seeds * 2,
          },
        ]
      : []),
    ...measuring,
    ...(isFull(options)
      ? [
          {
            key: 'measure-training',
            label: 'Measure what training costs',
            expectedS: seconds(ladders[0]!.rungs.length),
          },
        ]
      : []),
    {
      key: 'measure-decoders',
      label: 'Measure decoders of growing size',
      expectedS: seconds(decoderTargets[form].length),
    },
  ];
}

const measureKey = (ladder: Pick<Ladder, 'key'>, batch: number) => `measure-${ladder.key}-batch-${batch}`;

interface TrainedLadder {
  ladder: Ladder;
  rungs: TrainedRung[];
  models: Record<string, string>;
}

async function runSize(bench: Bench): Promise<ClaimOutcome> {
  const { options } = bench;
  const { form } = options;
  const ladders = laddersOf(form);
  const trained: TrainedLadder[] = [];
  let data = { name: options.dataset, classes: 0 };
  for (const ladder of ladders) {
    const one: TrainedLadder = { ladder, rungs: [], models: {} };
    for (const { key, rungs } of trainingSteps(ladder, options)) {
      const { output, models } = await bench.task(key, 'size-ladder', taskInput(options, ladder, rungs));
      one.rungs.push(...output.rungs);
      Object.assign(one.models, models);
      data = output.data;
    }
    trained.push(one);
  }
  const experts = isFull(options) ? await trainMixture(bench, ladders[0]!) : null;
  const measured = new Map<string, Measured>();
  for (const { ladder, rungs, models } of trained) {
    for (const batch of batches) {
      const conditions = rungs.map((r): ToMeasure => ({ key: r.key, modelId: models[r.key]!, batch }));
      if (experts && ladder.key === 'mlp') {
        conditions.push({ key: 'mixture', modelId: experts.model, batch });
      }
      const found = await bench.measure(measureKey(ladder, batch), conditions, { blocks: 5 });
      for (const [key, value] of found) measured.set(`${key} ${batch}`, value);
    }
  }
  const trainings = isFull(options)
    ? await bench.measure(
        'measure-training',
        trained[0]!.rungs.map((r) => ({
          key: r.key,
          modelId: trained[0]!.models[`${r.key}-training`]!,
          batch: 1,
        })),
      )
    : new Map<string, Measured>();
  const decoders = await bench.measure(
    'measure-decoders',
    decodersThatFit(form, bench.machine.memoryBytes).map((parameters) => ({
      key: `decoder-${parameters}`,
      modelId: bench.model(`decoder:${parameters}`).id,
      batch: 1,
    })),
    // Shown beside the ladder: a first look spends its windows for energy on what decides.
    form === 'glance' ? { windowS: shortWindowS } : {},
  );
  const pointOf = (rung: TrainedRung, active = rung.parameters): SizePoint => ({
    ...rung,
    active,
    measured: Object.fromEntries(
      batches.flatMap((batch) => {
        const m = measured.get(`${rung.key} ${batch}`);
        return m ? [[batch, m]] : [];
      }),
    ),
    training: trainings.get(rung.key) ?? null,
  });
  return outcomeOf(bench, {
    options,
    classes: data.classes,
    dataName: data.name,
    ladders: trained.map(
      ({ ladder, rungs }): SizeLadder => ({
        key: ladder.key,
        name: ladder.name,
        points: rungs.map((r) => pointOf(r)),
      }),
    ),
    mixture: experts && pointOf({ key: 'mixture', ...experts.output }, experts.output.active),
    decoders: [...decoders.values()],
  });
}

function taskInput(options: ClaimOptions, ladder: Ladder, rungs: readonly Rung[]): TrainLadderInput {
  const full = isFull(options);
  return {
    dataset: options.dataset,
    seed: options.seed,
    seeds: seedsOf(options.form),
    ...examplesOf(options.form),
    rungs,
    recipe: ladder.recipe,
    early: full && ladder.key === 'mlp',
    trainingModels: full && ladder.key === 'mlp',
  };
}

async function trainMixture(bench: Bench, ladder: Ladder) {
  const { options } = bench;
  const { output, models } = await bench.task('train-mixture', 'size-mixture', {
    dataset: options.dataset,
    seed: options.seed,
    seeds: seedsOf(options.form),
    ...examplesOf(options.form),
    ...mixture,
    recipe: ladder.recipe,
  });
  return { output, model: models.mixture! };
}

/** Everything that is said, from what was measured. Pure but for the thresholds it reads. */
export function outcomeOf(bench: Pick<Bench, 'criterion'>, data: SizeData): ClaimOutcome {
  const criteria = {
    small: bench.criterion(sizeCriteria.small),
    largest: bench.criterion(sizeCriteria.largest),
  };
  const [energy, time] = [judgeAll(data, 'energy'), judgeAll(data, 'time')];
  const parts = [sizePart(data, energy, criteria, 'energy'), sizePart(data, time, criteria, 'time')] as const;
  const [byEnergy, byTime] = parts;
  const steps = laddersOf(data.options.form)[0]!.recipe.steps;
  return {
    verdict: byEnergy.verdict,
    sentence:
      byEnergy.verdict === 'not_measured' ? `${byEnergy.sentence} ${byTime.sentence}` : byEnergy.sentence,
    boundary: byEnergy.boundary,
    parts: [...parts],
    tables: [
      qualityTable(data, steps),
      costTable(data, energy, time),
      exponentTable(data, energy),
      decoderTable(data),
      trillionTable(data),
    ],
    figures: sizeFigures(data, energy, time),
    published: sizePublished({ lossExponent: lossExponent(data), mixture: mixtureWords(data) }),
    notes: notesOf(data),
  };
}

/** Exponent of the test loss against parameters over the first ladder, as text. */
function lossExponent({ ladders, options }: SizeData): string | null {
  const points = ladders[0]!.points.map((p) => ({
    x: p.parameters,
    y: mean(p.runs.map((r) => r.nll)),
    u: 0,
    group: p.key,
  }));
  const law = powerLaw(points, options.seed, undefined, 'loss');
  if (law.kind !== 'law') return null;
  const { value, low, high } = law.law.exponent;
  return `${estimateText({ value: -value, low: -high, high: -low }, '1')}, ${ladders[0]!.name}`;
}

/** The mixture against the dense network with as many parameters in all, in words. */
function mixtureWords({ mixture: experts, ladders }: SizeData): string | null {
  const dense = ladders[0]?.points.at(-1);
  const [a, b] = [experts?.measured[1], dense?.measured[1]];
  if (!experts || !dense || !a || !b) return null;
  const energy = measuredRatio(a, b, pickGross);
  const ratio = energy ?? measuredRatio(a, b, pickP50);
  if (!ratio) return null;
  const accuracy = (p: SizePoint) => `${(100 * mean(p.runs.map((r) => r.accuracy))).toFixed(1)} %`;
  return `${estimateText(ratio, '1')} times the ${energy ? 'energy' : 'time'} of a query at batch 1, accuracy ${accuracy(experts)} against ${accuracy(dense)}`;
}

/** Models that a judged ladder had to do without. */
function incomplete(ladders: readonly SizeLadder[]): string[] {
  const hasMeter = allMeasured(ladders).some(({ row }) => row.meter !== null);
  return ladders.flatMap(({ name, points }) =>
    batches.flatMap((batch) =>
      ([...(hasMeter ? (['energy'] as const) : []), 'time'] as const).flatMap((what) => {
        const pick = what === 'time' ? pickP50 : pickGross;
        const lacks = (p: SizePoint, of: typeof pick) => costOf(p.measured[batch], of) === null;
        // What has no time has no energy either: told once.
        const missing = points.filter((p) => lacks(p, pick) && (what === 'time' || !lacks(p, pickP50)));
        if (missing.length === 0) return [];
        return [
          `The ${what} of ${missing.map((p) => p.key).join(', ')} at batch ${batch} could not be told and is left out of the ${name}; the reason codes of the runs say why.`,
        ];
      }),
    ),
  );
}

function notesOf({ options, ladders }: SizeData): string[] {
  const single = ladders[0]?.points[0]?.measured[1]?.turns.length === 1;
  return [
    ...(options.form === 'glance'
      ? [
          'A first look: one ladder, few seeds, one short window each; no mixture of experts and no energy of training.',
        ]
      : []),
    ...incomplete(ladders),
    ...(single
      ? [
          'The models were measured one after the other, so a further 5 % a run stands for what the machine does in between.',
        ]
      : []),
    'Networks were trained on the processor whatever provider was measured.',
    'Measured inputs are made up; time and energy of these models do not depend on their values, but for the mixture, whose router spreads made-up inputs over other experts than real ones.',
    trillionNote,
  ];
}
