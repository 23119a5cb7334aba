import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ElemType } from '../../src/shared/model';

/** Runs a model once on the CPU through ONNX Runtime. Only float32 and int64 tensors, which is all builders use. */
export interface Feed {
  elemType: ElemType;
  dims: readonly number[];
  data: Float32Array | BigInt64Array;
}

export interface Result {
  dims: readonly number[];
  data: Float32Array;
}

export async function openModel(model: Uint8Array | string): Promise<InferenceSession> {
  const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  return typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

export async function runModel(
  session: InferenceSession,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Record<string, Result>> {
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, { data, dims }]) => [
      name,
      data instanceof BigInt64Array
        ? new Tensor('int64', data, [...dims])
        : new Tensor('float32', data, [...dims]),
    ]),
  );
  const outputs = await session.run(tensors);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [
      name,
      { dims: tensor.dims, data: tensor.data as Float32Array },
    ]),
  );
}
