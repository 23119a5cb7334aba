import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/main/models/reader';
import { tensorValues } from '../../../src/main/models/values';
import type { Attribute, Graph } from '../../../src/main/models/writer';
import { packBlocks, unpackBlocks } from '../../../src/main/science/linear/blocks';
import { lowRank } from '../../../src/main/science/linear/lowRank';
import { magnitudeMask } from '../../../src/main/science/linear/masks';
import {
  type Matrix,
  matrix,
  product,
  relativeError,
  transposed,
} from '../../../src/main/science/linear/matrix';
import {
  dequantiseInt4,
  dequantiseInt8,
  quantiseInt4,
  quantiseInt8,
} from '../../../src/main/science/linear/quantise';
import { keptBlocks, neededOpset, rankOf } from '../../../src/main/science/variants/layers';
import type { TransformForm } from '../../../src/shared/transform';
import { constant, f32, field, model, node, port, tensor, weights } from '../../models/support';
import { bytesLike, formOf, noise, runOnce, value, variantOf } from './support';

/** The weights that a form stands for, without any graph. */
function meant(w: Matrix, form: TransformForm): Matrix {
  switch (form.kind) {
    case 'int8':
      return dequantiseInt8(quantiseInt8(w));
    case 'int4':
      return dequantiseInt4(quantiseInt4(w, form.block));
    case 'pruned': {
      const mask = magnitudeMask(w.data, w.data.length - Math.round(form.share * w.data.length));
      return { ...w, data: w.data.map((v, i) => (mask[i] ? v : 0)) };
    }
    case 'low-rank': {
      const { u, v } = lowRank(w, rankOf(form, { inputs: w.rows, outputs: w.cols }), { seed: form.seed });
      return product(u, v);
    }
    case 'block-sparse':
      return unpackBlocks(packBlocks(w, form.blocks, keptBlocks(form, w.rows)));
  }
}

const forms: TransformForm[] = [
  formOf({ kind: 'int8' }),
  formOf({ kind: 'int4' }),
  formOf({ kind: 'int4', block: 16 }),
  formOf({ kind: 'pruned', share: 0.75 }),
  formOf({ kind: 'low-rank', rank: 5 }),
  formOf({ kind: 'block-sparse', share: 0.5, blocks: { inputs: 8, outputs: 16 } }),
];
const labelOf = (form: TransformForm) => `${form.kind} ${'block' in form ? form.block : ''}`.trim();
/** MatMulNBits at accuracy level 4 rounds what comes in as well; everything else is exact up to float32. */
const toleranceOf = ({ kind }: TransformForm) => (kind === 'int4' ? 0.012 : 3e-5);

interface Case {
  rows: number;
  inputs: number;
  outputs: number;
  attributes?: Record<string, Attribute>;
  bias?: 'vector' | 'scalar' | null;
  op?: 'Gemm' | 'MatMul';
  /** Shape of x before its last dimension; default [rows]. */
  leading?: number[];
}

const int = (a?: Attribute) => (a && 'int' in a ? Number(a.int) : 0);
const float = (a: Attribute | undefined, absent: number) => (a && 'float' in a ? a.float : absent);

/** One product, its input rounded to 8 bits already, and what it should give with the weights that are meant. */
function oneProduct(c: Case, form: TransformForm, seed = 1) {
  const { rows, inputs, outputs, attributes = {}, bias = null, op = 'Gemm', leading = [rows] } = c;
  const transB = int(attributes.transB) !== 0;
  const transA = int(attributes.transA) !== 0;
  const alpha = float(attributes.alpha, 1);
  const beta = float(attributes.beta, 1);
  const w = matrix(inputs, outputs, noise(inputs * outputs, seed, 'w'));
  const x = matrix(rows, inputs, bytesLike(rows * inputs, seed));
  const b = bias === null ? null : noise(bias === 'scalar' ? 1 : outputs, seed, 'b');
  const graph: Graph = {
    name: 'one',
    nodes: [{ op, inputs: ['x', 'w', ...(b ? ['b'] : [])], outputs: ['y'], attributes }],
    initializers: [
      {
        name: 'w',
        elemType: 'float32',
        dims: transB ? [outputs, inputs] : [inputs, outputs],
        data: transB ? transposed(w).data : w.data,
      },
      ...(b
        ? [{ name: 'b', elemType: 'float32' as const, dims: bias === 'scalar' ? [] : [outputs], data: b }]
        : []),
    ],
    inputs: [
      {
        name: 'x',
        elemType: 'float32',
        dims: transA ? ['k', 'n'] : leading.map((_, i) => `d${i}`).concat('k'),
      },
    ],
    outputs: [{ name: 'y', elemType: 'float32', dims: [...leading.map((_, i) => `d${i}`), 'o'] }],
  };
  const scaled = { ...w, data: w.data.map((v) => v * alpha) };
  // Which weights are the smallest does not change with alpha, but with the order in which ties are looked at.
  const target =
    form.kind === 'pruned' && transB ? transposed(meant(transposed(scaled), form)) : meant(scaled, form);
  const want = product(x, target).data.map(
    (v, i) => v + (b ? beta * b[bias === 'scalar' ? 0 : i % outputs]! : 0),
  );
  const fed = transA ? value(transposed(x).data, inputs, rows) : value(x.data, ...leading, inputs);
  return { graph, want, feeds: { x: fed }, dims: [...leading, outputs] };
}

