import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';

const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
};

/** A name that is the same file on every file system: no dot at either end, no drive, no stream, no device of Windows. */
const plainName = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/;
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i;

/**
 * The file of the page that a request target names: path segments below the page's folder, and its content type. Null
 * for everything else: traversal in any spelling, encoded characters, backslashes, NUL, absolute targets, unknown
 * types, hidden files. The build's names need no encoding, so a target that has any is refused and not decoded. Pure.
 */
export function pageFileOf(target: string): { segments: string[]; contentType: string } | null {
  const path = target.split(/[?#]/, 1)[0];
  if (!path.startsWith('/')) return null;
  const segments = path === '/' ? ['index.html'] : path.slice(1).split('/');
  if (!segments.every((s) => plainName.test(s) && !deviceName.test(s))) return null;
  const contentType = contentTypes[/\.([a-z0-9]+)$/.exec(segments.at(-1) ?? '')?.[1] ?? ''];
  return contentType ? { segments, contentType } : null;
}

export interface PageFile {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
}

/**
 * Reads a file of the page; null (answer 404) for what `pageFileOf` refuses, what is not there, what is no plain file,
 * for any link on the way, and for a spelling that only a file system blind to case would find.
 */
export async function readPageFile(folder: string, target: string): Promise<PageFile | null> {
  const named = pageFileOf(target);
  if (!named) return null;
  let handle: FileHandle | null = null;
  try {
    const root = await realpath(folder);
    const path = join(root, ...named.segments);
    // The real path of a link is another one, and that of another spelling of the name has the true spelling.
    if ((await lstat(path)).isSymbolicLink() || (await realpath(path)) !== path) return null;
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    if (!(await handle.stat()).isFile()) return null;
    return { bytes: new Uint8Array(await handle.readFile()), contentType: named.contentType };
  } catch {
    return null;
  } finally {
    await handle?.close();
  }
}
