import type { Reading } from '../../shared/meter';
import { failedReading, okReading } from './reading';

/** Largest count that the store and the messages between processes hold. */
const largest = 2n ** 63n - 1n;

/**
 * A reading of a counter that began before the lab did. A count of 0 is a register that does not work,
 * and one that leaves 64 signed bits is no count: both are failures, not numbers.
 */
export function countReading(
  sensorId: string,
  t0: bigint,
  t1: bigint,
  counts: bigint,
  sourceTimeNs: bigint | null = null,
): Reading {
  if (counts <= 0n) return failedReading(sensorId, t0, t1, 'ZERO_COUNT', false);
  if (counts > largest) return failedReading(sensorId, t0, t1, 'OUT_OF_RANGE', false);
  return okReading(sensorId, t0, t1, counts, stampOf(sourceTimeNs));
}

/** A time that a source gives, or null where it cannot be one. */
const stampOf = (ns: bigint | null): bigint | null => (ns !== null && ns > 0n && ns <= largest ? ns : null);

/** A reading of a gauge (W) of something that is switched on: 0, negative or no number is a failure. */
export function wattsReading(
  sensorId: string,
  t0: bigint,
  t1: bigint,
  watts: number,
  mostW: number,
  sourceTimeNs: bigint | null = null,
): Reading {
  if (!(watts > 0)) return failedReading(sensorId, t0, t1, watts === 0 ? 'ZERO_POWER' : 'NO_POWER', false);
  if (watts > mostW) return failedReading(sensorId, t0, t1, 'OUT_OF_RANGE', false);
  return okReading(sensorId, t0, t1, watts, stampOf(sourceTimeNs));
}
