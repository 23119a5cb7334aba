import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countParameters } from '../../src/main/models/parameters';
import type { OpenExternal } from '../../src/main/models/payload';
import { readModel } from '../../src/main/models/reader';
import { LabError } from '../../src/shared/errors';
import {
  attribute,
  constant,
  f32,
  f64,
  field,
  type GraphParts,
  graph,
  i32,
  i64,
  join,
  localFunction,
  model,
  node,
  port,
  sparse,
  tensor,
  u8,
  u16,
  weights,
} from './support';

/** A file read and counted, as the importer does. */
function inspectModel(bytes: Uint8Array, openExternal: OpenExternal) {
  const onnx = readModel(bytes);
  return { ...countParameters(onnx, openExternal), externals: onnx.externals };
}

const noExternal = () => {
  throw new Error('no external data here');
};
const inspect = (g: GraphParts, functions: Uint8Array[] = []) =>
  inspectModel(model(g, functions), noExternal);
const counts = (g: GraphParts, functions: Uint8Array[] = []) => inspect(g, functions).counts;

describe('what is a parameter', () => {
  it('an initializer that a node takes as input, whatever its type', () => {
    const shape = tensor('s', 'int64', [2], { raw: i64(4, 3) });
    const nodes = [node('Reshape', ['w', 's'], ['y'])];
    expect(counts({ nodes, initializers: [weights('w', [3, 4]), shape] })).toMatchObject({
      parameters: 14,
      parameterBytes: 64,
    });
  });

  it('not one that no node takes, nor one that the model only hands out', () => {
    const g = { nodes: [node('Relu', ['x'], ['y'])], initializers: [weights('w', [5]), weights('v', [7])] };
    expect(counts({ ...g, outputs: [port('v')] }).parameters).toBe(0);
  });

  it('a shared tensor once', () => {
    const nodes = [node('Add', ['x', 'w'], ['a']), node('Mul', ['a', 'w'], ['y'])];
    expect(counts({ nodes, initializers: [weights('w', [5])] }).parameters).toBe(5);
  });

  it('the tensor of a Constant node, as exporters from Paddle write their weights', () => {
    const nodes = [constant('w', weights('', [3, 4])), node('MatMul', ['x', 'w'], ['y'])];
    expect(counts({ nodes }).parameters).toBe(12);
    expect(counts({ nodes: nodes.slice(0, 1) }).parameters).toBe(0);
  });

  it('not the numbers of Constant attributes that are no tensors', () => {
    const k = node('Constant', [], ['k'], [attribute.ints('value_ints', [1, 2, 3])]);
    expect(counts({ nodes: [k, node('Reshape', ['x', 'k'], ['y'])] }).parameters).toBe(0);
  });

  it('weights inside If branches, and those outside that only a branch uses', () => {
    const then = graph({
      nodes: [constant('w', weights('', [10])), node('Add', ['x', 'w'], ['z'])],
      outputs: [port('z')],
    });
    const other = graph({
      nodes: [node('Add', ['x', 'v'], ['z'])],
      initializers: [weights('v', [100])],
      outputs: [port('z')],
    });
    const far = graph({ nodes: [node('Add', ['x', 'far'], ['z'])], outputs: [port('z')] });
    const branches = (a: Uint8Array, b: Uint8Array) =>
      node('If', ['c'], ['y'], [attribute.graph('then_branch', a), attribute.graph('else_branch', b)]);
    expect(counts({ nodes: [branches(then, other)] }).parameters).toBe(110);
    expect(counts({ nodes: [branches(far, far)], initializers: [weights('far', [7])] }).parameters).toBe(7);
  });

  it('a weight that a branch hands out to the node after it', () => {
    const hand = graph({ nodes: [constant('w', weights('', [6]))], outputs: [port('w')] });
    const pick = node('If', ['c'], ['w'], [attribute.graph('then_branch', hand)]);
    expect(counts({ nodes: [pick, node('MatMul', ['x', 'w'], ['y'])] }).parameters).toBe(6);
  });

  it('a name that a subgraph computes itself is not the weight outside', () => {
    const inner = graph({
      nodes: [node('Relu', ['x'], ['w']), node('Neg', ['w'], ['z'])],
      outputs: [port('z')],
    });
    const nodes = [node('If', ['c'], ['y'], [attribute.graph('then_branch', inner)])];
    expect(counts({ nodes, initializers: [weights('w', [9])] }).parameters).toBe(0);
  });

  it('loop and scan bodies', () => {
    const body = graph({
      nodes: [node('Gemm', ['s', 'w'], ['t'])],
      initializers: [weights('w', [4, 4])],
      outputs: [port('t')],
    });
    const nodes = ['Loop', 'Scan'].map((op) => node(op, ['x'], ['y'], [attribute.graph('body', body)]));
    expect(counts({ nodes }).parameters).toBe(32);
  });

  it('a function body once, however often it is called', () => {
    const f = localFunction(
      'F',
      ['x'],
      ['y'],
      [constant('w', weights('', [8])), node('Add', ['x', 'w'], ['y'])],
    );
    const calls = [node('F', ['x'], ['a'], [], 'local'), node('F', ['a'], ['y'], [], 'local')];
    expect(counts({ nodes: calls }, [f])).toMatchObject({
      parameters: 8,
      operators: { Add: 1, Constant: 1, 'local:F': 2 },
    });
  });

  it('sparse initializers by their dense shape, their bytes as stored', () => {
    const s = sparse(
      tensor('w', 'float32', [2], { raw: f32(5, 0) }),
      tensor('', 'int64', [2], { raw: i64(1, 9) }),
      [10, 10],
    );
    const c = counts({ nodes: [node('MatMul', ['x', 'w'], ['y'])], sparse: [s] });
    expect(c).toMatchObject({ parameters: 100, parametersNonzero: 1, parameterBytes: 8 + 16 });
  });

  it('operators with names of JavaScript objects are only names', () => {
    const ops = ['constructor', '__proto__', 'toString'];
    const c = counts({ nodes: ops.map((op) => node(op, ['x'], ['y'])) });
    expect(Object.entries(c.operators).sort()).toEqual(ops.sort().map((op) => [op, 1]));
  });
});

