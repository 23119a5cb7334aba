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
import { midNs } from '../meters/reading';

interface OpenSensor {
  info: SensorInfo;
  meter: OpenMeter;
  provider: string;
  lastNs: bigint | null;
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

  /** Reads every sensor now; a failed read is tried once more at once unless the failure is final. */
  readAll(): Reading[] {
    return this.sensors
      .filter((s) => s.info.delivery === 'read')
      .map((s) => {
        const first = read(s);
        return first.error !== null && !first.error.fatal ? read(s) : first;
      });
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

  /** Lets readers that count wraps see their counter, and drops the values. */
  keepAlive(): void {
    for (const s of this.sensors) {
      if (s.info.kind === 'counter' && s.info.maxReadHz >= harmlessHz) read(s);
    }
  }

  /** What push sensors delivered since the last call. */
  drain(): Reading[] {
    return this.meters().flatMap(([, meter]) => [...meter.drain()]);
  }

  health(): Record<string, Health> {
    return Object.fromEntries(this.meters().map(([provider, meter]) => [provider, meter.health()]));
  }

  close(): void {
    for (const [, meter] of this.meters()) meter.close();
  }

  private meters(): [provider: string, meter: OpenMeter][] {
    return [...new Map(this.sensors.map((s) => [s.provider, s.meter]))];
  }
}

function read(sensor: OpenSensor): Reading {
  const reading = sensor.meter.read([sensor.info.id])[0]!;
  sensor.lastNs = midNs(reading);
  return reading;
}
