import { createRandom } from '../../models/random';
import type { Graph } from '../../models/writer';
import { gatherBlocks, unpackBlocks } from '../linear/blocks';
import { columnsOf } from '../linear/masks';
import { type Matrix, matrix } from '../linear/matrix';
import { blockNodes, denseNodes, int4Nodes, int8Nodes, lowRankNodes } from '../linear/nodes';
import { dequantiseInt4, dequantiseInt8, quantiseInt4, quantiseInt8 } from '../linear/quantise';
import { complementaryWeights, shuffle } from './complementary';
import { type LayerSize, type LayoutChoice, layoutKey } from './layouts';
import {
  gatherPiece,
  layerGraph,
  lowRankTwin,
  unitsTwin,
  winnersDense,
  winnersPacked,
  winnersRows,
} from './pieces';

/** A layout with its proof: the twin computes the same function from plain dense weights. */
export interface BuiltLayout {
  graph: Graph;
  domains?: Readonly<Record<string, number>>;
  /** Plain MatMul with the same weights, zeros included. */
  twin: Graph;
  /** Largest ‖y − twin‖/‖twin‖ that still counts as the same function. */
  tolerance: number;
  /** Multiply-adds of one example on paper: what a multiplication by zero or a loser does not count towards. */
  macs: number;
  /** Bytes of the largest tensor between two nodes for one example. */
  betweenBytes: number;
}

/** Rounding of sums in float32, in another order. */
const exact = 1e-5;
/** int8 and int4 also quantise the inputs at run time: about half of 1/255 of their range each. */
const quantised = 0.03;

const blockShape = { inputs: 32, outputs: 128 };
/** Weights are uniform in (−bound, bound). */
const bound = 0.05;
/** Share of weights present beside k-WTA, as in the sparse networks of the paper. */
const weightsKept = 0.05;

/** @param seed same seed and size: same weights, so that layouts of one mask have one twin */
export function buildLayout(
  size: LayerSize,
  choice: LayoutChoice,
  seed: number,
  { int8Levels = 127 }: { int8Levels?: 127 | 63 } = {},
): BuiltLayout {
  const { inputs, outputs } = size;
  const { group, kept } = choice;
  const random = createRandom(seed, `${layoutKey(choice)} ${inputs} ${outputs}`);
  const sparse = (density: number) =>
    complementaryWeights(inputs, outputs, {
      density,
      bound,
      random: createRandom(seed, `mask ${density} ${inputs} ${outputs}`),
    });
  const ends = { x: 'x', y: 'y', prefix: 'layer' };
  const plain = (m: Matrix) => layerGraph(size, denseNodes(m, ends));
  const all = inputs * outputs;
  const built = (graph: Graph, twin: Graph, more: Partial<BuiltLayout> = {}): BuiltLayout => ({
    graph,
    twin,
    tolerance: exact,
    macs: all * kept,
    betweenBytes: 4 * Math.max(inputs, outputs),
    ...more,
  });
  const own = () => {
    const data = new Float32Array(all);
    random.fillSymmetric(data, bound);
    return matrix(inputs, outputs, data);
  };

  switch (group) {
    case 'dense': {
      const graph = plain(own());
      return built(graph, graph);
    }
    case 'masked': {
      const { weights, perOutput } = sparse(kept);
      return built(plain(weights), plain(weights), { macs: perOutput * outputs });
    }
    case 'gather': {
      const c = sparse(kept);
      return built(layerGraph(size, gatherPiece(c)), plain(c.weights), {
        macs: c.perOutput * outputs,
        betweenBytes: 4 * c.perOutput * outputs,
      });
    }
    case 'winners-dense':
    case 'winners':
    case 'complementary': {
      const c = sparse(weightsKept);
      const k = Math.max(1, Math.round(inputs * kept));
      const twin = layerGraph(size, winnersDense(c.weights, k));
      if (group === 'winners-dense') return built(twin, twin, { macs: k * outputs });
      const piece = group === 'winners' ? winnersRows(c.weights, k) : winnersPacked(c, k);
      return built(layerGraph(size, piece, 1), twin, {
        macs: k * (group === 'winners' ? outputs : c.packs),
        betweenBytes: 4 * k * (group === 'winners' ? outputs : c.packs),
      });
    }
    case 'units': {
      const order = Array.from({ length: outputs }, (_, i) => i);
      shuffle(order, random);
      const units = order.slice(0, Math.max(1, Math.round(outputs * kept))).sort((a, b) => a - b);
      const m = own();
      const narrow = columnsOf(m, units);
      return built(
        layerGraph({ inputs, outputs: units.length }, denseNodes(narrow, ends)),
        unitsTwin(m, units),
        { macs: inputs * units.length },
      );
    }
    case 'blocks': {
      const shape = blockShape;
      const from = Math.ceil(inputs / shape.inputs);
      const to = Math.ceil(outputs / shape.outputs);
      const keep = Math.max(1, Math.round(from * kept));
      const index = new Int32Array(to * keep);
      const order = Array.from({ length: from }, (_, i) => i);
      for (let o = 0; o < to; o++) {
        shuffle(order, random);
        index.set(order.slice(0, keep), o * keep);
      }
      const packed = gatherBlocks(own(), shape, index, keep);
      return built(layerGraph(size, blockNodes(packed, ends)), plain(unpackBlocks(packed)), {
        macs: to * keep * shape.inputs * shape.outputs,
        betweenBytes: 4 * to * keep * shape.inputs,
      });
    }
    case 'low-rank': {
      const rank = Math.max(1, Math.round(Math.min(inputs, outputs) * kept));
      const u = new Float32Array(inputs * rank);
      const v = new Float32Array(rank * outputs);
      random.fillSymmetric(u, bound);
      random.fillSymmetric(v, bound);
      const factors = { u: matrix(inputs, rank, u), v: matrix(rank, outputs, v) };
      return built(layerGraph(size, lowRankNodes(factors, ends)), lowRankTwin(size, factors), {
        macs: rank * (inputs + outputs),
      });
    }
    case 'int8': {
      const q = quantiseInt8(own(), int8Levels);
      return built(layerGraph(size, int8Nodes(q, ends)), plain(dequantiseInt8(q)), {
        macs: all,
        tolerance: quantised,
      });
    }
    case 'int4': {
      const q = quantiseInt4(own(), 32);
      const { domains, ...piece } = int4Nodes(q, ends);
      return built(layerGraph(size, piece), plain(dequantiseInt4(q)), {
        macs: all,
        tolerance: quantised,
        domains,
      });
    }
  }
}
