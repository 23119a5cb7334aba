import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { LibraryHandle } from 'koffi';
import type { ProbeEnv } from '../../shared/meter';
import { functionNotFound } from './nvmlTypes';

type Argument = bigint | number | string | null | NodeJS.TypedArray;
export type NvmlCall = (...args: readonly Argument[]) => number;

const device = 'void *';
const out = 'void *';

/** Every function the lab calls: its names, newest first, and its C arguments; all return nvmlReturn_t. */
const signatures = {
  init: { names: ['nvmlInit_v2'], args: [] },
  shutdown: { names: ['nvmlShutdown'], args: [] },
  driverVersion: { names: ['nvmlSystemGetDriverVersion'], args: [out, 'uint'] },
  nvmlVersion: { names: ['nvmlSystemGetNVMLVersion'], args: [out, 'uint'] },
  count: { names: ['nvmlDeviceGetCount_v2'], args: [out] },
  handleByIndex: { names: ['nvmlDeviceGetHandleByIndex_v2'], args: ['uint', out] },
  uuid: { names: ['nvmlDeviceGetUUID'], args: [device, out, 'uint'] },
  name: { names: ['nvmlDeviceGetName'], args: [device, out, 'uint'] },
  pciInfo: { names: ['nvmlDeviceGetPciInfo_v3'], args: [device, out] },
  computeCapability: { names: ['nvmlDeviceGetCudaComputeCapability'], args: [device, out, out] },
  architecture: { names: ['nvmlDeviceGetArchitecture'], args: [device, out] },
  totalEnergy: { names: ['nvmlDeviceGetTotalEnergyConsumption'], args: [device, out] },
  powerUsage: { names: ['nvmlDeviceGetPowerUsage'], args: [device, out] },
  fieldValues: { names: ['nvmlDeviceGetFieldValues'], args: [device, 'int', out] },
  utilization: { names: ['nvmlDeviceGetUtilizationRates'], args: [device, out] },
  temperatureV: { names: ['nvmlDeviceGetTemperatureV'], args: [device, out] },
  temperature: { names: ['nvmlDeviceGetTemperature'], args: [device, 'int', out] },
  clock: { names: ['nvmlDeviceGetClockInfo'], args: [device, 'int', out] },
  memory: { names: ['nvmlDeviceGetMemoryInfo_v2'], args: [device, out] },
  processUtilization: { names: ['nvmlDeviceGetProcessUtilization'], args: [device, out, out, 'uint64'] },
  migMode: { names: ['nvmlDeviceGetMigMode'], args: [device, out, out] },
  virtualizationMode: { names: ['nvmlDeviceGetVirtualizationMode'], args: [device, out] },
  throttleReasons: {
    names: ['nvmlDeviceGetCurrentClocksEventReasons', 'nvmlDeviceGetCurrentClocksThrottleReasons'],
    args: [device, out],
  },
  enforcedLimit: { names: ['nvmlDeviceGetEnforcedPowerLimit'], args: [device, out] },
  defaultLimit: { names: ['nvmlDeviceGetPowerManagementDefaultLimit'], args: [device, out] },
  persistence: { names: ['nvmlDeviceGetPersistenceMode'], args: [device, out] },
  processes: {
    names: ['nvmlDeviceGetComputeRunningProcesses_v3', 'nvmlDeviceGetComputeRunningProcesses_v2'],
    args: [device, out, out],
  },
} as const satisfies Record<string, { names: readonly string[]; args: readonly string[] }>;

export type NvmlFunction = keyof typeof signatures;

export interface NvmlLibrary {
  path: string;
  /** The bound function; one that no name of this driver offers answers FUNCTION_NOT_FOUND. Bound at first use. */
  fn(name: NvmlFunction): NvmlCall;
}

export type LoadedLibrary =
  | { library: NvmlLibrary }
  /** `message` null: nowhere found; else the loader's words about a file that is there and does not load. */
  | { library: null; message: string | null };

/**
 * Loads the first of the environment's candidates that loads. koffi itself is loaded only here, so that
 * a program that merely knows about meters carries no native code.
 */
export async function loadNvml(env: Pick<ProbeEnv, 'libraryPaths'>): Promise<LoadedLibrary> {
  const { default: koffi } = await import('koffi');
  let message: string | null = null;
  for (const path of env.libraryPaths('nvml')) {
    if (isAbsolute(path) && !existsSync(path)) continue;
    try {
      return { library: bindLazily(path, koffi.load(path)) };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      // The loader's own "no such file" names the library itself only when it was asked for by bare name.
      if (isAbsolute(path) || !/No such file|cannot find|could not be found/i.test(text)) message ??= text;
    }
  }
  return { library: null, message };
}

function bindLazily(path: string, handle: LibraryHandle): NvmlLibrary {
  const bound = new Map<NvmlFunction, NvmlCall>();
  const bind = (name: NvmlFunction): NvmlCall => {
    const { names, args } = signatures[name];
    for (const symbol of names) {
      try {
        return handle.func(symbol, 'int', [...args]) as NvmlCall;
      } catch {
        // This driver lacks the name: the next one is older.
      }
    }
    return () => functionNotFound;
  };
  return {
    path,
    fn(name) {
      let call = bound.get(name);
      if (call === undefined) {
        call = bind(name);
        bound.set(name, call);
      }
      return call;
    },
  };
}
