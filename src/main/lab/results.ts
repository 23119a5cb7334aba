import type { SensorInfo } from '../../shared/meter';
import { type Condition, protocolOf } from '../../shared/plan';
import { type ReasonCode, verdictOf } from '../../shared/reasons';
import type {
  EnergyPart,
  EnergyResult,
  LatencyResult,
  RunFacts,
  WindowRecord,
  WindowSamples,
} from '../../shared/run';
import type { Baseline } from '../../shared/stats/baseline';
import { type EnergyWindow, repeatHalfWidthRel, summarizeEnergy } from '../../shared/stats/energy';
import { summarizeLatency } from '../../shared/stats/latency';
import { standardDeviation } from '../../shared/stats/robust';
import { studentQuantile } from '../../shared/stats/student';
import { ortProviderNames } from '../runner/engines/engine';
import { durationsInside } from './samples';
import { lastingCodes } from './windowTries';

/** One window with what its statistics need. */
export interface MeasuredWindow {
  record: WindowRecord;
  samples: WindowSamples;
  /** Standard uncertainty of an edge time stamp per sensor, s. */
  edgeS: Readonly<Record<string, number>>;
}

export interface Baselines {
  before: Baseline | null;
  after: Baseline | null;
}

export const noBaselines: Readonly<Baselines> = { before: null, after: null };

/** Codes that concern the whole run, from its condition and what the runner reported. Pure. */
export function runCodes(condition: Condition, facts: RunFacts | null, onBattery: boolean): ReasonCode[] {
  const codes: ReasonCode[] = [];
  if (condition.preset === 'glance') codes.push('GLANCE');
  if (facts?.warmupSettled === false) codes.push('WARMUP_NOT_SETTLED');
  if (facts?.outputs?.some((o) => (o.nonFinite ?? 0) > 0)) codes.push('OUTPUT_MISMATCH');
  const wanted = ortProviderNames[condition.provider];
  if (facts?.assignment?.some((a) => a.provider !== wanted && a.nodes > 0)) codes.push('EP_FALLBACK');
  if (condition.provider !== 'cpu' && facts && facts.assignment === null) codes.push('EP_UNCHECKED');
  if (onBattery) codes.push('ON_BATTERY');
  return codes;
}

/** Latency of the run over its undamaged windows. */
export function latencyOf(
  windows: readonly MeasuredWindow[],
  condition: Condition,
  codes: readonly ReasonCode[],
): LatencyResult {
  const usable = windows.filter((w) => w.record.verdict !== 'void');
  const result = summarizeLatency(
    usable.map(({ record, samples }) => ({
      durationsNs: durationsInside(samples, record.openNs, record.closeNs),
      inferences: record.inferences,
      seconds: Number(record.closeNs - record.openNs) / 1e9,
    })),
    {
      batch: condition.batch,
      stride: Math.max(1, ...usable.map((w) => w.samples.stride)),
      windowsMin: protocolOf(condition).windowsMin,
      codes,
    },
  );
  const verdict =
    result.verdict === 'not_measured'
      ? result.verdict
      : verdictOf(result.codes, 'latency', condition.fallback, lastingCodes(windows.map((w) => w.record)));
  return { ...result, verdict };
}

/** What a sensor saw, window by window: the undamaged ones for the statistics. */
export function energyWindows(windows: readonly MeasuredWindow[], sensorId: string): EnergyWindow[] {
  return windows.flatMap(({ record, edgeS }) => {
    const seen = record.energy.find((e) => e.sensorId === sensorId);
    if (!seen || record.verdict === 'void' || seen.energyJ === null || seen.inferences === null) return [];
    if (seen.fromNs === null || seen.toNs === null) return [];
    return [
      {
        energyJ: seen.energyJ,
        inferences: seen.inferences,
        seconds: Number(seen.toNs - seen.fromNs) / 1e9,
        edgeS: edgeS[sensorId] ?? 0,
        gapS: record.gapS ?? 0,
      },
    ];
  });
}

