import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Handlers } from '../../shared/contract';
import type { DatasetInput, DatasetManifest, DatasetView } from '../../shared/dataset';
import { failureOf, LabError } from '../../shared/errors';
import { formatCount } from '../../shared/units';
import { findIdx, type IdxRole, idxNames, readIdxFolder } from '../science/data/idx';
import { ownerNames, ownFiles, ownNames, readManifest, refuseUnsafeName } from '../science/data/manifest';
import { findMnist, mnistLicence, mnistRemedy, mnistSha256, refuseOthers } from '../science/data/mnist';
import { npyBytes } from '../science/data/npy';
import { prepareDataset } from '../science/data/prepare';
import type { DataPlaces } from '../science/messages';
import type { LabContext } from './context';

/** Folders that are still being filled. */
const unfinishedPrefix = '.adding-';

export type ReadDatasets = Pick<Handlers, 'listDatasets'>;
export type WriteDatasets = Pick<Handlers, 'addDataset' | 'removeDataset'>;

/** What can be trained and tested on: generated, installed and the user's own. */
export function readDatasets(places: DataPlaces): ReadDatasets {
  return {
    async listDatasets() {
      const own = await ownNames(places.labFolder);
      const views = await Promise.all(own.map((name) => ownView(places.labFolder, name)));
      return {
        datasets: [...generatedViews, await mnistView(places), ...views.filter((view) => view !== null)],
      };
    },
  };
}

/**
 * Adding and removing sets of the user's own, whole or not at all.
 * @param busy whether something is measured, which reading large files would disturb
 */
export function writeDatasets(
  { effects, emit }: Pick<LabContext, 'effects' | 'emit'>,
  places: DataPlaces,
  busy: () => boolean,
): WriteDatasets {
  const notWhileMeasuring = () => {
    if (!busy()) return;
    throw new LabError(
      'bad_input',
      'The lab is measuring, and reading data would disturb it.',
      'Do it when that has ended.',
    );
  };
  const changed = () => emit({ type: 'changed', what: 'datasets' });
  sweep(places.labFolder);
  return {
    async addDataset(input) {
      notWhileMeasuring();
      const { name } = input;
      refuseUnsafeName(name);
      if (ownerNames.includes(name) && name !== 'mnist') {
        throw new LabError(
          'bad_input',
          `“${name}” is the name of a set that Thirty Watts makes.`,
          'Choose another name.',
        );
      }
      const view = await inPlace(places.labFolder, name, effects.newId(), (folder) =>
        name === 'mnist' ? copyMnist(input, folder) : storeOwn(input, folder, effects.nowUnixMs()),
      ).then(() => (name === 'mnist' ? mnistView(places) : ownView(places.labFolder, name)));
      changed();
      return { dataset: view! };
    },
    async removeDataset({ name }) {
      notWhileMeasuring();
      refuseUnsafeName(name);
      const folder = join(places.labFolder, name);
      const there =
        name === 'mnist'
          ? Object.values(await findIdx(folder)).some((path) => path !== null)
          : (await ownNames(places.labFolder)).includes(name);
      if (!there) {
        throw new LabError(
          'not_found',
          `No data set called “${name}” was added to this lab.`,
          '“thirty-watts data list” shows those that were.',
        );
      }
      await rm(folder, { recursive: true });
      changed();
      return {};
    },
  };
}

/** What was being added when the lab was killed; the lab is this process's alone. */
function sweep(dataFolder: string): void {
  if (!existsSync(dataFolder)) return;
  for (const name of readdirSync(dataFolder)) {
    if (name.startsWith(unfinishedPrefix)) rmSync(join(dataFolder, name), { recursive: true, force: true });
  }
}

