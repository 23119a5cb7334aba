import { readdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { formatBytes } from '../../../shared/units';
import { locationProblem } from '../../models/external';

/** A refused upload: the status that tells the page, and a sentence for the person. */
export class UploadRefused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'UploadRefused';
  }
}

export interface Uploads {
  /** Streams a body into the folder of its batch; what fails leaves no file. @throws UploadRefused @returns the full path */
  take(upload: {
    target: string;
    batch: string | undefined;
    contentLength: number | null;
    body: Readable;
  }): Promise<string>;
  /** Removes the batches that these paths lie in. */
  release(paths: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface UploadEffects {
  /** Where the private folder is made. */
  parent?: string;
  /** Removes what an earlier host left there when it was killed. Only where no other host can be at work. */
  sweep?: boolean;
  maxBytes?: number;
  /** Of the disk that the folder is on, bytes. */
  freeBytes?: (folder: string) => Promise<number>;
}

const GiB = 2 ** 30;
const keptFreeBytes = GiB;
const prefix = 'thirty-watts-upload-';

/** Takes files of the page into one private folder per batch, so that a model finds its external data beside it. */
export function createUploads({
  parent = tmpdir(),
  sweep = false,
  maxBytes = 64 * GiB,
  freeBytes = freeBytesOf,
}: UploadEffects = {}): Uploads {
  if (sweep)
    for (const name of readdirSync(parent))
      if (name.startsWith(prefix)) rmSync(join(parent, name), { recursive: true, force: true });
  let root: Promise<string> | null = null;
  const folder = () => {
    root ??= mkdtemp(join(parent, prefix));
    return root;
  };
  return {
    async take({ target, batch, contentLength, body }) {
      const name = uploadName(target);
      if (!/^[A-Za-z0-9-]{8,64}$/.test(batch ?? '')) throw new UploadRefused(400, 'The batch has no name.');
      const base = await folder();
      const limit = Math.min(maxBytes, (await freeBytes(base)) - keptFreeBytes);
      if ((contentLength ?? 0) > limit) throw tooLarge(limit, maxBytes);
      const path = join(base, batch!, ...name.split('/'));
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await write(body, path, limit, maxBytes);
        return path;
      } catch (thrown) {
        const code = (thrown as NodeJS.ErrnoException).code;
        if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR')
          throw new UploadRefused(409, `${name} was sent twice.`);
        await rm(path, { force: true });
        if (code === 'ENAMETOOLONG') throw new UploadRefused(400, 'The name of the file is too long.');
        if (code === 'ENOSPC') throw tooLarge(0, maxBytes);
        throw thrown;
      }
    },
    async release(paths) {
      if (!root) return;
      const base = await root;
      const batches = new Set(
        paths
          .map((p) => resolve(p))
          .filter((p) => p.startsWith(base + sep))
          .map((p) => join(base, p.slice(base.length + 1).split(sep)[0])),
      );
      for (const batch of batches) await rm(batch, { recursive: true, force: true });
    },
    async close() {
      if (root) await rm(await root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** `/upload/dir/model.onnx` -> `dir/model.onnx`: a plain path below the batch, under the same rule as external data. */
function uploadName(target: string): string {
  let name: string;
  try {
    name = decodeURIComponent(target.slice('/upload/'.length));
  } catch {
    throw new UploadRefused(400, 'The name of the file cannot be read.');
  }
  const problem = locationProblem(name) ?? (/[. ](?:\/|$)/.test(name) ? 'ends in a dot or a space' : null);
  if (problem !== null) throw new UploadRefused(400, `This file’s path ${problem}.`);
  return name;
}

function tooLarge(limit: number, maxBytes: number): UploadRefused {
  return limit === maxBytes
    ? new UploadRefused(413, `The file is larger than ${formatBytes(maxBytes)}.`)
    : new UploadRefused(507, 'There is not enough space on the disk of the lab for this file.');
}

/** Leaves the body open when it throws: it shares its socket with the answer. */
async function write(body: Readable, path: string, limit: number, maxBytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > limit) throw tooLarge(limit, maxBytes);
      await file.writeFile(chunk as Buffer);
    }
  } finally {
    await file.close();
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
