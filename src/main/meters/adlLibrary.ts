import type { ProbeEnv } from '../../shared/meter';
import { type AdlAdapter, adapterLayout, parseAdapters, pmLogLayout } from './adlData';
import { loadFunctions } from './nativeLibrary';

const ref = 'void *';

const adlFunctions = {
  ADL2_Main_Control_Create: { result: 'int32', args: [ref, 'int32', ref] },
  ADL2_Main_Control_Destroy: { result: 'int32', args: [ref] },
  ADL2_Adapter_NumberOfAdapters_Get: { result: 'int32', args: [ref, ref] },
  ADL2_Adapter_AdapterInfo_Get: { result: 'int32', args: [ref, ref, 'int32'] },
  ADL2_Adapter_ASICFamilyType_Get: { result: 'int32', args: [ref, 'int32', ref, ref] },
  ADL2_New_QueryPMLogData_Get: { result: 'int32', args: [ref, 'int32', ref] },
} as const;

const ok = 0;
const presentOnly = 1;
const discrete = 1;
const mostAdapters = 1024;

export interface Adl {
  /** AMD's graphics cards; a GPU inside the processor is left out, its power is the processor's. */
  cards(): AdlAdapter[];
  /** Reads all sensors of a card into `into` (ADLPMLogDataOutput); the ADL code, 0 for success. */
  log(index: number, into: Uint8Array): number;
  close(): void;
}

/**
 * Opens AMD's Display Library. `found` false: there is no such driver. ADL allocates through us; none of
 * these calls hands memory over, so what it asked for is freed when it is closed. Not yet run on Windows.
 */
export async function openAdl(
  env: Pick<ProbeEnv, 'libraryPaths'>,
): Promise<Adl | { found: boolean; reason: string }> {
  const { functions: adl, ...rest } = await loadFunctions(env.libraryPaths('adl'), adlFunctions);
  if (adl === null) {
    const message = 'message' in rest ? rest.message : null;
    return message === null
      ? { found: false, reason: 'There is no AMD graphics driver on this computer.' }
      : { found: true, reason: `AMD’s graphics driver cannot tell its power: ${message}.` };
  }
  const { default: koffi } = await import('koffi');
  const allocated: unknown[] = [];
  const allocate = koffi.register(
    (size: number) => {
      const memory = koffi.alloc('uint8', Math.max(1, size));
      allocated.push(memory);
      return memory;
    },
    koffi.pointer(koffi.proto('void *', ['int'])),
  );
  const release = () => {
    for (const memory of allocated.splice(0)) koffi.free(memory);
    koffi.unregister(allocate);
  };
  const handle = new BigUint64Array(1);
  const code = adl.ADL2_Main_Control_Create(allocate, presentOnly, handle);
  if (code !== ok) {
    release();
    return { found: true, reason: `AMD’s graphics driver does not open (ADL ${code}).` };
  }
  const context = handle[0]!;
  const isDiscrete = ({ index }: AdlAdapter): boolean => {
    const types = new Int32Array(1);
    const valid = new Int32Array(1);
    if (adl.ADL2_Adapter_ASICFamilyType_Get(context, index, types, valid) !== ok) return false;
    return (types[0]! & valid[0]! & discrete) !== 0;
  };
  return {
    cards: () => {
      const count = new Int32Array(1);
      if (adl.ADL2_Adapter_NumberOfAdapters_Get(context, count) !== ok) return [];
      if (count[0]! <= 0 || count[0]! > mostAdapters) return [];
      const list = new Uint8Array(count[0]! * adapterLayout.size);
      if (adl.ADL2_Adapter_AdapterInfo_Get(context, list, list.length) !== ok) return [];
      return parseAdapters(list).filter(isDiscrete);
    },
    log: (index, into) => {
      into.fill(0);
      new DataView(into.buffer, into.byteOffset).setInt32(0, pmLogLayout.size, true);
      return Number(adl.ADL2_New_QueryPMLogData_Get(context, index, into) ?? -1);
    },
    close: () => {
      adl.ADL2_Main_Control_Destroy(context);
      release();
    },
  };
}
