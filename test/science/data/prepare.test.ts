import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DatasetFiles, prepareDataset } from '../../../src/main/science/data/prepare';
import { bytesOf, npyOf, writeIdxSet } from '../../support/data';
import { temporaryFolder } from '../../support/lab';

const nothing: DatasetFiles = {
  folder: null,
  examples: null,
  labels: null,
  testExamples: null,
  testLabels: null,
  labelColumn: null,
  shape: null,
  classes: null,
  testShare: 0.2,
};

/** Files by name in a folder of their own. */
function files(contents: Record<string, string | Buffer>): (name: string) => string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  return (name) => join(folder, name);
}

const lines = (n: number, classes = 2) =>
  Array.from({ length: n }, (_, i) => `${i},${2 * i},${i % classes}`).join('\n');
const floats = (n: number, width: number) => bytesOf(Float32Array.from({ length: n * width }, (_, i) => i));

describe('data sets of the user’s own', () => {
  it('keeps the last 20 % of a shuffle for testing, the same each time, every example once', async () => {
    const at = files({ 'a.csv': lines(50) });
    const [a, b] = await Promise.all([1, 2].map(() => prepareDataset({ ...nothing, examples: at('a.csv') })));
    expect(a).toEqual(b);
    expect([a.train.y.length, a.test.y.length]).toEqual([40, 10]);
    expect(a.split).toEqual({ kind: 'drawn', seed: 1, share: 0.2 });
    const firsts = [a.train, a.test].flatMap((p) => [...p.x].filter((_, i) => i % 2 === 0));
    expect([...firsts].sort((x, y) => x - y)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(firsts).not.toEqual([...firsts].sort((x, y) => x - y));
    // Labels stay with their examples.
    for (const { x, y } of [a.train, a.test])
      for (const [i, label] of y.entries()) expect(x[2 * i] % 2).toBe(label);
    expect(a.perClass.train.reduce((s, c) => s + c)).toBe(40);
    expect(a.sources).toMatchObject([
      { role: 'examples', name: 'a.csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  it('takes a test part that is given, and all for testing where that is wanted', async () => {
    const at = files({ 'a.csv': lines(9), 't.csv': lines(4) });
    const given = await prepareDataset({ ...nothing, examples: at('a.csv'), testExamples: at('t.csv') });
    expect([given.train.y.length, given.test.y.length, given.split]).toEqual([9, 4, { kind: 'given' }]);
    const all = await prepareDataset({ ...nothing, examples: at('a.csv'), testShare: 1 });
    expect([all.train.y.length, all.test.y.length]).toEqual([0, 9]);
  });

  it('reads arrays with labels beside them, in NPY or CSV, and their shape', async () => {
    const at = files({
      'x.npy': npyOf('<f4', [10, 1, 2, 3], floats(10, 6)),
      'y.npy': npyOf('<i8', [10], bytesOf(BigInt64Array.from({ length: 10 }, (_, i) => BigInt(i % 2)))),
      'column.npy': npyOf(
        '|u1',
        [10, 1],
        Uint8Array.from({ length: 10 }, (_, i) => i % 2),
      ),
      'y.csv': `label\n${Array.from({ length: 10 }, (_, i) => i % 2).join('\n')}`,
    });
    for (const labels of ['y.npy', 'column.npy', 'y.csv']) {
      const made = await prepareDataset({ ...nothing, examples: at('x.npy'), labels: at(labels) });
      expect(made).toMatchObject({ shape: [1, 2, 3], classes: 2 });
    }
    const flat = { ...nothing, examples: at('x.npy'), labels: at('y.npy') };
    expect((await prepareDataset({ ...flat, shape: [6] })).shape).toEqual([6]);
    await expect(prepareDataset({ ...flat, shape: [5] })).rejects.toThrow(
      'An example has 6 values and the shape 5 5.',
    );
  });

  it('reads a folder of IDX files, whatever its pictures are', async () => {
    const folder = temporaryFolder();
    writeIdxSet(folder);
    const made = await prepareDataset({ ...nothing, folder });
    expect(made).toMatchObject({
      shape: [1, 2, 2],
      classes: 2,
      split: { kind: 'given' },
      perClass: { train: [3, 3], test: [2, 2] },
    });
    expect(made.train.x[4]).toBeCloseTo(10 / 255, 7);
  });

  it('counts classes, or takes their number where not each has an example', async () => {
    const at = files({ 'a.csv': '1,0\n2,3\n3,0\n4,3\n5,0\n6,3' });
    await expect(prepareDataset({ ...nothing, examples: at('a.csv') })).rejects.toMatchObject({
      failure: {
        message: 'Labels go up to 3, and 2 classes (1, 2) have no example.',
        remedy: expect.stringContaining('--classes 4'),
      },
    });
    expect((await prepareDataset({ ...nothing, examples: at('a.csv'), classes: 5 })).classes).toBe(5);
    await expect(prepareDataset({ ...nothing, examples: at('a.csv'), classes: 3 })).rejects.toThrow(
      'A label is 3',
    );
  });

  const labelled = (labels: readonly (string | number)[]) => labels.map((l, i) => `${i},${l}`).join('\n');
  it.each<[string, Record<string, string | Buffer>, Partial<Record<keyof DatasetFiles, string>>, string]>([
    ['no examples', {}, {}, 'No examples were given.'],
    ['a file that is not there', {}, { examples: 'none.csv' }, 'There is no file'],
    ['an empty file', { 'a.csv': '' }, { examples: 'a.csv' }, 'is empty.'],
    ['a packed file', { 'a.csv': Buffer.of(0x1f, 0x8b, 8, 0, 0, 0) }, { examples: 'a.csv' }, 'is packed.'],
    [
      'arrays without labels',
      { 'x.npy': npyOf('<f4', [2, 2], floats(2, 2)) },
      { examples: 'x.npy' },
      'holds no labels.',
    ],
    [
      'labels of a test part alone',
      { 'a.csv': lines(9) },
      { examples: 'a.csv', testLabels: 'a.csv' },
      'and no test part',
    ],
    [
      'counts that differ',
      { 'a.csv': lines(9), 'y.csv': '0\n1' },
      { examples: 'a.csv', labels: 'y.csv' },
      'holds 9 examples and',
    ],
    [
      'a list of numbers',
      { 'x.npy': npyOf('<f4', [4], floats(4, 1)), 'y.csv': '0\n1\n0\n1' },
      { examples: 'x.npy', labels: 'y.csv' },
      'which is no list of examples',
    ],
    [
      'labels in several columns',
      { 'a.csv': lines(2), 'y.csv': '0,1\n1,0' },
      { examples: 'a.csv', labels: 'y.csv' },
      'has 2 columns, and labels are one number',
    ],
    [
      'labels one hot',
      { 'a.csv': lines(2), 'y.npy': npyOf('<f4', [2, 2], floats(2, 2)) },
      { examples: 'a.csv', labels: 'y.npy' },
      'has the shape 2 × 2',
    ],
    [
      'labels that are no whole numbers',
      { 'a.csv': labelled([0, 1.5, 1]) },
      { examples: 'a.csv' },
      'The label of example 2',
    ],
    [
      'negative labels',
      { 'a.csv': labelled([-1, 1, -1]) },
      { examples: 'a.csv' },
      'is -1, and labels are whole numbers from 0',
    ],
    [
      'one class',
      { 'a.csv': labelled([0, 0, 0, 0, 0]) },
      { examples: 'a.csv' },
      'Every example has the same label',
    ],
    [
      'too many classes',
      { 'a.csv': labelled([0, 1000, 1]) },
      { examples: 'a.csv' },
      'There are 1001 classes',
    ],
    [
      'a label that is an identity number',
      { 'a.csv': labelled(Array.from({ length: 200_000 }, (_, i) => i)) },
      { examples: 'a.csv' },
      'There are 200000 classes',
    ],
    ['too few to split', { 'a.csv': labelled([0, 1]) }, { examples: 'a.csv' }, '2 examples are too few'],
    [
      'NaN in an array',
      { 'x.npy': npyOf('<f4', [2, 2], bytesOf(Float32Array.of(1, 2, 3, Number.NaN))), 'y.csv': '0\n1' },
      { examples: 'x.npy', labels: 'y.csv' },
      'Example 2 of',
    ],
    [
      'a number too large for 32 bits',
      { 'x.npy': npyOf('<f8', [2, 1], bytesOf(Float64Array.of(1, 1e300))), 'y.csv': '0\n1' },
      { examples: 'x.npy', labels: 'y.csv' },
      'is 1e+300',
    ],
    [
      'a test part of another width',
      { 'a.csv': lines(9), 't.csv': '1,0\n2,1' },
      { examples: 'a.csv', testExamples: 't.csv' },
      'A training example has 2 values and a test example 1',
    ],
    [
      'a test part with other columns',
      { 'a.csv': 'a,b,label\n1,2,0', 't.csv': 'b,a,label\n1,2,1' },
      { examples: 'a.csv', testExamples: 't.csv' },
      'Column “a” of the training part is “b”',
    ],
  ])('refuses %s', async (_, contents, given, words) => {
    const at = files(contents);
    const paths = Object.fromEntries(Object.entries(given).map(([key, name]) => [key, at(name)]));
    const failure = await prepareDataset({ ...nothing, ...paths }).then(
      () => null,
      (e) => e.failure,
    );
    expect(failure?.message).toContain(words);
    expect(failure.message).toMatch(/\.$/);
    expect(failure.remedy).toMatch(/\.$/);
  });
});
