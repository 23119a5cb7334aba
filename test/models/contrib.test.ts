import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { countMacs, macTable } from '../../src/main/models/macs';
import { readModel } from '../../src/main/models/reader';
import { evaluate } from '../../src/main/models/shapes/engine';
import { known } from '../../src/main/models/shapes/value';
import { type ElemType, elemTypes } from '../../src/shared/model';
import { attribute as a, field, i32, join, model, node, port, tensor, u8, weights } from './support';

/** Operators of ONNX Runtime itself, which the ONNX backend suite does not have: the runtime is the judge. */

type Inputs = Record<string, [ElemType, number[]]>;
interface Example {
  op: string;
  inputs: Inputs;
  /** Names in order, '' for one left out; inputs and initializers alike. */
  wiring: string;
  outputs?: string;
  attributes?: Uint8Array[];
  initializers?: Uint8Array[];
  domain?: string;
  macs?: number;
}

const zero = (name: string) => tensor(name, 'uint8', [], { raw: u8(0) });
const quantised = [weights('s', []), zero('z')];
const f = (...dims: number[]): [ElemType, number[]] => ['float32', dims];
const q = (...dims: number[]): [ElemType, number[]] => ['uint8', dims];
const n = (...dims: number[]): [ElemType, number[]] => ['int32', dims];
const heads = [a.int('num_heads', 2)];
const grouped = [a.int('num_heads', 4), a.int('kv_num_heads', 2)];
const total = tensor('tot', 'int32', [], { raw: i32(8) });

const examples: Example[] = [
  {
    op: 'FusedMatMul',
    inputs: { x: f(3, 4), w: f(5, 3) },
    wiring: 'x w',
    attributes: [a.int('transA', 1), a.int('transB', 1)],
    macs: 60,
  },
  {
    op: 'FusedConv',
    inputs: { x: f(1, 2, 6, 6), w: f(4, 2, 3, 3) },
    wiring: 'x w',
    attributes: [a.text('activation', 'Relu'), a.ints('pads', [1, 1, 1, 1])],
    macs: 36 * 4 * 18,
  },
  {
    op: 'SkipLayerNormalization',
    inputs: { x: f(2, 3, 8), k: f(2, 3, 8), g: f(8) },
    wiring: 'x k g',
    outputs: 'y,,,sum',
  },
  {
    op: 'SkipSimplifiedLayerNormalization',
    inputs: { x: f(2, 3, 8), k: f(2, 3, 8), g: f(8) },
    wiring: 'x k g',
    outputs: 'y,,,sum',
  },
  {
    op: 'SimplifiedLayerNormalization',
    inputs: { x: f(2, 3, 8), g: f(8) },
    wiring: 'x g',
    outputs: 'y,inv',
    domain: '',
  },
  { op: 'BiasGelu', inputs: { x: f(2, 3, 8), g: f(8) }, wiring: 'x g' },
  { op: 'QuickGelu', inputs: { x: f(2, 3) }, wiring: 'x' },
  {
    op: 'MultiHeadAttention',
    inputs: { q: f(1, 3, 8), k: f(1, 5, 8), v: f(1, 5, 8) },
    wiring: 'q k v',
    attributes: heads,
    macs: 2 * 3 * 5 * 8,
  },
  {
    op: 'MultiHeadAttention',
    inputs: { q: f(1, 3, 8), k: f(1, 3, 8), v: f(1, 3, 8), pk: f(1, 2, 4, 4), pv: f(1, 2, 4, 4) },
    wiring: 'q k v    pk pv',
    outputs: 'y,k2,v2',
    attributes: heads,
    macs: 2 * 3 * 7 * 8,
  },
  {
    op: 'Attention',
    inputs: { x: f(1, 3, 8), w: f(8, 24), b: f(24) },
    wiring: 'x w b',
    attributes: heads,
    macs: 3 * 8 * 24 + 2 * 3 * 3 * 8,
  },
  {
    op: 'Attention',
    inputs: { x: f(1, 3, 8), w: f(8, 24), b: f(24), p: f(2, 1, 2, 5, 4) },
    wiring: 'x w b  p',
    outputs: 'y,present',
    attributes: heads,
  },
  {
    op: 'QAttention',
    inputs: { x: q(1, 3, 8), w: q(8, 24), b: f(24) },
    wiring: 'x w b s s  z z',
    attributes: heads,
    initializers: quantised,
  },
  {
    op: 'GroupQueryAttention',
    inputs: {
      q: f(1, 3, 64),
      k: f(1, 3, 32),
      v: f(1, 3, 32),
      pk: f(1, 2, 5, 16),
      pv: f(1, 2, 5, 16),
      len: n(1),
    },
    wiring: 'q k v pk pv len tot',
    outputs: 'y,k2,v2',
    attributes: grouped,
    initializers: [total],
    macs: 4 * 3 * 8 * 32,
  },
  {
    op: 'GroupQueryAttention',
    inputs: { q: f(1, 1, 128), pk: f(1, 2, 10, 16), pv: f(1, 2, 10, 16), len: n(1) },
    wiring: 'q   pk pv len tot',
    outputs: 'y,k2,v2',
    attributes: grouped,
    initializers: [total],
    macs: 4 * 8 * 32,
  },
  {
    op: 'RotaryEmbedding',
    inputs: { x: f(1, 2, 3, 8), p: ['int64', [1, 3]], c: f(16, 4), s: f(16, 4) },
    wiring: 'x p c s',
  },
  {
    op: 'MatMulNBits',
    inputs: { x: f(2, 5, 64), w: q(8, 2, 16), s: f(16) },
    wiring: 'x w s',
    attributes: ['K', 'N', 'bits', 'block_size'].map((k, i) => a.int(k, [64, 8, 4, 32][i]!)),
    macs: 10 * 64 * 8,
  },
  { op: 'DynamicQuantizeMatMul', inputs: { x: f(2, 5, 6), w: q(6, 7), s: f(1) }, wiring: 'x w s', macs: 420 },
  {
    op: 'QGemm',
    inputs: { x: q(3, 8), w: q(5, 8) },
    wiring: 'x s z w s z',
    attributes: [a.int('transB', 1)],
    initializers: quantised,
    macs: 120,
  },
  {
    op: 'EmbedLayerNormalization',
    inputs: { i: n(2, 3), t: n(2, 3), w: f(9, 8), p: f(9, 8), s: f(2, 8), g: f(8), b: f(8) },
    wiring: 'i t w p s g b',
    outputs: 'y,mask:int32',
  },
  {
    op: 'QLinearAveragePool',
    inputs: { x: q(1, 5, 5, 3) },
    wiring: 'x s z s z',
    outputs: 'y:uint8',
    attributes: [
      a.ints('kernel_shape', [2, 2]),
      a.ints('strides', [2, 2]),
      a.int('channels_last', 1),
      a.int('ceil_mode', 1),
    ],
    initializers: quantised,
  },
  {
    op: 'QLinearGlobalAveragePool',
    inputs: { x: q(1, 5, 5, 3) },
    wiring: 'x s z s z',
    outputs: 'y:uint8',
    attributes: [a.int('channels_last', 1)],
    initializers: quantised,
  },
  {
    op: 'QLinearAdd',
    inputs: { x: q(2, 1, 3), b: q(4, 1) },
    wiring: 'x s z b s z s z',
    outputs: 'y:uint8',
    initializers: quantised,
  },
  {
    op: 'QLinearConcat',
    inputs: { x: q(2, 1, 3), b: q(2, 4, 3) },
    wiring: 's z x s z b s z',
    outputs: 'y:uint8',
    attributes: [a.int('axis', 1)],
    initializers: quantised,
  },
  // Details of ONNX operators that the suite leaves open.
  {
    op: 'MaxPool',
    domain: '',
    inputs: { x: f(1, 1, 6, 7) },
    wiring: 'x',
    outputs: 'y,at:int64',
    attributes: [
      a.ints('kernel_shape', [3, 3]),
      a.ints('strides', [2, 2]),
      a.ints('pads', [1, 1, 1, 1]),
      a.int('ceil_mode', 1),
    ],
  },
  {
    op: 'AveragePool',
    domain: '',
    inputs: { x: f(1, 1, 6) },
    wiring: 'x',
    attributes: [
      a.ints('kernel_shape', [2]),
      a.ints('strides', [3]),
      a.ints('pads', [0, 1]),
      a.int('ceil_mode', 1),
    ],
  },
  {
    op: 'Split',
    domain: '',
    inputs: { x: f(7) },
    wiring: 'x',
    outputs: 'p,q,r',
    attributes: [a.int('num_outputs', 3)],
  },
  {
    op: 'Resize',
    domain: '',
    inputs: { x: f(1, 1, 7, 10) },
    wiring: 'x  by',
    initializers: [weights('by', [4], [1, 1, 1.3, 0.7])],
  },
  {
    op: 'Einsum',
    domain: '',
    inputs: { x: f(2, 3), w: f(5, 4, 2) },
    wiring: 'x w',
    attributes: [a.text('equation', 'ba,...cb')],
    macs: 120,
  },
];

