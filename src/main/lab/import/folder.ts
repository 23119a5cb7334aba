import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sumsName } from '../export/writeFiles';
import { filesMax, nameProblem } from './names';
import { quoted, refused } from './refusal';

export interface FoundFile {
  /** Inside the bundle, with `/`. */
  path: string;
  bytes: number;
}

/**
 * Every file below a folder, in order of path. Links are not followed.
 * @throws LabError naming what is no plain file or folder, or has a name that no bundle has
 */
export async function filesBelow(root: string, pause: () => Promise<void>): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of readdirSync(join(root, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const status = lstatSync(join(root, path));
      if (status.isSymbolicLink()) throw refused(`${quoted(path)} is a link, and a bundle has none.`);
      if (status.isDirectory()) folders.push(path);
      else if (!status.isFile()) throw refused(`${quoted(path)} is no plain file.`);
      else found.push({ path, bytes: status.size });
      if (path.split('/').length > 20) throw refused(`${quoted(path)} lies too deep for a file of a bundle.`);
      if (found.length + folders.length > filesMax)
        throw refused(`The folder holds more than ${filesMax} files, and no bundle has so many.`);
    }
    await pause();
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The folder of a bundle: the one that was given, or the only bundle inside it (what unpacking a zip by hand gives). */
export function rootOfBundle(given: string): string | null {
  const holds = (folder: string) =>
    lstatSync(join(folder, sumsName), { throwIfNoEntry: false })?.isFile() === true;
  if (holds(given)) return given;
  const inside = readdirSync(given, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && nameProblem(entry.name) === null)
    .map((entry) => join(given, entry.name))
    .filter(holds);
  return inside.length === 1 ? inside[0]! : null;
}
