import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMacs, macTable } from '../../src/main/models/macs';
import { readModel } from '../../src/main/models/reader';
import { rules } from '../../src/main/models/shapes/rules';
import { zeroMacOperators } from '../../src/main/models/zeromacs';
import { LabError } from '../../src/shared/errors';
import {
  attribute,
  constant,
  type GraphParts,
  graph,
  i64,
  localFunction,
  model,
  node,
  port,
  tensor,
  weights,
} from './support';

const a = attribute;

function macs(
  g: GraphParts,
  shapes: Record<string, number[]>,
  values: Record<string, number> = {},
  functions: Uint8Array[] = [],
) {
  const inputs = Object.keys(shapes).map((name) => port(name));
  const typed = g.inputs ?? inputs;
  return countMacs(readModel(model({ ...g, inputs: typed }, functions, 21)), shapes, values);
}
const one = (n: Uint8Array, shapes: Record<string, number[]>) => macs({ nodes: [n] }, shapes).macs;

describe('one operator', () => {
  it.each([
    ['MatMul', node('MatMul', ['x', 'w'], ['y']), { x: [2, 5, 3], w: [3, 7] }, 2 * 5 * 3 * 7],
    ['MatMul of vectors', node('MatMul', ['x', 'w'], ['y']), { x: [3], w: [3] }, 3],
    ['Gemm', node('Gemm', ['x', 'w'], ['y'], [a.int('transB', 1)]), { x: [4, 3], w: [7, 3] }, 84],
    ['Conv', node('Conv', ['x', 'w'], ['y']), { x: [1, 3, 8, 8], w: [4, 3, 3, 3] }, 36 * 4 * 27],
    [
      'depthwise Conv',
      node('Conv', ['x', 'w'], ['y'], [a.int('group', 3)]),
      { x: [1, 3, 8, 8], w: [3, 1, 3, 3] },
      36 * 27,
    ],
    [
      'strided Conv',
      node('Conv', ['x', 'w'], ['y'], [a.ints('strides', [2])]),
      { x: [2, 3, 9], w: [4, 3, 3] },
      2 * 4 * 4 * 9,
    ],
    [
      'ConvTranspose',
      node('ConvTranspose', ['x', 'w'], ['y']),
      { x: [1, 3, 5], w: [3, 2, 4] },
      3 * 5 * 2 * 4,
    ],
    ['MatMulInteger', node('MatMulInteger', ['x', 'w'], ['y']), { x: [4, 3], w: [3, 2] }, 24],
    [
      'Einsum',
      node('Einsum', ['x', 'w'], ['y'], [a.text('equation', 'bij,bjk->bik')]),
      { x: [2, 3, 4], w: [2, 4, 5] },
      120,
    ],
    [
      'Einsum with dots',
      node('Einsum', ['x', 'w'], ['y'], [a.text('equation', '...ij,jk->...ik')]),
      { x: [2, 6, 3, 4], w: [4, 5] },
      2 * 6 * 3 * 4 * 5,
    ],
    [
      'Einsum that sums nothing',
      node('Einsum', ['x', 'w'], ['y'], [a.text('equation', 'i,i->i')]),
      { x: [4], w: [4] },
      0,
    ],
    [
      'LSTM',
      node('LSTM', ['x', 'w', 'r'], ['y'], [a.text('direction', 'bidirectional'), a.int('hidden_size', 6)]),
      { x: [7, 2, 5], w: [2, 24, 5], r: [2, 24, 6] },
      7 * 2 * 2 * 24 * 11,
    ],
    [
      'GRU',
      node('GRU', ['x', 'w', 'r'], ['y'], [a.int('hidden_size', 6)]),
      { x: [7, 2, 5], w: [1, 18, 5], r: [1, 18, 6] },
      7 * 2 * 18 * 11,
    ],
    [
      'MatMulNBits',
      node('MatMulNBits', ['x', 'w', 's'], ['y'], [a.int('K', 64), a.int('N', 8)], 'com.microsoft'),
      { x: [2, 5, 64], w: [8, 2, 16], s: [16] },
      10 * 64 * 8,
    ],
    [
      'Attention',
      node('Attention', ['q', 'k', 'v'], ['y']),
      { q: [1, 2, 3, 8], k: [1, 2, 5, 8], v: [1, 2, 5, 4] },
      2 * 3 * 5 * 12,
    ],
    [
      'FusedMatMul',
      node('FusedMatMul', ['x', 'w'], ['y'], [a.int('transB', 1)], 'com.microsoft'),
      { x: [4, 3], w: [7, 3] },
      84,
    ],
    ['Softmax', node('Softmax', ['x'], ['y']), { x: [4, 3] }, 0],
  ])('%s', (_, n, shapes, want) => {
    expect(one(n, shapes as Record<string, number[]>)).toBe(want);
  });

  it('a batch multiplies the count', () => {
    const sizes = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(sizes, sizes, sizes, sizes, (batch, m, k, n) => {
        const nodes = [node('MatMul', ['x', 'w'], ['h']), node('Relu', ['h'], ['y'])];
        return macs({ nodes }, { x: [batch, m, k], w: [k, n] }).macs === batch * m * k * n;
      }),
      { seed: 30, numRuns: 100 },
    );
  });
});

