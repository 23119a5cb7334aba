import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labEffects } from '../../src/main/lab/context';
import { readDatasets, writeDatasets } from '../../src/main/lab/datasets';
import { openDataset } from '../../src/main/science/data/open';
import type { LabEvent } from '../../src/shared/contract';
import { type DatasetInput, datasetInput } from '../../src/shared/dataset';
import { bytesOf, npyOf, placesIn, writeIdxSet } from '../support/data';
import { fakeEffects } from '../support/fakes';
import { temporaryFolder } from '../support/lab';

const all = { seed: 1, train: 1e9, test: 1e9 };
const rows = (n: number) => Array.from({ length: n }, (_, i) => `${i},${i * i},${i % 2}`).join('\n');

function setUp({ busy = false, mnistFolders = [] as string[] } = {}) {
  const folder = temporaryFolder();
  const places = placesIn(join(folder, 'data'), mnistFolders);
  const events: LabEvent[] = [];
  let ids = 0;
  const effects = { ...labEffects, ...fakeEffects(), nowUnixMs: () => 1234, newId: () => `id${ids++}` };
  const write = writeDatasets({ effects, emit: (event) => events.push(event) }, places, () => busy);
  const read = readDatasets(places);
  const source = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const add = (input: Partial<DatasetInput>) =>
    write.addDataset(datasetInput.parse({ name: 'points', ...input }));
  const names = async () => (await read.listDatasets({})).datasets.map((d) => d.name);
  return { folder, places, events, write, add, source, names, list: () => read.listDatasets({}) };
}

