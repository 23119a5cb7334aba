import koffi from 'koffi';
import { LabError } from '../../../shared/errors';
import { ortLibraryPath } from './library';
import { API_VERSION, LOG_ERROR, SLOT_COUNT, slots } from './slots';

/** A native address; koffi hands pointers out as BigInt, null pointers as null. */
export type Pointer = bigint;

export interface OrtApi {
  readonly version: string;
  readonly env: Pointer;
  /** Binds the function at a slot to a C signature (`void *` result = OrtStatus*, null when all is well). */
  bind<F extends (...args: never[]) => unknown>(slot: keyof typeof slots, signature: string): F;
  /** Throws LabError `runner_failed` with ONNX Runtime's own message, and frees the status. */
  check(status: unknown): void;
  /** Calls a function whose last parameter is an out-pointer and returns what it made. */
  made(call: (out: [unknown]) => unknown): Pointer;
}

let signatures = 0;
/**
 * Handles of loaded libraries, held for the life of the process: koffi unloads a library when its handle is collected,
 * and functions bound by address, as all of OrtApi are, do not hold it. Without this a garbage collection in the middle
 * of a run pulled ONNX Runtime out from under it (SIGSEGV; 3 of 3 runs with a collection forced every 0.2 ms).
 */
const loadedLibraries: unknown[] = [];

/**
 * ONNX Runtime's C API through koffi, on the library that onnxruntime-node ships. One environment per process.
 * Source: onnxruntime_c_api.h, `OrtGetApiBase()->GetApi(24)`.
 */
export function openOrtApi(libraryPath = ortLibraryPath()): OrtApi {
  const library = koffi.load(libraryPath);
  loadedLibraries.push(library);
  const base = library.func('void *OrtGetApiBase()')();
  const [getApi, getVersion] = koffi.decode(base, 'void *', 2);
  const version = koffi.decode(getVersion, koffi.proto(`str OrtVersion${signatures++}()`))() as string;
  const address = koffi.decode(getApi, koffi.proto(`void *OrtGetApi${signatures++}(uint32_t)`))(API_VERSION);
  if (!address) {
    throw new LabError(
      'unsupported',
      `ONNX Runtime ${version} does not offer API version ${API_VERSION}.`,
      'Install the packages again with npm ci.',
    );
  }
  const table = koffi.decode(address, 'void *', SLOT_COUNT) as Pointer[];

  const bind = <F>(slot: keyof typeof slots, signature: string): F => {
    const named = signature.replace('(', ` Ort${slot}${signatures++}(`);
    return koffi.decode(table[slots[slot]], koffi.proto(named)) as F;
  };
  const message = bind<(status: unknown) => string>('GetErrorMessage', 'str(void *)');
  const releaseStatus = bind<(status: unknown) => void>('ReleaseStatus', 'void(void *)');
  const check = (status: unknown): void => {
    if (!status) return;
    const text = message(status);
    releaseStatus(status);
    throw new LabError('runner_failed', text);
  };
  const made = (call: (out: [unknown]) => unknown): Pointer => {
    const out: [unknown] = [null];
    check(call(out));
    return out[0] as Pointer;
  };

  const createEnv = bind<(level: number, id: string, out: [unknown]) => unknown>(
    'CreateEnv',
    'void *(int, str, _Out_ void **)',
  );
  const env = made((out) => createEnv(LOG_ERROR, 'thirty-watts', out));
  // Nothing leaves the machine: the Windows builds of ONNX Runtime carry telemetry, so it is off before any session.
  check(bind<(env: Pointer) => unknown>('DisableTelemetryEvents', 'void *(void *)')(env));
  return { version, env, bind, check, made };
}

/** Execution providers compiled into the library, by ONNX Runtime's own names. */
export function availableProviders(api: OrtApi): string[] {
  const list: [unknown] = [null];
  const count: [number] = [0];
  api.check(
    api.bind<(list: [unknown], n: [number]) => unknown>(
      'GetAvailableProviders',
      'void *(_Out_ void **, _Out_ int *)',
    )(list, count),
  );
  return koffi.decode(list[0], 'str', count[0]) as string[];
}
