import type { Pickable } from '../../shared/door';
import type { DroppedFile, PageDoor } from './door';

/** Dialogs and downloads with the browser's own means; files go to the lab through the loopback host. */
export function browserDoor(
  upload: (files: readonly DroppedFile[], progress: (share: number) => void) => Promise<string[]>,
): PageDoor {
  return {
    kind: 'browser',
    async pickModels(what, progress) {
      const files = await chooseFiles(what);
      return files.length === 0 ? null : upload(files, progress);
    },
    acceptDrop: (files, progress) => upload(files, progress),
    async saveFile(name, bytes) {
      const url = URL.createObjectURL(new Blob([bytes]));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      // The download reads the blob after the click; a minute is far more than it needs.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      return { path: name };
    },
    pickFolder: null,
    showLabFolder: null,
    chooseLab: null,
    restartService: null,
    async openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
    },
    onEvent: () => () => {},
  };
}

function chooseFiles(what: Pickable): Promise<DroppedFile[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = what === 'files' || what === 'folder';
    if (what === 'folder') input.webkitdirectory = true;
    if (what === 'bundle') input.accept = '.zip,application/zip';
    input.onchange = () =>
      resolve([...(input.files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
    input.oncancel = () => resolve([]);
    input.click();
  });
}
