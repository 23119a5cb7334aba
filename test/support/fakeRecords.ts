import { createHash } from 'node:crypto';
import type { Machine } from '../../src/shared/machine';
import type { SensorInfo } from '../../src/shared/meter';
import type { Family, Macs, Model } from '../../src/shared/model';
import type { Condition } from '../../src/shared/plan';
import type { EnergyPart, Estimate, RunRecord } from '../../src/shared/run';
import { sensor as counter } from '../shared/stats/simulated';
import { machine as machineRecord, model as modelRecord, uuid } from '../store/children/records';

/** Invented records in any number, the same for the same arguments. Nothing here was measured. */

export const bornUnixMs = Date.UTC(2026, 9, 1, 8);

/** Numerical Recipes' linear congruential generator: good enough to scatter points, the same everywhere. */
export function scatter(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const hex = (text: string) => createHash('sha256').update(text).digest('hex');

export function fakeModel(
  name: string,
  parameters: number,
  family: Family = 'mlp',
  over: Partial<Model> = {},
): Model {
  const base = modelRecord(name);
  return {
    ...base,
    family,
    recipe: family === 'imported' ? null : `${family}:${parameters}:seed=1`,
    fileBytes: parameters * 4 + 800,
    counts: { ...base.counts, parameters, parametersNonzero: parameters, parameterBytes: parameters * 4 },
    importedUnixMs: bornUnixMs,
    ...over,
  };
}

/** A count of a model without zeros. */
export const fakeMacs = (macs: number, over: Partial<Macs> = {}): Macs => ({
  convention: 'tw1',
  macs,
  missingReason: null,
  unknownOperators: [],
  effective: macs,
  effectiveMissingReason: null,
  inputEffective: null,
  inputEffectiveMissingReason: 'not measured',
  computed: [],
  others: { Relu: { calls: 2, elements: 64 } },
  nodes: [{ name: 'y', operator: 'Gemm', macs, effective: macs, computed: false }],
  ...over,
});

export const fakeMachine = (): Machine => machineRecord();

/** A hardware-like sensor: so that pages without a badge can be told from those with one. */
export const packageSensor: SensorInfo = {
  ...counter,
  id: 'rapl:0',
  provider: 'rapl',
  device: { key: 'cpu0', name: 'Example 9000', driver: null },
  domain: 'cpu.package',
  origin: 'hardware',
  provenance: 'firmware-model',
};

export interface FakeRunOptions {
  experiment: string;
  ordinal: number;
  model: Model;
  condition?: Partial<Condition>;
  /** Median latency, s. */
  p50S?: number;
  /** Gross joules per inference; null: not measured. */
  grossJ?: number | null;
  sensor?: SensorInfo;
  over?: Partial<RunRecord>;
}

/** A completed run with latency and energy. */
export function fakeRun({
  experiment,
  ordinal,
  model,
  condition = {},
  p50S = 1e-3,
  grossJ = null,
  sensor = packageSensor,
  over = {},
}: FakeRunOptions): RunRecord {
  const salt = Number.parseInt(hex(experiment).slice(0, 4), 16);
  const around = (value: number, rel: number): Estimate => ({
    value,
    low: value * (1 - rel),
    high: value * (1 + rel),
    missingReason: null,
  });
  const part = (value: number | null): EnergyPart => ({
    verdict: value === null ? 'not_measured' : 'limited',
    codes: value === null ? ['NO_SENSOR'] : [],
    perInferenceJ: value,
    repeat: value === null ? null : { low: value * 0.97, high: value * 1.03 },
    absolute: value === null ? null : { low: value * 0.88, high: value * 1.12 },
    u:
      value === null
        ? null
        : {
            resolutionJ: value * 1e-3,
            repeatJ: value * 0.012,
            baselineJ: null,
            edgeJ: value * 1e-3,
            gainJ: value * 0.05,
            offsetJ: null,
            combinedJ: value * 0.053,
          },
  });
  const started = bornUnixMs + salt * 1000 + ordinal * 40_000;
  return {
    id: uuid(salt, ordinal + 1),
    experimentId: experiment,
    ordinal,
    role: 'measure',
    condition: {
      modelId: model.id,
      provider: 'cpu',
      engine: 'capi',
      batch: 1,
      threads: 1,
      preset: 'standard',
      windowS: 10,
      seed: 1,
      dims: {},
      values: {},
      graphOptimization: 'all',
      fallback: 'none',
      ...condition,
    },
    conditionSha256: hex(`${experiment} ${ordinal}`),
    machineId: fakeMachine().id,
    status: 'completed',
    queuedUnixMs: started - 1000,
    startedUnixMs: started,
    endedUnixMs: started + 30_000,
    outcome: { kind: 'completed' },
    uiMode: 'quiet',
    facts: {
      ortVersion: '1.30.0',
      nodeVersion: '24.21.0',
      sessionCreateNs: 4.1e7,
      firstInferenceNs: 2.2e6,
      warmupInferences: 800,
      warmupNs: 3e9,
      warmupSettled: true,
      assignment: [{ provider: 'CPUExecutionProvider', nodes: 5, operators: ['Gemm', 'Relu'] }],
      outputs: [{ name: 'y', elemType: 'float32', shape: [1, 2], nonFinite: 0 }],
      outputSha256: hex('outputs'),
      inputs: [{ name: 'x', elemType: 'float32', shape: [1, 8], fill: 'uniform' }],
      assumed: [],
      peakRssBytes: 9.1e7,
      baseRssBytes: 7.2e7,
      stopReason: 'target',
      presetNumbers: {},
    },
    latency: {
      verdict: 'valid',
      codes: [],
      n: 1000,
      nEff: 400,
      stride: 1,
      p50S: around(p50S, 0.01),
      p90S: around(p50S * 1.1, 0.02),
      p95S: around(p50S * 1.2, 0.03),
      p99S: around(p50S * 1.5, 0.06),
      p999S: { value: null, low: null, high: null, missingReason: 'TOO_FEW_SAMPLES' },
      minS: p50S * 0.9,
      maxS: p50S * 3,
      meanS: p50S * 1.03,
      sdS: p50S * 0.1,
      spikes: 2,
      throughputHz: (condition.batch ?? 1) / p50S,
      method: 'order statistics',
    },
    energy: [
      {
        sensor: grossJ === null ? null : sensor,
        domain: grossJ === null ? null : sensor.domain,
        provenance: grossJ === null ? null : sensor.provenance,
        headline: true,
        gross: part(grossJ),
        net: part(grossJ === null ? null : grossJ * 0.8),
        powerMeanW: grossJ === null ? null : grossJ / p50S,
        powerReadyW: grossJ === null ? null : (grossJ / p50S) * 0.2,
        windows: 10,
        method: 'mean over windows',
      },
    ],
    macs: { macs: model.counts.parameters, missingReason: null },
    ...over,
  };
}

/** A ladder of six models measured `seeds` times, latency and energy growing by power laws with scatter. */
export function fakeLadder(
  experiment: string,
  { seeds = 1, seed = 1, provider = 'cpu' as Condition['provider'], energy = true, ordinal = 0 } = {},
): { models: Model[]; runs: RunRecord[] } {
  const random = scatter(seed);
  const models = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8].map((n) =>
    fakeModel(`mlp-${n.toExponential(0).replace('+', '')}`, n),
  );
  const runs = models.flatMap((model, i) =>
    Array.from({ length: seeds }, (_, s) => {
      const wobble = Math.exp(0.1 * (random() - 0.5));
      const p50S = 5e-6 * (model.counts.parameters! / 1e3) ** 0.8 * wobble;
      return fakeRun({
        experiment,
        ordinal: ordinal + i * seeds + s,
        model,
        condition: { provider, seed: s + 1 },
        p50S,
        grossJ: energy ? p50S * 18 * wobble : null,
      });
    }),
  );
  return { models, runs };
}