/** Fills a folder beside the others and gives it its name when all is there. */
async function inPlace(
  dataFolder: string,
  name: string,
  id: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = join(dataFolder, name);
  const unfinished = join(dataFolder, `${unfinishedPrefix}${id}`);
  await mkdir(unfinished, { recursive: true });
  try {
    const there = await mkdir(folder).then(
      () => false,
      (thrown: NodeJS.ErrnoException) => {
        if (thrown.code === 'EEXIST') return true;
        throw thrown;
      },
    );
    if (there) {
      throw new LabError(
        'bad_input',
        `There is a data set called “${name}” already.`,
        `Choose another name, or remove it first: “thirty-watts data remove ${name}”.`,
      );
    }
    try {
      await fill(unfinished);
      await rm(folder, { recursive: true });
      await rename(unfinished, folder);
    } catch (thrown) {
      await rm(folder, { recursive: true, force: true });
      throw thrown;
    }
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function storeOwn(input: DatasetInput, folder: string, nowUnixMs: number): Promise<void> {
  const { train, test, shape, classes, perClass, split, sources } = await prepareDataset(input);
  const files: DatasetManifest['files'] = [];
  const keep = async (name: string, data: Float32Array | Uint16Array, dims: readonly number[]) => {
    const bytes = npyBytes(data, dims);
    await writeFile(join(folder, name), bytes);
    files.push({ name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  };
  await keep(ownFiles.trainX, train.x, [train.y.length, ...shape]);
  await keep(ownFiles.trainY, train.y, [train.y.length]);
  await keep(ownFiles.testX, test.x, [test.y.length, ...shape]);
  await keep(ownFiles.testY, test.y, [test.y.length]);
  const manifest: DatasetManifest = {
    version: 1,
    name: input.name,
    addedUnixMs: nowUnixMs,
    licence: input.licence,
    shape,
    classes,
    perClass,
    split,
    sources,
    files,
  };
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function copyMnist({ folder: from }: DatasetInput, folder: string): Promise<void> {
  if (from === null) {
    throw new LabError(
      'bad_input',
      '“mnist” is the name of the published set, which is read from its four files.',
      'Name the folder that holds them, or add your own data under another name.',
    );
  }
  refuseOthers(await readIdxFolder(from), from, mnistSha256);
  const found = await findIdx(from);
  for (const role of Object.keys(idxNames) as IdxRole[]) {
    const path = found[role]!;
    await copyFile(path, join(folder, path.endsWith('.gz') ? `${idxNames[role]}.gz` : idxNames[role]));
  }
}

const generatedLicence =
  'Made on this machine from the ten templates of MNIST-1D by Greydanus and Kobak, Apache License 2.0.';

const generatedView = (name: string, about: string): DatasetView => ({
  name,
  kind: 'generated',
  about,
  licence: generatedLicence,
  shape: [40],
  classes: 10,
  train: null,
  test: null,
  missing: null,
  manifest: null,
});

const generatedViews: readonly DatasetView[] = [
  generatedView(
    'mnist1d',
    'MNIST-1D: ten shapes in one dimension, 40 values each, as many as are asked for.',
  ),
  generatedView(
    'mnist1d-shuffled',
    'MNIST-1D with its 40 positions in one random order for the whole set: neighbours tell nothing.',
  ),
];

/** Whether the files are there; their hashes are looked at when they are read. */
async function mnistView({ mnistFolders }: DataPlaces): Promise<DatasetView> {
  const folder = await findMnist(mnistFolders);
  return {
    name: 'mnist',
    kind: 'installed',
    about: 'MNIST: handwritten digits, 28 × 28, pixels from 0 to 1.',
    licence: mnistLicence,
    shape: [1, 28, 28],
    classes: 10,
    train: 60_000,
    test: 10_000,
    missing: folder === null ? { message: 'MNIST is not on this machine.', remedy: mnistRemedy } : null,
    manifest: null,
  };
}

/** A set whose description is damaged is listed with that, so that it can be removed; null: it is being added. */
async function ownView(dataFolder: string, name: string): Promise<DatasetView | null> {
  const base = { name, kind: 'own' as const };
  try {
    const manifest = await readManifest(dataFolder, name);
    if (manifest === null) return null;
    const total = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
    const [train, test] = [total(manifest.perClass.train), total(manifest.perClass.test)];
    return {
      ...base,
      about: `Your own: ${manifest.sources.map((s) => s.name).join(', ')}. ${
        manifest.split.kind === 'given'
          ? 'The test part was given.'
          : `No test part was given: ${formatCount(test)} of ${formatCount(train + test)} examples were drawn for it (seed ${manifest.split.seed}).`
      }`,
      licence: manifest.licence ?? 'Not said when it was added.',
      shape: manifest.shape,
      classes: manifest.classes,
      train,
      test,
      missing: null,
      manifest,
    };
  } catch (thrown) {
    const { message, remedy } = failureOf(thrown);
    return {
      ...base,
      about: 'Your own.',
      licence: 'Not known.',
      shape: [],
      classes: 0,
      train: null,
      test: null,
      missing: { message, remedy },
      manifest: null,
    };
  }
}