/** Energy of the run on one sensor. Codes that refuse every window (WINDOW_TOO_SHORT …) become the result's. */
export function energyOf(
  sensor: SensorInfo,
  headline: boolean,
  windows: readonly MeasuredWindow[],
  baselines: Baselines,
  condition: Condition,
  codes: readonly ReasonCode[],
  /** Why an idle stretch is missing, or not to be believed. */
  netCodes: readonly ReasonCode[],
  /** What else is known of the run's meters. */
  { bareW = null, limiting = [] }: { bareW?: number | null; limiting?: readonly ReasonCode[] } = {},
): EnergyResult {
  const refusals = windows.flatMap((w) =>
    w.record.energy
      .filter((e) => e.sensorId === sensor.id && e.code !== null)
      .map((e) => e.code as ReasonCode),
  );
  const usable = energyWindows(windows, sensor.id);
  const own: ReasonCode[] = usable.length === 0 ? refusals : refusals.filter((c) => c !== 'WINDOW_TOO_SHORT');
  if (sensor.notes.some((n) => n.startsWith('SCOPE_SUBSTITUTED'))) own.push('SCOPE_SUBSTITUTED');
  const summary = summarizeEnergy({
    sensor,
    windows: usable,
    before: baselines.before,
    after: baselines.after,
    windowsMin: protocolOf(condition).windowsMin,
    codes: [...new Set([...codes, ...own, ...limiting])],
  });
  const kept = [...lastingCodes(windows.map((w) => w.record)), ...limiting];
  return {
    sensor,
    domain: sensor.domain,
    provenance: sensor.provenance,
    headline,
    ...summary,
    powerBareW: bareW,
    gross: judged(summary.gross, 'gross', condition, kept),
    net: judged(
      { ...summary.net, codes: [...new Set([...summary.net.codes, ...netCodes])] },
      'net',
      condition,
      // Two sensors that differ over idle limit the net energy and nothing else.
      [...kept, ...netCodes.filter((c) => c === 'SOURCES_DISAGREE')],
    ),
  };
}

function judged(
  part: EnergyPart,
  result: 'gross' | 'net',
  condition: Condition,
  limiting: readonly ReasonCode[],
): EnergyPart {
  return part.perInferenceJ === null
    ? part
    : { ...part, verdict: verdictOf(part.codes, result, condition.fallback, limiting) };
}

/** The energy of a run that has no meter: null, with the reason why. */
export function noEnergy(code: ReasonCode, codes: readonly ReasonCode[]): EnergyResult {
  const part: EnergyPart = {
    verdict: 'not_measured',
    codes: [code, ...codes],
    perInferenceJ: null,
    repeat: null,
    absolute: null,
    u: null,
  };
  return {
    sensor: null,
    domain: null,
    provenance: null,
    headline: true,
    gross: part,
    net: part,
    powerMeanW: null,
    powerReadyW: null,
    windows: 0,
    method: 'none',
  };
}

/** Median latency (ns) of each undamaged window. */
export function windowMedians(windows: readonly MeasuredWindow[]): number[] {
  return windows
    .filter((w) => w.record.verdict !== 'void')
    .map(({ record, samples }) => durationsInside(samples, record.openNs, record.closeNs).slice().sort())
    .filter((sorted) => sorted.length > 0)
    .map((sorted) => sorted[sorted.length >> 1]!);
}

/**
 * Half-width of the 95 % repeatability interval over the mean, for the stopping rule: of gross energy on the headline
 * sensor, or of the window medians of latency where no energy is measured. Null below two windows.
 */
export function halfWidthRel(windows: readonly MeasuredWindow[], headline: SensorInfo | null): number | null {
  if (headline) {
    const energy = repeatHalfWidthRel(energyWindows(windows, headline.id), headline);
    if (energy !== null) return energy;
  }
  const logs = windowMedians(windows).map(Math.log);
  if (logs.length < 2) return null;
  return (studentQuantile(0.975, logs.length - 1) * standardDeviation(logs)) / Math.sqrt(logs.length);
}
