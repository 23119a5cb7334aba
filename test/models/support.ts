import { type ElemType, elemTypes } from '../../src/shared/model';

/**
 * Writes ONNX byte by byte, wrong things included: everything the product's own writer would never produce.
 * Field numbers are those of onnx.proto3.
 */

const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  return Uint8Array.from(out);
}

export type FieldValue = number | bigint | string | Uint8Array;

/** One field: numbers as varints, texts and bytes with their length. */
export function field(number: number, value: FieldValue): Uint8Array {
  if (typeof value === 'number' || typeof value === 'bigint')
    return join([varint(number * 8), varint(value)]);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return join([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

const many = (number: number, values: readonly FieldValue[]) => join(values.map((v) => field(number, v)));
const bytesOf = (a: ArrayBufferView) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);

export const f32 = (...xs: number[]) => bytesOf(Float32Array.from(xs));
export const f64 = (...xs: number[]) => bytesOf(Float64Array.from(xs));
export const i32 = (...xs: number[]) => bytesOf(Int32Array.from(xs));
export const i64 = (...xs: (number | bigint)[]) => bytesOf(BigInt64Array.from(xs.map(BigInt)));
export const u16 = (...xs: number[]) => bytesOf(Uint16Array.from(xs));
export const u8 = (...xs: number[]) => Uint8Array.from(xs);

const code = (type: ElemType) => elemTypes.indexOf(type);

export interface TensorParts {
  raw?: Uint8Array;
  /** Typed field number and its packed content. */
  typed?: [field: number, packed: Uint8Array];
  strings?: readonly string[];
  external?: Readonly<Record<string, string | number>>;
}

export function tensor(name: string, type: ElemType, dims: readonly (number | bigint)[], parts: TensorParts) {
  const { raw, typed, strings, external } = parts;
  return join([
    many(1, dims),
    field(2, code(type)),
    name ? field(8, name) : u8(),
    raw ? field(9, raw) : u8(),
    typed ? field(...typed) : u8(),
    many(6, strings ?? []),
    many(
      13,
      Object.entries(external ?? {}).map(([k, v]) => join([field(1, k), field(2, String(v))])),
    ),
    external ? field(14, 1) : u8(),
  ]);
}

/** A float tensor of ones, or of the values given. */
export function weights(name: string, dims: readonly number[], values?: readonly number[]): Uint8Array {
  const n = dims.reduce((a, b) => a * b, 1);
  return tensor(name, 'float32', dims, { raw: f32(...(values ?? new Array<number>(n).fill(1))) });
}

export function sparse(values: Uint8Array, indices: Uint8Array, dims: readonly number[]): Uint8Array {
  return join([field(1, values), field(2, indices), many(3, dims)]);
}

export const attribute = {
  int: (name: string, value: number | bigint) => join([field(1, name), field(3, value), field(20, 2)]),
  ints: (name: string, values: readonly number[]) => join([field(1, name), many(8, values), field(20, 7)]),
  text: (name: string, value: string) => join([field(1, name), field(4, value), field(20, 3)]),
  tensor: (name: string, value: Uint8Array) => join([field(1, name), field(5, value), field(20, 4)]),
  graph: (name: string, value: Uint8Array) => join([field(1, name), field(6, value), field(20, 5)]),
  sparse: (name: string, value: Uint8Array) => join([field(1, name), field(22, value), field(20, 11)]),
  reference: (name: string, of: string, type: number) =>
    join([field(1, name), field(20, type), field(21, of)]),
};

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Uint8Array[] = [],
  domain = '',
): Uint8Array {
  return join([
    many(1, inputs),
    many(2, outputs),
    field(4, op),
    many(5, attributes),
    domain ? field(7, domain) : u8(),
  ]);
}

export const constant = (output: string, value: Uint8Array) =>
  node('Constant', [], [output], [attribute.tensor('value', value)]);

export function port(
  name: string,
  type: ElemType = 'float32',
  shape: readonly (number | string | null)[] = [],
) {
  const dims = shape.map((d) => (d === null ? u8() : field(typeof d === 'number' ? 1 : 2, d)));
  const tensorType = join([field(1, code(type)), field(2, many(1, dims))]);
  return join([field(1, name), field(2, field(1, tensorType))]);
}

export interface GraphParts {
  nodes: readonly Uint8Array[];
  inputs?: readonly Uint8Array[];
  outputs?: readonly Uint8Array[];
  initializers?: readonly Uint8Array[];
  sparse?: readonly Uint8Array[];
}

export function graph(g: GraphParts): Uint8Array {
  return join([
    many(1, g.nodes),
    field(2, 'g'),
    many(5, g.initializers ?? []),
    many(11, g.inputs ?? []),
    many(12, g.outputs ?? []),
    many(15, g.sparse ?? []),
  ]);
}

export function localFunction(
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  nodes: readonly Uint8Array[],
): Uint8Array {
  return join([
    field(1, name),
    many(4, inputs),
    many(5, outputs),
    many(7, nodes),
    field(9, field(2, 17)),
    field(9, join([field(1, 'local'), field(2, 1)])),
    field(10, 'local'),
  ]);
}

/** A whole file, opset 17 and the domains that the tests use. */
export function model(g: GraphParts, functions: readonly Uint8Array[] = [], opset = 17): Uint8Array {
  return join([
    field(1, 8),
    field(2, 'test'),
    field(7, graph(g)),
    field(8, field(2, opset)),
    field(8, join([field(1, 'local'), field(2, 1)])),
    field(8, join([field(1, 'com.microsoft'), field(2, 1)])),
    many(25, functions),
  ]);
}

export { join };
