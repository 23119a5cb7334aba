import { energyOf, latencyOf, type MeasuredWindow, noEnergy, runCodes } from '../../src/main/lab/results';
import { inferencesBetween } from '../../src/main/lab/samples';
import { baselineOf, sensorWindow, withInferences } from '../../src/main/lab/sensorWindow';
import { ortProviderNames } from '../../src/main/runner/engines/engine';
import { queuedRun } from '../../src/main/store/records';
import type { LabWriter } from '../../src/main/store/writer';
import type { Health, Reading, SensorInfo } from '../../src/shared/meter';
import type { Condition, Provider } from '../../src/shared/plan';
import type { ReasonCode } from '../../src/shared/reasons';
import type { Outcome, RunFacts, RunRecord, WindowRecord, WindowSamples } from '../../src/shared/run';
import type { Baseline } from '../../src/shared/stats/baseline';
import { randomFrom } from '../../src/shared/stats/random';
import { hex } from './fakeRecords';

/** A run of the frozen lab: invented samples and readings, results by the product's own functions. */
export interface BundleRun {
  run: RunRecord;
  seed: number;
  /** Median latency, s. */
  p50S: number;
  /** Power under load, W. */
  watts: number;
  /** The first one is the headline. */
  sensors: readonly SensorInfo[];
  windows: number;
  stride?: number;
  /** The edge read that fails in this window, which makes it void. */
  failedEdge?: number;
  /** A window with a label that limits. */
  flagged?: number;
  outcome: Outcome;
  onBattery?: boolean;
}

const ns = (s: number) => BigInt(Math.round(s * 1e9));
/** Above 2^53: a double would round it. */
const bootNs = 9_007_199_254_740_993n;
const idleS = 15;
const windowS = 5.2;
const pauseS = 0.3;
/** Few reads: a gauge needs ten updates a window, a counter signs of life. */
const traceHz = { gauge: 5, counter: 2 } as const;

export const health = (tempC: number | null): Health => ({
  tempC,
  clockMHz: 1725,
  utilPct: 99,
  powerLimitW: 300,
  otherClients: 0,
  throttle: ['none'],
  throttleNs: { sw: 12n },
  defaultLimitW: 320,
  otherSmPct: null,
  memoryUsedBytes: 1.5e9,
});

export const factsOf = (seed: number, provider: Provider): RunFacts => ({
  ortVersion: '1.30.0',
  nodeVersion: '24.21.0',
  sessionCreateNs: 41_000_000 + seed,
  firstInferenceNs: 2_200_000,
  warmupInferences: 300,
  warmupNs: 3_000_000_000,
  // In the experiment of odd names now and then not.
  warmupSettled: seed < 300 || seed % 5 !== 4,
  assignment: [{ provider: ortProviderNames[provider], nodes: 5, operators: ['Gemm', 'Relu'] }],
  outputs: [{ name: 'y', elemType: 'float32', shape: [1, 2], nonFinite: 0 }],
  outputSha256: hex(`outputs ${seed}`),
  inputs: [{ name: 'x', elemType: 'float32', shape: [1, 8], fill: 'uniform' }],
  assumed: seed % 3 === 0 ? ['sequence = 1'] : [],
  peakRssBytes: 91_000_000 + seed * 4096,
  baseRssBytes: seed % 4 === 0 ? null : 72_000_000,
  stopReason: 'target',
  presetNumbers: { windowS, targetRel: seed % 2 === 0 ? 0.05 : null },
  inputSetSha256: hex('inputs'),
});

