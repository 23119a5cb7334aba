import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

// The oldest runtime that the shell and the page must start on is the Electron 25 of the end-to-end tests; the plain-Node
// programs run on the pinned Node and do not mind.
const oldestNode = 'node18.15';
const oldestChrome = 'chrome114';
const entry = (path: string) => resolve(__dirname, path);

export default defineConfig({
  main: {
    build: {
      target: oldestNode,
      outDir: 'out/main',
      // Native packages and the large view libraries stay outside; what is ESM-only or small is bundled in.
      externalizeDeps: {
        include: ['playwright-core'], // of the bench
        exclude: ['env-paths', 'uuid', 'commander', 'open', 'zod', 'hyparquet-writer', 'hyparquet'],
      },
      rolldownOptions: {
        input: {
          index: entry('src/main/index.ts'),
          service: entry('src/main/hosts/service/index.ts'),
          cli: entry('src/main/hosts/cli/index.ts'),
          runner: entry('src/main/runner/index.ts'),
          science: entry('src/main/runner/science.ts'),
          sampler: entry('src/main/sampler/index.ts'),
          bench: entry('test/bench/index.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      target: oldestNode,
      outDir: 'out/preload',
      externalizeDeps: false, // a sandboxed preload can load nothing but electron: one file
      rolldownOptions: {
        input: { preload: entry('src/main/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: entry('src/renderer'),
    base: './',
    plugins: [react()],
    build: {
      target: oldestChrome,
      outDir: 'out/renderer',
      minify: true,
      assetsInlineLimit: 0, // the page's policy has no data: fonts
      rolldownOptions: { input: { index: entry('src/renderer/index.html') } },
    },
  },
});
