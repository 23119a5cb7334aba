import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { nvml } from '../../src/main/meters/nvml';
import { powerSampling } from '../../src/main/meters/nvmlArchitecture';
import { nvmlName, nvmlRefusal } from '../../src/main/meters/nvmlErrors';
import { decodeValue, structVersion, throttleNames } from '../../src/main/meters/nvmlTypes';
import { noteOf } from '../../src/main/meters/reading';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { OpenMeter, Reading } from '../../src/shared/meter';
import { temporaryFolder } from '../support/lab';
import { compileStub, hasCompiler, removeStubs, type Stub, stubAt } from './stub/nvmlStub';
import { readOne, sensorsOf, testEnv, VirtualClock } from './support';

afterAll(removeStubs);

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the NVML tests over real FFI need gcc on Linux.');

const energyId = 'nvml:GPU-stub-0:energy';
const powerId = 'nvml:GPU-stub-0:power';
const defaults = {
  time_s: 0,
  init: 0,
  count: 1,
  idle_w: 30,
  load_w: 250,
  load_from_s: 1e9,
  energy_rc: 0,
  power_rc: 0,
  field_rc: 0,
  gpu_scope_rc: 0,
  device_rc: 0,
  mig: 0,
  virtualization: 0,
  architecture: 8,
  compute_minor: 9,
  frozen_from_s: 1e9,
  zero: 0,
  reload_at_s: 1e9,
  throttle: 0,
  temp_c: 61,
  energy_start_mj: 5e6,
  thermal_ns: 0,
  limit_w: 320,
  default_limit_w: 450,
  processes: 0,
  energy_gain: 1,
  sm_pid: 0,
  sm_pct: 0,
  sm_at_s: 1,
  sm_rc: 0,
  memory_used_mib: 0,
  limit_rc: 0,
};

describe('NVML without a library', () => {
  it('is absent where no candidate exists', async () => {
    const env = testEnv({ libraryPaths: () => ['/nowhere/libnvidia-ml.so.1', 'libno-such-nvml.so.1'] });
    expect(await nvml.probe(env)).toMatchObject({ status: 'absent' });
  });

  it('is broken where the file is there but is no library', async () => {
    const file = join(temporaryFolder(), 'not-a-library.so');
    writeFileSync(file, 'this is no shared library');
    const result = await nvml.probe(testEnv({ libraryPaths: () => [file] }));
    expect(result).toMatchObject({ status: 'broken', reason: expect.stringContaining('does not load') });
  });
});

describe('NVML in numbers', () => {
  it('packs size and version into the first word of a struct', () => {
    expect(structVersion(40, 2)).toBe(33_554_472);
  });

  it('reads an unsigned long in 4 bytes on Windows and 8 elsewhere', () => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, 0x1_0000_0002n, true);
    expect(decodeValue(view, 0, 2, 'win32')).toBe(2);
    expect(decodeValue(view, 0, 2, 'linux')).toBe(0x1_0000_0002n);
    expect(decodeValue(view, 0, 99, 'linux')).toBeNull();
  });

  it('names the bits of the throttle reasons', () => {
    expect(throttleNames(4n | 64n)).toEqual(['sw_power_cap', 'hw_thermal']);
    expect(throttleNames(0n)).toEqual([]);
  });

  it('says of every code what it means, and names unknown ones', () => {
    expect(nvmlRefusal(18)).toEqual({
      status: 'broken',
      reason: expect.stringContaining('was updated'),
      remedy: { text: 'Restart the computer.', command: null },
    });
    expect(nvmlRefusal(4)).toMatchObject({ status: 'denied' });
    expect(nvmlRefusal(1234)).toMatchObject({ status: 'broken', reason: expect.stringContaining('1234') });
    expect(nvmlName(1234)).toBe('NVML_1234');
  });

  it('knows which architectures see their power part of the time', () => {
    const of = (architecture: number | null, minor = 0, name = 'Card', driver = '580.1') =>
      powerSampling({ architecture, computeMajorMinor: [8, minor], name }, driver);
    expect(of(9).instant).toMatchObject({ averagingS: 0.025, duty: 0.25 });
    expect(of(9).usage).toMatchObject({ averagingS: 1, duty: 1 });
    expect(of(8)).toMatchObject({ instant: { averagingS: 0.1 }, usage: { averagingS: 1 } });
    expect(of(8, 9, 'Card', '530.41').usage.averagingS).toBe(0.1);
    expect(of(7).usage.duty).toBe(0.25);
    expect(of(7, 6)).toMatchObject({ instant: { duty: 1 }, usage: { averagingS: 1 } });
    expect(of(6).usage).toMatchObject({ averagingS: 0.1, duty: 1 });
    expect(of(6, 5, 'Quadro RTX 8000').usage).toMatchObject({ averagingS: 0.02, duty: 0.2 });
    expect(of(5).instant).toMatchObject({ update: { seconds: 0.02 }, averagingS: 0.01, duty: 0.5 });
    expect(of(3, 2, 'Tesla M40').usage).toMatchObject({ update: { seconds: 0.031 }, averagingS: 0.014 });
    expect(of(2).usage).toMatchObject({ update: { seconds: 0.1, from: 'documented' }, averagingS: 1 });
    expect(of(10).instant.update.from).toBe('assumed');
    expect(of(null).instant.update.from).toBe('assumed');
  });
});

