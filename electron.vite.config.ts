import { resolve } from 'node:path';
import { defineConfig } from 'electron-vite';

// Node's own floor is the pinned 24; the plain-Node programs below never run inside Electron.
const entry = (path: string) => resolve(__dirname, path);

export default defineConfig({
  main: {
    build: {
      target: 'node22',
      outDir: 'out/main',
      // Native packages and the large view libraries stay outside; what is ESM-only or small is bundled in.
      externalizeDeps: { exclude: ['env-paths', 'uuid', 'commander', 'csv-stringify', 'zod'] },
      rolldownOptions: {
        input: {
          cli: entry('src/main/hosts/cli/index.ts'),
          runner: entry('src/main/runner/index.ts'),
          sampler: entry('src/main/sampler/index.ts'),
          bench: entry('test/bench/index.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  },
});
