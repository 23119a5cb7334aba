import { LabError } from '../../shared/errors';
import type { Dim, Port } from '../../shared/model';
import type {
  Attribute,
  ExternalRange,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  SparseTensor,
  Tensor,
} from './graph';
import { malformed, unsafe, WireMessage, wireLimits } from './protobuf';
import { elemTypeOf, readSparse, readTensor } from './tensor';

/** protobuf's own limit: no reader takes a file of 2 GiB or more. */
const modelBytesLimit = 2 ** 31;

/** Refuses sizes that cannot be one ONNX file, before anything is read. `bytes` as the file system says. */
export function assertModelSize(bytes: number): void {
  if (bytes === 0) throw new LabError('not_a_model', 'The file is empty.', 'Choose the .onnx file again.');
  if (bytes >= modelBytesLimit) {
    throw new LabError(
      'not_a_model',
      `The file has ${bytes} bytes; an ONNX file ends below 2 GiB because protobuf does.`,
      'Export the model with external data: a small .onnx file with its weights in a file beside it.',
    );
  }
}

/** Says what a file really is, for the kinds people hand in by mistake; null where it may be a model. */
function otherKind(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, 512);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'a gzip archive';
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2]! < 8) return 'a zip archive';
  // ONNX starts with small tag bytes, which no text has.
  if (!head.every((b) => b >= 32 || b === 9 || b === 10 || b === 13)) return null;
  const text = new TextDecoder().decode(head);
  if (text.includes('\ufffd')) return null;
  return text.startsWith('version https://git-lfs') ? 'a Git LFS pointer' : 'a text file';
}

interface Context {
  externals: ExternalRange[];
  depth: number;
}

/**
 * Reads an ONNX file (ModelProto) into plain data. Payloads stay views of `bytes`; unknown fields are skipped.
 * Errors: LabError `not_a_model` (empty, text, truncated, no graph …) or `unsafe_model` (two graphs, impossible
 * dimensions, payloads of another size than the shape, graphs nested deeper than 64 …), each with its byte position.
 * Source: onnx.proto3 of the ONNX project.
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  assertModelSize(bytes.length);
  const other = otherKind(bytes);
  if (other !== null) {
    throw new LabError('not_a_model', `The file is ${other}, not an ONNX model.`, 'Choose the .onnx file.');
  }
  const context: Context = { externals: [], depth: 0 };
  const opsets: { domain: string; version: number }[] = [];
  const functions: OnnxFunction[] = [];
  const metadata = new Map<string, string>();
  let irVersion: number | null = null;
  let producer = '';
  let version = '';
  let graph: OnnxGraph | null = null;
  const m = new WireMessage(bytes);
  while (m.next()) {
    const at = m.position;
    if (m.field === 1) irVersion = m.number();
    else if (m.field === 2) producer = m.text();
    else if (m.field === 3) version = m.text();
    else if (m.field === 7) {
      // protobuf merges the two, a reader that keeps the last one sees another model than the runtime.
      if (graph !== null) throw unsafe('it holds two graphs', at);
      graph = readGraph(m.message(), context);
    } else if (m.field === 8) opsets.push(readOpset(m.message()));
    else if (m.field === 14) readProperty(m.message(), metadata);
    else if (m.field === 20) throw unsafe('it carries training information, which is not supported', at);
    else if (m.field === 25) functions.push(readFunction(m.message(), context));
  }
  if (graph === null) throw malformed('it holds no graph, the end was reached', bytes.length);
  return {
    irVersion,
    producer: [producer, version].filter((s) => s !== '').join(' '),
    metadata,
    opsets,
    graph,
    functions,
    externals: context.externals,
  };
}

/** More than a person ever writes; a file may hold millions. */
const propertiesKept = 256;

function readProperty(m: WireMessage, metadata: Map<string, string>): void {
  let key = '';
  let value = '';
  while (m.next()) {
    if (m.field === 1) key = m.text();
    else if (m.field === 2) value = m.text();
  }
  if (metadata.size < propertiesKept && !metadata.has(key)) metadata.set(key, value);
}

function domainOf(text: string): string {
  return text === 'ai.onnx' ? '' : text;
}

