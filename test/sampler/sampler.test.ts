import { describe, expect, it } from 'vitest';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import { SamplerLost } from '../../src/main/sampler/client';
import type { TraceBatch } from '../../src/main/sampler/protocol';
import { readingsOf } from '../../src/main/sampler/trace';
import { LabError } from '../../src/shared/errors';
import type { MeterProvider, Reading } from '../../src/shared/meter';
import { sensorsOf } from '../meters/support';
import { power, settle, together } from './support';

const options = { userTdpW: null };
const id = 'simulated:power';

/** A meter that is there only with a rated power. */
const needsTdp: MeterProvider = {
  ...power(),
  probe: async (env) =>
    env.userTdpW === null
      ? { status: 'absent', reason: 'No rated power.', remedy: null }
      : power().probe(env),
};

/** Probed and open. */
async function ready(providers?: () => readonly MeterProvider[]) {
  const all = together(providers);
  const reports = await all.client.probe(options);
  await all.client.open([id], options);
  return { ...all, info: sensorsOf(reports[0]!.result)[0]! };
}

describe('edges', () => {
  it('are read at their times and make a window’s energy', async () => {
    const { client, time, info } = await ready();
    const asked = [time.in(3), time.in(13)];
    const promise = client.edges('w1', asked);
    await time.pass(20);
    const [open, close] = await promise;
    expect([open!.atNs, close!.atNs]).toEqual(asked);
    expect(open!.readings[0]!.t0).toBe(asked[0]);
    const reads = {
      open: open!.readings[0]!,
      close: close!.readings[0]!,
      trace: [],
      powerLimitW: null,
      loaded: true,
    };
    const { energyJ, code } = windowEnergy(info, reads);
    expect(code).toBeNull();
    expect(Math.abs(energyJ! / 400 - 1)).toBeLessThan(0.02);
    expect(Object.keys(open!.health)).toEqual(['simulated']);
  });

  it('of several windows come in order', async () => {
    const { client, time } = await ready();
    const promise = client.edges(
      'w',
      [1, 6, 7, 12].map((s) => time.in(s)),
    );
    await time.pass(20);
    expect((await promise).map((e) => e.index)).toEqual([0, 1, 2, 3]);
  });

  it('read a failed sensor once more, at once', async () => {
    let reads = 0;
    const flaky = power();
    const provider: MeterProvider = {
      ...flaky,
      open: async (ids, env) => {
        const meter = await flaky.open(ids, env);
        const failing = (r: Reading): Reading =>
          reads++ % 2 === 0 ? { ...r, raw: null, error: { code: 'EIO', fatal: false } } : r;
        return { ...meter, read: (some) => meter.read(some).map(failing) };
      },
    };
    const { client, time } = await ready(() => [provider]);
    const promise = client.edges('w', [time.in(1), time.in(6)]);
    await time.pass(7);
    const edges = await promise;
    expect(edges.every((e) => e.readings[0]!.error === null)).toBe(true);
    expect(reads).toBe(4);
  });

  it('that fail twice are null with the error', async () => {
    const { client, time } = await ready(() => [power({ failsFromS: 2 })]);
    const promise = client.edges('w', [time.in(1), time.in(6)]);
    await time.pass(7);
    const [open, close] = await promise;
    expect(open!.readings[0]!.error).toBeNull();
    expect(close!.readings[0]).toMatchObject({ raw: null, error: { code: 'EIO' } });
  });

  it('that are cancelled resolve with those that were read', async () => {
    const { client, time } = await ready();
    const promise = client.edges('w', [time.in(1), time.in(6)]);
    await time.pass(2);
    client.cancel('w');
    await settle();
    expect((await promise).map((e) => e.index)).toEqual([0]);
    const next = client.edges('w2', [time.in(1), time.in(6)]);
    await time.pass(7);
    expect(await next).toHaveLength(2);
  });

  it('in the past are read at once, and say when that was', async () => {
    const { client, time } = await ready();
    const promise = client.edges('w', [time.in(-5), time.in(1)]);
    const now = time.nowNs();
    await time.pass(2);
    const [open] = await promise;
    expect(open!.readings[0]!.t0).toBe(now);
  });
});

