import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { recordSensors, writeRecording } from '../../src/main/hosts/cli/recordSensors';
import { makeAmdgpu } from '../../src/main/meters/amdgpu';
import { makeBattery } from '../../src/main/meters/battery';
import { makeHwmon } from '../../src/main/meters/hwmon';
import { makeIntelGpu } from '../../src/main/meters/intelGpu';
import { withoutNames } from '../../src/main/meters/linuxRecording';
import { makeRapl } from '../../src/main/meters/rapl';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { MeterProvider, MeterReport } from '../../src/shared/meter';
import { temporaryFolder } from '../support/lab';
import { type PlayedMachine, playTree, recordingNamed, recordingOf, recordings } from './playTree';
import { readOne, sensorsOf } from './support';

const makers = [makeAmdgpu, makeIntelGpu, makeRapl, makeHwmon, makeBattery];

/** What each provider finds, as it would be listed. */
async function found(machine: PlayedMachine): Promise<Record<string, string[] | string>> {
  const out: Record<string, string[] | string> = {};
  for (const make of makers) {
    const provider: MeterProvider = make(machine);
    const result = await provider.probe(machine.env);
    out[provider.id] = result.status === 'ok' ? result.sensors.map((s) => s.id) : result.status;
  }
  return out;
}

/** Energy (J) of one loaded window of 10 s that is read every half second. */
async function energyJ(machine: PlayedMachine, provider: MeterProvider, id: string) {
  const info = sensorsOf(await provider.probe(machine.env)).find((s) => s.id === id)!;
  const meter = await provider.open([id], machine.env);
  const open = readOne(meter, id);
  for (let i = 0; i < 19; i++) {
    machine.advance(0.5);
    readOne(meter, id);
  }
  machine.advance(0.5);
  const close = readOne(meter, id);
  meter.close();
  return windowEnergy(info, { open, close, trace: [], powerLimitW: null, loaded: true });
}

describe('machines written by hand', () => {
  it.each(recordings)('%s says that it is not recorded', (name) => {
    expect(recordingNamed(name).origin).toMatch(/WRITTEN BY HAND after .*not recorded/);
  });

  it.each([
    [
      'amd-desktop',
      { amdgpu: ['amdgpu:pci:0000:03:00.0:energy', 'amdgpu:pci:0000:03:00.0:power'], rapl: 'denied' },
    ],
    [
      'amd-apu-laptop',
      {
        amdgpu: ['amdgpu:pci:0000:c1:00.0:power'],
        rapl: ['rapl:package'],
        battery: ['battery:discharge'],
      },
    ],
    [
      'intel-arc-xe',
      { 'intel-gpu': ['intel-gpu:pci:0000:04:00.0:energy1', 'intel-gpu:pci:0000:04:00.0:energy2'] },
    ],
    ['amd-epyc-two-dies', { rapl: ['rapl:package'] }],
    ['intel-msr-mmio', { rapl: ['rapl:package'] }],
  ])('%s shows its meters and no others', async (name, expected) => {
    const none = {
      amdgpu: 'absent',
      'intel-gpu': 'absent',
      rapl: 'absent',
      hwmon: 'absent',
      battery: 'absent',
    };
    expect(await found(playTree(recordingNamed(name)))).toEqual({ ...none, ...expected });
  });

  it('a socket whose two dies mirror it counts once: 68 W, not 136 W', async () => {
    const machine = playTree(recordingNamed('amd-epyc-two-dies'));
    machine.advance(1);
    expect(await energyJ(machine, makeRapl(machine), 'rapl:package')).toMatchObject({
      energyJ: 680,
      code: null,
    });
  });

  it('two dies of their own count twice (the control)', async () => {
    const recording = recordingNamed('amd-epyc-two-dies');
    // The second die draws half of the first.
    const [first, second] = recording.series;
    second!.points = first!.points.map(([t, v]) => [t, String(7e9 + (Number(v) - 3e10) / 2)]);
    const machine = playTree(recording);
    expect((await energyJ(machine, makeRapl(machine), 'rapl:package')).energyJ).toBeGreaterThan(970);
  });

  it('a package shown by register and memory map counts once, through its wrap', async () => {
    const machine = playTree(recordingNamed('intel-msr-mmio'));
    expect(await energyJ(machine, makeRapl(machine), 'rapl:package')).toMatchObject({
      energyJ: 280,
      code: null,
    });
  });
});

