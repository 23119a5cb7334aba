import { node } from '../../models/builders/parts';
import type { Graph, GraphNode, Tensor } from '../../models/writer';
import { packBlocks, unpackBlocks } from '../linear/blocks';
import { lowRank } from '../linear/lowRank';
import { columnsOf, magnitudeMask, rowsOf, strongestUnits } from '../linear/masks';
import { type Matrix, matrix, nonzero, product } from '../linear/matrix';
import {
  blockNodes,
  denseNodes,
  type Ends,
  float32,
  int4Nodes,
  int8Nodes,
  lowRankNodes,
  type Piece,
} from '../linear/nodes';
import { quantiseInt4, quantiseInt8 } from '../linear/quantise';
import type { MlpSpec, Params } from '../train';

/** A network of linear layers with ReLU between: weights [inputs, outputs] and biases, first layer first. */
export interface Layers {
  weights: Matrix[];
  biases: Float32Array[];
}

export function layersOf(spec: MlpSpec, params: Params): Layers {
  const widths = [spec.features, ...spec.hidden, spec.classes];
  const count = widths.length - 1;
  return {
    weights: Array.from({ length: count }, (_, i) => matrix(widths[i]!, widths[i + 1]!, params[`w${i}`]!)),
    biases: Array.from({ length: count }, (_, i) => params[`b${i}`]!),
  };
}

export function paramsOf({ weights, biases }: Layers): Params {
  const entries = weights.flatMap((w, i) => [[`w${i}`, w.data] as const, [`b${i}`, biases[i]!] as const]);
  return Object.fromEntries(entries);
}

/** Layers of fewer weights gain nothing by another form: the calls of further operators cost more than they do. */
const leastWeights = 16_384;
export const isLarge = (m: Matrix) => m.rows * m.cols >= leastWeights;

export interface VariantGraph {
  graph: Graph;
  domains?: Readonly<Record<string, number>>;
}

/** The network as a graph `x` [batch, features] to logits `y`; `write` gives each layer its form. */
export function mlpGraphOf(
  { weights, biases }: Layers,
  write: (m: Matrix, ends: Ends, at: number) => Piece = denseNodes,
  { input = 'x', output = 'y', prefix = 'layers' } = {},
): VariantGraph {
  const nodes: GraphNode[] = [];
  const initializers: Tensor[] = [];
  let domains: Record<string, number> = {};
  let from = input;
  for (const [i, w] of weights.entries()) {
    const name = `${prefix}.${i}`;
    const last = i + 1 === weights.length;
    const to = last ? output : `${name}.sum`;
    const piece = write(w, { x: from, y: to, prefix: name, bias: `${name}.bias` }, i);
    nodes.push(...piece.nodes);
    initializers.push(...piece.initializers, float32(`${name}.bias`, [w.cols], biases[i]!));
    domains = { ...domains, ...piece.domains };
    if (!last) nodes.push(node('Relu', [to], `${name}.out`));
    from = `${name}.out`;
  }
  return {
    graph: {
      name: 'mlp',
      nodes,
      initializers,
      inputs: [{ name: input, elemType: 'float32', dims: ['batch', weights[0]!.rows] }],
      outputs: [{ name: output, elemType: 'float32', dims: ['batch', weights.at(-1)!.cols] }],
    },
    domains,
  };
}

const large =
  (form: (m: Matrix, ends: Ends) => Piece) =>
  (m: Matrix, ends: Ends): Piece =>
    isLarge(m) ? form(m, ends) : denseNodes(m, ends);

export const int8Graph = (layers: Layers, levels: 127 | 63 = 127) =>
  mlpGraphOf(
    layers,
    large((m, ends) => int8Nodes(quantiseInt8(m, levels), ends)),
  );

export const int4Graph = (layers: Layers) =>
  mlpGraphOf(
    layers,
    large((m, ends) => int4Nodes(quantiseInt4(m, 32), ends)),
  );

/** Rank of a layer, a share of the smaller side; a layer with few inputs or outputs has no rank to spare. */
const rankOf = (m: Matrix, share: number) => Math.max(1, Math.round(Math.min(m.rows, m.cols) * share));
const isRanked = (m: Matrix) => Math.min(m.rows, m.cols) >= 128;

