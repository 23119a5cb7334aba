import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Disk } from './disk';
import type { BundleSink, WrittenFile } from './types';

/** Pieces are gathered up to so many bytes before the disk is asked. */
const CHUNK_BYTES = 1 << 20;

type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Between two pieces: gives the thread to others, and throws when the work has been cancelled. */
export type Pause = () => Promise<void>;

/** Names that are safe on every system; nothing leads out of the bundle. */
const plainPath = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/;

/**
 * Writes a bundle's files below `folder`, which is there and empty: each new, hashed while it is written, and on the disk
 * when its promise resolves. Throws the system's errors.
 */
export function createSink(
  folder: string,
  disk: Disk,
  pause: Pause,
): BundleSink & { close(): Promise<void> } {
  const written: WrittenFile[] = [];
  const folders = new Set([folder]);
  const makeFolders = async (path: string): Promise<void> => {
    if (folders.has(path)) return;
    await makeFolders(dirname(path));
    await disk.makeFolder(path);
    folders.add(path);
  };
  const stream: BundleSink['stream'] = async (path, pieces, mediaType, rows = () => null as never) => {
    if (!plainPath.test(path)) throw new Error(`${JSON.stringify(path)} is no name for a file of a bundle`);
    const to = join(folder, ...path.split('/'));
    await makeFolders(dirname(to));
    const file = { path, ...(await writeWhole(disk, to, pieces, pause)), rows: rows(), mediaType };
    written.push(file);
    return file;
  };
  return {
    put: (path, content, mediaType) => stream(path, [content], mediaType),
    stream,
    files: () => written,
    /** Makes the folders durable: after it, what is there survives a power cut. */
    async close() {
      for (const each of folders) await disk.syncFolder(each);
    },
  };
}

/** A new file, hashed while it is written, on the disk when this resolves. What was begun stays when it throws. */
export async function writeWhole(
  disk: Disk,
  path: string,
  pieces: Pieces,
  pause: Pause,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await disk.create(path);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  const write = async (part: Uint8Array) => {
    hash.update(part);
    bytes += part.length;
    await file.write(part);
  };
  const flush = async () => {
    if (filled > 0) await write(chunk.subarray(0, filled));
    filled = 0;
  };
  try {
    await pause();
    for await (const piece of pieces) {
      const part = typeof piece === 'string' ? Buffer.from(piece) : piece;
      if (filled + part.length > CHUNK_BYTES) await flush();
      if (part.length > CHUNK_BYTES) await write(part);
      else {
        chunk.set(part, filled);
        filled += part.length;
      }
      await pause();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}
