import { existsSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../../shared/errors';
import { formatBytes } from '../../../shared/units';
import { freeBytes } from '../../store/failures';
import { recordPath, recordTables } from '../export/records';
import { type FoundFile, filesBelow, rootOfBundle } from './folder';
import { quoted, refused } from './refusal';
import { type OpenZip, openZip } from './unzip';

/** Room left on the disk beside what is unpacked, for the database. */
const spareBytes = 64 << 20;
/** Begins the name of the folder in the lab that a zip is unpacked into. */
const temporaryPrefix = '.unpacking-';

/** A bundle that was found, and how much of it there is. */
export interface Source {
  zip: OpenZip | null;
  /** Of all files, unpacked. */
  bytes: number;
  /** Of those that hold records. */
  recordBytes: number;
  /** @returns the folder that holds SHA256SUMS */
  unpack(pass: (bytes: number) => Promise<void>): Promise<string>;
  dispose(): void;
}

/**
 * @param pause throws when cancelled
 * @throws LabError for what is neither a folder nor a zip of a bundle
 */
export async function openSource(
  given: string,
  labFolder: string,
  pause: () => Promise<void>,
): Promise<Source> {
  if (!existsSync(given)) {
    throw new LabError(
      'not_found',
      `${quoted(given)} is not there.`,
      'Choose the folder or the zip of a bundle.',
    );
  }
  try {
    // The path that a person names may be a link; inside a bundle none is followed.
    const real = realpathSync(given);
    const status = lstatSync(real);
    if (status.isDirectory()) return await ofFolder(real, pause);
    if (status.isFile()) return await ofZip(real, labFolder);
    throw refused(`${quoted(given)} is no plain file.`, 'Choose the folder or the zip of a bundle.');
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException | null)?.code;
    if (code !== 'EACCES' && code !== 'EPERM') throw thrown;
    throw new LabError(
      'bad_input',
      `${quoted(given)} may not be read by this user.`,
      'Choose a file of your own.',
    );
  }
}

async function ofFolder(given: string, pause: () => Promise<void>): Promise<Source> {
  const root = rootOfBundle(given);
  if (root === null) {
    throw refused(
      `${quoted(given)} holds no bundle: there is no SHA256SUMS in it.`,
      'Choose the folder that an export made, or its zip.',
    );
  }
  const files = await filesBelow(root, pause);
  return { zip: null, ...bytesOf(files), unpack: async () => root, dispose: () => {} };
}

async function ofZip(given: string, labFolder: string): Promise<Source> {
  const zip = await openZip(given);
  removeStale(labFolder);
  let temporary: string | null = null;
  return {
    zip,
    ...bytesOf(zip.files),
    async unpack(pass) {
      const free = freeBytes(labFolder);
      if (free !== null && free < zip.bytes + spareBytes) {
        throw new LabError(
          'no_space',
          `The lab's disk has no room to unpack this bundle: ${formatBytes(zip.bytes + spareBytes)} are needed.`,
          'Free some space, or unpack it on another disk and import the folder.',
        );
      }
      temporary = mkdtempSync(join(labFolder, `${temporaryPrefix}${process.pid}-`));
      await zip.extract(temporary, pass);
      return temporary;
    },
    dispose() {
      zip.close();
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** What imports left behind that were cut off: the lab is this process's alone, and it imports one bundle at a time. */
function removeStale(labFolder: string): void {
  for (const name of readdirSync(labFolder)) {
    if (name.startsWith(temporaryPrefix)) rmSync(join(labFolder, name), { recursive: true, force: true });
  }
}

function bytesOf(files: readonly FoundFile[]): { bytes: number; recordBytes: number } {
  const records = new Set(recordTables.map(recordPath));
  const sum = (some: readonly FoundFile[]) => some.reduce((bytes, file) => bytes + file.bytes, 0);
  return { bytes: sum(files), recordBytes: sum(files.filter(({ path }) => records.has(path))) };
}