async function errorOf(c: Case, form: TransformForm, seed = 1): Promise<number> {
  const { graph, want, feeds, dims } = oneProduct(c, form, seed);
  const { y } = await runOnce(variantOf(graph, form).bytes, feeds);
  expect(y!.dims).toEqual(dims);
  return relativeError(y!.data as Float32Array, want);
}

describe.each(forms.map((form) => [labelOf(form), form] as const))('%s', (_, form) => {
  const cases: Record<string, Case> = {
    'a Gemm': { rows: 3, inputs: 40, outputs: 24 },
    'a Gemm with a bias': { rows: 3, inputs: 40, outputs: 24, bias: 'vector' },
    'a Gemm with one bias for all, alpha and beta': {
      rows: 3,
      inputs: 40,
      outputs: 24,
      bias: 'scalar',
      attributes: { alpha: { float: 0.75 }, beta: { float: -2 } },
    },
    'a Gemm that turns its weight': {
      rows: 5,
      inputs: 48,
      outputs: 20,
      bias: 'vector',
      attributes: { transB: { int: 1 }, alpha: { float: -1.5 } },
    },
    'a Gemm that turns its input': { rows: 4, inputs: 33, outputs: 20, attributes: { transA: { int: 1 } } },
    'a Gemm whose bias counts nothing': {
      rows: 2,
      inputs: 40,
      outputs: 24,
      bias: 'vector',
      attributes: { beta: { float: 0 } },
    },
    'a MatMul of rows': { op: 'MatMul', rows: 6, inputs: 41, outputs: 19 },
    'a MatMul of sequences': { op: 'MatMul', rows: 6, inputs: 40, outputs: 24, leading: [2, 3] },
    'a MatMul of images of sequences': { op: 'MatMul', rows: 6, inputs: 40, outputs: 24, leading: [3, 1, 2] },
    'a MatMul of one vector': { op: 'MatMul', rows: 1, inputs: 40, outputs: 24, leading: [] },
  };
  it.each(Object.entries(cases))('%s gives what its weights say, in float64', async (_name, c) => {
    expect(await errorOf(c, form)).toBeLessThan(toleranceOf(form));
  });

  it.each([7, 9, 10, 11, 13, 18, 21])(
    'does so in operator set %i, where that has what it needs',
    async (opset) => {
      const sizes: Case = {
        rows: 3,
        inputs: 41,
        outputs: 27,
        bias: 'vector',
        attributes: { beta: { float: 2 } },
      };
      const { graph, want, feeds } = oneProduct(sizes, form);
      if (opset < neededOpset[form.kind]) {
        expect(() => variantOf(graph, form, opset)).toThrow(/operator set/);
        return;
      }
      const { y } = await runOnce(variantOf(graph, form, opset).bytes, feeds);
      expect(relativeError(y!.data as Float32Array, want)).toBeLessThan(toleranceOf(form));
    },
  );

  it('does so for any sizes', { timeout: 20_000 }, async () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 1, max: 5 }),
      inputs: fc.integer({ min: 32, max: 100 }),
      outputs: fc.integer({ min: 12, max: 70 }),
      op: fc.constantFrom('Gemm' as const, 'MatMul' as const),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ seed, ...c }) => {
        expect(await errorOf(c, form, seed)).toBeLessThan(toleranceOf(form));
      }),
      { numRuns: 25 },
    );
  });

  it('control: other weights than those meant are seen', async () => {
    const { graph, want, feeds } = oneProduct({ rows: 3, inputs: 40, outputs: 24 }, form);
    const { y } = await runOnce(variantOf(graph, form).bytes, feeds);
    const off = want.map((v, i) => (i % 24 === 0 ? 1.3 * v : v));
    expect(relativeError(y!.data as Float32Array, off)).toBeGreaterThan(toleranceOf(form));
  });
});

