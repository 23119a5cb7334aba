import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { okReading } from '../../src/main/meters/reading';
import { wall } from '../../src/main/meters/wall';
import { WallRefusal } from '../../src/main/meters/wallAddress';
import { makeHttpGet } from '../../src/main/meters/wallHttp';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { OpenMeter, ProbeEnv, Reading, SensorInfo } from '../../src/shared/meter';
import type { HttpAnswer, WallMeter } from '../../src/shared/wallMeter';
import { settle, VirtualTime } from '../sampler/support';
import { sensorsOf, testEnv } from './support';
import { goodAnswer, json, meterOf, wallServer } from './wallServer';

const ok = (content: unknown): HttpAnswer => ({
  status: 200,
  location: null,
  body: typeof content === 'string' ? content : JSON.stringify(content),
});
const plain = (watts: unknown, more: Record<string, unknown> = {}) =>
  ok({ schema: 'thirtywatts.wall/1', watts, ...more });

/** What the meter answers to its n-th question, and after how many seconds; null: nobody answers. */
type Said = (n: number, tS: number) => { answer: HttpAnswer | null; tookS?: number };

/** A meter of a program in virtual time, open: the first question is answered by `probe`. */
async function opened(said: Said, meter: WallMeter = meterOf('generic'), sensors?: readonly string[]) {
  const time = new VirtualTime();
  const startNs = time.nowNs();
  let n = 0;
  const env: ProbeEnv = testEnv({
    now: time.nowNs,
    wallMeters: [meter],
    after: time.after,
    httpGet: (url) => {
      expect(url).toMatch(/\/power$/);
      const { answer, tookS = 0.01 } = said(n++, Number(time.nowNs() - startNs) / 1e9);
      return new Promise((resolve, reject) => {
        time.after(Math.min(tookS, 1) * 1000, () => {
          if (answer === null || tookS >= 1) reject(new WallRefusal('TIMEOUT', 'late.', 'wait.'));
          else resolve(answer);
        });
      });
    },
  });
  const passing = async <T>(work: Promise<T>): Promise<T> => {
    await time.pass(2);
    return work;
  };
  const result = await passing(wall.probe(env));
  const infos = sensorsOf(result);
  const open: OpenMeter = await wall.open(sensors ?? infos.map((s) => s.id), env);
  const pass = async (seconds: number) => {
    // A promise settles only between steps.
    for (let i = 0; i < seconds * 20; i++) await time.pass(0.05);
  };
  return { time, infos, open, pass, env };
}

const edge = (id: string, atNs: bigint): Reading => ({
  ...okReading(id, atNs, atNs, 0),
  raw: null,
  error: { code: 'PUSHED', fatal: false },
});

/** Energy of one loaded window of the sensor, as the lab takes it. */
function energyOf(info: SensorInfo, trace: readonly Reading[], fromNs: bigint, toNs: bigint, loaded = true) {
  const own = trace.filter((r) => r.sensorId === info.id);
  return windowEnergy(info, {
    open: edge(info.id, fromNs),
    close: edge(info.id, toNs),
    trace: own,
    powerLimitW: null,
    loaded,
  });
}

/** A window of 60 s with a wait before and after it. */
async function oneWindow(said: Said, meter?: WallMeter, seconds = 60) {
  const { time, infos, open, pass } = await opened(said, meter);
  await pass(3.3);
  const fromNs = time.nowNs();
  await pass(seconds);
  const toNs = time.nowNs();
  await pass(3);
  const trace = open.drain();
  open.close();
  return { infos, trace, fromNs, toNs, of: (i: number) => energyOf(infos[i], trace, fromNs, toNs) };
}

const steady: Said = (n) => ({ answer: plain(100 + (n % 3) * 0.1) });

