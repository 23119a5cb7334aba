import type { TransformForm, TransformKind } from '../../../shared/transform';
import type { OnnxGraph, OnnxModel, OnnxNode, Tensor } from '../../models/graph';
import { operatorLabel } from '../../models/graph';

/** A matrix product with a stored weight, y = alpha·op(x)·W + beta·bias. */
export interface Layer {
  /** Position of the node in the main graph. */
  at: number;
  node: OnnxNode;
  x: string;
  y: string;
  weight: Tensor;
  /** Name by which the node knows the weight: of an initializer, or of what a Constant node gives. */
  weightName: string;
  /** Position of the Constant node that holds the weight; null for an initializer. */
  constantAt: number | null;
  /** The weight is stored [outputs, inputs]. */
  transposed: boolean;
  inputs: number;
  outputs: number;
  alpha: number;
  beta: number;
  bias: string | null;
  /** Gemm turns its input before the product. */
  turned: boolean;
  /** x is known to have two dimensions, whatever is fed. */
  flat: boolean;
}

/** A node with stored weights that stays as it is, and why. */
export interface Left {
  node: string;
  reason: string;
}

export interface FoundLayers {
  layers: Layer[];
  left: Left[];
  /** Nodes with stored weights in the main graph. */
  withWeights: number;
  /** Products of two computed values in the main graph, which have no weight to rewrite. */
  computed: number;
  /** Products in branches, loops and functions, which are never rewritten. */
  inside: number;
}

/** Operators whose stored weights are not the right side of one matrix product. */
const otherWeights = new Set([
  'Conv',
  'ConvTranspose',
  'ConvInteger',
  'QLinearConv',
  'LSTM',
  'GRU',
  'RNN',
  'MatMulInteger',
  'QLinearMatMul',
  'MatMulNBits',
  'Attention',
  'FusedMatMul',
  'FusedConv',
  'FusedGemm',
  'Einsum',
]);

const isProduct = (node: OnnxNode) => node.domain === '' && (node.op === 'Gemm' || node.op === 'MatMul');

/** The operator set a form is written in: nodes that it uses, or whose meaning it relies on, came with it. */
export const neededOpset: Readonly<Record<TransformKind, number>> = {
  int8: 7,
  int4: 7, // Add as it is now
  pruned: 7,
  'low-rank': 7, // Gemm as it is now
  'block-sparse': 11, // Pad and Slice with their sizes as inputs
};

/** Every layer of the main graph that a form can rewrite, and what is left with its reason. */
export function findLayers(model: OnnxModel, form: TransformForm): FoundLayers {
  const { graph } = model;
  const constants = constantNodes(graph);
  const flat = flatValues(graph, constants);
  const found: FoundLayers = { layers: [], left: [], withWeights: 0, computed: 0, inside: insideOf(model) };
  for (const [at, node] of graph.nodes.entries()) {
    const stored = (name: string | undefined) =>
      graph.initializers.get(name ?? '') ?? constants.get(name ?? '')?.tensor ?? null;
    const label = nameOf(node);
    if (otherWeights.has(node.op)) {
      if (!node.inputs.some((name) => (stored(name)?.dims.length ?? 0) >= 2)) continue;
      found.withWeights++;
      found.left.push({ node: label, reason: `${operatorLabel(node)} is no plain matrix product` });
      continue;
    }
    if (!isProduct(node)) continue;
    const weight = stored(node.inputs[1]);
    if (weight === null && stored(node.inputs[0]) === null) {
      found.computed++;
      continue;
    }
    found.withWeights++;
    if (weight === null) {
      found.left.push({ node: label, reason: 'the stored weight stands on the left of the product' });
      continue;
    }
    const reason = whyNot(weight);
    if (reason !== null) {
      found.left.push({ node: label, reason });
      continue;
    }
    const layer = layerOf(at, node, weight, constants, flat);
    const size = whyTooSmall(layer, form);
    if (size !== null) found.left.push({ node: label, reason: size });
    else found.layers.push(layer);
  }
  return found;
}

export const nameOf = (node: OnnxNode) => node.name || node.outputs[0] || node.op;

function layerOf(
  at: number,
  node: OnnxNode,
  weight: Tensor,
  constants: Constants,
  flat: ReadonlySet<string>,
): Layer {
  const int = (name: string) => {
    const a = node.attributes.get(name);
    return a?.kind === 'int' ? a.value : 0;
  };
  const float = (name: string) => {
    const a = node.attributes.get(name);
    return a?.kind === 'float' ? a.value : 1;
  };
  const gemm = node.op === 'Gemm';
  const transposed = gemm && int('transB') !== 0;
  const [rows, columns] = weight.dims as [number, number];
  return {
    at,
    node,
    x: node.inputs[0]!,
    y: node.outputs[0]!,
    weight,
    weightName: node.inputs[1]!,
    constantAt: constants.get(node.inputs[1]!)?.at ?? null,
    transposed,
    inputs: transposed ? columns : rows,
    outputs: transposed ? rows : columns,
    alpha: gemm ? float('alpha') : 1,
    beta: gemm ? float('beta') : 1,
    bias: (gemm && node.inputs[2]) || null,
    turned: gemm && int('transA') !== 0,
    flat: gemm || flat.has(node.inputs[0]!),
  };
}

