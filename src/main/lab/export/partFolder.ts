import { dirname, join } from 'node:path';
import type { Disk } from './disk';

/** A hidden folder beside a bundle's place, where it is written until it is whole. */
export interface Part {
  path: string;
  /** Moves what lies in it to its place, durably, and removes the rest. */
  publish(name: string): Promise<void>;
  /** Nothing is left: not the part, not what was published, not the folders that were made for it. Throws nothing. */
  abandon(): Promise<void>;
}

/** Parts that this process writes now. */
const atWork = new Set<string>();

/** `.<name>.part-<pid>` with the name of a bundle. */
const partName = /^\.[a-z0-9-]{1,60}-\d{8}T\d{6}Z\.part-(\d{1,10})$/;

/**
 * Makes the part of a bundle in `into`, which is made too where it is not there. Parts that processes left behind that
 * have ended are removed.
 * @param name of the bundle
 * @param into absolute
 * @param isAlive whether a process runs
 */
export async function beginPart(
  disk: Disk,
  into: string,
  name: string,
  isAlive: (pid: number) => boolean = runs,
): Promise<Part> {
  const path = join(into, `.${name}.part-${process.pid}`);
  const undo: (() => Promise<void>)[] = [];
  const abandon = async () => {
    atWork.delete(path);
    for (const step of undo.splice(0).reverse()) await step().catch(() => {});
  };
  if (atWork.has(path)) throw Object.assign(new Error(`${path} is being written`), { code: 'EEXIST', path });
  try {
    await makeMissing(disk, into, undo);
    await removeStale(disk, into, isAlive);
    undo.push(() => disk.remove(path));
    atWork.add(path);
    await disk.makeFolder(path);
  } catch (thrown) {
    await abandon();
    throw thrown;
  }
  return {
    path,
    async publish(of) {
      const place = join(into, of);
      await disk.rename(join(path, of), place);
      undo.push(() => disk.remove(place));
      await disk.syncFolder(into);
      atWork.delete(path);
      await disk.remove(path).catch(() => {}); // the bundle is there and whole: the next export tidies up
    },
    abandon,
  };
}

async function makeMissing(disk: Disk, folder: string, undo: (() => Promise<void>)[]): Promise<void> {
  if (disk.exists(folder)) return;
  await makeMissing(disk, dirname(folder), undo);
  await disk.makeFolder(folder);
  undo.push(() => disk.removeEmpty(folder));
}

async function removeStale(disk: Disk, into: string, isAlive: (pid: number) => boolean): Promise<void> {
  for (const name of await disk.list(into)) {
    const pid = Number(partName.exec(name)?.[1] ?? Number.NaN);
    const path = join(into, name);
    if (Number.isNaN(pid) || atWork.has(path)) continue;
    // In a container every process may have had this very number.
    // One that somebody else owns stays: it keeps nobody from exporting.
    if (pid === process.pid || !isAlive(pid)) await disk.remove(path).catch(() => {});
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
