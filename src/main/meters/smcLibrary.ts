import type { ProbeEnv } from '../../shared/meter';
import { cString, loadFunctions, textOfBytes } from './nativeLibrary';
import { floatOf, keyInfoOf, type SmcValueInfo, smcQuestion, smcSelector } from './smcData';

const iokitFunctions = {
  IOServiceMatching: { result: 'void *', args: ['void *'] },
  IOServiceGetMatchingServices: { result: 'int32', args: ['uint32', 'void *', 'void *'] },
  IOIteratorNext: { result: 'uint32', args: ['uint32'] },
  IORegistryEntryGetName: { result: 'int32', args: ['uint32', 'void *'] },
  IOObjectRelease: { result: 'int32', args: ['uint32'] },
  IOServiceOpen: { result: 'int32', args: ['uint32', 'uint32', 'uint32', 'void *'] },
  IOServiceClose: { result: 'int32', args: ['uint32'] },
  IOConnectCallStructMethod: {
    result: 'int32',
    args: ['uint32', 'uint32', 'void *', 'size_t', 'void *', 'void *'],
  },
} as const;

const systemFunctions = { mach_task_self: { result: 'uint32', args: [] } } as const;

/** An open connection to the system management controller. */
export interface Smc {
  /** Size and type of a key's value; null where there is no such key. */
  info(key: string): SmcValueInfo | null;
  /** A float value; null where it cannot be read. */
  float(key: string, info: SmcValueInfo): number | null;
  close(): void;
}

/** Connects; a string says why not. Not yet run on a Mac. */
export async function openSmc(env: Pick<ProbeEnv, 'libraryPaths'>): Promise<Smc | string> {
  const { functions: io } = await loadFunctions(env.libraryPaths('iokit'), iokitFunctions);
  const { functions: system } = await loadFunctions(env.libraryPaths('libsystem'), systemFunctions);
  if (io === null || system === null) return 'This system has no IOKit.';
  const iterator = new Uint32Array(1);
  // The call takes over the matching dictionary: it is not ours to release.
  const matching = io.IOServiceMatching(cString('AppleSMC')) ?? null;
  if (matching === null || io.IOServiceGetMatchingServices(0, matching, iterator) !== 0) {
    return 'This system has no management controller (AppleSMC).';
  }
  const name = new Uint8Array(128);
  const connection = new Uint32Array(1);
  let opened = false;
  for (let service = next(); service !== 0; service = next()) {
    const named = io.IORegistryEntryGetName(service, name) === 0 ? textOfBytes(name) : '';
    if (!opened && named === 'AppleSMCKeysEndpoint') {
      const task = system.mach_task_self() as number;
      opened = io.IOServiceOpen(service, task, 0, connection) === 0;
    }
    io.IOObjectRelease(service);
  }
  io.IOObjectRelease(iterator[0]!);
  if (!opened) return 'macOS does not let this program ask the management controller.';

  const answer = Buffer.alloc(80);
  const ask = (question: Buffer): Buffer | null => {
    answer.fill(0);
    const size = new BigUint64Array([BigInt(answer.length)]);
    const code = io.IOConnectCallStructMethod(
      connection[0]!,
      smcSelector,
      question,
      question.length,
      answer,
      size,
    );
    return code === 0 ? answer : null;
  };
  return {
    info: (key) => {
      const told = ask(smcQuestion(key, 'keyInfo'));
      return told === null ? null : keyInfoOf(told);
    },
    float: (key, info) => {
      const told = ask(smcQuestion(key, 'read', info));
      return told === null ? null : floatOf(told, info);
    },
    close: () => {
      io.IOServiceClose(connection[0]!);
    },
  };

  function next(): number {
    return Number(io!.IOIteratorNext(iterator[0]!) ?? 0);
  }
}
