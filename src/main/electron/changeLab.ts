import { realpath } from 'node:fs/promises';
import { type BrowserWindow, dialog } from 'electron';
import type { LabChoice } from './lab';
import { askToStop } from './questions';
import type { Service } from './service';
import { load } from './window';

/** Another lab folder by dialog: the service of the old one ends cleanly, the page is loaded anew. False: nothing changed. */
export async function changeLab(o: {
  window: BrowserWindow;
  lab: LabChoice;
  service: Service;
  isMeasuring(): Promise<boolean>;
}): Promise<boolean> {
  const { window, lab, service } = o;
  const picked = await dialog.showOpenDialog(window, {
    title: 'Open a lab folder',
    message: 'A folder with a lab, or an empty one for a new lab.',
    buttonLabel: 'Open',
    defaultPath: lab.folder,
    properties: ['openDirectory', 'createDirectory'],
  });
  const folder = picked.canceled ? undefined : picked.filePaths[0];
  if (!folder || (await same(folder, lab.folder))) return false;
  if ((await o.isMeasuring()) && !(await askToStop(window, 'open the other lab'))) return false;
  if (!(await lab.change(folder))) {
    const detail = 'Two windows cannot have the same lab open.';
    await dialog.showMessageBox(window, { message: 'That lab is open in another window.', detail });
    return false;
  }
  await service.stop();
  service.start();
  load(window);
  return true;
}

async function same(a: string, b: string): Promise<boolean> {
  const real = (path: string) => realpath(path).catch(() => path);
  return (await real(a)) === (await real(b));
}