function readOpset(m: WireMessage): { domain: string; version: number } {
  let domain = '';
  let version = 0;
  while (m.next()) {
    if (m.field === 1) domain = m.text();
    else if (m.field === 2) version = m.number();
  }
  return { domain: domainOf(domain), version };
}

function readGraph(m: WireMessage, context: Context): OnnxGraph {
  if (++context.depth > wireLimits.depth) {
    throw unsafe(`its graphs are nested more than ${wireLimits.depth} deep`, m.start);
  }
  const add = (range: ExternalRange) => context.externals.push(range);
  const nodes: OnnxNode[] = [];
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  const initializers = new Map<string, Tensor>();
  const sparseInitializers = new Map<string, SparseTensor>();
  let name = '';
  while (m.next()) {
    if (m.field === 1) nodes.push(readNode(m.message(), context));
    else if (m.field === 2) name = m.text();
    else if (m.field === 5) {
      const tensor = readTensor(m.message(), add);
      initializers.set(tensor.name, tensor);
    } else if (m.field === 11) inputs.push(readPort(m.message()));
    else if (m.field === 12) outputs.push(readPort(m.message()));
    else if (m.field === 15) {
      const sparse = readSparse(m.message(), add);
      sparseInitializers.set(sparse.name, sparse);
    }
  }
  context.depth--;
  return { name, nodes, initializers, sparseInitializers, inputs, outputs };
}

function readFunction(m: WireMessage, context: Context): OnnxFunction {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: OnnxNode[] = [];
  const defaults = new Map<string, Attribute>();
  const opsets = new Map<string, number>();
  let name = '';
  let domain = '';
  let overload = '';
  while (m.next()) {
    if (m.field === 1) name = m.text();
    else if (m.field === 4) inputs.push(m.text());
    else if (m.field === 5) outputs.push(m.text());
    else if (m.field === 7) nodes.push(readNode(m.message(), context));
    else if (m.field === 9) {
      const opset = readOpset(m.message());
      opsets.set(opset.domain, opset.version);
    } else if (m.field === 10) domain = domainOf(m.text());
    else if (m.field === 11) {
      const [key, attribute] = readAttribute(m.message(), context);
      defaults.set(key, attribute);
    } else if (m.field === 13) overload = m.text();
  }
  return { name, domain, overload, inputs, outputs, defaults, nodes, opsets };
}

function readNode(m: WireMessage, context: Context): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let name = '';
  let op = '';
  let domain = '';
  let overload = '';
  while (m.next()) {
    if (m.field === 1) inputs.push(m.text());
    else if (m.field === 2) outputs.push(m.text());
    else if (m.field === 3) name = m.text();
    else if (m.field === 4) op = m.text();
    else if (m.field === 5) {
      const [key, attribute] = readAttribute(m.message(), context);
      attributes.set(key, attribute);
    } else if (m.field === 7) domain = domainOf(m.text());
    else if (m.field === 8) overload = m.text();
  }
  return { name, op, domain, overload, inputs, outputs, attributes };
}

/** What an AttributeProto holds, before its type says which of it counts. */
interface Held {
  float?: number;
  int?: number;
  string?: string;
  tensor?: Tensor;
  graph?: OnnxGraph;
  sparse?: SparseTensor;
  floats: number[];
  ints: bigint[];
  strings: string[];
  tensors: Tensor[];
  graphs: OnnxGraph[];
  sparses: SparseTensor[];
}

