import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildModel } from '../../src/main/models/builders';
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from '../../src/main/models/half';
import {
  type Fill,
  type InputOptions,
  indexHints,
  makeData,
  resolveInputs,
} from '../../src/main/models/inputs';
import { createRandom, hashText } from '../../src/main/models/random';
import { readModel } from '../../src/main/models/reader';
import { type Graph, modelBytes } from '../../src/main/models/writer';
import { LabError } from '../../src/shared/errors';
import type { Dim, ElemType, Port } from '../../src/shared/model';

const port = (name: string, shape: Dim[] | null, elemType: ElemType = 'float32'): Port => ({
  name,
  kind: 'tensor',
  elemType,
  shape,
});
const plain: InputOptions = { batch: 1, dims: {}, values: {} };
const shapes = (ports: Port[], options: Partial<InputOptions> = {}) =>
  resolveInputs(ports, { ...plain, ...options }).map((s) => s.shape);
const fillOf = (p: Port, options: Partial<InputOptions> = {}): Fill =>
  resolveInputs([p], { ...plain, ...options })[0]!.fill;
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LabError);
    const { kind, message, remedy } = (thrown as LabError).failure;
    expect(kind).toBe('bad_plan');
    return `${message} ${remedy}`;
  }
  throw new Error('was not refused');
}

describe('shapes of inputs', () => {
  it('free dimensions take 1, the batch what the plan says', () => {
    expect(shapes([port('x', ['batch', 3, 'h', 'w'])], { batch: 8 })).toEqual([[8, 3, 1, 1]]);
  });

  it.each([
    [
      'by name, anywhere',
      [port('h', [2, 'batch', 64]), port('x', ['N', 'length'])],
      [
        [2, 4, 64],
        [4, 1],
      ],
    ],
    ['a free first dimension without a name', [port('x', [null, 3])], [[4, 3]]],
    ['a free first dimension whose name says nothing', [port('x', ['unk__6', 3])], [[4, 3]]],
    [
      'not one that is named otherwise where one is named batch',
      [port('x', ['time', 'batch', 3])],
      [[1, 4, 3]],
    ],
    [
      'not one whose name is a length elsewhere',
      [port('x', ['a', 3]), port('m', ['s', 'a']), port('z', ['s', 's2'])],
      [
        [1, 3],
        [4, 1],
        [4, 1],
      ],
    ],
    ['not the only one of a vector', [port('x', ['batch']), port('t', [null])], [[4], [1]]],
  ] as [string, Port[], number[][]][])('the batch dimension is found %s', (_, ports, want) => {
    expect(shapes(ports, { batch: 4 })).toEqual(want);
  });

  it('the user can fix any, by name or by input and axis; one name is one size', () => {
    const ports = [port('ids', ['batch', 'seq'], 'int64'), port('mask', ['batch', 'seq'], 'int64')];
    expect(shapes(ports, { dims: { seq: 128 } })).toEqual([
      [1, 128],
      [1, 128],
    ]);
    expect(shapes(ports, { dims: { 'mask:1': 128 } })).toEqual([
      [1, 128],
      [1, 128],
    ]);
    expect(shapes([port('serving:0', [null, null])], { dims: { 'serving:0:1': 5 } })).toEqual([[1, 5]]);
    expect(shapes([port('x', ['frames', 80])], { dims: { frames: 100 } })).toEqual([[100, 80]]);
    expect(shapes([port('x', ['past', 2])], { dims: { past: 0 } })).toEqual([[0, 2]]);
  });

  it('a name that is a sum is the sum, whatever the order', () => {
    const ports = [
      port('mask', ['batch', 'past + sequence'], 'int64'),
      port('ids', ['batch', 'sequence'], 'int64'),
      port('past', ['batch', 4, 'past', 8]),
      port('next', ['batch', 'past + 1'], 'int64'),
    ];
    expect(shapes(ports, { dims: { past: 20, sequence: 3 } })).toEqual([
      [1, 23],
      [1, 3],
      [1, 4, 20, 8],
      [1, 21],
    ]);
    expect(shapes(ports)).toEqual([
      [1, 2],
      [1, 1],
      [1, 4, 1, 8],
      [1, 2],
    ]);
    expect(shapes(ports, { dims: { 'past + sequence': 9 } })[0]).toEqual([1, 9]);
  });

  it('records where each free size came from', () => {
    const [spec] = resolveInputs([port('x', ['batch', 's', null, 't + 1'])], {
      ...plain,
      batch: 2,
      dims: { s: 7 },
    });
    expect(spec?.freeDims).toEqual([
      { axis: 0, name: 'batch', size: 2, from: 'batch' },
      { axis: 1, name: 's', size: 7, from: 'user' },
      { axis: 2, name: null, size: 1, from: 'default' },
      { axis: 3, name: 't + 1', size: 2, from: 'sum' },
    ]);
  });

  it('an input without a shape takes the one the plan gives', () => {
    const ports = [port('x', null)];
    expect(shapes(ports, { dims: { 'x:0': 2, 'x:1': 5 } })).toEqual([[2, 5]]);
    expect(refusal(() => shapes(ports))).toContain('declares no shape');
  });

  it('says which free dimensions there are when it does not know one', () => {
    const ports = [port('ids', ['batch', 'sequence'], 'int64'), port('x', [1, null])];
    const text = refusal(() => shapes(ports, { dims: { sequenze: 5 } }));
    expect(text).toContain('“sequenze”');
    expect(text).toContain('batch, sequence, x:1');
    expect(refusal(() => shapes(ports, { dims: { 'x:0': 5 } }))).toContain('is 1 in the model');
    expect(refusal(() => shapes(ports, { dims: { 'x:7': 5 } }))).toContain('no free dimension');
    expect(refusal(() => shapes([port('x', [1])], { dims: { a: 5 } }))).toContain(
      'All its dimensions are fixed',
    );
  });

  it('refuses a batch that nothing takes, and two batches at once', () => {
    expect(refusal(() => shapes([port('x', [1, 3])], { batch: 2 }))).toContain('no free batch dimension');
    expect(refusal(() => shapes([port('x', ['batch', 3])], { batch: 2, dims: { batch: 4 } }))).toContain(
      'its batch is 2',
    );
    expect(shapes([port('x', ['batch', 3])], { batch: 4, dims: { batch: 4 } })).toEqual([[4, 3]]);
    expect(shapes([port('x', [1, 3])])).toEqual([[1, 3]]);
  });
});

