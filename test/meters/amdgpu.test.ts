import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { makeAmdgpu } from '../../src/main/meters/amdgpu';
import { energyAccumulator, metricsLayout, throttleReasons } from '../../src/main/meters/amdgpuMetrics';
import { overlap } from '../../src/main/meters/choose';
import { makeRapl } from '../../src/main/meters/rapl';
import { noteOf } from '../../src/main/meters/reading';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { Reading } from '../../src/shared/meter';
import { type PlayedMachine, playTree, recordingNamed } from './playTree';
import { hasCompiler } from './stub/nvmlStub';
import { readOne, sensorsOf } from './support';

const node = 'sys/class/hwmon/hwmon3';
const cardPower = 'amdgpu:pci:0000:03:00.0:power';
const cardEnergy = 'amdgpu:pci:0000:03:00.0:energy';

function setUp(name: Parameters<typeof recordingNamed>[0]) {
  const machine = playTree(recordingNamed(name));
  return { machine, amdgpu: makeAmdgpu(machine) };
}

/** The metrics table, version 1.3 unless told otherwise. */
function table({ format = 1, content = 3, counts = 0n, throttle = 0n, size = 120 } = {}): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt16LE(size, 0);
  bytes.writeUInt8(format, 2);
  bytes.writeUInt8(content, 3);
  if (size >= 32) bytes.writeBigUInt64LE(counts, 24);
  if (size >= 120) bytes.writeBigUInt64LE(throttle, 112);
  return bytes;
}

/** A loaded window of 10 s, read at 10 Hz. */
async function measure(machine: PlayedMachine, id: string, at: (i: number) => void = () => {}) {
  const amdgpu = makeAmdgpu(machine);
  const info = sensorsOf(await amdgpu.probe(machine.env)).find((s) => s.id === id)!;
  const meter = await amdgpu.open([id], machine.env);
  const open = readOne(meter, id);
  const trace: Reading[] = [];
  for (let i = 1; i <= 100; i++) {
    machine.advance(0.1);
    at(i);
    trace.push(readOne(meter, id));
  }
  const close = trace.pop()!;
  const { powerLimitW } = meter.health();
  meter.close();
  expect(machine.files.openFiles).toBe(0);
  return windowEnergy(info, { open, close, trace, powerLimitW, loaded: true });
}

