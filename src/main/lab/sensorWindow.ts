import type { Reading, SensorInfo } from '../../shared/meter';
import type { ReasonCode } from '../../shared/reasons';
import type { WindowEnergy, WindowSamples } from '../../shared/run';
import type { Baseline } from '../../shared/stats/baseline';
import { standardDeviation } from '../../shared/stats/robust';
import { windowEnergy } from '../meters';
import { inferencesBetween } from './samples';

/** One sensor's view of one window, from its own readings alone: measured and verified by the same functions. */
export interface SensorWindow {
  energy: Omit<WindowEnergy, 'inferences'>;
  /** Standard uncertainty of one edge's time stamp, s: (t1 − t0)/√12. */
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
    edgeS: Number(open.t1 - open.t0) / 1e9 / Math.sqrt(12),
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
    sensor.kind === 'gauge' ? trace.flatMap((r) => (typeof r.raw === 'number' ? [r.raw] : [])) : [];
  return {
    powerW: energy.energyJ / seconds,
    sdW: watts.length > 1 ? standardDeviation(watts) : null,
    seconds,
  };
}