/** An output whose type is said but not its shape. */
function open(name: string, type: ElemType): Uint8Array {
  return join([field(1, name), field(2, field(1, field(1, elemTypes.indexOf(type))))]);
}

const arrays = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, uint8: Uint8Array };

function feed([type, dims]: [ElemType, number[]], name: string): Tensor {
  const size = dims.reduce((x, y) => x * y, 1);
  const data = new arrays[type as keyof typeof arrays](size);
  // Sequence lengths of GroupQueryAttention are those of the whole sequence less one.
  if (name === 'len') (data as Int32Array).fill(7);
  return new Tensor(type as 'float32', data as Float32Array, dims);
}

describe('shapes of contrib operators are those of ONNX Runtime', () => {
  it.each(examples.map((e) => [e.op, e] as const))('%s', async (op, e) => {
    const outputs = (e.outputs ?? 'y').split(',').map((o) => o.split(':') as [string, ElemType?]);
    const named = outputs.filter(([name]) => name !== '');
    const names = outputs.map(([name]) => name);
    const bytes = model(
      {
        nodes: [node(op, e.wiring.split(' '), names, e.attributes ?? [], e.domain ?? 'com.microsoft')],
        inputs: Object.entries(e.inputs).map(([name, [type, dims]]) => port(name, type, dims)),
        outputs: named.map(([name, type]) => open(name, type ?? 'float32')),
        initializers: e.initializers ?? [],
      },
      [],
      18,
    );
    const read = readModel(bytes);
    const feeds = new Map(Object.entries(e.inputs).map(([name, [type, dims]]) => [name, known(dims, type)]));
    const mine = evaluate(read, feeds, macTable).outputs;
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 });
    const real = await session.run(
      Object.fromEntries(Object.entries(e.inputs).map(([name, spec]) => [name, feed(spec, name)])),
    );
    expect(mine.map((v) => `${v.type}[${v.shape}]`)).toEqual(
      named.map(([name]) => `${real[name]!.type}[${real[name]!.dims}]`),
    );
    const shapes = Object.fromEntries(Object.entries(e.inputs).map(([name, [, dims]]) => [name, dims]));
    if (e.macs !== undefined) expect(countMacs(read, shapes).macs).toBe(e.macs);
    await session.release();
  });
});
