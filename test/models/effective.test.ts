import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMacs } from '../../src/main/models/macs';
import { readModel } from '../../src/main/models/reader';
import {
  attribute as a,
  constant,
  type GraphParts,
  graph,
  i64,
  localFunction,
  model,
  node,
  port,
  sparse,
  tensor,
  u8,
  weights,
} from './support';

type Shapes = Record<string, readonly number[]>;

function count(g: GraphParts, shapes: Shapes, functions: Uint8Array[] = []) {
  const inputs = g.inputs ?? Object.keys(shapes).map((name) => port(name));
  return countMacs(readModel(model({ ...g, inputs }, functions, 21)), shapes);
}

const size = (dims: readonly number[]) => dims.reduce((n, d) => n * d, 1);
const i8 = (...xs: number[]) => u8(...xs.map((x) => x & 255));
/** Weights with zeros wherever the mask says so, −0 among them; the dense twin has none. */
const masked = (name: string, dims: readonly number[], mask: readonly boolean[]) =>
  weights(
    name,
    dims,
    mask.map((zero, i) => (zero ? (i % 2 ? -0 : 0) : 0.5)),
  );
const maskOf = (dims: readonly number[]) => {
  const n = size(dims);
  return fc.array(fc.boolean(), { minLength: n, maxLength: n });
};
const settings = { seed: 41, numRuns: 60 };
const few = (max: number) => fc.integer({ min: 1, max });

/** Counts the multiplications of a plain loop: all of them, and those with a weight that is not zero. */
interface Loops {
  dense: number;
  effective: number;
}

