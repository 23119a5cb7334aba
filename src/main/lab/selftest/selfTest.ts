import { setTimeout as wait } from 'node:timers/promises';
import { LabError } from '../../../shared/errors';
import type { Machine } from '../../../shared/machine';
import type { MeterReport, Reading, SensorInfo } from '../../../shared/meter';
import type { Provider } from '../../../shared/plan';
import type { SelfTestReport, SensorTest } from '../../../shared/selfTest';
import type { SamplerClient } from '../../sampler/client';
import { readingsOf } from '../../sampler/trace';
import type { LabContext } from '../context';
import { meterOptions } from '../meterOptions';
import { disturbanceOf, energyOver, powerOf, tickOf } from './facts';
import { type Load, startLoad } from './load';

/** Seconds of each part. */
export interface SelfTestTimes {
  idleS: number;
  burstS: number;
  settleS: number;
  loadS: number;
  /** Of one stretch of the disturbance test; there are eight. */
  stretchS: number;
}

export const selfTestTimes: SelfTestTimes = { idleS: 10, burstS: 2, settleS: 3, loadS: 10, stretchS: 3.5 };

/** Reads a second: of the trace, and of counters while their period is looked for. */
const traceHz = 10;
const burstHz = { slow: 200, fast: 2000 } as const;
/** Orders of the two ways of reading, so that a drift hits both alike. */
const abba = ['seldom', 'often', 'often', 'seldom', 'seldom', 'often', 'often', 'seldom'] as const;

export interface SelfTestParts {
  machine: Machine;
  meters: MeterReport[];
  /** Execution providers that work here. */
  providers: readonly Provider[];
  tdpW: number | null;
  times?: SelfTestTimes;
}

/**
 * Tests every meter that was found, at rest and under load: does it live, how often does it update, how noisy is it at
 * rest, do the two sensors of a device agree, and does reading it change what it shows.
 * @throws LabError cancelled where the sampler is lost
 */