describe('what a wall meter is', () => {
  it('a gauge of the whole computer, with a plug’s usual uncertainty', async () => {
    const { infos } = await opened(steady);
    expect(infos).toHaveLength(1);
    expect(infos[0]).toMatchObject({
      id: 'wall:w1:power',
      domain: 'wall.ac',
      kind: 'gauge',
      delivery: 'push',
      provenance: 'measured',
      update: { seconds: 1, from: 'assumed' },
      gainRel1s: 0.02,
      offsetW1s: 0.5,
    });
    expect(infos[0].contains).toContain('gpu.board');
    expect(JSON.stringify(infos)).not.toContain('192.168');
  });

  it('a counter before the gauge where it counts energy, with the accuracy that it states over √3', async () => {
    const { infos } = await opened(() => ({ answer: ok(goodAnswer) }));
    expect(infos.map((s) => [s.id, s.kind])).toEqual([
      ['wall:w1:energy', 'counter'],
      ['wall:w1:power', 'gauge'],
    ]);
    for (const info of infos) {
      expect(info.gainRel1s).toBeCloseTo(0.01 / Math.sqrt(3), 12);
      expect(info.offsetW1s).toBeCloseTo(0.5 / Math.sqrt(3), 12);
      expect(info.update).toEqual({ seconds: 1, from: 'documented' });
    }
  });

  it('absent until one is added, and one that fails does not hide another', async () => {
    expect(await wall.probe(testEnv())).toMatchObject({ status: 'absent' });
    const off = { ...meterOf('generic'), enabled: false };
    expect(await wall.probe(testEnv({ wallMeters: [off] }))).toMatchObject({ status: 'absent' });
    const base = await wallServer(json(goodAnswer));
    const good = meterOf('generic', { id: 'good', address: base });
    const bad = meterOf('shelly2', { id: 'bad', address: base, label: 'Plug' });
    const env = testEnv({ wallMeters: [bad, good] });
    const result = await wall.probe(env);
    expect(sensorsOf(result).map((s) => s.device.key)).toEqual(['good', 'good']);
    expect(result).toMatchObject({ refused: [{ reason: expect.stringMatching(/^Plug: The answer/) }] });
    expect(await wall.probe(testEnv({ wallMeters: [bad] }))).toMatchObject({
      status: 'broken',
      reason: expect.stringContaining('apower'),
      remedy: { text: expect.any(String) },
    });
    expect(
      await wall.probe(testEnv({ wallMeters: [meterOf('generic', { address: 'http://192.0.2.1' })] })),
    ).toMatchObject({ status: 'broken', reason: expect.stringContaining('not in your own network') });
  });

  it('denied where it wants to know who asks', async () => {
    const base = await wallServer((_, response) => response.writeHead(401).end());
    const env = testEnv({
      wallMeters: [meterOf('homeassistant', { address: base, entity: 'sensor.x', token: 'y' })],
    });
    expect(await wall.probe(env)).toMatchObject({
      status: 'denied',
      remedy: { text: expect.stringContaining('token') },
    });
  });
});

describe('energy of a window', () => {
  it('is the mean power times the time, ends interpolated', async () => {
    const { of, infos, trace } = await oneWindow(steady);
    const { energyJ, code } = of(0);
    expect(code).toBeNull();
    expect(Math.abs(energyJ! / (100.1 * 60) - 1)).toBeLessThan(0.001);
    const polls = trace.filter((r) => r.sensorId === infos[0].id).length;
    expect(polls).toBeGreaterThanOrEqual(65);
    expect(polls).toBeLessThanOrEqual(68);
  });

  it('follows power that drifts', async () => {
    const { of } = await oneWindow((_, tS) => ({ answer: plain(80 + tS) }));
    // From 5.3 s to 65.3 s after the start.
    const trueJ = 60 * (80 + (5.3 + 65.3) / 2);
    expect(Math.abs(of(0).energyJ! / trueJ - 1)).toBeLessThan(0.001);
  });

  it('comes from the counter as exactly, also where it is read between its edges', async () => {
    const { of, infos } = await oneWindow((n, tS) => ({
      answer: plain(90 + ((n % 3) - 1) * 0.1, { energy_j: 1000 + 90 * tS, seq: n }),
    }));
    expect(infos[0].kind).toBe('counter');
    expect(Math.abs(of(0).energyJ! / 5400 - 1)).toBeLessThan(0.001);
    expect(Math.abs(of(1).energyJ! / 5400 - 1)).toBeLessThan(0.001);
  });

  it('needs a minute', async () => {
    expect((await oneWindow(steady, undefined, 50)).of(0)).toMatchObject({
      energyJ: null,
      code: 'WINDOW_TOO_SHORT',
    });
  });

  it('is moved by the lag of the meter', async () => {
    // The meter shows a step from 100 to 200 W two seconds late.
    const step: Said = (n, tS) => ({ answer: plain((tS < 35 + 2 ? 100 : 200) + ((n % 3) - 1) * 0.1) });
    const plainOne = await oneWindow(step);
    const lagged = await oneWindow(step, meterOf('generic', { lagS: 2 }));
    const trueJ = 100 * (35 - 5.3) + 200 * (65.3 - 35);
    expect(plainOne.of(0).energyJ! - trueJ).toBeLessThan(-150);
    expect(Math.abs(lagged.of(0).energyJ! - trueJ)).toBeLessThan(60);
  });
});

