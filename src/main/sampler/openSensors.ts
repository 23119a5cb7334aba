import { LabError } from '../../shared/errors';
import type {
  Health,
  MeterProvider,
  MeterReport,
  OpenMeter,
  ProbeEnv,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import { failedReading, midNs } from '../meters/reading';
import { shortestIdleS } from '../meters/windowEnergy';

interface OpenSensor {
  info: SensorInfo;
  meter: OpenMeter;
  provider: string;
  lastNs: bigint | null;
}

/** Error code of an edge of a push sensor: it has a time and no value, which is in the trace around it. */
export const pushedCode = 'PUSHED';
/**
 * How long after the end of a window the reading may come that a push sensor still owes for it, s; 0 for one that is read,
 * and for a window that is too short for it anyway.
 */
export function owedS(info: SensorInfo, windowS: number): number {
  if (info.delivery !== 'push' || windowS < shortestIdleS(info) * 0.99) return 0;
  return Math.max(info.averagingS, 2 * info.update.seconds) + 1;
}

/** Sensors that update this often may be read while a window is open; slower ones would be disturbed. */
const harmlessHz = 10;

/** The sensors that are open, whichever providers they come from. */
export class OpenSensors {
  private constructor(private readonly sensors: readonly OpenSensor[]) {}

  static readonly none = new OpenSensors([]);

  /** Opens sensors by id. Throws LabError for one that no report offers; nothing stays open then. */
  static async open(
    sensorIds: readonly string[],
    reports: readonly MeterReport[],
    providers: readonly MeterProvider[],
    env: ProbeEnv,
  ): Promise<OpenSensors> {
    const offered = reports.flatMap((r) => (r.result.status === 'ok' ? r.result.sensors : []));
    const infos = sensorIds.map((id) => {
      const info = offered.find((s) => s.id === id);
      if (info === undefined) {
        throw new LabError(
          'not_found',
          `No meter offers ${id}.`,
          'Look at the meters of this machine again.',
        );
      }
      return info;
    });
    const meters = new Map<string, OpenMeter>();
    try {
      for (const providerId of new Set(infos.map((i) => i.provider))) {
        const provider = providers.find((p) => p.id === providerId)!;
        const own = infos.filter((i) => i.provider === providerId).map((i) => i.id);
        meters.set(providerId, await provider.open(own, env));
      }
    } catch (error) {
      for (const meter of meters.values()) meter.close();
      throw error;
    }
    return new OpenSensors(
      infos.map((info) => ({
        info,
        meter: meters.get(info.provider)!,
        provider: info.provider,
        lastNs: null,
      })),
    );
  }

  get ids(): string[] {
    return this.sensors.map((s) => s.info.id);
  }

  /**
   * Reads every sensor now; a failed read is tried once more at once unless the failure is final. A push sensor cannot be
   * read: its entry holds the time `nowNs` alone.
   */
  readAll(nowNs: bigint): Reading[] {
    return this.sensors.map((s) => {
      if (s.info.delivery === 'push') return failedReading(s.info.id, nowNs, nowNs, pushedCode, false);
      const first = read(s);
      return first.error !== null && !first.error.fatal ? read(s) : first;
    });
  }

  /** The longest that a push sensor may take to deliver what it owes for a window, s; 0 where none owes anything. */
  owedS(windowS: number): number {
    return Math.max(0, ...this.sensors.map((s) => owedS(s.info, windowS)));
  }

  /** Has every push sensor that can see a window of this length delivered a reading at this time or later? */
  delivered(atNs: bigint, windowS: number): boolean {
    return this.sensors.every((s) => owedS(s.info, windowS) === 0 || (s.lastNs !== null && s.lastNs >= atNs));
  }

  /**
   * Reads the sensors that may be read at `nowNs`. `quiet`: a window is open, so a counter that polling
   * disturbs is left alone; `untilNs`: the next edge, shortly before which no sensor is read.
   */
  readDue(nowNs: bigint, quiet: boolean, untilNs: bigint | null): Reading[] {
    return this.sensors.flatMap((s) => {
      const { kind, maxReadHz, delivery } = s.info;
      if (delivery === 'push') return [];
      const slow = kind === 'counter' && maxReadHz < harmlessHz;
      // Half a period for the others: a trace at their own rate comes a little early now and then.
      const restNs = BigInt(Math.round((slow ? 1e9 : 5e8) / maxReadHz));
      const tooSoon = s.lastNs !== null && nowNs - s.lastNs < restNs;
      const beforeEdge = untilNs !== null && untilNs - nowNs < restNs;
      return (slow && quiet) || tooSoon || beforeEdge ? [] : [read(s)];
    });
  }

  /** One read of one sensor, whatever its rate. Throws LabError for one that is not open. */
  readNow(sensorId: string): Reading {
    const sensor = this.sensors.find((s) => s.info.id === sensorId);
    if (!sensor) throw new LabError('not_found', `The meter ${sensorId} is not open.`, 'Open it first.');
    return read(sensor);
  }

  /** Lets readers that count wraps see their counter, and drops the values. */
  keepAlive(): void {
    for (const s of this.sensors) {
      if (s.info.kind === 'counter' && s.info.maxReadHz >= harmlessHz) read(s);
    }
  }

  /** What push sensors delivered since the last call. */
  drain(): Reading[] {
    const readings = this.meters().flatMap(([, meter]) => meter.drain().map(numbersOnly));
    for (const s of this.sensors) {
      const last = readings.findLast((r) => r.sensorId === s.info.id && r.raw !== null);
      if (last !== undefined && s.info.delivery === 'push') s.lastNs = midNs(last);
    }
    return readings;
  }

  health(): Record<string, Health> {
    return Object.fromEntries(this.meters().map(([provider, meter]) => [provider, healthOf(meter)]));
  }

  close(): void {
    for (const [, meter] of this.meters()) meter.close();
  }

  private meters(): [provider: string, meter: OpenMeter][] {
    return [...new Map(this.sensors.map((s) => [s.provider, s.meter]))];
  }
}

function read(sensor: OpenSensor): Reading {
  const reading = numbersOnly(sensor.meter.read([sensor.info.id])[0]!);
  sensor.lastNs = midNs(reading);
  return reading;
}

/** What no meter can have shown (NaN, infinity, a count beyond 64 signed bits) is a failed read: nothing could store it. */
function numbersOnly(reading: Reading): Reading {
  const { sensorId, t0, t1, raw } = reading;
  if (raw === null || (typeof raw === 'number' ? Number.isFinite(raw) : BigInt.asIntN(64, raw) === raw))
    return reading;
  return failedReading(sensorId, t0, t1, 'NO_NUMBER', false);
}

/** What is no number is not known: a state that cannot be stored would end the whole experiment. */
function healthOf(meter: OpenMeter): Health {
  const told = Object.entries(meter.health()).map(([name, value]) => [
    name,
    typeof value === 'number' && !Number.isFinite(value) ? null : value,
  ]);
  return Object.fromEntries(told) as Health;
}
