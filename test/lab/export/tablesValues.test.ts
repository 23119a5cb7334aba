import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tables } from '../../../src/main/lab/export/tables/index';
import type { BundleSource } from '../../../src/main/lab/export/types';
import { canonicalJson } from '../../../src/main/store/canonical';
import { readingsOf } from '../../../src/main/store/readings';
import { headlineEnergy } from '../../../src/shared/run';
import { type BundleLab, openBundleLab } from '../../support/bundleLab';
import type { CellRow } from '../../support/tableFaults';
import { cellsOf, tableSource } from '../../support/tableSource';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const tableOf = (name: string) => tables.find((t) => t.name === name)!;

let lab: BundleLab;
let source: BundleSource;
const rows = new Map<string, CellRow[]>();
const rowsOf = (name: string): CellRow[] => {
  if (!rows.has(name)) rows.set(name, cellsOf(tableOf(name), source));
  return rows.get(name)!;
};
beforeAll(() => {
  lab = openBundleLab();
  source = tableSource(lab.store.reader);
});
afterAll(() => lab.dispose());

describe('runs', () => {
  const runs = () => source.selection.runs;
  const rowOf = (id: string) => rowsOf('runs').find((r) => r.run_id === id)!;

  it('have a row each, failed and cancelled ones too, with the hash of the record', () => {
    expect(rowsOf('runs').map((r) => r.run_id)).toEqual(runs().map((r) => r.id));
    expect(rowsOf('runs').length).toBe(lab.exportedRuns);
    expect(new Set(rowsOf('runs').map((r) => r.status))).toEqual(
      new Set(['completed', 'failed', 'cancelled']),
    );
    for (const run of runs()) expect(rowOf(run.id).record_sha256).toBe(hash(canonicalJson(run)));
  });

  it('are in seconds, joules and watts, and hold no interval without its value', () => {
    for (const run of runs()) {
      const row = rowOf(run.id);
      const energy = headlineEnergy(run);
      expect(row.latency_median_s).toBe(run.latency?.p50S.value ?? null);
      expect(row.latency_p95_ci95_high_s).toBe(run.latency?.p95S.high ?? null);
      expect(row.energy_per_inference_J).toBe(energy?.gross.perInferenceJ ?? null);
      expect(row.energy_per_inference_net_J).toBe(energy?.net.perInferenceJ ?? null);
      expect(row.power_mean_W).toBe(energy?.powerMeanW ?? null);
      expect(row.load_time_s).toBe(
        run.facts?.sessionCreateNs == null ? null : run.facts.sessionCreateNs / 1e9,
      );
      expect(row.temperature_end_Cel === null || Math.abs(Number(row.temperature_end_Cel)) < 150).toBe(true);
    }
  });

  it('never let an estimate look measured, and say none where there is none', () => {
    for (const run of runs()) {
      const energy = headlineEnergy(run);
      expect(rowOf(run.id).energy_provenance).toBe(energy?.provenance ?? 'none');
      expect(rowOf(run.id).energy_method).toBe(energy?.sensor?.provider ?? 'none');
    }
    const methods = new Set(rowsOf('runs').map((r) => r.energy_method));
    for (const method of ['estimate', 'rapl', 'nvml', 'simulated', 'none']) expect(methods).toContain(method);
  });

  it('name the newest accuracy of their model', () => {
    const tested = rowsOf('runs').filter((r) => r.accuracy_id !== null);
    expect(tested.length).toBeGreaterThan(0);
    for (const row of tested) {
      const test = rowsOf('accuracies').find((a) => a.accuracy_id === row.accuracy_id)!;
      expect(test.model_id).toBe(row.model_id);
      for (const [own, of] of [
        ['accuracy_ratio', 'accuracy_ratio'],
        ['accuracy_ci95_low_ratio', 'accuracy_ci95_low_ratio'],
        ['accuracy_n_count', 'n_count'],
        ['accuracy_dataset', 'dataset'],
      ])
        expect(row[own!]).toBe(test[of!]);
    }
  });

  it('that never started have no start and no duration, and say why', () => {
    const never = rowsOf('runs').filter((r) => r.started_unix_ms === null);
    expect(never.length).toBeGreaterThan(0);
    for (const row of never) {
      expect(row.duration_missing_reason).toBe('the run never started');
      expect(row.queued_at).toMatch(/Z$/);
    }
  });

  it('keep every column of the exports before, under the words of this lab', () => {
    const forbidden = new Set(['sample', 'started_at', 'raw', 'raw_unit']);
    const renamed: Record<string, string> = {
      system_id: 'machine_id',
      system_cpu: 'machine_cpu',
      system_os: 'machine_os',
    };
    for (const [name, old] of Object.entries(before)) {
      const now = tableOf(name).columns.map((c) => c.name);
      for (const column of old.split(' ').filter((c) => !forbidden.has(c)))
        expect(now, `${name}.${column}`).toContain(renamed[column] ?? column);
    }
  });
});

