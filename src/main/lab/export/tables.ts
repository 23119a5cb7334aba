import type { Cell, Column } from '../../../shared/csv';
import type { Machine } from '../../../shared/machine';
import type { Model } from '../../../shared/model';
import { weightiest } from '../../../shared/reasons';
import {
  type EnergyResult,
  type Estimate,
  headlineEnergy,
  inferencesPerSecond,
  type RunRecord,
  type WindowEnergy,
  type WindowRecord,
} from '../../../shared/run';
import type { Experiment as StoredExperiment } from '../../store/records';

/** A run with everything its row shows. */
export interface RunRow {
  run: RunRecord;
  model: Model;
  machine: Machine;
  experiment: StoredExperiment;
  callOverheadS: number | null;
  recordSha256: string;
  windows: number;
  /** Part of the sample dataset: recorded elsewhere. */
  sample: boolean;
}

const column = <R>(name: string, of: (row: R) => Cell): Column<R> => ({ name, of });
const utc = (ms: number | null): string | null =>
  ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
const ns2s = (ns: number | null | undefined): number | null =>
  ns === null || ns === undefined ? null : ns / 1e9;

const estimate = (name: string, of: (run: RunRecord) => Estimate | undefined): Column<RunRow>[] => [
  column(`latency_${name}_s`, ({ run }) => of(run)?.value ?? null),
  column(`latency_${name}_ci95_low_s`, ({ run }) => of(run)?.low ?? null),
  column(`latency_${name}_ci95_high_s`, ({ run }) => of(run)?.high ?? null),
  column(`latency_${name}_missing_reason`, ({ run }) => of(run)?.missingReason ?? null),
];

const energy = (name: string, of: (e: EnergyResult) => Cell): Column<RunRow> =>
  column(name, ({ run }) => {
    const headline = headlineEnergy(run);
    return headline === null ? null : of(headline);
  });

