import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');

/** Bundles a TypeScript program for the suite, to be run by plain Node in a process of its own. @returns its path */
export function bundledChild(entry: string, external: string[]): string {
  // Inside the repository, so that it finds its native packages.
  const folder = mkdtempSync(join(repository, 'node_modules', '.thirty-watts-child-'));
  beforeAll(async () => {
    await build({
      configFile: false,
      root: repository,
      logLevel: 'error',
      build: {
        ssr: entry,
        outDir: folder,
        emptyOutDir: true,
        rolldownOptions: {
          external,
          output: { format: 'cjs', entryFileNames: 'child.cjs', codeSplitting: false },
        },
      },
      ssr: { noExternal: true, external },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'child.cjs');
}
