import type { ElemType } from '../../../shared/model';
import type { SparseTensor, Tensor } from '../graph';
import { tensorValues } from '../values';
import type { ZeroPoint } from '../zeropoints';

/** The stored tensor that a value holds element by element: an initializer or Constant, maybe seen through a Reshape. */
export interface StoredWeight {
  readonly tensor: Tensor | SparseTensor;
  /** From a DequantizeLinear on the way; null: zero is 0. */
  readonly zeroPoint: ZeroPoint | null;
  /** The elements stand in another order or shape than in the file, so that an axis no longer names the same thing. */
  readonly moved: boolean;
}

/** What is known of one value at one point of the graph. Nothing is ever guessed: what is not certain is null. */
export interface Value {
  readonly shape: readonly number[] | null;
  readonly type: ElemType | null;
  /** The elements in row-major order, kept only where they may decide a shape; bool as 0 and 1. */
  readonly data: readonly number[] | null;
  /** What made the shape unknown, an operator or an input by name; null where it is known. */
  readonly cause: string | null;
  /** The elements of a sequence; null for anything else and where their number is not known. */
  readonly items: readonly Value[] | null;
  /** Absent for everything that is computed. */
  readonly weight?: StoredWeight;
}

/** Values with more elements than this never decide a shape in a real model. */
export const dataCap = 16_384;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** A value of a known shape. Data of another length, or of too many elements, is dropped. */
export function known(
  shape: readonly number[],
  type: ElemType | null,
  data: readonly number[] | null = null,
): Value {
  const fits = data !== null && data.length <= dataCap && data.length === sizeOf(shape);
  return { shape, type, data: fits ? data : null, cause: null, items: null };
}

export function unknown(cause: string, type: ElemType | null = null): Value {
  return { shape: null, type, data: null, cause, items: null };
}

/** Forgets the elements: for values that change from one iteration to the next. */
export function withoutData({ weight: _, ...value }: Value): Value {
  return { ...value, data: null };
}

/** The value of an initializer or Constant; elements only up to a size that can matter. */
export function constantValue(tensor: Tensor): Value {
  const few = isIntegral(tensor.elemType) ? dataCap : 256;
  const value = known(tensor.dims, tensor.elemType, tensorValues(tensor, few));
  return { ...value, weight: { tensor, zeroPoint: null, moved: false } };
}

/** The same of a sparse one; its elements never decide a shape. */
export function sparseValue(tensor: SparseTensor): Value {
  return {
    ...known(tensor.dims, tensor.values.elemType),
    weight: { tensor, zeroPoint: null, moved: false },
  };
}

export function isIntegral(type: ElemType | null): boolean {
  return type !== null && (type === 'bool' || /^u?int\d+$/.test(type));
}

/** Rounds a result to what the type can hold; null where it cannot be told exactly. */
export function representable(x: number, type: ElemType | null): number | null {
  if (type === null || Number.isNaN(x)) return null;
  if (type === 'float32') return Math.fround(x);
  if (type === 'float64') return x;
  if (!isIntegral(type) || !Number.isSafeInteger(x)) return null;
  // Wrap-around is defined differently from runtime to runtime, so a value that does not fit is not known.
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 8);
  const top = 2 ** (type.startsWith('int') ? bits - 1 : bits);
  return x < top && x >= (type.startsWith('int') ? -top : 0) ? x : null;
}

/** Fits all elements or none. */
export function representableAll(xs: readonly number[], type: ElemType | null): number[] | null {
  const out: number[] = [];
  for (const x of xs) {
    const y = representable(x, type);
    if (y === null) return null;
    out.push(y);
  }
  return out;
}

/** Right-aligned broadcasting of ONNX (Broadcasting.md); null where the shapes do not go together. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const at = rank - shape.length + i;
      const d = shape[i]!;
      if (d === 1) continue;
      if (out[at] !== 1 && out[at] !== d) return null;
      out[at] = d;
    }
  }
  return out;
}

/** Row-major strides, 0 along the axes that are broadcast. */
export function stridesFor(shape: readonly number[], out: readonly number[]): number[] {
  const strides = new Array<number>(out.length).fill(0);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1) strides[out.length - shape.length + i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** Calls `visit` with the position of every element of `shape`, in row-major order. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[]) => void): void {
  const total = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let n = 0; n < total; n++) {
    visit(index);
    for (let k = shape.length - 1; k >= 0; k--) {
      if (++index[k]! < shape[k]!) break;
      index[k] = 0;
    }
  }
}

/** Position in flat data of an index, by strides. */
export function at(index: readonly number[], strides: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < index.length; k++) sum += index[k]! * strides[k]!;
  return sum;
}
