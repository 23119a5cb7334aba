import { failureOf, LabError } from '../../shared/errors';
import { elemBits } from '../../shared/model';
import type { SparseTensor, Tensor } from './graph';
import { type OpenExternal, streamPayload } from './payload';
import { payloadBytes } from './tensor';
import { tensorValues } from './values';
import type { ZeroPoint } from './zeropoints';

/** Counts the elements of the chunk's first `count` bytes that are not zero; −0 is zero, NaN is not. */
type Counter = (chunk: Uint8Array<ArrayBuffer>, count: number) => number;

const words32 = (chunk: Uint8Array<ArrayBuffer>, count: number) =>
  new Uint32Array(chunk.buffer, 0, count >> 2);
const words16 = (chunk: Uint8Array<ArrayBuffer>, count: number) =>
  new Uint16Array(chunk.buffer, 0, count >> 1);

/** Elements of `width` 32-bit words; `shift` drops the sign bit of each word that is a number's top half. */
function wide(width: 1 | 2 | 4, signs: readonly boolean[]): Counter {
  const masks = signs.map((s) => (s ? 0x7fffffff : 0xffffffff));
  return (chunk, count) => {
    const words = words32(chunk, count);
    let n = 0;
    if (width === 1) {
      const mask = masks[0]!;
      for (let i = 0; i < words.length; i++) n += (words[i]! & mask) !== 0 ? 1 : 0;
      return n;
    }
    for (let i = 0; i < words.length; i += width) {
      let any = 0;
      for (let k = 0; k < width; k++) any |= words[i + k]! & masks[k]!;
      n += any !== 0 ? 1 : 0;
    }
    return n;
  };
}

function halves(mask: number): Counter {
  return (chunk, count) => {
    const words = words16(chunk, count);
    let n = 0;
    for (let i = 0; i < words.length; i++) n += (words[i]! & mask) !== 0 ? 1 : 0;
    return n;
  };
}

function octets(mask: number): Counter {
  return (chunk, count) => {
    let n = 0;
    for (let i = 0; i < count; i++) n += (chunk[i]! & mask) !== 0 ? 1 : 0;
    return n;
  };
}

/** Several elements a byte: looks the count of each byte up.  */
function packed(bits: 2 | 4, mask: number): Counter {
  const table = Uint8Array.from({ length: 256 }, (_, byte) => {
    let n = 0;
    for (let s = 0; s < 8; s += bits) n += ((byte >> s) & mask) !== 0 ? 1 : 0;
    return n;
  });
  return (chunk, count) => {
    let n = 0;
    for (let i = 0; i < count; i++) n += table[chunk[i]!]!;
    return n;
  };
}

function counterOf(tensor: Tensor): Counter | null {
  switch (tensor.elemType) {
    case 'float32':
      return wide(1, [true]);
    case 'int32':
    case 'uint32':
      return wide(1, [false]);
    case 'float64':
      return wide(2, [false, true]);
    case 'int64':
    case 'uint64':
      return wide(2, [false, false]);
    case 'complex64':
      return wide(2, [true, true]);
    case 'complex128':
      return wide(4, [false, true, false, true]);
    case 'float16':
    case 'bfloat16':
      return halves(0x7fff);
    case 'int16':
    case 'uint16':
      return halves(0xffff);
    case 'float8e4m3fn':
    case 'float8e5m2':
      return octets(0x7f);
    // In the "fnuz" types the bits of −0 mean NaN.
    case 'float8e4m3fnuz':
    case 'float8e5m2fnuz':
    case 'int8':
    case 'uint8':
    case 'bool':
      return octets(0xff);
    case 'int4':
    case 'uint4':
      return packed(4, 15);
    case 'float4e2m1':
      return packed(4, 7);
    case 'int2':
    case 'uint2':
      return packed(2, 3);
    default:
      return null;
  }
}

