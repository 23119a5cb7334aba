import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../src/main/models/builders';
import { readModel } from '../../../src/main/models/reader';
import { modelBytes } from '../../../src/main/models/writer';
import type { Dataset } from '../../../src/main/science/data/dataset';
import {
  compareAccuracy,
  compareFiles,
  createTally,
  madeUpInputs,
} from '../../../src/main/science/variants/check';
import { model, node, port, weights } from '../../models/support';
import { noise, ort, storeModel, value } from './support';

const tallyOf = (want: number[], got: number[], ...dims: number[]) => {
  const tally = createTally();
  tally.add({ y: value(Float32Array.from(want), ...dims) }, { y: value(Float32Array.from(got), ...dims) });
  return tally.result();
};

describe('the differences of two outputs', () => {
  it('are told as relative error, largest difference and equal first places', () => {
    const { outputs } = tallyOf([3, 4, 0, 1], [3, 4.5, 0.5, 0.25], 2, 2);
    expect(outputs).toEqual([
      {
        name: 'y',
        elements: 4,
        relativeL2: Math.sqrt((0.25 + 0.25 + 0.5625) / 26),
        maxAbs: 0.75,
        sameTop: 0.5,
      },
    ]);
  });

  it('add up over calls as if all had been one', () => {
    const floats = fc.array(
      fc.tuple(fc.float({ noNaN: true, min: -9, max: 9 }), fc.float({ noNaN: true, min: -9, max: 9 })),
      {
        minLength: 2,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(floats, fc.nat(), (pairs, cut) => {
        const whole = createTally();
        const parts = createTally();
        const at = cut % (pairs.length + 1);
        const add = (tally: ReturnType<typeof createTally>, some: typeof pairs) =>
          tally.add(
            {
              y: value(
                Float32Array.from(some, ([a]) => a),
                some.length,
              ),
            },
            {
              y: value(
                Float32Array.from(some, ([, b]) => b),
                some.length,
              ),
            },
          );
        add(whole, pairs);
        for (const part of [pairs.slice(0, at), pairs.slice(at)]) add(parts, part);
        const [a, b] = [whole.result().outputs[0]!, parts.result().outputs[0]!];
        expect(b.elements).toBe(a.elements);
        expect(b.maxAbs).toBe(a.maxAbs);
        if (a.relativeL2 !== null) expect(b.relativeL2! - a.relativeL2).toBeCloseTo(0, 9);
      }),
    );
  });

  it('name an output that stopped being a number, and leave out what never was one', () => {
    expect(tallyOf([1, 2], [1, Number.NaN], 2).broken).toEqual(['y']);
    expect(tallyOf([1, 2], [1, Number.POSITIVE_INFINITY], 2).broken).toEqual(['y']);
    const both = tallyOf([1, Number.NaN, 2], [1, Number.NaN, 3], 3);
    expect(both).toMatchObject({ broken: [], notNumbers: 1, outputs: [{ elements: 2, maxAbs: 1 }] });
  });

  it('have no relative error where there is nothing to relate to, and no classes in caches', () => {
    expect(tallyOf([0, 0], [0, 1], 1, 2).outputs[0]).toMatchObject({ relativeL2: null, maxAbs: 1 });
    expect(tallyOf([1, 2], [1, 2], 1, 1, 1, 2).outputs[0]!.sameTop).toBeNull();
    expect(tallyOf([1, 2], [1, 2], 2, 1).outputs[0]!.sameTop).toBeNull();
    const whole = createTally();
    const ids = (...v: bigint[]) => ({
      y: { elemType: 'int64' as const, dims: [1, v.length], data: BigInt64Array.from(v) },
    });
    whole.add(ids(3n, 4n), ids(3n, 9n));
    expect(whole.result().outputs[0]).toMatchObject({
      relativeL2: null,
      maxAbs: 5,
      sameTop: null,
      equal: 0.5,
    });
    expect(tallyOf([1, 2], [1, 2], 1, 2).outputs[0]).not.toHaveProperty('equal');
  });

  it('are refused where the shapes differ', () => {
    const tally = createTally();
    expect(() =>
      tally.add({ y: value(Float32Array.of(1), 1) }, { y: value(Float32Array.of(1), 1, 1) }),
    ).toThrow(/shape \[1, 1\] instead of \[1\]/);
    expect(() => tally.add({ y: value(Float32Array.of(1), 1) }, {})).toThrow(/shape \[none\]/);
  });
});

describe('made-up inputs', () => {
  it('are the same for the same seed, others for another, 64 rows in four calls', () => {
    const { graph } = buildModel({ family: 'mlp', targetParameters: 1e3, seed: 1 });
    const read = readModel(modelBytes(graph));
    const [one, again, other] = [madeUpInputs(read, 1), madeUpInputs(read, 1), madeUpInputs(read, 2)];
    expect(one.rows).toBe(64);
    expect(one.calls).toHaveLength(4);
    expect(again).toEqual(one);
    expect(other.calls[0]!.x!.data).not.toEqual(one.calls[0]!.x!.data);
    expect(new Set(one.calls.map(({ x }) => (x!.data as Float32Array)[0])).size).toBe(4);
  });

  it('take the sizes that a person gives, and refuse those that the model does not have', () => {
    const free = readModel(
      model({
        nodes: [node('Relu', ['x'], ['y'])],
        inputs: [port('x', 'float32', ['batch', 3, 'width'])],
        outputs: [port('y')],
      }),
    );
    expect(madeUpInputs(free, 1, { width: 7 }).calls[0]!.x!.dims).toEqual([16, 3, 7]);
    // A batch that was given is kept, whatever the dimension is called.
    for (const name of ['batch', 'x:0']) {
      const two = madeUpInputs(free, 1, { [name]: 2 });
      expect([two.rows, two.calls.length, two.calls[0]!.x!.dims]).toEqual([8, 4, [2, 3, 1]]);
    }
    expect(() => madeUpInputs(free, 1, { height: 7 })).toThrow(/no free dimension “height”/);
  });

  it('of a model without a free batch are sixteen calls', () => {
    const fixed = model({
      nodes: [node('Relu', ['x'], ['y'])],
      inputs: [port('x', 'float32', [3])],
      outputs: [port('y')],
    });
    expect(madeUpInputs(readModel(fixed), 1)).toMatchObject({ rows: 16, calls: { length: 16 } });
  });
});

const linear = (w: number[], bias = 0) =>
  model({
    nodes: [node('Gemm', ['x', 'w', 'b'], ['y'])],
    inputs: [port('x', 'float32', ['n', 4])],
    outputs: [port('y', 'float32', ['n', 2])],
    initializers: [weights('w', [4, 2], w), weights('b', [2], [bias, 0])],
  });

describe('two files', () => {
  const w = [1, 0, 0, 1, 1, 0, 0, 1];
  it('agree with themselves, and a wrong scale shows as what it is', async () => {
    const fed = madeUpInputs(readModel(linear(w)), 1);
    const compare = (variant: Uint8Array) =>
      compareFiles(ort, { original: storeModel(linear(w)), variant: storeModel(variant) }, fed, {
        provider: 'cpu',
      });
    const same = await compare(linear(w));
    expect(same).toMatchObject({ rows: 64, calls: 4, outputs: [{ relativeL2: 0, maxAbs: 0, sameTop: 1 }] });
    const scaled = await compare(linear(w.map((v) => 1.3 * v)));
    expect(scaled.outputs[0]!.relativeL2).toBeCloseTo(0.3, 5);
    expect(scaled.outputs[0]!.sameTop).toBe(1);
  });

  it('are compared on a test part: how often each is right', async () => {
    const x = noise(400, 1);
    const y = Uint8Array.from({ length: 100 }, (_, i) =>
      x[4 * i]! + x[4 * i + 2]! > x[4 * i + 1]! + x[4 * i + 3]! ? 0 : 1,
    );
    const part = { x, y, n: 100 };
    const data: Dataset = {
      name: 'halves',
      shape: [4],
      features: 4,
      classes: 2,
      train: part,
      test: part,
      licence: 'none',
      sha256: '0'.repeat(64),
    };
    const files = { original: storeModel(linear(w)), variant: storeModel(linear(w, 100)) };
    const ports = readModel(linear(w)).graph.inputs;
    const zeros = y.filter((c) => c === 0).length / 100;
    expect(await compareAccuracy(ort, files, ports, data, 'cpu')).toEqual({
      dataset: 'halves',
      n: 100,
      original: 1,
      variant: zeros,
    });
    await expect(compareAccuracy(ort, files, ports, { ...data, features: 5 }, 'cpu')).rejects.toThrow(
      /takes 4 values and an example has 5/,
    );
    await expect(compareAccuracy(ort, files, ports, { ...data, classes: 3 }, 'cpu')).rejects.toThrow(
      /no 3 scores/,
    );
  });
});
