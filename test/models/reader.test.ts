import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeInputs } from '../../src/main/models/graph';
import { assertModelSize, readModel } from '../../src/main/models/reader';
import { tensorValues } from '../../src/main/models/values';
import { failureOf, LabError } from '../../src/shared/errors';
import {
  attribute,
  constant,
  f32,
  f64,
  field,
  graph,
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
  varint,
  weights,
} from './support';

/** The failure of a refused file; throws where it was accepted or failed untyped. */
function refusal(bytes: Uint8Array) {
  try {
    readModel(bytes);
  } catch (thrown) {
    if (thrown instanceof LabError) return failureOf(thrown);
    throw thrown;
  }
  throw new Error('accepted');
}

const branch = graph({ nodes: [node('Identity', ['x'], ['z'])], outputs: [port('z')] });
const good = model({
  nodes: [
    constant('k', weights('', [2, 2])),
    node(
      'If',
      ['c'],
      ['y'],
      [attribute.graph('then_branch', branch), attribute.graph('else_branch', branch)],
    ),
  ],
  inputs: [port('x', 'float32', [1, 'N', null]), port('c', 'bool'), port('w', 'float32', [3])],
  outputs: [port('y')],
  initializers: [weights('w', [3])],
});
const holding = (t: Uint8Array) => model({ nodes: [node('Identity', ['w'], ['y'])], initializers: [t] });

describe('reading a model', () => {
  it('gives nodes, attributes, subgraphs and ports as plain data', () => {
    const m = readModel(good);
    expect(m).toMatchObject({
      irVersion: 8,
      producer: 'test',
      opsets: [{ domain: '', version: 17 }, {}, {}],
    });
    expect(m.graph.nodes.map((n) => n.op)).toEqual(['Constant', 'If']);
    const then = m.graph.nodes[1]?.attributes.get('then_branch');
    expect(then?.kind === 'graph' && then.value.nodes[0]?.inputs).toEqual(['x']);
    expect(m.graph.inputs[0]).toEqual({
      name: 'x',
      kind: 'tensor',
      elemType: 'float32',
      shape: [1, 'N', null],
    });
  });

  it('does not ask for inputs that an initializer already fills', () => {
    expect(freeInputs(readModel(good).graph).map((p) => p.name)).toEqual(['x', 'c']);
  });

  it('leaves payloads where they are', () => {
    const bytes = holding(weights('w', [2], [1, 2]));
    const payload = readModel(bytes).graph.initializers.get('w')?.payload;
    expect(payload?.kind === 'raw' && payload.bytes.buffer).toBe(bytes.buffer);
  });

  it('takes "ai.onnx" and −1 for what exporters mean by them', () => {
    const any = join([
      field(1, 'x'),
      field(2, field(1, join([field(1, 1), field(2, field(1, field(1, -1)))]))),
    ]);
    const m = readModel(model({ nodes: [node('Relu', ['x'], ['y'], [], 'ai.onnx')], inputs: [any] }));
    expect(m.graph.nodes[0]?.domain).toBe('');
    expect(m.graph.inputs[0]?.shape).toEqual([null]);
  });

  it('names ports that are no tensors', () => {
    const kinds = [4, 5, 8, 9].map((k) => join([field(1, 'x'), field(2, field(k, u8()))]));
    const m = readModel(model({ nodes: [], inputs: kinds }));
    expect(m.graph.inputs.map((p) => p.kind)).toEqual(['sequence', 'map', 'sparse', 'optional']);
  });

  it('lists external data wherever it hides: initializer, attribute, sparse part, subgraph, function', () => {
    const out = (location: string, type: 'float32' | 'int64' = 'float32') =>
      tensor('', type, [2], { external: { location, offset: 64 } });
    const inner = graph({ nodes: [constant('z', out('subgraph'))], outputs: [port('z')] });
    const m = readModel(
      model(
        {
          nodes: [
            constant('a', out('attribute')),
            node('If', ['c'], ['y'], [attribute.graph('then_branch', inner)]),
          ],
          initializers: [out('initializer')],
          sparse: [sparse(out('values'), out('indices', 'int64'), [4])],
        },
        [localFunction('F', ['x'], ['y'], [constant('y', out('function'))])],
      ),
    );
    expect(m.externals.map((e) => `${e.location} ${e.offset} ${e.length}`).sort()).toEqual([
      'attribute 64 8',
      'function 64 8',
      'indices 64 16',
      'initializer 64 8',
      'subgraph 64 8',
      'values 64 8',
    ]);
  });

  it('skips fields it does not know', () => {
    const extra = join([field(999, 'new'), field(998, 7)]);
    expect(readModel(join([good, extra])).graph.nodes).toHaveLength(2);
  });
});

