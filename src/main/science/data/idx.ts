import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { LabError } from '../../../shared/errors';

/** Whole numbers 0 … 255 with their dimensions; `sha256` (hex) of the unpacked file. */
export interface IdxFile {
  dims: number[];
  data: Uint8Array;
  sha256: string;
  bytes: number;
  /** File name as it was found. */
  name: string;
}

export interface IdxParts {
  train: { images: IdxFile; labels: IdxFile };
  test: { images: IdxFile; labels: IdxFile };
}

const unzip = promisify(gunzip);
const sane = 'Fetch the file again: it is cut off or something else.';

/** The four files of MNIST and of every set in its format, by what they hold. */
export const idxNames = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;
export type IdxRole = keyof typeof idxNames;

/**
 * IDX of unsigned bytes (LeCun's MNIST page: two zero bytes, type 0x08, rank, sizes as big-endian 32 bits, then the values).
 * @throws LabError bad_input for another magic, a size that does not fit or an empty file
 */
export function parseIdx(bytes: Uint8Array, name: string): Pick<IdxFile, 'dims' | 'data'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint16(0) !== 0) throw notIdx(name);
  if (view.getUint8(2) !== 0x08) {
    throw new LabError('bad_input', `${name} holds values that are no unsigned bytes.`, sane);
  }
  const rank = view.getUint8(3);
  if (rank < 1 || rank > 4 || bytes.length < 4 + 4 * rank) throw notIdx(name);
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const data = bytes.subarray(4 + 4 * rank);
  const wanted = dims.reduce((a, b) => a * b, 1);
  if (data.length !== wanted) {
    throw new LabError(
      'bad_input',
      `${name} says that it holds ${dims.join(' × ')} values, ${wanted} in all, and holds ${data.length}.`,
      sane,
    );
  }
  if (wanted === 0) throw new LabError('bad_input', `${name} is empty.`, sane);
  return { dims, data };
}

/** Where each of the four lies in a folder, also gzipped or named `train-images.idx3-ubyte`; null: not there. */
export async function findIdx(folder: string): Promise<Record<IdxRole, string | null>> {
  const found = await Promise.all(
    Object.entries(idxNames).map(async ([role, name]) => {
      const dotted = name.replace('-idx', '.idx');
      for (const candidate of [name, `${name}.gz`, dotted, `${dotted}.gz`]) {
        const path = join(folder, candidate);
        if (
          await stat(path).then(
            (s) => s.isFile(),
            () => false,
          )
        )
          return [role, path] as const;
      }
      return [role, null] as const;
    }),
  );
  return Object.fromEntries(found) as Record<IdxRole, string | null>;
}

/**
 * The four files of a folder. @throws LabError not_found naming what is missing; bad_input where counts or sizes of pictures
 * do not fit each other
 */
export async function readIdxFolder(folder: string): Promise<IdxParts> {
  const paths = await findIdx(folder);
  const missing = (Object.keys(idxNames) as IdxRole[]).filter((role) => paths[role] === null);
  if (missing.length > 0) {
    throw new LabError(
      'not_found',
      `${folder} lacks ${missing.map((role) => idxNames[role]).join(', ')}.`,
      'Put all four files into one folder; each may be gzipped.',
    );
  }
  const read = async (role: IdxRole): Promise<IdxFile> => {
    const path = paths[role]!;
    const packed = await readFile(path);
    const name = idxNames[role];
    const bytes: Uint8Array =
      packed[0] === 0x1f && packed[1] === 0x8b
        ? await unzip(packed).catch((thrown) => {
            throw new LabError('bad_input', `${path} cannot be unpacked.`, sane, thrown);
          })
        : packed;
    return {
      ...parseIdx(bytes, name),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      name,
    };
  };
  const parts = {
    train: { images: await read('trainImages'), labels: await read('trainLabels') },
    test: { images: await read('testImages'), labels: await read('testLabels') },
  };
  checkCounts(parts);
  return parts;
}

function checkCounts({ train, test }: IdxParts): void {
  for (const { images, labels } of [train, test]) {
    if (images.dims.length < 2 || labels.dims.length !== 1) {
      throw new LabError(
        'bad_input',
        `${images.name} and ${labels.name} are not pictures and their labels.`,
        sane,
      );
    }
    if (images.dims[0] !== labels.dims[0]) {
      throw new LabError(
        'bad_input',
        `${images.name} holds ${images.dims[0]} pictures and ${labels.name} ${labels.dims[0]} labels.`,
        'Use two files that belong together.',
      );
    }
  }
  const [a, b] = [train.images.dims.slice(1), test.images.dims.slice(1)];
  if (a.join() !== b.join()) {
    throw new LabError(
      'bad_input',
      `Training pictures are ${a.join(' × ')} and test pictures ${b.join(' × ')}.`,
      'Use four files that belong together.',
    );
  }
}

const notIdx = (name: string) => new LabError('bad_input', `${name} is no IDX file.`, sane);