/** runs.csv: one row per run, failed and cancelled ones included. Units are in the names; empty means not known. */
export const runColumns: readonly Column<RunRow>[] = [
  column('run_id', ({ run }) => run.id),
  column('experiment_id', ({ run }) => run.experimentId),
  column('ordinal', ({ run }) => run.ordinal),
  column('role', ({ run }) => run.role),
  column('sample', ({ sample }) => sample),
  column('status', ({ run }) => run.status),
  column('status_reason', ({ run }) => (run.outcome?.kind === 'failed' ? run.outcome.message : null)),
  column('failed_phase', ({ run }) =>
    run.outcome && run.outcome.kind !== 'completed' ? run.outcome.phase : null,
  ),
  column('failed_signal', ({ run }) => (run.outcome?.kind === 'failed' ? run.outcome.signal : null)),
  column('started_at', ({ run }) => utc(run.startedUnixMs)),
  column('started_unix_ms', ({ run }) => run.startedUnixMs),
  column('duration_s', ({ run }) =>
    run.startedUnixMs === null || run.endedUnixMs === null
      ? null
      : (run.endedUnixMs - run.startedUnixMs) / 1000,
  ),
  column('model_id', ({ model }) => model.id),
  column('model_name', ({ model }) => model.name),
  column('model_family', ({ model }) => model.family),
  column('precision', ({ model }) => model.precision),
  column(
    'model_size_By',
    ({ model }) => model.fileBytes + model.externalData.reduce((sum, e) => sum + e.bytes, 0),
  ),
  column('params_count', ({ model }) => model.counts.parameters),
  column('params_missing_reason', ({ model }) => model.counts.parametersMissingReason),
  column('params_nonzero_count', ({ model }) => model.counts.parametersNonzero),
  column('params_size_By', ({ model }) => model.counts.parameterBytes),
  column('macs_count', ({ run }) => run.macs?.macs ?? null),
  column('macs_missing_reason', ({ run }) => run.macs?.missingReason ?? null),
  // Weight not zero; products of computed values count densely.
  column('macs_effective_count', ({ run }) => run.macs?.effective ?? null),
  column('macs_effective_missing_reason', ({ run }) =>
    run.macs?.effective === undefined ? 'not recorded' : (run.macs.effectiveMissingReason ?? null),
  ),
  column('counting_convention', ({ model }) => model.counts.convention),
  column('engine', ({ run }) => run.condition.engine),
  column('engine_version', ({ run }) => run.facts?.ortVersion ?? null),
  column('provider_requested', ({ run }) => run.condition.provider),
  column(
    'provider_used',
    ({ run }) => run.facts?.assignment?.map((a) => `${a.provider}:${a.nodes}`).join('|') ?? null,
  ),
  column('batch_size_count', ({ run }) => run.condition.batch),
  column('threads_count', ({ run }) => run.condition.threads),
  column('preset', ({ run }) => run.condition.preset),
  column('seed', ({ run }) => run.condition.seed),
  column(
    'input_shapes',
    ({ run }) =>
      run.facts?.inputs.map((i) => `${i.name}:${i.elemType}[${i.shape.join('x')}]`).join('|') ?? null,
  ),
  column('inputs_assumed', ({ run }) => run.facts?.assumed.join('|') ?? null),
  column('windows_count', ({ windows }) => windows),
  column('latency_verdict', ({ run }) => run.latency?.verdict ?? null),
  column('latency_flags', ({ run }) => run.latency?.codes.slice().sort().join('|') ?? null),
  column('latency_n_count', ({ run }) => run.latency?.n ?? null),
  column('latency_n_eff_count', ({ run }) => run.latency?.nEff ?? null),
  column('latency_stride_count', ({ run }) => run.latency?.stride ?? null),
  ...estimate('median', (run) => run.latency?.p50S),
  ...estimate('p90', (run) => run.latency?.p90S),
  ...estimate('p95', (run) => run.latency?.p95S),
  ...estimate('p99', (run) => run.latency?.p99S),
  ...estimate('p999', (run) => run.latency?.p999S),
  column('latency_min_s', ({ run }) => run.latency?.minS ?? null),
  column('latency_max_s', ({ run }) => run.latency?.maxS ?? null),
  column('latency_mean_s', ({ run }) => run.latency?.meanS ?? null),
  column('latency_sd_s', ({ run }) => run.latency?.sdS ?? null),
  column('latency_spikes_count', ({ run }) => run.latency?.spikes ?? null),
  column('latency_first_s', ({ run }) => ns2s(run.facts?.firstInferenceNs)),
  column('load_time_s', ({ run }) => ns2s(run.facts?.sessionCreateNs)),
  column('warmup_count', ({ run }) => run.facts?.warmupInferences ?? null),
  column('inference_rate_Hz', ({ run }) => inferencesPerSecond(run)),
  // Items: inferences times batch.
  column('throughput_Hz', ({ run }) => run.latency?.throughputHz ?? null),
  column('call_overhead_s', ({ callOverheadS }) => callOverheadS),
  column('latency_interval_method', ({ run }) => run.latency?.method ?? null),
  energy('energy_verdict', (e) => e.gross.verdict),
  energy('energy_flags', (e) => e.gross.codes.slice().sort().join('|')),
  energy('energy_missing_reason', (e) => (e.gross.perInferenceJ === null ? weightiest(e.gross.codes) : null)),
  energy('energy_sensor', (e) => e.sensor?.id ?? null),
  energy('energy_provenance', (e) => e.provenance ?? 'none'),
  energy('energy_origin', (e) => e.sensor?.origin ?? null),
  energy('energy_scope', (e) => e.domain),
  energy('energy_per_inference_J', (e) => e.gross.perInferenceJ),
  column('energy_per_item_J', ({ run }) => {
    const perCall = headlineEnergy(run)?.gross.perInferenceJ ?? null;
    return perCall === null ? null : perCall / run.condition.batch;
  }),
  energy('energy_per_inference_repeat95_low_J', (e) => e.gross.repeat?.low ?? null),
  energy('energy_per_inference_repeat95_high_J', (e) => e.gross.repeat?.high ?? null),
  energy('energy_per_inference_ci95_low_J', (e) => e.gross.absolute?.low ?? null),
  energy('energy_per_inference_ci95_high_J', (e) => e.gross.absolute?.high ?? null),
  energy('energy_per_inference_net_J', (e) => e.net.perInferenceJ),
  energy('energy_per_inference_net_ci95_low_J', (e) => e.net.absolute?.low ?? null),
  energy('energy_per_inference_net_ci95_high_J', (e) => e.net.absolute?.high ?? null),
  energy('energy_net_verdict', (e) => e.net.verdict),
  energy('energy_n_count', (e) => e.windows),
  energy('energy_interval_method', (e) => e.method),
  energy('power_mean_W', (e) => e.powerMeanW),
  energy('power_idle_W', (e) => e.powerReadyW),
  column('memory_peak_By', ({ run }) => run.facts?.peakRssBytes ?? null),
  column('memory_base_By', ({ run }) => run.facts?.baseRssBytes ?? null),
  column('output_sha256', ({ run }) => run.facts?.outputSha256 ?? null),
  column('system_id', ({ machine }) => machine.id),
  column('system_cpu', ({ machine }) => machine.cpu.model),
  column('system_os', ({ machine }) => `${machine.os.platform} ${machine.os.release} ${machine.os.arch}`),
  column('node_version', ({ run, machine }) => run.facts?.nodeVersion ?? machine.node),
  column('app_version', ({ machine }) => machine.app.version),
  column('app_commit', ({ machine }) => machine.app.commit),
  column('plan_sha256', ({ experiment }) => experiment.planSha256),
  column('condition_sha256', ({ run }) => run.conditionSha256),
  column('record_sha256', ({ recordSha256 }) => recordSha256),
];

