import type { NvmlLibrary } from './nvmlLibrary';
import { memoryLayout, nvmlOk, pciLayout, sharedVirtualizationModes, structVersion } from './nvmlTypes';

/** Who the device is and how it is set up. Each fact is null where the driver does not tell. */
export interface NvmlDevice {
  handle: bigint;
  uuid: string;
  name: string;
  pciBusId: string | null;
  architecture: number | null;
  computeMajorMinor: readonly [number, number] | null;
  enforcedLimitW: number | null;
  defaultLimitW: number | null;
  persistence: boolean | null;
  memoryBytes: number | null;
  /** Split into instances; null where the card has no MIG or does not tell. */
  mig: boolean | null;
  /** MIG or vGPU: board power belongs to several users. */
  shared: 'MIG' | 'vGPU' | null;
}

/** The device at an index of NVML's own order, or the code of the refusal. */
export function identify(library: NvmlLibrary, index: number): NvmlDevice | number {
  const handleOut = new BigUint64Array(1);
  const refused = library.fn('handleByIndex')(index, handleOut);
  if (refused !== nvmlOk) return refused;
  const handle = handleOut[0]!;
  const uuid = textOf(96, (buffer, size) => library.fn('uuid')(handle, buffer, size));
  if (typeof uuid === 'number') return uuid;
  const name = textOf(96, (buffer, size) => library.fn('name')(handle, buffer, size));
  const compute = pairOf(library, 'computeCapability', handle);
  const milliW = (fn: 'enforcedLimit' | 'defaultLimit') => {
    const value = numberOf(library, fn, handle);
    return value === null ? null : value / 1000;
  };
  const persistence = numberOf(library, 'persistence', handle);
  const mig = pairOf(library, 'migMode', handle);
  return {
    handle,
    uuid,
    name: typeof name === 'number' ? 'NVIDIA GPU' : name,
    pciBusId: pciBusId(library, handle),
    architecture: numberOf(library, 'architecture', handle),
    computeMajorMinor: compute,
    enforcedLimitW: milliW('enforcedLimit'),
    defaultLimitW: milliW('defaultLimit'),
    persistence: persistence === null ? null : persistence === 1,
    memoryBytes: memoryBytes(library, handle),
    mig: mig === null ? null : mig[0] === 1,
    shared: sharing(library, handle),
  };
}

/** Handle of the device with this UUID, or null: CUDA's order is not NVML's, so indices mean nothing. */
export function handleOf(library: NvmlLibrary, uuid: string): bigint | null {
  const count = new Uint32Array(1);
  if (library.fn('count')(count) !== nvmlOk) return null;
  const out = new BigUint64Array(1);
  for (let index = 0; index < count[0]!; index++) {
    if (library.fn('handleByIndex')(index, out) !== nvmlOk) continue;
    const handle = out[0]!;
    if (textOf(96, (buffer, size) => library.fn('uuid')(handle, buffer, size)) === uuid) return handle;
  }
  return null;
}

/** A string that NVML writes into a buffer, or the code of the refusal. */
export function textOf(size: number, call: (buffer: Uint8Array, size: number) => number): string | number {
  const buffer = new Uint8Array(size);
  const code = call(buffer, size);
  return code === nvmlOk ? cString(buffer) : code;
}

const cString = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

function numberOf(
  library: NvmlLibrary,
  fn: 'architecture' | 'enforcedLimit' | 'defaultLimit' | 'persistence' | 'virtualizationMode',
  handle: bigint,
): number | null {
  const out = new Uint32Array(1);
  return library.fn(fn)(handle, out) === nvmlOk ? out[0]! : null;
}

function pairOf(
  library: NvmlLibrary,
  fn: 'computeCapability' | 'migMode',
  handle: bigint,
): readonly [number, number] | null {
  const a = new Int32Array(1);
  const b = new Int32Array(1);
  return library.fn(fn)(handle, a, b) === nvmlOk ? [a[0]!, b[0]!] : null;
}

function memoryBytes(library: NvmlLibrary, handle: bigint): number | null {
  const info = new Uint8Array(memoryLayout.size);
  const view = new DataView(info.buffer);
  view.setUint32(memoryLayout.version, structVersion(memoryLayout.size, 2), true);
  if (library.fn('memory')(handle, info) !== nvmlOk) return null;
  return Number(view.getBigUint64(memoryLayout.total, true));
}

function pciBusId(library: NvmlLibrary, handle: bigint): string | null {
  const info = new Uint8Array(pciLayout.size);
  if (library.fn('pciInfo')(handle, info) !== nvmlOk) return null;
  return cString(info.subarray(pciLayout.busId, pciLayout.busId + pciLayout.busIdLength));
}

function sharing(library: NvmlLibrary, handle: bigint): NvmlDevice['shared'] {
  if (pairOf(library, 'migMode', handle)?.[0] === 1) return 'MIG';
  const mode = numberOf(library, 'virtualizationMode', handle);
  return mode !== null && sharedVirtualizationModes.includes(mode) ? 'vGPU' : null;
}
