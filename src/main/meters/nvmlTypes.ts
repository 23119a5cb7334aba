/**
 * NVML as numbers: layouts, codes, fields and what the power fields mean. Re-declared from nvml.h 13.3
 * (64-bit); the test's stub library asserts the layouts with a C compiler.
 */

/** nvmlFieldValue_t: byte offsets. */
export const fieldValueLayout = {
  size: 40,
  fieldId: 0,
  scopeId: 4,
  timestampUs: 8,
  latencyUs: 16,
  valueType: 24,
  result: 28,
  value: 32,
} as const;

/** nvmlTemperature_v1_t */
export const temperatureLayout = { size: 12, version: 0, sensorType: 4, temperature: 8 } as const;
/** nvmlMemory_v2_t */
export const memoryLayout = { size: 40, version: 0, total: 8, reserved: 16, free: 24, used: 32 } as const;
/** nvmlPciInfo_t */
export const pciLayout = { size: 68, busId: 36, busIdLength: 32 } as const;
/** nvmlProcessInfo_t, second version: the one of the functions …_v2 and …_v3. */
export const processLayout = { size: 24, pid: 0, usedMemory: 8 } as const;
/** nvmlProcessUtilizationSample_t */
export const processUtilizationLayout = { size: 32, pid: 0, timeStampUs: 8, smUtil: 16 } as const;
/** nvmlUtilization_t: two u32, percent of time. */
export const utilizationLayout = { size: 8, gpu: 0, memory: 4 } as const;

/** A versioned struct carries its size and version in its first word. */
export const structVersion = (size: number, version: number): number => (size | (version << 24)) >>> 0;

export const nvmlOk = 0;
export const notFound = 6;
export const functionNotFound = 13;

export const fields = {
  powerPolicyNs: 74,
  thermalPolicyNs: 75,
  energyMilliJ: 83,
  powerInstantMilliW: 186,
  energyMilliJNew: 191,
  softwareThermalNs: 269,
  hardwareThermalNs: 270,
  hardwareBrakeNs: 271,
} as const;

/** Scope of a field: the GPU, or the module that also holds the processor (GH200, GB200). */
export const scopes = { gpu: 0, module: 1 } as const;

/** Bits of the clocks event (throttle) reasons. */
const throttleBits: readonly (readonly [bit: bigint, name: string])[] = [
  [1n, 'idle'],
  [2n, 'application_clocks'],
  [4n, 'sw_power_cap'],
  [8n, 'hw_slowdown'],
  [16n, 'sync_boost'],
  [32n, 'sw_thermal'],
  [64n, 'hw_thermal'],
  [128n, 'hw_power_brake'],
  [256n, 'display'],
];

export const throttleNames = (bits: bigint): string[] =>
  throttleBits.filter(([bit]) => (bits & bit) !== 0n).map(([, name]) => name);

/** nvmlGpuVirtualizationMode_t: values under which the board is shared between guests. */
export const sharedVirtualizationModes: readonly number[] = [2, 3];

/** One value of nvmlValueType_t at `offset`; null for a type this code does not know. */
export function decodeValue(
  view: DataView,
  offset: number,
  valueType: number,
  platform: NodeJS.Platform,
): bigint | number | null {
  switch (valueType) {
    case 0:
      return view.getFloat64(offset, true);
    case 1:
      return view.getUint32(offset, true);
    case 2: // unsigned long: 4 bytes on Windows, 8 elsewhere
      return platform === 'win32' ? view.getUint32(offset, true) : view.getBigUint64(offset, true);
    case 3:
      return view.getBigUint64(offset, true);
    case 4:
      return view.getBigInt64(offset, true);
    case 5:
      return view.getInt32(offset, true);
    case 6:
      return view.getUint16(offset, true);
    default:
      return null;
  }
}
