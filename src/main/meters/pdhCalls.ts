import type { ProbeEnv } from '../../shared/meter';
import { loadFunctions } from './nativeLibrary';
import { wide } from './windowsCalls';

const ref = 'void *';

const pdhFunctions = {
  PdhOpenQueryW: { result: 'uint32', args: [ref, 'intptr_t', ref] },
  PdhAddEnglishCounterW: { result: 'uint32', args: ['intptr_t', ref, 'intptr_t', ref] },
  PdhCollectQueryData: { result: 'uint32', args: ['intptr_t'] },
  PdhGetRawCounterValue: { result: 'uint32', args: ['intptr_t', ref, ref] },
  PdhCloseQuery: { result: 'uint32', args: ['intptr_t'] },
} as const;

/** PDH_RAW_COUNTER on 64-bit Windows (pdh.h). */
export const rawCounterLayout = { size: 40, status: 0, timeLow: 4, timeHigh: 8, firstValue: 16 } as const;

/** 100 ns from 1601 to 1970. */
const unixEpoch = 116_444_736_000_000_000n;

export interface RawCounter {
  value: bigint;
  /** When Windows collected it, Unix ns. */
  timeNs: bigint;
}

/** PDH_RAW_COUNTER; null where its status says that the value is not valid. */
export function parseRawCounter(bytes: Uint8Array): RawCounter | null {
  const at = rawCounterLayout;
  if (bytes.length < at.size) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Valid or new data; status codes are unsigned.
  if (view.getUint32(at.status, true) > 1) return null;
  const time = (BigInt(view.getUint32(at.timeHigh, true)) << 32n) | BigInt(view.getUint32(at.timeLow, true));
  return { value: view.getBigInt64(at.firstValue, true), timeNs: (time - unixEpoch) * 100n };
}

/** An open query over performance counters. */
export interface PdhQuery {
  /** Collects all counters now; false where Windows does not. */
  collect(): boolean;
  /** The value of a counter of the query, as collected last; null where it has none. */
  value(index: number): RawCounter | null;
  close(): void;
}

/** Opens a query over counters by their English names; a string says why not. Not yet run on Windows. */
export async function openPdh(
  env: Pick<ProbeEnv, 'libraryPaths'>,
  paths: readonly string[],
): Promise<PdhQuery | string> {
  const { functions: pdh } = await loadFunctions(env.libraryPaths('pdh'), pdhFunctions);
  if (pdh === null) return 'Windows has no performance counters here (pdh.dll).';
  const query = new BigInt64Array(1);
  if (pdh.PdhOpenQueryW(null, 0, query) !== 0) return 'Windows opens no query over performance counters.';
  const counters = paths.map((path) => {
    const counter = new BigInt64Array(1);
    return pdh.PdhAddEnglishCounterW(query[0]!, wide(path), 0, counter) === 0 ? counter[0]! : null;
  });
  const type = new Uint32Array(1);
  const bytes = new Uint8Array(rawCounterLayout.size);
  return {
    collect: () => pdh.PdhCollectQueryData(query[0]!) === 0,
    value: (index) => {
      const counter = counters[index] ?? null;
      bytes.fill(0);
      if (counter === null || pdh.PdhGetRawCounterValue(counter, type, bytes) !== 0) return null;
      return parseRawCounter(bytes);
    },
    close: () => {
      pdh.PdhCloseQuery(query[0]!);
    },
  };
}
