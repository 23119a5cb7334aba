import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { LabError } from '../../shared/errors';

const chunkBytes = 1 << 23;

export interface PlainFile {
  descriptor: number;
  bytes: number;
}

/** Text from a file that goes into a message: control characters shown as ·, at most 120 characters. */
export function printable(text: string): string {
  // Lone surrogates and direction marks would let a name rewrite the sentence around it.
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '·');
  return clean.length > 120 ? `${clean.slice(0, 119)}…` : clean;
}

/**
 * Opens a regular file for reading and judges what was opened, not the name: a link as last part of the path, a
 * folder, a pipe or a device gives a refusal in words ("is a symbolic link"), never a wait. `oneName` also refuses
 * files with a second hard link, which may lie outside the folder.
 */
export function openPlain(path: string, rules: { oneName: boolean }): PlainFile | { problem: string } {
  // Windows has neither flag; there a link is looked for first.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants as Partial<typeof constants>;
  let descriptor: number;
  try {
    if (O_NOFOLLOW === undefined && lstatSync(path).isSymbolicLink())
      return { problem: 'is a symbolic link' };
    // O_NONBLOCK: opening a pipe must not wait for its other end.
    descriptor = openSync(path, (O_RDONLY ?? 0) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  } catch (thrown) {
    return { problem: openProblem(thrown) };
  }
  const status = fstatSync(descriptor);
  const problem = !status.isFile()
    ? 'is not a regular file'
    : rules.oneName && status.nlink !== 1
      ? 'has a second name (a hard link) elsewhere'
      : null;
  if (problem === null) return { descriptor, bytes: status.size };
  closeSync(descriptor);
  return { problem };
}

function openProblem(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === 'ELOOP') return 'is a symbolic link';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  if (code === 'ENXIO' || code === 'ENODEV' || code === 'EISDIR') return 'is not a regular file';
  return `cannot be opened (${code ?? String(thrown)})`;
}

/** Everything from the descriptor on; refuses a file whose size changed since it was judged. */
export function readWhole({ descriptor, bytes }: PlainFile): Uint8Array {
  // One byte more than there should be, to notice a file that grows.
  const buffer = new Uint8Array(bytes + 1);
  let at = 0;
  while (at < buffer.length) {
    const n = readSync(descriptor, buffer, at, Math.min(chunkBytes, buffer.length - at), at);
    if (n === 0) break;
    at += n;
  }
  if (at !== bytes) throw changed();
  return buffer.subarray(0, bytes);
}

/** SHA-256 (hex) of the file, passing each chunk on to `each`. Refuses a file that changed its size. */
export function hashFile(
  { descriptor, bytes }: PlainFile,
  each: (chunk: Uint8Array) => void = () => {},
): string {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(Math.min(chunkBytes, bytes + 1));
  let at = 0;
  for (;;) {
    const n = readSync(descriptor, buffer, 0, buffer.length, at);
    if (n === 0) break;
    hash.update(buffer.subarray(0, n));
    each(buffer.subarray(0, n));
    at += n;
    if (at > bytes) throw changed();
  }
  if (at !== bytes) throw changed();
  return hash.digest('hex');
}

export function hashBytes(bytes: Uint8Array): string {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += chunkBytes) hash.update(bytes.subarray(at, at + chunkBytes));
  return hash.digest('hex');
}

/** Creates `path` (refuses one that is there), lets `fill` write, and does not return before the disk has it. */
export function createDurable(path: string, fill: (write: (bytes: Uint8Array) => void) => void): void {
  const descriptor = openSync(path, 'wx');
  try {
    fill((bytes) => {
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(descriptor, bytes, at, Math.min(chunkBytes, bytes.length - at));
      }
    });
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the names in a folder durable. Windows cannot open folders and does this by itself. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function changed(): LabError {
  return new LabError(
    'unsafe_model',
    'The file changed while it was read.',
    'Import it again when it is complete.',
  );
}