describe('weights that are zero are left out, exactly', () => {
  it('Conv with groups, dilations, strides and padding', () => {
    const cases = fc
      .record({
        batch: few(2),
        groups: few(3),
        perGroup: few(2),
        outPerGroup: few(2),
        kernel: few(3),
        side: fc.integer({ min: 6, max: 8 }),
        dilation: few(2),
        stride: few(2),
        pad: fc.integer({ min: 0, max: 2 }),
      })
      .chain((c) => {
        const dims = [c.groups * c.outPerGroup, c.perGroup, c.kernel, c.kernel];
        return fc.record({ c: fc.constant(c), dims: fc.constant(dims), mask: maskOf(dims) });
      });
    fc.assert(
      fc.property(cases, ({ c, dims, mask }) => {
        const attributes = [
          a.int('group', c.groups),
          a.ints('dilations', [c.dilation, c.dilation]),
          a.ints('strides', [c.stride, c.stride]),
          a.ints('pads', [c.pad, c.pad, c.pad, c.pad]),
        ];
        const nodes = [node('Conv', ['x', 'w'], ['y'], attributes)];
        const shapes = { x: [c.batch, c.groups * c.perGroup, c.side, c.side] };
        const out = Math.floor((c.side + 2 * c.pad - c.dilation * (c.kernel - 1) - 1) / c.stride) + 1;
        const want: Loops = { dense: 0, effective: 0 };
        for (let b = 0; b < c.batch; b++)
          for (let at = 0; at < out * out; at++)
            for (const zero of mask) {
              want.dense++;
              if (!zero) want.effective++;
            }
        const found = count({ nodes, initializers: [masked('w', dims, mask)] }, shapes);
        const twin = count({ nodes, initializers: [weights('w', dims)] }, shapes);
        expect([found.macs, found.effective]).toEqual([want.dense, want.effective]);
        expect([twin.macs, twin.effective]).toEqual([want.dense, want.dense]);
      }),
      settings,
    );
  });

  it('Gemm, transposed or not, and MatMul on either side, with a batch that is spread', () => {
    const cases = fc.record({ m: few(4), k: few(4), n: few(4), batch: few(3), turned: fc.boolean() });
    const withMask = cases.chain((c) => fc.record({ c: fc.constant(c), mask: maskOf([c.k, c.n]) }));
    fc.assert(
      fc.property(withMask, ({ c: { m, k, n, batch, turned }, mask }) => {
        const used = (rows: number): Loops => {
          const loops = { dense: 0, effective: 0 };
          for (let r = 0; r < rows; r++)
            for (const zero of mask) {
              loops.dense++;
              if (!zero) loops.effective++;
            }
          return loops;
        };
        const both = (g: GraphParts, shapes: Shapes) => {
          const { macs, effective } = count(g, shapes);
          return { dense: macs, effective };
        };
        const dims = turned ? [n, k] : [k, n];
        const initializers = [masked('w', dims, mask)];
        const gemm = node('Gemm', ['x', 'w'], ['y'], [a.int('transB', turned ? 1 : 0)]);
        expect(both({ nodes: [gemm], initializers }, { x: [m, k] })).toEqual(used(m));
        const right = node('MatMul', ['x', 'w'], ['y']);
        expect(
          both({ nodes: [right], initializers: [masked('w', [k, n], mask)] }, { x: [batch, m, k] }),
        ).toEqual(used(batch * m));
        const left = node('MatMul', ['w', 'x'], ['y']);
        expect(
          both({ nodes: [left], initializers: [masked('w', [k, n], mask)] }, { x: [batch, n, m] }),
        ).toEqual(used(batch * m));
        // A stored weight with a batch of its own, spread over the rows of x.
        const three = masked('w', [3, k, n], [...mask, ...mask, ...mask]);
        expect(both({ nodes: [right], initializers: [three] }, { x: [m, k] })).toEqual(used(3 * m));
      }),
      settings,
    );
  });

  it('ConvTranspose, Einsum, a recurrent layer with its length', () => {
    const mask = (n: number) => Array.from({ length: n }, (_, i) => i % 3 === 0);
    const zeros = (n: number) => mask(n).filter(Boolean).length;
    const transposed = count(
      {
        nodes: [node('ConvTranspose', ['x', 'w'], ['y'], [a.ints('strides', [2])])],
        initializers: [masked('w', [3, 2, 4], mask(24))],
      },
      { x: [2, 3, 5] },
    );
    expect(transposed).toMatchObject({ macs: 2 * 5 * 24, effective: 2 * 5 * (24 - zeros(24)) });
    const einsum = count(
      {
        nodes: [node('Einsum', ['x', 'w'], ['y'], [a.text('equation', '...ij,jk->...ik')])],
        initializers: [masked('w', [4, 5], mask(20))],
      },
      { x: [2, 3, 4] },
    );
    expect(einsum).toMatchObject({ macs: 6 * 20, effective: 6 * (20 - zeros(20)) });
    const lstm = count(
      {
        nodes: [node('LSTM', ['x', 'w', 'r'], ['y'], [a.int('hidden_size', 3)])],
        initializers: [masked('w', [1, 12, 2], mask(24)), weights('r', [1, 12, 3])],
      },
      { x: [7, 2, 2] },
    );
    expect(lstm).toMatchObject({ macs: 14 * (24 + 36), effective: 14 * (24 - zeros(24) + 36) });
    expect(lstm.nodes).toEqual([
      { name: 'y', operator: 'LSTM', macs: 840, effective: 840 - 14 * 8, computed: false },
    ]);
  });

  it('int8: what equals its zero point, per tensor and per channel', () => {
    const values = [5, 5, 0, 1, 7, 7, 7, 2];
    const w = (dims: number[]) => tensor('w', 'int8', dims, { raw: i8(...values) });
    const zp = (...xs: number[]) =>
      tensor('z', 'int8', xs.length === 1 ? [] : [xs.length], { raw: i8(...xs) });
    const integer = (zeroPoint: Uint8Array, dims: number[]) =>
      count(
        {
          nodes: [node('MatMulInteger', ['x', 'w', '', 'z'], ['y'])],
          inputs: [port('x', 'int8', [3, dims[0] ?? 0])],
          initializers: [w(dims), zeroPoint],
        },
        { x: [3, dims[0] ?? 0] },
      );
    expect(integer(zp(0), [4, 2])).toMatchObject({ macs: 24, effective: 3 * 7 });
    expect(integer(zp(5), [4, 2])).toMatchObject({ macs: 24, effective: 3 * 6 });
    // Columns: [5, 0, 7, 7] with 7, [5, 1, 7, 2] with 5.
    expect(integer(zp(7, 5), [4, 2])).toMatchObject({ macs: 24, effective: 3 * (2 + 3) });
    const scales = ['xs', 'ws', 'ys'].map((name) => weights(name, []));
    const conv = count(
      {
        nodes: [node('QLinearConv', ['x', 'xs', 'xz', 'w', 'ws', 'z', 'ys', 'xz'], ['y'])],
        inputs: [port('x', 'int8', [1, 1, 6])],
        initializers: [...scales, w([2, 1, 4]), zp(5, 7), tensor('xz', 'int8', [], { raw: i8(0) })],
      },
      { x: [1, 1, 6] },
    );
    expect(conv).toMatchObject({ macs: 3 * 8, effective: 3 * (2 + 1) });
  });

  it('through DequantizeLinear, Transpose, Reshape, Identity and a widening Cast', () => {
    const q = tensor('q', 'int8', [2, 4], { raw: i8(5, 5, 0, 1, 7, 7, 7, 2) });
    const z = tensor('z', 'int8', [2], { raw: i8(5, 7) });
    const chain = (...more: Uint8Array[]) =>
      count(
        {
          nodes: [node('DequantizeLinear', ['q', 's', 'z'], ['d'], [a.int('axis', 0)]), ...more],
          initializers: [q, z, weights('s', [2]), tensor('to', 'int64', [2], { raw: i64(4, 2) })],
        },
        { x: [3, 4] },
      );
    const product = node('MatMul', ['x', 't'], ['y']);
    const want = { macs: 24, effective: 3 * 3, computed: [] };
    expect(chain(node('Transpose', ['d'], ['t'], [a.ints('perm', [1, 0])]), product)).toMatchObject(want);
    expect(chain(node('Identity', ['d'], ['i']), node('Reshape', ['i', 'to'], ['t']), product)).toMatchObject(
      want,
    );
    expect(chain(node('Cast', ['d'], ['c'], [a.int('to', 11)]), node('Reshape', ['c', 'to'], ['t']), product))
      // float64
      .toMatchObject(want);
    // To half precision a small weight may become zero: it is no longer the stored one.
    expect(
      chain(node('Cast', ['d'], ['c'], [a.int('to', 10)]), node('Reshape', ['c', 'to'], ['t']), product),
    ).toMatchObject({ macs: 24, effective: 24, computed: ['MatMul'] });
    // An axis of the zero points no longer fits after a Transpose: nobody guesses.
    const moved = count(
      {
        nodes: [
          node('Transpose', ['q'], ['t'], [a.ints('perm', [1, 0])]),
          node('DequantizeLinear', ['t', 's', 'z'], ['d'], [a.int('axis', 1)]),
          node('MatMul', ['x', 'd'], ['y']),
        ],
        initializers: [q, z, weights('s', [2])],
      },
      { x: [3, 4] },
    );
    expect(moved).toMatchObject({ macs: 24, effective: null });
    expect(moved.effectiveMissingReason).toContain('the zero point of a weight is not known (MatMul)');
  });

  it('MatMulNBits: values, not bytes, and not what fills the last block', () => {
    // Two rows of 20 values in blocks of 16: 12 values of each second block fill up. Zero is 8.
    const row = (...nibbles: number[]) => {
      const all = [...nibbles, ...new Array<number>(32 - nibbles.length).fill(3)];
      return all.filter((_, i) => i % 2 === 0).map((low, i) => low | ((all[2 * i + 1] ?? 0) << 4));
    };
    const twenty = (zeros: number) => Array.from({ length: 20 }, (_, i) => (i < zeros ? 8 : 1));
    const bytes = u8(...row(...twenty(5)), ...row(...twenty(0)));
    const nodes = [
      node(
        'MatMulNBits',
        ['x', 'w', 's'],
        ['y'],
        [a.int('K', 20), a.int('N', 2), a.int('bits', 4), a.int('block_size', 16)],
        'com.microsoft',
      ),
    ];
    const initializers = [tensor('w', 'uint8', [2, 2, 8], { raw: bytes }), weights('s', [4])];
    expect(count({ nodes, initializers }, { x: [3, 20] })).toMatchObject({ macs: 120, effective: 3 * 35 });
  });

  it('a sparse initializer, and a Constant inside a function, each time it is called', () => {
    const stored = sparse(weights('w', [2]), tensor('', 'int64', [2], { raw: i64(0, 5) }), [3, 4]);
    const product = [node('MatMul', ['x', 'w'], ['y'])];
    expect(count({ nodes: product, sparse: [stored] }, { x: [5, 3] })).toMatchObject({
      macs: 60,
      effective: 10,
    });
    const half = masked(
      '',
      [3, 3],
      Array.from({ length: 9 }, (_, i) => i < 4),
    );
    const f = localFunction('F', ['x'], ['y'], [constant('w', half), ...product]);
    const nodes = [node('F', ['x'], ['h'], [], 'local'), node('F', ['h'], ['y'], [], 'local')];
    const found = count({ nodes }, { x: [2, 3] }, [f]);
    expect(found).toMatchObject({ macs: 36, effective: 20 });
    expect(found.nodes.map(({ operator, effective }) => [operator, effective])).toEqual([
      ['local:F', 10],
      ['local:F', 10],
    ]);
  });
});

