import { dirname, join } from 'node:path';
import { app, type BrowserWindow, dialog, type OpenDialogOptions, shell } from 'electron';
import type { DoorCommand, DoorInput, DoorOutputs, Pickable } from '../../shared/door';
import { LabError } from '../../shared/errors';
import { plainFileName, writeWhole } from './atomicFile';
import { externalUrl } from './guards';
import type { DoorHandler } from './relay';

export interface DoorEffects {
  window(): BrowserWindow;
  labFolder(): string;
  chooseLab(): Promise<boolean>;
  startService(): void;
}

const pickers: Record<Pickable, OpenDialogOptions> = {
  files: {
    title: 'Import models',
    buttonLabel: 'Import',
    properties: ['openFile', 'multiSelections'],
    filters: [{ name: 'ONNX models', extensions: ['onnx'] }],
  },
  folder: { title: 'Import a folder of models', buttonLabel: 'Import', properties: ['openDirectory'] },
  data: {
    title: 'Choose labelled data',
    buttonLabel: 'Choose',
    properties: ['openFile'],
    filters: [
      { name: 'CSV and NPY files', extensions: ['csv', 'tsv', 'txt', 'npy'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  bundle: {
    title: 'Bring in a bundle',
    buttonLabel: 'Bring in',
    properties: ['openFile'],
    filters: [{ name: 'Zip files', extensions: ['zip'] }],
  },
  bundleFolder: {
    title: 'Bring in the folder of a bundle',
    buttonLabel: 'Bring in',
    properties: ['openDirectory'],
  },
};

type Handlers = { [N in DoorCommand]: (input: DoorInput<N>) => Promise<DoorOutputs[N]> };

/** What the page may ask of the desktop: dialogs, files, windows. Inputs come parsed (relay.ts). */
export function createDoor({ window, labFolder, chooseLab, startService }: DoorEffects): DoorHandler {
  let saveFolder = app.getPath('documents');
  const handlers: Handlers = {
    async pickModels({ what }) {
      const picked = await dialog.showOpenDialog(window(), pickers[what]);
      return picked.canceled || picked.filePaths.length === 0 ? null : { paths: picked.filePaths };
    },
    async pickFolder() {
      const { canceled, filePaths } = await dialog.showOpenDialog(window(), {
        title: 'Folder for the dataset',
        buttonLabel: 'Choose',
        defaultPath: labFolder(),
        properties: ['openDirectory', 'createDirectory'],
      });
      return canceled || filePaths[0] === undefined ? null : { path: filePaths[0] };
    },
    async saveFile({ name, bytes }) {
      const defaultPath = join(saveFolder, plainFileName(name));
      const { canceled, filePath } = await dialog.showSaveDialog(window(), { defaultPath });
      if (canceled || !filePath) return null;
      await writeWhole(filePath, bytes);
      saveFolder = dirname(filePath);
      return { path: filePath };
    },
    async showLabFolder() {
      const problem = await shell.openPath(labFolder());
      if (problem) throw new LabError('not_found', `${labFolder()} could not be shown: ${problem}.`);
      return {};
    },
    chooseLab: async () => ({ chosen: await chooseLab() }),
    async openExternal({ url }) {
      const allowed = externalUrl(url);
      if (!allowed) return { opened: false };
      await shell.openExternal(allowed);
      return { opened: true };
    },
    async restartService() {
      startService();
      return {};
    },
  };
  return (name, input) => (handlers[name] as (input: unknown) => Promise<unknown>)(input);
}
