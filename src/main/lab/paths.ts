import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';

/** The lab's folder where none is named: the platform's data directory. */
export function defaultLabFolder(): string {
  return envPaths('thirty-watts', { suffix: '' }).data;
}

/** A built program: beside the one that runs now, or in out/main of the checkout where the sources run (tests). */
export function program(name: 'runner' | 'sampler' | 'science'): string {
  const beside = join(__dirname, `${name}.cjs`);
  return existsSync(beside) ? beside : join(appRoot(), 'out', 'main', `${name}.cjs`);
}

/** Root of the checkout or the installed app: the first folder above with our package.json. */
export function appRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** A file below resources/, e.g. the bundled font. */
export function resource(...parts: string[]): string {
  return join(appRoot(), 'resources', ...parts);
}