describe('contents of inputs', () => {
  it('are chosen by type, rank and name', () => {
    expect(fillOf(port('x', [1, 3]))).toEqual({ kind: 'uniform', low: -1, high: 1 });
    expect(fillOf(port('length', [], 'int64'))).toEqual({ kind: 'constant', value: 1 });
    expect(fillOf(port('sr', [], 'int64'))).toEqual({ kind: 'constant', value: 16_000 });
    expect(fillOf(port('sr', [], 'int8'))).toEqual({ kind: 'constant', value: 1 });
    expect(fillOf(port('ids', [1, 3], 'int64'))).toEqual({ kind: 'int', low: 0, high: 2 });
    expect(fillOf(port('attention_mask', [1, 3], 'int64'))).toEqual({ kind: 'constant', value: 1 });
    expect(fillOf(port('use_cache', [1], 'bool'))).toEqual({ kind: 'constant', value: 1 });
    expect(fillOf(port('keep', [2, 2], 'bool'))).toEqual({ kind: 'bool' });
    const hints = { ids: { low: 0, high: 30_000 } };
    expect(fillOf(port('ids', [1, 3], 'int64'), { hints })).toEqual({ kind: 'int', low: 0, high: 30_000 });
    expect(fillOf(port('sr', [], 'int64'), { values: { sr: 8000 } })).toEqual({
      kind: 'constant',
      value: 8000,
    });
  });

  it('refuses values that the type cannot hold, and unknown inputs', () => {
    const p = port('n', [1], 'int8');
    for (const n of [128, -129, 0.5]) expect(refusal(() => fillOf(p, { values: { n } }))).toContain('int8');
    expect(fillOf(p, { values: { n: -128 } })).toEqual({ kind: 'constant', value: -128 });
    expect(refusal(() => fillOf(port('b', [1], 'bool'), { values: { b: 2 } }))).toContain('bool');
    expect(refusal(() => fillOf(p, { values: { m: 1 } }))).toContain('Its inputs: n');
  });

  const views: [ElemType, number, (b: Uint8Array<ArrayBuffer>) => ArrayLike<number | bigint>][] = [
    ['float32', 4, (b) => new Float32Array(b.buffer)],
    ['float64', 8, (b) => new Float64Array(b.buffer)],
    ['float16', 2, (b) => Array.from(new Uint16Array(b.buffer), float16Value)],
    ['bfloat16', 2, (b) => Array.from(new Uint16Array(b.buffer), bfloat16Value)],
    ['int8', 1, (b) => new Int8Array(b.buffer)],
    ['uint8', 1, (b) => b],
    ['int16', 2, (b) => new Int16Array(b.buffer)],
    ['uint16', 2, (b) => new Uint16Array(b.buffer)],
    ['int32', 4, (b) => new Int32Array(b.buffer)],
    ['uint32', 4, (b) => new Uint32Array(b.buffer)],
    ['int64', 8, (b) => new BigInt64Array(b.buffer)],
    ['uint64', 8, (b) => new BigUint64Array(b.buffer)],
    ['bool', 1, (b) => b],
  ];
  it.each(views)(
    '%s: %i bytes each, inside its range, the same for the same seed',
    (elemType, size, view) => {
      const [spec] = resolveInputs([port('x', [30, 40], elemType)], plain);
      const bytes = makeData(spec!, 5);
      expect(bytes.byteLength).toBe(1200 * size);
      expect(makeData(spec!, 5)).toEqual(bytes);
      expect(makeData(spec!, 6)).not.toEqual(bytes);
      expect(makeData({ ...spec!, name: 'y' }, 5)).not.toEqual(bytes);
      const values = Array.from(view(bytes), Number);
      const float = /float/.test(elemType);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(float ? -1 : 0);
      expect(Math.max(...values)).toBeLessThanOrEqual(1);
      expect(new Set(values).size).toBeGreaterThan(float ? 200 : 1);
    },
  );

  it('integers cover the hinted range and nothing else', () => {
    const [spec] = resolveInputs([port('ids', [1, 4000], 'int64')], {
      ...plain,
      hints: { ids: { low: 0, high: 50 } },
    });
    const values = new Set(Array.from(new BigInt64Array(makeData(spec!, 1).buffer), Number));
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('refuse strings, and shapes beyond any memory', () => {
    const [spec] = resolveInputs([port('x', [2])], plain);
    expect(() => makeData({ ...spec!, elemType: 'string' }, 1)).toThrow(LabError);
    expect(() => makeData({ ...spec!, shape: [1e6, 1e6] }, 1)).toThrow(/GB/);
  });
});

describe('index hints', () => {
  it('tell the rows of the table that an input picks from', () => {
    const built = buildModel({ family: 'decoder', targetParameters: 20_000, seed: 1 });
    const model = readModel(modelBytes(built.graph));
    const vocabulary = (built.graph.outputs[0]!.dims as number[])[2];
    expect(indexHints(model)).toEqual({ input_ids: { low: 0, high: vocabulary } });
  });

  it('look through reshaped indices and dequantised tables, take the smallest, and leave the rest alone', () => {
    const f = (name: string, dims: number[]) => ({
      name,
      elemType: 'float32' as const,
      dims,
      data: new Float32Array(dims.reduce((a, b) => a * b, 1)),
    });
    const graph: Graph = {
      name: 'g',
      nodes: [
        { op: 'Cast', inputs: ['ids'], outputs: ['i1'], attributes: { to: { int: 7 } } },
        { op: 'Unsqueeze', inputs: ['i1', 'axes'], outputs: ['i2'] },
        { op: 'Gather', inputs: ['big', 'i2'], outputs: ['a'] },
        { op: 'Identity', inputs: ['small'], outputs: ['small2'] },
        { op: 'Gather', inputs: ['small2', 'ids'], outputs: ['b'], attributes: { axis: { int: 1 } } },
        { op: 'Gather', inputs: ['x', 'pick'], outputs: ['c'] },
      ],
      initializers: [
        f('big', [90, 2]),
        f('small', [4, 7]),
        { name: 'axes', elemType: 'int64', dims: [1], data: BigInt64Array.of(0n) },
      ],
      inputs: [
        { name: 'ids', elemType: 'int32', dims: ['n'] },
        { name: 'pick', elemType: 'int64', dims: [1] },
        { name: 'x', elemType: 'float32', dims: [5, 5] },
      ],
      outputs: [{ name: 'a', elemType: 'float32', dims: [1, 'n', 2] }],
    };
    expect(indexHints(readModel(modelBytes(graph)))).toEqual({ ids: { low: 0, high: 7 } });
  });
});

describe('16-bit floats', () => {
  const any = fc.oneof(
    fc.double({ noDefaultInfinity: false }),
    fc.double({ min: -70_000, max: 70_000 }),
    fc.double({ min: -1e-4, max: 1e-4 }),
  );
  it('every float16 survives the way through a number', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = float16Value(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(float16Value(float16Bits(value)))).toBe(true);
      else if (float16Bits(value) !== bits) throw new Error(`${bits}`);
    }
  });

  it('float16 rounds to the nearest, ties to even', () => {
    fc.assert(
      fc.property(any, (x) => {
        const single = Math.fround(x);
        const got = float16Bits(single);
        const value = float16Value(got);
        if (Number.isNaN(single)) {
          expect(value).toBeNaN();
          return;
        }
        if (!Number.isFinite(value)) {
          expect(Math.abs(single)).toBeGreaterThanOrEqual(65520);
          return;
        }
        const distance = Math.abs(value - single);
        for (const other of [got - 1, got + 1].filter((b) => (b & 0x7fff) <= 0x7c00)) {
          const step = Math.abs((float16Value(other) || 0) - single);
          expect(distance).toBeLessThanOrEqual(step);
          if (distance === step) expect(got & 1).toBe(0);
        }
      }),
      { seed: 30, numRuns: 3000 },
    );
    expect([65519.99, 65520, 2 ** -25, 2 ** -25 * 1.0001, -0].map(float16Bits)).toEqual([
      0x7bff, 0x7c00, 0, 1, 0x8000,
    ]);
  });

  it('bfloat16 is within half a step of 8 bits, ties to even, and keeps its own values', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e38), max: Math.fround(1e38) }),
        (x) => {
          const value = bfloat16Value(bfloat16Bits(x));
          expect(Math.abs(value - x)).toBeLessThanOrEqual(Math.max(Math.abs(x) * 2 ** -8, 2 ** -134));
          expect(bfloat16Value(bfloat16Bits(value))).toBe(value);
        },
      ),
      { seed: 30, numRuns: 2000 },
    );
    expect([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, Number.NaN].map((x) => bfloat16Bits(x))).toEqual([
      0x3f80, 0x3f80, 0x3f82, 0x7fc0,
    ]);
  });
});