function whyNot({ dims, elemType, elements }: Tensor): string | null {
  if (dims.length !== 2) return `the weight has ${dims.length} dimensions instead of two`;
  if (elemType !== 'float32')
    return `the weight is ${elemType}, and variants are made from float32; convert the model to float32 first`;
  return elements === 0 ? 'the weight is empty' : null;
}

function whyTooSmall({ inputs, outputs, weight }: Layer, form: TransformForm): string | null {
  if (weight.elements < form.minimum) return `fewer than ${form.minimum} weights`;
  if (form.kind === 'int4' && inputs < form.block)
    return `fewer than ${form.block} inputs, which fill no block`;
  if (form.kind === 'low-rank') {
    const rank = rankOf(form, { inputs, outputs });
    if (rank * (inputs + outputs) >= inputs * outputs)
      return `a rank of ${rank} would need as many weights as the layer has`;
  }
  if (form.kind === 'block-sparse') {
    const all = Math.ceil(inputs / form.blocks.inputs);
    if (keptBlocks(form, inputs) >= all)
      return `${all === 1 ? 'one block' : `${all} blocks`} of ${form.blocks.inputs} inputs, none of which can be left out`;
  }
  return null;
}

export function rankOf(
  form: Extract<TransformForm, { kind: 'low-rank' }>,
  { inputs, outputs }: Pick<Layer, 'inputs' | 'outputs'>,
): number {
  const least = Math.min(inputs, outputs);
  return 'rank' in form ? form.rank : Math.max(1, Math.round(form.share * least));
}

/** Blocks of inputs that each block of outputs keeps, one at least. */
export function keptBlocks(form: Extract<TransformForm, { kind: 'block-sparse' }>, inputs: number): number {
  return Math.max(1, Math.round((1 - form.share) * Math.ceil(inputs / form.blocks.inputs)));
}

type Constants = ReadonlyMap<string, { at: number; tensor: Tensor }>;

/** Tensors that Constant nodes of the main graph give, by name. */
function constantNodes({ nodes }: OnnxGraph): Constants {
  const found = new Map<string, { at: number; tensor: Tensor }>();
  for (const [at, node] of nodes.entries()) {
    if (node.op !== 'Constant' || node.domain !== '') continue;
    const value = node.attributes.get('value');
    if (value?.kind === 'tensor') found.set(node.outputs[0] ?? '', { at, tensor: value.value });
  }
  return found;
}

/** Operators with one input whose output has as many dimensions. */
const sameRank = new Set(
  'Relu Sigmoid Tanh Erf Gelu Elu Selu LeakyRelu PRelu Softplus Softsign HardSigmoid HardSwish Clip Dropout Identity Softmax LogSoftmax Abs Neg Exp Log Sqrt Cast LayerNormalization BatchNormalization Mish Celu ThresholdedRelu Flatten Transpose'.split(
    ' ',
  ),
);
const broadcasting = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum', 'Mean', 'Where']);

/** Values that have two dimensions in any case; others may have them too. */
function flatValues({ nodes, inputs, initializers }: OnnxGraph, constants: Constants): Set<string> {
  const flat = new Set(inputs.filter(({ shape }) => shape?.length === 2).map(({ name }) => name));
  const narrow = (name: string) => {
    const dims = initializers.get(name)?.dims ?? constants.get(name)?.tensor.dims;
    return dims !== undefined && dims.length <= 2;
  };
  for (const node of nodes) {
    if (node.domain !== '') continue;
    const [x = '', w = ''] = node.inputs;
    const is =
      node.op === 'Gemm' ||
      (node.op === 'Flatten' && node.outputs.length === 1) ||
      (sameRank.has(node.op) && flat.has(x)) ||
      (node.op === 'MatMul' && flat.has(x) && (flat.has(w) || initializers.get(w)?.dims.length === 2)) ||
      (broadcasting.has(node.op) &&
        node.inputs.some((name) => flat.has(name)) &&
        node.inputs.every((name) => flat.has(name) || narrow(name)));
    if (is) flat.add(node.outputs[0] ?? '');
  }
  return flat;
}

function insideOf({ graph, functions }: OnnxModel): number {
  const products = (nodes: readonly OnnxNode[]): number =>
    nodes.reduce(
      (n, node) =>
        n + (isProduct(node) ? 1 : 0) + branchesOf(node).reduce((m, g) => m + products(g.nodes), 0),
      0,
    );
  return (
    functions.reduce((n, { nodes }) => n + products(nodes), 0) +
    graph.nodes.reduce((n, node) => n + branchesOf(node).reduce((m, g) => m + products(g.nodes), 0), 0)
  );
}

/** Graphs that a node holds. */
export function branchesOf(node: OnnxNode): OnnxGraph[] {
  return [...node.attributes.values()].flatMap((a) =>
    a.kind === 'graph' ? [a.value] : a.kind === 'graphs' ? [...a.value] : [],
  );
}
