import type { Counts } from '../../shared/model';
import {
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  operatorLabel,
  type SparseTensor,
  type Tensor,
} from './graph';
import { countNonzero } from './nonzero';
import type { OpenExternal } from './payload';
import { WireMessage } from './protobuf';
import { payloadBytes } from './tensor';
import { type ZeroPoint, zeroPointsOf } from './zeropoints';

/** A constant of a model with what its users say about it. */
interface Weight {
  constant: Tensor | SparseTensor;
  used: boolean;
  zeroPoint: ZeroPoint | null;
}

/** Names of one graph and, through `outer`, of those around it. Null hides a name that is computed here. */
interface Scope {
  names: Map<string, Weight | null>;
  outer: Scope | null;
}

function lookUp(scope: Scope | null, name: string): Weight | null {
  for (let s = scope; s !== null; s = s.outer) {
    const found = s.names.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

function constantNode(node: OnnxNode): Tensor | SparseTensor | null {
  if (node.op !== 'Constant' || node.domain !== '' || node.inputs.length > 0) return null;
  const [value, sparse] = [node.attributes.get('value'), node.attributes.get('sparse_value')];
  if (value?.kind === 'tensor') return value.value;
  return sparse?.kind === 'sparse' ? sparse.value : null;
}

function isSparse(constant: Tensor | SparseTensor): constant is SparseTensor {
  return 'indices' in constant;
}

/** Walks every graph and function body once and collects what tensors there are and who uses them. */
class Survey {
  readonly weights: Weight[] = [];
  readonly operators = new Map<string, number>();

  private add(names: Scope['names'], name: string, constant: Tensor | SparseTensor): void {
    const weight: Weight = { constant, used: false, zeroPoint: null };
    this.weights.push(weight);
    names.set(name, weight);
  }

  graph(graph: OnnxGraph, outer: Scope | null): void {
    const names: Scope['names'] = new Map();
    for (const port of graph.inputs) names.set(port.name, null);
    for (const [name, tensor] of graph.initializers) this.add(names, name, tensor);
    for (const [name, tensor] of graph.sparseInitializers) this.add(names, name, tensor);
    const scope = { names, outer };
    this.nodes(graph.nodes, scope);
    // A constant that a branch hands out goes on to a node outside; one that the whole model hands out does not.
    if (outer !== null) for (const port of graph.outputs) this.use(scope, port.name);
  }

  body(fn: OnnxFunction): void {
    const scope: Scope = { names: new Map(fn.inputs.map((n) => [n, null])), outer: null };
    this.nodes(fn.nodes, scope);
    for (const name of fn.outputs) this.use(scope, name);
  }

  private use(scope: Scope, name: string): Weight | null {
    const weight = name === '' ? null : lookUp(scope, name);
    if (weight !== null) weight.used = true;
    return weight;
  }

  private nodes(nodes: readonly OnnxNode[], scope: Scope): void {
    for (const node of nodes) {
      const label = operatorLabel(node);
      this.operators.set(label, (this.operators.get(label) ?? 0) + 1);
      const constant = constantNode(node);
      for (const name of node.outputs) {
        if (constant !== null) this.add(scope.names, name, constant);
        else if (name !== '') scope.names.set(name, null);
      }
    }
    for (const node of nodes) this.uses(node, scope);
  }

  private uses(node: OnnxNode, scope: Scope): void {
    const constantOf = (name: string) => {
      const constant = lookUp(scope, name)?.constant;
      return constant && !isSparse(constant) ? constant : null;
    };
    const zeroPoints = zeroPointsOf(node, operatorLabel(node), constantOf);
    node.inputs.forEach((name, i) => {
      const weight = this.use(scope, name);
      if (weight !== null) weight.zeroPoint ??= zeroPoints.get(i) ?? null;
    });
    for (const attribute of node.attributes.values()) {
      if (attribute.kind === 'graph') this.graph(attribute.value, scope);
      else if (attribute.kind === 'graphs') for (const g of attribute.value) this.graph(g, scope);
    }
  }
}

/** Payload bytes per element type, external stretches that several tensors share once. */
function bytesByType(weights: readonly Weight[]): Map<string, number> {
  const bytes = new Map<string, number>();
  const seen = new Set<string>();
  for (const { constant } of weights) {
    for (const t of isSparse(constant) ? [constant.values, constant.indices] : [constant]) {
      if (t === null) continue;
      if (t.payload.kind === 'external') {
        const range = JSON.stringify([t.payload.location, t.payload.offset, t.payload.length]);
        if (seen.has(range)) continue;
        seen.add(range);
      }
      const size = payloadBytes(t.elemType, t.elements) ?? stringBytes(t);
      bytes.set(t.elemType, (bytes.get(t.elemType) ?? 0) + size);
    }
  }
  return bytes;
}

function stringBytes(tensor: Tensor): number {
  if (tensor.payload.kind !== 'typed') return 0;
  let bytes = 0;
  const m = new WireMessage(tensor.payload.message);
  while (m.next()) if (m.field === 6) bytes += m.view().length;
  return bytes;
}

function precisionOf(bytes: ReadonlyMap<string, number>, total: number): string {
  if (total === 0) return 'none';
  const [type, most] = [...bytes].sort((a, b) => b[1] - a[1])[0]!;
  return most >= 0.9 * total ? type : 'mixed';
}

function nonzeroOf(weights: readonly Weight[], openExternal: OpenExternal): number | null {
  let n = 0;
  for (const { constant, zeroPoint } of weights) {
    const tensor = isSparse(constant) ? constant.values : constant;
    const count = countNonzero(tensor, isSparse(constant) ? null : zeroPoint, openExternal);
    if (count === null) return null;
    n += count;
  }
  return n;
}

/**
 * Counts a model by convention `tw1`, and its precision (see `modelSchema`).
 *
 * What is a parameter follows Netron's source (`metrics.js`, `onnx.js`): the elements of every initializer, dense or
 * sparse (dense shape), that some node takes as input, each once whatever it is for, int64 shape constants included;
 * and the tensor of every `Constant` node (`value`, `sparse_value`), because Netron shows such a node as an
 * initializer of its user; `value_int` and its like are not tensors. Function bodies count once per definition.
 * Two deliberate differences, both zero where a model does not use them: Netron stops at the main graph, while a
 * model whose weights lie in If, Loop and Scan subgraphs would then have none, so here they count; and Netron leaves
 * out a Constant that more than one node uses, here it counts once. Tensors that no node uses do not count.
 *
 * `parametersNonzero` is null where a quantised tensor's zero point is computed at run time.
 * Errors: those of `openExternal`, and LabError `unsafe_model` where an external file is too short.
 */
export function countParameters(
  model: OnnxModel,
  openExternal: OpenExternal,
): { counts: Counts; precision: string } {
  const survey = new Survey();
  survey.graph(model.graph, null);
  for (const fn of model.functions) survey.body(fn);
  const weights = survey.weights.filter((w) => w.used);
  const parameters = weights.reduce((n, w) => n + w.constant.elements, 0);
  const exact = Number.isSafeInteger(parameters);
  const bytes = bytesByType(weights);
  const parameterBytes = [...bytes.values()].reduce((a, b) => a + b, 0);
  const counts: Counts = {
    convention: 'tw1',
    parameters: exact ? parameters : null,
    parametersMissingReason: exact ? null : 'The shapes declare more elements than a number can hold.',
    parametersNonzero: exact ? nonzeroOf(weights, openExternal) : null,
    parameterBytes,
    operators: Object.fromEntries([...survey.operators].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return { counts, precision: precisionOf(bytes, parameterBytes) };
}
