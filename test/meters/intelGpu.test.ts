import { describe, expect, it } from 'vitest';
import { overlap } from '../../src/main/meters/choose';
import { makeIntelGpu } from '../../src/main/meters/intelGpu';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import { playTree, recordingNamed } from './playTree';
import { readOne, sensorsOf } from './support';

const node = 'sys/class/hwmon/hwmon5';
const board = 'intel-gpu:pci:0000:04:00.0:energy1';

function setUp() {
  const machine = playTree(recordingNamed('intel-arc-xe'));
  return { machine, intelGpu: makeIntelGpu(machine) };
}

async function measure({ machine, intelGpu } = setUp(), during: (i: number) => void = () => {}) {
  const info = sensorsOf(await intelGpu.probe(machine.env))[0]!;
  const meter = await intelGpu.open([board], machine.env);
  const open = readOne(meter, board);
  for (let i = 1; i <= 10; i++) {
    machine.advance(1);
    during(i);
  }
  const close = readOne(meter, board);
  meter.close();
  return windowEnergy(info, { open, close, trace: [], powerLimitW: 190, loaded: true });
}

describe('an Intel card (xe)', () => {
  it('offers card and package, which are never added', async () => {
    const { machine, intelGpu } = setUp();
    const sensors = sensorsOf(await intelGpu.probe(machine.env));
    expect(sensors.map((s) => [s.id, s.domain, s.kind, s.joulePerCount])).toEqual([
      [board, 'gpu.board', 'counter', 1e-6],
      [board.replace('energy1', 'energy2'), 'gpu.package', 'counter', 1e-6],
    ]);
    expect(sensors[0]!.device.name).toBe('Intel Battlemage G21 [Arc B580]');
    expect(sensors[0]!.notes).toContain('via=energy1_input (card)');
    expect(sensors[0]!.notes).toContainEqual(expect.stringContaining('asleep=yes'));
    expect(sensors[0]!.contains).toContain('gpu.package');
    expect(overlap(sensors)).toBe('DOMAIN_OVERLAP');
  });

  it('is found whatever its event file says', async () => {
    const { machine, intelGpu } = setUp();
    for (const id of ['(8086:(((', '8086', '', '8086:e20b:1']) {
      machine.write(`${node}/device/uevent`, `PCI_ID=${id}\nPCI_SLOT_NAME=0000:04:00.0`);
      expect(sensorsOf(await intelGpu.probe(machine.env))[0]!.device.name).toBe('Intel');
    }
  });

  it('measures 150 W over 10 s as 1,500 J', async () => {
    expect(await measure()).toMatchObject({ energyJ: 1500, code: null });
  });

  it('tells its state', async () => {
    const { machine, intelGpu } = setUp();
    const meter = await intelGpu.open([board], machine.env);
    expect(meter.health()).toMatchObject({
      tempC: 64,
      clockMHz: 2850,
      powerLimitW: 190,
      defaultLimitW: 190,
      throttle: [],
    });
    machine.write(`${node}/device/tile0/gt0/freq0/throttle/reason_thermal`, 1);
    machine.write(`${node}/device/tile0/gt0/freq0/throttle/reason_pl1`, 1);
    expect(meter.health().throttle).toEqual(['sw_power_cap', 'hw_thermal']);
    meter.close();
  });

  it('gives no energy once its counter was reset or the file is gone', async () => {
    const reset = setUp();
    const after = (i: number) => i >= 5 && reset.machine.write(`${node}/energy1_input`, 12 + i);
    expect(await measure(reset, after)).toMatchObject({ energyJ: null, code: 'COUNTER_RESET' });
    const gone = setUp();
    const fail = () => {
      gone.machine.files.fault = (call) => (call === 'read' ? 'ENOENT' : null);
    };
    expect(await measure(gone, fail)).toMatchObject({ energyJ: null, code: 'READ_FAILED' });
  });
});

describe('other Intel graphics', () => {
  it('i915: the package', async () => {
    const recording = recordingNamed('intel-arc-xe');
    recording.files[`${node}/name`] = { text: 'i915\n' };
    delete recording.files[`${node}/energy2_input`];
    recording.series = recording.series.slice(0, 1);
    const machine = playTree(recording);
    machine.write(`${node}/device/drm/card0/gt/gt0/rps_act_freq_mhz`, 2050);
    machine.write(`${node}/device/drm/card0/gt/gt0/throttle_reason_pl1`, 1);
    const intelGpu = makeIntelGpu(machine);
    const sensors = sensorsOf(await intelGpu.probe(machine.env));
    expect(sensors.map((s) => s.domain)).toEqual(['gpu.package']);
    const meter = await intelGpu.open([sensors[0]!.id], machine.env);
    expect(meter.health()).toMatchObject({ clockMHz: 2050, throttle: ['sw_power_cap'] });
    meter.close();
  });

  it('integrated: absent', async () => {
    const machine = playTree(recordingNamed('intel-msr-mmio'));
    expect(await makeIntelGpu(machine).probe(machine.env)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('integrated'),
    });
  });
});
