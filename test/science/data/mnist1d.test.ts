import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openOrt } from '../../../src/main/runner/ort/free';
import type { Dataset } from '../../../src/main/science/data/dataset';
import { meanAndSd } from '../../../src/main/science/data/examples';
import { makeMnist1d, readTemplates } from '../../../src/main/science/data/mnist1d';
import { openDataset } from '../../../src/main/science/data/open';
import { accuracyOf, classify, inferenceGraph, train } from '../../../src/main/science/train';
import { mnist1dTemplates, placesIn } from '../../support/data';
import { temporaryFolder } from '../../support/lab';

const ort = openOrt();
const templates = await readTemplates(mnist1dTemplates);
const make = (over: Partial<Parameters<typeof makeMnist1d>[1]> = {}) =>
  makeMnist1d(templates, { seed: 42, train: 500, test: 200, ...over });

/** Test accuracy of the class of the nearest training example. */
function nearestNeighbour({ train, test, features }: Dataset): number {
  let right = 0;
  for (let i = 0; i < test.n; i++) {
    let [best, at] = [Number.POSITIVE_INFINITY, 0];
    for (let j = 0; j < train.n; j++) {
      let d = 0;
      for (let k = 0; k < features; k++) d += (test.x[i * features + k] - train.x[j * features + k]) ** 2;
      if (d < best) [best, at] = [d, j];
    }
    if (train.y[at] === test.y[i]) right += 1;
  }
  return right / test.n;
}

describe('MNIST-1D', () => {
  /** Test accuracy of a network with these hidden layers; none: logistic regression. */
  async function accuracy(data: Dataset, hidden: number[], steps: number): Promise<number> {
    const spec = { kind: 'mlp', features: 40, classes: 10, hidden, activation: 'relu' } as const;
    const recipe = {
      steps,
      batch: 100,
      learningRate: 0.05,
      momentum: 0.9,
      drop: { at: 0.7, factor: 0.1 },
      seed: 1,
    };
    const { params } = await train(ort, spec, data.train, recipe);
    return accuracyOf(
      await classify(ort, inferenceGraph(spec, params), data.test.x, 40, data.test.n),
      data.test.y,
    );
  }

  it('is as hard as the published set', { timeout: 30_000 }, async () => {
    // Greydanus and Kobak, arXiv 2011.14439, table 1, 4,000 and 1,000 examples: logistic regression 32 %, an MLP that is
    // deeper and longer trained than this one 68 %. One hidden layer of 100 gave 59 to 60 % in the lab's own prototype.
    const data = make({ train: 4000, test: 4000 });
    const linear = await accuracy(data, [], 600);
    expect(linear).toBeGreaterThan(0.3);
    expect(linear).toBeLessThan(0.35);
    const network = await accuracy(data, [100], 2000);
    expect(network).toBeGreaterThan(0.56);
    expect(network).toBeLessThan(0.66);
  });

  it('looks the same to a linear model when the positions are shuffled', { timeout: 30_000 }, async () => {
    const [plain, mixed] = [false, true].map((shuffled) => make({ train: 2000, test: 1000, shuffled }));
    expect(await accuracy(mixed, [], 300)).toBeCloseTo(await accuracy(plain, [], 300), 1);
    expect(mixed.train.x).not.toEqual(plain.train.x);
    for (const i of [0, 7]) {
      const row = (d: Dataset) => [...d.train.x.subarray(i * 40, (i + 1) * 40)].sort();
      expect(row(mixed)).toEqual(row(plain));
    }
  });

  it('is made of the templates: without noise of class its neighbours share it far above chance', () => {
    expect(nearestNeighbour(make({ train: 1000, test: 200 }))).toBeGreaterThan(0.3);
    // Negative control: ten equal templates leave nothing to tell the classes by.
    const same = makeMnist1d(Array(10).fill(templates[0]), { seed: 42, train: 1000, test: 400 });
    expect(nearestNeighbour(same)).toBeLessThan(0.2);
  });

  it('is standardised with the training part alone', () => {
    const { train, test } = make({ train: 300, test: 20 });
    const { mean, sd } = meanAndSd(train.x);
    expect(mean).toBeCloseTo(0, 6);
    expect(sd).toBeCloseTo(1, 6);
    expect(Math.abs(meanAndSd(test.x).mean)).toBeGreaterThan(1e-4);
  });

  it('gives the same bytes for the same seed, balanced, and more of it begin with the same classes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 2, max: 60 }), (seed, train) => {
        const [a, b, more] = [
          make({ seed, train }),
          make({ seed, train }),
          make({ seed, train: train + 25 }),
        ];
        expect(a.train.x).toEqual(b.train.x);
        expect(a.sha256).toBe(b.sha256);
        expect(a.sha256).not.toBe(more.sha256);
        expect([...more.train.y.subarray(0, train)]).toEqual([...a.train.y]);
        const counts = Array.from({ length: 10 }, (_, c) => a.train.y.filter((y) => y === c).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(a.train.x.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 25 },
    );
    const [one, two] = [make({ seed: 1 }), make({ seed: 2 })];
    expect(one.train.x).not.toEqual(two.train.x);
    expect(one.train.x.subarray(0, 40)).not.toEqual(one.test.x.subarray(0, 40));
  });

  it('keeps the test part whatever the training part’s size, up to its standardisation', () => {
    const [few, many] = [make({ train: 100 }), make({ train: 400 })];
    expect(few.test.y).toEqual(many.test.y);
    const slope = (few.test.x[1] - few.test.x[0]) / (many.test.x[1] - many.test.x[0]);
    for (let i = 2; i < 400; i++) {
      expect((few.test.x[i] - few.test.x[0]) / slope).toBeCloseTo(many.test.x[i] - many.test.x[0], 3);
    }
  });

  it('refuses more than memory holds, and templates that are not there', async () => {
    expect(() => make({ train: 2e6 })).toThrow('cannot be made');
    expect(() => make({ train: 1 })).toThrow('cannot be made');
    const folder = temporaryFolder();
    const options = { seed: 1, train: 10, test: 10 };
    const other = { ...placesIn(folder), mnist1dTemplates: join(folder, 'none.json') };
    await expect(openDataset(other, 'mnist1d', options)).rejects.toThrow('not where the app keeps them');
    writeFileSync(other.mnist1dTemplates, '{"templates": [[1, 2]]}');
    await expect(openDataset(other, 'mnist1d', options)).rejects.toThrow('not where the app keeps them');
    expect((await openDataset(placesIn(folder), 'mnist1d', options)).train.n).toBe(10);
    expect((await openDataset(placesIn(folder), 'mnist1d-shuffled', options)).name).toBe('mnist1d-shuffled');
  });
});