describe('what a form keeps of a weight', () => {
  const w = matrix(64, 48, noise(64 * 48, 3));
  it('int8 and int4 are within half a step of it', () => {
    const q8 = quantiseInt8(w);
    meant(w, formOf({ kind: 'int8' })).data.forEach((v, i) => {
      expect(Math.abs(v - w.data[i]!)).toBeLessThanOrEqual(0.5001 * q8.scale[i % 48]!);
    });
  });
  it('pruned keeps the rest of the stored values bit for bit', () => {
    const form = formOf({ kind: 'pruned', share: 0.9 });
    const { graph } = oneProduct({ rows: 1, inputs: 64, outputs: 48 }, form);
    const stored = readModel(variantOf(graph, form).bytes).graph.initializers.get('w')!;
    const original = graph.initializers[0]!.data as Float32Array;
    const values = tensorValues(stored)!;
    expect(values.filter((v) => v === 0)).toHaveLength(Math.round(0.9 * 64 * 48));
    values.forEach((v, i) => {
      if (v !== 0) expect(v).toBe(original[i]);
    });
  });
});

/** y = relu(x·w)·v, with a third use of w as the case says. */
const twoLayers = (extra: Partial<Parameters<typeof model>[0]> = {}, more: Uint8Array[] = []) =>
  model({
    nodes: [
      node('MatMul', ['x', 'w'], ['h']),
      node('Relu', ['h'], ['r']),
      node('MatMul', ['r', 'w'], ['y']),
      ...more,
    ],
    inputs: [port('x', 'float32', ['n', 32])],
    outputs: [port('y', 'float32', ['n', 32])],
    initializers: [weights('w', [32, 32], [...noise(1024, 5)])],
    ...extra,
  });
const x32 = { x: value(bytesLike(64, 2), 2, 32) };

describe('weights that are used more than once', () => {
  it.each(forms.map((form) => [labelOf(form), form] as const))(
    '%s: two layers share what their weight becomes, and the old one is gone',
    async (_, form) => {
      const { bytes, report } = variantOf(twoLayers(), form);
      const { graph } = readModel(bytes);
      expect(report.layers).toEqual({ withWeights: 2, changed: 2 });
      expect(report.weightBytes.before).toBe(4096);
      const large = [...graph.initializers.values()].filter(
        (t) => t.elements >= 64 && t.elemType !== 'int64',
      );
      const alone = variantOf(
        model({
          nodes: [node('MatMul', ['x', 'w'], ['y'])],
          inputs: [port('x', 'float32', ['n', 32])],
          outputs: [port('y', 'float32', ['n', 32])],
          initializers: [weights('w', [32, 32], [...noise(1024, 5)])],
        }),
        form,
      );
      const largeAlone = [...readModel(alone.bytes).graph.initializers.values()].filter(
        (t) => t.elements >= 64 && t.elemType !== 'int64',
      );
      expect(large).toHaveLength(largeAlone.length);
      if (form.kind !== 'pruned') expect(graph.initializers.has('w')).toBe(false);
      // Once through the layer of one, twice: the same as both at once.
      const first = await runOnce(alone.bytes, x32);
      const r = (first.y!.data as Float32Array).map((v) => Math.max(0, v));
      const second = await runOnce(alone.bytes, { x: value(r, 2, 32) });
      const { y } = await runOnce(bytes, x32);
      expect(relativeError(y!.data as Float32Array, second.y!.data as Float32Array)).toBeLessThan(1e-5);
    },
  );

  it.each(forms.map((form) => [labelOf(form), form] as const))(
    '%s: one that something else reads too stays for it as it was',
    async (_, form) => {
      const tied = twoLayers({ outputs: [port('y', 'float32', ['n', 32]), port('sum', 'float32', [32])] }, [
        node('ReduceMax', ['w'], ['sum']),
      ]);
      const { bytes, report } = variantOf(tied, form);
      expect(report.notes[0]).toMatch(/used elsewhere/);
      const [before, after] = [await runOnce(tied, x32), await runOnce(bytes, x32)];
      expect(after.sum!.data).toEqual(before.sum!.data);
      expect(after.y!.data).not.toEqual(before.y!.data);
    },
  );

  it('one that only a branch reads too stays as well', async () => {
    const branch = (op: string) =>
      Buffer.concat([
        field(1, node(op, ['w'], ['b'])),
        field(2, 'branch'),
        field(12, port('b', 'float32', [32, 32])),
      ]);
    const iff = Buffer.concat([
      node('If', ['c'], ['z']),
      field(5, Buffer.concat([field(1, 'then_branch'), field(6, branch('Abs')), field(20, 5)])),
      field(5, Buffer.concat([field(1, 'else_branch'), field(6, branch('Neg')), field(20, 5)])),
    ]);
    const bytes = twoLayers(
      {
        inputs: [port('x', 'float32', ['n', 32]), port('c', 'bool', [])],
        outputs: [port('y', 'float32', ['n', 32]), port('z', 'float32', [32, 32])],
      },
      [iff],
    );
    const feeds = { ...x32, c: { elemType: 'bool' as const, dims: [], data: Uint8Array.of(0) } };
    const before = await runOnce(bytes, feeds);
    for (const form of forms) {
      const after = await runOnce(variantOf(bytes, form).bytes, feeds);
      expect(after.z!.data).toEqual(before.z!.data);
    }
  });
});