describe('through the graph', () => {
  const k = (name: string, ...xs: number[]) => tensor(name, 'int64', [xs.length], { raw: i64(...xs) });

  it('shapes that the model computes for itself', () => {
    // reshape(x, [shape(x)[0], −1]) · w
    const nodes = [
      node('Shape', ['x'], ['s']),
      node('Gather', ['s', 'zero'], ['batch']),
      node('Concat', ['batch', 'rest'], ['target'], [a.int('axis', 0)]),
      node('Reshape', ['x', 'target'], ['flat']),
      node('MatMul', ['flat', 'w'], ['y']),
    ];
    const initializers = [k('zero', 0), k('rest', -1), weights('w', [12, 5])];
    expect(macs({ nodes, initializers }, { x: [6, 3, 4] }).macs).toBe(6 * 12 * 5);
  });

  it('local functions are counted each time they are called', () => {
    const f = localFunction(
      'F',
      ['x'],
      ['y'],
      [constant('w', weights('', [3, 3])), node('MatMul', ['x', 'w'], ['y'])],
    );
    const nodes = [node('F', ['x'], ['h'], [], 'local'), node('F', ['h'], ['y'], [], 'local')];
    expect(macs({ nodes }, { x: [5, 3] }, {}, [f]).macs).toBe(2 * 45);
  });

  const branch = (columns: number) =>
    graph({
      nodes: [constant('w', weights('', [3, columns])), node('MatMul', ['x', 'w'], ['z'])],
      outputs: [port('z')],
    });
  const choose = (then: number, other: number) => [
    node('If', ['c'], ['y'], [a.graph('then_branch', branch(then)), a.graph('else_branch', branch(other))]),
  ];
  const inputs = [port('x', 'float32', [2, 3]), port('c', 'bool')];

  it('If: branches that cost the same need no condition; others need it', () => {
    const shapes = { x: [2, 3], c: [] };
    expect(macs({ nodes: choose(4, 4), inputs }, shapes).macs).toBe(24);
    expect(macs({ nodes: choose(4, 5), inputs }, shapes)).toMatchObject({
      macs: null,
      missingReason: 'MACs are not known: If: branches differ.',
      unknownOperators: ['If'],
    });
    expect(macs({ nodes: choose(4, 5), inputs }, shapes, { c: 1 }).macs).toBe(24);
    expect(macs({ nodes: choose(4, 5), inputs }, shapes, { c: 0 }).macs).toBe(30);
  });

  const body = graph({
    nodes: [
      node('Identity', ['go'], ['again']),
      constant('w', weights('', [3, 3])),
      node('MatMul', ['s', 'w'], ['t']),
    ],
    inputs: [port('i', 'int64'), port('go', 'bool'), port('s')],
    outputs: [port('again', 'bool'), port('t')],
  });
  const looped = (trips: Uint8Array[]) => ({
    nodes: [node('Loop', ['n', '', 'x'], ['y'], [a.graph('body', body)])],
    initializers: trips,
  });

  it('Loop: rounds times its body, long ones too', () => {
    for (const rounds of [0, 1, 10, 1_000_000]) {
      const trips = tensor('n', 'int64', [], { raw: i64(rounds) });
      expect(macs(looped([trips]), { x: [2, 3] }).macs).toBe(rounds * 18);
    }
  });

  it('Loop: without a known number of rounds there is no count', () => {
    const result = macs({ ...looped([]), inputs: [port('x'), port('n', 'int64')] }, { x: [2, 3], n: [] });
    expect(result.macs).toBeNull();
    expect(result.unknownOperators).toEqual(['Loop']);
  });

  it('Scan: sequence length times its body', () => {
    const step = graph({
      nodes: [
        constant('w', weights('', [3, 3])),
        node('MatMul', ['p', 'w'], ['o']),
        node('Add', ['s', 'o'], ['t']),
      ],
      inputs: [port('s'), port('p')],
      outputs: [port('t'), port('o')],
    });
    const scan = node('Scan', ['x', 'seq'], ['y', 'z'], [a.graph('body', step), a.int('num_scan_inputs', 1)]);
    expect(macs({ nodes: [scan] }, { x: [2, 3], seq: [11, 2, 3] }).macs).toBe(11 * 18);
  });
});