describe('an AMD card', () => {
  it('offers its counter, once it agrees with the power, and its gauge', async () => {
    const { machine, amdgpu } = setUp('amd-desktop');
    const sensors = sensorsOf(await amdgpu.probe(machine.env));
    expect(sensors.map((s) => [s.id, s.kind, s.domain, s.contains])).toEqual([
      [cardEnergy, 'counter', 'gpu.package', []],
      [cardPower, 'gauge', 'gpu.package', []],
    ]);
    expect(sensors[0]).toMatchObject({ joulePerCount: 2 ** -16, gainRel1s: 0.05 });
    expect(sensors[1]!.device).toEqual({
      key: 'pci:0000:03:00.0',
      name: 'AMD GPU (1002:744c)',
      driver: 'amdgpu',
    });
    expect(noteOf(sensors[1]!.notes, 'via')).toBe('power1_average');
    expect(machine.files.openFiles).toBe(0);
  });

  it('measures the same energy by both, within their resolution', async () => {
    const counted = await measure(setUp('amd-desktop').machine, cardEnergy);
    const integrated = await measure(setUp('amd-desktop').machine, cardPower);
    expect(counted.energyJ! / 2850).toBeCloseTo(1, 3);
    expect(integrated.energyJ! / 2850).toBeCloseTo(1, 2);
  });

  it('tells its state', async () => {
    const { machine, amdgpu } = setUp('amd-desktop');
    const meter = await amdgpu.open([cardPower], machine.env);
    expect(meter.health()).toMatchObject({
      tempC: 61,
      clockMHz: 2482,
      utilPct: 97,
      powerLimitW: 272,
      defaultLimitW: 303,
      memoryUsedBytes: 3 * 2 ** 30,
      throttle: [],
    });
    machine.write(`${node}/device/gpu_metrics`, table({ throttle: 1n << 36n }));
    // The player writes the table anew with time; here time stands.
    expect(meter.health().throttle).toEqual(['hw_thermal']);
    meter.close();
  });

  it.each([
    ['stands still', () => 1_000_000_000n],
    ['counts 43 % low', (s: number) => 10n ** 9n + BigInt(Math.round(0.57 * 285 * 65536 * s))],
    ['counts a hundred times too fast', (s: number) => 10n ** 9n + BigInt(Math.round(28500 * 65536 * s))],
    ['runs backwards', (s: number) => 10n ** 9n - BigInt(Math.round(285 * 65536 * s))],
    ['is all ones', () => 2n ** 64n - 1n],
  ])('does not offer a counter that %s', async (_what, counts) => {
    const { machine } = setUp('amd-desktop');
    const write = (s: number) => machine.write(`${node}/device/gpu_metrics`, table({ counts: counts(s) }));
    let seconds = 0;
    write(0);
    const amdgpu = makeAmdgpu({
      files: machine.files,
      pause: async (ms) => {
        machine.advance(ms / 1000);
        seconds += ms / 1000;
        write(seconds);
      },
    });
    expect(sensorsOf(await amdgpu.probe(machine.env)).map((s) => s.id)).toEqual([cardPower]);
  });

  it('does not offer a counter that no power vouches for', async () => {
    const recording = recordingNamed('amd-desktop');
    delete recording.files[`${node}/power1_average`];
    recording.series = recording.series.filter((s) => !s.path.endsWith('power1_average'));
    const machine = playTree(recording);
    expect(await makeAmdgpu(machine).probe(machine.env)).toMatchObject({ status: 'absent' });
  });

  it('takes the instant power where the driver has it', async () => {
    const { machine, amdgpu } = setUp('amd-desktop');
    machine.write(`${node}/power1_input`, 281_000_000);
    const gauge = sensorsOf(await amdgpu.probe(machine.env)).find((s) => s.kind === 'gauge')!;
    expect(noteOf(gauge.notes, 'via')).toBe('power1_input');
    expect(gauge.averagingS).toBeLessThan(1);
  });

  it('is named by its product name, else by the list of PCI ids', async () => {
    const { machine, amdgpu } = setUp('amd-desktop');
    const name = async () => sensorsOf(await amdgpu.probe(machine.env))[0]!.device.name;
    machine.write('usr/share/misc/pci.ids', '1002  AMD\n\t744c  Navi 31\n10de  NVIDIA\n\t744c  Other');
    expect(await name()).toBe('AMD Navi 31');
    machine.write(`${node}/device/product_name`, 'AMD Radeon PRO W7900');
    expect(await name()).toBe('AMD Radeon PRO W7900');
  });

  it('says so when it was asleep', async () => {
    const { machine, amdgpu } = setUp('amd-desktop');
    machine.write(`${node}/device/power/runtime_status`, 'suspended');
    expect(sensorsOf(await amdgpu.probe(machine.env))[0]!.notes).toContainEqual(
      expect.stringContaining('asleep=yes'),
    );
  });
});

describe('an AMD card that fails', () => {
  it.each([
    ['vanishes (ENOENT)', 'ENOENT', 'READ_FAILED'],
    ['is lost (ENODEV)', 'ENODEV', 'DEVICE_LOST'],
  ])('gives no energy when it %s in mid-run', async (_what, code, expected) => {
    const { machine } = setUp('amd-desktop');
    const result = await measure(machine, cardEnergy, (i) => {
      if (i >= 50) machine.files.fault = (call) => (call === 'read' ? code : null);
    });
    expect(result).toMatchObject({ energyJ: null, code: expected });
  });

  it('is read again at once after a single EIO', async () => {
    const { machine } = setUp('amd-desktop');
    let failed = 0;
    const result = await measure(machine, cardEnergy, () => {
      let once = true;
      machine.files.fault = (call, path) => {
        if (call !== 'read' || !once || !path.endsWith('gpu_metrics')) return null;
        once = false;
        failed++;
        return 'EIO';
      };
    });
    expect(failed).toBeGreaterThan(90);
    expect(result.energyJ! / 2850).toBeCloseTo(1, 3);
  });

  it('is denied, broken or absent, as the system says', async () => {
    const { machine, amdgpu } = setUp('amd-desktop');
    const with_ = async (code: string) => {
      machine.files.fault = (call) => (call === 'open' ? code : null);
      return amdgpu.probe(machine.env);
    };
    expect(await with_('EACCES')).toMatchObject({
      status: 'denied',
      remedy: { command: expect.any(String) },
    });
    expect(await with_('EIO')).toMatchObject({ status: 'broken', reason: expect.stringContaining('EIO') });
    expect(await with_('ENODATA')).toMatchObject({ status: 'absent' });
  });

  it('is absent where there is none', async () => {
    const { machine, amdgpu } = setUp('intel-arc-xe');
    expect(await amdgpu.probe(machine.env)).toMatchObject({ status: 'absent' });
  });
});