describe('where weights come from', () => {
  it.each(forms.map((form) => [labelOf(form), form] as const))(
    '%s: a Constant node is a weight too',
    async (_, form) => {
      const data = noise(40 * 24, 9);
      const held = model({
        nodes: [
          constant('w', tensor('', 'float32', [40, 24], { raw: f32(...data) })),
          node('MatMul', ['x', 'w'], ['y']),
        ],
        inputs: [port('x', 'float32', ['n', 40])],
        outputs: [port('y', 'float32', ['n', 24])],
      });
      const { bytes } = variantOf(held, form);
      expect(readModel(bytes).graph.nodes.map((n) => n.op)).not.toContain('Constant');
      const x = bytesLike(80, 1);
      const { y } = await runOnce(bytes, { x: value(x, 2, 40) });
      const want = product(matrix(2, 40, x), meant(matrix(40, 24, data), form));
      expect(relativeError(y!.data as Float32Array, want.data)).toBeLessThan(toleranceOf(form));
    },
  );

  it('reads weights in typed fields', async () => {
    const data = noise(40 * 24, 9);
    const typed = model({
      nodes: [node('MatMul', ['x', 'w'], ['y'])],
      inputs: [port('x', 'float32', ['n', 40])],
      outputs: [port('y', 'float32', ['n', 24])],
      initializers: [tensor('w', 'float32', [40, 24], { typed: [4, f32(...data)] })],
    });
    const form = formOf({ kind: 'int8' });
    const x = bytesLike(80, 1);
    const { y } = await runOnce(variantOf(typed, form).bytes, { x: value(x, 2, 40) });
    const want = product(matrix(2, 40, x), meant(matrix(40, 24, data), form));
    expect(relativeError(y!.data as Float32Array, want.data)).toBeLessThan(1e-5);
  });

  it.each(forms.map((form) => [labelOf(form), form] as const))(
    '%s: names that the model has already are not taken again',
    async (_, form) => {
      // A node called like an output of another one, and values that begin as the variant's own would.
      const named = model({
        nodes: [
          Buffer.concat([node('Relu', ['x'], ['variant.1.weight']), field(3, 'y')]),
          node('MatMul', ['variant.1.weight', 'w'], ['y']),
        ],
        inputs: [port('x', 'float32', ['n', 'a', 40])],
        outputs: [port('y', 'float32', ['n', 'a', 24])],
        initializers: [weights('w', [40, 24], [...noise(960, 4)])],
      });
      const { y } = await runOnce(variantOf(named, form).bytes, { x: value(bytesLike(80, 1), 1, 2, 40) });
      expect(y!.dims).toEqual([1, 2, 24]);
    },
  );
});

