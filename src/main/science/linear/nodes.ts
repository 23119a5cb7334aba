import { integers, node } from '../../models/builders/parts';
import type { GraphNode, Tensor } from '../../models/writer';
import type { BlockMatrix } from './blocks';
import type { LowRank } from './lowRank';
import type { Matrix } from './matrix';
import type { Int4Matrix, Int8Matrix } from './quantise';

/** A piece of a graph: `x` [batch, rows] to `y` [batch, cols], names of everything within begin with `prefix`. */
export interface Piece {
  nodes: GraphNode[];
  initializers: Tensor[];
  /** Further operator sets that the piece needs. */
  domains?: Readonly<Record<string, number>>;
}

/** Where a piece begins and ends; `bias` names a tensor [cols] in the graph, null: none. */
export interface Ends {
  x: string;
  y: string;
  prefix: string;
  bias?: string | null;
}

export const float32 = (name: string, dims: readonly number[], data: Float32Array): Tensor => ({
  name,
  elemType: 'float32',
  dims,
  data,
});

/** MatMul, or Gemm where there is a bias. */
export function denseNodes(m: Matrix, { x, y, prefix, bias = null }: Ends): Piece {
  const w = `${prefix}.weight`;
  return {
    nodes: [bias === null ? node('MatMul', [x, w], y) : node('Gemm', [x, w, bias], y)],
    initializers: [float32(w, [m.rows, m.cols], m.data)],
  };
}

/** The last node of a piece: onto `y`, through an Add where there is a bias. */
function ended(nodes: GraphNode[], last: string, { y, bias = null }: Ends): GraphNode[] {
  return bias === null ? nodes : [...nodes, node('Add', [last, bias], y)];
}
const lastName = ({ y, prefix, bias = null }: Ends) => (bias === null ? y : `${prefix}.unbiased`);

/**
 * int8 weights, activations quantised at run time over the whole tensor: DynamicQuantizeLinear, MatMulInteger, and the
 * product of both scales. Source: ONNX operators; guide of the experiments, section 12.
 */
export function int8Nodes(w: Int8Matrix, ends: Ends): Piece {
  const p = ends.prefix;
  const last = lastName(ends);
  return {
    nodes: ended(
      [
        {
          op: 'DynamicQuantizeLinear',
          inputs: [ends.x],
          outputs: [`${p}.xq`, `${p}.xscale`, `${p}.xzero`],
        },
        node('MatMulInteger', [`${p}.xq`, `${p}.weight`, `${p}.xzero`], `${p}.acc`),
        node('Cast', [`${p}.acc`], `${p}.float`, { to: { int: 1 } }),
        node('Mul', [`${p}.xscale`, `${p}.wscale`], `${p}.scale`),
        node('Mul', [`${p}.float`, `${p}.scale`], last),
      ],
      last,
      ends,
    ),
    initializers: [
      { name: `${p}.weight`, elemType: 'int8', dims: [w.rows, w.cols], data: w.q },
      float32(`${p}.wscale`, [w.cols], w.scale),
    ],
  };
}

/** int4 weights by com.microsoft.MatMulNBits; `accuracyLevel` 4 lets the provider multiply in int8. */
export function int4Nodes(w: Int4Matrix, ends: Ends, accuracyLevel: 0 | 4 = 4): Piece {
  const p = ends.prefix;
  const last = lastName(ends);
  const attributes = {
    K: { int: w.rows },
    N: { int: w.cols },
    bits: { int: 4 },
    block_size: { int: w.blockSize },
    accuracy_level: { int: accuracyLevel },
  };
  const multiply: GraphNode = {
    ...node('MatMulNBits', [ends.x, `${p}.weight`, `${p}.scale`], last, attributes),
    domain: 'com.microsoft',
  };
  return {
    nodes: ended([multiply], last, ends),
    initializers: [
      { name: `${p}.weight`, elemType: 'uint8', dims: [w.cols, w.blocks, w.blockSize / 2], data: w.q },
      float32(`${p}.scale`, [w.cols * w.blocks], w.scale),
    ],
    domains: { 'com.microsoft': 1 },
  };
}

/** x·u·v: two smaller products. */
export function lowRankNodes({ u, v }: Pick<LowRank, 'u' | 'v'>, ends: Ends): Piece {
  const first = denseNodes(u, { x: ends.x, y: `${ends.prefix}.reduced`, prefix: `${ends.prefix}.u` });
  const second = denseNodes(v, { ...ends, x: `${ends.prefix}.reduced`, prefix: `${ends.prefix}.v` });
  return {
    nodes: [...first.nodes, ...second.nodes],
    initializers: [...first.initializers, ...second.initializers],
  };
}

/**
 * Block-sparse product: Reshape into blocks, Gather the kept ones, a batched MatMul with one matrix per block of
 * outputs. Inputs are filled up with zeros and outputs cut off where the sizes do not divide.
 * Source: guide of the experiments, 6.3.
 */
export function blockNodes(w: BlockMatrix, ends: Ends): Piece {
  const p = ends.prefix;
  const { shape, inputBlocks, outputBlocks, kept } = w;
  const last = lastName(ends);
  const padded = inputBlocks * shape.inputs !== w.rows;
  const cut = outputBlocks * shape.outputs !== w.cols;
  const nodes: GraphNode[] = [];
  const initializers: Tensor[] = [
    integers(`${p}.inputs`, [-1, inputBlocks, shape.inputs]),
    integers(`${p}.index`, Array.from(w.index), [outputBlocks, kept]),
    integers(`${p}.read`, [-1, outputBlocks, kept * shape.inputs]),
    integers(`${p}.outputs`, [-1, outputBlocks * shape.outputs]),
    float32(`${p}.weight`, [outputBlocks, kept * shape.inputs, shape.outputs], w.weights),
  ];
  if (padded) {
    initializers.push(integers(`${p}.pads`, [0, 0, 0, inputBlocks * shape.inputs - w.rows]));
    nodes.push(node('Pad', [ends.x, `${p}.pads`], `${p}.padded`));
  }
  nodes.push(
    node('Reshape', [padded ? `${p}.padded` : ends.x, `${p}.inputs`], `${p}.blocks`),
    node('Gather', [`${p}.blocks`, `${p}.index`], `${p}.gathered`, { axis: { int: 1 } }),
    node('Reshape', [`${p}.gathered`, `${p}.read`], `${p}.rows`),
    node('Transpose', [`${p}.rows`], `${p}.turned`, { perm: { ints: [1, 0, 2] } }),
    node('MatMul', [`${p}.turned`, `${p}.weight`], `${p}.product`),
    node('Transpose', [`${p}.product`], `${p}.back`, { perm: { ints: [1, 0, 2] } }),
    node('Reshape', [`${p}.back`, `${p}.outputs`], cut ? `${p}.wide` : last),
  );
  if (cut) {
    initializers.push(integers(`${p}.from`, [0]), integers(`${p}.to`, [w.cols]), integers(`${p}.axis`, [1]));
    nodes.push(node('Slice', [`${p}.wide`, `${p}.from`, `${p}.to`, `${p}.axis`], last));
  }
  return { nodes: ended(nodes, last, ends), initializers };
}