/** One window as one sensor saw it; `energy` null where the run had no sensor. */
export interface WindowRow {
  runId: string;
  window: WindowRecord;
  energy: WindowEnergy | null;
  samples: { n: number; stride: number; originNs: bigint; sha256: string };
}

const seconds = (e: WindowEnergy | null): number | null =>
  e?.fromNs == null || e.toNs === null ? null : Number(e.toNs - e.fromNs) / 1e9;

/** windows.csv: one row per window and sensor. `*_ns` are readings of the monotonic clock of that machine. */
export const windowColumns: readonly Column<WindowRow>[] = [
  column('run_id', (r) => r.runId),
  column('window_index', (r) => r.window.index),
  column('open_ns', (r) => r.window.openNs),
  column('close_ns', (r) => r.window.closeNs),
  column('duration_s', (r) => Number(r.window.closeNs - r.window.openNs) / 1e9),
  column('inferences_count', (r) => r.window.inferences),
  column('verdict', (r) => r.window.verdict),
  column('flags', (r) => r.window.codes.slice().sort().join('|')),
  column('sensor_id', (r) => r.energy?.sensorId ?? null),
  column('energy_J', (r) => r.energy?.energyJ ?? null),
  column('energy_from_ns', (r) => r.energy?.fromNs ?? null),
  column('energy_to_ns', (r) => r.energy?.toNs ?? null),
  column('energy_inferences_count', (r) => r.energy?.inferences ?? null),
  column('power_mean_W', (r) => {
    const s = seconds(r.energy);
    return r.energy?.energyJ == null || s === null ? null : r.energy.energyJ / s;
  }),
  column('energy_missing_reason', (r) => r.energy?.code ?? null),
  column('samples_count', (r) => r.samples.n),
  // samples/<run_id>.csv counts its start_s from here.
  column('samples_origin_ns', (r) => r.samples.originNs),
  column('samples_stride_count', (r) => r.samples.stride),
  column('samples_sha256', (r) => r.samples.sha256),
];

export interface ReadingRow {
  runId: string;
  sensorId: string;
  role: string;
  mark: string | null;
  t0: bigint;
  t1: bigint;
  raw: bigint | number | null;
  kind: 'counter' | 'gauge';
  joulePerCount: number | null;
  error: string | null;
}

/** readings.csv: every read of a meter as it came; a counter's raw times joule_per_count is joules since some start. */
export const readingColumns: readonly Column<ReadingRow>[] = [
  column('run_id', (r) => r.runId),
  column('sensor_id', (r) => r.sensorId),
  column('role', (r) => r.role),
  column('mark', (r) => r.mark),
  column('read_begin_ns', (r) => r.t0),
  column('read_end_ns', (r) => r.t1),
  column('raw', (r) => r.raw),
  column('raw_unit', (r) => (r.kind === 'counter' ? 'count' : 'W')),
  column('count_size_J', (r) => r.joulePerCount),
  column('missing_reason', (r) => r.error),
];

export const modelColumns: readonly Column<Model>[] = [
  column('model_id', (m) => m.id),
  column('model_name', (m) => m.name),
  column('family', (m) => m.family),
  column('recipe', (m) => m.recipe),
  column('file_sha256', (m) => m.fileSha256),
  column('file_size_By', (m) => m.fileBytes),
  column('external_data_count', (m) => m.externalData.length),
  column('opsets', (m) => m.opsets.map((o) => `${o.domain || 'ai.onnx'}:${o.version}`).join('|')),
  column('precision', (m) => m.precision),
  column('params_count', (m) => m.counts.parameters),
  column('params_nonzero_count', (m) => m.counts.parametersNonzero),
  column('params_size_By', (m) => m.counts.parameterBytes),
  column('inputs', (m) =>
    m.inputs
      .map((i) => `${i.name}:${i.elemType}[${(i.shape ?? ['?']).map((d) => d ?? '?').join('x')}]`)
      .join('|'),
  ),
  column('outputs', (m) => m.outputs.map((o) => `${o.name}:${o.elemType}`).join('|')),
];
