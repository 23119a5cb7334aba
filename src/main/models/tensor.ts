import { type ElemType, elemBits, elemTypes } from '../../shared/model';
import type { ExternalRange, SparseTensor, Tensor } from './graph';
import { malformed, unsafe, type WireMessage } from './protobuf';

/** Payload bytes of `elements` of a type, null for types without a fixed size. Sub-byte types are packed. */
export function payloadBytes(elemType: ElemType, elements: number): number | null {
  const bits = elemBits[elemType];
  return bits === undefined ? null : Math.ceil((elements * bits) / 8);
}

export function elemTypeOf(code: number): ElemType {
  return elemTypes[code] ?? 'undefined';
}

/** Typed field that holds the elements of a type, and how many entries it takes (onnx.proto3, TensorProto). */
export function typedField(elemType: ElemType, elements: number): { field: number; entries: number } {
  switch (elemType) {
    case 'float32':
      return { field: 4, entries: elements };
    case 'complex64':
      return { field: 4, entries: 2 * elements };
    case 'string':
      return { field: 6, entries: elements };
    case 'int64':
      return { field: 7, entries: elements };
    case 'float64':
      return { field: 10, entries: elements };
    case 'complex128':
      return { field: 10, entries: 2 * elements };
    case 'uint32':
    case 'uint64':
      return { field: 11, entries: elements };
    default:
      return { field: 5, entries: Math.ceil((elements * Math.min(8, elemBits[elemType] ?? 8)) / 8) };
  }
}

/** Exact product of dimensions, refused where a number cannot hold it. */
function product(dims: readonly bigint[], at: number): number {
  let n = 1;
  for (const d of dims) {
    if (d < 0n) throw unsafe('a tensor has a negative dimension', at);
    n *= Number(d);
  }
  // A zero makes the tensor empty whatever the other dimensions are.
  if (dims.some((d) => d === 0n)) n = 0;
  if (!Number.isSafeInteger(n) || dims.some((d) => d > BigInt(Number.MAX_SAFE_INTEGER))) {
    throw unsafe('the dimensions of a tensor are impossibly large', at);
  }
  return n;
}

function countEntries(m: WireMessage): number {
  if (m.wire !== 2 || m.field === 6) {
    m.skip();
    return 1;
  }
  const { field } = m;
  const view = m.view();
  if (field === 4) return view.length / 4;
  if (field === 10) return view.length / 8;
  let n = 0;
  // A varint ends at its first byte below 128.
  for (let i = 0; i < view.length; i++) n += view[i]! < 128 ? 1 : 0;
  return n;
}

function wholeNumber(text: string | undefined, at: number): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text)) throw unsafe('external data has an offset or length that is no number', at);
  return Number(text);
}

function externalOf(entries: ReadonlyMap<string, string>, bytes: number | null, at: number): ExternalRange {
  const location = entries.get('location') ?? '';
  if (location === '') throw unsafe('external data names no file', at);
  if (bytes === null) throw unsafe('external data has a type without a fixed size', at);
  const length = wholeNumber(entries.get('length'), at);
  if (length !== null && length !== bytes) {
    throw unsafe(`external data declares ${length} bytes where its shape needs ${bytes}`, at);
  }
  return { location, offset: wholeNumber(entries.get('offset'), at) ?? 0, length: bytes };
}

/**
 * Reads the head of a TensorProto. The payload is left where it is, but its size must fit the shape.
 * `onExternal` hears of every stretch of external data. Errors: LabError with the byte position.
 */
export function readTensor(m: WireMessage, onExternal: (range: ExternalRange) => void): Tensor {
  const at = m.start;
  let name = '';
  let elemType: ElemType = 'undefined';
  let raw: Uint8Array | null = null;
  let located = false;
  const dims: bigint[] = [];
  const entries = new Map<string, string>();
  const typed = new Map<number, number>();
  while (m.next()) {
    if (m.field === 1) m.appendInts(dims);
    else if (m.field === 2) elemType = elemTypeOf(m.number());
    else if (m.field === 8) name = m.text();
    else if (m.field === 9) raw = m.view();
    else if (m.field === 13) readEntry(m.message(), entries);
    else if (m.field === 14) located = m.number() === 1;
    else if ([4, 5, 6, 7, 10, 11].includes(m.field)) {
      const { field } = m;
      typed.set(field, (typed.get(field) ?? 0) + countEntries(m));
    }
  }
  const elements = product(dims, at);
  const bytes = payloadBytes(elemType, elements);
  const head = { name, elemType, dims: dims.map(Number), elements, position: at };
  const hasRaw = raw !== null && raw.length > 0;
  const hasTyped = [...typed.values()].some((n) => n > 0);
  if (located || entries.size > 0) {
    if (hasRaw || hasTyped) throw unsafe('a tensor has its data both inside and outside the file', at);
    const range = externalOf(entries, bytes, at);
    onExternal(range);
    return { ...head, payload: { kind: 'external', ...range } };
  }
  if (hasRaw && hasTyped) throw unsafe('a tensor has its data twice', at);
  if (hasRaw || (raw !== null && elements === 0)) {
    if (bytes !== null && raw!.length !== bytes) {
      throw unsafe(`a tensor holds ${raw!.length} bytes where its shape needs ${bytes}`, at);
    }
    return { ...head, payload: { kind: 'raw', bytes: raw! } };
  }
  const want = typedField(elemType, elements);
  if (elemType !== 'undefined' && (typed.get(want.field) ?? 0) !== want.entries) {
    throw unsafe(
      `a tensor holds ${typed.get(want.field) ?? 0} values where its shape needs ${want.entries}`,
      at,
    );
  }
  return { ...head, payload: { kind: 'typed', message: m.bytes.subarray(m.start, m.end) } };
}

function readEntry(m: WireMessage, entries: Map<string, string>): void {
  let key = '';
  let value = '';
  while (m.next()) {
    if (m.field === 1) key = m.text();
    else if (m.field === 2) value = m.text();
  }
  if (entries.has(key)) throw unsafe('external data names one thing twice', m.start);
  entries.set(key, value);
}

export function readSparse(m: WireMessage, onExternal: (range: ExternalRange) => void): SparseTensor {
  let values: Tensor | null = null;
  let indices: Tensor | null = null;
  const dims: bigint[] = [];
  while (m.next()) {
    if (m.field === 1) {
      if (values !== null) throw unsafe('a sparse tensor has its values twice', m.position);
      values = readTensor(m.message(), onExternal);
    } else if (m.field === 2) {
      if (indices !== null) throw unsafe('a sparse tensor has its indices twice', m.position);
      indices = readTensor(m.message(), onExternal);
    } else if (m.field === 3) m.appendInts(dims);
  }
  if (values === null) throw malformed('a sparse tensor has no values', m.start);
  return { name: values.name, dims: dims.map(Number), elements: product(dims, m.start), values, indices };
}
