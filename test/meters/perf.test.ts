import { describe, expect, it } from 'vitest';
import { cpuList, makePerf, powerEvents } from '../../src/main/meters/perf';
import { errorName, kernelEvents, type PerfEvents } from '../../src/main/meters/perfEvents';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import { playTree, recordingNamed } from './playTree';
import { readOne, sensorsOf } from './support';

const scale = 2 ** -32;
const pmu = 'sys/bus/event_source/devices/power';

/** The kernel's events, made up: each open one counts `watts` of a virtual clock. */
class MadeUpEvents implements PerfEvents {
  refusal: string | null = null;
  readError: string | null = null;
  readonly opened = new Map<number, { cpu: number; config: bigint; fromNs: bigint }>();
  private last = 100;
  constructor(
    private readonly nowNs: () => bigint,
    private readonly watts: number,
  ) {}

  open(_type: number, config: bigint, cpu: number): number | string {
    if (this.refusal !== null) return this.refusal;
    this.opened.set(++this.last, { cpu, config, fromNs: this.nowNs() });
    return this.last;
  }
  read(fd: number): bigint | string {
    if (this.readError !== null) return this.readError;
    const seconds = Number(this.nowNs() - this.opened.get(fd)!.fromNs) / 1e9;
    return BigInt(Math.round((seconds * this.watts) / scale));
  }
  close(fd: number): void {
    this.opened.delete(fd);
  }
}

function setUp(name: Parameters<typeof recordingNamed>[0] = 'amd-desktop', watts = 120) {
  const machine = playTree(recordingNamed(name));
  const events = new MadeUpEvents(machine.clock.now, watts);
  const perf = makePerf({ ...machine, eventsOf: async () => events });
  return { machine, events, perf };
}

