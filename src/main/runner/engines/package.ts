import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { LabError } from '../../../shared/errors';
import type { Provider } from '../../../shared/plan';
import type { BoundInput, Engine, OutputValue, SessionOptions, TimedSession } from './engine';

export type PackageModule = typeof import('onnxruntime-node');

/** Names that `executionProviders` takes. */
export const packageNames: Readonly<Record<Provider, string>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  dml: 'dml',
  coreml: 'coreml',
};

/** Typed arrays that carry each type across the package's binding; float16 as its bits (see loadPackage). */
export const arrays = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
} as const;

/**
 * Loads onnxruntime-node with its float16 type map on Uint16Array. With `Float16Array` present (Node 24) the package
 * refuses every float16 input with "not enough space" (microsoft/onnxruntime#32323), so it is hidden while the map is built.
 */
export function loadPackage(): PackageModule {
  const scope = globalThis as { Float16Array?: unknown };
  const hidden = scope.Float16Array;
  delete scope.Float16Array;
  try {
    const ort = createRequire(__filename)('onnxruntime-node') as PackageModule;
    new ort.Tensor('float32', new Float32Array(1), [1]);
    return ort;
  } finally {
    if (hidden)
      Object.defineProperty(globalThis, 'Float16Array', {
        value: hidden,
        writable: true,
        configurable: true,
      });
  }
}

/** The second engine: `session.run` of onnxruntime-node, what a JavaScript program would see. */
export function openPackageEngine(): Engine {
  const ort = loadPackage();
  return {
    ortVersion: ort.env.versions.node ?? 'unknown',
    available: null,
    async load(options) {
      const session = await ort.InferenceSession.create(options.modelPath, sessionOptions(options));
      return { bind: (inputs) => bindSession(ort, session, inputs) };
    },
  };
}

function sessionOptions({
  provider,
  threads,
  graphOptimization,
}: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: [packageNames[provider]],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: graphOptimization,
    logSeverityLevel: 3,
  };
}

function bindSession(
  ort: PackageModule,
  session: InferenceSession,
  inputs: readonly BoundInput[],
): TimedSession {
  const feeds: Record<string, Tensor> = Object.fromEntries(
    inputs.map((input) => [input.name, tensorOf(ort, input)]),
  );
  return {
    kind: 'async',
    invoke: () => session.run(feeds),
    settle: () => {},
    async outputs(): Promise<OutputValue[]> {
      const result = await session.run(feeds);
      return session.outputNames.map((name) => {
        const { type, dims, data } = result[name];
        const bytes = Array.isArray(data)
          ? null
          : new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
        return { name, elemType: type, shape: [...dims], bytes };
      });
    },
    assignment: () => null,
    close: () => void session.release(),
  };
}

function tensorOf(ort: PackageModule, { name, elemType, shape, data }: BoundInput): Tensor {
  const Kind = arrays[elemType as keyof typeof arrays];
  if (!Kind) {
    throw new LabError(
      'unsupported',
      `The package's session.run cannot carry input ${name} of type ${elemType}.`,
      'Measure this model with the default engine (--engine capi).',
    );
  }
  const aligned = data.slice().buffer;
  return new ort.Tensor(elemType as 'float32', new Kind(aligned) as Float32Array, shape as number[]);
}
