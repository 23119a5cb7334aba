import { textOfBytes } from './nativeLibrary';

/** Layouts of Intel's Graphics Control Library on 64-bit Windows (igcl_api.h 1.1): size and offsets. */
export const initLayout = { size: 36, appVersion: 8, flags: 12 } as const;
export const propertiesLayout = {
  size: 320,
  version: 4,
  deviceId: 8,
  deviceIdSize: 16,
  vendor: 64,
  name: 88,
  nameBytes: 100,
  flags: 188,
  bdf: 200,
} as const;
export const telemetryLayout = {
  size: 1024,
  /** Without what version 1 added. */
  sizeV0: 808,
  version: 4,
  timeStamp: 8,
  gpuEnergy: 32,
  gpuClock: 80,
  gpuTemperature: 104,
  /** Five bytes, each a bool: power, temperature, current, voltage, use. */
  limits: 200,
  cardEnergy: 384,
} as const;
export const itemLayout = { size: 24, units: 4, type: 8, value: 16 } as const;

export const igclUnits = { megahertz: 0, celsius: 5, joules: 6, seconds: 7 } as const;

const intelVendor = 0x8086;
const integrated = 1;

export interface IgclDevice {
  /** bus.device.function */
  pci: string;
  name: string;
  /** Part of the processor, whose package counter holds its energy already. */
  integrated: boolean;
}

/** ctl_device_adapter_properties_t; null for a device that is not Intel's. */
export function parseProperties(bytes: Uint8Array): IgclDevice | null {
  const at = propertiesLayout;
  if (bytes.length < at.size) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(at.vendor, true) !== intelVendor) return null;
  return {
    pci: [0, 1, 2].map((i) => view.getUint8(at.bdf + i)).join('.'),
    name: textOfBytes(bytes.subarray(at.name, at.name + at.nameBytes)).trim() || 'Intel GPU',
    integrated: (view.getUint32(at.flags, true) & integrated) !== 0,
  };
}

/** One ctl_oc_telemetry_item_t as a number; null where it is not supported, in other units, or no number. */
export function itemOf(bytes: Uint8Array, at: number, units: number): number | null {
  if (at + itemLayout.size > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(at) === 0 || view.getInt32(at + itemLayout.units, true) !== units) return null;
  const value = numberOf(view, at + itemLayout.value, view.getInt32(at + itemLayout.type, true));
  return value !== null && Number.isFinite(value) ? value : null;
}

/** By ctl_data_type_t. */
function numberOf(view: DataView, at: number, type: number): number | null {
  const readers = [
    () => view.getInt8(at),
    () => view.getUint8(at),
    () => view.getInt16(at, true),
    () => view.getUint16(at, true),
    () => view.getInt32(at, true),
    () => view.getUint32(at, true),
    () => Number(view.getBigInt64(at, true)),
    () => Number(view.getBigUint64(at, true)),
    () => view.getFloat32(at, true),
    () => view.getFloat64(at, true),
  ];
  return readers[type]?.() ?? null;
}

/** A value in smaller units as a whole number; null where it is too large to be one. */
export function wholeOf(value: number | null, perUnit: number): bigint | null {
  const scaled = value === null ? Number.NaN : Math.round(value * perUnit);
  return Math.abs(scaled) < 2 ** 63 ? BigInt(scaled) : null;
}
