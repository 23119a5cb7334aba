import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { LabError } from '../../../shared/errors';
import { elemTypes } from '../../../shared/model';
import type { Provider } from '../../../shared/plan';
import type { RunFacts } from '../../../shared/run';
import { leftoverPrefix } from '../leftovers';
import { availableProviders, type OrtApi, openOrtApi, type Pointer } from '../ort/api';
import { readAssignment } from '../ort/assignment';
import { enableProfiling, readProfile } from '../ort/profile';
import { appendProvider } from '../ort/provider';
import { optimizationLevels } from '../ort/slots';
import { readOutput } from '../ort/values';
import type { BoundInput, Engine, SessionOptions, TimedSession } from './engine';

/** The default engine: ONNX Runtime's C API, one synchronous call per inference. */
export function openCapiEngine(api: OrtApi = openOrtApi()): Engine {
  return {
    ortVersion: api.version,
    available: availableProviders(api),
    async load(options) {
      const session = createSession(api, options);
      return { bind: (inputs) => bindSession(api, session, inputs, options.provider) };
    },
  };
}

/**
 * Which execution provider each node runs on, from a session of its own that runs the model once under the profiler.
 * For providers other than `cpu`: the runtime's list of assignments leaves out the nodes that a provider takes in its
 * first, layout-changing pass (seen with WebGPU on 1.30.0). Nodes that this inference did not reach are not in it.
 */
export function findAssignment(
  api: OrtApi,
  options: SessionOptions,
  inputs: readonly BoundInput[],
): RunFacts['assignment'] {
  const folder = mkdtempSync(join(tmpdir(), leftoverPrefix(process.pid)));
  try {
    const session = createSession(api, options, (sessionOptions) =>
      enableProfiling(api, sessionOptions, folder),
    );
    const bound = bindSession(api, session, inputs, options.provider);
    try {
      bound.settle(bound.invoke());
      return readProfile(api, session);
    } finally {
      bound.close();
    }
  } finally {
    // Also where the provider could not start, which on most machines is how a look at them ends.
    rmSync(folder, { recursive: true, force: true });
  }
}

function createSession(
  api: OrtApi,
  { modelPath, provider, threads, graphOptimization }: SessionOptions,
  adjust: (options: Pointer) => void = () => {},
): Pointer {
  const { bind, check, made } = api;
  const newOptions = bind<(out: [unknown]) => unknown>('CreateSessionOptions', 'void *(_Out_ void **)');
  const setNumber = 'void *(void *, int)';
  const options = made((out) => newOptions(out));
  check(bind<(o: Pointer, n: number) => unknown>('SetIntraOpNumThreads', setNumber)(options, threads));
  check(bind<(o: Pointer, n: number) => unknown>('SetInterOpNumThreads', setNumber)(options, 1));
  check(
    bind<(o: Pointer, n: number) => unknown>('SetSessionGraphOptimizationLevel', setNumber)(
      options,
      optimizationLevels[graphOptimization],
    ),
  );
  if (provider === 'cpu') {
    const setEntry = bind<(o: Pointer, key: string, value: string) => unknown>(
      'AddSessionConfigEntry',
      'void *(void *, str, str)',
    );
    check(setEntry(options, 'session.record_ep_graph_assignment_info', '1'));
  }
  adjust(options);
  appendProvider(api, options, provider);
  const path = process.platform === 'win32' ? 'str16' : 'str'; // ORTCHAR_T
  const create = bind<(env: Pointer, path: string, o: Pointer, out: [unknown]) => unknown>(
    'CreateSession',
    `void *(void *, ${path}, void *, _Out_ void **)`,
  );
  const session = made((out) => create(api.env, modelPath, options, out));
  bind<(o: Pointer) => void>('ReleaseSessionOptions', 'void(void *)')(options);
  return session;
}

