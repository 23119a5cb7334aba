#!/usr/bin/env node
// The one start script. Any Node >= 20 can run it; it sets up what is missing or stale (packages from the lock, the
// build) and then hands over to the pinned Node that better-sqlite3 and the tests need.
//   node scripts/start.mjs start …    the app; without Electron or a display its page in the browser (npm start)
//   node scripts/start.mjs cli …      the command line (npm run quickstart, npm run thirty-watts -- …)
//   node scripts/start.mjs check      type check, lint, tests (npm test)
//   node scripts/start.mjs e2e        the walk through the desktop app and the browser page (npm run e2e)
//   node scripts/start.mjs bench      figures on this machine (npm run bench)
//   node scripts/start.mjs build      only set up
//   node scripts/start.mjs tool PATH  a program of node_modules on the pinned Node
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => join(root, ...parts);
const [command = 'build', ...args] = process.argv.slice(2);

const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(
    `Thirty Watts needs Node 20 or newer to start; this is ${process.version}. Install a newer Node and try again.`,
  );
}

const hash = (files) => {
  const h = createHash('sha256');
  for (const file of files)
    h.update(file)
      .update('\0')
      .update(readFileSync(at(file)))
      .update('\0');
  return h.digest('hex');
};
const stamped = (stamp, value) => existsSync(at(stamp)) && readFileSync(at(stamp), 'utf8') === value;
const filesBelow = (folder) =>
  readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath ?? e.path, e.name).slice(root.length + 1))
    .sort();

/** Packages exactly as in the lock; no install script runs (.npmrc). */
function install() {
  const want = hash(['package-lock.json']);
  if (stamped('node_modules/.thirty-watts-lock', want)) return;
  process.stderr.write('Setting up: installing packages from the lock (about 15 s) …\n');
  const npm = process.env.npm_execpath;
  const npmArgs = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const run = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...npmArgs], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', npmArgs, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (run.status !== 0)
    fail('The packages could not be installed. Read the lines above; npm needs to reach a registry once.');
  writeFileSync(at('node_modules/.thirty-watts-lock'), want);
}

/** The Node that measures: the carried one, else this one where it is new enough (macOS has no carried one). */
function pinnedNode() {
  const folder = `node_modules/node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const carried = at(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(carried)) return carried;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 15)) return process.execPath;
  return fail(
    `No Node binary is carried for ${process.platform}-${process.arch}; install Node 22.15 or newer and try again.`,
  );
}

/** out/ from src/, when any source, the configuration or the lock changed. */
function build(node) {
  const sources = [...filesBelow('src'), ...(existsSync(at('test/bench')) ? filesBelow('test/bench') : [])];
  const want = hash([...sources, 'electron.vite.config.ts', 'package.json', 'package-lock.json']);
  if (stamped('out/.stamp', want)) return;
  process.stderr.write('Setting up: building …\n');
  rmSync(at('out'), { recursive: true, force: true });
  const run = spawnSync(
    node,
    [at('node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  if (run.status !== 0) fail('The build failed; the lines above say where.');
  mkdirSync(at('out'), { recursive: true });
  writeFileSync(at('out/.stamp'), want);
}

const run = (node, list, cwd = root, env = process.env) => {
  // Ctrl-C reaches the child through the terminal; it decides how to end, and we pass its answer on.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  const done = spawnSync(node, list, { cwd, stdio: 'inherit', env });
  return done.status ?? 1;
};

install();
const node = pinnedNode();
// INIT_CWD is where the user stood when npm was called: relative paths of theirs mean that folder.
const userFolder = process.env.INIT_CWD ?? process.cwd();

if (command === 'tool') process.exit(run(node, [at('node_modules', args[0]), ...args.slice(1)]));
build(node);
if (command === 'build') process.exit(0);
if (command === 'start') process.exit(start());
if (command === 'cli') process.exit(run(node, [at('out/main/cli.cjs'), ...args], userFolder));
if (command === 'bench') process.exit(run(node, ['--expose-gc', at('out/main/bench.cjs'), ...args]));
if (command === 'check') process.exit(check());
if (command === 'e2e')
  process.exit(run(node, [at('node_modules/vitest/vitest.mjs'), 'run', 'test/e2e', ...args]));
fail(`Unknown command ${command}.`);

/** The app in its window; where that cannot be, one line says why and the same page opens in the browser. */
function start() {
  const electron = electronBinary();
  const screen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!electron || !screen) {
    const why = electron ? 'There is no display' : 'No Electron binary could be had';
    process.stderr.write(`${why}: opening the lab in the browser instead.\n`);
    return run(node, [at('out/main/cli.cjs'), 'serve', '--open', ...args], userFolder);
  }
  const options = [];
  if (process.platform === 'linux' && process.getuid() === 0) {
    process.stderr.write('Started as root: Chromium cannot sandbox its pages then (--no-sandbox).\n');
    options.push('--no-sandbox');
  }
  const { ELECTRON_RUN_AS_NODE: _unset, ...env } = process.env;
  return run(electron, [...options, root, ...args], userFolder, { ...env, THIRTY_WATTS_NODE: node });
}

/** ELECTRON_EXEC_PATH, else the one of node_modules, fetched once if it is missing; null where it cannot be had. */
function electronBinary() {
  const named = process.env.ELECTRON_EXEC_PATH;
  if (named) return existsSync(named) ? named : null;
  const program = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  }[process.platform];
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? at('node_modules/electron/dist');
  const binary = join(dist, program ?? 'electron');
  const { version } = JSON.parse(readFileSync(at('node_modules/electron/package.json'), 'utf8'));
  // Not at every start: a machine that cannot reach the download would wait each time.
  const tried = `${version} ${process.platform}-${process.arch}`;
  if (existsSync(binary) || stamped('.cache/electron-tried', tried))
    return existsSync(binary) ? binary : null;
  process.stderr.write('Setting up: fetching Electron (once, 60 s at most) …\n');
  spawnSync(process.execPath, [at('node_modules/electron/install.js')], {
    cwd: root,
    stdio: 'ignore',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  if (existsSync(binary)) return binary;
  mkdirSync(at('.cache'), { recursive: true });
  writeFileSync(at('.cache/electron-tried'), tried);
  return null;
}

/** Everything that must hold: types, lint, tests. All three run even if one fails; the last line is for machines. */
function check() {
  const steps = [
    ['Types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']],
    ['Lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']],
    [
      'Tests',
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        '--outputFile.json=out/test-results.json',
        ...args,
      ],
    ],
  ];
  let bad = 0;
  for (const [name, [program, ...rest]] of steps) {
    process.stdout.write(`\n== ${name}\n`);
    const status = run(node, [at(program), ...rest]);
    if (status !== 0) {
      bad = 1;
      process.stdout.write(`== ${name}: failed\n`);
    }
  }
  if (existsSync(at('.cache/screenshots')))
    process.stdout.write('\nScreenshots of every page, light and dark: .cache/screenshots\n');
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
      readFileSync(at('out/test-results.json'), 'utf8'),
    );
    if (numPassedTests + numFailedTests === 0) bad = 1;
    process.stdout.write(
      `\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`,
    );
  } catch {
    process.stdout.write('\nThe tests wrote no result.\n0 passed, 1 failed\n');
    bad = 1;
  }
  return bad;
}