describe('faults, each against the control without it', () => {
  const codeWith = async (said: Said, i = 0) => {
    const { energyJ, code } = (await oneWindow(said)).of(i);
    if (code !== null) expect(energyJ).toBeNull();
    return code;
  };
  const at =
    (n: number, fault: ReturnType<Said>): Said =>
    (i, tS) =>
      i === n ? fault : steady(i, tS);
  const from =
    (n: number, fault: (i: number) => ReturnType<Said>): Said =>
    (i, tS) =>
      i >= n ? fault(i) : steady(i, tS);

  it.each<[string, Said, string | null]>([
    ['none', steady, null],
    ['one answer that is late but in time', at(30, { answer: plain(100), tookS: 0.2 }), null],
    ['one answer after 300 ms', at(30, { answer: plain(100), tookS: 0.3 }), 'LATE_READ'],
    ['one answer that never comes', at(30, { answer: null, tookS: 1 }), 'LATE_READ'],
    ['one error 500', at(30, { answer: { ...ok('x'), status: 500 } }), null],
    [
      'errors for three seconds',
      from(30, (i) => ({ answer: i < 34 ? { ...ok('x'), status: 500 } : plain(100 + (i % 3)) })),
      'GAP',
    ],
    ['it stops', from(30, () => ({ answer: { ...ok(''), status: 503 } })), 'GAP'],
    [
      'its schema changes',
      from(30, () => ({ answer: ok({ schema: 'thirtywatts.wall/2', power: 100 }) })),
      'GAP',
    ],
    [
      'it becomes a redirect',
      from(30, () => ({ answer: { status: 302, location: 'http://8.8.8.8/', body: '' } })),
      'GAP',
    ],
    ['one negative value', at(30, { answer: plain(-40) }), null],
    ['one zero', at(30, { answer: plain(0) }), 'ZERO_READ'],
    ['zero throughout', (n) => ({ answer: plain(0, { seq: n }) }), 'ZERO_READ'],
    ['it stands still for 20 s', from(20, () => ({ answer: plain(100) })), 'STALE_SENSOR'],
    ['the same number again and again', from(20, () => ({ answer: plain(100, { seq: 7 }) })), 'GAP'],
  ])('%s: %s', async (_, said, code) => expect(await codeWith(said)).toBe(code));

  it('a counter that starts over is COUNTER_RESET', async () => {
    const counts =
      (resetAt: number): Said =>
      (n, tS) => ({
        answer: plain(90, { energy_j: 90 * (tS > resetAt ? tS - resetAt : tS), seq: n }),
      });
    expect(await codeWith(counts(1e9))).toBeNull();
    expect(await codeWith(counts(30))).toBe('COUNTER_RESET');
  });

  it('readings that are repeated with one number are counted once', async () => {
    const twice = await oneWindow((n) => ({ answer: plain(100 + (n >> 1) * 0.1, { seq: n >> 1 }) }));
    expect(twice.trace.length).toBeLessThan(37);
    expect(twice.of(0).code).toBeNull();
  });

  it('a closed meter asks no more', async () => {
    let asked = 0;
    const { open, pass } = await opened(() => {
      asked++;
      return { answer: plain(100) };
    });
    await pass(3);
    open.close();
    const before = asked;
    await pass(5);
    expect(asked).toBe(before);
    expect(before).toBeGreaterThan(2);
  });
});