describe('data sets of a lab', () => {
  it('are copied with a manifest, listed, opened with their hash checked, and removed', async () => {
    const { places, events, add, source, names, write } = setUp();
    const given = source('a.csv', rows(20));
    const { dataset } = await add({ examples: given, licence: 'CC0' });
    expect(dataset).toMatchObject({
      name: 'points',
      kind: 'own',
      licence: 'CC0',
      shape: [2],
      classes: 2,
      train: 16,
      test: 4,
      missing: null,
      manifest: { addedUnixMs: 1234, split: { kind: 'drawn', share: 0.2 }, sources: [{ name: 'a.csv' }] },
    });
    expect(dataset.about).toContain('4 of 20 examples were drawn for it (seed 1)');
    expect(await names()).toEqual(['mnist1d', 'mnist1d-shuffled', 'mnist', 'points']);
    expect(events).toEqual([{ type: 'changed', what: 'datasets' }]);
    expect(readdirSync(places.labFolder)).toEqual(['points']);

    const raw = await openDataset(places, 'points', { ...all, raw: true });
    expect([raw.train.n, raw.test.n, raw.licence]).toEqual([16, 4, 'CC0']);
    const seen = [raw.train, raw.test].flatMap(({ x, y }) =>
      [...y].map((label, i) => [x[2 * i], x[2 * i + 1], label]),
    );
    expect(seen.sort((a, b) => a[0] - b[0])).toEqual(Array.from({ length: 20 }, (_, i) => [i, i * i, i % 2]));

    await write.removeDataset({ name: 'points' });
    expect(await names()).not.toContain('points');
    expect(existsSync(given)).toBe(true);
    await expect(openDataset(places, 'points', all)).rejects.toThrow('There is no data set called “points”.');
    await expect(write.removeDataset({ name: 'points' })).rejects.toThrow('No data set called');
  });

  it('come standardised by the training part unless they are asked for as given', async () => {
    const { places, add, source } = setUp();
    await add({ examples: source('a.csv', rows(50)) });
    const ready = await openDataset(places, 'points', all);
    for (const feature of [0, 1]) {
      const values = [...ready.train.x].filter((_, i) => i % 2 === feature);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
      expect([mean, sd]).toEqual([expect.closeTo(0, 5), expect.closeTo(1, 5)]);
    }
    const [few, more, other] = await Promise.all(
      [
        { ...all, train: 5 },
        { ...all, train: 9 },
        { ...all, train: 5, seed: 2 },
      ].map((o) => openDataset(places, 'points', { ...o, raw: true })),
    );
    expect(few.train.n).toBe(5);
    expect(more.train.x.subarray(0, 10)).toEqual(few.train.x);
    expect(other.sha256).not.toBe(few.sha256);
    // A seed that chooses nothing changes nothing.
    const hash = async (seed: number) =>
      (await openDataset(places, 'points', { ...all, seed, raw: true })).sha256;
    expect(await hash(1)).toBe(await hash(2));
  });

  it('say that a file was changed, and are listed so that they can be removed', async () => {
    const { places, add, source, list, write } = setUp();
    await add({ examples: source('a.csv', rows(20)) });
    const stored = join(places.labFolder, 'points', 'test-examples.npy');
    const bytes = readFileSync(stored);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(stored, bytes);
    await expect(openDataset(places, 'points', { ...all, raw: true })).rejects.toMatchObject({
      failure: {
        kind: 'lab_damaged',
        message: 'test-examples.npy of the data set “points” is not what was stored.',
      },
    });
    writeFileSync(join(places.labFolder, 'points', 'manifest.json'), '{"version": 7}');
    const damaged = (await list()).datasets.find((d) => d.name === 'points');
    expect(damaged?.missing?.message).toContain('cannot be read');
    await write.removeDataset({ name: 'points' });
    // A folder of somebody else's is no data set.
    mkdirSync(join(places.labFolder, 'holiday'));
    expect((await list()).datasets.map((d) => d.name)).not.toContain('holiday');
  });

  it('refuse names that are unsafe or taken, and leave nothing behind after a refusal', async () => {
    const { places, add, source, names } = setUp();
    const examples = source('a.csv', rows(20));
    for (const name of ['../out', 'a/b', 'A', '.x', 'a b', 'x'.repeat(65), 'con', 'lpt1', '-x', 'ä'])
      await expect(add({ name, examples })).rejects.toThrow('cannot name a data set');
    await expect(add({ name: 'mnist1d', examples })).rejects.toThrow(
      'is the name of a set that Thirty Watts makes',
    );
    await expect(add({ name: 'mnist', examples })).rejects.toThrow('read from its four files');
    await add({ examples });
    await expect(add({ examples })).rejects.toMatchObject({
      failure: {
        message: 'There is a data set called “points” already.',
        remedy: expect.stringContaining('thirty-watts data remove points'),
      },
    });
    await expect(add({ name: 'bad', examples: source('b.csv', '1,x,0\n') })).rejects.toThrow('holds “x”');
    expect(readdirSync(places.labFolder)).toEqual(['points']);
    expect(await names()).toEqual(['mnist1d', 'mnist1d-shuffled', 'mnist', 'points']);
    // The first one is still whole.
    expect((await openDataset(places, 'points', all)).train.n).toBe(16);
  });

  it('adds one of two at the same time under one name', async () => {
    const { places, add, source } = setUp();
    const [a, b] = [source('a.csv', rows(20)), source('b.csv', rows(30))];
    const ends = await Promise.allSettled([add({ examples: a }), add({ examples: b })]);
    expect(ends.map((e) => e.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([16, 24]).toContain((await openDataset(places, 'points', all)).train.n);
    expect(readdirSync(places.labFolder)).toEqual(['points']);
  });

  it('sweep away what was being added when the lab was killed, and nothing else', async () => {
    const { places, add, source } = setUp();
    await add({ examples: source('a.csv', rows(20)) });
    mkdirSync(join(places.labFolder, '.adding-7'));
    writeDatasets({ effects: labEffects, emit: () => {} }, places, () => false);
    expect(readdirSync(places.labFolder)).toEqual(['points']);
  });

  it('wait while the lab measures', async () => {
    const { add, source, write } = setUp({ busy: true });
    await expect(add({ examples: source('a.csv', rows(20)) })).rejects.toThrow('would disturb it');
    await expect(write.removeDataset({ name: 'points' })).rejects.toThrow('would disturb it');
  });

  it('reads other sets in MNIST’s format under names of their own, and refuses them as MNIST', async () => {
    const { folder, add, places, list } = setUp();
    const idx = join(folder, 'idx');
    mkdirSync(idx);
    writeIdxSet(idx);
    const { dataset } = await add({ name: 'fashion', folder: idx });
    expect(dataset).toMatchObject({
      shape: [1, 2, 2],
      train: 6,
      test: 4,
      manifest: { split: { kind: 'given' } },
    });
    await expect(add({ name: 'mnist', folder: idx })).rejects.toThrow('is not the file of MNIST');
    expect(existsSync(join(places.labFolder, 'mnist'))).toBe(false);
    const mnist = (await list()).datasets.find((d) => d.name === 'mnist');
    expect(mnist?.missing).toMatchObject({ message: 'MNIST is not on this machine.' });
    expect(mnist?.licence).toContain('In doubt');
  });

  it('sees MNIST where its files lie', async () => {
    const idx = temporaryFolder();
    writeIdxSet(idx);
    const { list } = setUp({ mnistFolders: [idx] });
    expect((await list()).datasets.find((d) => d.name === 'mnist')).toMatchObject({
      missing: null,
      test: 10_000,
    });
  });

  it('has no training part where all was kept for testing, and says so to whoever asks for one', async () => {
    const { places, add, source } = setUp();
    const x = npyOf('<f4', [4, 3], bytesOf(Float32Array.from({ length: 12 }, (_, i) => i)));
    await add({ examples: source('x.npy', x), labels: source('y.csv', '0\n1\n0\n1'), testShare: 1 });
    expect((await openDataset(places, 'points', { ...all, raw: true })).test.n).toBe(4);
    await expect(openDataset(places, 'points', all)).rejects.toThrow('has no training part');
  });
});
