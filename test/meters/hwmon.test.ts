import { describe, expect, it } from 'vitest';
import { makeHwmon } from '../../src/main/meters/hwmon';
import { allowedDriver } from '../../src/main/meters/hwmonNodes';
import { playTree, recordingNamed } from './playTree';
import { readOne, sensorsOf } from './support';

/** A computer with one hwmon node more. */
function setUp(files: Readonly<Record<string, string | number>>) {
  const machine = playTree(recordingNamed('intel-msr-mmio'));
  for (const [file, value] of Object.entries(files)) machine.write(`sys/class/hwmon/hwmon9/${file}`, value);
  return { machine, hwmon: makeHwmon(machine) };
}

async function only(files: Readonly<Record<string, string | number>>) {
  const { machine, hwmon } = setUp(files);
  const info = sensorsOf(await hwmon.probe(machine.env))[0]!;
  const meter = await hwmon.open([info.id], machine.env);
  const reading = readOne(meter, info.id);
  meter.close();
  expect(machine.files.openFiles).toBe(0);
  return { info, reading };
}

describe('power monitors', () => {
  it('ACPI power meter: the computer, averaged over the interval it tells', async () => {
    const { info, reading } = await only({
      name: 'power_meter',
      power1_average: 187_000_000,
      power1_average_interval: 2000,
    });
    expect(info).toMatchObject({
      domain: 'system.dc',
      kind: 'gauge',
      update: { seconds: 2, from: 'documented' },
    });
    expect(info.contains).toContain('cpu.package');
    expect(reading.raw).toBe(187);
  });

  it('corsair-psu: the sum of its outputs, not a rail', async () => {
    const { info, reading } = await only({
      name: 'corsair-psu',
      power1_input: 310_500_000,
      power1_label: 'power total',
      power2_input: 250_000_000,
      power2_label: 'power +12v',
    });
    expect(info.id).toMatch(/:power1$/);
    expect(reading.raw).toBe(310.5);
  });

  it('macsmc_hwmon: only the channel of the whole system', async () => {
    const { info, reading } = await only({
      name: 'macsmc_hwmon',
      power1_input: 3_000_000,
      power1_label: 'Heatpipe Power',
      power2_input: 14_250_000,
      power2_label: 'Total System Power',
    });
    expect(info).toMatchObject({ domain: 'system.dc', update: { seconds: 1, from: 'assumed' } });
    expect(reading.raw).toBe(14.25);
  });

  it('ina3221: volts times amperes of the input of a module', async () => {
    const { info, reading } = await only({
      name: 'ina3221',
      in1_label: 'VDD_IN',
      in1_input: 19_000,
      curr1_input: 1_300,
      in2_label: 'VDD_CPU_GPU_CV',
      in2_input: 19_000,
      curr2_input: 800,
    });
    expect(info).toMatchObject({ domain: 'module' });
    expect(info.contains).toContain('gpu.package');
    expect(reading.raw).toBeCloseTo(24.7, 9);
  });

  it('a chip of the ina2xx family', async () => {
    expect((await only({ name: 'ina226', power1_input: 9_000_000 })).reading.raw).toBe(9);
  });

  it.each(['amd_energy', 'nct6799', 'coretemp', 'zenpower', 'acpitz', 'amdgpu', ''])(
    'ignores %j',
    async (name) => {
      const { machine, hwmon } = setUp({
        name,
        power1_input: 1e8,
        power1_average: 1e8,
        energy1_input: 1e9,
        in1_label: 'VDD_IN',
        in1_input: 5000,
        curr1_input: 1000,
      });
      expect(await hwmon.probe(machine.env)).toMatchObject({ status: 'absent' });
      expect(name === 'amdgpu' || allowedDriver(name) === null).toBe(true);
    },
  );

  it('takes a negative or empty power for a failure, not for 0', async () => {
    const { machine, hwmon } = setUp({ name: 'corsair-psu', power1_input: 1e8 });
    const { id } = sensorsOf(await hwmon.probe(machine.env))[0]!;
    const meter = await hwmon.open([id], machine.env);
    for (const [text, code] of [
      ['-5', 'NEGATIVE'],
      ['', 'NOT_A_NUMBER'],
      ['1e3', 'NOT_A_NUMBER'],
      ['9'.repeat(80), 'NOT_A_NUMBER'],
    ]) {
      machine.write('sys/class/hwmon/hwmon9/power1_input', text!);
      expect(readOne(meter, id)).toMatchObject({ raw: null, error: { code, fatal: false } });
    }
    meter.close();
  });
});
