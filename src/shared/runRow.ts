import type { Machine } from './machine';
import type { Domain, Provenance, SensorInfo } from './meter';
import type { Family, Model } from './model';
import type { Engine, PresetName, Provider } from './plan';
import type { ReasonCode } from './reasons';
import {
  type EnergyPart,
  type Estimate,
  headlineEnergy,
  type RunRecord,
  type RunStatus,
  type Verdict,
} from './run';

/** A value with its 95 % interval; every end null where it is not known. */
export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

/**
 * One run as a flat row: what the run table, the comparison and the curves are made of. Immutable once the run has
 * ended, but for the three marks at the end. Units as the names say; absent is null.
 */
export interface RunRow {
  id: string;
  experimentId: string;
  experimentName: string;
  ordinal: number;
  role: RunRecord['role'];
  /** Number of its condition in the plan, its block, and how many blocks the plan has; 1 block: no comparison. */
  entry: number;
  block: number;
  blocks: number;
  status: RunStatus;
  queuedUnixMs: number;
  startedUnixMs: number | null;
  endedUnixMs: number | null;
  modelId: string;
  modelName: string;
  family: Family;
  precision: string;
  parameters: number | null;
  parametersNonzero: number | null;
  parameterBytes: number | null;
  macs: number | null;
  /** Of those, the ones whose weight is not zero; null also in older runs. */
  macsEffective: number | null;
  provider: Provider;
  engine: Engine;
  batch: number;
  threads: number;
  preset: PresetName;
  windowS: number;
  machineId: string;
  /** The processor or graphics device that the provider runs on. */
  device: string;
  /** Inferences that the percentiles stand on. */
  n: number | null;
  latencyVerdict: Verdict;
  latencyCodes: ReasonCode[];
  p50S: Interval;
  p95S: Interval;
  p99S: Interval;
  /** Items (inferences × batch) per second. */
  throughputHz: number | null;
  energyVerdict: Verdict;
  energyCodes: ReasonCode[];
  /** Gross energy of one inference, J: 95 % of what repeats shrink, and of everything that is known of the sensor. */
  grossJ: Interval;
  grossAbsoluteJ: Interval;
  netVerdict: Verdict;
  netJ: Interval;
  powerMeanW: number | null;
  /** Windows behind the energy. */
  windows: number | null;
  meter: { provider: string; domain: Domain } | null;
  /** Which sensor of which device, and how calibrated: rows with the same text share its gain and its offset. */
  sensor: string | null;
  /** What the sensor adds to a whole series, one standard deviation: relative gain, and offset in J per inference. */
  gainRel: number | null;
  offsetJ: number | null;
  provenance: Provenance | 'none';
  origin: SensorInfo['origin'] | null;
  memoryPeakBytes: number | null;
  sessionCreateS: number | null;
  firstInferenceS: number | null;
  /** Inferences that warmed it up and count in no result. */
  warmupInferences: number | null;
  ortVersion: string | null;
  /** Why it ended badly, in one sentence; null where it did not. */
  failure: string | null;
  /** Id of the lab that measured it; null: this one. */
  lab: string | null;
  /** Part of the sample dataset: recorded elsewhere, shown with a badge, never evidence. */
  sample: boolean;
  /** When it was put into the bin; null: not in the bin. */
  binnedUnixMs: number | null;
  /** Cannot be put into the bin. */
  locked: boolean;
  /** Usable turns behind each result of a row that stands for all blocks of its entry; absent for a single run. */
  turns?: { latency: number; energy: number; net: number };
}

/** What the store keeps beside a run's record. */
export type RunMarks = Pick<RunRow, 'sample' | 'binnedUnixMs' | 'locked'>;
export const noMarks: RunMarks = { sample: false, binnedUnixMs: null, locked: false };

