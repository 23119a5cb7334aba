import type { PowerTrace, TraceSensor } from '../../shared/live';
import type { Reading, SensorInfo } from '../../shared/meter';
import { calibratedJ, calibratedW } from '../meters/calibration';
import { counterEnergy, longestStepS } from '../meters/counter';
import { midNs, secondsBetween } from '../meters/reading';

/** Power at one moment; of a counter the mean between two reads, at their middle. */
export interface PowerPoint {
  atNs: bigint;
  powerW: number;
}

/**
 * A counter shows the state of its last update: over five of them that is at most 8 % of the mean power (1σ).
 * Source: docs/method.md, 3.2, σ = 0.408·τ/T.
 */
const updatesPerPoint = 5;

/** Readings of one sensor, in time order, turned into power for a picture, corrected by its calibration; results come from windowEnergy alone. */
export class PowerSeries {
  private points: PowerPoint[] = [];
  private last: { raw: bigint; atNs: bigint } | null = null;
  private lastNs: bigint | null = null;

  constructor(readonly sensor: SensorInfo) {}

  /** Failed reads, repeats and readings out of order leave no point; a reset or wrap that is not plausible a gap. */
  add(readings: readonly Reading[]): void {
    for (const reading of readings) {
      const { raw } = reading;
      const atNs = midNs(reading);
      if (raw === null || reading.sensorId !== this.sensor.id) continue;
      if (this.lastNs !== null && atNs <= this.lastNs) continue;
      if (typeof raw === 'number') this.points.push({ atNs, powerW: calibratedW(this.sensor, raw) });
      else if (!this.count(raw, atNs)) continue;
      this.lastNs = atNs;
    }
  }

  /** @returns whether the read was used; one too soon after the last waits for the next */
  private count(raw: bigint, atNs: bigint): boolean {
    const { last, sensor } = this;
    if (last !== null) {
      const seconds = secondsBetween(last.atNs, atNs);
      // A counter of slow updates cannot wait for five of them if it wraps before.
      const least = Math.min(updatesPerPoint * sensor.update.seconds, longestStepS(sensor) / 2);
      if (seconds < 0.98 * least) return false;
      const { energyJ } = counterEnergy(sensor, last.raw, raw, seconds);
      if (energyJ !== null)
        this.points.push({
          atNs: last.atNs + (atNs - last.atNs) / 2n,
          powerW: calibratedJ(sensor, energyJ, seconds) / seconds,
        });
    }
    this.last = { raw, atNs };
    return true;
  }

  /** The points since the last call. */
  take(): PowerPoint[] {
    return this.points.splice(0);
  }
}

/** Points as columns, seconds after `originNs`. */
export function powerTrace(sensor: SensorInfo, points: readonly PowerPoint[], originNs: bigint): PowerTrace {
  return {
    sensor: traceSensor(sensor),
    tS: Float64Array.from(points, (p) => Number(p.atNs - originNs) / 1e9),
    powerW: Float64Array.from(points, (p) => p.powerW),
  };
}

export function traceSensor({ id, device, domain, provenance, origin }: SensorInfo): TraceSensor {
  return { id, device: device.name, domain, provenance, origin };
}
