import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  carriesMachine,
  makeWindowsBattery,
  parseBattery,
  windowsBattery,
} from '../../src/main/meters/windowsBattery';
import type { WindowsCalls } from '../../src/main/meters/windowsCalls';
import { parseProcessors, windowsHealthReader } from '../../src/main/meters/windowsHealth';
import { hasCompiler, removeStubs } from './stub/nvmlStub';
import { compileWindows, type WindowsStub, windowsEnv, windowsStubAt } from './stub/windowsStub';
import { readOne, sensorsOf } from './support';

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the Windows battery tests over real FFI need gcc on Linux.');

afterAll(removeStubs);

/** SYSTEM_BATTERY_STATE of a laptop at 60 % that discharges with 14.35 W. */
const golden = Buffer.from(
  '00010001' + '00000000' + '50c30000' + '30750000' + 'f2c7ffff' + '00000000' + '00000000' + '00000000',
  'hex',
);
const id = 'windowsbattery:system';

describe('SYSTEM_BATTERY_STATE', () => {
  it('gives charge and signed rate', () => {
    expect(parseBattery(golden)).toEqual({
      present: true,
      onMains: false,
      discharging: true,
      charge: 0.6,
      rateMilliW: -14350,
    });
    expect(parseBattery(golden.subarray(0, 31))).toBeNull();
  });

  it('an unknown rate or capacity is null', () => {
    const bytes = Buffer.from(golden);
    bytes.writeUInt32LE(0x8000_0000, 16);
    expect(parseBattery(bytes)?.rateMilliW).toBeNull();
    bytes.writeInt32LE(0, 16);
    expect(parseBattery(bytes)?.rateMilliW).toBeNull();
    bytes.writeUInt32LE(0xffff_ffff, 8);
    expect(parseBattery(bytes)?.charge).toBeNull();
    bytes.writeUInt32LE(0, 8);
    expect(parseBattery(bytes)?.charge).toBeNull();
  });

  it('counts only while it discharges between 90 % and 20 %', () => {
    const state = parseBattery(golden)!;
    expect(carriesMachine(state)).toBe(true);
    expect(carriesMachine({ ...state, onMains: true })).toBe(false);
    expect(carriesMachine({ ...state, discharging: false })).toBe(false);
    for (const charge of [0.901, 0.199, null]) expect(carriesMachine({ ...state, charge })).toBe(false);
    for (const charge of [0.9, 0.2]) expect(carriesMachine({ ...state, charge })).toBe(true);
  });

  it('whatever bytes Windows gives: a power of a discharging battery, or null and why', async () => {
    let bytes = new Uint8Array(32);
    let status = 0;
    const calls: WindowsCalls = {
      deviceInterfaces: () => null,
      open: () => ({ handle: null, error: 0 }),
      ioctl: () => null,
      close: () => {},
      powerInformation: (level, out) => {
        out.set(bytes.subarray(0, out.length));
        return level === 5 ? status : -1;
      },
    };
    const meter = await makeWindowsBattery(async () => calls).open([id], windowsEnv(null));
    const flags = fc.constantFrom([0, 1, 0, 1], [1, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 1], [0, 1, 1, 0]);
    const rest = fc.uint8Array({ minLength: 28, maxLength: 28 });
    const charged = rest.map((r) => {
      const view = new DataView(r.buffer);
      view.setUint32(4, 50_000, true);
      view.setUint32(8, 10_000 + (view.getUint16(8, true) % 35_000), true);
      view.setInt32(12, view.getInt16(12, true) * 20, true);
      return r;
    });
    let good = 0;
    fc.assert(
      fc.property(
        flags,
        fc.oneof(rest, charged),
        fc.constantFrom(0, 0, 0, -1_073_741_823),
        (head, tail, code) => {
          bytes = Uint8Array.of(...head, ...tail);
          status = code;
          const { raw, error } = readOne(meter, id);
          if (raw === null) {
            expect(error).not.toBeNull();
            return;
          }
          good++;
          expect(code).toBe(0);
          expect(carriesMachine(parseBattery(bytes)!)).toBe(true);
          expect(typeof raw === 'number' && raw > 0 && raw <= 500).toBe(true);
        },
      ),
      { seed: 4, numRuns: 500 },
    );
    expect(good).toBeGreaterThan(20);
  });
});