describe('what is no stored weight counts densely, or not at all', () => {
  it('a product of two computed values, and it is named', () => {
    const nodes = [
      node('MatMul', ['x', 'w'], ['q']),
      node('Transpose', ['q'], ['k'], [a.ints('perm', [1, 0])]),
      node('MatMul', ['q', 'k'], ['y']),
    ];
    const found = count(
      { nodes, initializers: [masked('w', [2, 2], [true, false, false, false])] },
      { x: [3, 2] },
    );
    expect(found).toMatchObject({ macs: 12 + 18, effective: 9 + 18, computed: ['MatMul'] });
    expect(found.nodes.map(({ computed }) => computed)).toEqual([false, true]);
  });

  it('a weight that a graph makes of two others, such as a mask times weights', () => {
    const nodes = [node('Mul', ['w', 'm'], ['z']), node('MatMul', ['x', 'z'], ['y'])];
    const initializers = [weights('w', [2, 2]), masked('m', [2, 2], [true, true, true, false])];
    expect(count({ nodes, initializers }, { x: [3, 2] })).toMatchObject({
      macs: 12,
      effective: 12,
      computed: ['MatMul'],
    });
  });

  it('a loop changes a value that began as a weight', () => {
    const body = graph({
      nodes: [
        node('Identity', ['go'], ['again']),
        node('MatMul', ['x', 's'], ['made']),
        node('Add', ['s', 's'], ['t']),
      ],
      inputs: [port('i', 'int64'), port('go', 'bool'), port('s')],
      outputs: [port('again', 'bool'), port('t')],
    });
    const looped = (rounds: number) =>
      count(
        {
          nodes: [node('Loop', ['n', '', 'w'], ['y'], [a.graph('body', body)])],
          initializers: [
            tensor('n', 'int64', [], { raw: i64(rounds) }),
            masked('w', [2, 2], [true, true, true, false]),
          ],
        },
        { x: [3, 2] },
      );
    expect(looped(1)).toMatchObject({ macs: 12, effective: 3, computed: [] });
    expect(looped(2)).toMatchObject({ macs: 24, effective: 15, computed: ['MatMul'] });
    expect(looped(1000)).toMatchObject({ macs: 12_000, effective: 12_000, computed: ['MatMul'] });
  });

  it('zero points that are computed, and one weight with two of them', () => {
    const w = tensor('w', 'int8', [2, 2], { raw: i8(5, 0, 1, 5) });
    const integer = (z: string, out: string) => node('MatMulInteger', ['x', 'w', '', z], [out]);
    const zero = (name: string, value: number) => tensor(name, 'int8', [], { raw: i8(value) });
    const given = count(
      { nodes: [integer('z', 'y')], inputs: [port('x', 'int8'), port('z', 'int8')], initializers: [w] },
      { x: [3, 2], z: [] },
    );
    expect(given).toMatchObject({ macs: 12, effective: null });
    const two = count(
      {
        nodes: [integer('a', 'y'), integer('b', 'v')],
        inputs: [port('x', 'int8')],
        initializers: [w, zero('a', 5), zero('b', 1)],
      },
      { x: [3, 2] },
    );
    expect(two).toMatchObject({
      macs: 24,
      effective: null,
      effectiveMissingReason:
        'Zeros cannot be counted: a weight is used with two zero points (MatMulInteger).',
    });
  });

  it('weights beside the model that nobody opened', () => {
    const external = tensor('w', 'float32', [2, 2], {
      external: { location: 'w.bin', offset: 0, length: 16 },
    });
    const found = count(
      { nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [external] },
      { x: [3, 2] },
    );
    expect(found).toMatchObject({ macs: 12, effective: null });
    expect(found.effectiveMissingReason).toContain('the weights were not read');
  });

  it('zeros of the inputs are not measured, and this is said', () => {
    const found = count({ nodes: [node('Relu', ['x'], ['y'])] }, { x: [3, 2] });
    expect(found).toMatchObject({ inputEffective: null, inputEffectiveMissingReason: 'not measured' });
  });

  it('a total that is not known has no effective part either', () => {
    const nodes = [node('MatMul', ['x', 'w'], ['h']), node('Magic', ['h'], ['y'], [], 'my.ops')];
    const found = count({ nodes, initializers: [weights('w', [2, 2])] }, { x: [3, 2] });
    expect(found).toMatchObject({ macs: null, effective: null, unknownOperators: ['my.ops:Magic'] });
    expect(found.nodes.map(({ operator, macs }) => [operator, macs])).toEqual([
      ['MatMul', 12],
      ['my.ops:Magic', null],
    ]);
  });
});

describe('other operations', () => {
  it('how often each ran and what it wrote, and nothing of it in the MACs', () => {
    const nodes = [
      node('MatMul', ['x', 'w'], ['h']),
      node('Relu', ['h'], ['r']),
      node('Relu', ['r'], ['s']),
      node('Softmax', ['s'], ['y']),
    ];
    const found = count({ nodes, initializers: [weights('w', [2, 5])] }, { x: [3, 2] });
    expect(found.macs).toBe(30);
    expect(found.others).toEqual({
      Relu: { calls: 2, elements: 30 },
      Softmax: { calls: 1, elements: 15 },
    });
  });

  it('null where a shape depends on data', () => {
    const found = count({ nodes: [node('NonZero', ['x'], ['y'])] }, { x: [3, 2] });
    expect(found).toMatchObject({ macs: 0, others: { NonZero: { calls: 1, elements: null } } });
  });
});
