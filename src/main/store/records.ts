import type { Machine } from '../../shared/machine';
import type { Health, SensorInfo } from '../../shared/meter';
import type { Model } from '../../shared/model';
import type { Condition, Plan } from '../../shared/plan';
import type { Phase, RunRecord, RunStatus, WindowRecord } from '../../shared/run';
import { canonicalJson, parseCanonical, sha256, sha256OfValue } from './canonical';

/** A plan that was started, with its runs. */
export interface Experiment {
  /** UUIDv7. */
  id: string;
  createdUnixMs: number;
  plan: Plan;
  /** sha256OfValue(plan). */
  planSha256: string;
  status: RunStatus;
  endedUnixMs: number | null;
}

/** One line of a run's log, in order of `seq` from 0. */
export interface RunEvent {
  runId: string;
  seq: number;
  /** Monotonic (hrtime) ns. */
  atNs: bigint;
  phase: Phase;
  text: string;
}

/** What the device said of itself at one moment of a run. */
export interface DeviceState {
  runId: string;
  seq: number;
  /** What the moment was, e.g. 'window:3'. */
  mark: string;
  atNs: bigint;
  health: Health;
}

export interface SensorOfRun {
  runId: string;
  sensor: SensorInfo;
}

/** What a window's record and hash cover: everything but the two columns, and the hash of those. */
export interface StoredWindow {
  runId: string;
  window: WindowRecord;
  samples: { n: number; stride: number; originNs: bigint; inferences: number; sha256: string };
}

/** What is known of a run before it starts. */
export type RunToDo = Pick<
  RunRecord,
  'id' | 'experimentId' | 'ordinal' | 'role' | 'turn' | 'condition' | 'machineId' | 'queuedUnixMs' | 'macs'
>;

/** A queued run. Field by field, so that no result of another run is carried over unseen. */
export function queuedRun(todo: RunToDo): RunRecord {
  return {
    id: todo.id,
    experimentId: todo.experimentId,
    ordinal: todo.ordinal,
    role: todo.role,
    ...(todo.turn ? { turn: todo.turn } : {}),
    condition: todo.condition,
    conditionSha256: conditionSha256(todo.condition),
    machineId: todo.machineId,
    status: 'queued',
    queuedUnixMs: todo.queuedUnixMs,
    startedUnixMs: null,
    endedUnixMs: null,
    outcome: null,
    facts: null,
    latency: null,
    energy: [],
    macs: todo.macs,
  };
}

/** A row as it is bound: what is compared with the record by `verify`, blobs apart. */
export type Row = Record<string, string | number | bigint | null>;

/** The record text and its hash, as every table keeps them. */
export function recordOf(value: unknown): RecordCells {
  const record = canonicalJson(value);
  return { record, record_sha256: sha256(record) };
}

/** The hash of a condition, as runs carry it. */
export function conditionSha256(condition: Condition): string {
  return sha256OfValue(condition);
}

export const modelRow = (model: Model): Row => ({
  id: model.id,
  name: model.name,
  family: model.family,
  imported_unix_ms: model.importedUnixMs,
  ...recordOf(model),
});

export const machineRow = (machine: Machine): Row => ({ id: machine.id, ...recordOf(machine) });

export const experimentRow = (experiment: Experiment): Row => ({
  id: experiment.id,
  created_unix_ms: experiment.createdUnixMs,
  status: experiment.status,
  plan: canonicalJson(experiment.plan),
  plan_sha256: sha256OfValue(experiment.plan),
  ...recordOf(experiment),
});

export const runRow = (run: RunRecord): Row => ({
  id: run.id,
  experiment_id: run.experimentId,
  ordinal: run.ordinal,
  role: run.role,
  model_id: run.condition.modelId,
  machine_id: run.machineId,
  status: run.status,
  condition: canonicalJson(run.condition),
  condition_sha256: conditionSha256(run.condition),
  queued_unix_ms: run.queuedUnixMs,
  started_unix_ms: run.startedUnixMs,
  ended_unix_ms: run.endedUnixMs,
  ...recordOf(run),
});

export const windowRow = (stored: StoredWindow): Row => ({
  run_id: stored.runId,
  idx: stored.window.index,
  open_ns: stored.window.openNs,
  close_ns: stored.window.closeNs,
  verdict: stored.window.verdict,
  n: stored.samples.n,
  stride: stored.samples.stride,
  origin_ns: stored.samples.originNs,
  samples_sha256: stored.samples.sha256,
  ...recordOf(stored),
});

export const sensorRow = (of: SensorOfRun): Row => ({
  run_id: of.runId,
  sensor_id: of.sensor.id,
  ...recordOf(of),
});

export const stateRow = (state: DeviceState): Row => ({
  run_id: state.runId,
  seq: state.seq,
  mark: state.mark,
  at_ns: state.atNs,
  ...recordOf(state),
});

export const eventRow = (event: RunEvent): Row => ({
  run_id: event.runId,
  seq: event.seq,
  at_ns: event.atNs,
  phase: event.phase,
  text: event.text,
  ...recordOf(event),
});

export interface RecordCells {
  record: string;
  record_sha256: string;
}

/**
 * The value of a stored record, or null where its text no longer has its hash.
 * A right hash proves that this program wrote it, so its shape is taken as given.
 */
export function readRecord<T>({ record, record_sha256 }: RecordCells): T | null {
  return sha256(record) === record_sha256 ? (parseCanonical(record) as T) : null;
}
