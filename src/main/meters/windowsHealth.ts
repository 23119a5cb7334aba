import type { Health } from '../../shared/meter';
import { unknownHealth } from './reading';
import type { WindowsCalls } from './windowsCalls';

/** POWER_INFORMATION_LEVEL ProcessorInformation. */
const processorInformation = 11;
/** PROCESSOR_POWER_INFORMATION: six u32, one structure per logical processor of the group. */
export const processorLayout = { size: 24, maxMhz: 4, currentMhz: 8, mhzLimit: 12 } as const;

/**
 * Clock and speed limit of the processors from the bytes that Windows gave; null where they are none.
 * `speed_limit`: Windows holds a processor below its rated clock (heat, firmware or the power plan).
 */
export function parseProcessors(bytes: Uint8Array): Pick<Health, 'clockMHz' | 'throttle'> | null {
  const { size, maxMhz, currentMhz, mhzLimit } = processorLayout;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const clocks: number[] = [];
  let limited = false;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const most = view.getUint32(at + maxMhz, true);
    // Processors of another group are left out by Windows: their bytes stay 0.
    if (most === 0) continue;
    clocks.push(view.getUint32(at + currentMhz, true));
    const limit = view.getUint32(at + mhzLimit, true);
    limited ||= limit > 0 && limit < most;
  }
  if (clocks.length === 0) return null;
  const mean = clocks.reduce((a, b) => a + b, 0) / clocks.length;
  return { clockMHz: mean > 0 ? mean : null, throttle: limited ? ['speed_limit'] : [] };
}

/** State of the processor: one system call, cheap enough for the edge of a window. Not yet run on Windows. */
export function windowsHealthReader(calls: WindowsCalls, logicalCores: number): () => Health {
  const bytes = new Uint8Array(processorLayout.size * Math.max(1, logicalCores));
  return () => {
    bytes.fill(0);
    const told = calls.powerInformation(processorInformation, bytes) === 0 ? parseProcessors(bytes) : null;
    return { ...unknownHealth, ...told };
  };
}
