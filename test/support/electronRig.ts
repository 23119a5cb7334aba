import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';

export const repository = resolve(__dirname, '../..');
const outFolder = join(repository, 'out');

/** A rig that can be driven, or why there is none: the words of a skipped test. */
export type Rig = { executable: string; missing: null } | { executable: null; missing: string };

/** The Electron of scripts/electron-rig.mjs; made where it is missing. */
export function findRig(): Rig {
  const none = (missing: string): Rig => ({ executable: null, missing });
  if (spawnSync('Xvfb', ['-help']).error) return none('Xvfb (Debian package xvfb)');
  const made = spawnSync(process.execPath, [join(repository, 'scripts/electron-rig.mjs')], {
    encoding: 'utf8',
  });
  if (made.status !== 0) return none(`the Electron test runtime (${made.stderr.trim().split('\n').at(-1)})`);
  const executable = made.stdout.trim();
  const libraries = spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout ?? '';
  const absent = [...libraries.matchAll(/^\s*(\S+) => not found/gm)].map((m) => m[1]);
  if (absent.length > 0)
    return none(`${absent.join(', ')} (Debian packages libgtk-3-0 libnss3 libgbm1 libasound2)`);
  return { executable, missing: null };
}

/** A display of its own in memory. Resolves when it can be drawn on. */
export async function startDisplay(): Promise<{ display: string; stop(): void }> {
  const server: ChildProcess = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const number = await new Promise<string>((found, failed) => {
    server.once('error', failed);
    server.once('exit', (code) => failed(new Error(`Xvfb ended with exit code ${code}.`)));
    server.stdio[3]!.once('data', (text: Buffer) => found(text.toString().trim()));
  });
  return { display: `:${number}`, stop: () => void server.kill() };
}

/** An app folder with this build and another page: what the shell does can be seen without ours. */
export function appWithPage(pageFolder: string): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-app-'));
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'thirty-watts', version, main: './out/main/index.cjs' }),
  );
  for (const part of ['main', 'preload'])
    cpSync(join(outFolder, part), join(folder, 'out', part), { recursive: true });
  cpSync(pageFolder, join(folder, 'out', 'renderer'), { recursive: true });
  for (const part of ['node_modules', 'resources']) symlinkSync(join(repository, part), join(folder, part));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Launched {
  app: ElectronApplication;
  page: Page;
  /** The app's own data; kept between launches that name it. */
  userData: string;
}

/** Starts the app and waits for its page. As root Chromium's sandbox cannot start; the page's own limits hold all the same. */
export async function launchApp(o: {
  executable: string;
  display: string;
  appFolder: string;
  labFolder: string;
  userData: string;
  args?: string[];
  env?: Record<string, string>;
}): Promise<Launched> {
  mkdirSync(o.userData, { recursive: true });
  const launch = () =>
    _electron.launch({
      executablePath: o.executable,
      timeout: startLimitMs,
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        o.appFolder,
        '--lab',
        o.labFolder,
        ...(o.args ?? []),
      ],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: o.userData,
        DISPLAY: o.display,
        ELECTRON_USER_DATA: o.userData,
        THIRTY_WATTS_NODE: process.execPath,
        ...o.env,
      },
    });
  const app = await startOf(launch);
  const page = await app.firstWindow();
  await page.waitForLoadState();
  return { app, page, userData: o.userData };
}

/** A start takes half a second; ten times that on a busy machine. */
const startLimitMs = 8_000;
const mostStarts = 4;

/** One start in some twenty of the old runtime never answers Playwright's first question: then it is tried again. */
async function startOf(launch: () => Promise<ElectronApplication>): Promise<ElectronApplication> {
  for (let n = 1; ; n++) {
    try {
      return await launch();
    } catch (thrown) {
      if (n === mostStarts) throw thrown;
      console.warn(`Start ${n} did not answer: ${String(thrown).split('\n')[0]}`);
    }
  }
}

/** Processes of this machine whose command line has this text: own ids and what they run. */
export function processesWith(text: string): { pid: number; command: string }[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8', maxBuffer: 2 ** 24 });
  return stdout
    .split('\n')
    .filter((line) => line.includes(text) && !line.includes('ps -eo'))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().replace(/^\d+\s+/, '') }));
}

/** Waits until something holds; fails with these words where it does not come. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  limitMs = 20_000,
): Promise<NonNullable<T>> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > endMs) throw new Error(`This did not come within ${limitMs / 1000} s: ${what}.`);
    await new Promise((next) => setTimeout(next, 50));
  }
}
