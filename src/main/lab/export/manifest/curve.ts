import type { Machine } from '../../../../shared/machine';
import type { Model } from '../../../../shared/model';
import { headlineEnergy, type RunRecord, type Verdict } from '../../../../shared/run';
import { deviceOf } from '../tables/runFacts';
import type { BundleSource, ManifestInput } from '../types';
import type { MainCurve } from './snippets';

/** A run that the curve shows. */
interface Point {
  run: RunRecord;
  model: Model;
  machine: Machine;
  lab: string;
}

/**
 * What tells lines apart, as in the lab's own curve (shared/figures/rows.ts), and how its energy was got, by the column of
 * data/runs that holds it; what says most comes first.
 */
const parts: readonly { column: string; of(point: Point): unknown; energy?: true }[] = [
  { column: 'provider_requested', of: ({ run }) => run.condition.provider },
  { column: 'precision', of: ({ model }) => model.precision },
  { column: 'model_family', of: ({ model }) => model.family },
  { column: 'energy_provenance', of: ({ run }) => headlineEnergy(run)?.provenance, energy: true },
  { column: 'device', of: ({ run, machine }) => deviceOf(run, machine) },
  { column: 'batch_size_count', of: ({ run }) => run.condition.batch },
  { column: 'threads_count', of: ({ run }) => run.condition.threads },
  { column: 'engine', of: ({ run }) => run.condition.engine },
  { column: 'energy_origin', of: ({ run }) => headlineEnergy(run)?.sensor?.origin, energy: true },
  { column: 'energy_scope', of: ({ run }) => headlineEnergy(run)?.domain, energy: true },
  { column: 'lab_id', of: ({ lab }) => lab },
];

const usable = (verdict: Verdict | undefined) => verdict === 'valid' || verdict === 'limited';
const joules = (run: RunRecord) => {
  const gross = headlineEnergy(run)?.gross;
  return usable(gross?.verdict) ? gross!.perInferenceJ : null;
};
const seconds = (run: RunRecord) => (usable(run.latency?.verdict) ? run.latency!.p50S.value : null);
const above0 = (value: number | null) => value !== null && value > 0;

/** Measured runs of models whose size is known. */
function pointsOf({ selection }: BundleSource, y: (run: RunRecord) => number | null): Point[] {
  const models = new Map(selection.models.map((model) => [model.id, model]));
  const machines = new Map(selection.machines.map((machine) => [machine.id, machine]));
  return selection.runs.flatMap((run) => {
    const model = models.get(run.condition.modelId);
    const machine = machines.get(run.machineId);
    if (run.role !== 'measure' || model === undefined || machine === undefined) return [];
    if (!above0(model.counts.parameters) || !above0(y(run))) return [];
    return [{ run, model, machine, lab: selection.labOf(run.id) }];
  });
}

/** How many lines these columns tell apart. */
const lines = (points: readonly Point[], by: readonly (typeof parts)[number][]) =>
  new Set(points.map((point) => JSON.stringify(by.map(({ of }) => of(point) ?? null)))).size;

const usual = ['provider_requested', 'precision'];

/**
 * The main curve of a bundle: energy per inference, or median latency where no run has energy. Its lines are told apart by
 * as few columns as it takes, but two at least.
 */
export function curveOf({ source, tables }: ManifestInput): MainCurve & { points: number } {
  const energetic = pointsOf(source, joules);
  const isEnergy = energetic.length > 0;
  const yOf = isEnergy ? joules : seconds;
  const points = isEnergy ? energetic : pointsOf(source, seconds);
  const columns = tables.find(({ name }) => name === 'runs')?.columns.map(({ name }) => name);
  const kept: (typeof parts)[number][] = [];
  for (const part of parts) {
    if (part.energy && !isEnergy) continue;
    if (columns !== undefined && !columns.includes(part.column)) continue;
    if (lines(points, [...kept, part]) > Math.max(1, lines(points, kept))) kept.push(part);
  }
  const differing = kept.map(({ column }) => column);
  return {
    ...(isEnergy
      ? { y: 'energy_per_inference_J', yTitle: 'Energy per inference (J)', verdict: 'energy_verdict' }
      : { y: 'latency_median_s', yTitle: 'Median latency (s)', verdict: 'latency_verdict' }),
    series: differing.length > 1 ? differing : [...new Set([...differing, ...usual])],
    yFrom: `1e${Math.floor(Math.log10(points.reduce((least, { run }) => Math.min(least, yOf(run)!), 1)))}`,
    points: points.length,
  };
}
