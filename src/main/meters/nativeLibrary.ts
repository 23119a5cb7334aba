import { existsSync } from 'node:fs';
import type { LibraryHandle } from 'koffi';

export type NativeArgument = bigint | number | string | null | NodeJS.TypedArray;
/** Integers come as numbers where they fit, else as bigints; pointers as bigints, NULL as null. */
export type NativeCall = (...args: readonly NativeArgument[]) => bigint | number | null | undefined;

/** C functions by symbol: koffi type names of the result and of the arguments. */
export type Prototypes = Readonly<Record<string, { result: string; args: readonly string[] }>>;
export type NativeFunctions<P extends Prototypes> = { readonly [Symbol in keyof P]: NativeCall };

export type LoadedFunctions<P extends Prototypes> =
  | { functions: NativeFunctions<P> }
  /** `message` null: the library is nowhere; else why one that is there cannot be used. */
  | { functions: null; message: string | null };

/**
 * Loads the first of `paths` that loads and binds every function of `prototypes`; one that lacks a
 * symbol cannot be used. koffi itself is loaded only here, with the first library.
 *
 * Whether a file exists is asked only after it failed to load: macOS keeps its system libraries in a
 * cache, so that most of them load without being on disk.
 */
export async function loadFunctions<P extends Prototypes>(
  paths: readonly string[],
  prototypes: P,
): Promise<LoadedFunctions<P>> {
  const { default: koffi } = await import('koffi');
  let message: string | null = null;
  for (const path of paths) {
    let handle: LibraryHandle;
    try {
      handle = koffi.load(path);
    } catch (error) {
      if (existsSync(path)) message ??= error instanceof Error ? error.message : String(error);
      continue;
    }
    const bound = bind(handle, prototypes);
    if (typeof bound !== 'string') return { functions: bound };
    message ??= `it has no function ${bound}`;
  }
  return { functions: null, message };
}

/** The functions, or the symbol that the library lacks. */
function bind<P extends Prototypes>(handle: LibraryHandle, prototypes: P): NativeFunctions<P> | string {
  const functions: Record<string, NativeCall> = {};
  for (const [symbol, { result, args }] of Object.entries(prototypes)) {
    try {
      functions[symbol] = handle.func(symbol, result, [...args]) as NativeCall;
    } catch {
      return symbol;
    }
  }
  return functions as NativeFunctions<P>;
}

/** A C string in a buffer that the caller owns, ending with NUL. */
export const cString = (text: string): Uint8Array => Buffer.from(`${text}\0`, 'utf8');

/** Text up to the first NUL, or all of it. */
export function textOfBytes(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
}
