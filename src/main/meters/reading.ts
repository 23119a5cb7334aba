import type { Health, OpenMeter, Reading } from '../../shared/meter';

/** Error code of a Reading whose device is gone (lost, reset, unplugged), whatever the source calls it. */
export const deviceLost = 'DEVICE_LOST';

/** A read that gave a value. `raw` in counts (bigint) or watts (number). */
export function okReading(
  sensorId: string,
  t0: bigint,
  t1: bigint,
  raw: bigint | number,
  sourceTimeNs: bigint | null = null,
): Reading {
  return { sensorId, t0, t1, raw, sourceTimeNs, error: null };
}

/** A read that failed: the value is null, never 0. `fatal`: trying again is pointless. */
export function failedReading(
  sensorId: string,
  t0: bigint,
  t1: bigint,
  code: string,
  fatal: boolean,
): Reading {
  return { sensorId, t0, t1, raw: null, sourceTimeNs: null, error: { code, fatal } };
}

/** Time stamp of a read, hrtime ns: the middle of the call. */
export function midNs(reading: Pick<Reading, 't0' | 't1'>): bigint {
  return reading.t0 + (reading.t1 - reading.t0) / 2n;
}

/** Seconds from one hrtime stamp to another. */
export function secondsBetween(fromNs: bigint, toNs: bigint): number {
  return Number(toNs - fromNs) / 1e9;
}

export const unknownHealth: Health = {
  tempC: null,
  clockMHz: null,
  utilPct: null,
  powerLimitW: null,
  otherClients: null,
  throttle: null,
  throttleNs: null,
};

/** Facts of a sensor kept as `name=value` notes (limits, persistence, TDP …); null where not noted. */
export function noteOf(notes: readonly string[], name: string): string | null {
  const note = notes.find((n) => n.startsWith(`${name}=`));
  return note === undefined ? null : note.slice(name.length + 1);
}

/** An opened source that is read one sensor after another and keeps nothing of its own between reads. */
export function openedMeter(
  ids: readonly string[],
  readOne: (id: string) => Reading,
  { health = () => unknownHealth, close = () => {} }: Partial<Pick<OpenMeter, 'health' | 'close'>> = {},
): OpenMeter {
  return { read: (some) => (some ?? ids).map(readOne), drain: () => [], health, close };
}
