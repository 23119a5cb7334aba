import { LabError } from '../../shared/errors';
import type { LiveReading } from '../../shared/live';
import type { SensorInfo } from '../../shared/meter';
import type { SamplerClient } from '../sampler/client';
import type { TraceBatch } from '../sampler/protocol';
import { readingsOf } from '../sampler/trace';
import type { LabContext } from './context';
import { meterOptions } from './meterOptions';
import { PowerSeries, traceSensor } from './powerSeries';
import { createTurns } from './turns';

/** Live readings of every meter while nobody measures. */
export interface MeterWatch {
  /** @throws LabError bad_input while the lab measures */
  set(on: boolean, tdpW: number | null): Promise<{ watching: boolean }>;
  /** Ends it and resolves when the meters are closed. An event without readings says that it has ended. */
  stop(): Promise<void>;
}

const TRACE_HZ = 2;
/** Somebody forgot it: reading the meters costs a little power, too. */
const LONGEST_MS = 10 * 60_000;

/** @param measuring whether an experiment is measured or about to be */
export function createMeterWatch(
  context: LabContext,
  measuring: () => boolean,
  longestMs = LONGEST_MS,
): MeterWatch {
  let open: { sampler: SamplerClient; timer: NodeJS.Timeout; tdpW: number | null } | null = null;
  const { inTurn } = createTurns();

  const close = async () => {
    if (!open) return;
    const { sampler, timer } = open;
    open = null;
    clearTimeout(timer);
    await sampler.close();
    context.emit({ type: 'meterReadings', readings: [] });
  };
  const refuse = () => {
    if (!measuring()) return;
    throw new LabError(
      'bad_input',
      'The meters cannot be watched while the lab measures.',
      'Wait until it has finished; its own traces are shown meanwhile.',
    );
  };
  const start = async (tdpW: number | null): Promise<boolean> => {
    refuse();
    if (open?.tdpW === tdpW) return true;
    await close();
    const sampler = context.effects.startSampler();
    try {
      const options = meterOptions(context.store.reader, tdpW);
      const reports = await sampler.probe(options);
      const sensors = reports.flatMap((r) => (r.result.status === 'ok' ? r.result.sensors : []));
      if (sensors.length > 0) await sampler.open([...new Set(sensors.map((s) => s.id))], options);
      refuse(); // one may have been started meanwhile
      if (sensors.length === 0) {
        await sampler.close();
        return false;
      }
      const readings = liveReadings(sensors, context.effects.nowUnixMs);
      sampler.onTrace((batch) => context.emit({ type: 'meterReadings', readings: readings(batch) }));
      sampler.onLost(() => void inTurn(close));
      const timer = setTimeout(() => void inTurn(close), longestMs);
      timer.unref();
      open = { sampler, timer, tdpW };
      sampler.trace(TRACE_HZ);
      return true;
    } catch (thrown) {
      await sampler.close();
      throw thrown;
    }
  };

  return {
    set: (on, tdpW) =>
      inTurn(async () => {
        if (on) return { watching: await start(tdpW) };
        await close();
        return { watching: false };
      }),
    stop: () => inTurn(close),
  };
}

/** What every sensor shows now, from the batches that the sampler sends about once a second. */
function liveReadings(
  sensors: readonly SensorInfo[],
  nowUnixMs: () => number,
): (batch: TraceBatch) => LiveReading[] {
  const series = sensors.map((s) => new PowerSeries(s));
  return (batch) => {
    const readings = readingsOf(batch);
    const unixOfNsMs = nowUnixMs() - Number(process.hrtime.bigint()) / 1e6;
    return series.flatMap((each): LiveReading[] => {
      const own = readings.filter((r) => r.sensorId === each.sensor.id);
      const last = own.at(-1);
      if (!last) return [];
      each.add(own);
      const point = each.take().at(-1);
      return [
        {
          sensor: traceSensor(each.sensor),
          atUnixMs: Math.round(unixOfNsMs + Number(last.t1) / 1e6),
          powerW: last.error ? null : (point?.powerW ?? null),
          error: last.error?.code ?? null,
        },
      ];
    });
  };
}
