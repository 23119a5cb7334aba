import { integers, node } from '../../models/builders/parts';
import type { Graph } from '../../models/writer';
import type { Matrix } from '../linear/matrix';
import { denseNodes, float32, type Piece } from '../linear/nodes';
import type { Complementary } from './complementary';
import type { LayerSize } from './layouts';
import { winnerIndices, winnersByBisection, winnersByTopK } from './winners';

/** `batch` 1 where a layout takes one example a call; absent: free. */
export function layerGraph({ inputs, outputs }: LayerSize, piece: Piece, batch?: 1): Graph {
  const rows = batch ?? 'batch';
  return {
    name: 'layer',
    nodes: piece.nodes,
    initializers: piece.initializers,
    inputs: [{ name: 'x', elemType: 'float32', dims: [rows, inputs] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: [rows, outputs] }],
  };
}

/** For each output the list of its inputs: gather those, multiply, sum. */
export function gatherPiece({ weights, perOutput }: Complementary): Piece {
  const { rows, cols, data } = weights;
  const index = new BigInt64Array(cols * perOutput);
  const value = new Float32Array(cols * perOutput);
  const filled = new Int32Array(cols);
  for (let k = 0; k < rows; k++) {
    for (let j = 0; j < cols; j++) {
      const w = data[k * cols + j]!;
      if (w === 0) continue;
      const at = j * perOutput + filled[j]!++;
      index[at] = BigInt(k);
      value[at] = w;
    }
  }
  return {
    nodes: [
      node('Gather', ['x', 'index'], 'gathered', { axis: { int: 1 } }),
      node('Mul', ['gathered', 'weight'], 'products'),
      node('ReduceSum', ['products', 'axes'], 'y', { keepdims: { int: 0 } }),
    ],
    initializers: [
      { name: 'index', elemType: 'int64', dims: [cols, perOutput], data: index },
      integers('axes', [2]),
      float32('weight', [1, cols, perOutput], value),
    ],
  };
}

/** The function of all k-WTA layouts, plainly: losers set to zero, then a dense product. */
export function winnersDense(m: Matrix, k: number): Piece {
  const chosen = winnersByTopK(k, 'winners', 'magnitude');
  const multiply = denseNodes(m, { x: 'winners', y: 'y', prefix: 'layer' });
  return {
    nodes: [node('Abs', ['x'], 'magnitude'), ...chosen.nodes, ...multiply.nodes],
    initializers: [...chosen.initializers, ...multiply.initializers],
  };
}

/** Only the rows of the winners are read and multiplied. */
export function winnersRows(m: Matrix, k: number): Piece {
  const chosen = winnerIndices(k);
  return {
    nodes: [
      ...chosen.nodes,
      node('Gather', ['layer.weight', 'index'], 'rows', { axis: { int: 0 } }),
      node('MatMul', ['values', 'rows'], 'y'),
    ],
    initializers: [...chosen.initializers, float32('layer.weight', [m.rows, m.cols], m.data)],
  };
}

/** Of each winner one row of the packs: its weights and the outputs they belong to. */
export function winnersPacked({ weights, packs, packed, owner }: Complementary, k: number): Piece {
  const chosen = winnerIndices(k);
  const { rows, cols } = weights;
  const flat = (from: string, to: string) => node('Reshape', [from, 'flat'], to);
  return {
    nodes: [
      ...chosen.nodes,
      node('Gather', ['packed', 'index'], 'rows', { axis: { int: 0 } }),
      node('Gather', ['owner', 'index'], 'owners', { axis: { int: 0 } }),
      node('Transpose', ['values'], 'column', { perm: { ints: [1, 0] } }),
      node('Mul', ['rows', 'column'], 'products'),
      flat('products', 'products.flat'),
      flat('owners', 'owners.flat'),
      node('ScatterElements', ['zeros', 'owners.flat', 'products.flat'], 'sums', {
        axis: { int: 0 },
        reduction: { string: 'add' },
      }),
      node('Reshape', ['sums', 'row'], 'y'),
    ],
    initializers: [
      ...chosen.initializers,
      integers('flat', [-1]),
      integers('row', [1, cols]),
      float32('zeros', [cols], new Float32Array(cols)),
      float32('packed', [rows, packs], packed),
      {
        name: 'owner',
        elemType: 'int64',
        dims: [rows, packs],
        data: BigInt64Array.from(owner, BigInt),
      },
    ],
  };
}

/** The dense layer with the other units' weights at zero, and of its outputs those that are kept. */
export function unitsTwin(m: Matrix, units: readonly number[]): Graph {
  const keep = new Uint8Array(m.cols);
  for (const j of units) keep[j] = 1;
  const masked = { ...m, data: m.data.map((w, i) => (keep[i % m.cols] ? w : 0)) };
  const piece = denseNodes(masked, { x: 'x', y: 'all', prefix: 'layer' });
  return layerGraph(
    { inputs: m.rows, outputs: units.length },
    {
      nodes: [...piece.nodes, node('Gather', ['all', 'units'], 'y', { axis: { int: 1 } })],
      initializers: [...piece.initializers, integers('units', units)],
    },
  );
}

/** One dense matrix u·v, multiplied out by the runtime. */
export function lowRankTwin(size: LayerSize, { u, v }: { u: Matrix; v: Matrix }): Graph {
  return layerGraph(size, {
    nodes: [node('MatMul', ['u', 'v'], 'layer.weight'), node('MatMul', ['x', 'layer.weight'], 'y')],
    initializers: [float32('u', [u.rows, u.cols], u.data), float32('v', [v.rows, v.cols], v.data)],
  });
}

/** What choosing winners costs: nothing but the activation, on `units` values an example. */
export type Choosing = 'relu' | 'topk' | 'bisection';

export function choosingGraph(how: Choosing, units: number, kept: number): Graph {
  const k = Math.max(1, Math.round(units * kept));
  const pieces: Record<Choosing, () => Piece> = {
    relu: () => ({ nodes: [node('Relu', ['x'], 'y')], initializers: [] }),
    topk: () => winnersByTopK(k, 'y'),
    bisection: () => winnersByBisection(k, 'y'),
  };
  return layerGraph({ inputs: units, outputs: units }, pieces[how]());
}
