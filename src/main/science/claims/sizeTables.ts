import type { Cell, Estimate, ResultTable } from '../../../shared/claim';
import { meanInterval } from '../../../shared/stats/meanInterval';
import { type LawResult, powerLaw } from '../../../shared/stats/powerLaw';
import { mean } from '../../../shared/stats/robust';
import { batches } from '../protocol';
import { trainingCall } from '../size/trainLadder';
import { exactly } from './estimates';
import { type PickInterval, perQuery, pickGross, pickNet, pickP50 } from './ratio';
import { type CostKind, costOf, picks, type SizeData, type SizePoint } from './sizeData';
import type { Judged } from './sizeParts';
import { trillion, trillionNote } from './sizeText';

/** Mean over seeds with its 95 % interval; without one where there is a single seed. */
function overSeeds(values: readonly number[]): Estimate | null {
  if (values.length === 0) return null;
  return meanInterval(values) ?? exactly(mean(values));
}

/** What each model is, and what it learned. */
export function qualityTable({ ladders, mixture, dataName }: SizeData, steps: number): ResultTable {
  const rowOf = (ladder: string, p: SizePoint): Cell[] => {
    const row = Object.values(p.measured)[0]?.row;
    const early = p.runs.flatMap((r) => (r.earlyAccuracy === null ? [] : [r.earlyAccuracy]));
    const perStep = p.training && (costOf(p.training, pickNet) ?? costOf(p.training, pickGross));
    return [
      ladder,
      p.parameters,
      p.active,
      row?.parametersNonzero ?? null,
      row?.parameterBytes ?? null,
      p.macs,
      overSeeds(p.runs.map((r) => r.accuracy)),
      overSeeds(p.runs.map((r) => r.nll)),
      overSeeds(early),
      mean(p.runs.map((r) => r.seconds)),
      perStep ? (mean(perStep.turns) / trainingCall.steps) * steps : null,
      p.runs.length,
    ];
  };
  return {
    key: 'models',
    title: `The models and what they learned of ${dataName}`,
    columns: [
      { key: 'ladder', title: 'Ladder', unit: '' },
      { key: 'parameters', title: 'Parameters', unit: '' },
      { key: 'active', title: 'Active parameters', unit: '' },
      { key: 'nonzero', title: 'Non-zero parameters', unit: '' },
      { key: 'bytes', title: 'Weights', unit: 'B' },
      { key: 'macs', title: 'Multiply-adds per query', unit: '' },
      { key: 'accuracy', title: 'Accuracy', unit: '1' },
      { key: 'nll', title: 'Mean −ln p of the right class', unit: 'nat' },
      { key: 'early', title: 'Accuracy, early stopping', unit: '1' },
      { key: 'seconds', title: 'Training time', unit: 's' },
      { key: 'joules', title: 'Energy of the training', unit: 'J' },
      { key: 'seeds', title: 'Seeds', unit: '' },
    ],
    rows: [
      ...ladders.flatMap((l) => l.points.map((p) => rowOf(l.name, p))),
      ...(mixture ? [rowOf('mixture of experts', mixture)] : []),
    ],
    note: `Intervals over seeds are 95 %, Student’s t; the time of a training is the mean of the seeds, on a processor that may have had other work. The energy of a training is the energy of a model of its step (a call is ${trainingCall.steps} steps of batch ${trainingCall.batch}), times its steps; it is measured in the full form, with a meter.`,
  };
}

/** What a query costs and what quality per cost comes to. */
export function costTable(data: SizeData, energy: readonly Judged[], time: readonly Judged[]): ResultTable {
  const rows = data.ladders.flatMap((ladder) =>
    batches.flatMap((batch) => {
      const find = (all: readonly Judged[]) =>
        all.find((j) => j.ladder === ladder && j.batch === batch && j.training === 'same steps')?.judgement;
      const [byEnergy, byTime] = [find(energy), find(time)];
      return ladder.points.map((p): Cell[] => {
        const measured = p.measured[batch];
        const of = (pick: PickInterval) => (measured ? perQuery(measured, pick) : null);
        const rung = (j: typeof byEnergy) => j?.rungs.find((r) => r.parameters === p.parameters);
        const [e, t] = [rung(byEnergy), rung(byTime)];
        const p95S = measured?.row.p95S.value ?? null;
        return [
          ladder.name,
          p.parameters,
          batch,
          of(pickP50),
          p95S,
          of(pickNet),
          of(pickGross),
          e?.perCost ?? null,
          e?.perCorrect ?? null,
          e?.beta ?? null,
          t?.perCost ?? null,
          t?.beta ?? null,
        ];
      });
    }),
  );
  return {
    key: 'cost',
    title: 'What a query costs',
    columns: [
      { key: 'ladder', title: 'Ladder', unit: '' },
      { key: 'parameters', title: 'Parameters', unit: '' },
      { key: 'batch', title: 'Batch', unit: '' },
      { key: 'p50', title: 'Time per query, median', unit: 's' },
      { key: 'p95', title: 'Time per call, 95th percentile', unit: 's' },
      { key: 'net', title: 'Net energy per query', unit: 'J' },
      { key: 'gross', title: 'Gross energy per query', unit: 'J' },
      { key: 'per-joule', title: 'Quality per joule', unit: '1/J' },
      { key: 'per-correct', title: 'Energy per right answer', unit: 'J' },
      { key: 'beta-joule', title: 'Return β on the model below, by energy', unit: '1' },
      { key: 'per-second', title: 'Quality per second', unit: '1/s' },
      { key: 'beta-second', title: 'Return β on the model below, by time', unit: '1' },
    ],
    rows,
    note: 'β = −Δ ln error / Δ ln cost; 1: twice the cost halves the error. A dash: the two models cost nearly the same, or it was not measured.',
  };
}