describe('an APU', () => {
  it('holds the processor, so it is never added to RAPL', async () => {
    const { machine, amdgpu } = setUp('amd-apu-laptop');
    const sensors = sensorsOf(await amdgpu.probe(machine.env));
    expect(sensors).toHaveLength(1);
    expect(sensors[0]).toMatchObject({ domain: 'gpu.package', kind: 'gauge' });
    expect(sensors[0]!.contains).toContain('cpu.package');
    const processor = sensorsOf(await makeRapl(machine).probe(machine.env))[0]!;
    expect(overlap([sensors[0]!, processor])).toBe('DOMAIN_OVERLAP');
    // The control: a card beside the same processor may be added.
    const card = setUp('amd-desktop');
    const cardSensor = sensorsOf(await card.amdgpu.probe(card.machine.env))[1]!;
    expect(overlap([cardSensor, processor])).toBeNull();
  });

  it('is known by its northbridge voltage where its driver has no table', async () => {
    const { machine, amdgpu } = setUp('amd-apu-laptop');
    machine.write('sys/class/hwmon/hwmon4/device/gpu_metrics', '');
    expect(sensorsOf(await amdgpu.probe(machine.env))[0]!.contains).toContain('cpu.package');
    machine.write('sys/class/hwmon/hwmon4/in1_label', 'other');
    expect(sensorsOf(await amdgpu.probe(machine.env))[0]!.contains).toEqual([]);
  });
});

describe('the metrics table', () => {
  it('has an accumulator in versions 1.3 and 1.4 only', () => {
    expect(energyAccumulator(table({ counts: 7n }))).toBe(7n);
    expect(energyAccumulator(table({ counts: 7n, content: 4 }))).toBe(7n);
    expect(energyAccumulator(table({ counts: 7n, content: 1 }))).toBeNull();
    expect(energyAccumulator(table({ counts: 7n, format: 2 }))).toBeNull();
    expect(energyAccumulator(table({ counts: 2n ** 64n - 1n }))).toBeNull(); // how the driver says "unsupported"
    expect(energyAccumulator(table({ size: 30 }))).toBeNull();
    expect(energyAccumulator(Buffer.alloc(0))).toBeNull();
  });

  it('tells why the card slows down', () => {
    expect(throttleReasons(table({ throttle: 1n | (1n << 16n) }))).toEqual(['sw_power_cap', 'current_limit']);
    expect(throttleReasons(table({ throttle: 1n << 47n }))).toEqual(['hw_thermal']);
    expect(throttleReasons(table({ throttle: 1n << 56n }))).toEqual([]);
    expect(throttleReasons(table({ throttle: 2n ** 64n - 1n }))).toBeNull();
    expect(throttleReasons(table({ content: 4 }))).toBeNull();
  });

  it.skipIf(!hasCompiler())('has its fields where a C compiler puts them', () => {
    const u16 = (...names: string[]) => `uint16_t ${names.join(', ')};`;
    const source = `
      #include <stddef.h>
      #include <stdint.h>
      struct v13 { uint16_t size; uint8_t format, content; ${u16('temperatures[6]', 'activity[3]', 'socket_power')}
        uint64_t energy_accumulator, system_clock; ${u16('average_clocks[7]', 'current_clocks[7]')}
        uint32_t throttle; ${u16('fan', 'link_width', 'link_speed', 'padding')} uint32_t activity_sums[2];
        ${u16('hbm[4]')} uint64_t stamp; ${u16('voltages[3]', 'padding1')} uint64_t indep_throttle_status; };
      struct v14 { uint16_t size; uint8_t format, content; ${u16('temperatures[3]', 'socket_power', 'activity[2]', 'vcn[4]')}
        uint64_t energy_accumulator; };
      _Static_assert(offsetof(struct v13, energy_accumulator) == ENERGY_AT, "1.3 energy");
      _Static_assert(offsetof(struct v13, indep_throttle_status) == THROTTLE_AT, "1.3 throttle");
      _Static_assert(offsetof(struct v14, energy_accumulator) == ENERGY_AT, "1.4 energy");`;
    const compile = (energy: number, throttle: number) =>
      spawnSync('gcc', ['-fsyntax-only', `-DENERGY_AT=${energy}`, `-DTHROTTLE_AT=${throttle}`, '-xc', '-'], {
        input: source,
      }).status;
    expect(compile(metricsLayout.energy, metricsLayout.throttle)).toBe(0);
    expect(compile(metricsLayout.energy + 2, metricsLayout.throttle)).not.toBe(0);
  });
});