describe('whatever it answers', () => {
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: 0, max: 300, noNaN: true }) },
    fc.constantFrom<unknown>(0, -1, '12', null, 1e308, 9000, -0, 'NaN', true, [], {}),
    fc.double(),
  );
  const answer = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        content: fc.record(
          {
            schema: fc.constant('thirtywatts.wall/1'),
            watts: value,
            energy_j: fc.oneof(value, fc.double({ min: 0, max: 1e15, noNaN: true })),
            seq: fc.nat(40),
            interval_ms: fc.oneof({ weight: 9, arbitrary: fc.constant(1000) }, fc.nat(70_000)),
          },
          { requiredKeys: ['schema', 'watts'] },
        ),
        tookS: fc.constantFrom(0.01, 0.01, 0.01, 0.01, 0.2, 0.4),
      }),
    },
    fc.record({
      content: fc.oneof(fc.string(), fc.jsonValue()),
      tookS: fc.constantFrom(0.01, 1.5),
    }),
  );

  it('no energy is negative, zero, NaN or without its reason, under load or not', async () => {
    let numbers = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 3 }),
        fc.boolean(),
        async (odd, every, loaded) => {
          // Odd answers among good ones, so that some windows have a number.
          const { infos, trace, fromNs, toNs } = await oneWindow((n, tS) => {
            const good = { answer: plain(100 + (n % 5), { energy_j: 100 * tS, seq: n }) };
            if (n < 2 || n % (4 + 20 * every) !== 0) return good;
            const { content, tookS } = odd[n % odd.length];
            return { answer: ok(typeof content === 'string' ? content : JSON.stringify(content)), tookS };
          });
          for (const info of infos) {
            const { energyJ, code } = energyOf(info, trace, fromNs, toNs, loaded);
            if (code === null) {
              numbers++;
              expect(Number.isFinite(energyJ)).toBe(true);
              expect(energyJ).toBeGreaterThan(0);
              expect(energyJ! / 60).toBeLessThanOrEqual(info.maxPlausibleW);
            } else expect(energyJ).toBeNull();
          }
        },
      ),
      { numRuns: 60, seed: 4 },
    );
    expect(numbers).toBeGreaterThan(5);
  });

  it('over a real connection, a meter that lies in every way gives no reading and no fault of its own', async () => {
    const lies = ['{"schema":"thirtywatts.wall/1","watts":NaN}', 'x'.repeat(1 << 20), '-1', '', '{}', '\0'];
    let n = 0;
    const base = await wallServer((_, response) => {
      const i = n++;
      if (i === 0) response.end(JSON.stringify(goodAnswer));
      else if (i % 8 === 6) response.writeHead(302, { location: 'http://8.8.8.8/' }).end();
      else if (i % 8 === 7) response.socket?.destroy();
      else response.end(lies[i % lies.length]);
    });
    const env = testEnv({
      wallMeters: [meterOf('generic', { address: base, intervalS: 0.2 })],
      httpGet: makeHttpGet({ timeoutMs: 200 }),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms / 20);
        return () => clearTimeout(timer);
      },
    });
    const open = await wall.open(
      sensorsOf(await wall.probe(env)).map((s) => s.id),
      env,
    );
    const readings: Reading[] = [];
    while (n < 20) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      readings.push(...open.drain());
    }
    open.close();
    await settle();
    expect(readings.length).toBeGreaterThan(10);
    for (const r of readings) expect(r).toMatchObject({ raw: null, error: { code: expect.any(String) } });
    const codes = new Set(readings.map((r) => r.error?.code));
    for (const code of ['NOT_JSON', 'TOO_LARGE', 'BAD_ANSWER', 'REDIRECTED', 'NO_ANSWER']) {
      expect(codes).toContain(code);
    }
  });
});
