import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Does a process descend from another (Linux)? Null where that cannot be known: no /proc, or a pid of
 * another namespace.
 */
export function descendsFrom(pid: number, ancestor: number, fsRoot: string): boolean | null {
  let at = pid;
  for (let depth = 0; depth < 64; depth++) {
    if (at === ancestor) return true;
    if (at <= 1) return false;
    const parent = parentOf(at, fsRoot);
    if (parent === null) return depth === 0 ? null : false;
    at = parent;
  }
  return false;
}

function parentOf(pid: number, fsRoot: string): number | null {
  try {
    // The name in parentheses may itself hold spaces and parentheses.
    const stat = readFileSync(join(fsRoot, 'proc', String(pid), 'stat'), 'latin1');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return Number.isInteger(parent) ? parent : null;
  } catch {
    return null;
  }
}
