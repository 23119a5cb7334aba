import type { TransformForm } from '../../../shared/transform';
import { integers, node } from '../../models/builders/parts';
import type { Tensor as StoredTensor } from '../../models/graph';
import { type OpenExternal, streamPayload } from '../../models/payload';
import { elementCount, type GraphNode, type Tensor } from '../../models/writer';
import { packBlocks } from '../linear/blocks';
import { lowRank } from '../linear/lowRank';
import { magnitudeMask } from '../linear/masks';
import { type Matrix, matrix, transposed } from '../linear/matrix';
import { blockNodes, type Ends, int4Nodes, int8Nodes, lowRankNodes, type Piece } from '../linear/nodes';
import { type Int8Matrix, quantiseInt4, quantiseInt8 } from '../linear/quantise';
import { keptBlocks, type Layer, rankOf } from './layers';

/** Values of a float32 tensor, in memory once. */
function readFloats(tensor: StoredTensor, openExternal: OpenExternal): Float32Array {
  const bytes = new Uint8Array(4 * tensor.elements);
  let at = 0;
  streamPayload(tensor, openExternal, (chunk, count) => {
    bytes.set(chunk.subarray(0, count), at);
    at += count;
  });
  return new Float32Array(bytes.buffer);
}

/** alpha·W as [inputs, outputs]. */
function readMatrix(layer: Layer, openExternal: OpenExternal): Matrix {
  const [rows, columns] = layer.weight.dims as [number, number];
  const stored = matrix(rows, columns, readFloats(layer.weight, openExternal));
  const w = layer.transposed ? transposed(stored) : stored;
  if (layer.alpha !== 1) for (let i = 0; i < w.data.length; i++) w.data[i]! *= layer.alpha;
  return w;
}

/** The product x·W of a form, in the names of `ends`. */
function pieceOf(w: Matrix, form: TransformForm, ends: Ends, opset: number): Piece {
  switch (form.kind) {
    case 'int8':
      return int8Piece(quantiseInt8(w), ends, opset);
    case 'int4':
      return int4Nodes(quantiseInt4(w, form.block), ends);
    case 'low-rank':
      return lowRankNodes(
        lowRank(w, rankOf(form, { inputs: w.rows, outputs: w.cols }), { seed: form.seed }),
        ends,
      );
    case 'block-sparse':
      return blockNodes(packBlocks(w, form.blocks, keptBlocks(form, w.rows)), ends);
    case 'pruned':
      throw new RangeError('a pruned layer keeps its node');
  }
}

/** DynamicQuantizeLinear came with this operator set. */
const int8Opset = 11;

/**
 * In older operator sets the one operator of ONNX Runtime's own that does all of it; its processor kernel is what the
 * nodes of a newer one are fused into.
 */
function int8Piece(w: Int8Matrix, ends: Ends, opset: number): Piece {
  const piece = int8Nodes(w, ends);
  if (opset >= int8Opset) return piece;
  const [weight, scale] = piece.initializers.map(({ name }) => name) as [string, string];
  const fused = {
    ...node('DynamicQuantizeMatMul', [ends.x, weight, scale], ends.y),
    domain: 'com.microsoft',
  };
  return { nodes: [fused], initializers: piece.initializers, domains: { 'com.microsoft': 1 } };
}

/** The same piece without its values: names and shapes, from sizes alone. */
function emptyPiece(rows: number, cols: number, form: TransformForm, ends: Ends, opset: number): Piece {
  const none = { f: new Float32Array(0), q: new Int8Array(0), b: new Uint8Array(0) };
  switch (form.kind) {
    case 'int8':
      return int8Piece({ rows, cols, q: none.q, scale: none.f }, ends, opset);
    case 'int4': {
      const blocks = Math.ceil(rows / form.block);
      return int4Nodes({ rows, cols, blockSize: form.block, blocks, q: none.b, scale: none.f }, ends);
    }
    case 'low-rank': {
      const rank = rankOf(form, { inputs: rows, outputs: cols });
      return lowRankNodes(
        { u: { rows, cols: rank, data: none.f }, v: { rows: rank, cols, data: none.f } },
        ends,
      );
    }
    case 'block-sparse': {
      const { inputs, outputs } = form.blocks;
      return blockNodes(
        {
          rows,
          cols,
          shape: form.blocks,
          inputBlocks: Math.ceil(rows / inputs),
          outputBlocks: Math.ceil(cols / outputs),
          kept: keptBlocks(form, rows),
          index: new Int32Array(0),
          weights: none.f,
        },
        ends,
      );
    }
    case 'pruned':
      throw new RangeError('a pruned layer keeps its node');
  }
}

/** Below this a made tensor is kept once it has been made: it is written apart from the large ones. */
const smallBytes = 1 << 16;

/**
 * Makes what takes a layer's place. Weights are read and converted while the file is written, one layer at a time, so that
 * a model of gigabytes needs the memory of its largest layer. Layers that share a weight share what it becomes.
 */
