import { z } from 'zod';
import type { AccuracyRecord } from '../../../shared/accuracy';
import { normaliseSchema } from '../../../shared/accuracy';
import type { Machine } from '../../../shared/machine';
import { domains, type Health, provenances, type SensorInfo } from '../../../shared/meter';
import { modelSchema } from '../../../shared/model';
import { conditionSchema, planSchema } from '../../../shared/plan';
import { type ReasonCode, reasonCodes } from '../../../shared/reasons';
import {
  phases,
  type RunRecord,
  runStatuses,
  uiModes,
  verdicts,
  type WindowRecord,
} from '../../../shared/run';
import type { ReadingsRecord } from '../../store/readings';
import type { DeviceState, Experiment, RunEvent, SensorOfRun, StoredWindow } from '../../store/records';
import { count, hash, id, maybe, ns, number, plainInterval, text, unixMs } from './shapeParts';

/**
 * Shapes of the records of a bundle. What another program may have written is held against them before it is stored:
 * from then on a record's shape is taken as given. Fields that this version does not know are let through.
 */

const code: z.ZodType<ReasonCode> = z.enum(reasonCodes as [ReasonCode, ...ReasonCode[]]);
const codes = z.array(code);
const device = z.object({ key: text, name: text, driver: maybe(text) });
const interval = z.object({ low: number, high: number });
const duration = z.number().nonnegative();

export const modelShape = modelSchema;

export const machineShape: z.ZodType<Machine> = z.object({
  id: hash,
  cpu: z.object({
    model: text,
    logicalCores: count,
    physicalCores: maybe(count).optional(),
    governor: maybe(text),
    tdpW: maybe(number).optional(),
    tdpFrom: maybe(z.enum(['powercap', 'table'])).optional(),
  }),
  memoryBytes: count,
  gpus: z.array(
    z.object({
      name: text,
      driver: maybe(text),
      memoryBytes: maybe(count),
      uuid: maybe(text).optional(),
      pciBusId: maybe(text).optional(),
      architecture: maybe(text).optional(),
      powerLimitW: maybe(number).optional(),
      defaultPowerLimitW: maybe(number).optional(),
      persistence: maybe(z.boolean()).optional(),
      mig: maybe(z.boolean()).optional(),
    }),
  ),
  os: z.object({
    platform: text,
    release: text,
    version: text,
    arch: text,
    build: maybe(text).optional(),
  }),
  virtualized: maybe(z.boolean()),
  powerSource: maybe(z.enum(['ac', 'battery'])),
  node: text,
  onnxruntime: text,
  app: z.object({ version: text, commit: maybe(text), buildSha256: maybe(text).optional() }),
  nodeOptions: maybe(text),
});

export const experimentShape: z.ZodType<Experiment> = z.object({
  id,
  createdUnixMs: unixMs,
  plan: planSchema,
  planSha256: hash,
  status: z.enum(runStatuses),
  endedUnixMs: maybe(unixMs),
});

const estimate = z.union([
  z.object({ value: number, low: number, high: number, missingReason: z.null() }),
  z.object({ value: z.null(), low: z.null(), high: z.null(), missingReason: code }),
]);

const power = z.object({ source: maybe(z.enum(['ac', 'battery'])), mode: maybe(text) });

export const sensorShape: z.ZodType<SensorInfo> = z.object({
  id: z.string().min(1).max(500),
  provider: text,
  device,
  domain: z.enum(domains),
  contains: z.array(z.enum(domains)),
  kind: z.enum(['counter', 'gauge']),
  provenance: z.enum(provenances),
  origin: z.enum(['hardware', 'model', 'simulated', 'replayed']),
  delivery: z.enum(['read', 'push']),
  joulePerCount: maybe(number),
  modulus: maybe(z.bigint().positive()),
  update: z.object({ seconds: number, from: z.enum(['documented', 'measured', 'assumed']) }),
  averagingS: number,
  duty: number,
  maxReadHz: number,
  edgeAlign: z.boolean(),
  gainRel1s: number,
  offsetW1s: number,
  maxPlausibleW: number,
  factor1s: maybe(number),
  notes: z.array(text),
  calibration: maybe(
    z.object({
      id: text,
      gain: number,
      offsetW: number,
      gainRel1s: number,
      offsetW1s: number,
      atUnixMs: unixMs,
      against: text,
    }),
  ).optional(),
});

