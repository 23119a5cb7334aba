import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatedW, makeEstimate } from '../../src/main/meters/estimate';
import { nodeFiles } from '../../src/main/meters/files';
import { noteOf } from '../../src/main/meters/reading';
import { tableTdpW } from '../../src/main/meters/tdpTable';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { ProbeEnv } from '../../src/shared/meter';
import { parseProcStat } from '../../src/shared/procStat';
import { RecordedMachine } from './raplTree';
import { readOne, sensorsOf, testEnv, VirtualClock } from './support';

const estimate = makeEstimate(nodeFiles);
const id = 'estimate:cpu';

function setUp(machine = 'intel-client', cpu: Partial<ProbeEnv['cpu']> = {}, userTdpW: number | null = null) {
  const tree = new RecordedMachine(machine);
  const clock = new VirtualClock();
  tree.write('proc/stat', 'cpu  1500 0 0 8500 0 0 0 0 0 0');
  const model = 'Some unheard-of processor';
  const env = testEnv({
    fsRoot: tree.root,
    now: clock.now,
    cpu: { model, logicalCores: 2, virtualized: machine === 'guest', ...cpu },
    userTdpW,
  });
  /** Lets `seconds` pass at a use of the whole machine. */
  let busy = 1500;
  let idle = 8500;
  const pass = (seconds: number, use: number) => {
    clock.advance(seconds);
    busy += Math.round(seconds * 200 * use);
    idle += Math.round(seconds * 200 * (1 - use));
    tree.write('proc/stat', `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0`);
  };
  return { tree, clock, env, pass };
}

describe('rated power', () => {
  it('comes from the user first, then the processor, then the table', async () => {
    const rated = async (setup: ReturnType<typeof setUp>) => {
      const { notes } = sensorsOf(await estimate.probe(setup.env))[0]!;
      return [noteOf(notes, 'tdpW'), noteOf(notes, 'tdpFrom')];
    };
    expect(await rated(setUp('intel-client', {}, 65))).toEqual(['65', 'user']);
    expect(await rated(setUp('intel-client'))).toEqual(['95', 'powercap']);
    expect(await rated(setUp('intel-two-sockets'))).toEqual(['300', 'powercap']);
    const model = 'Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz';
    expect(await rated(setUp('intel-msr-mmio', { model }))).toEqual(['95', 'table']);
  });

  it('is never made up: unknown is absent, with the way to give it', async () => {
    const { env } = setUp('intel-msr-mmio');
    expect(await estimate.probe(env)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('unheard-of'),
      remedy: { text: expect.stringContaining('--tdp WATTS') },
    });
  });

  it('cannot be known inside a virtual machine, whatever the processor calls itself', async () => {
    const guest = setUp('guest', { model: 'Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz' });
    expect(await estimate.probe(guest.env)).toMatchObject({
      status: 'absent',
      reason: "This is a virtual machine: it cannot see the host's power.",
      remedy: { text: expect.stringContaining('--tdp WATTS') },
    });
    expect(await estimate.probe({ ...guest.env, userTdpW: 20 })).toMatchObject({ status: 'ok' });
  });

  it('refuses impossible numbers of the user', async () => {
    for (const watts of [0, -5, 1e6]) {
      expect(await estimate.probe(setUp('guest', {}, watts).env)).toMatchObject({ status: 'absent' });
    }
  });

  it.each([
    ['12th Gen Intel(R) Core(TM) i9-12900K', 125],
    ['12th Gen Intel(R) Core(TM) i9-12900KS', null],
    ['AMD Ryzen 9 5950X 16-Core Processor', 105],
    ['AMD Ryzen 7 5700X3D 8-Core Processor', null],
    ['Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz', 120],
    ['AMD EPYC 7763 64-Core Processor', 280],
    ['AMD EPYC', null],
    ['', null],
  ])('matches whole words only: %s', (model, watts) => {
    expect(tableTdpW(model)).toBe(watts);
  });
});

describe('estimated power', () => {
  it('is the rated power times the use, never below a tenth', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 500, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tdpW, use) => {
          const watts = estimatedW(tdpW, use);
          expect(watts).toBeGreaterThanOrEqual(0.1 * tdpW);
          expect(watts).toBeLessThanOrEqual(tdpW);
        },
      ),
      { seed: 30 },
    );
  });

  it('is labelled as an estimate with its factor', async () => {
    const info = sensorsOf(await estimate.probe(setUp().env))[0]!;
    expect(info).toMatchObject({ provenance: 'estimate', origin: 'model', factor1s: 1.6, kind: 'counter' });
  });

  it('adds up to a window, however often it is read in between', async () => {
    for (const reads of [1, 5, 50]) {
      const { env, pass } = setUp();
      const info = sensorsOf(await estimate.probe(env))[0]!;
      const meter = await estimate.open([id], env);
      pass(1, 0.5);
      const open = readOne(meter, id);
      for (let i = 0; i < reads; i++) {
        pass(10 / reads, 0.5);
        if (i < reads - 1) readOne(meter, id);
      }
      const close = readOne(meter, id);
      const result = windowEnergy(info, { open, close, trace: [], powerLimitW: null, loaded: true });
      expect(result.code).toBeNull();
      expect(result.energyJ! / (95 * 0.5 * 10)).toBeCloseTo(1, 3);
    }
  });

  it('charges an idle machine a tenth', async () => {
    const { env, pass } = setUp();
    const meter = await estimate.open([id], env);
    const open = readOne(meter, id);
    pass(10, 0);
    const close = readOne(meter, id);
    expect(Number((close.raw as bigint) - (open.raw as bigint)) / 1e6).toBeCloseTo(95, 3);
  });

  it('fails where the processor times cannot be read, and does not show 0', async () => {
    const { env, tree, pass } = setUp();
    const meter = await estimate.open([id], env);
    pass(1, 0.5);
    tree.write('proc/stat', 'nonsense');
    expect(readOne(meter, id)).toMatchObject({ raw: null, error: { code: 'NO_CPU_TIMES' } });
  });

  it('leaves stolen time out and counts waiting as idle', () => {
    expect(parseProcStat('cpu  10 1 4 80 5 1 2 100 0 0\n')).toEqual({ busy: 18, total: 103 });
    expect(parseProcStat('intr 5')).toBeNull();
  });
});