/** Columns of the exports before bundles, which were CSV alone. `sample` is is_sample now; a time may not be missing, and a quantity has one unit. */
const before: Record<string, string> = {
  runs: `run_id experiment_id ordinal role sample status status_reason failed_phase failed_signal started_at started_unix_ms
    duration_s model_id model_name model_family precision model_size_By params_count params_missing_reason params_nonzero_count
    params_size_By macs_count macs_missing_reason macs_effective_count macs_effective_missing_reason counting_convention engine
    engine_version provider_requested provider_used batch_size_count threads_count preset seed input_shapes inputs_assumed
    windows_count latency_verdict latency_flags latency_n_count latency_n_eff_count latency_stride_count latency_median_s
    latency_median_ci95_low_s latency_median_ci95_high_s latency_median_missing_reason latency_p90_s latency_p95_s latency_p99_s
    latency_p999_s latency_min_s latency_max_s latency_mean_s latency_sd_s latency_spikes_count latency_first_s load_time_s
    warmup_count inference_rate_Hz throughput_Hz call_overhead_s latency_interval_method energy_verdict energy_flags
    energy_missing_reason energy_sensor energy_provenance energy_origin energy_scope energy_per_inference_J energy_per_item_J
    energy_per_inference_repeat95_low_J energy_per_inference_repeat95_high_J energy_per_inference_ci95_low_J
    energy_per_inference_ci95_high_J energy_per_inference_net_J energy_per_inference_net_ci95_low_J
    energy_per_inference_net_ci95_high_J energy_net_verdict energy_n_count energy_interval_method power_mean_W power_idle_W
    memory_peak_By memory_base_By output_sha256 system_id system_cpu system_os node_version app_version app_commit plan_sha256
    condition_sha256 record_sha256`.replaceAll(/\s+/g, ' '),
  windows:
    `run_id window_index open_ns close_ns duration_s inferences_count verdict flags sensor_id energy_J energy_from_ns
    energy_to_ns energy_inferences_count power_mean_W energy_missing_reason samples_count samples_origin_ns samples_stride_count
    samples_sha256`.replaceAll(/\s+/g, ' '),
  readings: 'run_id sensor_id role mark read_begin_ns read_end_ns raw raw_unit count_size_J missing_reason',
  models:
    `model_id model_name family recipe file_sha256 file_size_By external_data_count opsets precision params_count
    params_nonzero_count params_size_By inputs outputs`.replaceAll(/\s+/g, ' '),
};

describe('windows', () => {
  it('have a row for each sensor, and one where there is none', () => {
    const { reader, selection } = source;
    for (const { id } of selection.runs) {
      const own = rowsOf('windows').filter((r) => r.run_id === id);
      const windows = reader.getWindows(id);
      expect(own.length).toBe(windows.reduce((n, w) => n + Math.max(1, w.energy.length), 0));
      for (const window of windows) {
        const { durationsNs, startsNs, originNs, ...rest } = reader.getSamples(id, window.index);
        const inside = [...durationsNs]
          .filter((_, i) => {
            const at = originNs + BigInt(startsNs[i]!);
            return at >= window.openNs && at < window.closeNs;
          })
          .sort((a, b) => a - b);
        const middle = (inside[(inside.length - 1) >> 1]! + inside[inside.length >> 1]!) / 2e9;
        const bytes = Buffer.concat(
          [startsNs, durationsNs].map((c) => Buffer.from(c.buffer, c.byteOffset, c.byteLength)),
        );
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const samples = {
          n: startsNs.length,
          originNs,
          sha256,
          stride: rest.stride,
          inferences: rest.inferences,
        };
        for (const row of own.filter((r) => r.window_index === window.index)) {
          if (inside.length > 0) expect(row.latency_median_s).toBeCloseTo(middle, 12);
          expect(row.samples_sha256).toBe(sha256);
          expect(row.record_sha256).toBe(hash(canonicalJson({ runId: id, window, samples })));
          expect(row.kept).toBe(window.verdict !== 'void');
          expect(row.rejected_reason === null).toBe(row.kept);
        }
      }
    }
    expect(new Set(rowsOf('windows').map((r) => r.kept)).size).toBe(2);
  });

  it('without time between its reads has no power: non-finite', () => {
    const { columns } = tableOf('windows');
    const window = { index: 0, openNs: 0n, closeNs: 5n, inferences: 1, codes: [], verdict: 'ok', energy: [] };
    const energy = { sensorId: 'x', fromNs: 7n, toNs: 7n, energyJ: 3, inferences: 2, code: null };
    const row = { window, energy } as never;
    const cell = (name: string) => columns.find((c) => c.name === name)!.of(row);
    expect([cell('power_mean_W'), cell('energy_J'), cell('energy_per_inference_J')]).toEqual([null, 3, 1.5]);
    expect(cell('energy_missing_reason')).toBe('non-finite');
  });
});

