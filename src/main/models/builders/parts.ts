import { createRandom } from '../random';
import { type Attribute, elementCount, type Graph, type GraphNode, type Tensor } from '../writer';

/** What a builder gives: a graph whose weights are generated only while it is written. */
export interface BuiltModel {
  /** e.g. `mlp-1.0M`: the family and the target, two significant digits. */
  name: string;
  family: 'mlp' | 'cnn' | 'decoder' | 'imported';
  /** Text that builds the same file again, byte for byte. */
  recipe: string;
  /** Elements of all initializers, shape constants included: what Netron shows. */
  actualParameters: number;
  graph: Graph;
}

/** Floats generated at a time: 1 MiB. */
const blockFloats = 1 << 18;

/**
 * Float32 weights uniform in (-bound, bound), never exactly 0, from a stream of their own per seed and name.
 * They are random throughout and not a repeated block: ONNX Runtime shares equal packed weights, and a model with
 * repeated ones would look smaller in memory than it is.
 */
export function weight(seed: number, name: string, dims: readonly number[], bound: number): Tensor {
  return {
    name,
    elemType: 'float32',
    dims,
    *data() {
      const random = createRandom(seed, name);
      const block = new Float32Array(Math.min(blockFloats, elementCount(dims)));
      for (let left = elementCount(dims); left > 0; left -= block.length) {
        const part = block.subarray(0, Math.min(left, block.length));
        random.fillSymmetric(part, bound);
        yield new Uint8Array(part.buffer, 0, part.byteLength);
      }
    },
  };
}

/** Bound of a uniform distribution with variance `gain`² / `fanIn`; gain √2 before a ReLU (He et al. 2015, eq. 10). */
export function uniformBound(fanIn: number, gain: number): number {
  return gain * Math.sqrt(3 / fanIn);
}

/** A float32 tensor with every element given; a scalar for `dims` []. */
export function floats(name: string, dims: readonly number[], values: readonly number[]): Tensor {
  return { name, elemType: 'float32', dims, data: Float32Array.from(values) };
}

/** An int64 tensor, rank 1 unless `dims` says otherwise. */
export function integers(name: string, values: readonly number[], dims = [values.length]): Tensor {
  return { name, elemType: 'int64', dims, data: BigInt64Array.from(values.map(BigInt)) };
}

/** A node with one output. */
export function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Record<string, Attribute> = {},
): GraphNode {
  return { op, inputs, outputs: [output], attributes };
}

/** Elements of all tensors together. */
export function elementsOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((n, tensor) => n + elementCount(tensor.dims), 0);
}

/** Largest power of two up to `x`, within [1, most]: widths are multiples of it, as kernels like them. */
export function alignment(x: number, most: number): number {
  return x < 1 ? 1 : Math.min(most, 2 ** Math.floor(Math.log2(x)));
}

/** The multiple of `step` nearest to `x`, at least one step. */
export function toMultiple(x: number, step: number): number {
  return Math.max(step, Math.round(x / step) * step);
}

/**
 * The width (a multiple of `step`) that brings the parameters nearest to the target, for a graph whose parameters
 * grow linearly with that width.
 */
export function solveWidth(target: number, step: number, parametersAt: (width: number) => number): number {
  const one = parametersAt(1);
  const slope = parametersAt(2) - one;
  return toMultiple(1 + (target - one) / slope, step);
}