export function createPieces(
  form: TransformForm,
  openExternal: OpenExternal,
  opset: number,
  onMade: () => void = () => {},
) {
  let last: { key: string; tensors: readonly Tensor[] } | null = null;
  const small = new Map<string, ArrayBufferView>();
  const shared = new Map<string, Ends>();
  const made = (key: string, make: () => readonly Tensor[]) => {
    if (last?.key !== key) {
      // Two layers at once would be one too many.
      last = null;
      last = { key, tensors: make() };
      onMade();
    }
    return last.tensors;
  };
  const lazily = (key: string, tensor: Tensor, position: number, make: () => readonly Tensor[]): Tensor => ({
    ...tensor,
    *data() {
      const name = `${key} ${position}`;
      const data = small.get(name) ?? (made(key, make)[position]!.data as ArrayBufferView);
      if (data.byteLength < smallBytes) small.set(name, data);
      yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    },
  });

  return {
    /** `fresh` begins with what no name in the model begins with; `alpha` is in the weights, the rest follows here. */
    inPlaceOf(layer: Layer, fresh: string): Piece {
      const x = layer.turned ? `${fresh}.xT` : layer.x;
      const before: GraphNode[] = layer.turned
        ? [node('Transpose', [layer.x], x, { perm: { ints: [1, 0] } })]
        : [];
      const core = form.kind === 'block-sparse' && !layer.flat ? flattened : plain;
      const biased = layer.bias !== null && layer.beta !== 0;
      const y = biased ? `${fresh}.unbiased` : layer.y;
      const piece = core(layer, { x, y, prefix: fresh }, (ends) => product(layer, ends));
      const after = biased ? addBias(layer, y, fresh) : { nodes: [], initializers: [] };
      return {
        // A node somewhere else may have the name of an output of these.
        nodes: [...before, ...piece.nodes, ...after.nodes].map((n, i) => ({
          ...n,
          name: `${fresh}.${i}.${n.op}`,
        })),
        initializers: [...piece.initializers, ...after.initializers],
        domains: piece.domains,
      };
    },
    /** The weight with its smallest values set to zero, under a name. */
    pruned(layer: Layer, name: string): Tensor {
      const share = form.kind === 'pruned' ? form.share : 0;
      const { dims, elements } = layer.weight;
      const make = (): readonly Tensor[] => {
        const data = readFloats(layer.weight, openExternal);
        const mask = magnitudeMask(data, elements - Math.round(share * elements));
        for (let i = 0; i < data.length; i++) if (mask[i] === 0) data[i] = 0;
        return [{ name, elemType: 'float32', dims, data }];
      };
      return lazily(name, { name, elemType: 'float32', dims, data: new Uint8Array(0) }, 0, make);
    },
  };

  function product(layer: Layer, ends: Ends): Piece {
    const empty = emptyPiece(layer.inputs, layer.outputs, form, ends, opset);
    const key = JSON.stringify([layer.weightName, layer.transposed, layer.alpha]);
    const first = shared.get(key);
    if (first !== undefined) return sharing(empty, ends.prefix, first.prefix);
    shared.set(key, ends);
    const make = () => pieceOf(readMatrix(layer, openExternal), form, ends, opset).initializers;
    return { ...empty, initializers: empty.initializers.map((t, i) => lazily(key, t, i, make)) };
  }
}

/** The nodes of a piece with the stored tensors of an earlier one. */
function sharing({ nodes, initializers, domains }: Piece, prefix: string, of: string): Piece {
  const theirs = new Map(initializers.map(({ name }) => [name, of + name.slice(prefix.length)]));
  return {
    nodes: nodes.map((n) => ({ ...n, inputs: n.inputs.map((name) => theirs.get(name) ?? name) })),
    initializers: [],
    domains,
  };
}

type Core = (layer: Layer, ends: Ends, product: (ends: Ends) => Piece) => Piece;

const plain: Core = (_, ends, product) => product(ends);

/** For a piece that wants rows: all dimensions but the last become one, and are put back after it. */
const flattened: Core = (layer, { x, y, prefix }, product) => {
  const name = (what: string) => `${prefix}.${what}`;
  const piece = product({ x: name('flat'), y: name('product.flat'), prefix });
  return {
    ...piece,
    nodes: [
      node('Reshape', [x, name('rows.shape')], name('flat')),
      ...piece.nodes,
      node('Shape', [x], name('x.shape')),
      node('Slice', [name('x.shape'), name('first'), name('before.last')], name('x.leading')),
      node('Concat', [name('x.leading'), name('width')], name('y.shape'), { axis: { int: 0 } }),
      node('Reshape', [name('product.flat'), name('y.shape')], y),
    ],
    initializers: [
      ...piece.initializers,
      integers(name('rows.shape'), [-1, layer.inputs]),
      integers(name('first'), [0]),
      integers(name('before.last'), [-1]),
      integers(name('width'), [layer.outputs]),
    ],
  };
};

function addBias({ bias, beta, y }: Layer, product: string, fresh: string): Piece {
  if (beta === 1) return { nodes: [node('Add', [product, bias!], y)], initializers: [] };
  const [factor, scaled] = [`${fresh}.beta`, `${fresh}.bias`];
  return {
    nodes: [node('Mul', [bias!, factor], scaled), node('Add', [product, scaled], y)],
    initializers: [{ name: factor, elemType: 'float32', dims: [], data: Float32Array.of(beta) }],
  };
}

/** Bytes of stored tensors. */
export const bytesOf = (tensors: readonly Tensor[]) =>
  tensors.reduce(
    (n, { elemType, dims }) =>
      n + elementCount(dims) * (elemType === 'int64' ? 8 : elemType === 'float32' ? 4 : 1),
    0,
  );
