import { type Matrix, matrix } from './matrix';

/** A matrix as int8 codes with one scale per column: w[k, j] ≈ scale[j]·q[k, j]. */
export interface Int8Matrix {
  rows: number;
  cols: number;
  /** [rows, cols], −levels … levels. */
  q: Int8Array;
  /** [cols], positive. */
  scale: Float32Array;
}

/**
 * Symmetric per column: scale = max|w| / levels. `levels` 127 uses all 8 bits; 63 leaves a bit free for processors
 * whose 8-bit products add up pairwise in 16 bits and saturate (x86 before VNNI).
 * Source: Wu et al., arXiv 2004.09602, section 3; guide of the experiments, section 12.
 */
export function quantiseInt8({ rows, cols, data }: Matrix, levels: 127 | 63 = 127): Int8Matrix {
  const scale = new Float32Array(cols);
  for (let i = 0; i < data.length; i++) {
    const j = i % cols;
    scale[j] = Math.max(scale[j]!, Math.abs(data[i]!));
  }
  for (let j = 0; j < cols; j++) scale[j] = scale[j]! > 0 ? scale[j]! / levels : 1;
  const q = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    q[i] = Math.max(-levels, Math.min(levels, Math.round(data[i]! / scale[i % cols]!)));
  }
  return { rows, cols, q, scale };
}

export function dequantiseInt8({ rows, cols, q, scale }: Int8Matrix): Matrix {
  return matrix(
    rows,
    cols,
    Float32Array.from(q, (code, i) => code * scale[i % cols]!),
  );
}

/** A matrix as 4-bit codes in blocks along the inputs, laid out as com.microsoft.MatMulNBits reads them. */
export interface Int4Matrix {
  rows: number;
  cols: number;
  blockSize: number;
  /** ceil(rows / blockSize); the last one is filled up with zeros. */
  blocks: number;
  /** [cols, blocks, blockSize / 2], the lower half byte first, zero point 8. */
  q: Uint8Array;
  /** [cols · blocks]. */
  scale: Float32Array;
}

/**
 * One scale per column and block: the value of largest magnitude takes the code −8, the end of the range that has one
 * more. Source: ONNX Runtime, MatMulNBits; guide of the experiments, section 12.
 * @throws RangeError for a block size that is no power of two from 16
 */
export function quantiseInt4({ rows, cols, data }: Matrix, blockSize = 32): Int4Matrix {
  if (blockSize < 16 || !Number.isInteger(Math.log2(blockSize))) {
    throw new RangeError(`a block of ${blockSize}: MatMulNBits takes powers of two from 16`);
  }
  const blocks = Math.ceil(rows / blockSize);
  const q = new Uint8Array((cols * blocks * blockSize) / 2);
  const scale = new Float32Array(cols * blocks);
  for (let j = 0; j < cols; j++) {
    for (let b = 0; b < blocks; b++) {
      const first = b * blockSize;
      const end = Math.min(rows, first + blockSize);
      let largest = 0;
      for (let k = first; k < end; k++) {
        const w = data[k * cols + j]!;
        if (Math.abs(w) > Math.abs(largest)) largest = w;
      }
      const s = Math.fround(largest / -8);
      scale[j * blocks + b] = s === 0 ? 1 : s;
      for (let k = first; k < first + blockSize; k++) {
        const w = k < end && s !== 0 ? data[k * cols + j]! / s : 0;
        const code = Math.max(0, Math.min(15, Math.round(w) + 8));
        const at = ((j * blocks + b) * blockSize + (k - first)) >> 1;
        q[at]! |= k % 2 === 0 ? code : code << 4;
      }
    }
  }
  return { rows, cols, blockSize, blocks, q, scale };
}

export function dequantiseInt4({ rows, cols, blockSize, blocks, q, scale }: Int4Matrix): Matrix {
  const out = new Float32Array(rows * cols);
  for (let j = 0; j < cols; j++) {
    for (let k = 0; k < rows; k++) {
      const at = j * blocks * blockSize + k;
      const code = k % 2 === 0 ? q[at >> 1]! & 15 : q[at >> 1]! >> 4;
      out[k * cols + j] = (code - 8) * scale[j * blocks + Math.floor(k / blockSize)]!;
    }
  }
  return matrix(rows, cols, out);
}
