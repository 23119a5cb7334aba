import fc from 'fast-check';
import koffi from 'koffi';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { adl } from '../../src/main/meters/adl';
import { adapterLayout, pmLogLayout, pmLogValue } from '../../src/main/meters/adlData';
import { igcl } from '../../src/main/meters/igcl';
import {
  initLayout,
  itemLayout,
  itemOf,
  propertiesLayout,
  telemetryLayout,
} from '../../src/main/meters/igclData';
import { compileLibrary, switchesOf } from './stub/compile';
import { hasCompiler, removeStubs } from './stub/nvmlStub';
import { windowsEnv } from './stub/windowsStub';
import { readOne, sensorsOf } from './support';

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the ADL and IGCL tests over real FFI need gcc on Linux.');

afterAll(removeStubs);

/** The layouts of the TypeScript side, for the C compiler to check. */
const layouts: Readonly<Record<string, number>> = {
  ADAPTER_SIZE: adapterLayout.size,
  ADAPTER_INDEX: adapterLayout.index,
  ADAPTER_BUS: adapterLayout.bus,
  ADAPTER_DEVICE: adapterLayout.device,
  ADAPTER_FUNCTION: adapterLayout.function,
  ADAPTER_VENDOR: adapterLayout.vendor,
  ADAPTER_NAME: adapterLayout.name,
  LOG_SIZE: pmLogLayout.size,
  LOG_SENSORS: pmLogLayout.sensors,
  LOG_SENSOR_BYTES: pmLogLayout.sensorBytes,
  INIT_SIZE: initLayout.size,
  INIT_APP: initLayout.appVersion,
  INIT_FLAGS: initLayout.flags,
  PROPERTIES_SIZE: propertiesLayout.size,
  PROPERTIES_VERSION: propertiesLayout.version,
  PROPERTIES_ID: propertiesLayout.deviceId,
  PROPERTIES_ID_SIZE: propertiesLayout.deviceIdSize,
  PROPERTIES_VENDOR: propertiesLayout.vendor,
  PROPERTIES_NAME: propertiesLayout.name,
  PROPERTIES_FLAGS: propertiesLayout.flags,
  PROPERTIES_BDF: propertiesLayout.bdf,
  ITEM_SIZE: itemLayout.size,
  ITEM_UNITS: itemLayout.units,
  ITEM_TYPE: itemLayout.type,
  ITEM_VALUE: itemLayout.value,
  TELEMETRY_SIZE: telemetryLayout.size,
  TELEMETRY_SIZE_V0: telemetryLayout.sizeV0,
  TELEMETRY_VERSION: telemetryLayout.version,
  TELEMETRY_TIME: telemetryLayout.timeStamp,
  TELEMETRY_GPU: telemetryLayout.gpuEnergy,
  TELEMETRY_CLOCK: telemetryLayout.gpuClock,
  TELEMETRY_TEMPERATURE: telemetryLayout.gpuTemperature,
  TELEMETRY_LIMITS: telemetryLayout.limits,
  TELEMETRY_CARD: telemetryLayout.cardEnergy,
};
const compile = (changed: Readonly<Record<string, number>> = {}) =>
  compileLibrary('windows_gpu_stub.c', { ...layouts, ...changed });

const calm = {
  time_s: 0,
  adl_rc: 0,
  log_rc: 0,
  adapters: 3,
  board_w: 250,
  board: 1,
  asic_w: 180,
  asic: 1,
  discrete: 1,
  info_rc: 0,
  init_rc: 0,
  telemetry_rc: 0,
  old_driver: 0,
  devices: 2,
  card: 1,
  gpu: 1,
  watts: 120,
  start_j: 1000,
  units: 6,
  type: 9,
  thermal: 0,
  vendor: 0x8086,
  integrated_flag: 0,
};

describe('bytes of the graphics drivers', () => {
  it('whatever bytes come: no throw, and a finite number or null', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2100 }),
        fc.nat(1100),
        fc.constantFrom(0, 5, 6, 7),
        (bytes, at, units) => {
          const value = itemOf(bytes, at, units);
          expect(value === null || Number.isFinite(value)).toBe(true);
          pmLogValue(bytes, 'boardPowerW');
        },
      ),
    );
  });
});

