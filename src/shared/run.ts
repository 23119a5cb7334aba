import type { Domain, Provenance, SensorInfo } from './meter';
import type { Condition } from './plan';
import type { ReasonCode } from './reasons';

export const verdicts = ['valid', 'limited', 'invalid', 'not_measured'] as const;
export type Verdict = (typeof verdicts)[number];

export const runStatuses = ['queued', 'running', 'completed', 'cancelled', 'failed'] as const;
export type RunStatus = (typeof runStatuses)[number];

export const phases = [
  'preflight',
  'cool_down',
  'bare_idle',
  'launch',
  'load',
  'check',
  'idle_before',
  'warmup',
  'meter_check',
  'window',
  'idle_after',
  'close',
] as const;
export type Phase = (typeof phases)[number];

/** What the window or browser page did while the run was measured; `headless`: none was open. */
export const uiModes = ['quiet', 'normal', 'unconfirmed', 'headless'] as const;
export type UiMode = (typeof uiModes)[number];

/** How a run ended; stored with it, whatever it was. */
export type Outcome =
  | { kind: 'completed' }
  | { kind: 'cancelled'; phase: Phase }
  | {
      kind: 'failed';
      phase: Phase;
      /** crash: a signal or an exit without a result; hang: past its deadline; memory: past the bound; error: a typed error of ONNX Runtime or the lab. */
      cause: 'crash' | 'hang' | 'memory' | 'error';
      exitCode: number | null;
      signal: string | null;
      message: string;
      remedy: string | null;
      /** End of the runner's standard error, at most 4,000 characters. */
      stderrTail: string;
    };

/** A number with a 95 % interval, or null with a reason. */
export type Estimate =
  | { value: number; low: number; high: number; missingReason: null }
  | { value: null; low: null; high: null; missingReason: ReasonCode };

/** Raw columns of one window, as the runner posts them and the store keeps them. Sequence in time order. */
export interface WindowSamples {
  /** Start of each stored inference, ns after `originNs`. */
  startsNs: Float64Array;
  /** Duration of each stored inference, ns. */
  durationsNs: Float64Array;
  /** hrtime ns that startsNs counts from. */
  originNs: bigint;
  /** Every stride-th inference is stored; 1 unless the model is so fast that a window would overflow its columns. */
  stride: number;
  /** Inferences run in the whole recorded stretch, stored or not. */
  inferences: number;
}

/** One timed stretch. Samples may reach a little beyond the edges: the loop runs through both. */
export interface WindowRecord {
  index: number;
  openNs: bigint;
  closeNs: bigint;
  /** Inferences completed between the edges; first and last by their fraction inside. */
  inferences: number;
  codes: ReasonCode[];
  verdict: 'ok' | 'flagged' | 'void';
  /** Energy between the meter's own two reads, per sensor; null with its code. */
  energy: WindowEnergy[];
  /** Which of the planned windows it is, and the how manieth try at it, both from 0; absent in older runs. */
  slot?: number;
  attempt?: number;
  /** Seconds of it without inferences, on purpose, for a sensor that sees part of the time; absent: none. */
  gapS?: number;
  /** What the machine did meanwhile; absent in older runs. */
  state?: WindowState;
}

/** State of machine and device over one window; null where the platform does not tell. */
export interface WindowState {
  /** Health samples behind medians and shares. */
  samples: number;
  /** Of the headline's device: temperature at the end, median clock. */
  tempC: number | null;
  clockMHz: number | null;
  powerLimitW: number | null;
  /** Slowdown reasons with the share of samples that showed them, 0 to 1. */
  throttle: Record<string, number> | null;
  /** The same from counters of time, where the device has them: share of the window. */
  throttleTime: Record<string, number> | null;
  /** Processor time outside the lab's own processes, share of the machine, 0 to 1. */
  backgroundCpu: number | null;
  /** Other programs computing on the device, and the largest share of its cores that one used, 0 to 1. */
  otherClients: number | null;
  otherSm: number | null;
  /** Pages swapped in and out; page faults of the runner that went to disk. */
  swappedPages: number | null;
  majorFaults: number | null;
  /** AC or battery, and the system's power mode, before and after. */
  power: [PowerState, PowerState];
}

/** The system as a run began; null where it does not tell. */
export interface SystemState {
  power: PowerState;
  /** Charge of the battery, 0 to 100. */
  batteryPct: number | null;
}

export interface PowerState {
  source: 'ac' | 'battery' | null;
  /** Power mode, processor governor: whatever the system calls them; null where it has none. */
  mode: string | null;
}

export interface WindowEnergy {
  sensorId: string;
  /** Middle of the two edge reads, hrtime ns; null where a read failed. */
  fromNs: bigint | null;
  toNs: bigint | null;
  energyJ: number | null;
  /** Inferences between fromNs and toNs. */
  inferences: number | null;
  code: ReasonCode | null;
}

