import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * How a column lies in its blob, before zstd: the array type it decodes to, then the layout (all little-endian).
 * `raw`: 8 bytes a value. `u32`: integers from 0 to 2^32 - 1, 4 bytes a value.
 * `gaps`: the first value in 8 bytes, then each step to the next in 4 (integers that never fall or jump by 2^32).
 */
export const codecs = ['f64.raw', 'f64.u32', 'f64.gaps', 'i64.raw', 'i64.gaps'] as const;
export type Codec = (typeof codecs)[number];

export interface EncodedColumn {
  codec: Codec;
  /** Values in the column. */
  n: number;
  /** zstd frame of the layout. */
  bytes: Uint8Array;
}

/** The smallest exact layout, compressed. Every bit pattern survives, -0 and NaN too. */
export function encodeColumn(values: Float64Array | BigInt64Array): EncodedColumn {
  const { codec, layout } = values instanceof Float64Array ? layFloats(values) : layIntegers(values);
  const bytes =
    layout.length <= smallBytes
      ? asItIs(layout)
      : zstdCompressSync(layout, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return { codec, n: values.length, bytes };
}

/** A layout of at most so many bytes is not worth the 10 µs that each call of zstd costs, in and out. */
const smallBytes = 1024;

/** A zstd frame of one uncompressed block (RFC 8878, 3.1.1): what `uncompressed` reads. @param layout below 64 KiB */
function asItIs(layout: Uint8Array): Uint8Array {
  const size = layout.length;
  const block = 8 * size + 1;
  const head = [
    ...[0x28, 0xb5, 0x2f, 0xfd],
    ...(size < 256 ? [0x20, size] : [0x60, (size - 256) & 255, (size - 256) >> 8]),
    ...[block & 255, (block >> 8) & 255, block >> 16],
  ];
  const frame = new Uint8Array(head.length + size);
  frame.set(head);
  frame.set(layout, head.length);
  return frame;
}

/**
 * The column exactly as it was given to encodeColumn.
 * @throws Error if the bytes are no such column; never allocates more than n values need.
 */
export function decodeColumn({ codec, n, bytes }: EncodedColumn): Float64Array | BigInt64Array {
  const size = layoutBytes(codec, n);
  const layout = new Uint8Array(size);
  const unpacked = uncompressed(bytes) ?? zstdDecompressSync(bytes, { maxOutputLength: Math.max(size, 1) });
  if (unpacked.length !== size) throw new Error(`column of ${n} values holds ${unpacked.length} bytes`);
  // A copy of its own: pooled buffers need not be aligned for typed arrays.
  layout.set(unpacked);
  return readLayout(codec, layout.buffer, n);
}

/**
 * What a zstd frame of one uncompressed block holds, as columns of a few values lie; null for every other frame
 * (RFC 8878, 3.1.1). A call of zstd costs some 10 µs, however little there is to unpack.
 */
function uncompressed(frame: Uint8Array): Uint8Array | null {
  if (frame[0] !== 0x28 || frame[1] !== 0xb5 || frame[2] !== 0x2f || frame[3] !== 0xfd) return null;
  // One segment, its size in one byte, or less 256 in two; no checksum and no dictionary.
  const wide = frame[4] === 0x60;
  if (!wide && frame[4] !== 0x20) return null;
  const size = wide ? 256 + frame[5]! + 256 * frame[6]! : frame[5]!;
  const from = wide ? 10 : 9;
  const block = frame[from - 3]! + 256 * frame[from - 2]! + 65_536 * frame[from - 1]!;
  // Bit 0: the last block. Bits 1 and 2: 0, as it is. Then its size.
  return block === 8 * size + 1 && frame.length === from + size ? frame.subarray(from) : null;
}

/** decodeColumn for a column that must hold numbers. */
export function decodeFloats(column: EncodedColumn): Float64Array {
  const values = decodeColumn(column);
  if (!(values instanceof Float64Array)) throw new Error(`codec ${column.codec} where numbers belong`);
  return values;
}

/** decodeColumn for a column that must hold 64-bit integers. */
export function decodeIntegers(column: EncodedColumn): BigInt64Array {
  const values = decodeColumn(column);
  if (!(values instanceof BigInt64Array)) throw new Error(`codec ${column.codec} where integers belong`);
  return values;
}

interface Laid {
  codec: Codec;
  layout: Uint8Array;
}

const limit = 2 ** 32;

const bytesOf = (values: ArrayBufferView) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function layFloats(values: Float64Array): Laid {
  const small = new Uint32Array(values.length);
  // `Object.is` would cost ten times as much; 1 / -0 tells the two zeros apart.
  const fits = values.every((v, i) => {
    small[i] = v;
    return small[i] === v && (v !== 0 || 1 / v > 0);
  });
  if (fits) return { codec: 'f64.u32', layout: bytesOf(small) };
  const gaps = gapsOfFloats(values);
  return gaps ? { codec: 'f64.gaps', layout: gaps } : { codec: 'f64.raw', layout: bytesOf(values) };
}

function gapsOfFloats(values: Float64Array): Uint8Array | null {
  const first = values[0]!;
  if (!Number.isSafeInteger(first) || Object.is(first, -0)) return null;
  const layout = new Uint8Array(layoutBytes('f64.gaps', values.length));
  const gaps = new Uint32Array(values.length - 1);
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    const gap = value - values[i - 1]!;
    if (!Number.isSafeInteger(value) || !(gap >= 0 && gap < limit)) return null;
    if (value === 0 && 1 / value < 0) return null;
    gaps[i - 1] = gap;
  }
  layout.set(new Uint8Array(new Float64Array([first]).buffer));
  layout.set(new Uint8Array(gaps.buffer), 8);
  return layout;
}

