import koffi from 'koffi';
import { smcLayout } from '../../../src/main/meters/smcData';
import type { ProbeEnv } from '../../../src/shared/meter';
import { testEnv } from '../support';
import { compileLibrary, switchesOf } from './compile';

/** The layout of the TypeScript side, for the C compiler to check. */
const layout: Readonly<Record<string, number>> = {
  SMC_SIZE: smcLayout.size,
  SMC_KEY: smcLayout.key,
  SMC_DATA_SIZE: smcLayout.dataSize,
  SMC_DATA_TYPE: smcLayout.dataType,
  SMC_RESULT: smcLayout.result,
  SMC_COMMAND: smcLayout.command,
  SMC_BYTES: smcLayout.bytes,
};

export const compileApple = (
  flags: readonly string[] = [],
  changed: Readonly<Record<string, number>> = {},
): string => compileLibrary('apple_stub.c', { ...layout, ...changed }, flags);

export interface StubChannel {
  name: string;
  unit: string;
  watts: number;
}

export interface AppleStub {
  set(values: Readonly<Record<string, number>>): void;
  channels(list: readonly StubChannel[]): void;
  /** Every delta of the channel is this value from now on; null: what it really gained. */
  force(index: number, value: bigint | null): void;
  /** Objects created and not released. */
  live(): number;
  /** Uses of released or wrong objects. */
  faults(): number;
}

export function appleStubAt(path: string): AppleStub {
  const library = koffi.load(path);
  const channel = library.func('int stub_channel(const char *name, const char *unit, double watts)');
  const clear = library.func('void stub_clear(void)');
  const force = library.func('void stub_force(int index, int on, int64_t value)');
  const live = library.func('int stub_live(void)');
  const faults = library.func('int stub_faults(void)');
  return {
    set: switchesOf(path),
    channels: (list) => {
      clear();
      for (const { name, unit, watts } of list) channel(name, unit, watts);
    },
    force: (index, value) => force(index, value === null ? 0 : 1, value ?? 0n),
    live: () => live() as number,
    faults: () => faults() as number,
  };
}

/** A Mac whose system libraries are the stub. */
export const macEnv = (path: string | null, changed: Partial<ProbeEnv> = {}): ProbeEnv =>
  testEnv({
    platform: 'darwin',
    libraryPaths: () => (path === null ? ['/nowhere/lib.dylib'] : [path]),
    cpu: { model: 'Apple M4', logicalCores: 10, virtualized: false },
    ...changed,
  });
