import type { ProbeEnv } from '../../shared/meter';
import { type IgclDevice, initLayout, parseProperties, propertiesLayout, telemetryLayout } from './igclData';
import { loadFunctions } from './nativeLibrary';

const ref = 'void *';

const igclFunctions = {
  ctlInit: { result: 'uint32', args: [ref, ref] },
  ctlClose: { result: 'uint32', args: [ref] },
  ctlEnumerateDevices: { result: 'uint32', args: [ref, ref, ref] },
  ctlGetDeviceProperties: { result: 'uint32', args: [ref, ref] },
  ctlPowerTelemetryGet: { result: 'uint32', args: [ref, ref] },
} as const;

const ok = 0;
const appVersion = (1 << 16) | 1;
const useLevelZero = 1;
const mostDevices = 64;
/** UNSUPPORTED_VERSION, INVALID_SIZE, UNSUPPORTED_SIZE: a driver that knows version 0 only. */
const olderDriver: readonly number[] = [0x4000_0009, 0x4000_000f, 0x4000_0010];

export interface Igcl {
  devices: readonly (IgclDevice & { handle: bigint })[];
  /** Reads all telemetry of a device into `into` (ctl_power_telemetry_t); the code, 0 for success. */
  telemetry(handle: bigint, into: Uint8Array): number;
  close(): void;
}

/** Opens Intel's Graphics Control Library. `found` false: there is no such driver. Not yet run on Windows. */
export async function openIgcl(
  env: Pick<ProbeEnv, 'libraryPaths'>,
): Promise<Igcl | { found: boolean; reason: string }> {
  const { functions: ctl, ...rest } = await loadFunctions(env.libraryPaths('igcl'), igclFunctions);
  if (ctl === null) {
    const message = 'message' in rest ? rest.message : null;
    return message === null
      ? { found: false, reason: 'There is no Intel graphics driver on this computer.' }
      : { found: true, reason: `Intel’s graphics driver cannot tell its energy: ${message}.` };
  }
  const init = Buffer.alloc(initLayout.size);
  init.writeUInt32LE(initLayout.size, 0);
  init.writeUInt32LE(appVersion, initLayout.appVersion);
  init.writeUInt32LE(useLevelZero, initLayout.flags);
  const out = new BigUint64Array(1);
  const code = ctl.ctlInit(init, out);
  if (code !== ok) {
    const hex = Number(code ?? 0).toString(16);
    return { found: true, reason: `Intel’s graphics driver does not open (0x${hex}).` };
  }
  const api = out[0]!;
  const { default: koffi } = await import('koffi');
  // The driver writes the device's LUID where the properties point to.
  const luid = koffi.alloc('uint8', 8);
  const describe = (handle: bigint): IgclDevice | null => {
    const properties = Buffer.alloc(propertiesLayout.size);
    properties.writeUInt32LE(propertiesLayout.size, 0);
    properties[propertiesLayout.version] = 2;
    properties.writeBigUInt64LE(koffi.address(luid), propertiesLayout.deviceId);
    properties.writeUInt32LE(8, propertiesLayout.deviceIdSize);
    return ctl.ctlGetDeviceProperties(handle, properties) === ok ? parseProperties(properties) : null;
  };
  const count = new Uint32Array(1);
  const devices: (IgclDevice & { handle: bigint })[] = [];
  if (ctl.ctlEnumerateDevices(api, count, null) === ok && count[0]! > 0 && count[0]! <= mostDevices) {
    const handles = new BigUint64Array(count[0]!);
    const listed = ctl.ctlEnumerateDevices(api, count, handles) === ok;
    for (const handle of listed ? handles.subarray(0, count[0]!) : []) {
      const device = describe(handle);
      if (device !== null) devices.push({ ...device, handle });
    }
  }
  koffi.free(luid);
  let older = false;
  const ask = (handle: bigint, into: Uint8Array): number => {
    into.fill(0);
    const view = new DataView(into.buffer, into.byteOffset);
    view.setUint32(0, older ? telemetryLayout.sizeV0 : telemetryLayout.size, true);
    view.setUint8(telemetryLayout.version, older ? 0 : 1);
    return Number(ctl.ctlPowerTelemetryGet(handle, into) ?? -1);
  };
  return {
    devices,
    telemetry: (handle, into) => {
      const first = ask(handle, into);
      if (older || !olderDriver.includes(first)) return first;
      older = true;
      return ask(handle, into);
    },
    close: () => {
      ctl.ctlClose(api);
    },
  };
}