/** A meter that tells the power of `wattsAt`, counted or shown, with its reads at 10 Hz and at the edges. */
function readsOf(sensor: SensorInfo, seed: number, wattsAt: (s: number) => number) {
  const random = randomFrom(seed);
  const stepS = 0.01;
  const shown = (w: number) => (w - (sensor.calibration?.offsetW ?? 0)) / (sensor.calibration?.gain ?? 1);
  let atS = 0;
  let joule = 1000 + (seed % 17);
  const advance = (toS: number) => {
    for (; atS + stepS <= toS; atS += stepS) joule += wattsAt(atS) * stepS;
    return joule;
  };
  return (s: number, failed = false): Reading => {
    const t0 = bootNs + ns(s);
    const wobble = 1 + 0.01 * (random.uniform() - 0.5);
    const energyJ = advance(s);
    const raw =
      sensor.kind === 'gauge'
        ? Math.round(wattsAt(s) * wobble * 1000) / 1000
        : BigInt(Math.floor(energyJ / sensor.joulePerCount!));
    return {
      sensorId: sensor.id,
      t0,
      t1: t0 + 40_000n + BigInt(seed % 7),
      raw: failed ? null : typeof raw === 'number' ? shown(raw) : raw,
      sourceTimeNs: sensor.kind === 'gauge' ? t0 - 3_000_000n : null,
      error: failed ? { code: 'NVML_ERROR_TIMEOUT', fatal: false } : null,
    };
  };
}

/** queued -> running -> ended, with every row that a run can have. */
export function storeBundleRun(writer: LabWriter, of: BundleRun): RunRecord {
  const { run, seed, sensors, outcome } = of;
  const began = run.startedUnixMs!;
  writer.startRun(run.id, began);
  writer.putSensors(run.id, sensors);
  writer.appendEvent(run.id, bootNs, 'launch', 'runner started');
  writer.appendEvent(
    run.id,
    bootNs + ns(1),
    'load',
    'model loaded from /home/quillfeather/secret-linux.onnx',
  );
  const loadS = 1 + idleS + 1;
  const opens = Array.from({ length: of.windows }, (_, i) => loadS + 1 + i * (windowS + pauseS));
  const closeAllS = (opens.at(-1) ?? loadS) + windowS;
  const loaded = (s: number) => s >= loadS && s < closeAllS + 0.5;
  const wattsAt = (s: number) => (loaded(s) ? of.watts * (1 + 0.004 * Math.sin(s)) : of.watts * 0.3);
  const meters = sensors.map((sensor, i) => ({ sensor, read: readsOf(sensor, seed * 31 + i, wattsAt) }));

  const stretch = (mark: string, fromS: number, toS: number, isLoaded: boolean, failedEdge = false) =>
    meters.map(({ sensor, read }) => {
      const trace: Reading[] = [];
      let open: Reading | null = null;
      let n = 0;
      for (let s = fromS - 0.15; s < toS; s += 1 / traceHz[sensor.kind]) {
        if (open === null && s >= fromS) open = read(fromS, failedEdge);
        // Of a gauge a read fails now and then, never long enough for a gap.
        trace.push(read(s, sensor.kind === 'gauge' && ++n % 23 === 0));
      }
      const close = read(toS);
      trace.push(read(toS + 0.05));
      writer.appendReadings(run.id, 'edge', [open!, close], mark);
      writer.appendReadings(run.id, 'trace', trace, mark);
      const seen = sensorWindow(
        sensor,
        { open: open!, close, trace, powerLimitW: null, loaded: isLoaded },
        'READ_FAILED',
      );
      return { sensor, seen, trace };
    });
  const idle = (mark: string, fromS: number) =>
    new Map(
      stretch(mark, fromS, fromS + idleS, false).map(({ sensor, seen, trace }) => {
        const found = baselineOf(sensor, seen, trace);
        return [sensor.id, typeof found === 'string' ? null : found] as [string, Baseline | null];
      }),
    );

  const before = idle('idle:before', 1);
  const windows: MeasuredWindow[] = [];
  for (const [index, openS] of opens.entries()) {
    const samples = samplesAround(of, index, openS);
    const [openNs, closeNs] = [bootNs + ns(openS), bootNs + ns(openS + windowS)];
    const seen = stretch(`window:${index}`, openS, openS + windowS, true, of.failedEdge === index);
    const codes: ReasonCode[] =
      of.failedEdge === index ? ['READ_FAILED'] : of.flagged === index ? ['BACKGROUND_LOAD'] : [];
    const record: WindowRecord = {
      index,
      openNs,
      closeNs,
      inferences: inferencesBetween(samples, openNs, closeNs)!,
      codes,
      verdict: of.failedEdge === index ? 'void' : of.flagged === index ? 'flagged' : 'ok',
      energy: seen.map((s) => withInferences(s.seen.energy, samples)),
      ...(seed % 2 === 0 ? { slot: index, attempt: 0 } : {}),
      ...(index === 0
        ? {
            state: {
              samples: 12,
              tempC: 61.5,
              clockMHz: 1725,
              powerLimitW: 300,
              throttle: { none: 1 },
              throttleTime: null,
              backgroundCpu: 0.01,
              otherClients: null,
              otherSm: null,
              swappedPages: 0,
              majorFaults: 3,
              power: [
                { source: 'ac' as const, mode: 'performance' },
                { source: 'ac' as const, mode: null },
              ],
            },
          }
        : {}),
    };
    writer.appendWindow(run.id, record, samples);
    writer.appendState(run.id, `window:${index}`, closeNs, health(index % 2 === 0 ? 61.5 : null));
    const edgeS = Object.fromEntries(seen.map((s) => [s.sensor.id, s.seen.edgeS]));
    windows.push({ record, samples, edgeS });
  }
  writer.appendEvent(run.id, bootNs + ns(closeAllS), 'window', `${of.windows} windows, on grendelbox`);
  const after = outcome.kind === 'completed' ? idle('idle:after', closeAllS + 2) : new Map();

  const facts = of.windows > 0 ? factsOf(seed, run.condition.provider) : null;
  const codes = runCodes(run.condition, facts, of.onBattery ?? false);
  const measured = outcome.kind === 'completed' && of.windows > 0;
  const ended: RunRecord = {
    ...run,
    status: outcome.kind,
    endedUnixMs: began + Math.round((closeAllS + idleS + 3) * 1000),
    outcome,
    uiMode: seed % 3 === 0 ? 'headless' : 'quiet',
    system: { power: { source: of.onBattery ? 'battery' : 'ac', mode: 'balanced' }, batteryPct: 80 },
    facts,
    latency: measured ? latencyOf(windows, run.condition, codes) : null,
    energy: !measured
      ? []
      : sensors.length === 0
        ? [noEnergy('NO_SENSOR', codes)]
        : sensors.map((sensor, i) =>
            energyOf(
              sensor,
              i === 0,
              windows,
              { before: before.get(sensor.id) ?? null, after: after.get(sensor.id) ?? null },
              run.condition,
              sensor.provenance === 'estimate' ? [...codes, 'ESTIMATE_ONLY'] : codes,
              [],
            ),
          ),
  };
  writer.finishRun(ended);
  return ended;
}

