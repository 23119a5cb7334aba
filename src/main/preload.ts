// Runs in the page's process, in a world of its own: hands over one port and nothing else.
import { ipcRenderer, webUtils } from 'electron';
import { portMessage, portRequest } from '../shared/handover';
import { shellMessages } from './electron/shellMessages';

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== portRequest || event.origin !== window.origin) return;
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(shellMessages.port, null, [port2]);
  window.postMessage(portMessage, window.origin, [port1]);
});

const carriesFiles = (event: DragEvent) => event.isTrusted && event.dataTransfer?.types.includes('Files');
/** Electron 32 took the path off the file. */
const pathOf = (file: File) =>
  webUtils?.getPathForFile(file) ?? (file as File & { path?: string }).path ?? '';

// Without this the browser would refuse the drop before the page sees it.
window.addEventListener('dragover', (event) => carriesFiles(event) && event.preventDefault(), true);
window.addEventListener(
  'drop',
  (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const paths = [...(event.dataTransfer?.files ?? [])].map(pathOf).filter((path) => path !== '');
    if (paths.length > 0) ipcRenderer.send(shellMessages.files, paths);
  },
  true,
);
