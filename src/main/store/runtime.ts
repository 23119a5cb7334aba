import { statfsSync } from 'node:fs';
import { endianness } from 'node:os';
import { LabError } from '../../shared/errors';

/** Facts of the process that opens a lab; a test gives others. */
export interface Runtime {
  node: string;
  electron: string | null;
  sqlite: string;
  endianness: 'LE' | 'BE';
}

export function thisRuntime(sqlite: string): Runtime {
  const { node, electron } = process.versions;
  return { node, electron: electron ?? null, sqlite, endianness: endianness() };
}

/**
 * SQLite before 3.51.3 can lose data when a checkpoint meets a write (sqlite.org/wal.html, the WAL-reset bug);
 * better-sqlite3 13 crashes before Node 22 and inside Electron's allocator.
 * @throws LabError unsupported
 */
export function assertRuntime({ node, electron, sqlite, endianness: order }: Runtime): void {
  const wrong =
    (electron !== null && `The lab was opened inside Electron ${electron}`) ||
    (!atLeast(node, [22, 0, 0]) && `The lab was opened with Node ${node}, and needs 22 or later`) ||
    (!atLeast(sqlite, [3, 51, 3]) && `The lab was opened with SQLite ${sqlite}, and needs 3.51.3 or later`) ||
    (order !== 'LE' && 'The lab stores little-endian columns, and this processor is big-endian');
  if (wrong) {
    throw new LabError(
      'unsupported',
      `${wrong}.`,
      'Start Thirty Watts with its own starter: it brings its Node.',
    );
  }
}

/** Is a dotted version at least this one? Anything after the third number is ignored. */
export function atLeast(version: string, least: readonly [number, number, number]): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [i, want] of least.entries()) {
    const have = parts[i] ?? 0;
    if (have !== want) return have > want;
  }
  return true;
}

/** Linux statfs types (linux/magic.h) of file systems over a network, where WAL's shared memory does not hold. */
const networkTypes = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x564c, 'NCP'],
]);

/** @throws LabError unsupported if the folder lies on a network disk. Known on Linux only. */
export function assertLocalDisk(
  dir: string,
  fileSystemType: (dir: string) => number = (path) => statfsSync(path).type,
): void {
  if (process.platform !== 'linux') return;
  const name = networkTypes.get(fileSystemType(dir) >>> 0);
  if (name) {
    throw new LabError(
      'unsupported',
      `The lab folder ${dir} lies on a network disk (${name}), where its database is not safe.`,
      'Choose a folder on a disk of this machine.',
    );
  }
}