const energyPart = z.object({
  verdict: z.enum(verdicts),
  codes,
  perInferenceJ: maybe(number),
  repeat: maybe(interval),
  absolute: maybe(interval),
  u: maybe(
    z.object({
      resolutionJ: maybe(number),
      repeatJ: maybe(number),
      baselineJ: maybe(number),
      edgeJ: maybe(number),
      gainJ: maybe(number),
      offsetJ: maybe(number),
      combinedJ: maybe(number),
    }),
  ),
});

export const runShape: z.ZodType<RunRecord> = z.object({
  id,
  experimentId: id,
  ordinal: count,
  role: z.enum(['measure', 'overhead', 'control']),
  turn: z.object({ entry: count, block: count, blocks: count, position: count }).optional(),
  condition: conditionSchema,
  conditionSha256: hash,
  machineId: hash,
  status: z.enum(runStatuses),
  queuedUnixMs: unixMs,
  startedUnixMs: maybe(unixMs),
  endedUnixMs: maybe(unixMs),
  outcome: maybe(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('completed') }),
      z.object({ kind: z.literal('cancelled'), phase: z.enum(phases) }),
      z.object({
        kind: z.literal('failed'),
        phase: z.enum(phases),
        cause: z.enum(['crash', 'hang', 'memory', 'error']),
        exitCode: maybe(z.int()),
        signal: maybe(text),
        message: text,
        remedy: maybe(text),
        stderrTail: text,
      }),
    ]),
  ),
  uiMode: z.enum(uiModes).optional(),
  system: z.object({ power, batteryPct: maybe(number) }).optional(),
  facts: maybe(
    z.object({
      ortVersion: text,
      nodeVersion: text,
      sessionCreateNs: maybe(duration),
      firstInferenceNs: maybe(duration),
      warmupInferences: maybe(count),
      warmupNs: maybe(duration),
      warmupSettled: maybe(z.boolean()),
      assignment: maybe(z.array(z.object({ provider: text, nodes: count, operators: z.array(text) }))),
      outputs: maybe(
        z.array(z.object({ name: text, elemType: text, shape: z.array(z.int()), nonFinite: maybe(count) })),
      ),
      outputSha256: maybe(text),
      inputs: z.array(z.object({ name: text, elemType: text, shape: z.array(z.int()), fill: text })),
      assumed: z.array(text),
      peakRssBytes: maybe(count),
      baseRssBytes: maybe(count),
      stopReason: maybe(z.enum(['fixed', 'target', 'windows_max'])),
      presetNumbers: z.record(z.string(), maybe(number)),
      inputSetSha256: maybe(text).optional(),
    }),
  ),
  latency: maybe(
    z.object({
      verdict: z.enum(verdicts),
      codes,
      n: count,
      nEff: number,
      stride: count,
      p50S: estimate,
      p90S: estimate,
      p95S: estimate,
      p99S: estimate,
      p999S: estimate,
      minS: maybe(number),
      maxS: maybe(number),
      meanS: maybe(number),
      sdS: maybe(number),
      spikes: count,
      throughputHz: maybe(number),
      method: text,
    }),
  ),
  energy: z.array(
    z.object({
      sensor: maybe(sensorShape),
      domain: maybe(z.enum(domains)),
      provenance: maybe(z.enum(provenances)),
      headline: z.boolean(),
      gross: energyPart,
      net: energyPart,
      powerMeanW: maybe(number),
      powerReadyW: maybe(number),
      powerBareW: maybe(number).optional(),
      windows: count,
      method: text,
    }),
  ),
  macs: maybe(
    z.object({
      macs: maybe(count),
      missingReason: maybe(text),
      effective: maybe(count).optional(),
      effectiveMissingReason: maybe(text).optional(),
    }),
  ),
});

/** Samples or readings of one row at most: a window of the lab's own holds 2^17. */
const rowMax = 2 ** 22;

