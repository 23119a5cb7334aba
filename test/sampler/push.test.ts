import { describe, expect, it } from 'vitest';
import { sensorWindow } from '../../src/main/lab/sensorWindow';
import { wall } from '../../src/main/meters/wall';
import { readingsOf } from '../../src/main/sampler/trace';
import type { MeterProvider, Reading, SensorInfo } from '../../src/shared/meter';
import { sensorsOf } from '../meters/support';
import { meterOf } from '../meters/wallServer';
import { power, settle, together } from './support';

const options = { userTdpW: null };

/** A sampler with a plug of a program beside a simulated sensor, in virtual time. */
async function ready({ answers = (_tS: number): boolean => true, counter = false } = {}) {
  let time!: ReturnType<typeof together>['time'];
  let startNs = 0n;
  const tS = () => Number(time.nowNs() - startNs) / 1e9;
  const plug: MeterProvider = {
    ...wall,
    probe: (env) => wall.probe(world(env)),
    open: (ids, env) => wall.open(ids, world(env)),
  };
  const world = (env: Parameters<MeterProvider['probe']>[0]) => ({
    ...env,
    wallMeters: [meterOf('generic')],
    after: time.after,
    httpGet: async () => {
      if (!answers(tS())) throw new Error('gone');
      const content = {
        schema: 'thirtywatts.wall/1',
        watts: 100 + tS(),
        ...(counter ? { energy_j: 100 * tS() + tS() ** 2 / 2 } : {}),
      };
      return { status: 200, location: null, body: JSON.stringify(content) };
    },
  });
  const all = together(() => [power(), plug]);
  time = all.time;
  startNs = time.nowNs();
  const sensors = (await all.client.probe(options)).flatMap((r) => [...sensorsOf(r.result)]);
  await all.client.open(
    sensors.map((s) => s.id),
    options,
  );
  const trace: Reading[] = [];
  all.client.onTrace((batch) => trace.push(...readingsOf(batch)));
  all.client.trace(10);
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds * 10; i++) await time.pass(0.1);
  };
  return { ...all, sensors, trace, pass, tS, wallSensors: sensors.filter((s) => s.provider === 'wall') };
}

/** A window of so many seconds; how long after its end the edges came, and what each sensor makes of it. */
async function windowOf(sampler: Awaited<ReturnType<typeof ready>>, seconds: number) {
  const { client, time, pass, trace, sensors } = sampler;
  await pass(5);
  const [openNs, closeNs] = [time.in(0.05), time.in(0.05 + seconds)];
  let came: number | null = null;
  const edges = client.edges('w', [openNs, closeNs]).then((found) => {
    came = Number(time.nowNs() - closeNs) / 1e9;
    return found;
  });
  await pass(seconds + 8);
  const [open, close] = await edges;
  const of = (info: SensorInfo, loaded = true) => {
    const own = (r: Reading) => r.sensorId === info.id;
    const reads = {
      open: open.readings.find(own),
      close: close.readings.find(own),
      trace: trace.filter(own),
    };
    return sensorWindow(info, { ...reads, powerLimitW: null, loaded }, 'READ_FAILED');
  };
  return { came: came as unknown as number, of, sensors };
}

describe('a window with a wall meter', () => {
  it.each([false, true])(
    'has its energy, with the reading of after its end waited for (counter: %s)',
    async (counter) => {
      const sampler = await ready({ counter });
      const { came, of } = await windowOf(sampler, 60);
      expect(came).toBeGreaterThan(0);
      expect(came).toBeLessThan(1.3);
      expect(sampler.wallSensors).toHaveLength(counter ? 2 : 1);
      for (const info of sampler.wallSensors) {
        const { energy, edgeS } = of(info);
        const trueJ = 60 * (100 + 5.05 + 30);
        expect(energy.code).toBeNull();
        expect(Math.abs((energy.energyJ ?? 0) / trueJ - 1)).toBeLessThan(1e-3);
        expect(edgeS).toBeCloseTo(0.25 / Math.sqrt(12), 12);
      }
      // The sensor that is read loses nothing by the wait.
      expect(of(sampler.sensors[0]).energy.code).toBeNull();
    },
  );

  it('without that wait has none: the end is not covered', async () => {
    const sampler = await ready();
    const { of } = await windowOf(sampler, 60);
    const [info] = sampler.wallSensors;
    const end = of(info).energy.toNs as bigint;
    sampler.trace.splice(0, Number.POSITIVE_INFINITY, ...sampler.trace.filter((r) => r.t0 <= end));
    expect(of(info).energy).toMatchObject({ energyJ: null, code: 'GAP' });
  });

  it('too short for it does not wait, and says so', async () => {
    const sampler = await ready();
    const { came, of } = await windowOf(sampler, 5);
    expect(came).toBeLessThan(0.2);
    expect(of(sampler.wallSensors[0]).energy).toMatchObject({ energyJ: null, code: 'WINDOW_TOO_SHORT' });
  });

  it('has its idle power over a shorter stretch, too', async () => {
    const sampler = await ready();
    const { of } = await windowOf(sampler, 15);
    const [info] = sampler.wallSensors;
    expect(of(info).energy).toMatchObject({ energyJ: null, code: 'WINDOW_TOO_SHORT' });
    const idle = of(info, false);
    expect(idle.energy.code).toBeNull();
    expect(Math.abs((idle.energy.energyJ ?? 0) / (15 * (100 + 5.05 + 7.5)) - 1)).toBeLessThan(1e-3);
  });

  it('that has gone silent is not waited for longer than two intervals and a second', async () => {
    const sampler = await ready({ answers: (tS) => tS < 40 });
    const { came, of } = await windowOf(sampler, 60);
    expect(came).toBeGreaterThan(2.5);
    expect(came).toBeLessThan(3.3);
    expect(of(sampler.wallSensors[0]).energy).toMatchObject({ energyJ: null, code: 'GAP' });
  });

  it('hands out what was read when it is cancelled or closed while it waits', async () => {
    for (const how of ['cancel', 'close'] as const) {
      const { client, time, pass } = await ready({ answers: (tS) => tS < 40 });
      await pass(5);
      const edges = client.edges('w', [time.in(0.05), time.in(60.05)]);
      await pass(61);
      if (how === 'cancel') client.cancel('w');
      else void client.close();
      await settle();
      expect(await edges).toHaveLength(2);
    }
  });

  it('says nothing inside the window', async () => {
    const sampler = await ready();
    await windowOf(sampler, 60);
    const from = sampler.said.findIndex((s) => s.message.type === 'edge');
    const [first] = sampler.said.filter((s) => s.message.type === 'edge');
    const insideNs = first.message.type === 'edge' ? first.message.edge.atNs : 0n;
    const inside = sampler.said
      .slice(0, from)
      .filter((s) => s.atNs > insideNs && s.atNs < insideNs + 60_000_000_000n);
    expect(inside).toEqual([]);
  });
});
