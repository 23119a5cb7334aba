import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { LabError } from '../../../shared/errors';
import { modelBytes } from '../../models/writer';
import type { Ort, Session, SessionSettings, Value } from '../../science/tools';
import { arrays, loadPackage, type PackageModule, packageNames } from '../engines/package';
import { plainOrtMessage } from '../plainError';

/**
 * ONNX Runtime for the experiments: sessions that are fed anew in each call. Through the package, whose tensors keep the
 * arrays they were given, so that outputs go back in as inputs without a copy.
 */
export function openOrt(): Ort {
  const ort = loadPackage();
  return {
    version: ort.env.versions.node ?? 'unknown',
    async open(model, settings = {}) {
      if (model instanceof Uint8Array) return sessionOf(ort, await create(ort, model, settings));
      const source = 'path' in model ? model.path : modelBytes(model, { domains: settings.domains });
      return sessionOf(ort, await create(ort, source, settings));
    },
  };
}

async function create(
  ort: PackageModule,
  source: Uint8Array | string,
  { provider = 'cpu', threads = 1 }: SessionSettings,
): Promise<InferenceSession> {
  try {
    const options: InferenceSession.SessionOptions = {
      executionProviders: [packageNames[provider]],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    };
    if (typeof source === 'string') return await ort.InferenceSession.create(source, options);
    return await ort.InferenceSession.create(source, options);
  } catch (thrown) {
    throw new LabError(
      'unsupported',
      `ONNX Runtime does not take this graph on ${provider}: ${wordsOf(thrown)}`,
      provider === 'cpu' ? null : 'Use the provider cpu.',
      thrown,
    );
  }
}

function sessionOf(ort: PackageModule, session: InferenceSession): Session {
  return {
    async run(feeds, outputs) {
      const given = Object.fromEntries(Object.entries(feeds).map(([name, v]) => [name, tensorOf(ort, v)]));
      try {
        const answer = await (outputs ? session.run(given, outputs) : session.run(given));
        return Object.fromEntries(Object.entries(answer).map(([name, t]) => [name, valueFrom(t)]));
      } catch (thrown) {
        const words = plainOrtMessage(wordsOf(thrown));
        throw new LabError('runner_failed', `ONNX Runtime refused a call: ${words}`, null, thrown);
      }
    },
    close: () => session.release(),
  };
}

function tensorOf(ort: PackageModule, { elemType, dims, data }: Value): Tensor {
  return new ort.Tensor(elemType as 'float32', data as Float32Array, dims as number[]);
}

function valueFrom(tensor: Tensor): Value {
  if (!(tensor.type in arrays)) {
    throw new LabError('unsupported', `Outputs of type ${tensor.type} cannot be read here.`);
  }
  return {
    elemType: tensor.type as Value['elemType'],
    dims: tensor.dims,
    data: tensor.data as Value['data'],
  };
}

const wordsOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