describe('recording a machine', () => {
  const report: MeterReport = {
    provider: 'nvml',
    title: 'NVIDIA NVML',
    result: {
      status: 'broken',
      reason: `GPU-12345678-1234-1234-1234-123456789abc of ${hostname()} is lost`,
      remedy: null,
    },
  };
  const recordOn = (machine: PlayedMachine) =>
    recordSensors({
      effects: { files: machine.files, fsRoot: machine.root, now: machine.clock.now, pause: machine.pause },
      platform: 'linux',
      app: '0.0.0',
      reports: [report],
    });

  it.each(recordings)('keeps all that the meters of %s need', async (name) => {
    const machine = playTree(recordingNamed(name));
    const recording = await recordOn(machine);
    const again = playTree(recordingOf(Buffer.from(JSON.stringify(recording))));
    expect(await found(again)).toEqual(await found(playTree(recordingNamed(name))));
    const refused = recording.files['sys/class/powercap/intel-rapl:0/energy_uj'];
    if (name === 'amd-desktop') expect(refused).toEqual({ error: 'EACCES' });
  });

  it('keeps a series at 10 Hz for 10 s of every energy and power', async () => {
    const machine = playTree(recordingNamed('amd-desktop'));
    const { series } = await recordOn(machine);
    expect(series.map((s) => s.path).sort()).toContain('sys/class/hwmon/hwmon3/power1_average');
    expect(series.map((s) => s.path).sort()).toContain('sys/class/hwmon/hwmon3/device/gpu_metrics');
    for (const { points } of series) {
      expect(points).toHaveLength(101);
      expect(points.at(-1)![0]).toBeCloseTo(10, 1);
    }
    const played = playTree({ ...(await recordOn(machine)), series });
    const id = 'amdgpu:pci:0000:03:00.0:energy';
    played.advance(0.1);
    expect((await energyJ(played, makeAmdgpu(played), id)).energyJ! / 2850).toBeGreaterThan(0.9);
  });

  it('leaves out whatever names the machine or its owner', async () => {
    const machine = playTree(recordingNamed('amd-apu-laptop'));
    const secrets = {
      'sys/class/dmi/id/product_serial': 'SERIAL-0001',
      'sys/class/dmi/id/product_uuid': '4c4c4544-0042-3510-8051-b4c04f4e3132',
      'sys/class/dmi/id/product_name': 'Laptop 13',
      'sys/class/power_supply/BAT1/serial_number': 'SERIAL-0002',
      'sys/class/power_supply/BAT1/uevent': 'POWER_SUPPLY_SERIAL_NUMBER=SERIAL-0003',
      'sys/class/power_supply/hid-a4:5e:60:c1:02:03-battery/type': 'Battery',
      'sys/class/power_supply/hid-a4:5e:60:c1:02:03-battery/scope': 'Device',
      'sys/class/hwmon/hwmon4/device/unique_id': 'SERIAL-0004',
      'sys/class/hwmon/hwmon4/device/serial_number': 'SERIAL-0005',
      'sys/class/hwmon/hwmon4/device/uevent':
        'DRIVER=amdgpu\nPCI_ID=1002:15BF\nPCI_SLOT_NAME=0000:c1:00.0\nHID_UNIQ=SERIAL-0006',
      'sys/class/hwmon/hwmon7/name': 'corsair-psu',
      'sys/class/hwmon/hwmon7/label': 'at a4:5e:60:c1:02:03',
      'etc/hostname': 'SERIAL-0007',
      'proc/cpuinfo': 'processor\t: 0\nmodel name\t: AMD\nphysical id\t: 0\nSerial\t\t: SERIAL-0008\n',
    };
    for (const [path, text] of Object.entries(secrets)) machine.write(path, text);
    const text = JSON.stringify(await recordOn(machine));
    expect(text).toContain('Laptop 13');
    expect(text).toContain('0000:c1:00.0');
    expect(text).toContain('corsair-psu');
    const leaks = [/SERIAL-/, /a4:5e:60/i, /[0-9a-f]{8}-[0-9a-f]{4}-/i].filter((leak) => leak.test(text));
    expect(leaks).toEqual([]);
    expect(text.includes(`of ${hostname()} is`)).toBe(false);
    expect(text).toContain('GPU-<uuid> of <name> is lost');
  });

  it('takes names out of words, not out of the middle of others', () => {
    expect(withoutNames({ a: ['box-1', 'my box is box'] }, ['box'])).toEqual({
      a: ['box-1', 'my <name> is <name>'],
    });
  });

  it('says what other platforms answered, without files', async () => {
    const machine = playTree(recordingNamed('intel-arc-xe'));
    const effects = {
      files: machine.files,
      fsRoot: machine.root,
      now: machine.clock.now,
      pause: machine.pause,
    };
    const recording = await recordSensors({ effects, platform: 'darwin', app: '0', reports: [report] });
    expect(recording).toMatchObject({ files: {}, series: [], reports: [{ provider: 'nvml' }] });
  });

  it('writes one file, packed where its name says so, never over another', async () => {
    const recording = await recordOn(playTree(recordingNamed('intel-msr-mmio')));
    const folder = temporaryFolder();
    const sentence = writeRecording(join(folder, 'a.json'), recording);
    expect(sentence).toMatch(/^Wrote .*a\.json: \d+ sensor files.*nothing was sent/);
    expect(recordingOf(readFileSync(join(folder, 'a.json'))).schema).toBe('thirtywatts.sensors/1');
    writeRecording(join(folder, 'a.json.gz'), recording);
    expect(gunzipSync(readFileSync(join(folder, 'a.json.gz')))).toEqual(readFileSync(join(folder, 'a.json')));
    expect(() => writeRecording(join(folder, 'a.json'), recording)).toThrow('already a file');
    expect(() => writeRecording(join(folder, 'no/such/place.json'), recording)).toThrow('cannot be written');
  });
});
