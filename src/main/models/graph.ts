import type { ElemType, Port } from '../../shared/model';

/** Where the elements of a tensor lie. Nothing is copied: `bytes` and `message` are views of the file. */
export type Payload =
  | { kind: 'raw'; bytes: Uint8Array }
  /** In the typed fields (float_data, int32_data …) of the tensor's own message. */
  | { kind: 'typed'; message: Uint8Array }
  /** In a file beside the model. `offset` and `length` in bytes. */
  | { kind: 'external'; location: string; offset: number; length: number };

/** Head of a TensorProto. `position` is where its message starts in the file, in bytes. */
export interface Tensor {
  name: string;
  elemType: ElemType;
  dims: readonly number[];
  /** Product of dims; always exact. */
  elements: number;
  payload: Payload;
  position: number;
}

/** A sparse tensor: `dims` is its dense shape; its name is that of `values`. */
export interface SparseTensor {
  name: string;
  dims: readonly number[];
  elements: number;
  values: Tensor;
  indices: Tensor | null;
}

/** One attribute of a node. Integers beyond 2^53 are rounded: they only ever mean "to the end". */
export type Attribute =
  | { kind: 'float'; value: number }
  | { kind: 'int'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'floats'; value: readonly number[] }
  | { kind: 'ints'; value: readonly number[] }
  | { kind: 'strings'; value: readonly string[] }
  | { kind: 'tensor'; value: Tensor }
  | { kind: 'tensors'; value: readonly Tensor[] }
  | { kind: 'graph'; value: OnnxGraph }
  | { kind: 'graphs'; value: readonly OnnxGraph[] }
  | { kind: 'sparse'; value: SparseTensor }
  | { kind: 'sparses'; value: readonly SparseTensor[] }
  /** Inside a function body: takes the value of the caller's attribute of that name. */
  | { kind: 'reference'; value: string }
  /** A type, or nothing at all. */
  | { kind: 'other' };

export interface OnnxNode {
  name: string;
  op: string;
  /** '' is the default domain; the file may also call it `ai.onnx`. */
  domain: string;
  overload: string;
  /** '' stands for an optional input or output that is left out. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: ReadonlyMap<string, Attribute>;
}

export interface OnnxGraph {
  name: string;
  nodes: readonly OnnxNode[];
  /** By name; of two with one name the later one counts. */
  initializers: ReadonlyMap<string, Tensor>;
  sparseInitializers: ReadonlyMap<string, SparseTensor>;
  /** As the file lists them: an initializer that may be overridden appears here too. */
  inputs: readonly Port[];
  outputs: readonly Port[];
}

export interface OnnxFunction {
  name: string;
  domain: string;
  overload: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** Defaults of attributes that a caller may leave out. */
  defaults: ReadonlyMap<string, Attribute>;
  nodes: readonly OnnxNode[];
  opsets: ReadonlyMap<string, number>;
}

/** A stretch of a file beside the model that some tensor anywhere in it needs; bytes. */
export interface ExternalRange {
  location: string;
  offset: number;
  length: number;
}

export interface OnnxModel {
  irVersion: number | null;
  /** Producer name and version, '' where the file names none. */
  producer: string;
  /** What its maker wrote into it (`metadata_props`), by key; of two with one key the first. */
  metadata: ReadonlyMap<string, string>;
  opsets: readonly { domain: string; version: number }[];
  graph: OnnxGraph;
  functions: readonly OnnxFunction[];
  externals: readonly ExternalRange[];
}

/** `Op`, or `domain:Op` outside the default domain. */
export function operatorLabel(node: { op: string; domain: string }): string {
  return node.domain === '' ? node.op : `${node.domain}:${node.op}`;
}

/** Key under which a node finds its local function. */
export function functionKey(of: { domain: string; overload: string }, name: string): string {
  return JSON.stringify([of.domain, name, of.overload]);
}

/** Opset versions by domain; the default domain is ''. */
export function opsetMap(opsets: OnnxModel['opsets']): Map<string, number> {
  return new Map(opsets.map(({ domain, version }) => [domain, version]));
}

/** The inputs a caller has to feed: those that no initializer already fills. */
export function freeInputs(graph: OnnxGraph): Port[] {
  return graph.inputs.filter((p) => !graph.initializers.has(p.name) && !graph.sparseInitializers.has(p.name));
}
