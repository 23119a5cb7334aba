import type { DoorEvent, Pickable } from '../../shared/door';
import type { Channel } from '../../shared/rpc';

/** A file that the user chose or dropped, with its path below what was dropped (external data keeps its folder). */
export interface DroppedFile {
  name: string;
  file: File;
}

/** Where the page is open, and what can be done there: dialogs, files, windows. */
export interface PageDoor {
  kind: 'desktop' | 'browser';
  /** Paths that the lab can read (`data` and bundles: one); null: closed without a choice. In a browser the files are sent first, with progress. */
  pickModels(what: Pickable, progress: (share: number) => void): Promise<string[] | null>;
  /**
   * Paths for what was dropped. Null on the desktop, where the shell sends the paths as a `files` event. The upload of
   * a browser reports its share, 0 to 1.
   */
  acceptDrop(files: readonly DroppedFile[], progress: (share: number) => void): Promise<string[] | null>;
  /** Saves where the user says (desktop) or as a download (browser); null: closed without a choice. */
  saveFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<{ path: string } | null>;
  /** Only on the desktop. */
  pickFolder: (() => Promise<string | null>) | null;
  showLabFolder: (() => Promise<void>) | null;
  chooseLab: (() => Promise<void>) | null;
  restartService: (() => Promise<void>) | null;
  openExternal(url: string): Promise<void>;
  onEvent(listener: (event: DoorEvent) => void): () => void;
}

/** A way to the lab: the channel and its door. */
export interface Connection {
  channel: Channel;
  door: PageDoor;
}

/** Why there is no connection, for a person. `stale`: the page belongs to an earlier start and can never connect. */
export class NoConnection extends Error {
  constructor(
    readonly kind: 'stale' | 'unreachable',
    message: string,
  ) {
    super(message);
    this.name = 'NoConnection';
  }
}