describe('PROCESSOR_POWER_INFORMATION', () => {
  const processor = (max: number, current: number, limit: number) =>
    new Uint8Array(Uint32Array.of(0, max, current, limit, 0, 0).buffer);

  it('tells a limit below the rated clock', () => {
    const bytes = Uint8Array.of(...processor(3600, 3000, 3600), ...processor(3600, 2000, 2800));
    expect(parseProcessors(bytes)).toEqual({ clockMHz: 2500, throttle: ['speed_limit'] });
    expect(parseProcessors(processor(3600, 3000, 3600))).toEqual({ clockMHz: 3000, throttle: [] });
    expect(parseProcessors(new Uint8Array(48))).toBeNull();
    expect(parseProcessors(new Uint8Array(23))).toBeNull();
  });

  it('is unknown where Windows does not tell', () => {
    const calls = { powerInformation: () => -1 } as unknown as WindowsCalls;
    expect(windowsHealthReader(calls, 8)()).toMatchObject({ clockMHz: null, throttle: null });
  });
});

describe.skipIf(!compiler)('the Windows battery over real FFI on a stub', () => {
  const path = compiler ? compileWindows() : '';
  const stub: WindowsStub = compiler ? windowsStubAt(path) : ({} as WindowsStub);
  const env = windowsEnv(path);
  const laptop = { ac: 0, present: 1, discharging: 1, full: 50_000, left: 30_000, rate: -14_350 };

  beforeEach(() => {
    stub.set({ power_rc: 0 });
    stub.battery(laptop);
  });

  it('reads the discharge rate in W, whatever its sign', async () => {
    const [info] = sensorsOf(await windowsBattery.probe(env));
    expect(info).toMatchObject({ id, domain: 'battery.dc', kind: 'gauge', delivery: 'read' });
    const meter = await windowsBattery.open([id], env);
    expect(readOne(meter, id)).toMatchObject({ raw: 14.35, error: null });
    stub.battery({ ...laptop, rate: 14_350 });
    expect(readOne(meter, id)).toMatchObject({ raw: 14.35, error: null });
  });

  it.each([
    ['on mains', { ac: 1, discharging: 0, rate: 9000 }, 'METER_NEEDS_DISCHARGE'],
    ['not discharging', { discharging: 0 }, 'METER_NEEDS_DISCHARGE'],
    ['nearly full', { left: 48_000 }, 'METER_NEEDS_DISCHARGE'],
    ['nearly empty', { left: 9000 }, 'METER_NEEDS_DISCHARGE'],
    ['no rate', { rate: 0 }, 'NO_RATE'],
    ['taken out', { present: 0 }, 'NO_BATTERY'],
    ['an impossible rate', { rate: -900_000 }, 'OUT_OF_RANGE'],
  ] as const)('%s: null with its code', async (_name, changed, code) => {
    const meter = await windowsBattery.open([id], env);
    stub.battery({ ...laptop, ...changed });
    expect(readOne(meter, id)).toMatchObject({ raw: null, error: { code, fatal: false } });
  });

  it('is there on mains, absent without a battery, broken where Windows does not answer', async () => {
    stub.battery({ ...laptop, ac: 1, discharging: 0 });
    expect(await windowsBattery.probe(env)).toMatchObject({ status: 'ok' });
    stub.battery({ ...laptop, present: 0 });
    expect(await windowsBattery.probe(env)).toMatchObject({ status: 'absent' });
    stub.set({ power_rc: -1_073_741_823 });
    expect(await windowsBattery.probe(env)).toMatchObject({
      status: 'broken',
      reason: expect.stringContaining('0xC0000001'),
    });
    expect(await windowsBattery.probe(windowsEnv(null))).toMatchObject({ status: 'broken' });
    const meter = await windowsBattery.open([id], env);
    expect(readOne(meter, id)).toMatchObject({ raw: null, error: { code: 'NTSTATUS_C0000001' } });
  });
});