describe('what is refused, and what is left', () => {
  const refusal = (bytes: Uint8Array, form: TransformForm) => {
    try {
      variantOf(bytes, form);
    } catch (thrown) {
      return (thrown as Error).message;
    }
    return null;
  };
  const io = { inputs: [port('x', 'float32', ['n', 8])], outputs: [port('y')] };
  const int8 = formOf({ kind: 'int8' });

  it.each<[string, Uint8Array, TransformForm, RegExp]>([
    [
      'a model without a product',
      model({ ...io, nodes: [node('Relu', ['x'], ['y'])] }),
      int8,
      /no matrix product with stored weights/,
    ],
    [
      'a product of two computed values',
      model({ ...io, nodes: [node('Relu', ['x'], ['w']), node('MatMul', ['x', 'w'], ['y'])] }),
      int8,
      /1 product has no stored weight, both sides are computed/,
    ],
    [
      'float16 weights',
      model({
        ...io,
        nodes: [node('MatMul', ['x', 'w'], ['y'])],
        initializers: [tensor('w', 'float16', [8, 8], { raw: new Uint8Array(128) })],
      }),
      int8,
      /1 layer: the weight is float16.*convert the model to float32 first \(y\)/,
    ],
    [
      'a weight on the left',
      model({ ...io, nodes: [node('MatMul', ['w', 'x'], ['y'])], initializers: [weights('w', [8, 8])] }),
      int8,
      /stands on the left/,
    ],
    [
      'a weight of three dimensions',
      model({ ...io, nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weights('w', [2, 8, 8])] }),
      int8,
      /3 dimensions instead of two/,
    ],
    [
      'layers that are too small',
      model({ ...io, nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weights('w', [8, 8])] }),
      formOf({ kind: 'int8', minimum: 1024 }),
      /fewer than 1024 weights/,
    ],
    [
      'too few inputs for a block of int4',
      model({ ...io, nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weights('w', [8, 8])] }),
      formOf({ kind: 'int4' }),
      /fewer than 32 inputs, which fill no block/,
    ],
    [
      'a rank that saves nothing',
      model({ ...io, nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weights('w', [8, 8])] }),
      formOf({ kind: 'low-rank', rank: 5 }),
      /a rank of 5 would need as many weights/,
    ],
    [
      'no block that can be left out',
      model({ ...io, nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weights('w', [8, 8])] }),
      formOf({ kind: 'block-sparse' }),
      /one block of 32 inputs, none of which can be left out/,
    ],
    [
      'convolutions alone',
      model({ ...io, nodes: [node('Conv', ['x', 'w'], ['y'])], initializers: [weights('w', [4, 4, 3, 3])] }),
      int8,
      /1 layer: Conv is no plain matrix product/,
    ],
    [
      'an old operator set',
      model(
        { ...io, nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weights('w', [8, 8])] },
        [],
        9,
      ),
      formOf({ kind: 'block-sparse', blocks: { inputs: 4, outputs: 4 } }),
      /operator set 9; its block-sparse variant needs 11/,
    ],
  ])('%s', (_, bytes, form, words) => {
    expect(refusal(bytes, form)).toMatch(words);
  });

  it('counts what it leaves beside what it changes', () => {
    const { report } = variantOf(
      model({
        ...io,
        nodes: [
          node('MatMul', ['x', 'w'], ['h']),
          node('MatMul', ['h', 'small'], ['s']),
          node('MatMul', ['s', 'x'], ['d']),
          node('Conv', ['d', 'k'], ['y']),
        ],
        initializers: [weights('w', [8, 64]), weights('small', [64, 2]), weights('k', [4, 4, 3, 3])],
      }),
      formOf({ kind: 'int8', minimum: 200 }),
    );
    expect(report.layers).toEqual({ withWeights: 3, changed: 1 });
    expect(report.left).toEqual([
      { reason: 'fewer than 200 weights', count: 1, examples: ['s'] },
      { reason: 'Conv is no plain matrix product', count: 1, examples: ['y'] },
    ]);
    expect(report.weightBytes).toEqual({ before: 2048, after: 512 + 4 * 64 });
  });
});
