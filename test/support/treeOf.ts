import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Every file below a folder with its bytes, in order of path; `/` between names. */
export function treeOf(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort();
  return new Map(files.map((f) => [relative(folder, f).replaceAll(sep, '/'), readFileSync(f)]));
}

/** Files that two folders do not have alike. */
export function differing(a: Map<string, Buffer>, b: Map<string, Buffer>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => {
      const [x, y] = [a.get(path), b.get(path)];
      return !x || !y || !x.equals(y);
    })
    .sort();
}