describe('quiet', () => {
  it('nothing is said between the edges of a window, and everything after', async () => {
    const { client, time, said } = await ready();
    const batches: TraceBatch[] = [];
    client.onTrace((batch) => batches.push(batch));
    client.trace(10);
    const [from, to] = [time.in(2), time.in(12)];
    const promise = client.edges('w', [from, to]);
    await time.pass(15);
    await promise;
    const inside = said.filter((s) => s.atNs >= from && s.atNs < to);
    expect(inside).toEqual([]);
    // The control: the trace did run, before, inside and after.
    expect(said.some((s) => s.message.type === 'trace' && s.atNs < from)).toBe(true);
    const readings = batches.flatMap(readingsOf);
    const insideReads = readings.filter((r) => r.t0 > from && r.t0 < to);
    expect(insideReads.length).toBeGreaterThan(80);
    expect(said.filter((s) => s.atNs >= to && s.message.type === 'edge')).toHaveLength(2);
  });

  it('holds when the trace is stopped inside a window', async () => {
    const { client, time, said } = await ready();
    client.trace(10);
    const [from, to] = [time.in(2), time.in(12)];
    const promise = client.edges('w', [from, to]);
    await time.pass(5);
    client.trace(null);
    await time.pass(10);
    await promise;
    expect(said.filter((s) => s.atNs >= from && s.atNs < to)).toEqual([]);
    // What was traced before the stop is not lost.
    const batches = said.flatMap(({ message }) => (message.type === 'trace' ? [message.batch] : []));
    expect(batches.flatMap(readingsOf).filter((r) => r.t0 > from && r.t0 < to).length).toBeGreaterThan(20);
  });

  it('a counter that polling disturbs is read at the edges only', async () => {
    const { client, time } = await ready(() => [power({ maxReadHz: 1 })]);
    const readings: Reading[] = [];
    client.onTrace((batch) => readings.push(...readingsOf(batch)));
    client.trace(10);
    const [from, to] = [time.in(5), time.in(15)];
    const promise = client.edges('w', [from, to]);
    await time.pass(20);
    await promise;
    expect(readings.filter((r) => r.t0 > from && r.t0 < to)).toEqual([]);
    // Never faster than its rate, and left alone for a second before an edge.
    const times = readings.map((r) => Number(r.t0)).sort((a, b) => a - b);
    const pauses = times.slice(1).map((t, i) => t - times[i]!);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0.99e9);
    expect(readings.length).toBeGreaterThan(6);
  });
});

describe('the trace', () => {
  it('comes about once a second and stops when told', async () => {
    const { client, time, said } = await ready();
    client.trace(10);
    await time.pass(10);
    const batches = said.filter((s) => s.message.type === 'trace');
    expect(batches.length).toBeGreaterThanOrEqual(8);
    expect(batches.length).toBeLessThanOrEqual(11);
    client.trace(null);
    await time.pass(1);
    const count = said.length;
    await time.pass(10);
    expect(said).toHaveLength(count);
  });

  it('lists failed reads and never fills them in', async () => {
    const { client, time } = await ready(() => [power({ kind: 'gauge', failsFromS: 2 })]);
    const batches: TraceBatch[] = [];
    client.onTrace((batch) => batches.push(batch));
    client.trace(10);
    await time.pass(5);
    const columns = batches.flatMap((b) => b.columns);
    expect(columns.every((c) => c.raw instanceof Float64Array && c.raw.every((w) => w > 30))).toBe(true);
    expect(batches.flatMap((b) => b.failures).length).toBeGreaterThan(10);
    expect(batches.flatMap((b) => b.failures)[0]).toMatchObject({ sensorId: id, code: 'EIO' });
  });

  it('lets wrapping counters be seen though no trace runs', async () => {
    let reads = 0;
    const meter = power();
    const counting: MeterProvider = {
      ...meter,
      open: async (ids, env) => {
        const open = await meter.open(ids, env);
        return {
          ...open,
          read: (some) => {
            reads++;
            return open.read(some);
          },
        };
      },
    };
    const { time } = await ready(() => [counting]);
    await time.pass(65);
    expect(reads).toBeGreaterThanOrEqual(6);
  });
});

