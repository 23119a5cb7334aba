import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ioreport } from '../../src/main/meters/ioreport';
import { nanoJoulePerCount, socGroups, withoutDie } from '../../src/main/meters/ioreportChannels';
import { GainTotal } from '../../src/main/meters/ioreportTotal';
import { openThermal, thermalThrottle } from '../../src/main/meters/macThermal';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { OpenMeter, Reading } from '../../src/shared/meter';
import { type AppleStub, appleStubAt, compileApple, macEnv, type StubChannel } from './stub/appleStub';
import { hasCompiler, removeStubs } from './stub/nvmlStub';
import { readOne, sensorsOf, VirtualClock } from './support';

interface Machine {
  name: string;
  channels: StubChannel[];
  expected: Record<string, number>;
}
/** Channel lists of M1 to M5, written by hand (see the note in the file). */
const { machines } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/ioreport/channels.json'), 'utf8'),
) as { machines: Machine[] };

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the IOReport tests over real FFI need gcc on Linux.');

afterAll(removeStubs);

const indexed = (list: readonly Pick<StubChannel, 'name' | 'unit'>[]) =>
  list.map(({ name, unit }, index) => ({ index, name, unit }));

describe('IOReport channels', () => {
  it.each(machines)('of $name: each domain from its total, no cluster added', ({ channels, expected }) => {
    const groups = socGroups(indexed(channels));
    expect(groups.map((g) => g.domain)).toEqual(Object.keys(expected));
    for (const { domain, channels: own } of groups) {
      const watts = own.reduce((sum, c) => sum + channels[c.index]!.watts, 0);
      expect(watts).toBeCloseTo(expected[domain]!, 9);
    }
  });

  it('takes clusters only where there is no total', () => {
    const clusters = indexed([
      { name: 'ECPU Energy', unit: 'mJ' },
      { name: 'PCPU Energy', unit: 'mJ' },
    ]);
    expect(socGroups(clusters)[0]?.channels).toHaveLength(2);
    const total = [...clusters, { index: 2, name: 'CPU Energy', unit: 'mJ' }];
    expect(socGroups(total)[0]?.channels.map((c) => c.name)).toEqual(['CPU Energy']);
  });

  it('takes a total without die before its dies', () => {
    const list = indexed(
      ['DIE_0_CPU Energy', 'DIE_1_CPU Energy', 'CPU Energy'].map((name) => ({ name, unit: 'mJ' })),
    );
    expect(socGroups(list)[0]?.channels.map((c) => c.name)).toEqual(['CPU Energy']);
    expect(socGroups(list.slice(0, 2))[0]?.channels).toHaveLength(2);
  });

  it('leaves out a domain with a channel of unknown unit: a part of a sum is not a total', () => {
    const list = indexed([
      { name: 'DRAM0', unit: 'mJ' },
      { name: 'DRAM1', unit: 'events' },
      { name: 'GPU Energy', unit: 'nJ' },
    ]);
    expect(socGroups(list).map((g) => g.domain)).toEqual(['soc.gpu']);
  });

  it('knows units by label and strips only a die', () => {
    expect(['mJ', ' uJ ', 'µJ', 'μJ', 'nJ'].map(nanoJoulePerCount)).toEqual([
      1_000_000n,
      1000n,
      1000n,
      1000n,
      1n,
    ]);
    expect(['J', 'mW', '', 'MJ'].map(nanoJoulePerCount)).toEqual([null, null, null, null]);
    expect(withoutDie('DIE_12_CPU Energy')).toBe('CPU Energy');
    expect(withoutDie('DIE_CPU Energy')).toBe('DIE_CPU Energy');
  });
});

describe('the total of what channels gain', () => {
  const channels = [{ index: 0, name: 'CPU Energy', unit: 'mJ', nanoJoulePerCount: 1_000_000n }];

  it('is never negative, never 0, and falls after a loss however the values come', () => {
    const gain = fc.oneof(fc.constant(null), fc.bigInt({ min: 0n, max: 10n ** 15n }));
    fc.assert(
      fc.property(fc.array(gain, { maxLength: 300 }), (gains) => {
        const total = new GainTotal(channels);
        let before = total.nanoJ!;
        let lost = false;
        for (const value of gains) {
          total.add([value]);
          const now = total.nanoJ;
          if (value === null) {
            expect(now).toBeNull();
            lost = true;
          } else if (now !== null) {
            expect(now > 0n && now < 2n ** 63n).toBe(true);
            if (lost) expect(now < before).toBe(true);
            else expect(now).toBe(before + value * 1_000_000n);
            before = now;
            lost = false;
          }
        }
      }),
    );
  });
});

describe('thermal pressure of macOS', () => {
  it('names only what slows the machine down', () => {
    expect([0n, 1n, 2n, 3n, 4n].map(thermalThrottle)).toEqual([
      [],
      [],
      ['thermal', 'thermal_pressure_heavy'],
      ['thermal', 'thermal_pressure_trapping'],
      ['thermal', 'thermal_pressure_sleeping'],
    ]);
    expect(thermalThrottle(9n)).toBeNull();
  });

  it('is null without the library', async () => {
    const reader = await openThermal(macEnv(null));
    expect(reader.throttle()).toBeNull();
    reader.close();
  });
});