describe('decoding small tensors', () => {
  const values = (t: Uint8Array) => tensorValues(readModel(holding(t)).graph.initializers.get('w')!);
  const packed = (...xs: (number | bigint)[]) => join(xs.map(varint));

  it.each([
    ['raw float32', tensor('w', 'float32', [2], { raw: f32(1.5, -2) }), [1.5, -2]],
    ['raw int64', tensor('w', 'int64', [2], { raw: i64(-5, 2n ** 40n) }), [-5, 2 ** 40]],
    ['raw float16', tensor('w', 'float16', [2], { raw: u16(0x3c00, 0x0001) }), [1, 2 ** -24]],
    ['raw bfloat16', tensor('w', 'bfloat16', [1], { raw: u16(0xbf80) }), [-1]],
    ['raw int4', tensor('w', 'int4', [3], { raw: u8(0xf7, 0x08) }), [7, -1, -8]],
    ['float_data', tensor('w', 'float32', [2], { typed: [4, f32(3, 4)] }), [3, 4]],
    ['double_data', tensor('w', 'float64', [1], { typed: [10, f64(0.1)] }), [0.1]],
    ['int32_data of int8', tensor('w', 'int8', [2], { typed: [5, packed(-3, 4)] }), [-3, 4]],
    ['int32_data of bool', tensor('w', 'bool', [2], { typed: [5, packed(1, 0)] }), [1, 0]],
    ['int32_data of float16', tensor('w', 'float16', [1], { typed: [5, packed(0xc000)] }), [-2]],
    ['int64_data', tensor('w', 'int64', [2], { typed: [7, packed(-1, 9)] }), [-1, 9]],
    ['uint64_data', tensor('w', 'uint64', [1], { typed: [11, packed(2n ** 63n)] }), [2 ** 63]],
  ])('%s', (_, bytes, want) => {
    expect(values(bytes)).toEqual(want);
  });

  it('has no numbers for strings and external data', () => {
    expect(values(tensor('w', 'string', [2], { strings: ['a', 'b'] }))).toBeNull();
    expect(values(tensor('w', 'float32', [1], { external: { location: 'w.bin' } }))).toBeNull();
  });
});

