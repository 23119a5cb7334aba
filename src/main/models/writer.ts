import { type ElemType, elemTypes } from '../../shared/model';
import { payloadBytes } from './tensor';

/**
 * Writes ONNX files from plain data (onnx.proto3 of ONNX 1.12, field numbers beside each use). Large tensors are
 * produced chunk by chunk while the file is written, so a model of 10^8 parameters needs a few MB of memory.
 */

/** Payload of a tensor, little endian: all at once, or as chunks, each of which is only valid until the next. */
export type TensorData = ArrayBufferView | (() => Iterable<Uint8Array>);

export interface Tensor {
  name: string;
  elemType: ElemType;
  dims: readonly number[];
  data: TensorData;
}

/** An attribute says its type, because protobuf cannot tell 1 from 1.0. */
export type Attribute =
  | { int: number | bigint }
  | { ints: readonly (number | bigint)[] }
  | { float: number }
  | { floats: readonly number[] }
  | { string: string }
  | { tensor: Tensor }
  | { graph: Graph };

export interface GraphNode {
  /** Unique in the graph, as ONNX Runtime wants it; default: that of the first output. */
  name?: string;
  op: string;
  /** '' is an optional input left out. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Attribute>>;
  domain?: string;
}

/** A dimension is a size or the name of a free one. */
export interface GraphPort {
  name: string;
  elemType: ElemType;
  dims: readonly (number | string)[];
}

export interface Graph {
  name: string;
  nodes: readonly GraphNode[];
  initializers: readonly Tensor[];
  inputs: readonly GraphPort[];
  outputs: readonly GraphPort[];
}

export interface WriteOptions {
  /**
   * Version of the default operator set. 17 (ONNX 1.12) has LayerNormalization, and every execution provider of
   * ONNX Runtime 1.30 takes it; newer sets add nothing that the builders use.
   */
  opset?: number;
  irVersion?: number;
  /** Further operator sets, e.g. `{ 'com.microsoft': 1 }`. */
  domains?: Readonly<Record<string, number>>;
  /** Put payloads of 1 KiB and more into this file beside the model; absent: everything inline. */
  externalLocation?: string;
}

export interface EncodedModel {
  /** Size of the .onnx file in bytes. */
  modelBytes: number;
  /** The .onnx file, in order; a chunk is only valid until the next. */
  model(): Iterable<Uint8Array>;
  /** The file beside it, or null when all data is inline. */
  external: { location: string; bytes: number; chunks(): Iterable<Uint8Array> } | null;
}

/** Elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((n, d) => n * d, 1);
}

/** Payload below which external data would only cost: the shapes that a runtime wants to see at load. */
export const inlineBelowBytes = 1024;
/** Windows maps files at multiples of 64 KiB, Linux and macOS at 4 or 16 KiB. */
const externalAlignment = 65536;

/** The bytes of a model, lazily. Same graph and options: same bytes. */
export function encodeModel(graph: Graph, options: WriteOptions = {}): EncodedModel {
  const store = options.externalLocation === undefined ? null : new ExternalStore(options.externalLocation);
  const model = new Message()
    .int(1, options.irVersion ?? 8)
    .text(2, 'thirty-watts')
    .message(7, encodeGraph(graph, store))
    .message(8, operatorSet('', options.opset ?? 17));
  for (const [domain, version] of Object.entries(options.domains ?? {})) {
    model.message(8, operatorSet(domain, version));
  }
  return {
    modelBytes: model.length,
    model: () => model.chunks(),
    external:
      store === null || store.bytes === 0
        ? null
        : { location: store.location, bytes: store.bytes, chunks: () => store.chunks() },
  };
}

/** A small model as one array; for large ones stream `encodeModel`. */
export function modelBytes(graph: Graph, options: WriteOptions = {}): Uint8Array {
  const encoded = encodeModel(graph, options);
  const out = new Uint8Array(encoded.modelBytes);
  let at = 0;
  for (const chunk of encoded.model()) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** Bytes whose number is known before they exist. */
export interface Payload {
  length: number;
  chunks(): Iterable<Uint8Array>;
}

/** A protobuf message under construction: its length is known before its bytes exist. */
export class Message implements Payload {
  length = 0;
  private readonly parts: (Uint8Array | Payload)[] = [];

  private add(part: Uint8Array | Payload): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }

  /** Fields that are written already, as they are. */
  verbatim(part: Uint8Array | Payload): this {
    return this.add(part);
  }

  private varint(value: number | bigint): this {
    // Negative numbers are written as 64-bit two's complement.
    let rest = BigInt.asUintN(64, BigInt(value));
    const out: number[] = [];
    while (rest > 127n) {
      out.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    out.push(Number(rest));
    return this.add(Uint8Array.from(out));
  }

  int(field: number, value: number | bigint): this {
    return this.varint(field << 3).varint(value);
  }

  float(field: number, value: number): this {
    const four = new Uint8Array(4);
    new DataView(four.buffer).setFloat32(0, value, true);
    return this.varint((field << 3) | 5).add(four);
  }

  message(field: number, value: Uint8Array | Payload): this {
    return this.varint((field << 3) | 2)
      .varint(value.length)
      .add(value);
  }

  text(field: number, value: string): this {
    return this.message(field, new TextEncoder().encode(value));
  }

  *chunks(): Iterable<Uint8Array> {
    for (const part of this.parts) {
      if (part instanceof Uint8Array) yield part;
      else yield* part.chunks();
    }
  }
}

/** The file beside a model, as far as it is planned. */
export class ExternalStore {
  bytes = 0;
  private readonly payloads: { offset: number; payload: Payload }[] = [];
  constructor(readonly location: string) {}

  /** Offset of the payload in the file. */
  put(payload: Payload): number {
    const offset = Math.ceil(this.bytes / externalAlignment) * externalAlignment;
    this.payloads.push({ offset, payload });
    this.bytes = offset + payload.length;
    return offset;
  }

  *chunks(): Iterable<Uint8Array> {
    let at = 0;
    for (const { offset, payload } of this.payloads) {
      if (offset > at) yield new Uint8Array(offset - at);
      yield* payload.chunks();
      at = offset + payload.length;
    }
  }
}

function payloadOf(tensor: Tensor): Payload {
  const { data, name } = tensor;
  const length = payloadBytes(tensor.elemType, elementCount(tensor.dims));
  if (length === null) throw new RangeError(`tensor ${name}: ${tensor.elemType} has no fixed element size`);
  if (typeof data !== 'function') {
    if (data.byteLength !== length) {
      throw new RangeError(`tensor ${name}: ${data.byteLength} bytes, its shape needs ${length}`);
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { length, chunks: () => [bytes] };
  }
  return {
    length,
    *chunks() {
      let left = length;
      for (const chunk of data()) {
        left -= chunk.length;
        yield chunk;
      }
      if (left !== 0)
        throw new RangeError(`tensor ${name}: ${length - left} bytes, its shape needs ${length}`);
    },
  };
}

export function encodeTensor(tensor: Tensor, store: ExternalStore | null): Message {
  const m = new Message();
  for (const d of tensor.dims) m.int(1, d);
  m.int(2, elemTypes.indexOf(tensor.elemType)).text(8, tensor.name);
  const payload = payloadOf(tensor);
  if (store === null || payload.length < inlineBelowBytes) return m.message(9, payload);
  return encodeStretch(m, store, payload, store.put(payload));
}

/** Says that a tensor's payload begins at `offset` (bytes) in the store. */
export function encodeStretch(m: Message, store: ExternalStore, payload: Payload, offset: number): Message {
  const entry = (key: string, value: string) => new Message().text(1, key).text(2, value);
  return m
    .message(13, entry('location', store.location))
    .message(13, entry('offset', String(offset)))
    .message(13, entry('length', String(payload.length)))
    .int(14, 1);
}

export function encodePort(port: GraphPort): Message {
  const shape = new Message();
  for (const d of port.dims) {
    shape.message(1, typeof d === 'number' ? new Message().int(1, d) : new Message().text(2, d));
  }
  const tensorType = new Message().int(1, elemTypes.indexOf(port.elemType)).message(2, shape);
  return new Message().text(1, port.name).message(2, new Message().message(1, tensorType));
}

function encodeAttribute(name: string, value: Attribute, store: ExternalStore | null): Message {
  // Field 20 is the attribute's type.
  const m = new Message().text(1, name);
  if ('float' in value) return m.float(2, value.float).int(20, 1);
  if ('int' in value) return m.int(3, value.int).int(20, 2);
  if ('string' in value) return m.text(4, value.string).int(20, 3);
  if ('tensor' in value) return m.message(5, encodeTensor(value.tensor, store)).int(20, 4);
  if ('graph' in value) return m.message(6, encodeGraph(value.graph, store)).int(20, 5);
  if ('floats' in value) {
    for (const x of value.floats) m.float(7, x);
    return m.int(20, 6);
  }
  for (const x of value.ints) m.int(8, x);
  return m.int(20, 7);
}

export function encodeNode(node: GraphNode, store: ExternalStore | null): Message {
  const m = new Message();
  for (const name of node.inputs) m.text(1, name);
  for (const name of node.outputs) m.text(2, name);
  m.text(3, node.name ?? node.outputs[0] ?? '').text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    m.message(5, encodeAttribute(name, value, store));
  }
  if (node.domain) m.text(7, node.domain);
  return m;
}

function encodeGraph(graph: Graph, store: ExternalStore | null): Message {
  const m = new Message();
  for (const node of graph.nodes) m.message(1, encodeNode(node, store));
  m.text(2, graph.name);
  for (const tensor of graph.initializers) m.message(5, encodeTensor(tensor, store));
  for (const port of graph.inputs) m.message(11, encodePort(port));
  for (const port of graph.outputs) m.message(12, encodePort(port));
  return m;
}

export function operatorSet(domain: string, version: number): Message {
  return new Message().text(1, domain).int(2, version);
}