describe.skipIf(!compiler)('graphics cards of Windows over real FFI on a stub', () => {
  const path = compiler ? compile() : '';
  const set = compiler ? switchesOf(path) : () => {};
  const opened = compiler ? koffi.load(path).func('int stub_opened(void)') : () => 0;
  const env = windowsEnv(path);

  beforeEach(() => set(calm));

  it('agree with the C compiler on every layout, and a wrong one does not compile', () => {
    expect(() => compile({ TELEMETRY_CARD: 376 })).toThrow();
    expect(() => compile({ ADAPTER_SIZE: 1568 })).toThrow();
  });

  describe('AMD Display Library', () => {
    const id = 'adl:3.0.0:power';

    it('offers each discrete AMD card once and reads its board', async () => {
      set({ adapters: 4 });
      const sensors = sensorsOf(await adl.probe(env));
      expect(sensors.map((s) => [s.id, s.domain, s.device.name])).toEqual([
        [id, 'gpu.board', 'AMD Radeon RX Stub'],
      ]);
      const before = koffi.stats().callbacks;
      const meter = await adl.open([id], env);
      expect(readOne(meter, id)).toMatchObject({ raw: 250, error: null });
      expect(meter.health()).toMatchObject({ tempC: 66, clockMHz: 2450, utilPct: null, throttle: null });
      meter.close();
      meter.close();
      expect(opened()).toBe(0);
      expect(koffi.stats().callbacks).toBe(before);
      expect(readOne(meter, id)).toMatchObject({ raw: null, error: { code: 'NOT_OPEN' } });
    });

    it('takes the chip where the card does not tell its board, and says so', async () => {
      set({ board: 0 });
      const [info] = sensorsOf(await adl.probe(env));
      expect(info).toMatchObject({ domain: 'gpu.package', contains: [] });
      const meter = await adl.open([id], env);
      expect(readOne(meter, id).raw).toBe(180);
      meter.close();
    });

    it.each([
      [{ adl_rc: -8 }, 'broken', 'ADL -8'],
      [{ adapters: 0 }, 'absent', 'no graphics card'],
      [{ info_rc: 1 }, 'absent', 'no graphics card'],
      [{ discrete: 0 }, 'absent', 'no graphics card'],
      [{ board: 0, asic: 0 }, 'absent', 'no graphics card'],
      [{ board_w: 0, asic_w: 0 }, 'absent', 'no graphics card'],
      [{ log_rc: -1 }, 'absent', 'no graphics card'],
    ] as const)('says why there is nothing (%o)', async (fault, status, words) => {
      set(fault);
      expect(await adl.probe(env)).toMatchObject({ status, reason: expect.stringContaining(words) });
      expect(opened()).toBe(0);
    });

    it('is absent without the driver', async () => {
      expect(await adl.probe(windowsEnv(null))).toMatchObject({ status: 'absent' });
      set({ adapters: 0 });
      await expect(adl.open([id], env)).rejects.toThrow(id);
      expect(opened()).toBe(0);
    });

    it('whatever the driver says: a power, or null and why', async () => {
      const meter = await adl.open([id], env);
      fc.assert(
        fc.property(fc.integer(), fc.constantFrom(0, 1), fc.constantFrom(0, 0, -1), (watts, board, code) => {
          set({ board_w: watts, board, log_rc: code });
          const { raw, error } = readOne(meter, id);
          if (raw === null) expect(error).not.toBeNull();
          expect(raw !== null).toBe(code === 0 && board === 1 && watts > 0 && watts <= 1500);
        }),
      );
      meter.close();
    });
  });

  describe('Intel Graphics Control Library', () => {
    const id = 'igcl:3.0.0:energy';

    it.each([
      ['of today', {}],
      ['that knows only version 0', { old_driver: 1 }],
    ] as const)('reads the counter of a card through a driver %s', async (_name, driver) => {
      set(driver);
      const sensors = sensorsOf(await igcl.probe(env));
      expect(sensors.map((s) => [s.id, s.domain, s.device.name])).toEqual([
        [id, 'gpu.board', 'Intel Arc Stub'],
      ]);
      const meter = await igcl.open([id], env);
      const before = readOne(meter, id);
      set({ time_s: 10 });
      const after = readOne(meter, id);
      expect(Number((after.raw as bigint) - (before.raw as bigint)) * 1e-6).toBeCloseTo(1200, 4);
      expect(Number(after.sourceTimeNs! - before.sourceTimeNs!) / 1e9).toBeCloseTo(10, 5);
      expect(meter.health()).toMatchObject({ tempC: 58, clockMHz: 2400, throttle: [] });
      set({ thermal: 1 });
      expect(meter.health().throttle).toEqual(['thermal']);
      meter.close();
      meter.close();
      expect(opened()).toBe(0);
      expect(readOne(meter, id)).toMatchObject({ raw: null, error: { code: 'NOT_OPEN' } });
    });

    it('takes the chip where the card has no counter, and reads floats and integers', async () => {
      set({ card: 0 });
      for (const type of [8, 7]) {
        set({ type, time_s: 0 });
        const [info] = sensorsOf(await igcl.probe(env));
        expect(info).toMatchObject({ domain: 'gpu.package' });
        const meter = await igcl.open([id], env);
        expect(Number(readOne(meter, id).raw)).toBe(500e6);
        meter.close();
      }
    });

    it.each([
      [{ init_rc: 0x40000001 }, 'broken', '0x40000001'],
      [{ devices: 0 }, 'absent', 'no graphics card'],
      [{ vendor: 0x10de }, 'absent', 'no graphics card'],
      [{ integrated_flag: 1 }, 'absent', 'part of the processor'],
      [{ card: 0, gpu: 0, devices: 1 }, 'absent', 'no graphics card'],
      [{ units: 4, devices: 1 }, 'absent', 'no graphics card'],
      [{ start_j: 0, devices: 1 }, 'absent', 'no graphics card'],
      [{ telemetry_rc: 5, devices: 1 }, 'absent', 'no graphics card'],
    ] as const)('says why there is nothing (%o)', async (fault, status, words) => {
      set(fault);
      expect(await igcl.probe(env)).toMatchObject({ status, reason: expect.stringContaining(words) });
      expect(opened()).toBe(0);
    });

    it('is absent without the driver', async () => {
      expect(await igcl.probe(windowsEnv(null))).toMatchObject({ status: 'absent' });
      set({ devices: 0 });
      await expect(igcl.open([id], env)).rejects.toThrow(id);
      expect(opened()).toBe(0);
    });

    it('whatever the driver says: a positive count, or null and why', async () => {
      const meter = await igcl.open([id], env);
      fc.assert(
        fc.property(fc.double(), fc.constantFrom(0, 1), fc.constantFrom(0, 6), (joules, card, units) => {
          set({ start_j: joules, watts: 0, card, units });
          const { raw, error } = readOne(meter, id);
          if (raw === null) expect(error).not.toBeNull();
          else
            expect(typeof raw === 'bigint' && raw > 0n && raw < 2n ** 63n && card === 1 && units === 6).toBe(
              true,
            );
          if (card === 1 && units === 6 && joules > 1e-6 && joules < 9e12) expect(raw).not.toBeNull();
        }),
      );
      meter.close();
    });
  });
});