describe.skipIf(!compiler)('NVML over real FFI on a stub', () => {
  const compiled = compiler ? compileStub() : '';
  const stub: Stub = compiler ? stubAt(compiled) : ({} as Stub);
  const clock = new VirtualClock();
  const env = testEnv({ libraryPaths: () => [compiled], now: clock.now });
  const opened: OpenMeter[] = [];

  beforeEach(() => stub.set(defaults));
  afterAll(() => {
    for (const meter of opened) meter.close();
    expect(stub.opened()).toBe(0);
  });

  const open = async (...ids: string[]) => {
    const meter = await nvml.open(ids, env);
    opened.push(meter);
    return meter;
  };
  /** Moves both clocks. */
  let nowS = 0;
  const goTo = (s: number) => {
    clock.advance(s - nowS);
    nowS = s;
    stub.set({ time_s: s });
  };
  /** One loaded window of 10 s, with a trace at 10 Hz, judged. */
  const measure = async (id: string, inWindow: Record<string, number> = {}) => {
    goTo(0);
    stub.set({ load_from_s: 1 });
    const info = sensorsOf(await nvml.probe(env)).find((s) => s.id === id)!;
    const meter = await open(id);
    goTo(5);
    const first = readOne(meter, id);
    const trace: Reading[] = [];
    for (let i = 1; i < 100; i++) {
      if (i === 50) stub.set(inWindow);
      goTo(5 + i / 10);
      trace.push(readOne(meter, id));
    }
    goTo(15);
    const close = readOne(meter, id);
    const powerLimitW = meter.health().powerLimitW;
    nowS = 0;
    return windowEnergy(info, { open: first, close, trace, powerLimitW, loaded: true });
  };

  it('agrees with the C compiler on every layout, and a wrong one does not compile', () => {
    expect(() => compileStub([], { FIELD_VALUE: 36 })).toThrow();
  });

  it('offers an energy counter and a power gauge per board', async () => {
    stub.set({ count: 2 });
    const sensors = sensorsOf(await nvml.probe(env));
    expect(sensors.map((s) => s.id)).toEqual([
      energyId,
      powerId,
      'nvml:GPU-stub-1:energy',
      'nvml:GPU-stub-1:power',
    ]);
    expect(sensors[0]).toMatchObject({
      device: { key: 'GPU-stub-0', name: 'Stub RTX', driver: '580.42' },
      domain: 'gpu.board',
      kind: 'counter',
      joulePerCount: 0.001,
      modulus: null,
      maxReadHz: 1,
      edgeAlign: false,
      provenance: 'measured',
    });
    expect(sensors[1]).toMatchObject({ kind: 'gauge', joulePerCount: null, averagingS: 0.1, duty: 1 });
    expect(noteOf(sensors[0]!.notes, 'enforcedLimitW')).toBe('320');
    expect(noteOf(sensors[0]!.notes, 'defaultLimitW')).toBe('450');
    expect(noteOf(sensors[0]!.notes, 'persistence')).toBe('on');
    expect(noteOf(sensors[0]!.notes, 'nothing')).toBeNull();
  });

  it('measures a window by counter and by gauge alike', async () => {
    const byCounter = await measure(energyId);
    expect(byCounter).toMatchObject({ code: null });
    expect(byCounter.energyJ).toBeCloseTo(2500, 6);
    const byGauge = await measure(powerId);
    expect(byGauge.code).toBeNull();
    expect(byGauge.energyJ! / 2500).toBeCloseTo(1, 3);
  });

  it.each([
    ['frozen from the middle on', energyId, { frozen_from_s: 10 }, 'STALE_SENSOR'],
    ['showing 0 W half the time', powerId, { zero: 1 }, 'STALE_SENSOR'],
    ['driver reloaded', energyId, { reload_at_s: 10 }, 'COUNTER_RESET'],
    ['GPU lost', energyId, { device_rc: 15 }, 'DEVICE_LOST'],
    ['GPU needing a reset', powerId, { device_rc: 16 }, 'DEVICE_LOST'],
    ['counter refusing', energyId, { energy_rc: 999 }, 'READ_FAILED'],
  ] as const)('%s: no number, and the reason', async (_name, id, fault, code) => {
    const result = await measure(id, fault);
    expect(result).toMatchObject({ energyJ: null, code });
  });

  it.each([energyId, powerId])('%s that shows 0 under load gives no number', async (id) => {
    stub.set({ zero: 1 });
    expect(await measure(id)).toMatchObject({ energyJ: null, code: 'ZERO_READ' });
  });

  it('falls back to the gauge where the counter is not supported', async () => {
    stub.set({ energy_rc: 3, field_rc: 3 });
    expect(sensorsOf(await nvml.probe(env)).map((s) => [s.id, noteOf(s.notes, 'via')])).toEqual([
      [powerId, 'nvmlDeviceGetPowerUsage'],
    ]);
    expect((await measure(powerId)).energyJ! / 2500).toBeCloseTo(1, 3);
  });

  it('takes the counter from its field where the call is not supported', async () => {
    stub.set({ energy_rc: 3 });
    const info = sensorsOf(await nvml.probe(env))[0]!;
    expect(noteOf(info.notes, 'via')).toContain('field 83 scope 0');
    expect((await measure(energyId)).energyJ).toBeCloseTo(2500, 6);
  });

  it('uses and names the module where the GPU scope is not supported', async () => {
    stub.set({ energy_rc: 3, power_rc: 3, gpu_scope_rc: 3 });
    const sensors = sensorsOf(await nvml.probe(env));
    expect(sensors.map((s) => s.domain)).toEqual(['module', 'module']);
    expect(sensors[0]!.contains).toContain('cpu.package');
    expect(sensors[0]!.notes).toContainEqual(expect.stringContaining('SCOPE_SUBSTITUTED'));
  });

  it.each([
    ['MIG', { mig: 1 }],
    ['vGPU', { virtualization: 2 }],
  ] as const)('gives no energy of a board shared by %s', async (name, fault) => {
    stub.set(fault);
    const info = sensorsOf(await nvml.probe(env))[0]!;
    expect(info.notes).toContainEqual(expect.stringContaining(`SHARED_DEVICE: ${name}`));
    expect(await measure(energyId)).toMatchObject({ energyJ: null, code: 'SHARED_DEVICE' });
  });

  it('treats a passed-through GPU as whole', async () => {
    stub.set({ virtualization: 1 });
    expect((await measure(energyId)).code).toBeNull();
  });

  it.each([
    [18, 'broken', 'Restart'],
    [9, 'absent', 'Install'],
    [17, 'denied', 'container'],
    [999, 'broken', 'Install'],
  ] as const)('explains a refused start (%i)', async (code, status, remedy) => {
    stub.set({ init: code });
    const result = await nvml.probe(env);
    expect(result).toMatchObject({ status, remedy: { text: expect.stringContaining(remedy) } });
  });

  it('is absent without a GPU, and broken when its only one is lost', async () => {
    stub.set({ count: 0 });
    expect(await nvml.probe(env)).toMatchObject({ status: 'absent' });
    stub.set({ count: 1, device_rc: 15 });
    expect(await nvml.probe(env)).toMatchObject({
      status: 'broken',
      reason: expect.stringContaining('lost'),
    });
  });

  it('tells the state of the device, and null for what it does not tell', async () => {
    stub.set({ throttle: 64, thermal_ns: 5e6, processes: 1 });
    const health = (await open(energyId)).health();
    expect(health).toMatchObject({
      tempC: 61,
      clockMHz: 2520,
      utilPct: 97,
      powerLimitW: 320,
      throttle: ['hw_thermal'],
      throttleNs: { hw_thermal: 5_000_000n },
    });
    // Its process is not in the recorded /proc, so whose it is cannot be told.
    expect(health.otherClients).toBeNull();
    stub.set({ processes: 0, field_rc: 3 });
    expect((await open(energyId)).health()).toMatchObject({ otherClients: 0, throttleNs: null });
  });

  it('tells the default limit and the memory in use, and null where the driver does not', async () => {
    stub.set({ memory_used_mib: 3000 });
    expect((await open(energyId)).health()).toMatchObject({
      powerLimitW: 320,
      defaultLimitW: 450,
      memoryUsedBytes: 3000 * 2 ** 20,
    });
    stub.set({ limit_rc: 3 });
    expect((await open(energyId)).health().defaultLimitW).toBeNull();
  });

  describe('other programs on the device', () => {
    /** Processes of a made-up /proc: 500 is the sampler's parent, 501 the runner, 900 somebody else. */
    const withProcesses = () => {
      const fsRoot = temporaryFolder();
      for (const [pid, parent] of [
        [process.ppid, 1],
        [501, process.ppid],
        [900, 1],
      ]) {
        mkdirSync(join(fsRoot, `proc/${pid}`), { recursive: true });
        writeFileSync(join(fsRoot, `proc/${pid}/stat`), `${pid} (a (b) c) S ${parent} 1 1`);
      }
      return { ...env, fsRoot };
    };
    const openIn = async (changed: typeof env) => {
      const meter = await nvml.open([energyId], changed);
      opened.push(meter);
      return meter;
    };

    it('are told from the runner by their parents', async () => {
      const meter = await openIn(withProcesses());
      expect(meter.health().otherSmPct).toBe(0); // nobody used it
      stub.set({ sm_pid: 900, sm_pct: 37, sm_at_s: 2 });
      expect(meter.health().otherSmPct).toBe(37);
      expect(meter.health().otherSmPct).toBe(0); // nothing new since
      stub.set({ sm_pid: 501, sm_pct: 90, sm_at_s: 3 });
      expect(meter.health().otherSmPct).toBe(0);
    });

    it('do not count for what they did before the meter was opened', async () => {
      stub.set({ sm_pid: 900, sm_pct: 37, sm_at_s: 2 });
      expect((await openIn(withProcesses())).health().otherSmPct).toBe(0);
    });

    it('are unknown, not 0, where the process or the call is', async () => {
      const meter = await openIn(withProcesses());
      stub.set({ sm_pid: 77, sm_pct: 37, sm_at_s: 2 });
      expect(meter.health().otherSmPct).toBeNull();
      stub.set({ sm_rc: 3 });
      expect(meter.health().otherSmPct).toBeNull();
    });
  });

  it('reads as a failure, not as 0, when the device asked for is not there', async () => {
    const meter = await open('nvml:GPU-other:energy');
    expect(readOne(meter, 'nvml:GPU-other:energy')).toMatchObject({
      raw: null,
      error: { code: 'GPU_NOT_FOUND' },
    });
  });

  it('shuts down what it initialised', async () => {
    const before = stub.opened();
    await nvml.probe(env);
    const meter = await nvml.open([energyId], env);
    expect(stub.opened()).toBe(before + 1);
    meter.close();
    expect(stub.opened()).toBe(before);
  });

  it.each(['OLD_DRIVER', 'NEW_DRIVER'])('uses the names that a driver has (%s)', async (flag) => {
    const other = stubAt(compileStub([`-D${flag}`]));
    const otherEnv = testEnv({ libraryPaths: () => [other.path], now: clock.now });
    other.set({ throttle: 4, temp_c: 50 });
    const ids = sensorsOf(await nvml.probe(otherEnv)).map((s) => s.id);
    expect(ids).toEqual(flag === 'OLD_DRIVER' ? [powerId] : [energyId, powerId]);
    const meter = await nvml.open(ids, otherEnv);
    expect(meter.health()).toMatchObject({ tempC: 50, throttle: ['sw_power_cap'] });
    // Bound at first use: a driver without the newer names gives null, and works.
    const { memoryUsedBytes, otherSmPct } = meter.health();
    expect([memoryUsedBytes, otherSmPct]).toEqual(flag === 'OLD_DRIVER' ? [null, null] : [0, 0]);
    expect(meter.read().every((r) => r.raw !== null)).toBe(true);
    meter.close();
  });
});
