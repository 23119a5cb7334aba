import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { DroppedFile } from '../channels/door';
import { takeDropped } from '../lab/actions';
import { useReady } from '../lab/session';
import { useImports } from '../state/imports';
import { useView } from '../state/view';

/** Models may be dropped anywhere: files and whole folders, with the external data beside them; so may a bundle's zip. */
export function DropTarget({ children }: { children: ReactNode }) {
  const ready = useReady();
  const { door, lab } = ready;
  const [over, setOver] = useState(false);
  const onExport = useView((s) => s.view.page === 'export');
  const depth = useRef(0);
  useEffect(
    () =>
      door.onEvent((event) => {
        if (event.type === 'files') void takeDropped(ready, { paths: event.paths });
      }),
    [door, ready],
  );
  useEffect(
    () =>
      lab.onEvent((event) => {
        if (event.type === 'importProgress') useImports.setState({ importing: event });
      }),
    [lab],
  );
  useEffect(() => {
    const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!isFiles(event)) return;
      depth.current += 1;
      setOver(true);
    };
    const leave = () => {
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (isFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!isFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth.current = 0;
      setOver(false);
      // On the desktop the shell has the paths and sends them itself (preload.ts).
      if (door.kind === 'browser')
        void filesOf(event.dataTransfer).then((files) => takeDropped(ready, { files }));
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: hover, drop } as const;
    for (const [type, listener] of Object.entries(listeners))
      document.addEventListener(type, listener as EventListener);
    return () => {
      for (const [type, listener] of Object.entries(listeners))
        document.removeEventListener(type, listener as EventListener);
    };
  }, [door, ready]);
  return (
    <>
      {children}
      {over && (
        <div className="tw-drop">
          {onExport
            ? 'Drop the zip of a bundle to bring it in'
            : 'Drop ONNX files or a folder of them to import'}
        </div>
      )}
    </>
  );
}

/** All files of a drop, folders opened, each with its path below what was dropped. */
async function filesOf(transfer: DataTransfer): Promise<DroppedFile[]> {
  // Entries must be taken before the first await: the transfer is empty afterwards.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  return (await Promise.all(entries.map((entry) => below(entry, '')))).flat();
}

async function below(entry: FileSystemEntry, folder: string): Promise<DroppedFile[]> {
  const name = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ name, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: DroppedFile[] = [];
  for (;;) {
    // A reader gives at most a hundred entries a call, and none when it is done.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    for (const each of some) found.push(...(await below(each, `${name}/`)));
  }
}
