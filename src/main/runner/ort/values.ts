import koffi from 'koffi';
import { elemTypes } from '../../../shared/model';
import type { OutputValue } from '../engines/engine';
import { bitsPerElement } from '../outputs';
import type { OrtApi, Pointer } from './api';

const ONNX_TYPE_TENSOR = 1;

/** Copies an output OrtValue out of native memory. Non-tensors and strings come without bytes. */
export function readOutput(api: OrtApi, name: string, value: Pointer): OutputValue {
  const kind: [number] = [0];
  api.check(
    api.bind<(v: Pointer, out: [number]) => unknown>('GetValueType', 'void *(void *, _Out_ int *)')(
      value,
      kind,
    ),
  );
  if (kind[0] !== ONNX_TYPE_TENSOR) return { name, elemType: 'non-tensor', shape: [], bytes: null };

  const info = api.made((out) =>
    api.bind<(v: Pointer, out: [unknown]) => unknown>(
      'GetTensorTypeAndShape',
      'void *(void *, _Out_ void **)',
    )(value, out),
  );
  const type: [number] = [0];
  api.check(
    api.bind<(i: Pointer, out: [number]) => unknown>('GetTensorElementType', 'void *(void *, _Out_ int *)')(
      info,
      type,
    ),
  );
  const rank: [number | bigint] = [0];
  api.check(
    api.bind<(i: Pointer, out: [number | bigint]) => unknown>(
      'GetDimensionsCount',
      'void *(void *, _Out_ size_t *)',
    )(info, rank),
  );
  const dims = new BigInt64Array(Number(rank[0]));
  if (dims.length > 0) {
    api.check(
      api.bind<(i: Pointer, d: BigInt64Array, n: number) => unknown>(
        'GetDimensions',
        'void *(void *, int64_t *, size_t)',
      )(info, dims, dims.length),
    );
  }
  api.bind<(i: Pointer) => void>('ReleaseTensorTypeAndShapeInfo', 'void(void *)')(info);

  const shape = Array.from(dims, Number);
  const elemType = elemTypes[type[0]] ?? `unknown(${type[0]})`;
  const bits = bitsPerElement(elemType);
  const bytes = bits === null ? null : Math.ceil((shape.reduce((a, b) => a * b, 1) * bits) / 8);
  if (bytes === null || bytes === 0)
    return { name, elemType, shape, bytes: bytes === 0 ? new Uint8Array(0) : null };
  const data = api.made((out) =>
    api.bind<(v: Pointer, out: [unknown]) => unknown>(
      'GetTensorMutableData',
      'void *(void *, _Out_ void **)',
    )(value, out),
  );
  return { name, elemType, shape, bytes: new Uint8Array(koffi.view(data, bytes)).slice() };
}
