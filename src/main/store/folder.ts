import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing, each by one call: the recursive call never returns on file
 * systems that answer "not found" for a folder that cannot be made (/proc). Throws the system's error.
 */
export function makeFolder(dir: string, mode = 0o777): void {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir), mode);
  mkdirSync(dir, { mode });
}
