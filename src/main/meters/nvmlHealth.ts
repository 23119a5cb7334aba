import type { Health } from '../../shared/meter';
import { FieldReader } from './nvmlFields';
import type { NvmlLibrary } from './nvmlLibrary';
import { otherProcesses } from './nvmlProcesses';
import {
  fields,
  memoryLayout,
  nvmlOk,
  processLayout,
  structVersion,
  temperatureLayout,
  throttleNames,
  utilizationLayout,
} from './nvmlTypes';

const nsFields = {
  sw_power_cap: fields.powerPolicyNs,
  thermal_policy: fields.thermalPolicyNs,
  sw_thermal: fields.softwareThermalNs,
  hw_thermal: fields.hardwareThermalNs,
  hw_power_brake: fields.hardwareBrakeNs,
} as const;

const mostProcesses = 64;
const smClock = 1;

/** Reads the state of one device. `isOurs` tells the lab's own processes from other clients; null: unknown. */
export function healthReader(
  library: NvmlLibrary,
  handle: bigint,
  platform: NodeJS.Platform,
  isOurs: (pid: number) => boolean | null,
): () => Health {
  const u32 = new Uint32Array(1);
  const u64 = new BigUint64Array(1);
  const temperature = new Uint8Array(temperatureLayout.size);
  const temperatureView = new DataView(temperature.buffer);
  const utilization = new Uint8Array(utilizationLayout.size);
  const utilizationView = new DataView(utilization.buffer);
  const names = Object.keys(nsFields) as (keyof typeof nsFields)[];
  const requests = names.map((n) => ({ id: nsFields[n], scope: 0 }));
  const counters = new FieldReader(library, handle, requests, platform);
  const processes = new Uint8Array(processLayout.size * mostProcesses);
  const processView = new DataView(processes.buffer);

  const memory = new Uint8Array(memoryLayout.size);
  const memoryView = new DataView(memory.buffer);
  const otherSmPct = otherProcesses(library, handle, isOurs);

  const memoryUsedBytes = (): number | null => {
    memory.fill(0);
    memoryView.setUint32(memoryLayout.version, structVersion(memoryLayout.size, 2), true);
    if (library.fn('memory')(handle, memory) !== nvmlOk) return null;
    return Number(memoryView.getBigUint64(memoryLayout.used, true));
  };
  const tempC = (): number | null => {
    temperature.fill(0);
    temperatureView.setUint32(temperatureLayout.version, structVersion(temperatureLayout.size, 1), true);
    if (library.fn('temperatureV')(handle, temperature) === nvmlOk) {
      return temperatureView.getInt32(temperatureLayout.temperature, true);
    }
    return library.fn('temperature')(handle, 0, u32) === nvmlOk ? u32[0]! : null;
  };
  const throttleNs = (): Record<string, bigint> | null => {
    if (counters.read() !== nvmlOk) return null;
    const known = names.flatMap((name, i) => {
      const value = counters.value(i);
      return value === null ? [] : [[name, BigInt(value)] as const];
    });
    return known.length === 0 ? null : Object.fromEntries(known);
  };
  const otherClients = (): number | null => {
    u32[0] = mostProcesses;
    if (library.fn('processes')(handle, u32, processes) !== nvmlOk) return null;
    let others = 0;
    for (let i = 0; i < u32[0]!; i++) {
      const ours = isOurs(processView.getUint32(i * processLayout.size + processLayout.pid, true));
      if (ours === null) return null;
      if (!ours) others++;
    }
    return others;
  };

  return () => ({
    tempC: tempC(),
    clockMHz: library.fn('clock')(handle, smClock, u32) === nvmlOk ? u32[0]! : null,
    utilPct:
      library.fn('utilization')(handle, utilization) === nvmlOk
        ? utilizationView.getUint32(utilizationLayout.gpu, true)
        : null,
    powerLimitW: library.fn('enforcedLimit')(handle, u32) === nvmlOk ? u32[0]! / 1000 : null,
    defaultLimitW: library.fn('defaultLimit')(handle, u32) === nvmlOk ? u32[0]! / 1000 : null,
    otherClients: otherClients(),
    otherSmPct: otherSmPct(),
    memoryUsedBytes: memoryUsedBytes(),
    throttle: library.fn('throttleReasons')(handle, u64) === nvmlOk ? throttleNames(u64[0]!) : null,
    throttleNs: throttleNs(),
  });
}