/** A stored run as a row. Pure. */
export function runRowOf(
  {
    run,
    model,
    machine,
    experimentName,
    lab = null,
  }: { run: RunRecord; model: Model; machine: Machine; experimentName: string; lab?: string | null },
  marks: RunMarks = noMarks,
): RunRow {
  const { condition, latency, facts } = run;
  const energy = headlineEnergy(run);
  return {
    id: run.id,
    experimentId: run.experimentId,
    experimentName,
    ordinal: run.ordinal,
    role: run.role,
    entry: run.turn?.entry ?? run.ordinal,
    block: run.turn?.block ?? 0,
    blocks: run.turn?.blocks ?? 1,
    status: run.status,
    queuedUnixMs: run.queuedUnixMs,
    startedUnixMs: run.startedUnixMs,
    endedUnixMs: run.endedUnixMs,
    modelId: model.id,
    modelName: model.name,
    family: model.family,
    precision: model.precision,
    parameters: model.counts.parameters,
    parametersNonzero: model.counts.parametersNonzero,
    parameterBytes: model.counts.parameterBytes,
    macs: run.macs?.macs ?? null,
    macsEffective: run.macs?.effective ?? null,
    provider: condition.provider,
    engine: condition.engine,
    batch: condition.batch,
    threads: condition.threads,
    preset: condition.preset,
    windowS: condition.windowS,
    machineId: run.machineId,
    device: condition.provider === 'cpu' ? machine.cpu.model : (machine.gpus[0]?.name ?? machine.cpu.model),
    n: latency?.n ?? null,
    latencyVerdict: latency?.verdict ?? 'not_measured',
    latencyCodes: latency?.codes ?? [],
    p50S: fromEstimate(latency?.p50S),
    p95S: fromEstimate(latency?.p95S),
    p99S: fromEstimate(latency?.p99S),
    throughputHz: latency?.throughputHz ?? null,
    energyVerdict: energy?.gross.verdict ?? 'not_measured',
    energyCodes: energy?.gross.codes ?? [],
    grossJ: fromPart(energy?.gross, 'repeat'),
    grossAbsoluteJ: fromPart(energy?.gross, 'absolute'),
    netVerdict: energy?.net.verdict ?? 'not_measured',
    netJ: fromPart(energy?.net, 'absolute'),
    powerMeanW: energy?.powerMeanW ?? null,
    windows: energy?.windows ?? null,
    meter: energy?.sensor ? { provider: energy.sensor.provider, domain: energy.sensor.domain } : null,
    sensor: sensorOf(energy?.sensor ?? null),
    gainRel: relative(energy?.gross.u?.gainJ, energy?.gross.perInferenceJ),
    offsetJ: energy?.gross.u?.offsetJ ?? null,
    provenance: energy?.provenance ?? 'none',
    origin: energy?.sensor?.origin ?? null,
    memoryPeakBytes: facts?.peakRssBytes ?? null,
    sessionCreateS: seconds(facts?.sessionCreateNs),
    firstInferenceS: seconds(facts?.firstInferenceNs),
    warmupInferences: facts?.warmupInferences ?? null,
    ortVersion: facts?.ortVersion ?? null,
    failure: run.outcome?.kind === 'failed' ? run.outcome.message : null,
    lab,
    ...marks,
  };
}

const nothing: Interval = { value: null, low: null, high: null };

function fromEstimate(estimate: Estimate | undefined): Interval {
  return estimate ? { value: estimate.value, low: estimate.low, high: estimate.high } : nothing;
}

function fromPart(part: EnergyPart | undefined, which: 'repeat' | 'absolute'): Interval {
  if (!part || part.perInferenceJ === null) return nothing;
  return { value: part.perInferenceJ, low: part[which]?.low ?? null, high: part[which]?.high ?? null };
}

function sensorOf(sensor: SensorInfo | null): string | null {
  if (sensor === null) return null;
  return [sensor.device.name, sensor.id, sensor.calibration?.id].filter(Boolean).join(', ');
}

function relative(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part == null || whole == null || whole === 0 ? null : Math.abs(part / whole);
}

const seconds = (ns: number | null | undefined) => (ns == null ? null : ns / 1e9);
