import koffi from 'koffi';
import { emiLayout, measurementBytes } from '../../../src/main/meters/emiData';
import { rawCounterLayout } from '../../../src/main/meters/pdhCalls';
import { batteryLayout } from '../../../src/main/meters/windowsBattery';
import { processorLayout } from '../../../src/main/meters/windowsHealth';
import type { ProbeEnv } from '../../../src/shared/meter';
import { testEnv } from '../support';
import { compileLibrary, switchesOf } from './compile';

/** The layouts of the TypeScript side, for the C compiler to check. */
const layouts: Readonly<Record<string, number>> = {
  V1_UNIT: emiLayout.v1.unit,
  V1_OEM: emiLayout.v1.oem,
  V1_MODEL: emiLayout.v1.model,
  V1_NAME_BYTES: emiLayout.v1.nameBytes,
  V1_NAME: emiLayout.v1.name,
  V2_OEM: emiLayout.v2.oem,
  V2_MODEL: emiLayout.v2.model,
  V2_COUNT: emiLayout.v2.channelCount,
  V2_CHANNELS: emiLayout.v2.channels,
  CHANNEL_UNIT: emiLayout.channel.unit,
  CHANNEL_NAME_BYTES: emiLayout.channel.nameBytes,
  CHANNEL_NAME: emiLayout.channel.name,
  MEASUREMENT: measurementBytes,
  BATTERY_SIZE: batteryLayout.size,
  BATTERY_AC: batteryLayout.acOnLine,
  BATTERY_PRESENT: batteryLayout.present,
  BATTERY_DISCHARGING: batteryLayout.discharging,
  BATTERY_MAX: batteryLayout.maxCapacity,
  BATTERY_LEFT: batteryLayout.remainingCapacity,
  BATTERY_RATE: batteryLayout.rate,
  CPU_SIZE: processorLayout.size,
  CPU_MAX: processorLayout.maxMhz,
  CPU_CURRENT: processorLayout.currentMhz,
  CPU_LIMIT: processorLayout.mhzLimit,
  PDH_SIZE: rawCounterLayout.size,
  PDH_STATUS: rawCounterLayout.status,
  PDH_TIME: rawCounterLayout.timeLow,
  PDH_FIRST: rawCounterLayout.firstValue,
};

export const compileWindows = (changed: Readonly<Record<string, number>> = {}): string =>
  compileLibrary('windows_stub.c', { ...layouts, ...changed });

export interface StubMeter {
  path: string;
  version: number;
  channels: readonly { name: string; watts: number; startJ: number; unit?: number }[];
}

export interface WindowsStub {
  set(values: Readonly<Record<string, number>>): void;
  meters(list: readonly StubMeter[]): void;
  battery(state: {
    ac: number;
    present: number;
    discharging: number;
    full: number;
    left: number;
    rate: number;
  }): void;
  processors(count: number, maxMhz: number, currentMhz: number, limitMhz: number): void;
  counters(list: readonly { path: string; status: number; value: bigint; watts: number }[]): void;
  /** Devices and queries that are open. */
  opened(): number;
}

export function windowsStubAt(path: string): WindowsStub {
  const library = koffi.load(path);
  const clear = library.func('void stub_clear(void)');
  const device = library.func('int stub_device(const char *path, int version)');
  const channel = library.func(
    'void stub_channel(int device, const char *name, int unit, double watts, double start)',
  );
  const battery = library.func(
    'void stub_battery(int ac, int present, int discharging, uint32 full, uint32 left, int rate)',
  );
  const processors = library.func(
    'void stub_processors(int count, uint32 max, uint32 current, uint32 limit)',
  );
  const noCounters = library.func('void stub_no_counters(void)');
  const counter = library.func(
    'void stub_counter(const char *path, uint32 status, int64 value, double watts)',
  );
  const handles = library.func('int stub_handles(void)');
  const queries = library.func('int stub_queries(void)');
  return {
    set: switchesOf(path),
    meters: (list) => {
      clear();
      for (const meter of list) {
        const index = device(meter.path, meter.version);
        for (const c of meter.channels) channel(index, c.name, c.unit ?? 0, c.watts, c.startJ);
      }
    },
    battery: (s) => battery(s.ac, s.present, s.discharging, s.full, s.left, s.rate),
    processors: (count, max, current, limit) => processors(count, max, current, limit),
    counters: (list) => {
      noCounters();
      for (const c of list) counter(c.path, c.status, c.value, c.watts);
    },
    opened: () => (handles() as number) + (queries() as number),
  };
}

/** A Windows machine whose system libraries are the stub. */
export const windowsEnv = (path: string | null, changed: Partial<ProbeEnv> = {}): ProbeEnv =>
  testEnv({
    platform: 'win32',
    libraryPaths: () => (path === null ? ['/nowhere/library.dll'] : [path]),
    ...changed,
  });