describe('IOReport without a Mac', () => {
  it('is absent', async () => {
    expect(await ioreport.probe(macEnv(null))).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('libIOReport'),
    });
    await expect(ioreport.open(['ioreport:cpu'], macEnv(null))).rejects.toThrow('libIOReport');
  });
});

const calm = {
  time_s: 0,
  no_group: 0,
  no_subscription: 0,
  no_sample: 0,
  no_delta: 0,
  no_string: 0,
  swapped: 0,
  thermal: 0,
  thermal_rc: 0,
};

describe.skipIf(!compiler)('IOReport over real FFI on a stub', () => {
  const path = compiler ? compileApple() : '';
  const stub: AppleStub = compiler ? appleStubAt(path) : ({} as AppleStub);
  const clock = new VirtualClock();
  const env = macEnv(path, { now: clock.now });
  const m1 = machines[0]!;
  let opened: OpenMeter[] = [];
  let nowS = 0;

  beforeEach(() => {
    stub.set(calm);
    stub.channels(m1.channels);
    nowS = 0;
  });
  const open = async (...ids: string[]) => {
    const meter = await ioreport.open(ids, env);
    opened.push(meter);
    return meter;
  };
  const goTo = (s: number) => {
    clock.advance(s - nowS);
    nowS = s;
    stub.set({ time_s: s });
  };
  /** After every test: all that was created is released, and nothing was used after its release. */
  const balance = () => {
    for (const meter of opened) meter.close();
    opened = [];
    return { live: stub.live(), faults: stub.faults() };
  };

  it.each(machines)(
    'offers the counters of $name and measures what they draw',
    async ({ channels, expected }) => {
      stub.channels(channels);
      const sensors = sensorsOf(await ioreport.probe(env));
      expect(sensors.map((s) => s.domain)).toEqual(Object.keys(expected));
      expect(sensors[0]).toMatchObject({
        provider: 'ioreport',
        kind: 'counter',
        provenance: 'firmware-model',
        joulePerCount: 1e-9,
        gainRel1s: 0.1,
        device: { name: 'Apple M4' },
      });
      goTo(100);
      const meter = await open(...sensors.map((s) => s.id));
      const first = meter.read();
      goTo(110);
      const last = meter.read();
      for (const [i, sensor] of sensors.entries()) {
        const joules = Number((last[i]!.raw as bigint) - (first[i]!.raw as bigint)) * 1e-9;
        expect(joules).toBeCloseTo(10 * expected[sensor.domain]!, 2);
      }
      expect(balance()).toEqual({ live: 0, faults: 0 });
    },
  );

  it('gives a window its energy', async () => {
    const info = sensorsOf(await ioreport.probe(env))[0]!;
    const meter = await open(info.id);
    goTo(5);
    const first = readOne(meter, info.id);
    const trace: Reading[] = [];
    for (let i = 1; i < 100; i++) {
      goTo(5 + i / 10);
      trace.push(readOne(meter, info.id));
    }
    goTo(15);
    const close = readOne(meter, info.id);
    const energy = windowEnergy(info, { open: first, close, trace, powerLimitW: null, loaded: true });
    expect(energy.code).toBeNull();
    expect(energy.energyJ).toBeCloseTo(90, 1);
    expect(balance()).toEqual({ live: 0, faults: 0 });
  });

  it('shares one sample among the sensors of one edge, and takes a new one for a second look', async () => {
    const meter = await open('ioreport:cpu', 'ioreport:gpu');
    const cpu = readOne(meter, 'ioreport:cpu');
    const gpu = readOne(meter, 'ioreport:gpu');
    expect(gpu).toMatchObject({ t0: cpu.t0, t1: cpu.t1 });
    expect(readOne(meter, 'ioreport:cpu').t0).toBeGreaterThan(cpu.t1);
    clock.advance(0.01);
    expect(readOne(meter, 'ioreport:gpu').t0).toBeGreaterThan(cpu.t1 + 9_000_000n);
    expect(balance()).toEqual({ live: 0, faults: 0 });
  });

  it('reads as a failure, not as 0, while no sample can be taken, and then covers that time', async () => {
    const meter = await open('ioreport:cpu');
    const before = readOne(meter, 'ioreport:cpu').raw as bigint;
    for (const fault of ['no_sample', 'no_delta']) {
      goTo(nowS + 1);
      stub.set({ [fault]: 1 });
      expect(readOne(meter, 'ioreport:cpu')).toMatchObject({
        raw: null,
        error: { code: 'NO_SAMPLE', fatal: false },
      });
      stub.set({ [fault]: 0 });
    }
    const after = readOne(meter, 'ioreport:cpu').raw as bigint;
    expect(Number(after - before) * 1e-9).toBeCloseTo(18, 2);
    expect(balance()).toEqual({ live: 0, faults: 0 });
  });

  it.each([
    ['an invalid value', { value: -(2n ** 63n) }],
    ['a falling value', { value: -5n }],
    ['renamed channels', { swap: true }],
  ] as const)('%s: no number, and COUNTER_RESET for the window around it', async (_name, fault) => {
    const info = sensorsOf(await ioreport.probe(env))[0]!;
    const index = m1.channels.findIndex((c) => c.name === 'CPU Energy');
    if ('swap' in fault) stub.channels([m1.channels[index]!, ...m1.channels.filter((_, i) => i !== index)]);
    const meter = await open(info.id);
    const first = readOne(meter, info.id);
    goTo(3);
    if ('swap' in fault) stub.set({ swapped: 1 });
    else stub.force(index, fault.value);
    expect(readOne(meter, info.id)).toMatchObject({ raw: null, error: { code: 'INVALID_VALUE' } });
    stub.set({ swapped: 0 });
    stub.force(index, null);
    goTo(10);
    const close = readOne(meter, info.id);
    const reads = { open: first, close, trace: [], powerLimitW: null, loaded: true };
    expect(windowEnergy(info, reads)).toMatchObject({ energyJ: null, code: 'COUNTER_RESET' });
    expect(balance()).toEqual({ live: 0, faults: 0 });
  });

  it.each([
    ['no group', { no_group: 1 }, 'Apple silicon'],
    ['no subscription', { no_subscription: 1 }, 'refuses'],
    ['no sample', { no_sample: 1 }, 'no sample'],
    ['no strings', { no_string: 1 }, 'CoreFoundation'],
  ] as const)('is absent with its reason and leaks nothing: %s', async (_name, fault, words) => {
    stub.set(fault);
    expect(await ioreport.probe(env)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining(words),
    });
    expect(balance()).toEqual({ live: 0, faults: 0 });
  });

  it('is absent where a symbol is missing, and where no channel is known', async () => {
    const older = compileApple(['-DNO_UNIT_LABEL']);
    expect(await ioreport.probe(macEnv(older))).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('IOReportChannelGetUnitLabel'),
    });
    stub.channels([{ name: 'CPU Energy', unit: 'furlongs', watts: 1 }]);
    expect(await ioreport.probe(env)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('unit'),
    });
    await expect(ioreport.open(['ioreport:cpu'], env)).rejects.toThrow('ioreport:cpu');
    expect(balance()).toEqual({ live: 0, faults: 0 });
  });

  it('tells thermal pressure with its health, and nothing once it is closed', async () => {
    const meter = await open('ioreport:cpu');
    expect(meter.health()).toMatchObject({ throttle: [], tempC: null });
    stub.set({ thermal: 2 });
    expect(meter.health().throttle).toEqual(['thermal', 'thermal_pressure_heavy']);
    meter.close();
    meter.close();
    expect(meter.health().throttle).toBeNull();
    expect(readOne(meter, 'ioreport:cpu')).toMatchObject({
      raw: null,
      error: { code: 'NOT_OPEN', fatal: true },
    });
    stub.set({ thermal_rc: 1 });
    expect((await open('ioreport:cpu')).health().throttle).toBeNull();
    expect(balance()).toEqual({ live: 0, faults: 0 });
  });

  it('whatever names, units and values come: no throw, nothing negative, no leak', async () => {
    const name = fc.oneof(
      fc.constantFrom(
        'CPU Energy',
        'DIE_0_CPU Energy',
        'PCPU Energy',
        'GPU Energy',
        'ANE0',
        'DRAM',
        'DRAM1',
        '',
      ),
      fc.string({ maxLength: 40 }).filter((s) => !s.includes('\0')),
    );
    const unit = fc.constantFrom('mJ', 'uJ', 'nJ', 'nJ ', '', 'events');
    const channel = fc.record({ name, unit, watts: fc.double({ min: 0, max: 300, noNaN: true }) });
    const delta = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    await fc.assert(
      fc.asyncProperty(
        fc.array(channel, { maxLength: 12 }),
        fc.array(delta, { maxLength: 8 }),
        async (list, deltas) => {
          stub.channels(list);
          const result = await ioreport.probe(env);
          if (result.status === 'ok') {
            const meter = await open(...result.sensors.map((s) => s.id));
            const previous = new Map<string, bigint>();
            for (const value of deltas) {
              clock.advance(0.1);
              list.forEach((_, i) => {
                stub.force(i, value);
              });
              for (const { sensorId, raw, error } of meter.read()) {
                if (raw === null) expect(error).not.toBeNull();
                else {
                  expect(typeof raw === 'bigint' && raw > 0n && raw < 2n ** 63n).toBe(true);
                  previous.set(sensorId, raw as bigint);
                }
              }
            }
          }
          expect(balance()).toEqual({ live: 0, faults: 0 });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('would show a leak and a release too many', async () => {
    // The control of every balance above: a meter left open is seen.
    const meter = await ioreport.open(['ioreport:cpu'], env);
    expect(stub.live()).toBeGreaterThan(0);
    meter.close();
    expect(stub.live()).toBe(0);
  });
});