describe('refusing what is no model', () => {
  it.each([
    ['nothing', u8(), 'The file is empty.'],
    [
      'text',
      new TextEncoder().encode('hello world\n'.repeat(99)),
      'The file is a text file, not an ONNX model.',
    ],
    ['a gzip archive', gzipSync(Buffer.alloc(9999)), 'The file is a gzip archive, not an ONNX model.'],
    ['zeros', new Uint8Array(1e6), 'a field number is impossible at byte 0'],
    ['ones', new Uint8Array(1e6).fill(255), 'a number has more than ten bytes at byte 10'],
    ['half a model', good.subarray(0, 60), 'the file ends too early at byte'],
    ['no graph', field(1, 8), 'it holds no graph'],
    ['a length of 2^62', join([varint(58), varint(2n ** 62n)]), 'a length is impossible'],
  ])('%s', (_, bytes, message) => {
    const failure = refusal(bytes);
    expect(failure.kind).toBe('not_a_model');
    expect(failure.message).toContain(message);
    expect(failure.remedy).not.toBeNull();
  });

  it('names external data as the way out of 2 GiB', () => {
    expect(() => assertModelSize(2 ** 31)).toThrow(LabError);
    try {
      assertModelSize(2 ** 31 + 16);
    } catch (thrown) {
      expect(failureOf(thrown)).toMatchObject({
        kind: 'not_a_model',
        remedy: expect.stringContaining('external data'),
      });
    }
    expect(() => assertModelSize(2 ** 31 - 1)).not.toThrow();
  });

  /** Graphs inside one another, written from the inside out. */
  function nested(levels: number): Uint8Array {
    let g = graph({ nodes: [] });
    for (let i = 1; i < levels; i++)
      g = graph({ nodes: [node('If', ['c'], ['y'], [attribute.graph('b', g)])] });
    return join([field(1, 8), field(7, g)]);
  }

  it.each([
    ['two graphs', join([good, field(7, u8())]), 'two graphs'],
    ['training information', join([good, field(20, u8())]), 'training information'],
    ['65 nested graphs', nested(65), 'nested more than 64 deep'],
    ['a negative dimension', holding(tensor('w', 'float32', [-1], { raw: f32(1) })), 'negative dimension'],
    [
      '2^60 elements in 4 bytes',
      holding(tensor('w', 'float32', [2 ** 40, 2 ** 20], { raw: f32(1) })),
      'large',
    ],
    ['2^40 elements without data', holding(tensor('w', 'float32', [2 ** 40], {})), 'holds 0 values'],
    [
      '4 bytes for 8',
      holding(tensor('w', 'float32', [2], { raw: f32(1) })),
      'holds 4 bytes where its shape needs 8',
    ],
    ['one value for two', holding(tensor('w', 'int64', [2], { typed: [7, varint(1)] })), 'holds 1 values'],
    ['data twice', holding(tensor('w', 'float32', [1], { raw: f32(1), typed: [4, f32(1)] })), 'data twice'],
    [
      'data inside and outside',
      holding(tensor('w', 'float32', [1], { raw: f32(1), external: { location: 'w' } })),
      'inside and outside',
    ],
    [
      'external data of another length',
      holding(tensor('w', 'float32', [1], { external: { location: 'w', length: 9 } })),
      '9 bytes',
    ],
    [
      'a negative offset',
      holding(tensor('w', 'float32', [1], { external: { location: 'w', offset: -4 } })),
      'no number',
    ],
    [
      'external data without a file',
      holding(tensor('w', 'float32', [1], { external: { offset: 4 } })),
      'no file',
    ],
    [
      'an attribute with two tensors',
      model({
        nodes: [
          node(
            'Constant',
            [],
            ['k'],
            [join([attribute.tensor('value', weights('', [1])), field(5, weights('', [2]))])],
          ),
        ],
      }),
      'value twice',
    ],
  ])('%s is unsafe', (_, bytes, message) => {
    const failure = refusal(bytes);
    expect(failure.kind).toBe('unsafe_model');
    expect(failure.message).toContain(message);
    expect(failure.message).toMatch(/at byte \d+\.$/);
  });

  it('64 nested graphs are no trouble', () => {
    expect(() => readModel(nested(64))).not.toThrow();
  });

  it('100,000 nested graphs end at once, not in the stack', () => {
    const heads: Uint8Array[] = [];
    let length = 0;
    for (let i = 0; i < 100_000; i++) {
      for (const k of [6, 5, 1]) {
        const head = join([varint(k * 8 + 2), varint(length)]);
        heads.push(head);
        length += head.length;
      }
    }
    const bytes = join([varint(58), varint(length), ...heads.reverse()]);
    expect(refusal(bytes).message).toContain('nested more than 64 deep');
  });
});

describe('hostile bytes', () => {
  /** What may come of any bytes at all: a model, or a refusal with its reason. */
  function tamed(bytes: Uint8Array): boolean {
    try {
      readModel(bytes);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof LabError)) throw thrown;
      const { kind, message } = thrown.failure;
      expect(['not_a_model', 'unsafe_model']).toContain(kind);
      expect(message.length).toBeLessThan(300);
      return false;
    }
  }

  it('every truncation is refused or a shorter model', () => {
    let refused = 0;
    for (let i = 0; i < good.length; i++) refused += tamed(good.subarray(0, i)) ? 0 : 1;
    expect(refused).toBeGreaterThan(good.length * 0.8);
  });

  it('random bytes end typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        tamed(bytes);
      }),
      { seed: 30, numRuns: 2000 },
    );
  });

  it('mutants of a model end typed, and some are still models', () => {
    let accepted = 0;
    const edit = fc.tuple(
      fc.nat(good.length - 1),
      fc.nat(255),
      fc.constantFrom('set', 'drop', 'insert', 'huge'),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let bytes = Array.from(good);
        for (const [at, value, what] of edits) {
          if (what === 'set') bytes[at] = value;
          else if (what === 'drop') bytes.splice(at, 1);
          else if (what === 'insert') bytes.splice(at, 0, value);
          else
            bytes = [...bytes.slice(0, at), 255, 255, 255, 255, 255, 255, 255, 255, 127, ...bytes.slice(at)];
        }
        accepted += tamed(Uint8Array.from(bytes)) ? 1 : 0;
      }),
      { seed: 30, numRuns: 4000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