function readAttribute(m: WireMessage, context: Context): [string, Attribute] {
  const add = (range: ExternalRange) => context.externals.push(range);
  const held: Held = { floats: [], ints: [], strings: [], tensors: [], graphs: [], sparses: [] };
  const once = (value: unknown) => {
    if (value !== undefined) throw unsafe('an attribute holds its value twice', m.position);
  };
  let name = '';
  let type = 0;
  let reference = '';
  while (m.next()) {
    if (m.field === 1) name = m.text();
    else if (m.field === 2) held.float = m.float32();
    else if (m.field === 3) held.int = m.number();
    else if (m.field === 4) held.string = m.text();
    else if (m.field === 5) {
      once(held.tensor);
      held.tensor = readTensor(m.message(), add);
    } else if (m.field === 6) {
      once(held.graph);
      held.graph = readGraph(m.message(), context);
    } else if (m.field === 7) m.appendFloats(held.floats);
    else if (m.field === 8) m.appendInts(held.ints);
    else if (m.field === 9) held.strings.push(m.text());
    else if (m.field === 10) held.tensors.push(readTensor(m.message(), add));
    else if (m.field === 11) held.graphs.push(readGraph(m.message(), context));
    else if (m.field === 20) type = m.number();
    else if (m.field === 21) reference = m.text();
    else if (m.field === 22) {
      once(held.sparse);
      held.sparse = readSparse(m.message(), add);
    } else if (m.field === 23) held.sparses.push(readSparse(m.message(), add));
  }
  if (reference !== '') return [name, { kind: 'reference', value: reference }];
  return [name, attributeOf(held, type === 0 ? guessType(held) : type)];
}

/** Old files leave the type out; what is there decides, as in every reader of them. */
function guessType(held: Held): number {
  if (held.ints.length) return 7;
  if (held.floats.length) return 6;
  if (held.strings.length) return 8;
  if (held.tensors.length) return 9;
  if (held.graphs.length) return 10;
  if (held.string !== undefined) return 3;
  if (held.float !== undefined) return 1;
  if (held.int !== undefined) return 2;
  if (held.tensor) return 4;
  if (held.graph) return 5;
  return held.sparse ? 11 : 0;
}

/** By AttributeProto.AttributeType. proto3 leaves out numbers that are 0 and texts that are ''. */
function attributeOf(held: Held, type: number): Attribute {
  if (type === 1) return { kind: 'float', value: held.float ?? 0 };
  if (type === 2) return { kind: 'int', value: held.int ?? 0 };
  if (type === 3) return { kind: 'string', value: held.string ?? '' };
  if (type === 4 && held.tensor) return { kind: 'tensor', value: held.tensor };
  if (type === 5 && held.graph) return { kind: 'graph', value: held.graph };
  if (type === 6) return { kind: 'floats', value: held.floats };
  if (type === 7) return { kind: 'ints', value: held.ints.map(Number) };
  if (type === 8) return { kind: 'strings', value: held.strings };
  if (type === 9) return { kind: 'tensors', value: held.tensors };
  if (type === 10) return { kind: 'graphs', value: held.graphs };
  if (type === 11 && held.sparse) return { kind: 'sparse', value: held.sparse };
  if (type === 12) return { kind: 'sparses', value: held.sparses };
  return { kind: 'other' };
}

const portKinds: Readonly<Record<number, Port['kind']>> = {
  1: 'tensor',
  4: 'sequence',
  5: 'map',
  8: 'sparse',
  9: 'optional',
};

function readPort(m: WireMessage): Port {
  const port: Port = { name: '', kind: 'unknown', elemType: 'undefined', shape: null };
  while (m.next()) {
    if (m.field === 1) port.name = m.text();
    else if (m.field === 2) readType(m.message(), port);
  }
  return port;
}

function readType(m: WireMessage, port: Port): void {
  while (m.next()) {
    const kind = portKinds[m.field];
    if (kind === undefined) continue;
    port.kind = kind;
    if (m.field === 1 || m.field === 8) readTensorType(m.message(), port);
  }
}

function readTensorType(m: WireMessage, port: Port): void {
  while (m.next()) {
    if (m.field === 1) port.elemType = elemTypeOf(m.number());
    else if (m.field === 2) {
      const shape: Dim[] = [];
      const s = m.message();
      while (s.next()) if (s.field === 1) shape.push(readDim(s.message()));
      port.shape = shape;
    }
  }
}

/** Exporters write −1 for "free": the runtime takes that too, so it is a free dimension without a name. */
function readDim(m: WireMessage): Dim {
  let dim: Dim = null;
  while (m.next()) {
    if (m.field === 1) {
      const at = m.position;
      const size = m.number();
      if (size > Number.MAX_SAFE_INTEGER) throw unsafe('a dimension is impossibly large', at);
      dim = size < 0 ? null : size;
    } else if (m.field === 2) dim = m.text() || null;
  }
  return dim;
}
