import { createReadStream, type ReadStream } from 'node:fs';
import type { PassThrough } from 'node:stream';
import { ZipFile } from 'yazl';

/** A file on the disk and its name in the archive. */
export interface ZipEntry {
  from: string;
  path: string;
  bytes: number;
}

/** Regular file, readable by all, writable by its owner. */
const MODE = 0o100644;

/**
 * Bytes of a zip with these files in this order, all with one time; zip64 where needed. The time's parts are those of
 * UTC: the same bytes in every time zone. Deflate is Node's own.
 */
export async function* zipPieces(
  entries: readonly ZipEntry[],
  timeUnixMs: number,
): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as PassThrough;
  zip.on('error', (thrown: Error) => output.destroy(thrown));
  const mtime = new UtcParts(timeUnixMs);
  let at: ReadStream | null = null;
  for (const { from, path, bytes: size } of entries) {
    zip.addReadStreamLazy(path, { mtime, mode: MODE, size }, (give) => {
      at = createReadStream(from).on('error', (thrown) => output.destroy(thrown));
      give(null, at);
    });
  }
  zip.end();
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    // Who stops reading early leaves a file open.
    (at as ReadStream | null)?.destroy();
  }
}

/** A zip's own time field holds parts of a day without a zone, and yazl takes them of the local zone. */
class UtcParts extends Date {
  override getFullYear = () => this.getUTCFullYear();
  override getMonth = () => this.getUTCMonth();
  override getDate = () => this.getUTCDate();
  override getHours = () => this.getUTCHours();
  override getMinutes = () => this.getUTCMinutes();
  override getSeconds = () => this.getUTCSeconds();
}