describe('what is not known is named, and nothing else is said', () => {
  const product = node('MatMul', ['h', 'w'], ['y']);

  it('an operator of a domain of its own', () => {
    const result = macs(
      { nodes: [node('Magic', ['x'], ['h'], [], 'my.ops'), product] },
      { x: [2, 3], w: [3, 4] },
    );
    expect(result.macs).toBeNull();
    expect(result.unknownOperators).toEqual(['my.ops:Magic']);
    expect(result.missingReason).toContain('operator my.ops:Magic is not known');
  });

  it('a shape that depends on data, but only where a product depends on it', () => {
    const after = [node('NonZero', ['x'], ['n']), node('Transpose', ['n'], ['h']), product];
    expect(macs({ nodes: after }, { x: [2, 3], w: [2, 4] })).toMatchObject({
      macs: null,
      missingReason: 'MACs are not known: the sizes of MatMul depend on NonZero.',
      unknownOperators: ['NonZero'],
    });
    const beside = [
      node('MatMul', ['x', 'w'], ['y']),
      node('NonZero', ['y'], ['n']),
      node('Transpose', ['n'], ['t']),
    ];
    expect(macs({ nodes: beside }, { x: [2, 3], w: [3, 4] }).macs).toBe(24);
  });

  it('an input without a shape', () => {
    const result = macs(
      { nodes: [node('MatMul', ['x', 'w'], ['y'])], inputs: [port('x'), port('w')] },
      { x: [2, 3] },
    );
    expect(result).toMatchObject({ macs: null, unknownOperators: [] });
    expect(result.missingReason).toContain('input "w"');
  });

  it('sizes that do not meet', () => {
    expect(one(node('MatMul', ['x', 'w'], ['y']), { x: [2, 3], w: [4, 5] })).toBeNull();
    expect(
      one(node('Conv', ['x', 'w'], ['y'], [a.ints('strides', [0])]), { x: [1, 1, 4], w: [1, 1, 3] }),
    ).toBeNull();
    expect(
      one(node('Conv', ['x', 'w'], ['y'], [a.int('group', 0)]), { x: [1, 1, 4], w: [1, 1, 3] }),
    ).toBeNull();
    expect(one(node('Split', ['x'], ['y'], [a.int('num_outputs', 2 ** 40)]), { x: [4] })).toBe(0);
  });

  it('functions that call each other without end, and those that double 30 times', () => {
    const call = (to: string) => node(to, ['x'], ['y'], [], 'local');
    const circle = ['A', 'B'].map((n, i) => localFunction(n, ['x'], ['y'], [call(['B', 'A'][i]!)]));
    expect(macs({ nodes: [call('A')] }, { x: [1] }, {}, circle).macs).toBeNull();
    const doubling = Array.from({ length: 30 }, (_, i) => {
      const below = (out: string) =>
        i === 0 ? node('Relu', ['x'], [out]) : node(`F${i - 1}`, ['x'], [out], [], 'local');
      return localFunction(`F${i}`, ['x'], ['y'], [below('a'), below('b'), node('Add', ['a', 'b'], ['y'])]);
    });
    const result = macs({ nodes: [call('F29')] }, { x: [1] }, {}, doubling);
    expect(result.missingReason).toContain('unroll to more operators');
  });

  it('a loop of 2^63 rounds ends at once', () => {
    const empty = graph({
      nodes: [node('Identity', ['c'], ['d']), node('Identity', ['s'], ['t'])],
      inputs: [port('i', 'int64'), port('c', 'bool'), port('s')],
      outputs: [port('d', 'bool'), port('t')],
    });
    const trips = tensor('n', 'int64', [], { raw: i64(2n ** 63n - 1n) });
    const nodes = [node('Loop', ['n', '', 'x'], ['y'], [a.graph('body', empty)])];
    expect(macs({ nodes, initializers: [trips] }, { x: [1] }).macs).toBe(0);
  });

  it('a chain of 100,000 nodes', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => node('Relu', [i ? `t${i - 1}` : 'x'], [`t${i}`]));
    expect(macs({ nodes }, { x: [1] }).macs).toBe(0);
  });
});