/** The layers with a rank to spare cut to one, as plain weights: where training can go on. */
export const cutToRank = (layers: Layers, share: number, seed: number): Layers => ({
  ...layers,
  weights: layers.weights.map((m) => {
    if (!isRanked(m)) return m;
    const { u, v } = lowRank(m, rankOf(m, share), { seed });
    return product(u, v);
  }),
});

export const lowRankGraph = (layers: Layers, share: number, seed: number) =>
  mlpGraphOf(layers, (m, ends) =>
    isRanked(m) ? lowRankNodes(lowRank(m, rankOf(m, share), { seed }), ends) : denseNodes(m, ends),
  );

/** 0/1 masks of the large layers: the largest weights stay. */
export function magnitudeMasks({ weights }: Layers, kept: number): Record<string, Float32Array> {
  return Object.fromEntries(
    weights.flatMap((m, i) =>
      isLarge(m)
        ? [[`w${i}`, Float32Array.from(magnitudeMask(m.data, Math.round(m.data.length * kept)))]]
        : [],
    ),
  );
}

const blockShape = { inputs: 32, outputs: 128 };
const blocksIn = (m: Matrix) => Math.ceil(m.rows / blockShape.inputs);
/** Fewer blocks of inputs than this leave no choice worth the name. */
const isBlocked = (m: Matrix) => isLarge(m) && blocksIn(m) >= 8;
const packed = (m: Matrix, kept: number) =>
  packBlocks(m, blockShape, Math.max(1, Math.round(blocksIn(m) * kept)));

/** 0/1 masks of the layers that are cut into blocks: the blocks of largest norm stay. */
export function blockMasks({ weights }: Layers, kept: number): Record<string, Float32Array> {
  return Object.fromEntries(
    weights.flatMap((m, i) => {
      if (!isBlocked(m)) return [];
      const p = packed(m, kept);
      return [[`w${i}`, unpackBlocks({ ...p, weights: p.weights.map(() => 1) }).data]];
    }),
  );
}

export const blockGraph = (layers: Layers, kept: number) =>
  mlpGraphOf(layers, (m, ends) => (isBlocked(m) ? blockNodes(packed(m, kept), ends) : denseNodes(m, ends)));

/** Only the strongest `units` of every hidden layer. */
export function keepUnits(layers: Layers, units: number): Layers {
  const weights = [...layers.weights];
  const biases = [...layers.biases];
  for (let i = 0; i + 1 < weights.length; i++) {
    const keep = strongestUnits(weights[i]!, weights[i + 1]!, Math.min(units, weights[i]!.cols));
    weights[i] = columnsOf(weights[i]!, keep);
    weights[i + 1] = rowsOf(weights[i + 1]!, keep);
    biases[i] = Float32Array.from(keep, (j) => biases[i]![j]!);
  }
  return { weights, biases };
}

export const parameterCount = ({ weights, biases }: Layers) =>
  weights.reduce((n, w, i) => n + w.data.length + biases[i]!.length, 0);

/** Float weights that a graph stores, and those of them that are not zero. */
export function storedFloats({ graph }: VariantGraph): { parameters: number; parametersNonzero: number } {
  const floats = graph.initializers.flatMap(({ data }) => (data instanceof Float32Array ? [data] : []));
  return {
    parameters: floats.reduce((n, data) => n + data.length, 0),
    parametersNonzero: floats.reduce((n, data) => n + nonzero(data), 0),
  };
}

/** Units per hidden layer at which a dense network of the same depth has about so many parameters, at least 2. */
export function unitsFor(parameters: number, spec: MlpSpec): number {
  const sizeAt = (units: number) => {
    const widths = [spec.features, ...spec.hidden.map(() => units), spec.classes];
    return widths.slice(1).reduce((n, w, i) => n + (widths[i]! + 1) * w, 0);
  };
  let units = 2;
  while (sizeAt(units + 1) <= parameters) units++;
  return parameters - sizeAt(units) > sizeAt(units + 1) - parameters ? units + 1 : units;
}