describe('precision', () => {
  const of = (...initializers: Uint8Array[]) =>
    inspect({ nodes: initializers.map((_, i) => node('Relu', [`w${i}`], [`y${i}`])), initializers })
      .precision;
  const bytes = (i: number, n: number) => tensor(`w${i}`, 'int8', [n], { raw: new Uint8Array(n) });

  it('is the type with nine tenths of the bytes', () => {
    expect(of(bytes(0, 90), tensor('w1', 'float32', [2], { raw: f32(1, 1) }))).toBe('int8');
    expect(of(bytes(0, 60), weights('w1', [10]))).toBe('mixed');
    expect(of()).toBe('none');
  });
});

describe('non-zero parameters', () => {
  const nonzero = (t: Uint8Array) =>
    counts({ nodes: [node('Relu', ['w'], ['y'])], initializers: [t] }).parametersNonzero;

  it.each([
    ['float32 with −0 and NaN', tensor('w', 'float32', [5], { raw: f32(0, -0, 1, NaN, 1e-45) }), 3],
    ['float64', tensor('w', 'float64', [4], { raw: f64(0, -0, 5e-324, -1) }), 2],
    ['float16', tensor('w', 'float16', [3], { raw: u16(0x8000, 1, 0x7e00) }), 2],
    ['bfloat16', tensor('w', 'bfloat16', [2], { raw: u16(0x8000, 0x3f80) }), 1],
    ['float8e4m3fn', tensor('w', 'float8e4m3fn', [3], { raw: u8(0, 0x80, 1) }), 1],
    ['float8e4m3fnuz, where 0x80 is NaN', tensor('w', 'float8e4m3fnuz', [3], { raw: u8(0, 0x80, 1) }), 2],
    ['int4, two a byte, with a dirty last half', tensor('w', 'int4', [3], { raw: u8(0x10, 0xf1) }), 2],
    ['int64', tensor('w', 'int64', [3], { raw: i64(0, 2n ** 40n, -1) }), 2],
    ['int32', tensor('w', 'int32', [2], { raw: i32(0, -(2 ** 31)) }), 1],
    ['float_data', tensor('w', 'float32', [3], { typed: [4, f32(0, 1, 2)] }), 2],
    ['bool', tensor('w', 'bool', [2], { raw: u8(0, 1) }), 1],
  ])('%s', (_, t, want) => {
    expect(nonzero(t)).toBe(want);
  });

  it('counts any floats as a plain loop does, wherever they lie in the file', () => {
    const values = fc.array(fc.oneof(fc.constantFrom(0, -0, NaN), fc.float()), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(values, fc.nat(7), (xs, shift) => {
        const pad = field(6, 'x'.repeat(shift));
        const g = graph({
          nodes: [node('Relu', ['w'], ['y'])],
          initializers: [tensor('w', 'float32', [xs.length], { raw: f32(...xs) })],
        });
        const { counts: c } = inspectModel(join([field(1, 8), pad, field(7, g)]), noExternal);
        const want = xs.filter((x) => Math.fround(x) !== 0).length;
        return c.parametersNonzero === want && c.parameters === xs.length;
      }),
      { seed: 30, numRuns: 200 },
    );
  });

  it('counts across the edges of chunks', () => {
    const n = 3 * 2 ** 18 + 5;
    const xs = new Float32Array(n).fill(1);
    for (let i = 0; i < n; i += 7) xs[i] = 0;
    const t = tensor('w', 'float32', [n], { raw: new Uint8Array(xs.buffer) });
    expect(nonzero(t)).toBe(n - Math.ceil(n / 7));
  });
});

