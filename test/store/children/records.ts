import { createHash } from 'node:crypto';
import { sha256OfValue } from '../../../src/main/store/canonical';
import { type Experiment, queuedRun as newRun } from '../../../src/main/store/records';
import type { LabWriter } from '../../../src/main/store/writer';
import type { Machine } from '../../../src/shared/machine';
import type { Health, Reading, SensorInfo } from '../../../src/shared/meter';
import type { Model } from '../../../src/shared/model';
import { type Condition, type Plan, planSchema } from '../../../src/shared/plan';
import type { RunRecord, WindowRecord, WindowSamples } from '../../../src/shared/run';

/** Invented, fixed by their salts; shared by the tests and the child processes that they start. */

export const bornUnixMs = 1_790_000_000_000;

/** A UUIDv7-like id that sorts by its numbers. */
export const uuid = (a: number, b = 0) =>
  `01960000-${a.toString(16).padStart(4, '0')}-7000-8000-${b.toString(16).padStart(12, '0')}`;

export const modelId = (name: string) => createHash('sha256').update(name).digest('hex');

export function model(name = 'mlp-1k'): Model {
  return {
    id: modelId(name),
    name,
    family: 'mlp',
    recipe: 'mlp:1e3:seed=1',
    fileSha256: modelId(name),
    externalData: [],
    fileBytes: 4321,
    irVersion: 10,
    producer: 'thirty-watts',
    opsets: [{ domain: '', version: 17 }],
    inputs: [{ name: 'x', kind: 'tensor', elemType: 'float32', shape: ['batch', 8] }],
    outputs: [{ name: 'y', kind: 'tensor', elemType: 'float32', shape: ['batch', 2] }],
    precision: 'float32',
    counts: {
      convention: 'tw1',
      parameters: 1000,
      parametersMissingReason: null,
      parametersNonzero: 1000,
      parameterBytes: 4000,
      operators: { Gemm: 3, Relu: 2 },
    },
    importedUnixMs: bornUnixMs,
  };
}

export function machine(): Machine {
  const facts: Omit<Machine, 'id'> = {
    cpu: { model: 'Example 9000', logicalCores: 4, governor: null },
    memoryBytes: 8 * 2 ** 30,
    gpus: [],
    os: { platform: 'linux', release: '6.1', version: '#1', arch: 'x64' },
    virtualized: true,
    powerSource: null,
    node: '24.21.0',
    onnxruntime: '1.30.0',
    app: { version: '0.1.0', commit: null },
    nodeOptions: null,
  };
  return { id: sha256OfValue(facts), ...facts };
}

export function plan(): Plan {
  return planSchema.parse({ schema: 'thirtywatts.plan/1', name: 'first light', models: ['mlp-1k'] });
}

export function experiment(salt = 1): Experiment {
  return {
    id: uuid(salt),
    createdUnixMs: bornUnixMs + salt,
    plan: plan(),
    planSha256: sha256OfValue(plan()),
    status: 'queued',
    endedUnixMs: null,
  };
}

export function condition(batch = 1): Condition {
  return {
    modelId: modelId('mlp-1k'),
    provider: 'cpu',
    engine: 'capi',
    batch,
    threads: 1,
    preset: 'quick',
    windowS: 5,
    seed: 1,
    dims: {},
    values: {},
    graphOptimization: 'all',
    fallback: 'none',
  };
}

export function queuedRun(experimentId: string, ordinal = 0): RunRecord {
  const salt = Number.parseInt(experimentId.slice(9, 13), 16);
  return newRun({
    id: uuid(salt, ordinal + 1),
    experimentId,
    ordinal,
    role: 'measure',
    condition: condition(ordinal + 1),
    machineId: machine().id,
    queuedUnixMs: bornUnixMs + salt,
    macs: null,
  });
}

export const completed = (run: RunRecord): RunRecord => ({
  ...run,
  status: 'completed',
  startedUnixMs: run.startedUnixMs ?? bornUnixMs + 10,
  endedUnixMs: bornUnixMs + 20,
  outcome: { kind: 'completed' },
});

/** Above 2^53: a double would round it. */
const originNs = 9_007_199_254_740_993n;

export function window(index: number): WindowRecord {
  const openNs = originNs + BigInt(index) * 5_000_000_000n;
  return {
    index,
    openNs,
    closeNs: openNs + 5_000_000_000n,
    inferences: 20.5,
    codes: [],
    verdict: 'ok',
    energy: [
      {
        sensorId: sensor().id,
        fromNs: openNs + 7n,
        toNs: openNs + 4_999_999_999n,
        energyJ: 12.25,
        inferences: 20.25,
        code: null,
      },
    ],
  };
}

export function samples(index: number, n = 20): WindowSamples {
  return {
    startsNs: Float64Array.from({ length: n }, (_, i) => i * 250_000_000 + index),
    durationsNs: Float64Array.from({ length: n }, (_, i) => 249_000_000 + ((i * 7919) % 1000)),
    originNs: originNs + BigInt(index) * 5_000_000_000n,
    stride: 1,
    inferences: n + 1,
  };
}

export function sensor(id = 'simulated:cpu'): SensorInfo {
  return {
    id,
    provider: 'simulated',
    device: { key: 'cpu', name: 'Example 9000', driver: null },
    domain: 'cpu.package',
    contains: ['cpu.cores'],
    kind: 'counter',
    provenance: 'measured',
    origin: 'simulated',
    delivery: 'read',
    joulePerCount: 1e-6,
    modulus: 2n ** 32n,
    update: { seconds: 0.001, from: 'assumed' },
    averagingS: 0,
    duty: 1,
    maxReadHz: 100,
    edgeAlign: true,
    gainRel1s: 0.05,
    offsetW1s: 0,
    maxPlausibleW: 500,
    factor1s: null,
    notes: [],
  };
}

export function edges(index: number): Reading[] {
  const { openNs, closeNs } = window(index);
  return [openNs, closeNs].map((at) => ({
    sensorId: sensor().id,
    t0: at,
    t1: at + 14n,
    raw: 12_250_000n * BigInt(index + 1),
    sourceTimeNs: null,
    error: null,
  }));
}

export const health: Health = {
  tempC: 41.5,
  clockMHz: null,
  utilPct: null,
  powerLimitW: null,
  otherClients: null,
  throttle: ['none'],
  throttleNs: { sw: 12n },
};

/** queued -> running -> completed, with windows, readings, states and events. */
export function measureInto(writer: LabWriter, runId: string, windows: number): RunRecord {
  const run = writer.startRun(runId, bornUnixMs + 10);
  writer.putSensors(runId, [sensor()]);
  writer.appendEvent(runId, originNs, 'launch', 'runner started');
  for (let index = 0; index < windows; index++) {
    writer.appendWindow(runId, window(index), samples(index));
    writer.appendReadings(runId, 'edge', edges(index), `window:${index}`);
    writer.appendState(runId, `window:${index}`, window(index).closeNs, health);
  }
  writer.appendReadings(runId, 'trace', edges(0));
  writer.appendEvent(runId, originNs + 1n, 'window', 'windows done');
  writer.finishRun(completed(run));
  return completed(run);
}
