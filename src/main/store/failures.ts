import { statfsSync } from 'node:fs';
import { LabError } from '../../shared/errors';

/** Bytes a program may still write to the disk under a folder; null where the system does not tell. */
export type FreeBytes = (dir: string) => number | null;

export const freeBytes: FreeBytes = (dir) => {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return null;
  }
};

/** Less than this free and an I/O error means a full disk: SQLite's shared memory alone wants 32 KiB. */
const nearlyNothingBytes = 1 << 20;

/**
 * What a person is told when SQLite or the file system refuses; anything that is no such refusal (a LabError,
 * a broken constraint, a bug) comes back as it was.
 * @param dir the lab's folder, named in the sentence
 */
export function explain(thrown: unknown, dir: string, free: FreeBytes = freeBytes): unknown {
  const code = (thrown as { code?: unknown } | null)?.code;
  if (thrown instanceof LabError || typeof code !== 'string') return thrown;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return noSpace(dir, thrown);
  if (code.startsWith('SQLITE_IOERR')) {
    return (free(dir) ?? Infinity) < nearlyNothingBytes ? noSpace(dir, thrown) : ioError(dir, thrown);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(dir, thrown);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new LabError(
      'lab_locked',
      `Another process is writing to the lab in ${dir}.`,
      'Wait until it is done, or end it, and try again.',
      thrown,
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || permission.has(code)) {
    return new LabError(
      'bad_input',
      `The lab folder ${dir} cannot be opened or written.`,
      'Check that it is a folder of your own on a writable disk, or choose another one.',
      thrown,
    );
  }
  return thrown;
}

// ENOENT: what mkdir says of a new folder on a read-only disk.
const permission = new Set([
  'ENOENT',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'ELOOP',
  'ENAMETOOLONG',
]);

function noSpace(dir: string, cause: unknown): LabError {
  return new LabError(
    'no_space',
    `There is no space left on the disk that holds the lab (${dir}).`,
    'Free some space and start again; what was stored so far is kept and can still be read.',
    cause,
  );
}

function ioError(dir: string, cause: unknown): LabError {
  return new LabError(
    'lab_damaged',
    `The disk that holds the lab (${dir}) reported an error.`,
    'Check the disk and copy the lab folder to another one; nothing was deleted.',
    cause,
  );
}

/** @param what the sentence; the general one where absent */
export function damaged(dir: string, cause?: unknown, what?: string): LabError {
  return new LabError(
    'lab_damaged',
    what ?? `The database in the lab folder ${dir} is damaged.`,
    'Keep a copy of the folder as it is, then restore it from a backup or start a new lab in another folder.',
    cause,
  );
}

/** The same functions, whose throws are explained first. */
export function guarded<T extends object>(functions: T, dir: string): T {
  const wrapped = Object.entries(functions).map(([name, call]: [string, (...args: never[]) => unknown]) => [
    name,
    (...args: never[]) => {
      try {
        return call(...args);
      } catch (thrown) {
        throw explain(thrown, dir);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
