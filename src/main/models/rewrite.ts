import type { ExternalRange, OnnxModel } from './graph';
import { chunkBytes, type OpenExternal } from './payload';
import { WireMessage } from './protobuf';
import { readTensor } from './tensor';
import {
  type EncodedModel,
  ExternalStore,
  encodeNode,
  encodePort,
  encodeStretch,
  encodeTensor,
  type GraphNode,
  inlineBelowBytes,
  Message,
  operatorSet,
  type Payload,
  type Tensor,
} from './writer';

/** What changes in the main graph of a model; subgraphs and functions stay as they are. */
export interface ModelEdits {
  /** Nodes by position that give place to others; an empty list takes one out. */
  nodes: ReadonlyMap<number, readonly GraphNode[]>;
  /** Initializers that are left out; inputs of the same name go with them. */
  without: ReadonlySet<string>;
  /** New ones, payloads produced while the file is written. */
  initializers: readonly Tensor[];
  /** Operator sets that the new nodes need; one that the file has already keeps its version. */
  domains: Readonly<Record<string, number>>;
}

export interface RewriteOptions {
  /** Name of the file beside the model, for data that lies outside already and for new data of 1 KiB and more; null: everything new inline. */
  externalLocation: string | null;
  openExternal: OpenExternal;
}

/**
 * The file with its edits. Whatever they do not name is copied byte for byte: attributes, types, notes, metadata, fields
 * that this build knows nothing of. Only external data moves: what is still used is gathered in one new file, and its
 * stretches are named anew wherever in the model they are used. Nothing is read before it is written.
 *
 * `bytes` and `model` are the same file, before and after `readModel`.
 */
export function rewriteModel(
  bytes: Uint8Array,
  model: OnnxModel,
  edits: ModelEdits,
  { externalLocation, openExternal }: RewriteOptions,
): EncodedModel {
  const moves = model.externals.length > 0;
  if (moves && externalLocation === null) throw new RangeError('the model has external data: name its file');
  const store = externalLocation === null ? null : new ExternalStore(externalLocation);
  const move = store === null ? null : createMove(store, openExternal);
  const copy = (kind: Kind, m: WireMessage) => (moves ? copyMoved(kind, m, move!) : null);

  const known = new Set(model.opsets.map(({ domain }) => domain));
  const missing = Object.entries(edits.domains).filter(([domain]) => !known.has(domain));
  // The reader has bounded the fields of this file already.
  const whole = new WireMessage(bytes, { fieldsLeft: Number.POSITIVE_INFINITY });
  const out = copyFields(whole, (field, m) => {
    if (field === 7) return [copyGraph(m.message(), model, edits, store, copy)];
    const kind = nested.model[field];
    return kind === undefined ? null : one(copy(kind, m.message()));
  });
  for (const [domain, version] of missing) out.message.message(8, operatorSet(domain, version));
  return {
    modelBytes: out.message.length,
    model: () => out.message.chunks(),
    external:
      store === null || store.bytes === 0
        ? null
        : { location: store.location, bytes: store.bytes, chunks: () => store.chunks() },
  };
}

type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'function' | 'sparse' | 'tensor';

/** Where tensors lie within messages of onnx.proto3, by field number. */
const nested: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

const one = (message: Message | null): Message[] | null => (message === null ? null : [message]);

/**
 * Copies a message field by field. `change` sees each field that is a message and answers what stands in its place under
 * the same number, none for []; null: as it is. It must read the field or leave it unread as a whole.
 */
function copyFields(
  m: WireMessage,
  change: (field: number, m: WireMessage) => readonly Message[] | null,
): { message: Message; changed: boolean } {
  const message = new Message();
  let from = m.start;
  let changed = false;
  for (let at = m.position; m.next(); at = m.position) {
    const { field } = m;
    const instead = m.wire === 2 ? change(field, m) : null;
    // Moves past a field that nobody has read.
    if (m.position <= endOfTag(m, at)) m.skip();
    if (instead === null) continue;
    changed = true;
    if (at > from) message.verbatim(m.bytes.subarray(from, at));
    for (const part of instead) message.message(field, part);
    from = m.position;
  }
  if (m.end > from) message.verbatim(m.bytes.subarray(from, m.end));
  return { message, changed };
}

/** Where the tag that starts at `at` ends. */
function endOfTag({ bytes }: WireMessage, at: number): number {
  let end = at;
  while (bytes[end]! > 127) end++;
  return end + 1;
}

function copyGraph(
  m: WireMessage,
  model: OnnxModel,
  edits: ModelEdits,
  store: ExternalStore | null,
  copy: (kind: Kind, m: WireMessage) => Message | null,
): Message {
  let node = 0;
  const { message } = copyFields(m, (field, at) => {
    if (field === 1) {
      const instead = edits.nodes.get(node++);
      return instead?.map((n) => encodeNode(n, store)) ?? one(copy('node', at.message()));
    }
    if (field === 11) return edits.without.has(textOf(at.message(), 1)) ? [] : null;
    const kind = nested.graph[field];
    if (kind === undefined) return null;
    const inner = at.message();
    if (field === 5 && edits.without.has(textOf(again(inner), 8))) return [];
    return one(copy(kind, inner));
  });
  for (const tensor of edits.initializers) message.message(5, encodeTensor(tensor, store));
  // Before version 4 of the format every initializer is an input too.
  if ((model.irVersion ?? 0) < 4) {
    for (const { name, elemType, dims } of edits.initializers)
      message.message(11, encodePort({ name, elemType, dims }));
  }
  return message;
}

const again = (m: WireMessage) => new WireMessage(m.bytes, m.budget, m.start, m.end);

function textOf(m: WireMessage, field: number): string {
  let text = '';
  while (m.next()) if (m.field === field) text = m.text();
  return text;
}

/** Copies a message in which external data is named anew; null where none is in it. */
function copyMoved(kind: Kind, m: WireMessage, move: Move): Message | null {
  if (kind === 'tensor') return move(m);
  const { message, changed } = copyFields(m, (field, at) => {
    const inner = nested[kind][field];
    return inner === undefined ? null : one(copyMoved(inner, at.message(), move));
  });
  return changed ? message : null;
}

type Move = (tensor: WireMessage) => Message | null;

/** One stretch that several tensors name is kept once. */
function createMove(store: ExternalStore, openExternal: OpenExternal): Move {
  const placed = new Map<string, { offset: number; payload: Payload }>();
  return (m) => {
    const { payload } = readTensor(again(m), () => {});
    if (payload.kind !== 'external') return null;
    const stretch = payloadOf(payload, openExternal);
    const { message } = copyFields(m, (field) => (field === 13 ? [] : null));
    // A number of field 14 that comes later takes the place of an earlier one.
    if (payload.length < inlineBelowBytes) return message.message(9, stretch).int(14, 0);
    const key = JSON.stringify([payload.location, payload.offset, payload.length]);
    const place = placed.get(key) ?? { offset: store.put(stretch), payload: stretch };
    placed.set(key, place);
    return encodeStretch(message, store, place.payload, place.offset);
  };
}

function payloadOf({ location, offset, length }: ExternalRange, openExternal: OpenExternal): Payload {
  return {
    length,
    *chunks() {
      const file = openExternal(location);
      const chunk = new Uint8Array(Math.min(chunkBytes, length));
      for (let done = 0; done < length; ) {
        const n = file.readAt(chunk.subarray(0, Math.min(chunk.length, length - done)), offset + done);
        if (n <= 0) throw new RangeError(`${location} ends too early`);
        yield chunk.subarray(0, n);
        done += n;
      }
    },
  };
}
