/** Files of a bundle at most. */
export const filesMax = 1_000_000;

/**
 * What is wrong with the name of a file inside a bundle, by its text alone; null where nothing is. The writer's own
 * names are of these characters (export/sink.ts), so nothing here leads out of a folder or means something else
 * on another system.
 */
export function nameProblem(path: string): string | null {
  if (path.length > 400) return 'has a name that is too long';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is an absolute path';
  if (path.includes('\\')) return 'has a name with a backslash';
  const parts = path.split('/');
  if (parts.some((part) => part === '..' || part === '.' || part === ''))
    return 'is no plain path inside the bundle';
  if (!parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(part)))
    return 'has a name that no file of a bundle has';
  return null;
}

/** Two names that are one on a disk that does not tell small letters from capitals. */
export const sameOnDisk = (path: string): string => path.toLowerCase();
