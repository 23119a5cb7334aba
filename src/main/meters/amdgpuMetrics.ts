import type { MeterFiles } from './files';
import type { Source } from './linuxSensors';
import { OpenFile, readFailure, type ValueRead } from './linuxValue';

/**
 * The table `gpu_metrics` of amdgpu: size u16, format u8, content u8, then fields by version
 * (drivers/gpu/drm/amd/include/kgd_pp_interface.h). Cards have format 1, processors with graphics 2 and 3.
 */
export interface GpuMetricsHeader {
  size: number;
  format: number;
  content: number;
}

/** 2⁻¹⁶ J, documented for version 1.4; 1.3 is taken to count the same and is checked against power. */
export const accumulatorJ = 2 ** -16;

/** Bytes at which `energy_accumulator` (1.3 and 1.4) and `indep_throttle_status` (1.3) begin. */
export const metricsLayout = { energy: 24, throttle: 112 } as const;
const { energy: energyAt, throttle: throttleAt } = metricsLayout;
const allOnes = 2n ** 64n - 1n;
/** The largest table known has under 3 KiB; sysfs hands out at most a page. */
const page = 4096;

export function metricsHeader(bytes: Uint8Array): GpuMetricsHeader | null {
  if (bytes.length < 4) return null;
  const view = viewOf(bytes);
  return { size: view.getUint16(0, true), format: view.getUint8(2), content: view.getUint8(3) };
}

/** The energy accumulator of versions 1.3 and 1.4, in counts of 2⁻¹⁶ J; null where this table has none. */
export function energyAccumulator(bytes: Uint8Array): bigint | null {
  const header = metricsHeader(bytes);
  if (header?.format !== 1 || (header.content !== 3 && header.content !== 4)) return null;
  if (bytes.length < energyAt + 8 || header.size < energyAt + 8) return null;
  const value = viewOf(bytes).getBigUint64(energyAt, true);
  return value === allOnes ? null : value;
}

/** Why the card slows down, from version 1.3; null where the table does not tell. */
export function throttleReasons(bytes: Uint8Array): string[] | null {
  const header = metricsHeader(bytes);
  if (header?.format !== 1 || header.content !== 3 || bytes.length < throttleAt + 8) return null;
  const bits = viewOf(bytes).getBigUint64(throttleAt, true);
  if (bits === allOnes) return null;
  return throttleGroups.filter(([mask]) => (bits & mask) !== 0n).map(([, name]) => name);
}

const bitsFrom = (first: bigint, last: bigint): bigint => ((1n << (last - first + 1n)) - 1n) << first;
/** SMU_THROTTLER_…_BIT of amdgpu_smu.h, by kind. */
const throttleGroups: readonly (readonly [mask: bigint, name: string])[] = [
  [bitsFrom(0n, 15n), 'sw_power_cap'],
  [bitsFrom(16n, 31n), 'current_limit'],
  [bitsFrom(32n, 47n), 'hw_thermal'],
];

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The accumulator as a counter. */
export function accumulatorSource(files: MeterFiles, path: string): Source {
  const file = new OpenFile(files, path, page);
  return {
    read: (): ValueRead<bigint> => {
      const { value, error } = file.bytes();
      if (value === null) return readFailure(error);
      const counts = energyAccumulator(value);
      return counts === null ? readFailure('NOT_SUPPORTED') : { value: counts, error: null };
    },
    close: () => file.close(),
  };
}

/** The table itself; null where it cannot be read. */
export function metricsBytes(files: MeterFiles, path: string): Uint8Array | null {
  try {
    const file = new OpenFile(files, path, page);
    const { value } = file.bytes();
    file.close();
    return value;
  } catch {
    return null;
  }
}
