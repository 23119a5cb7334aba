import type { LiveReading } from '../../../shared/live';
import { Ring } from '../../state/ring';

/** What a sensor has shown since the watch began. */
export interface Watched {
  sensor: LiveReading['sensor'];
  /** The last reading; null power: no answer, or a counter that was read only once. */
  last: LiveReading;
  minW: number | null;
  maxW: number | null;
  /** Seconds since the first reading, and watts. */
  ring: Ring;
  firstUnixMs: number;
}
export type Watch = ReadonlyMap<string, Watched>;

/** Five minutes at two readings a second. */
const capacity = 600;

/** Adds readings to the watch in place. A reading without a number changes its age and leaves least and largest alone. */
export function addReadings(watch: Map<string, Watched>, readings: readonly LiveReading[]): void {
  for (const reading of readings) {
    const { sensor, powerW, atUnixMs } = reading;
    const own = watch.get(sensor.id) ?? {
      sensor,
      last: reading,
      minW: null,
      maxW: null,
      ring: new Ring(capacity),
      firstUnixMs: atUnixMs,
    };
    own.last = reading;
    if (powerW !== null) {
      own.minW = Math.min(own.minW ?? powerW, powerW);
      own.maxW = Math.max(own.maxW ?? powerW, powerW);
      own.ring.push([(atUnixMs - own.firstUnixMs) / 1000], [powerW]);
    }
    watch.set(sensor.id, own);
  }
}

/**
 * Points of a polyline in a box, time to the right and power upwards from zero, so that a height means watts and noise
 * does not look like a jump. Empty for fewer than two readings. Pure.
 */
export function sparkline(ring: Ring, width: number, height: number): string {
  const [t, w] = ring.columns();
  if (t.length < 2) return '';
  const span = t[t.length - 1] - t[0] || 1;
  const top = Math.max(...w) || 1;
  return Array.from(t, (at, i) => {
    const x = ((at - t[0]) / span) * width;
    const y = height - (Math.max(0, w[i]) / top) * height;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(' ');
}
