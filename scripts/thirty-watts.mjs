#!/usr/bin/env node
// `thirty-watts …` for a linked or installed checkout: the same start script, the same set-up.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
const start = fileURLToPath(new URL('./start.mjs', import.meta.url));
process.exit(
  spawnSync(process.execPath, [start, 'cli', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1,
);
