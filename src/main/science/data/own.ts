import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../../shared/errors';
import { createRandom } from '../../models/random';
import type { Dataset, Examples } from './dataset';
import { chosenIndices, hashOf, selectExamples, selectionOf, standardiseFeatures } from './examples';
import { ownFiles, readManifest, refuseUnsafeName } from './manifest';
import { parseNpy } from './npy';

export interface OwnOptions {
  seed: number;
  train: number;
  test: number;
  /** The values as they were given; else each feature is standardised with the training part's mean and deviation. */
  raw?: boolean;
}

/**
 * A set that the user added, checked against the hashes of its files. Fewer than there are, are drawn by the seed.
 * @param dataFolder `<lab>/data`
 * @throws LabError not_found; lab_damaged where a file is not what was stored; bad_input where there is no training part and one is asked for
 */
export async function openOwn(
  dataFolder: string,
  name: string,
  { seed, train, test, raw = false }: OwnOptions,
): Promise<Dataset> {
  refuseUnsafeName(name);
  const manifest = await readManifest(dataFolder, name);
  if (manifest === null) {
    throw new LabError(
      'not_found',
      `There is no data set called “${name}”.`,
      '“thirty-watts data list” shows those that are there, “thirty-watts data add” adds one.',
    );
  }
  const folder = join(dataFolder, name);
  const read = async (file: string) => {
    const expected = manifest.files.find((f) => f.name === file);
    const bytes = await readFile(join(folder, file)).catch(() => null);
    const same = bytes !== null && createHash('sha256').update(bytes).digest('hex') === expected?.sha256;
    if (bytes !== null && same) return parseNpy(bytes, file).data;
    throw new LabError(
      'lab_damaged',
      `${file} of the data set “${name}” is not what was stored.`,
      `Remove the set and add it again: “thirty-watts data remove ${name}”.`,
    );
  };
  const features = manifest.shape.reduce((a, b) => a * b, 1);
  const part = async (which: 'train' | 'test', wanted: number): Promise<Examples> => {
    const y = Uint16Array.from(await read(which === 'train' ? ownFiles.trainY : ownFiles.testY));
    const x = Float32Array.from(await read(which === 'train' ? ownFiles.trainX : ownFiles.testX));
    const indices = chosenIndices(y.length, wanted, createRandom(seed, `own.${which}`));
    return selectExamples({ x, y, n: y.length }, indices, features);
  };
  const parts = { train: await part('train', train), test: await part('test', test) };
  if (!raw) {
    if (parts.train.n < 2) {
      throw new LabError(
        'bad_input',
        `The data set “${name}” has no training part.`,
        'Add it again with training examples, or with a smaller share for testing.',
      );
    }
    standardiseFeatures(parts, features);
  }
  return {
    name,
    shape: manifest.shape,
    features,
    classes: manifest.classes,
    ...parts,
    licence: manifest.licence ?? 'Not said when the data set was added.',
    sha256: hashOf([
      'own',
      ...manifest.files.map((f) => f.sha256),
      selectionOf(total(manifest.perClass.train), train, seed),
      selectionOf(total(manifest.perClass.test), test, seed),
      raw ? 'raw' : 'standardised',
    ]),
  };
}

const total = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