function layIntegers(values: BigInt64Array): Laid {
  if (values.length === 0) return { codec: 'i64.raw', layout: bytesOf(values) };
  const layout = new Uint8Array(layoutBytes('i64.gaps', values.length));
  const gaps = new Uint32Array(values.length - 1);
  for (let i = 1; i < values.length; i++) {
    const gap = values[i]! - values[i - 1]!;
    if (gap < 0n || gap >= BigInt(limit)) return { codec: 'i64.raw', layout: bytesOf(values) };
    gaps[i - 1] = Number(gap);
  }
  layout.set(new Uint8Array(new BigInt64Array([values[0]!]).buffer));
  layout.set(new Uint8Array(gaps.buffer), 8);
  return { codec: 'i64.gaps', layout };
}

function layoutBytes(codec: Codec, n: number): number {
  if (codec === 'f64.u32') return 4 * n;
  return codec.endsWith('.gaps') ? 8 + 4 * Math.max(0, n - 1) : 8 * n;
}

function readLayout(codec: Codec, buffer: ArrayBuffer, n: number): Float64Array | BigInt64Array {
  switch (codec) {
    case 'f64.raw':
      return new Float64Array(buffer);
    case 'i64.raw':
      return new BigInt64Array(buffer);
    case 'f64.u32':
      return new Float64Array(new Uint32Array(buffer));
    case 'f64.gaps': {
      const values = new Float64Array(n);
      const gaps = new Uint32Array(buffer, 8);
      values[0] = new Float64Array(buffer, 0, 1)[0]!;
      for (let i = 1; i < n; i++) values[i] = values[i - 1]! + gaps[i - 1]!;
      return values;
    }
    case 'i64.gaps': {
      const values = new BigInt64Array(n);
      const gaps = new Uint32Array(buffer, 8);
      values[0] = new BigInt64Array(buffer, 0, 1)[0]!;
      for (let i = 1; i < n; i++) values[i] = values[i - 1]! + BigInt(gaps[i - 1]!);
      return values;
    }
  }
}
