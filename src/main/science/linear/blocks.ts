import { type Matrix, matrix } from './matrix';

/** Sizes of a block: `inputs` rows by `outputs` columns. */
export interface BlockShape {
  inputs: number;
  outputs: number;
}

/** A block-sparse matrix: each block of outputs reads the same number of blocks of inputs. */
export interface BlockMatrix {
  rows: number;
  cols: number;
  shape: BlockShape;
  /** Blocks of inputs and of outputs, the last ones filled up with zeros where the sizes do not divide. */
  inputBlocks: number;
  outputBlocks: number;
  /** Blocks that each block of outputs reads. */
  kept: number;
  /** [outputBlocks, kept]: numbers of input blocks, rising. */
  index: Int32Array;
  /** [outputBlocks, kept · shape.inputs, shape.outputs]. */
  weights: Float32Array;
}

/**
 * Keeps, for each block of outputs, the `kept` blocks of inputs with the largest norm; the rest counts as zero.
 * @throws RangeError for `kept` outside 1 … number of input blocks
 */
export function packBlocks(m: Matrix, shape: BlockShape, kept: number): BlockMatrix {
  const inputBlocks = Math.ceil(m.rows / shape.inputs);
  const outputBlocks = Math.ceil(m.cols / shape.outputs);
  if (!(Number.isInteger(kept) && kept >= 1 && kept <= inputBlocks)) {
    throw new RangeError(`${kept} blocks of ${inputBlocks} cannot be kept`);
  }
  const norms = blockNorms(m, shape, inputBlocks, outputBlocks);
  const index = new Int32Array(outputBlocks * kept);
  for (let o = 0; o < outputBlocks; o++) {
    const order = Array.from({ length: inputBlocks }, (_, i) => i);
    order.sort((a, b) => norms[o * inputBlocks + b]! - norms[o * inputBlocks + a]! || a - b);
    index.set(
      order.slice(0, kept).sort((a, b) => a - b),
      o * kept,
    );
  }
  return gatherBlocks(m, shape, index, kept);
}

/** Cuts the blocks that `index` [outputBlocks, kept] names out of a matrix. */
export function gatherBlocks(m: Matrix, shape: BlockShape, index: Int32Array, kept: number): BlockMatrix {
  const inputBlocks = Math.ceil(m.rows / shape.inputs);
  const outputBlocks = index.length / kept;
  const weights = new Float32Array(index.length * shape.inputs * shape.outputs);
  eachKept({ index, kept, shape, rows: m.rows, cols: m.cols }, (packed, dense, length) =>
    weights.set(m.data.subarray(dense, dense + length), packed),
  );
  return { rows: m.rows, cols: m.cols, shape, inputBlocks, outputBlocks, kept, index, weights };
}

/** The dense matrix that a block-sparse one stands for: zero where no block is. */
export function unpackBlocks(b: BlockMatrix): Matrix {
  const data = new Float32Array(b.rows * b.cols);
  eachKept(b, (packed, dense, length) => data.set(b.weights.subarray(packed, packed + length), dense));
  return matrix(b.rows, b.cols, data);
}

/** Calls back with each run of weights within a block: where it lies packed, where dense, and its length. */
function eachKept(
  { index, kept, shape, rows, cols }: Pick<BlockMatrix, 'index' | 'kept' | 'shape' | 'rows' | 'cols'>,
  at: (packed: number, dense: number, length: number) => void,
): void {
  for (let slot = 0; slot < index.length; slot++) {
    const firstCol = Math.floor(slot / kept) * shape.outputs;
    const length = Math.min(shape.outputs, cols - firstCol);
    for (let i = 0; i < shape.inputs; i++) {
      const row = index[slot]! * shape.inputs + i;
      if (row < rows) at((slot * shape.inputs + i) * shape.outputs, row * cols + firstCol, length);
    }
  }
}

function blockNorms(m: Matrix, shape: BlockShape, inputBlocks: number, outputBlocks: number): Float64Array {
  const norms = new Float64Array(outputBlocks * inputBlocks);
  for (let k = 0; k < m.rows; k++) {
    const i = Math.floor(k / shape.inputs);
    for (let j = 0; j < m.cols; j++) {
      norms[Math.floor(j / shape.outputs) * inputBlocks + i]! += m.data[k * m.cols + j]! ** 2;
    }
  }
  return norms;
}