const windowRecord: z.ZodType<WindowRecord> = z.object({
  index: count,
  openNs: ns,
  closeNs: ns,
  inferences: number,
  codes,
  verdict: z.enum(['ok', 'flagged', 'void']),
  energy: z.array(
    z.object({
      sensorId: text,
      fromNs: maybe(ns),
      toNs: maybe(ns),
      energyJ: maybe(number),
      inferences: maybe(number),
      code: maybe(code),
    }),
  ),
  slot: count.optional(),
  attempt: count.optional(),
  gapS: number.optional(),
  state: z
    .object({
      samples: count,
      tempC: maybe(number),
      clockMHz: maybe(number),
      powerLimitW: maybe(number),
      throttle: maybe(z.record(z.string(), number)),
      throttleTime: maybe(z.record(z.string(), number)),
      backgroundCpu: maybe(number),
      otherClients: maybe(number),
      otherSm: maybe(number),
      swappedPages: maybe(number),
      majorFaults: maybe(number),
      power: z.tuple([power, power]),
    })
    .optional(),
});

export const windowShape: z.ZodType<StoredWindow> = z.object({
  runId: id,
  window: windowRecord,
  samples: z.object({
    n: count.max(rowMax),
    stride: z.int().min(1),
    originNs: ns,
    inferences: number,
    sha256: hash,
  }),
});

export const sensorOfRunShape: z.ZodType<SensorOfRun> = z.object({ runId: id, sensor: sensorShape });

const readError = z.object({ code: text, fatal: z.boolean() });

export const readingsShape: z.ZodType<ReadingsRecord> = z
  .object({
    runId: id,
    sensorId: z.string().min(1).max(500),
    role: z.enum(['edge', 'trace']),
    seq: count,
    mark: maybe(text),
    n: count.max(rowMax),
    absent: z.array(z.object({ index: count, error: maybe(readError) })),
    flagged: z.array(z.object({ index: count, error: readError })),
    sourceAbsent: z.union([z.literal('all'), z.array(count)]),
    columnsSha256: hash,
  })
  .refine(
    ({ n, absent, flagged, sourceAbsent }) =>
      isRising(
        absent.map((a) => a.index),
        n,
      ) &&
      isRising(
        flagged.map((f) => f.index),
        n,
      ) &&
      (sourceAbsent === 'all' || isRising(sourceAbsent, n)),
    'indexes that are not those of its reads',
  );

/** Each larger than the one before it, all below n. */
const isRising = (indexes: readonly number[], n: number) =>
  indexes.every((index, i) => index < n && (i === 0 || index > indexes[i - 1]!));

const health: z.ZodType<Health> = z.object({
  tempC: maybe(number),
  clockMHz: maybe(number),
  utilPct: maybe(number),
  powerLimitW: maybe(number),
  otherClients: maybe(number),
  throttle: maybe(z.array(text)),
  throttleNs: maybe(z.record(z.string(), z.bigint())),
  defaultLimitW: maybe(number).optional(),
  otherSmPct: maybe(number).optional(),
  memoryUsedBytes: maybe(number).optional(),
});

export const stateShape: z.ZodType<DeviceState> = z.object({
  runId: id,
  seq: count,
  mark: text,
  atNs: ns,
  health,
});

export const eventShape: z.ZodType<RunEvent> = z.object({
  runId: id,
  seq: count,
  atNs: ns,
  phase: z.enum(phases),
  text,
});

export const accuracyShape: z.ZodType<AccuracyRecord> = z.object({
  id,
  modelId: hash,
  dataset: text,
  datasetSha256: text,
  seed: z.int(),
  n: count,
  correct: count,
  accuracy: plainInterval,
  classes: count,
  perClass: z.array(z.object({ n: count, correct: count })),
  scores: z.enum(['logits', 'probabilities', 'labels']),
  nll: maybe(number),
  nllMissing: maybe(text),
  input: text,
  layout: z.enum(['as_given', 'reshaped', 'channels_last', 'channels_first']),
  output: text,
  normalise: maybe(normaliseSchema),
  provider: text,
  batch: count,
  ortVersion: text,
  createdUnixMs: unixMs,
});
