import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DataPlaces } from '../../src/main/science/messages';

export const mnist1dTemplates = resolve(__dirname, '../../resources/data/mnist1d.json');

/** Places with nothing but the bundled templates. */
export const placesIn = (labFolder: string, mnistFolders: string[] = []): DataPlaces => ({
  labFolder,
  mnistFolders,
  mnist1dTemplates,
});

/** An IDX file of bytes. */
export function idxBytes(dims: readonly number[], data: ArrayLike<number>): Buffer {
  const head = Buffer.alloc(4 + 4 * dims.length);
  head[2] = 0x08;
  head[3] = dims.length;
  dims.forEach((d, i) => {
    head.writeUInt32BE(d, 4 + 4 * i);
  });
  return Buffer.concat([head, Buffer.from(Uint8Array.from(data))]);
}

/** Four files of MNIST's format: 2 × 2 pictures, every pixel of a picture ten times its number; labels count 0, 1, 0, 1 … */
export function writeIdxSet(folder: string, { train = 6, test = 4 } = {}): void {
  for (const [part, n] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const pixels = Array.from({ length: n * 4 }, (_, i) => 10 * Math.floor(i / 4));
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idxBytes([n, 2, 2], pixels));
    const labels = Array.from({ length: n }, (_, i) => i % 2);
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idxBytes([n], labels));
  }
}

/** An NPY file of any type, as numpy.save writes it. */
export function npyOf(
  descr: string,
  shape: readonly number[],
  body: Uint8Array,
  { fortran = false, version = 1 } = {},
): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sizes}), }\n`;
  const head = Buffer.alloc(version === 1 ? 10 : 12);
  Buffer.from('\x93NUMPY', 'latin1').copy(head);
  head[6] = version;
  if (version === 1) head.writeUInt16LE(text.length, 8);
  else head.writeUInt32LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text, 'latin1'), body]);
}

export const bytesOf = (data: ArrayBufferView) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
