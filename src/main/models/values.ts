import type { ElemType } from '../../shared/model';
import { elemBits } from '../../shared/model';
import type { Tensor } from './graph';
import { bfloat16Value, float16Value } from './half';
import { WireMessage } from './protobuf';
import { typedField } from './tensor';

function readRaw(elemType: ElemType, bytes: Uint8Array, count: number): number[] | null {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = (read: (i: number) => number) => Array.from({ length: count }, (_, i) => read(i));
  switch (elemType) {
    case 'float32':
      return each((i) => v.getFloat32(4 * i, true));
    case 'float64':
      return each((i) => v.getFloat64(8 * i, true));
    case 'float16':
      return each((i) => float16Value(v.getUint16(2 * i, true)));
    case 'bfloat16':
      return each((i) => bfloat16Value(v.getUint16(2 * i, true)));
    case 'int64':
      return each((i) => Number(v.getBigInt64(8 * i, true)));
    case 'uint64':
      return each((i) => Number(v.getBigUint64(8 * i, true)));
    case 'int32':
      return each((i) => v.getInt32(4 * i, true));
    case 'uint32':
      return each((i) => v.getUint32(4 * i, true));
    case 'int16':
      return each((i) => v.getInt16(2 * i, true));
    case 'uint16':
      return each((i) => v.getUint16(2 * i, true));
    case 'int8':
      return each((i) => v.getInt8(i));
    case 'uint8':
    case 'bool':
      return each((i) => v.getUint8(i));
    case 'uint4':
      return each((i) => (bytes[i >> 1]! >> (4 * (i & 1))) & 15);
    case 'int4':
      return each((i) => ((((bytes[i >> 1]! >> (4 * (i & 1))) & 15) ^ 8) - 8) | 0);
    default:
      return null;
  }
}

/** float_data and double_data are little-endian in the file already: their bytes are joined, not decoded. */
function joinFloats(message: Uint8Array, field: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const m = new WireMessage(message);
  while (m.next()) if (m.field === field) parts.push(m.payload());
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Little-endian payload bytes of typed fields, as raw_data would hold them; null for strings. */
export function typedAsRaw(tensor: Tensor): Uint8Array | null {
  if (tensor.payload.kind !== 'typed') return null;
  const bits = elemBits[tensor.elemType];
  if (bits === undefined) return null;
  const { field } = typedField(tensor.elemType, tensor.elements);
  if (field === 4 || field === 10) return joinFloats(tensor.payload.message, field);
  const ints: bigint[] = [];
  const m = new WireMessage(tensor.payload.message);
  while (m.next()) if (m.field === field) m.appendInts(ints);
  const width = Math.max(1, bits / 8);
  const out = new Uint8Array(ints.length * width);
  const view = new DataView(out.buffer);
  ints.forEach((x, i) => {
    if (width === 8) view.setBigInt64(8 * i, x, true);
    else if (width === 4) view.setUint32(4 * i, Number(BigInt.asUintN(32, x)), true);
    else if (width === 2) view.setUint16(2 * i, Number(BigInt.asUintN(16, x)), true);
    else out[i] = Number(BigInt.asUintN(8, x));
  });
  return out;
}

/**
 * Elements of a small numeric tensor as numbers (bool as 0 and 1; int64 beyond 2^53 rounded).
 * Null where the payload is external, larger than `cap` elements, or of a type without plain numbers.
 */
export function tensorValues(tensor: Tensor, cap = 65_536): number[] | null {
  if (tensor.elements > cap) return null;
  if (tensor.payload.kind === 'raw') return readRaw(tensor.elemType, tensor.payload.bytes, tensor.elements);
  const raw = typedAsRaw(tensor);
  return raw === null ? null : readRaw(tensor.elemType, raw, tensor.elements);
}
