import type { Reading } from '../../shared/meter';
import { midNs } from '../meters/reading';
import type { HealthSample, TraceBatch } from './protocol';

/** Collects readings and hands them out as columns. */
export class TraceBuffer {
  private readonly readings: Reading[] = [];
  private readonly health: HealthSample[] = [];

  add(readings: readonly Reading[]): void {
    this.readings.push(...readings);
  }

  addHealth(sample: HealthSample): void {
    this.health.push(sample);
  }

  /** Everything since the last call, or null if there is nothing. */
  take(): TraceBatch | null {
    const taken = this.readings.splice(0);
    const health = this.health.splice(0);
    return taken.length + health.length === 0 ? null : { ...batchOf(taken), health };
  }
}

/** Readings as columns per sensor. */
export function batchOf(readings: readonly Reading[]): TraceBatch {
  const originNs = readings.reduce((least, r) => (r.t0 < least ? r.t0 : least), readings[0]?.t0 ?? 0n);
  const sinceOrigin = (r: Reading) => Number(midNs(r) - originNs);
  const batch: TraceBatch = { originNs, columns: [], health: [], failures: [] };
  for (const sensorId of new Set(readings.map((r) => r.sensorId))) {
    const own = readings.filter((r) => r.sensorId === sensorId);
    const good = own.filter((r) => r.raw !== null);
    const counter = typeof good[0]?.raw === 'bigint';
    if (good.length > 0) {
      batch.columns.push({
        sensorId,
        tNs: Float64Array.from(good, sinceOrigin),
        raw: counter
          ? BigInt64Array.from(good, (r) => BigInt(r.raw ?? 0))
          : Float64Array.from(good, (r) => Number(r.raw)),
      });
    }
    for (const r of own) {
      if (r.raw === null) {
        batch.failures.push({ sensorId, tNs: sinceOrigin(r), code: r.error?.code ?? 'UNKNOWN' });
      }
    }
  }
  return batch;
}

/** The readings of a batch again, for the window arithmetic; failed reads have no duration. */
export function readingsOf(batch: TraceBatch): Reading[] {
  const at = (tNs: number) => batch.originNs + BigInt(Math.round(tNs));
  const good = batch.columns.flatMap(({ sensorId, tNs, raw }) =>
    Array.from(tNs, (t, i): Reading => {
      const stamp = at(t);
      return { sensorId, t0: stamp, t1: stamp, raw: raw[i] ?? null, sourceTimeNs: null, error: null };
    }),
  );
  const failed = batch.failures.map(
    ({ sensorId, tNs, code }): Reading => ({
      sensorId,
      t0: at(tNs),
      t1: at(tNs),
      raw: null,
      sourceTimeNs: null,
      error: { code, fatal: false },
    }),
  );
  return [...good, ...failed].sort((a, b) => Number(a.t0 - b.t0));
}
