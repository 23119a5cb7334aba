import { spawnSync } from 'node:child_process';

/** Whether a program of this machine answers; tests that need it are skipped by name where not. */
export const there = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 60_000 }).status === 0;

/** What the name of such a test ends in, so that a skipped one says what is missing. @param name of the package */
export const unless = (isThere: boolean, name: string): string =>
  isThere ? '' : ` (skipped: ${name} is not installed)`;
