import { isAbsolute } from 'node:path';
import { type BrowserWindow, type IpcMainEvent, ipcMain, type MessagePortMain } from 'electron';
import { z } from 'zod';
import type { DoorEvent } from '../../shared/door';
import type { Channel } from '../../shared/rpc';
import { isOurPage, type Sender } from './guards';
import { createRelay, type DoorHandler, type Relay } from './relay';
import type { Service } from './service';
import { shellMessages } from './shellMessages';

/** Dropped paths, as the preload sends them. */
const droppedPaths = z.array(z.string().max(32_767).refine(isAbsolute)).min(1).max(10_000);

/** The page's port and what goes over it beside the lab: one relay a page, the last one that asked. */
export function setupPagePort(
  window: () => BrowserWindow | null,
  service: Service,
  door: DoorHandler,
): { tell(event: DoorEvent): void } {
  let relay: Relay | null = null;
  /** Files that were opened before the page was there. */
  let early: DoorEvent[] = [];
  const tell = (event: DoorEvent) => {
    if (relay) relay.tell(event);
    else if (event.type === 'files') early.push(event);
  };
  ipcMain.on(shellMessages.port, (event) => {
    if (!isOurPage(senderOf(event, window())) || event.ports.length !== 1) return;
    relay?.close();
    relay = createRelay(portChannel(event.ports[0]), service, door);
    for (const told of early) relay.tell(told);
    early = [];
  });
  ipcMain.on(shellMessages.files, (event, raw: unknown) => {
    const paths = droppedPaths.safeParse(raw);
    if (isOurPage(senderOf(event, window())) && paths.success) tell({ type: 'files', paths: paths.data });
  });
  return { tell };
}

function senderOf(event: IpcMainEvent, window: BrowserWindow | null): Sender | null {
  const frame = event.senderFrame;
  if (!frame || !window || window.isDestroyed()) return null;
  const contents = window.webContents;
  return { url: frame.url, isMainFrame: frame.parent === null, isOurWindow: event.sender === contents };
}

function portChannel(port: MessagePortMain): Channel {
  return {
    post: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', (event) => listener(event.data));
      port.start();
    },
    onClose: (listener) => void port.on('close', () => listener('The page was closed.')),
  };
}
