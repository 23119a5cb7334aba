import { readFileSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LabError } from '../../shared/errors';

/** Checkpoints are the lab's to time (after each run); SQLite's own is a net for a log of 64 MiB. */
const walPages = 16_384;

/** What a writing connection must answer after its first write; before it, `synchronous` may answer falsely. */
export const writeSettings = {
  journal_mode: 'wal',
  synchronous: 2,
  foreign_keys: 1,
  trusted_schema: 0,
  cell_size_check: 1,
  mmap_size: 0,
  wal_autocheckpoint: walPages,
  recursive_triggers: 1,
} as const;

/** What a reading connection must answer. */
export const readSettings = { query_only: 1, trusted_schema: 0, cell_size_check: 1, mmap_size: 0 } as const;

/** Opens the file for the lab's one writer, in the order that the settings need. @throws SqliteError */
export function connectToWrite(file: string): Database.Database {
  return settled(new Database(file, { timeout: 5000 }), [
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
    'trusted_schema = OFF',
    'cell_size_check = ON',
    'mmap_size = 0',
    'journal_size_limit = 67108864',
    `wal_autocheckpoint = ${walPages}`,
    'recursive_triggers = ON',
    // Elsewhere without effect; on macOS a plain sync leaves the data in the drive's cache.
    'checkpoint_fullfsync = ON',
  ]);
}

/** Opens an existing file to look: beside a writer, or alone. @throws SqliteError */
export function connectToRead(file: string): Database.Database {
  return settled(new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 }), readPragmas);
}

/**
 * Opens to look where the disk is too full for WAL's shared memory, which then lives in this process alone.
 * Only for the holder of the lab's lock: it keeps everyone else out. @throws SqliteError
 */
export function connectToReadAlone(file: string): Database.Database {
  const db = new Database(file, { fileMustExist: true, timeout: 0 });
  return settled(db, ['locking_mode = EXCLUSIVE', ...readPragmas]);
}

/**
 * Opens a copy in memory, for a lab in a folder that may not be written, where WAL cannot make its shared memory.
 * @returns null if the log still holds something, which only a writer can bring home
 * @throws an error of the file system, SqliteError
 */
export function connectToCopy(file: string): Database.Database | null {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return null;
  const bytes = readFileSync(file);
  // Read and write version: 1 is a plain file, 2 is WAL (sqlite.org/fileformat2.html, 1.3.3), which memory lacks.
  if (bytes.length > 100) bytes.fill(1, 18, 20);
  return settled(new Database(bytes, { readonly: true }), readPragmas);
}

const readPragmas = ['trusted_schema = OFF', 'cell_size_check = ON', 'mmap_size = 0', 'query_only = ON'];

function settled(db: Database.Database, pragmas: readonly string[]): Database.Database {
  try {
    for (const pragma of pragmas) db.pragma(pragma);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** Reads settings back, since SQLite ignores some in silence. @throws LabError internal, naming the first that differs */
export function assertSettings(
  db: Database.Database,
  wanted: Readonly<Record<string, string | number>>,
): void {
  for (const [name, want] of Object.entries(wanted)) {
    const have = db.pragma(name, { simple: true });
    if (have !== want) {
      throw new LabError(
        'internal',
        `The lab's database runs with ${name} = ${have} where ${want} belongs.`,
        'Please report this; nothing was stored.',
      );
    }
  }
}
