import type { Reading, SensorInfo } from '../../shared/meter';
import type { ReasonCode } from '../../shared/reasons';
import type { WindowEnergy, WindowSamples } from '../../shared/run';
import type { Baseline } from '../../shared/stats/baseline';
import { mean, standardDeviation } from '../../shared/stats/robust';
import { shortestWindowS, windowEnergy } from '../meters';
import { calibratedW } from '../meters/calibration';
import { midNs } from '../meters/reading';
import { latestPushS } from '../meters/wallPoller';
import { inferencesBetween } from './samples';

/** One sensor's view of one window, from its own readings alone: measured and verified by the same functions. */
export interface SensorWindow {
  energy: Omit<WindowEnergy, 'inferences'>;
  /** Standard uncertainty of one edge's time stamp, s: (t1 − t0)/√12; of a push sensor that of the slowest answer taken. */
  edgeS: number;
}

export interface SensorReads {
  open: Reading | undefined;
  close: Reading | undefined;
  /** Slow trace of this sensor over the window. */
  trace: readonly Reading[];
  powerLimitW: number | null;
  loaded: boolean;
}

/** Energy between the two edge reads; `absent` is the code where there are none. */
export function sensorWindow(
  sensor: SensorInfo,
  { open, close, ...rest }: SensorReads,
  absent: ReasonCode,
): SensorWindow {
  if (!open || !close) {
    return {
      energy: { sensorId: sensor.id, fromNs: null, toNs: null, energyJ: null, code: absent },
      edgeS: 0,
    };
  }
  return {
    energy: windowEnergy(sensor, { open, close, ...rest }),
    edgeS: (sensor.delivery === 'push' ? latestPushS : Number(open.t1 - open.t0) / 1e9) / Math.sqrt(12),
  };
}

/**
 * Pauses that the sensors ask for before a window: load for the slowest pause between reads or averaging time, and the
 * longest update period, which windows meet at random phase, s. Sensors that cannot see so short a window ask for nothing.
 */
export function pausesOf(
  sensors: readonly SensorInfo[],
  windowS: number,
): { prerollS: number; phaseS: number } {
  const seeing = sensors.filter((s) => shortestWindowS(s) <= windowS);
  return {
    prerollS: Math.max(0, ...seeing.map((s) => Math.max(1 / s.maxReadHz, s.averagingS))),
    phaseS: Math.max(0, ...seeing.map((s) => s.update.seconds)),
  };
}

/** The energy with its inferences, from the samples of the same window. */
export function withInferences(energy: SensorWindow['energy'], samples: WindowSamples): WindowEnergy {
  if (energy.fromNs === null || energy.toNs === null) return { ...energy, inferences: null };
  const inferences = inferencesBetween(samples, energy.fromNs, energy.toNs);
  // The meter was read when the load was no longer running: joules without their inferences are nobody's.
  return inferences === null && energy.energyJ !== null
    ? { ...energy, energyJ: null, inferences, code: 'LATE_READ' }
    : { ...energy, inferences };
}

/** Mean power over an idle stretch, or the code that says why it is not known. */
export function baselineOf(
  sensor: SensorInfo,
  { energy }: SensorWindow,
  trace: readonly Reading[],
): Baseline | ReasonCode {
  if (energy.energyJ === null || energy.fromNs === null || energy.toNs === null)
    return energy.code ?? 'READ_FAILED';
  const seconds = Number(energy.toNs - energy.fromNs) / 1e9;
  // A counter has only its two edges; a gauge shows its spread.
  const watts =
    sensor.kind === 'gauge'
      ? trace.flatMap((r) => (typeof r.raw === 'number' ? [calibratedW(sensor, r.raw)] : []))
      : [];
  return {
    powerW: energy.energyJ / seconds,
    sdW: watts.length > 1 ? standardDeviation(watts) : null,
    seconds,
    ...halvesOf(sensor, trace, energy.fromNs, energy.toNs),
  };
}

/** Middle of the stretch and mean power of its halves from the readings inside it; nothing where they do not tell. */
function halvesOf(
  sensor: SensorInfo,
  trace: readonly Reading[],
  fromNs: bigint,
  toNs: bigint,
): Pick<Baseline, 'atS' | 'halvesW'> {
  const middleNs = (fromNs + toNs) / 2n;
  const inside = trace
    .map((r) => ({ atNs: midNs(r), raw: r.raw }))
    .filter(({ atNs, raw }) => raw !== null && atNs >= fromNs && atNs <= toNs)
    .sort((a, b) => Number(a.atNs - b.atNs));
  const parts = [inside.filter((r) => r.atNs <= middleNs), inside.filter((r) => r.atNs >= middleNs)];
  const powers = parts.flatMap((part) => {
    const first = part[0];
    const last = part.at(-1);
    if (first === undefined || last === undefined || part.length < 3) return [];
    if (sensor.kind === 'gauge') return [calibratedW(sensor, mean(part.map((r) => Number(r.raw))))];
    if (typeof last.raw !== 'bigint' || typeof first.raw !== 'bigint') return [];
    const counts = Number(last.raw - first.raw);
    const seconds = Number(last.atNs - first.atNs) / 1e9;
    return [calibratedW(sensor, (counts * (sensor.joulePerCount ?? 0)) / seconds)];
  });
  const [early, late] = powers;
  if (early === undefined || late === undefined || !powers.every((w) => w >= 0 && Number.isFinite(w)))
    return {};
  return { atS: Number(middleNs) / 1e9, halvesW: [early, late] };
}
