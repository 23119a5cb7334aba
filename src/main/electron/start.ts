import { createHash } from 'node:crypto';
import { isAbsolute, join, resolve } from 'node:path';

/** How the app was started, apart from Electron: pure, so that every rule has a test. */

/** Models named on the command line: absolute paths of what ends in .onnx. Options and addresses are none. */
export function filesFromArguments(argv: readonly string[], cwd: string): string[] {
  return argv
    .filter((arg) => /\.onnx$/i.test(arg) && !arg.startsWith('-') && !/^[a-z][a-z0-9+.-]+:\/\//i.test(arg))
    .map((arg) => (isAbsolute(arg) ? arg : resolve(cwd, arg)));
}

/** The lab folder: --lab, else THIRTY_WATTS_LAB, else the one chosen before, else the platform's. Absolute. */
export function chooseLabFolder(o: {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  remembered: string | null;
  usual: string;
}): string {
  const at = o.argv.indexOf('--lab');
  const spelled = o.argv.find((arg) => arg.startsWith('--lab='))?.slice('--lab='.length);
  const named = spelled || (at >= 0 ? o.argv[at + 1] : undefined) || o.env.THIRTY_WATTS_LAB;
  return named ? resolve(o.cwd, named) : (o.remembered ?? o.usual);
}

/** Folder of the app's own data for one lab, below the app's: who holds it is the one window of that lab. */
export function dataFolderOf(base: string, labFolder: string): string {
  return join(base, 'labs', createHash('sha256').update(labFolder).digest('hex').slice(0, 16));
}

/** The Node that the service runs on: the shipped one. From a checkout, its own, or that of THIRTY_WATTS_NODE. */
export function pinnedNode(o: {
  packaged: boolean;
  appPath: string;
  resourcesPath: string;
  platform: NodeJS.Platform;
  arch: string;
  env: Readonly<Record<string, string | undefined>>;
}): string {
  const program = o.platform === 'win32' ? ['bin', 'node.exe'] : ['bin', 'node'];
  if (o.packaged) return join(o.resourcesPath, 'node', ...program);
  if (o.env.THIRTY_WATTS_NODE) return o.env.THIRTY_WATTS_NODE;
  const name = `node-${o.platform === 'win32' ? 'win' : o.platform}-${o.arch}`;
  return join(o.appPath, 'node_modules', name, ...program);
}

/** The service program beside this one; plain Node cannot read archives, so a packaged app keeps it outside. */
export function serviceProgram(folder: string): string {
  return join(folder, 'service.cjs').replace(/([\\/])app\.asar([\\/])/, '$1app.asar.unpacked$2');
}

/** The folder in `{"folder": …}`; null for anything else. */
export function rememberedFolder(text: string | null): string | null {
  try {
    const { folder } = JSON.parse(text ?? 'null') as { folder?: unknown };
    return typeof folder === 'string' && isAbsolute(folder) ? folder : null;
  } catch {
    return null;
  }
}