export async function selfTest(
  context: LabContext,
  { machine, meters, providers, tdpW, times = selfTestTimes }: SelfTestParts,
): Promise<SelfTestReport> {
  const begin = process.hrtime.bigint();
  const sensors = meters.flatMap((m) => (m.result.status === 'ok' ? m.result.sensors : []));
  const report = (tests: SensorTest[], loads: string[]): SelfTestReport => ({
    machine,
    meters,
    sensors: tests,
    loads,
    seconds: Number(process.hrtime.bigint() - begin) / 1e9,
  });
  if (sensors.length === 0) return report([], []);
  const sampler = context.effects.startSampler();
  const loads: Load[] = [];
  const counters = sensors.filter((s) => s.kind === 'counter' && s.delivery === 'read');
  const totalS =
    times.idleS + counters.length * times.burstS + times.settleS + times.loadS + abba.length * times.stretchS;
  const say = (text: string) =>
    context.emit({ type: 'selfTest', text, doneS: Number(process.hrtime.bigint() - begin) / 1e9, totalS });
  try {
    const options = meterOptions(context.store.reader, tdpW);
    await sampler.probe(options);
    await sampler.open(
      sensors.map((s) => s.id),
      options,
    );
    const trace = traceOf(sampler);
    say('The machine at rest');
    const idle = await trace.over(times.idleS);
    const ticks = new Map<string, SensorTest['tick']>();
    for (const counter of counters) {
      say(`How often ${counter.id} updates`);
      // A counter that polling disturbs is polled fast here and nowhere else.
      const hz = counter.maxReadHz < traceHz ? burstHz.slow : burstHz.fast;
      ticks.set(counter.id, tickOf(await sampler.burst(counter.id, times.burstS, hz)));
    }
    say('Under load');
    for (const provider of loadProviders(sensors, providers)) loads.push(startLoad(context, provider));
    const failed = (await Promise.all(loads.map((l) => l.running))).flatMap((why, i) =>
      why === null ? [] : [`${loads[i]!.text} did not run: ${why}`],
    );
    await wait(times.settleS * 1000);
    const load = await trace.over(times.loadS);
    say('Whether reading disturbs');
    const pairs = await disturbance(sampler, counters, times.stretchS);
    const tests = sensors.map((sensor) =>
      testOf(sensor, sensors, {
        idle: own(sensor, idle),
        load,
        tick: ticks.get(sensor.id) ?? tickOf([...own(sensor, idle), ...own(sensor, load)]),
        pairs: pairs.get(sensor.id) ?? [],
      }),
    );
    return report(tests, [...loads.map((l) => l.text), ...failed]);
  } catch (thrown) {
    if (thrown instanceof LabError) throw thrown;
    throw new LabError(
      'cancelled',
      `The self test was cut off: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      'Run it again; if it happens again, the driver of a meter may be at fault.',
      thrown,
    );
  } finally {
    await Promise.all(loads.map((l) => l.stop()));
    await sampler.close();
  }
}

const own = (sensor: SensorInfo, readings: readonly Reading[]) =>
  readings.filter((r) => r.sensorId === sensor.id);

/** The processor always; a graphics device where it has a sensor and a provider that computes on it. */
function loadProviders(sensors: readonly SensorInfo[], providers: readonly Provider[]): Provider[] {
  const gpu = sensors.some((s) => s.domain.startsWith('gpu.') || s.domain === 'soc.gpu');
  const onGpu = (['cuda', 'dml', 'coreml', 'webgpu'] as const).find((p) => providers.includes(p));
  return [...(gpu && onGpu ? [onGpu] : []), 'cpu'];
}

function traceOf(sampler: SamplerClient) {
  let readings: Reading[] = [];
  sampler.onTrace((batch) => readings.push(...readingsOf(batch)));
  return {
    async over(seconds: number): Promise<Reading[]> {
      readings = [];
      sampler.trace(traceHz);
      await wait(seconds * 1000);
      sampler.trace(null);
      await wait(100);
      return readings.sort((a, b) => Number(a.t0 - b.t0));
    },
  };
}

/** Mean power of each counter over stretches read at their ends only, and over stretches read ten times a second. */
async function disturbance(
  sampler: SamplerClient,
  counters: readonly SensorInfo[],
  stretchS: number,
): Promise<Map<string, { oftenW: number; seldomW: number }[]>> {
  const watts = new Map(counters.map((c) => [c.id, { often: [] as number[], seldom: [] as number[] }]));
  for (const [i, how] of abba.entries()) {
    const openNs = process.hrtime.bigint() + 50_000_000n;
    sampler.trace(how === 'often' ? traceHz : null);
    const edges = await sampler.edges(`disturbance ${i}`, [
      openNs,
      openNs + BigInt(Math.round(stretchS * 1e9)),
    ]);
    for (const counter of counters) {
      const energy = energyOver(
        counter,
        edges.flatMap((e) => e.readings),
      );
      if (energy) watts.get(counter.id)?.[how].push(energy.energyJ / energy.seconds);
    }
  }
  sampler.trace(null);
  return new Map(
    [...watts].map(([id, { often, seldom }]) => [
      id,
      often.flatMap((oftenW, i) => (seldom[i] === undefined ? [] : [{ oftenW, seldomW: seldom[i] }])),
    ]),
  );
}

interface Seen {
  idle: readonly Reading[];
  /** Of all sensors. */
  load: readonly Reading[];
  tick: SensorTest['tick'];
  pairs: readonly { oftenW: number; seldomW: number }[];
}

function testOf(sensor: SensorInfo, all: readonly SensorInfo[], seen: Seen): SensorTest {
  const loaded = own(sensor, seen.load);
  const good = loaded.filter((r) => r.raw !== null);
  const [rest, busy] = [powerOf(sensor, seen.idle), powerOf(sensor, loaded)];
  const moved = new Set(good.map((r) => String(r.raw))).size > 1;
  const failure = loaded.find((r) => r.error !== null)?.error?.code;
  const other =
    sensor.kind === 'counter'
      ? all.find(
          (s) => s.device.key === sensor.device.key && s.domain === sensor.domain && s.kind === 'gauge',
        )
      : undefined;
  const [mine, theirs] = [energyOver(sensor, loaded), other ? energyOver(other, seen.load) : null];
  return {
    sensor,
    alive: moved,
    why:
      good.length === 0
        ? `It could not be read${failure ? ` (${failure})` : ''}.`
        : moved
          ? null
          : 'Its value never changed, also not under load.',
    tick: seen.tick,
    idleW: rest.meanW,
    idleSdW: rest.sdW,
    loadW: busy.meanW,
    pair:
      other && mine && theirs && theirs.energyJ > 0
        ? { sensorId: other.id, ratio: mine.energyJ / mine.seconds / (theirs.energyJ / theirs.seconds) }
        : null,
    disturbance: disturbanceOf(seen.pairs),
  };
}
