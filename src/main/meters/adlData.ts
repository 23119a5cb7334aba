/** Layouts of AMD's Display Library on 64-bit Windows (adl_structures.h): size and offsets. */
export const adapterLayout = {
  size: 1572,
  index: 4,
  bus: 264,
  device: 268,
  function: 272,
  vendor: 276,
  name: 280,
} as const;
export const pmLogLayout = { size: 2052, sensors: 4, sensorBytes: 8, sensorCount: 256 } as const;

/** ADL_PMLOG_SENSORS; power in W, temperature in °C, clock in MHz, use in percent. */
export const pmLogSensors = {
  clockMHz: 1,
  edgeTempC: 8,
  usePct: 19,
  /** The chip alone. */
  asicPowerW: 23,
  /** The whole board; newer cards. */
  boardPowerW: 73,
} as const;
export type PmLogSensor = keyof typeof pmLogSensors;

/** AMD's PCI vendor 1002h, as ADL writes it: the hexadecimal digits read as a decimal number. */
const amdVendor = 1002;

export interface AdlAdapter {
  index: number;
  /** bus.device.function */
  pci: string;
  name: string;
}

/** AMD's adapters of an AdapterInfo array, each card once: ADL lists it once for each of its outputs. */
export function parseAdapters(bytes: Uint8Array): AdlAdapter[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const adapters: AdlAdapter[] = [];
  for (let at = 0; at + adapterLayout.size <= bytes.length; at += adapterLayout.size) {
    const int = (offset: number) => view.getInt32(at + offset, true);
    const { bus, device, function: fn, index, vendor, name } = adapterLayout;
    const pci = `${int(bus)}.${int(device)}.${int(fn)}`;
    if (int(vendor) !== amdVendor || adapters.some((a) => a.pci === pci)) continue;
    const text = Buffer.from(bytes.subarray(at + name, at + name + 256)).toString('latin1');
    adapters.push({ index: int(index), pci, name: text.split('\0')[0]!.trim() || 'AMD GPU' });
  }
  return adapters;
}

/** One value of ADLPMLogDataOutput; null where the card does not support it. */
export function pmLogValue(bytes: Uint8Array, sensor: PmLogSensor): number | null {
  if (bytes.length < pmLogLayout.size) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = pmLogLayout.sensors + pmLogSensors[sensor] * pmLogLayout.sensorBytes;
  return view.getInt32(at, true) === 0 ? null : view.getInt32(at + 4, true);
}
