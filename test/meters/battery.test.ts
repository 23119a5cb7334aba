import { describe, expect, it } from 'vitest';
import { batteryPower, makeBattery } from '../../src/main/meters/battery';
import { type BatteryState, dischargeW } from '../../src/main/meters/batteryState';
import { overlap } from '../../src/main/meters/choose';
import { makeRapl } from '../../src/main/meters/rapl';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { Reading } from '../../src/shared/meter';
import { playTree, recordingNamed } from './playTree';
import { readOne, sensorsOf } from './support';

const id = 'battery:discharge';
const supply = 'sys/class/power_supply';

function setUp() {
  const machine = playTree(recordingNamed('amd-apu-laptop'));
  return { machine, battery: makeBattery(machine) };
}

const state = (changed: Partial<BatteryState> = {}): BatteryState => ({
  status: 'Discharging',
  capacityPct: 70,
  powerMicroW: 30_000_000,
  currentMicroA: null,
  voltageMicroV: null,
  ...changed,
});

describe('a laptop on its battery', () => {
  it('is one gauge of the whole machine, assumed to update every 10 s', async () => {
    const { machine, battery } = setUp();
    const sensors = sensorsOf(await battery.probe(machine.env));
    expect(sensors).toHaveLength(1);
    expect(sensors[0]).toMatchObject({
      id,
      domain: 'battery.dc',
      kind: 'gauge',
      update: { seconds: 10, from: 'assumed' },
      device: { name: 'BAT1' }, // not the mouse
    });
    const processor = sensorsOf(await makeRapl(machine).probe(machine.env))[0]!;
    expect(overlap([sensors[0]!, processor])).toBe('DOMAIN_OVERLAP');
  });

  it('tells current times voltage where there is no power', async () => {
    const { machine, battery } = setUp();
    const meter = await battery.open([id], machine.env);
    expect(readOne(meter, id).raw).toBeCloseTo(31.959, 3);
    machine.write(`${supply}/BAT1/power_now`, -28_000_000);
    expect(readOne(meter, id).raw).toBe(28);
    meter.close();
  });

  /** A loaded window of 60 s, read every second. */
  async function measure(each: (i: number, write: (file: string, value: string) => void) => void) {
    const { machine, battery } = setUp();
    const info = sensorsOf(await battery.probe(machine.env))[0]!;
    const meter = await battery.open([id], machine.env);
    const open = readOne(meter, id);
    const trace: Reading[] = [];
    for (let i = 1; i <= 60; i++) {
      machine.advance(1);
      each(i, (file, value) => machine.write(`${supply}/${file}`, value));
      trace.push(readOne(meter, id));
    }
    const close = trace.pop()!;
    meter.close();
    return windowEnergy(info, { open, close, trace, powerLimitW: null, loaded: true });
  }

  it('measures a window of 60 s', async () => {
    const { energyJ, code } = await measure(() => {});
    expect(code).toBeNull();
    expect(energyJ! / 60).toBeGreaterThan(31.9);
    expect(energyJ! / 60).toBeLessThan(32.9);
  });

  it.each([
    ['plugged in for ten seconds in the middle', (i: number) => i >= 20 && i < 30],
    ['plugged in until the end', (i: number) => i >= 20],
  ])('gives no energy of a window in which it was %s', async (_what, plugged) => {
    const result = await measure((i, write) => write('ACAD/online', plugged(i) ? '1' : '0'));
    expect(result).toMatchObject({ energyJ: null, code: 'METER_NEEDS_DISCHARGE' });
  });

  it.each([
    ['on mains', { 'ACAD/online': '1' }],
    ['charging', { 'BAT1/status': 'Charging' }],
    ['full', { 'BAT1/status': 'Full' }],
    ['neither charging nor discharging', { 'BAT1/status': 'Not charging' }],
    ['below 20 %', { 'BAT1/capacity': '19' }],
    ['above 90 %', { 'BAT1/capacity': '91' }],
    ['of a charge it does not tell', { 'BAT1/capacity': 'x' }],
  ])('says what it needs while %s', async (_what, files) => {
    const { machine, battery } = setUp();
    for (const [file, value] of Object.entries(files)) machine.write(`${supply}/${file}`, value);
    // Still offered: it may be unplugged before the run.
    expect(await battery.probe(machine.env)).toMatchObject({ status: 'ok' });
    const meter = await battery.open([id], machine.env);
    expect(readOne(meter, id)).toMatchObject({
      raw: null,
      error: { code: 'METER_NEEDS_DISCHARGE', fatal: false },
    });
    meter.close();
  });

  it('is absent on a machine without one', async () => {
    const machine = playTree(recordingNamed('amd-desktop'));
    expect(await makeBattery(machine).probe(machine.env)).toMatchObject({ status: 'absent' });
  });
});

describe('power of batteries', () => {
  it('takes magnitudes, since drivers differ in the sign', () => {
    expect(dischargeW(state({ powerMicroW: -30_000_000 }))).toBe(30);
    const byCurrent = { powerMicroW: null, currentMicroA: -2_000_000, voltageMicroV: 15_000_000 };
    expect(dischargeW(state(byCurrent))).toBe(30);
  });

  it('does not take a 0 for a power', () => {
    expect(dischargeW(state({ powerMicroW: 0 }))).toBeNull();
    expect(dischargeW(state({ powerMicroW: 0, currentMicroA: 0, voltageMicroV: 1 }))).toBeNull();
    expect(batteryPower([state({ powerMicroW: 0 })], false)).toEqual({ value: null, error: 'NO_POWER' });
  });

  it('adds two that discharge, and leaves out one that rests', () => {
    expect(batteryPower([state(), state({ powerMicroW: 5_000_000 })], false).value).toBe(35);
    const resting = state({ status: 'Not charging', capacityPct: 99, powerMicroW: 0 });
    expect(batteryPower([state(), resting], false).value).toBe(30);
    const charging = state({ status: 'Charging' });
    expect(batteryPower([state(), charging], false).error).toBe('METER_NEEDS_DISCHARGE');
  });
});