export interface LatencyResult {
  verdict: Verdict;
  codes: ReasonCode[];
  /** Inferences the percentiles stand on (stored ones), and their effective number at the median. */
  n: number;
  nEff: number;
  stride: number;
  /** Seconds. */
  p50S: Estimate;
  p90S: Estimate;
  p95S: Estimate;
  p99S: Estimate;
  p999S: Estimate;
  minS: number | null;
  maxS: number | null;
  meanS: number | null;
  sdS: number | null;
  /** Single latencies with robust z above 5; they stay in every statistic. */
  spikes: number;
  /** Items (inferences × batch) per second over the windows; null without one. */
  throughputHz: number | null;
  method: string;
}

export interface EnergyResult {
  /** The sensor; null where there is none, with the codes saying why. */
  sensor: SensorInfo | null;
  domain: Domain | null;
  provenance: Provenance | null;
  /** True for the domain that the provider's device belongs to; others are shown beside. */
  headline: boolean;
  gross: EnergyPart;
  net: EnergyPart;
  powerMeanW: number | null;
  powerReadyW: number | null;
  /** Before any model was loaded, once a session; null or absent where it was not measured. */
  powerBareW?: number | null;
  windows: number;
  method: string;
}

/** Energy per inference in J. `repeat`: what repeats shrink; `absolute`: everything, 95 %. */
export interface EnergyPart {
  verdict: Verdict;
  codes: ReasonCode[];
  perInferenceJ: number | null;
  repeat: { low: number; high: number } | null;
  absolute: { low: number; high: number } | null;
  /** Standard uncertainties in J, each null where it does not apply. */
  u: {
    resolutionJ: number | null;
    repeatJ: number | null;
    baselineJ: number | null;
    edgeJ: number | null;
    gainJ: number | null;
    offsetJ: number | null;
    combinedJ: number | null;
  } | null;
}

/** Facts the runner reports beside its samples. */
export interface RunFacts {
  ortVersion: string;
  nodeVersion: string;
  /** Times in ns, each stored apart from the others. */
  sessionCreateNs: number | null;
  firstInferenceNs: number | null;
  warmupInferences: number | null;
  warmupNs: number | null;
  warmupSettled: boolean | null;
  /** Nodes per execution provider after partitioning; null where the runtime does not tell. */
  assignment: { provider: string; nodes: number; operators: string[] }[] | null;
  outputs: { name: string; elemType: string; shape: number[]; nonFinite: number | null }[] | null;
  outputSha256: string | null;
  inputs: { name: string; elemType: string; shape: number[]; fill: string }[];
  /** Sizes and values of inputs that nobody gave (`sequence = 1`): the lab chose them. */
  assumed: string[];
  peakRssBytes: number | null;
  /** Resident set of the runner before the model was loaded. */
  baseRssBytes: number | null;
  stopReason: 'fixed' | 'target' | 'windows_max' | null;
  presetNumbers: Record<string, number | null>;
  /** SHA-256 over names, types, shapes and bytes of the inputs that were fed; absent in older runs. */
  inputSetSha256?: string | null;
}

/** Where a run stands in the realised order of its plan. */
export interface Turn {
  /** Number of its condition in the plan, from 0; the two entries of a control have two numbers. */
  entry: number;
  /** Block, from 0, and the number of blocks. */
  block: number;
  blocks: number;
  /** Place inside the block, from 0. */
  position: number;
}

export interface RunRecord {
  id: string;
  experimentId: string;
  /** Position in the plan, from 0. */
  ordinal: number;
  /**
   * `overhead`: an identity model on the same provider and engine, to show what a call itself costs. `control`: one of
   * two equal runs of a small dense model, to show what the machine itself makes different.
   */
  role: 'measure' | 'overhead' | 'control';
  /** Turn in a comparison; absent in older runs. */
  turn?: Turn;
  condition: Condition;
  conditionSha256: string;
  machineId: string;
  status: RunStatus;
  queuedUnixMs: number;
  startedUnixMs: number | null;
  endedUnixMs: number | null;
  outcome: Outcome | null;
  /** Absent in runs of version 0.1, which had no page. */
  uiMode?: UiMode;
  /** What may be different a minute later, so that it is no part of the machine; absent in older runs. */
  system?: SystemState;
  facts: RunFacts | null;
  latency: LatencyResult | null;
  energy: EnergyResult[];
  /** Dense and effective MACs of one inference at this condition's shapes; effective ones absent in older runs. */
  macs: {
    macs: number | null;
    missingReason: string | null;
    effective?: number | null;
    effectiveMissingReason?: string | null;
  } | null;
}

/** The energy of the domain that the run's device belongs to; null for a run that asked for none. */
export function headlineEnergy(run: RunRecord): EnergyResult | null {
  return run.energy.find((e) => e.headline) ?? null;
}

/** Inferences (not items) per second over the windows; null without one. */
export function inferencesPerSecond(run: RunRecord): number | null {
  const items = run.latency?.throughputHz ?? null;
  return items === null ? null : items / run.condition.batch;
}

/** A run that was measured again after an interruption stands for its place in the plan. */
export function newestOfEachPlace(runs: readonly RunRecord[]): RunRecord[] {
  return [...new Map(runs.map((run) => [`${run.experimentId} ${run.ordinal}`, run])).values()];
}
