import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import {
  balancedIndices,
  chosenIndices,
  firstOf,
  halved,
  oneHot,
  pool2,
  refuseFewer,
  selectExamples,
  selectionOf,
  shuffledIndices,
  standardiseFeatures,
} from '../../../src/main/science/data/examples';

const random = (seed = 1) => createRandom(seed, 'test');

describe('helpers of data', () => {
  it('shuffle is a permutation, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const order = shuffledIndices(n, random(seed));
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(shuffledIndices(n, random(seed))).toEqual(order);
      }),
      { numRuns: 50 },
    );
    expect(shuffledIndices(100, random(1))).not.toEqual(shuffledIndices(100, random(2)));
  });

  it('balanced indices hold each class equally often, without repeats', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 60 }), (classes, n) => {
        const y = Uint8Array.from({ length: 600 }, (_, i) => (i * i) % classes);
        const all = Array.from({ length: classes }, (_, c) => y.filter((v) => v === c).length);
        if (Math.min(...all) < Math.ceil(n / classes)) return;
        const chosen = balancedIndices(y, n, classes, random(n));
        expect(new Set(chosen).size).toBe(n);
        const counts = Array.from({ length: classes }, (_, c) => chosen.filter((i) => y[i] === c).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
    expect(() => balancedIndices(Uint8Array.of(0, 0, 0, 1), 4, 2, random())).toThrow(
      'need 2 of class 1, and there are 1',
    );
  });

  it('chooses all in their order, or a few that more begin with', () => {
    expect(chosenIndices(4, 9, random())).toEqual([0, 1, 2, 3]);
    const [few, more] = [chosenIndices(100, 5, random()), chosenIndices(100, 50, random())];
    expect(more.slice(0, 5)).toEqual(few);
    expect(selectionOf(4, 9, 1)).toBe(selectionOf(4, 4, 2));
    expect(selectionOf(9, 4, 1)).not.toBe(selectionOf(9, 4, 2));
  });

  it('halves square pictures of one channel and nothing that only has as many numbers', () => {
    const halvedOf = (shape: number[]) => {
      const features = shape.reduce((a, b) => a * b);
      const part = { x: new Float32Array(2 * features).fill(3), y: Uint8Array.of(0, 1), n: 2 };
      const set = { name: '', shape, features, classes: 2, train: part, test: part, licence: '', sha256: '' };
      const out = halved(set, part);
      expect(out.x).toHaveLength(2 * out.features);
      return out.features;
    };
    expect([halvedOf([1, 28, 28]), halvedOf([4, 4])]).toEqual([196, 4]);
    expect([halvedOf([36]), halvedOf([4, 9]), halvedOf([4, 3, 3]), halvedOf([1, 5, 5])]).toEqual([
      36, 36, 36, 25,
    ]);
  });

  it('takes the first examples, and refuses in a sentence where there are too few', () => {
    const train = { x: Float32Array.of(1, 2, 3, 4, 5, 6), y: Uint8Array.of(2, 0, 1), n: 3 };
    const two = firstOf(train, 2);
    expect([[...two.x], [...two.y], two.n]).toEqual([[1, 2, 3, 4], [2, 0], 2]);
    expect(firstOf(train, 9)).toEqual(train);
    const set = {
      name: 'few',
      shape: [2],
      features: 2,
      classes: 3,
      train,
      test: train,
      licence: '',
      sha256: '',
    };
    expect(() => refuseFewer(set, 3)).not.toThrow();
    expect(() => refuseFewer(set, 4)).toThrow('few has 3 examples to train on, and 4 are needed');
  });

  it('selects rows, writes one hot, pools pictures', () => {
    const examples = { x: Float32Array.of(1, 2, 3, 4, 5, 6), y: Uint8Array.of(2, 0, 1), n: 3 };
    const two = selectExamples(examples, [2, 0], 2);
    expect([[...two.x], [...two.y], two.n]).toEqual([[5, 6, 1, 2], [1, 2], 2]);
    expect([...oneHot(examples.y, 3)]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    const picture = { x: Float32Array.from({ length: 32 }, (_, i) => i), y: Uint8Array.of(0, 1), n: 2 };
    const pooled = pool2(picture, 4);
    // By hand: 0, 1, 4 and 5 of the first, then 2, 3, 6 and 7; the second is 16 more.
    expect([...pooled.x]).toEqual([2.5, 4.5, 10.5, 12.5, 18.5, 20.5, 26.5, 28.5]);
    expect(() => pool2(picture, 3)).toThrow(RangeError);
  });

  it('standardises each feature with the training part; one that never changes stays finite', () => {
    const train = { x: Float32Array.of(1, 7, 3, 7), y: Uint8Array.of(0, 1), n: 2 };
    const test = { x: Float32Array.of(4, 8), y: Uint8Array.of(0), n: 1 };
    standardiseFeatures({ train, test }, 2);
    expect([...train.x]).toEqual([-1, 0, 1, 0]);
    expect([...test.x]).toEqual([2, 1]);
  });
});
