import type { DataPlaces } from '../messages';
import type { Dataset } from './dataset';
import { openMnist } from './mnist';
import { makeMnist1d, readTemplates } from './mnist1d';
import { openOwn } from './own';

/** Which examples of a set: at most so many of each part, chosen and made by the seed. */
export interface OpenOptions {
  seed: number;
  train: number;
  test: number;
  /** A set of the user's own as it was given, for models that bring their own scaling; else it is standardised. */
  raw?: boolean;
}

/**
 * A data set by name: `mnist1d` and `mnist1d-shuffled` (generated, any number), `mnist` (read where the user has it; pixels from
 * 0 to 1) or one that the user added (each feature standardised with the training part). Sets that are read give at most what
 * they hold.
 * @throws LabError not_found, with what to install or add
 */
export async function openDataset(places: DataPlaces, name: string, options: OpenOptions): Promise<Dataset> {
  if (name === 'mnist1d' || name === 'mnist1d-shuffled') {
    const templates = await readTemplates(places.mnist1dTemplates);
    return makeMnist1d(templates, { ...options, shuffled: name === 'mnist1d-shuffled' });
  }
  if (name === 'mnist') return openMnist(places.mnistFolders, options);
  return openOwn(places.labFolder, name, options);
}