describe('raw tables', () => {
  it('hold every stored inference and every read', () => {
    const { reader, selection } = source;
    const bySample = Map.groupBy(rowsOf('samples'), (r) => r.run_id);
    const byRead = Map.groupBy(rowsOf('readings'), (r) => r.run_id);
    for (const { id } of selection.runs) {
      const stored = reader.getWindows(id).map((w) => reader.getSamples(id, w.index));
      const own = bySample.get(id) ?? [];
      expect(own.length).toBe(stored.reduce((n, s) => n + s.startsNs.length, 0));
      expect(own.map((r) => r.duration_s)).toEqual(
        stored.flatMap((s) => [...s.durationsNs].map((ns) => ns / 1e9)),
      );
      const reads = reader.getReadings(id).flatMap((b) => readingsOf(b));
      const cells = byRead.get(id) ?? [];
      expect(cells.length).toBe(reads.length);
      const key = (t0: unknown, raw: unknown) => `${t0} ${raw}`;
      expect(new Set(cells.map((c) => key(c.read_begin_ns, c.raw_count ?? c.power_W)))).toEqual(
        new Set(reads.map((r) => key(r.t0, r.raw))),
      );
    }
  });

  it('say of a read without a value why it has none, and nothing of one with', () => {
    for (const row of rowsOf('readings')) {
      const [own, other] = row.kind === 'counter' ? ['raw_count', 'power_W'] : ['power_W', 'raw_count'];
      if (row[other!] !== null) throw new Error(`a ${row.kind} with ${other}`);
      if ((row[own!] === null) !== (row.missing_reason !== null))
        throw new Error(`no reason: ${row.read_begin_ns}`);
      if ((row.count_size_J === null) !== (row.kind === 'gauge'))
        throw new Error(`size of a count of a ${row.kind}`);
    }
    expect(rowsOf('readings').some((r) => r.missing_reason !== null)).toBe(true);
    expect(rowsOf('readings').some((r) => r.kind === 'gauge')).toBe(true);
  });
});

describe('claims', () => {
  it('stand on the records of their runs and steps', () => {
    const { reader, selection } = source;
    for (const row of rowsOf('claims')) {
      const mine = selection.claims.filter(
        (c) => 'claimRunId' in c.value && c.value.claimRunId === row.claim_id,
      );
      const steps = mine.filter((c) => c.kind === 'claim_step').map((c) => hash(canonicalJson(c.value)));
      const experiments = mine.flatMap((c) => (c.kind === 'claim_experiment' ? c.value.experimentId : []));
      const runs = selection.runs.filter((r) => experiments.includes(r.experimentId));
      const hashes = [...steps, ...runs.map((r) => reader.recordHashOf(r.id))];
      expect(row.evidence_sha256).toBe(hash(hashes.sort().join('\n')));
      expect([row.evidence_runs_count, row.evidence_steps_count]).toEqual([runs.length, steps.length]);
    }
    expect(rowsOf('claims').some((r) => Number(r.evidence_runs_count) > 0)).toBe(true);
  });

  it('have a verdict only where the go was completed, and were written down before it', () => {
    for (const row of rowsOf('claims')) {
      expect(row.verdict !== null).toBe(row.status === 'completed');
      expect(Number(row.registered_unix_ms)).toBeLessThan(Number(row.started_unix_ms));
    }
    expect(new Set(rowsOf('claims').map((r) => r.status))).toEqual(
      new Set(['completed', 'cancelled', 'failed']),
    );
  });

  it('hand every finding on with its criterion', () => {
    const found = source.selection.claims.flatMap((c) =>
      c.kind === 'claim_run' ? (c.value.outcome?.parts ?? []).flatMap((p) => p.findings) : [],
    );
    expect(rowsOf('findings').map((r) => [r.condition, r.value, r.low, r.high, r.n_count, r.state])).toEqual(
      found.map((f) => [
        f.condition,
        f.value?.value ?? null,
        f.value?.low ?? null,
        f.value?.high ?? null,
        f.n,
        f.state,
      ]),
    );
  });
});