/** Inferences back to back from a little before the window to a little after it. */
function samplesAround({ seed, p50S, stride = 1 }: BundleRun, index: number, openS: number): WindowSamples {
  const random = randomFrom(seed * 1000 + index);
  const level = p50S * Math.exp(0.004 * random.normal());
  const starts: number[] = [];
  const durations: number[] = [];
  const lengthNs = (windowS + 0.4) * 1e9;
  for (let t = 0, i = 0; t < lengthNs + level * 2e9; i++) {
    const duration = Math.max(1, Math.round(level * Math.exp(0.05 * random.normal()) * 1e9));
    if (i % stride === 0) {
      starts.push(t);
      durations.push(duration);
    }
    t += duration;
  }
  return {
    startsNs: Float64Array.from(starts),
    durationsNs: Float64Array.from(durations),
    originNs: bootNs + ns(openS - 0.2),
    stride,
    inferences: starts.length * stride,
  };
}

export function conditionOf(modelId: string, over: Partial<Condition> = {}): Condition {
  return {
    modelId,
    provider: 'cpu',
    engine: 'capi',
    batch: 1,
    threads: 1,
    preset: 'quick',
    windowS,
    seed: 1,
    dims: {},
    values: {},
    graphOptimization: 'all',
    fallback: 'cpu',
    ...over,
  };
}

export { queuedRun };