/** Exponent of what a query costs against parameters; null where there are too few models. */
function costLaw(
  points: readonly { parameters: number; sample: ReturnType<typeof costOf> }[],
  seed: number,
  series: string,
): LawResult {
  const known = points.flatMap(({ parameters, sample }) =>
    sample ? [{ x: parameters, y: mean(sample.turns), u: sample.withinRel, group: String(parameters) }] : [],
  );
  return known.length === 0
    ? { kind: 'none', reason: 'it was not measured' }
    : powerLaw(known, seed, undefined, series);
}

/** How cost grows with size, ladder by ladder. */
export function exponentTable(data: SizeData, energy: readonly Judged[]): ResultTable {
  const kinds = (ladder: SizeData['ladders'][number], batch: (typeof batches)[number]): CostKind[] => {
    const kind = energy.find((j) => j.ladder === ladder && j.batch === batch)?.cost;
    return kind ? [kind, 'time'] : ['time'];
  };
  const rowOf = (name: string, batch: number, kind: CostKind, law: LawResult): Cell[] => [
    name,
    batch,
    { net: 'net energy', gross: 'gross energy', time: 'time' }[kind],
    law.kind === 'law' ? law.law.exponent : null,
    law.kind === 'law' ? law.law.models : null,
    law.kind === 'law' ? law.law.indicative.join(', ') : law.reason,
  ];
  const ladders = data.ladders.flatMap((ladder) =>
    batches.flatMap((batch) =>
      kinds(ladder, batch).map((kind) => {
        const points = ladder.points.map((p) => ({
          parameters: p.parameters,
          sample: costOf(p.measured[batch], picks[kind]),
        }));
        return rowOf(ladder.name, batch, kind, costLaw(points, data.options.seed, `${ladder.key} ${kind}`));
      }),
    ),
  );
  const decoders = decoderKinds(data).map((kind) =>
    rowOf('decoders, a token', 1, kind, decoderLaw(data, kind)),
  );
  return {
    key: 'exponents',
    title: 'How the cost of a query grows with parameters',
    columns: [
      { key: 'ladder', title: 'Ladder', unit: '' },
      { key: 'batch', title: 'Batch', unit: '' },
      { key: 'cost', title: 'Cost', unit: '' },
      { key: 'exponent', title: 'Exponent', unit: '1' },
      { key: 'models', title: 'Models', unit: '' },
      { key: 'note', title: 'Note', unit: '' },
    ],
    rows: [...ladders, ...decoders],
    note: 'Cost ∝ parameters^exponent by a Huber line on logarithms; 1 is proportional, 0 is free.',
  };
}

const decoderKinds = ({ decoders }: SizeData): CostKind[] =>
  (['net', 'gross', 'time'] as const).filter((kind) => decoders.some((m) => costOf(m, picks[kind]) !== null));

function decoderLaw({ decoders, options }: SizeData, kind: CostKind): LawResult {
  const points = decoders.flatMap((m) =>
    m.row.parameters === null ? [] : [{ parameters: m.row.parameters, sample: costOf(m, picks[kind]) }],
  );
  return costLaw(points, options.seed, `decoders ${kind}`);
}

/** Built decoders: what a token costs. A call is one token of one sequence, without a past. */
export function decoderTable({ decoders }: SizeData): ResultTable {
  return {
    key: 'decoders',
    title: 'What a token costs by size: decoders with random weights',
    columns: [
      { key: 'model', title: 'Model', unit: '' },
      { key: 'parameters', title: 'Parameters', unit: '' },
      { key: 'p50', title: 'Time per token, median', unit: 's' },
      { key: 'net', title: 'Net energy per token', unit: 'J' },
      { key: 'gross', title: 'Gross energy per token', unit: 'J' },
      { key: 'failure', title: 'Note', unit: '' },
    ],
    rows: decoders.map((m) => [
      m.row.modelName,
      m.row.parameters,
      perQuery(m, pickP50),
      perQuery(m, pickNet),
      perQuery(m, pickGross),
      m.row.failure ?? '',
    ]),
    note: 'Batch 1 and a sequence of 1: energy per token is energy per call over batch times sequence. Nothing was trained, so there is no quality here.',
  };
}

/** The trillion of the essay read twice, by the law of the decoders where there is one. */
export function trillionTable(data: SizeData): ResultTable {
  const kind = decoderKinds(data)[0] ?? 'time';
  const law = decoderLaw(data, kind);
  const unit = kind === 'time' ? 's' : 'J';
  const at = (parameters: number): Cell =>
    law.kind === 'law'
      ? Math.exp(law.law.level + law.law.exponent.value * Math.log(parameters / law.law.centre))
      : null;
  return {
    key: 'trillion',
    title: 'One trillion parameters, read twice',
    columns: [
      { key: 'reading', title: 'Reading', unit: '' },
      { key: 'parameters', title: 'Parameters', unit: '' },
      { key: 'token', title: '≈ cost of a token on this machine, extrapolated', unit },
    ],
    rows: [
      ['all of them, were they dense', trillion.total, at(trillion.total)],
      ['active for one query, one expert', trillion.active, at(trillion.active)],
    ],
    note: `${trillionNote} ${law.kind === 'law' ? 'The costs are extrapolated from the decoders measured here, far outside their sizes: no measurement.' : `No cost is extrapolated: ${law.reason}.`}`,
  };
}
