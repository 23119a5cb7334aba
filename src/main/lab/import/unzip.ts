import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { LabError } from '../../../shared/errors';
import { filesMax, nameProblem, sameOnDisk } from './names';
import { quoted, refused } from './refusal';

/** Unpacked bytes at most: so many times the zip, and this much for a small one. A bundle's own zips unpack to 4 to 20 times. */
export const bombRatio = 250;
export const bombAllowanceBytes = 64 << 20;

/** A file of a zip, judged by what the zip says of it. */
interface ZippedFile {
  entry: Entry;
  /** Below the one folder that a zip of a bundle holds. */
  path: string;
}

export interface OpenZip {
  files: readonly { path: string; bytes: number }[];
  /** Unpacked, as the zip says. */
  bytes: number;
  /** Unpacks into a folder that is there and empty. What was begun stays when it throws. */
  extract(into: string, pass: (bytes: number) => Promise<void>): Promise<void>;
  close(): void;
}

/**
 * Looks through the directory of a zip and unpacks nothing.
 * @throws LabError for what is no zip of a bundle: links, names that lead elsewhere or stand twice, more files or bytes than
 * a bundle can have, encrypted or oddly packed files
 */
export async function openZip(path: string): Promise<OpenZip> {
  const zip = await opened(path);
  try {
    const files = await judged(zip);
    const bytes = files.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    const most = bombRatio * zip.fileSize + bombAllowanceBytes;
    if (bytes > most) {
      throw refused(
        `The zip of ${zip.fileSize} bytes says that it unpacks to ${bytes}, which no bundle does.`,
        'Nothing was unpacked. Ask whoever made it for the bundle as a folder.',
      );
    }
    return {
      files: files.map(({ entry, path: inside }) => ({ path: inside, bytes: entry.uncompressedSize })),
      bytes,
      extract: (into, pass) => extract(zip, files, into, pass),
      close: () => zip.close(),
    };
  } catch (thrown) {
    zip.close();
    throw explained(thrown);
  }
}

async function opened(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, {
      autoClose: false,
      lazyEntries: true,
      decodeStrings: true,
      strictFileNames: true,
      validateEntrySizes: true,
    });
  } catch (thrown) {
    throw explained(thrown);
  }
}

async function judged(zip: ZipFile): Promise<ZippedFile[]> {
  if (zip.entryCount > filesMax)
    throw refused(`The zip holds ${zip.entryCount} files, and no bundle has so many.`);
  const files: ZippedFile[] = [];
  const seen = new Set<string>();
  let root: string | null = null;
  for await (const entry of zip.eachEntry()) {
    const isFolder = entry.fileName.endsWith('/');
    const name = isFolder ? entry.fileName.slice(0, -1) : entry.fileName;
    const type = (entry.externalFileAttributes >>> 16) & 0o170000;
    if (type === 0o120000) throw refused(`${quoted(name)} in the zip is a link, and a bundle has none.`);
    if (type !== 0 && type !== (isFolder ? 0o040000 : 0o100000))
      throw refused(`${quoted(name)} in the zip is no plain file.`);
    const problem = nameProblem(name);
    if (problem !== null) throw refused(`${quoted(name)} in the zip ${problem}.`);
    const slash = name.indexOf('/');
    const folder = slash < 0 ? name : name.slice(0, slash);
    root ??= folder;
    if (folder !== root || (slash < 0 && !isFolder))
      throw refused('The zip holds more than one folder, and a bundle is one folder.');
    if (isFolder) continue;
    if (entry.isEncrypted()) throw refused(`${quoted(name)} in the zip is encrypted.`);
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
      throw refused(`${quoted(name)} in the zip is packed in a way that bundles are not.`);
    const key = sameOnDisk(name);
    if (seen.has(key)) throw refused(`${quoted(name)} is in the zip twice.`);
    seen.add(key);
    files.push({ entry, path: name.slice(slash + 1) });
  }
  return files;
}

async function extract(
  zip: ZipFile,
  files: readonly ZippedFile[],
  into: string,
  pass: (bytes: number) => Promise<void>,
): Promise<void> {
  const made = new Set([into]);
  for (const { entry, path } of files) {
    const to = join(into, ...path.split('/'));
    const folder = dirname(to);
    if (!made.has(folder)) await mkdir(folder, { recursive: true });
    made.add(folder);
    let left = entry.uncompressedSize;
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        left -= chunk.length;
        if (left < 0) {
          done(refused(`${quoted(path)} in the zip is larger than the zip says.`));
          return;
        }
        pass(chunk.length).then(() => done(null, chunk), done);
      },
    });
    try {
      const stream = await zip.openReadStreamPromise(entry);
      await pipeline(stream, counted, createWriteStream(to, { flags: 'wx', mode: 0o600 }));
    } catch (thrown) {
      throw explained(thrown, path);
    }
    if (left > 0) throw refused(`${quoted(path)} in the zip is smaller than the zip says.`);
  }
}

/** What yauzl and zlib throw of a broken zip, as a refusal; what the disk throws as it is. */
function explained(thrown: unknown, path: string | null = null): unknown {
  if (thrown instanceof LabError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (typeof code === 'string' && !code.startsWith('Z_') && !code.startsWith('ERR_')) return thrown;
  const where = path === null ? 'The file' : `${quoted(path)} in the zip`;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return refused(`${where} is no zip that can be read: ${quoted(what)}.`);
}