function countPlain(tensor: Tensor, openExternal: OpenExternal): number | null {
  // This type has no zero: its smallest value is 2^-127.
  if (tensor.elemType === 'float8e8m0') return tensor.elements;
  const counter = counterOf(tensor);
  if (counter === null) return tensor.elemType === 'string' ? tensor.elements : null;
  const bits = elemBits[tensor.elemType] ?? 8;
  const lastBits = (tensor.elements * bits) % 8;
  let left = payloadBytes(tensor.elemType, tensor.elements) ?? 0;
  let n = 0;
  const ok = streamPayload(tensor, openExternal, (chunk, count) => {
    left -= count;
    // What the last byte of a packed type carries beside its elements does not count.
    if (left === 0 && lastBits > 0) chunk[count - 1]! &= (1 << lastBits) - 1;
    n += counter(chunk, count);
  });
  return ok ? n : null;
}

/** Finds the zero point of element `i`, given the zero point's elements and its layout. */
function zeroIndex(dims: readonly number[], zp: Extract<ZeroPoint, { kind: 'plain' }>) {
  const values = zp.tensor.elements;
  if (values === 1) return () => 0;
  const axis = zp.axis < 0 ? zp.axis + dims.length : zp.axis;
  const size = dims[axis] ?? 1;
  const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  if (zp.blockSize > 0) {
    const blocks = Math.ceil(size / zp.blockSize);
    return (i: number) => {
      const along = Math.floor(i / inner);
      const block = Math.floor((along % size) / zp.blockSize);
      return (Math.floor(along / size) * blocks + block) * inner + (i % inner);
    };
  }
  return values === size ? (i: number) => Math.floor(i / inner) % size : null;
}

function countQuantised(
  tensor: Tensor,
  zp: Extract<ZeroPoint, { kind: 'plain' }>,
  openExternal: OpenExternal,
): number | null {
  const zeros = tensorValues(zp.tensor, 1 << 26);
  if (zeros === null) return null;
  if (zeros.every((z) => z === 0)) return countPlain(tensor, openExternal);
  const bits = elemBits[tensor.elemType] ?? 0;
  const index = zeroIndex(tensor.dims, zp);
  const integer = /^u?int(2|4|8|16|32)$/.test(tensor.elemType);
  if (index === null || !integer) return null;
  const mask = bits === 32 ? 0xffffffff : (1 << bits) - 1;
  const wanted = zeros.map((z) => (z & mask) >>> 0);
  let i = 0;
  let n = 0;
  const see = (value: number) => {
    if (i < tensor.elements && value !== wanted[index(i)]!) n++;
    i++;
  };
  streamPayload(tensor, openExternal, (chunk, count) => {
    if (bits === 8) for (let k = 0; k < count; k++) see(chunk[k]!);
    else if (bits === 16) for (const w of words16(chunk, count)) see(w);
    else if (bits === 32) for (const w of words32(chunk, count)) see(w);
    else for (let k = 0; k < count; k++) for (let s = 0; s < 8; s += bits) see((chunk[k]! >> s) & mask);
  });
  return n;
}

/**
 * MatMulNBits keeps B as [N, blocks, blockBytes] of uint8: a byte counts as zero when all values in it are the
 * block's zero point, given packed per row or 2^(bits−1) by default. Source: ONNX Runtime, ContribOperators.md.
 */
function countNBits(
  tensor: Tensor,
  zp: Extract<ZeroPoint, { kind: 'packed' }>,
  openExternal: OpenExternal,
): number | null {
  const { bits, blockBytes } = zp;
  const blocks = tensor.dims[1] ?? 0;
  if (![2, 4, 8].includes(bits) || blocks === 0 || tensor.dims[2] !== blockBytes) return null;
  const given = zp.tensor === null ? null : tensorValues(zp.tensor, 1 << 26);
  if (zp.tensor !== null && given === null) return null;
  const rowBytes = Math.ceil((blocks * bits) / 8);
  const repeat = { 2: 0x55, 4: 0x11, 8: 1 }[bits as 2 | 4 | 8];
  const zeroByte = (block: number) => {
    if (given === null) return (1 << (bits - 1)) * repeat;
    const [row, bit] = [Math.floor(block / blocks), (block % blocks) * bits];
    return ((given[row * rowBytes + (bit >> 3)]! >> (bit & 7)) & ((1 << bits) - 1)) * repeat;
  };
  let [i, n, zero] = [0, 0, 0];
  const ok = streamPayload(tensor, openExternal, (chunk, count) => {
    for (let k = 0; k < count; k++, i++) {
      if (i % blockBytes === 0) zero = zeroByte(i / blockBytes);
      n += chunk[k] !== zero ? 1 : 0;
    }
  });
  return ok ? n : null;
}

