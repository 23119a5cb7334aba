import type { ProbeEnv } from '../../shared/meter';
import { loadFunctions } from './nativeLibrary';

/** The calls to Windows that the energy meters and batteries are read with; a test replaces them. */
export interface WindowsCalls {
  /** Paths of the present devices of an interface class (GUID, 16 bytes); null: the call failed. */
  deviceInterfaces(guid: Uint8Array): string[] | null;
  /** Opens a device for reading; `error` is Windows' error code, 0 where it gives none. */
  open(path: string): { handle: number | bigint } | { handle: null; error: number };
  /** DeviceIoControl without input: how many bytes were written to `out`, or null where it failed. */
  ioctl(handle: number | bigint, code: number, out: Uint8Array): number | null;
  close(handle: number | bigint): void;
  /** CallNtPowerInformation without input; the NTSTATUS, 0 for success. */
  powerInformation(level: number, out: Uint8Array): number;
}

const out = 'void *';

const cfgmgr32 = {
  CM_Get_Device_Interface_List_SizeW: { result: 'uint32', args: [out, out, out, 'uint32'] },
  CM_Get_Device_Interface_ListW: { result: 'uint32', args: [out, out, out, 'uint32', 'uint32'] },
} as const;

const kernel32 = {
  CreateFileW: {
    result: 'intptr_t',
    args: [out, 'uint32', 'uint32', out, 'uint32', 'uint32', 'intptr_t'],
  },
  DeviceIoControl: {
    result: 'int32',
    args: ['intptr_t', 'uint32', out, 'uint32', out, 'uint32', out, out],
  },
  CloseHandle: { result: 'int32', args: ['intptr_t'] },
  GetLastError: { result: 'uint32', args: [] },
} as const;

const powrprof = {
  CallNtPowerInformation: { result: 'int32', args: ['int32', out, 'uint32', out, 'uint32'] },
} as const;

const genericRead = 0x8000_0000;
const shareReadWrite = 3;
const openExisting = 3;
const bufferSmall = 0x1a;

/** NUL-ended UTF-16. */
export const wide = (text: string): Uint16Array =>
  Uint16Array.from(`${text}\0`, (letter) => letter.charCodeAt(0));

/** The strings of a list that ends with an empty one. */
export function multiString(units: Uint16Array): string[] {
  const texts: string[] = [];
  let from = 0;
  for (let end = units.indexOf(0); end > from; end = units.indexOf(0, from)) {
    texts.push(String.fromCharCode(...units.subarray(from, end)));
    from = end + 1;
  }
  return texts;
}

/** Windows' own libraries; a string says which cannot be used. Not yet run on Windows. */
export async function loadWindowsCalls(env: Pick<ProbeEnv, 'libraryPaths'>): Promise<WindowsCalls | string> {
  const cm = await loadFunctions(env.libraryPaths('cfgmgr32'), cfgmgr32);
  const kernel = await loadFunctions(env.libraryPaths('kernel32'), kernel32);
  const power = await loadFunctions(env.libraryPaths('powrprof'), powrprof);
  if (cm.functions === null) return unusable('cfgmgr32.dll', cm.message);
  if (kernel.functions === null) return unusable('kernel32.dll', kernel.message);
  if (power.functions === null) return unusable('powrprof.dll', power.message);
  const { CM_Get_Device_Interface_List_SizeW: listSize, CM_Get_Device_Interface_ListW: list } = cm.functions;
  const { CreateFileW, DeviceIoControl, CloseHandle, GetLastError } = kernel.functions;
  const { CallNtPowerInformation } = power.functions;
  return {
    deviceInterfaces: (guid) => {
      // The list may grow between the two calls.
      for (let attempt = 0; attempt < 3; attempt++) {
        const length = new Uint32Array(1);
        if (listSize(length, guid, null, 0) !== 0) return null;
        const units = new Uint16Array(Math.max(1, length[0]!));
        const code = list(guid, null, units, units.length, 0);
        if (code === 0) return multiString(units);
        if (code !== bufferSmall) return null;
      }
      return null;
    },
    open: (path) => {
      const handle = CreateFileW(wide(path), genericRead, shareReadWrite, null, openExisting, 0, 0) ?? -1;
      // INVALID_HANDLE_VALUE
      if (BigInt.asIntN(64, BigInt(handle)) === -1n)
        return { handle: null, error: Number(GetLastError() ?? 0) };
      return { handle };
    },
    ioctl: (handle, code, into) => {
      const written = new Uint32Array(1);
      const done = DeviceIoControl(handle, code, null, 0, into, into.length, written, null);
      return done ? Math.min(written[0]!, into.length) : null;
    },
    close: (handle) => {
      CloseHandle(handle);
    },
    powerInformation: (level, into) =>
      Number(CallNtPowerInformation(level, null, 0, into, into.length) ?? -1),
  };
}

const unusable = (library: string, message: string | null) =>
  message === null ? `Windows has no ${library} here.` : `${library} cannot be used: ${message}.`;