describe('the generator', () => {
  it('is sfc32, as an independent writing of the published steps gives it', () => {
    const mask = 2n ** 32n - 1n;
    const reference = (state: bigint[], n: number) => {
      let [a, b, c, counter] = state as [bigint, bigint, bigint, bigint];
      return Array.from({ length: n }, () => {
        const t = (a + b + counter) & mask;
        counter = (counter + 1n) & mask;
        a = b ^ (b >> 9n);
        b = (c + (c << 3n)) & mask;
        c = ((((c << 21n) | (c >> 11n)) & mask) + t) & mask;
        return Number(t);
      });
    };
    const third = BigInt(Math.imul(1, 0x9e3779b9) >>> 0);
    const want = reference([BigInt(hashText('a')), 3_000_000_000n, third, 1n], 115).slice(15);
    const random = createRandom(3_000_000_000, 'a');
    expect(Array.from({ length: 100 }, () => random.int32() >>> 0)).toEqual(want);
  });

  it('has a stream of its own for each seed and name', () => {
    const first = (seed: number, stream: string) => createRandom(seed, stream).int32();
    const all = [0, 1, 2].flatMap((seed) =>
      ['', 'a', 'b', 'aa', 'layers.0', 'layers.1'].map((s) => first(seed, s)),
    );
    expect(new Set(all).size).toBe(18);
    expect(first(1, 'a')).toBe(first(1, 'a'));
  });

  it('fills without zeros, in range, and goes on where it stopped', () => {
    const whole = new Float32Array(1000);
    createRandom(7, 'w').fillSymmetric(whole, 0.5);
    const parts = new Float32Array(1000);
    const random = createRandom(7, 'w');
    random.fillSymmetric(parts.subarray(0, 333), 0.5);
    random.fillSymmetric(parts.subarray(333), 0.5);
    expect(parts).toEqual(whole);
    expect(whole.every((x) => x !== 0 && Math.abs(x) <= 0.5)).toBe(true);
  });

  it('has the moments of its distributions (20,000 draws, 5 standard errors)', () => {
    const random = createRandom(1, 'moments');
    const n = 20_000;
    const mean = (draw: () => number) => Array.from({ length: n }, draw).reduce((a, b) => a + b, 0) / n;
    const near = (got: number, want: number, sd: number) =>
      expect(Math.abs(got - want)).toBeLessThan((5 * sd) / Math.sqrt(n));
    near(mean(random.uniform), 0.5, Math.sqrt(1 / 12));
    near(mean(random.normal), 0, 1);
    near(
      mean(() => random.normal() ** 2),
      1,
      Math.SQRT2,
    );
    near(
      mean(() => random.integer(0, 3)),
      1,
      Math.sqrt(2 / 3),
    );
  });
});
