import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { LabError } from '../../shared/errors';

export interface LabLock {
  release(): void;
}

/** Locks of this process. Without a reference the collector would close the file, and the lock would be gone. */
const held = new Set<Database.Database>();

/**
 * Makes this process the only writer of a lab until `release` or its end, however that comes: the lock is an
 * exclusive transaction on `lock.db`, which the system frees with the process.
 * @throws LabError lab_locked, naming the process that has it; SqliteError if the folder cannot be written
 */
export function takeLock(dir: string, pid: number = process.pid): LabLock {
  const db = new Database(join(dir, 'lock.db'), { timeout: 0 });
  // A file of its own: opening and closing lock.db from here would drop this process's POSIX locks on it.
  const pidFile = join(dir, 'lock.pid');
  try {
    // With a journal on the disk, the very first lock of an empty file needs space: a full disk could not be read.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    db.close();
    if (!isBusy(thrown)) throw thrown;
    const holder = readPid(pidFile);
    throw new LabError(
      'lab_locked',
      `Another Thirty Watts${holder === null ? '' : ` (process ${holder})`} has this lab open.`,
      'Wait until it is done, end it, or choose another folder with --lab.',
      thrown,
    );
  }
  held.add(db);
  notePid(pidFile, pid);
  return {
    release() {
      if (!held.delete(db)) return;
      rmSync(pidFile, { force: true });
      db.close();
    },
  };
}

const isBusy = (thrown: unknown) => String((thrown as { code?: unknown }).code).startsWith('SQLITE_BUSY');

function notePid(file: string, pid: number): void {
  try {
    writeFileSync(file, `${pid}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not keep the lab shut: the lock holds without a name.
  }
}

/** The process that has a lab open to write, by its own note; null where there is none or it is gone. */
export function lockHolder(dir: string): number | null {
  const pid = readPid(join(dir, 'lock.pid'));
  if (pid === null) return null;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM' ? pid : null;
  }
}

/** The process that holds the lock, by its own note; null where there is none. */
function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'latin1').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