describe('a sampler that ends', () => {
  it('rejects what is waiting and tells the lab once', async () => {
    const { client, time, killProcess } = await ready();
    const told: SamplerLost[] = [];
    client.onLost((error) => told.push(error));
    const edges = client.edges('w', [time.in(1), time.in(6)]);
    const probe = client.probe(options);
    killProcess();
    await expect(edges).rejects.toMatchObject({ kind: 'sampler_lost', remedy: expect.any(String) });
    await expect(probe).rejects.toBeInstanceOf(SamplerLost);
    await expect(client.open([id], options)).rejects.toBeInstanceOf(SamplerLost);
    await expect(client.edges('x', [time.in(1)])).rejects.toBeInstanceOf(SamplerLost);
    expect(told).toHaveLength(1);
    client.trace(10);
    client.cancel('w');
    await client.close();
  });

  it('or hangs is killed after its time, and the lab lives', async () => {
    const { client, time, process } = await ready();
    process.mute = true;
    const edges = client.edges('w', [time.in(1), time.in(6)]);
    const rejected = expect(edges).rejects.toThrow('stopped answering');
    await time.pass(15);
    expect(process.alive).toBe(true);
    await time.pass(2);
    await rejected;
    expect(process.alive).toBe(false);
  });

  it('but not where its answers lie ready when the time is up: the lab itself was kept', async () => {
    const { client, time, process, deliver } = await ready();
    process.mute = true;
    const edges = client.edges('w', [time.in(1), time.in(6)]);
    await time.pass(16);
    deliver();
    await time.pass(5);
    expect(await edges).toHaveLength(2);
    expect(process.alive).toBe(true);
  });

  it('because it was closed is no loss', async () => {
    const { client, time, process } = await ready();
    let lost = 0;
    client.onLost(() => lost++);
    const closed = client.close();
    await time.pass(1);
    await closed;
    expect(process.alive).toBe(false);
    expect(lost).toBe(0);
  });
});

describe('questions that cannot be answered', () => {
  it('fail with what to do, and the next is answered', async () => {
    const { client, time } = together();
    await client.probe(options);
    const failed = client.open(['simulated:nothing'], options);
    await expect(failed).rejects.toBeInstanceOf(LabError);
    await expect(failed).rejects.toMatchObject({ failure: { kind: 'not_found' } });
    await client.open([id], options);
    const promise = client.edges('w', [time.in(1), time.in(6)]);
    await time.pass(7);
    expect((await promise)[1]!.readings).toHaveLength(1);
  });

  it('open without a probe looks for meters itself', async () => {
    const { client } = together();
    await expect(client.open([id], options)).resolves.toBeUndefined();
  });

  it('open with other options looks again', async () => {
    const { client } = together(() => [needsTdp]);
    expect((await client.probe(options))[0]!.result.status).toBe('absent');
    await expect(client.open([id], { userTdpW: 20 })).resolves.toBeUndefined();
  });

  it('a wrong test meter is said as such', async () => {
    const { client } = together(() => {
      throw new LabError('bad_input', 'The test meter x is wrong.');
    });
    await expect(client.probe(options)).rejects.toMatchObject({ failure: { kind: 'bad_input' } });
  });

  it('no edges need no sampler', async () => {
    const { client } = together();
    await expect(client.edges('none', [])).resolves.toEqual([]);
  });
});
