import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** The file calls of the sysfs meters, so that a test can make one fail. Errors carry `code`, as Node's do. */
export interface MeterFiles {
  list(folder: string): string[];
  text(path: string): string;
  open(path: string): number;
  /** Reads from the start of an open file: sysfs makes the value anew at every such read. */
  read(fd: number, into: Buffer): number;
  close(fd: number): void;
}

export const nodeFiles: MeterFiles = {
  list: (folder) => readdirSync(folder),
  text: (path) => readFileSync(path, 'latin1'),
  open: (path) => openSync(path, 'r'),
  read: (fd, into) => readSync(fd, into, 0, into.length, 0),
  close: (fd) => closeSync(fd),
};

/** The error code of a failed file call ('EACCES' …), 'UNKNOWN' where it has none. */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? 'UNKNOWN';

/** The trimmed text of a file, or null where it cannot be read. */
export function textOrNull(files: MeterFiles, path: string): string | null {
  try {
    return files.text(path).trim();
  } catch {
    return null;
  }
}

/** The entries of a folder in natural order (hwmon2 before hwmon10); none where it cannot be read. */
export function listOrNone(files: MeterFiles, folder: string): string[] {
  try {
    return files.list(folder).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch {
    return [];
  }
}

/** A file that holds one whole number; null where it cannot be read or holds anything else. */
export function integerOrNull(files: MeterFiles, path: string): number | null {
  const text = textOrNull(files, path);
  if (text === null || !/^-?\d+$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