describe('hostile graphs', () => {
  const body = graph({
    nodes: [node('Identity', ['go'], ['again']), node('Concat', ['s', 's'], ['t'], [a.int('axis', 0)])],
    inputs: [port('i', 'int64'), port('go', 'bool'), port('s')],
    outputs: [port('again', 'bool'), port('t')],
  });
  const numbers = (name: string, ...xs: number[]) => tensor(name, 'int64', [xs.length], { raw: i64(...xs) });
  const rich = model({
    nodes: [
      node('Shape', ['x'], ['s']),
      node('Slice', ['s', 'from', 'to'], ['part']),
      node('Concat', ['part', 'rest'], ['target'], [a.int('axis', 0)]),
      node('Reshape', ['x', 'target'], ['r']),
      node('Tile', ['from', 'rest'], ['tiled']),
      node('Expand', ['rest', 'to'], ['wide']),
      node('Loop', ['n', '', 'x'], ['grown'], [a.graph('body', body)]),
      node('Conv', ['img', 'k'], ['c'], [a.ints('strides', [2, 2]), a.ints('pads', [1, 1, 1, 1])]),
      node('Split', ['c'], ['p', 'q'], [a.int('axis', 1)]),
      node('Einsum', ['r', 'w'], ['e'], [a.text('equation', 'ij,jk->ik')]),
      node('Gather', ['rest', 'from'], ['g']),
      node('ConstantOfShape', ['to'], ['z']),
    ],
    inputs: [port('x', 'float32', [2, 3]), port('img', 'float32', [1, 1, 8, 8])],
    outputs: [port('e')],
    initializers: [
      ...[numbers('from', 0), numbers('to', 1), numbers('rest', -1), numbers('n', 3)],
      ...[weights('k', [4, 1, 3, 3]), weights('w', [3, 5])],
    ],
  });
  const shapes = { x: [2, 3], img: [1, 1, 8, 8] };

  it('the model itself is counted', () => {
    expect(countMacs(readModel(rich), shapes).macs).toBe(16 * 4 * 9 + 2 * 3 * 5);
  });

  it('mutants are refused by the reader or counted or named: nothing else, and at once', () => {
    let counted = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(rich.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (edits) => {
          const bytes = rich.slice();
          for (const [at, value] of edits) bytes[at] = value;
          try {
            const { macs: n, missingReason } = countMacs(readModel(bytes), shapes);
            expect(n === null).toBe(missingReason !== null);
            counted++;
          } catch (thrown) {
            if (!(thrown instanceof LabError)) throw thrown;
          }
        },
      ),
      { seed: 30, numRuns: 3000 },
    );
    expect(counted).toBeGreaterThan(1000);
  });
});

describe('the tables', () => {
  it('say of every operator with a shape rule what it costs, or deliberately nothing', () => {
    const undecided = [...rules.keys()].filter((label) => macTable(label) === null);
    expect(undecided.sort()).toEqual(['AffineGrid', 'DFT', 'STFT']);
  });

  it('no operator both multiplies and costs nothing', () => {
    const both = ['Conv', 'MatMul', 'Gemm', 'Einsum', 'Attention', 'LSTM'].filter((l) =>
      zeroMacOperators.has(l),
    );
    expect(both).toEqual([]);
    expect(macTable('constructor')).toBeNull();
  });
});
