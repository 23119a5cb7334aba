import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';

/** A file that is being written. */
export interface DiskFile {
  /** All of it. */
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when the disk has it. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What an export does to the disk; every call throws the system's errors. */
export interface Disk {
  exists(path: string): boolean;
  /** Names in a folder. */
  list(folder: string): Promise<string[]>;
  /** Opens a file that is not there yet. */
  create(path: string): Promise<DiskFile>;
  /** One folder, whose parent is there. */
  makeFolder(path: string): Promise<void>;
  /** Makes the names in a folder durable, where the system can. */
  syncFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A file, or a folder with all that is in it; nothing where it is not there. */
  remove(path: string): Promise<void>;
  /** Removes a folder if it is empty. */
  removeEmpty(path: string): Promise<void>;
}

/** Windows opens no folder, and some file systems of the network cannot sync one: their renames are durable or are not. */
const noFolderSync = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF']);

export const realDisk: Disk = {
  exists: existsSync,
  list: (folder) => readdir(folder),
  async create(path) {
    const handle = await open(path, 'wx');
    return {
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, at);
          at += bytesWritten;
        }
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async makeFolder(path) {
    await mkdir(path);
  },
  async syncFolder(path) {
    try {
      const handle = await open(path, 'r');
      await handle.sync().finally(() => handle.close());
    } catch (thrown) {
      if (!noFolderSync.has((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown;
    }
  },
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  async removeEmpty(path) {
    await rmdir(path);
  },
};