function bindSession(
  api: OrtApi,
  session: Pointer,
  inputs: readonly BoundInput[],
  provider: Provider,
): TimedSession {
  const { bind, check, made } = api;
  const outputNames = namesOf(api, session, 'SessionGetOutputCount', 'SessionGetOutputName');
  const nIn = inputs.length;
  const nOut = outputNames.length;
  const inputNameList = pointerArray(inputs.map((i) => cString(i.name)));
  const outputNameList = pointerArray(outputNames.map(cString));
  const inputList = pointerArray(inputs.map((input) => tensorOf(api, input)));
  // The list of outputs is read and cleared without a call: a typed array over the same native memory.
  const outputList = koffi.alloc('void *', Math.max(1, nOut));
  const outputs = new BigUint64Array(koffi.view(outputList, 8 * Math.max(1, nOut)));
  outputs.fill(0n);

  const run = bind<(...args: unknown[]) => unknown>(
    'Run',
    'void *(void *, void *, void *, void *, size_t, void *, size_t, void *)',
  );
  const release = bind<(value: bigint) => void>('ReleaseValue', 'void(void *)');

  const invoke = () => run(session, null, inputNameList, inputList, nIn, outputNameList, nOut, outputList);
  const settle = (status: unknown) => {
    if (status) check(status);
    for (let k = 0; k < nOut; k++) {
      if (outputs[k] !== 0n) release(outputs[k]);
      outputs[k] = 0n; // null: the runtime allocates again, as a plain C loop does
    }
  };
  return {
    kind: 'sync',
    invoke,
    settle,
    async outputs() {
      check(invoke());
      const values = outputNames.map((name, k) => readOutput(api, name, outputs[k]));
      settle(null);
      return values;
    },
    assignment: () => (provider === 'cpu' ? readAssignment(api, session) : null),
    close: () => bind<(s: Pointer) => void>('ReleaseSession', 'void(void *)')(session),
  };

  function tensorOf(ort: OrtApi, { name, elemType, shape, data }: BoundInput): Pointer {
    const code = elemTypes.indexOf(elemType);
    if (elemType === 'string' || code <= 0) {
      throw new LabError(
        'unsupported',
        `Input ${name} is of type ${elemType}, which cannot be made up.`,
        'Measure a model without such inputs.',
      );
    }
    // Native memory: a JavaScript buffer could be moved or collected while the runtime reads it. 64-byte aligned like
    // ONNX Runtime's own allocations, so that vector loads cost the same.
    const room = koffi.alloc('uint8_t', data.byteLength + 64);
    const skip = Number((64n - (koffi.address(room) % 64n)) % 64n);
    new Uint8Array(koffi.view(room, data.byteLength + 64)).set(data, skip);
    const memory = made((out) =>
      bind<(a: number, t: number, out: [unknown]) => unknown>(
        'CreateCpuMemoryInfo',
        'void *(int, int, _Out_ void **)',
      )(1, 0, out),
    );
    const create = ort.bind<(...args: unknown[]) => unknown>(
      'CreateTensorWithDataAsOrtValue',
      'void *(void *, void *, size_t, int64_t *, size_t, int, _Out_ void **)',
    );
    const dims = BigInt64Array.from(shape, BigInt);
    return made((out) =>
      create(memory, koffi.address(room) + BigInt(skip), data.byteLength, dims, shape.length, code, out),
    );
  }
}

/** Names of the session's inputs or outputs, in order. */
function namesOf(
  api: OrtApi,
  session: Pointer,
  countSlot: 'SessionGetInputCount' | 'SessionGetOutputCount',
  nameSlot: 'SessionGetInputName' | 'SessionGetOutputName',
): string[] {
  const count: [number | bigint] = [0];
  api.check(
    api.bind<(s: Pointer, out: [number | bigint]) => unknown>(countSlot, 'void *(void *, _Out_ size_t *)')(
      session,
      count,
    ),
  );
  const allocator = api.made((out) =>
    api.bind<(out: [unknown]) => unknown>('GetAllocatorWithDefaultOptions', 'void *(_Out_ void **)')(out),
  );
  const name = api.bind<(s: Pointer, i: number, a: Pointer, out: [unknown]) => unknown>(
    nameSlot,
    'void *(void *, size_t, void *, _Out_ str *)',
  );
  return Array.from({ length: Number(count[0]) }, (_, i) => {
    const out: [unknown] = [null];
    api.check(name(session, i, allocator, out));
    return out[0] as string;
  });
}

function cString(text: string): Pointer {
  const bytes = Buffer.from(`${text}\0`, 'utf8');
  const room = koffi.alloc('char', bytes.length);
  new Uint8Array(koffi.view(room, bytes.length)).set(bytes);
  return koffi.address(room);
}

function pointerArray(list: readonly Pointer[]): Pointer {
  const room = koffi.alloc('void *', Math.max(1, list.length));
  new BigUint64Array(koffi.view(room, 8 * Math.max(1, list.length))).set(list);
  return koffi.address(room);
}