describe('non-zero of quantised tensors: different from the zero point', () => {
  const q = (dims: number[], ...xs: number[]) => tensor('w', 'uint8', dims, { raw: u8(...xs) });
  const count = (initializers: Uint8Array[], n: Uint8Array) => counts({ nodes: [n], initializers });
  const scale = weights('s', []);

  it('one for all', () => {
    const zp = tensor('z', 'uint8', [], { raw: u8(128) });
    const c = count([q([4], 128, 0, 128, 255), scale, zp], node('DequantizeLinear', ['w', 's', 'z'], ['y']));
    // The scale is one more, and the zero point itself is 128 ≠ 0.
    expect(c.parametersNonzero).toBe(2 + 1 + 1);
  });

  it('one per channel, by the axis of the operator', () => {
    const zp = tensor('z', 'uint8', [2], { raw: u8(1, 2) });
    const w = q([2, 2], 1, 2, 1, 2);
    const along = (axis: number) =>
      count([w, scale, zp], node('DequantizeLinear', ['w', 's', 'z'], ['y'], [attribute.int('axis', axis)]));
    expect(along(1).parametersNonzero).toBe(0 + 1 + 2);
    expect(along(0).parametersNonzero).toBe(2 + 1 + 2);
    const integer = node('MatMulInteger', ['x', 'w', '', 'z'], ['y']);
    expect(count([w, zp], integer).parametersNonzero).toBe(0 + 2);
  });

  it('one per block', () => {
    const zp = tensor('z', 'uint8', [2, 1], { raw: u8(3, 4) });
    const attributes = [attribute.int('axis', 0), attribute.int('block_size', 2)];
    const n = node('DequantizeLinear', ['w', 's', 'z'], ['y'], attributes);
    expect(count([q([4, 1], 3, 3, 4, 9), scale, zp], n).parametersNonzero).toBe(1 + 1 + 2);
  });

  it('none given means zero; one that is computed means it cannot be said', () => {
    const w = q([2], 0, 5);
    expect(count([w, scale], node('DequantizeLinear', ['w', 's'], ['y'])).parametersNonzero).toBe(1 + 1);
    const c = count([w, scale], node('DequantizeLinear', ['w', 's', 'computed'], ['y']));
    expect(c).toMatchObject({ parameters: 3, parametersNonzero: null });
  });

  it('MatMulNBits: bytes that hold only their block’s zero point', () => {
    const attributes = ['K', 'N', 'bits', 'block_size'].map((n, i) => attribute.int(n, [32, 1, 4, 16][i]!));
    const b = q([1, 2, 8], ...new Array<number>(8).fill(0x88), ...new Array<number>(7).fill(0x33), 0x88);
    const matmul = (...more: string[]) =>
      node('MatMulNBits', ['x', 'w', 's', ...more], ['y'], attributes, 'com.microsoft');
    expect(count([b], matmul()).parametersNonzero).toBe(7);
    const zp = tensor('z', 'uint8', [1], { raw: u8(0x38) });
    expect(count([b, zp], matmul('z')).parametersNonzero).toBe(1 + 1);
  });
});

describe('external data', () => {
  const range = (name: string, offset: number) =>
    tensor(name, 'float32', [4], { external: { location: 'w.bin', offset, length: 16 } });
  const twice = model({
    nodes: [node('Add', ['a', 'b'], ['y']), node('Mul', ['c', 'y'], ['z'])],
    initializers: [range('a', 0), range('b', 16), range('c', 0)],
  });
  const file = (bytes: Uint8Array) => () => ({
    size: bytes.length,
    readAt: (buffer: Uint8Array, position: number) => {
      // At most three bytes a call: a reader has to ask again.
      const part = bytes.subarray(position, position + Math.min(3, buffer.length));
      buffer.set(part);
      return part.length;
    },
  });

  it('is counted from the file beside the model, a shared stretch of bytes once', () => {
    const { counts: c, externals } = inspectModel(twice, file(f32(0, 1, 2, 3, 0, 0, 0, 1)));
    expect(c).toMatchObject({ parameters: 12, parametersNonzero: 3 + 1 + 3, parameterBytes: 32 });
    expect(externals).toHaveLength(3);
  });

  it('that ends too early is refused', () => {
    expect(() => inspectModel(twice, file(f32(0, 1, 2, 3)))).toThrow(LabError);
  });
});
