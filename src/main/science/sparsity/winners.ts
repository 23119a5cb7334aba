import { floats, integers, node } from '../../models/builders/parts';
import type { GraphNode } from '../../models/writer';
import type { Piece } from '../linear/nodes';

/** Halvings of the interval that holds the threshold; 20 part it into a million. */
const bisections = 20;

/**
 * Numbers (`index` [k]) and values (`values` [1, k]) of the k elements of largest magnitude of `x` [1, n]; winners may be
 * negative. One example at a time: each has winners of its own. Source: guide of the experiments, 6.3.
 */
export function winnerIndices(k: number): Piece {
  return {
    nodes: [
      node('Abs', ['x'], 'magnitude'),
      {
        op: 'TopK',
        inputs: ['magnitude', 'k'],
        outputs: ['top', 'places'],
        attributes: { axis: { int: -1 }, sorted: { int: 0 } },
      },
      node('GatherElements', ['x', 'places'], 'values', { axis: { int: 1 } }),
      node('Squeeze', ['places', 'first'], 'index'),
    ],
    initializers: [integers('k', [k]), integers('first', [0])],
  };
}

/**
 * `x` [batch, n] to `y`: the k largest values of `ranked` in each row are kept, 0 elsewhere, by sorting out the k-th.
 * `ranked` is `x` itself or, for winners by magnitude, its absolute value.
 */
export function winnersByTopK(k: number, y: string, ranked = 'x'): Piece {
  return {
    nodes: [
      {
        op: 'TopK',
        inputs: [ranked, 'kwta.k'],
        outputs: ['kwta.top', 'kwta.places'],
        attributes: { axis: { int: -1 }, sorted: { int: 1 } },
      },
      node('Slice', ['kwta.top', 'kwta.from', 'kwta.k', 'kwta.axis'], 'kwta.threshold'),
      node('GreaterOrEqual', [ranked, 'kwta.threshold'], 'kwta.wins'),
      node('Where', ['kwta.wins', 'x', 'kwta.zero'], y),
    ],
    initializers: [
      integers('kwta.k', [k]),
      integers('kwta.from', [k - 1]),
      integers('kwta.axis', [1]),
      floats('kwta.zero', [], [0]),
    ],
  };
}

/** The same by halving the interval between the least and the largest value of each row: operators that WebGPU has. */
export function winnersByBisection(k: number, y: string): Piece {
  const row = { axes: { ints: [1] }, keepdims: { int: 1 } };
  const nodes: GraphNode[] = [
    node('ReduceMin', ['x'], 'kwta.low0', row),
    node('ReduceMax', ['x'], 'kwta.high0', row),
  ];
  for (let i = 0; i < bisections; i++) {
    const n = (name: string, at = i) => `kwta.${name}${at}`;
    nodes.push(
      node('Add', [n('low'), n('high')], n('ends')),
      node('Mul', [n('ends'), 'kwta.half'], n('middle')),
      node('GreaterOrEqual', ['x', n('middle')], n('above')),
      node('Cast', [n('above')], n('ones'), { to: { int: 1 } }),
      node('ReduceSum', [n('ones'), 'kwta.axis'], n('count'), { keepdims: { int: 1 } }),
      node('Greater', [n('count'), 'kwta.k'], n('many')),
      node('Where', [n('many'), n('middle'), n('low')], n('low', i + 1)),
      node('Where', [n('many'), n('high'), n('middle')], n('high', i + 1)),
    );
  }
  nodes.push(
    node('GreaterOrEqual', ['x', `kwta.high${bisections}`], 'kwta.wins'),
    node('Where', ['kwta.wins', 'x', 'kwta.zero'], y),
  );
  return {
    nodes,
    initializers: [
      floats('kwta.half', [], [0.5]),
      floats('kwta.k', [], [k]),
      integers('kwta.axis', [1]),
      floats('kwta.zero', [], [0]),
    ],
  };
}
