import { createHash } from 'node:crypto';
import { type ElemType, elemBits } from '../../shared/model';
import type { RunFacts } from '../../shared/run';
import type { OutputValue } from './engines/engine';

/** Bits per element of an ONNX type; null for strings and types that the lab does not know. */
export function bitsPerElement(elemType: string): number | null {
  return elemBits[elemType as ElemType] ?? null;
}

/** NaN and infinite elements of a floating-point payload; null for types that cannot hold them. */
export function countNonFinite(elemType: string, bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = (step: number, bad: (at: number) => boolean) => {
    let n = 0;
    for (let at = 0; at + step <= bytes.byteLength; at += step) if (bad(at)) n += 1;
    return n;
  };
  if (elemType === 'float32') return count(4, (at) => !Number.isFinite(view.getFloat32(at, true)));
  if (elemType === 'float64') return count(8, (at) => !Number.isFinite(view.getFloat64(at, true)));
  // All exponent bits set: infinity or NaN (IEEE 754 binary16, bfloat16).
  if (elemType === 'float16') return count(2, (at) => (view.getUint16(at, true) & 0x7c00) === 0x7c00);
  if (elemType === 'bfloat16') return count(2, (at) => (view.getUint16(at, true) & 0x7f80) === 0x7f80);
  return null;
}

/** What is stored of the outputs of one inference: shapes, a hash over all payloads, the count of non-finite values. */
export function describeOutputs(values: readonly OutputValue[]): {
  outputs: NonNullable<RunFacts['outputs']>;
  sha256: string;
} {
  const hash = createHash('sha256');
  const outputs = values.map(({ name, elemType, shape, bytes }) => {
    hash.update(`${name}\0${elemType}\0${shape.join()}\0`);
    if (bytes) hash.update(bytes);
    return { name, elemType, shape, nonFinite: bytes ? countNonFinite(elemType, bytes) : null };
  });
  return { outputs, sha256: hash.digest('hex') };
}