/**
 * Elements of a tensor that are not zero, or not its zero point where it has one; null where that cannot be said.
 * −0 is zero and NaN is not. Reads the payload in chunks; errors are those of `openExternal`.
 */
export function countNonzero(
  tensor: Tensor,
  zp: ZeroPoint | null,
  openExternal: OpenExternal,
): number | null {
  if (zp === null) return countPlain(tensor, openExternal);
  if (zp.kind === 'unknown') return null;
  if (zp.kind === 'packed') return countNBits(tensor, zp, openExternal);
  return countQuantised(tensor, zp, openExternal);
}

/** Values of MatMulNBits's B that are not the zero point; what fills the last block of a row up does not count. */
function countPackedValues(
  tensor: Tensor,
  zp: Extract<ZeroPoint, { kind: 'packed' }>,
  elements: number,
  openExternal: OpenExternal,
): number | null {
  const { bits, blockBytes } = zp;
  const [rows, blocks] = [tensor.dims[0] ?? 0, tensor.dims[1] ?? 0];
  if (![2, 4, 8].includes(bits) || rows * blocks === 0 || tensor.dims[2] !== blockBytes) return null;
  if (tensor.elemType !== 'uint8' || elements % rows !== 0) return null;
  const depth = elements / rows;
  const perByte = 8 / bits;
  const perRow = blocks * blockBytes;
  if (depth > perRow * perByte) return null;
  const given = zp.tensor === null ? null : tensorValues(zp.tensor, 1 << 26);
  const zeroBytes = Math.ceil((blocks * bits) / 8);
  if (zp.tensor !== null && given?.length !== rows * zeroBytes) return null;
  const mask = (1 << bits) - 1;
  const zeroOf = (row: number, block: number) => {
    if (given === null) return 1 << (bits - 1);
    const bit = block * bits;
    return (given[row * zeroBytes + (bit >> 3)]! >> (bit & 7)) & mask;
  };
  let [i, n, zero] = [0, 0, 0];
  const ok = streamPayload(tensor, openExternal, (chunk, count) => {
    for (let k = 0; k < count; k++, i++) {
      const inRow = i % perRow;
      if (inRow % blockBytes === 0) zero = zeroOf(Math.floor(i / perRow), inRow / blockBytes);
      for (let v = 0; v < perByte && inRow * perByte + v < depth; v++) {
        if (((chunk[k]! >> (v * bits)) & mask) !== zero) n++;
      }
    }
  });
  return ok ? n : null;
}

/**
 * Weights that are not zero, as a product uses them: `elements` of them, packed or not. A text says why they cannot be
 * counted. Errors: none.
 * @param openExternal null: weights beside the model are not read
 */
export function countUsed(
  tensor: Tensor | SparseTensor,
  zp: ZeroPoint | null,
  elements: number,
  openExternal: OpenExternal | null,
): number | string {
  const values = 'indices' in tensor ? tensor.values : tensor;
  if (values.payload.kind === 'external' && openExternal === null) return 'the weights were not read';
  if ('indices' in tensor && zp !== null) return 'a sparse weight has a zero point';
  const open: OpenExternal = (location) => openExternal!(location);
  try {
    if (zp?.kind === 'packed')
      return countPackedValues(values, zp, elements, open) ?? 'their packing is not known';
    if (values === tensor && values.elements !== elements) return 'their packing is not known';
    return countNonzero(values, zp, open) ?? 'the zero point of a weight is not known';
  } catch (thrown) {
    if (thrown instanceof LabError) return failureOf(thrown).message.replace(/\.$/, '');
    throw thrown;
  }
}