describe('RAPL through perf', () => {
  it('steps in where powercap is refused', async () => {
    const { perf, machine, events } = setUp();
    const sensors = sensorsOf(await perf.probe(machine.env));
    expect(sensors.map((s) => [s.id, s.domain, s.joulePerCount])).toEqual([
      ['perf:energy-pkg', 'cpu.package', scale],
    ]);
    expect(sensors[0]).toMatchObject({ modulus: null, gainRel1s: 0.1, device: { key: 'cpu' } });
    expect(events.opened.size).toBe(0);
  });

  it('stays away where powercap reads: one counter is not offered twice', async () => {
    const { perf, machine } = setUp();
    machine.files.fault = () => null;
    machine.write('sys/class/powercap/intel-rapl:0/energy_uj', 10);
    machine.write('sys/class/powercap/intel-rapl:0:0/energy_uj', 10);
    expect(await perf.probe(machine.env)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('powercap'),
    });
  });

  it('measures 120 W over 10 s as 1,200 J', async () => {
    const { perf, machine, events } = setUp();
    const info = sensorsOf(await perf.probe(machine.env))[0]!;
    const meter = await perf.open([info.id], machine.env);
    const open = readOne(meter, info.id);
    machine.advance(10);
    const close = readOne(meter, info.id);
    expect(meter.health().clockMHz).toBe(5700);
    meter.close();
    expect(events.opened.size).toBe(0);
    const result = windowEnergy(info, { open, close, trace: [], powerLimitW: null, loaded: true });
    expect(result.energyJ! / 1200).toBeCloseTo(1, 5);
  });

  it.each([
    ['EACCES', 'denied'],
    ['EPERM', 'denied'],
    ['ENOENT', 'absent'],
    ['EMFILE', 'broken'],
  ])('%s: %s', async (code, status) => {
    const { perf, machine, events } = setUp();
    events.refusal = code;
    const result = await perf.probe(machine.env);
    expect(result).toMatchObject({ status });
    if (status === 'denied') {
      expect(result).toMatchObject({ remedy: { command: 'sudo sysctl kernel.perf_event_paranoid=0' } });
    }
  });

  it('is absent without the PMU, and without a kernel to ask', async () => {
    const { perf, machine } = setUp('intel-arc-xe');
    expect(await perf.probe(machine.env)).toMatchObject({ status: 'absent' });
    const recorded = setUp().machine;
    // A recorded tree must never be measured with the events of the machine that plays it.
    const real = makePerf({ ...recorded, eventsOf: kernelEvents });
    expect(await real.probe(recorded.env)).toMatchObject({ status: 'absent' });
    expect(await kernelEvents({ fsRoot: recorded.root })).toBeNull();
  });

  it('reads as a failure, not as 0, when an event breaks', async () => {
    const { perf, machine, events } = setUp();
    const meter = await perf.open(['perf:energy-pkg'], machine.env);
    events.readError = 'EIO';
    expect(readOne(meter, 'perf:energy-pkg')).toMatchObject({ raw: null, error: { code: 'EIO' } });
    meter.close();
    events.refusal = 'EACCES';
    await expect(perf.open(['perf:energy-pkg'], machine.env)).rejects.toThrow('can no longer');
  });

  it('counts an AMD socket once whose dies mirror it, and every die of Intel', () => {
    const machine = playTree(recordingNamed('amd-epyc-two-dies'));
    const cpus = (model: string) =>
      powerEvents(machine.files, { ...machine.env, cpu: { ...machine.env.cpu, model } })[0]!.cpus;
    expect(cpus('AMD EPYC 7V12 64-Core Processor')).toEqual([0]);
    expect(cpus('Intel(R) Xeon(R) Platinum 9242 CPU')).toEqual([0, 32]);
  });

  it('leaves out the cores of AMD, and events whose scale or unit is not energy', () => {
    const { machine } = setUp();
    for (const [name, unit, factor] of [
      ['energy-cores', 'Joules', String(scale)],
      ['energy-ram', 'Watts', String(scale)],
      ['energy-gpu', 'Joules', '0'],
      ['energy-psys', 'Joules', 'nonsense'],
    ]) {
      machine.write(`${pmu}/events/${name}`, 'event=0x01');
      machine.write(`${pmu}/events/${name}.unit`, unit!);
      machine.write(`${pmu}/events/${name}.scale`, factor!);
    }
    const names = powerEvents(machine.files, machine.env).map((e) => e.name);
    expect(names).toEqual(['energy-pkg']);
    const intel = { ...machine.env, cpu: { ...machine.env.cpu, model: 'Intel' } };
    expect(powerEvents(machine.files, intel).map((e) => e.name)).toEqual(['energy-pkg', 'energy-cores']);
  });

  it('reads lists of CPUs as the kernel writes them', () => {
    expect(cpuList('0,18')).toEqual([0, 18]);
    expect(cpuList('0-2,8')).toEqual([0, 1, 2, 8]);
    for (const text of ['', 'x', '3-1', '1,,2', '-1', '99999999999']) expect(cpuList(text)).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the kernel itself', () => {
  it('answers ENOENT for a PMU that is not there, and counts where it may', async () => {
    const events = (await kernelEvents({ fsRoot: '/' }))!;
    expect(['ENOENT', 'EACCES', 'EPERM', 'EINVAL']).toContain(events.open(0x7fffffff, 2n, 0));
    // The CPU clock in software: allowed to whoever may watch the whole system.
    const fd = events.open(1, 0n, 0);
    if (typeof fd === 'string') {
      expect(['EACCES', 'EPERM', 'ENOENT']).toContain(fd);
      return;
    }
    const first = events.read(fd);
    const until = process.hrtime.bigint() + 5_000_000n;
    while (process.hrtime.bigint() < until);
    const second = events.read(fd);
    events.close(fd);
    expect(typeof first).toBe('bigint');
    expect(second > first).toBe(true);
  });

  it('names errors', () => {
    expect([errorName(2), errorName(13), errorName(99999)]).toEqual(['ENOENT', 'EACCES', 'ERRNO_99999']);
  });
});
