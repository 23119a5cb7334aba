import { readFile, stat } from 'node:fs/promises';
import { LabError } from '../../../shared/errors';

export interface NpyArray {
  shape: number[];
  /** In C order. */
  data: Float32Array | Float64Array;
}

/** NumPy's array file; NEP 1 and numpy.lib.format, versions 1 to 3. */
const magic = Buffer.from('\x93NUMPY', 'latin1');
const readers: Readonly<Record<string, { bytes: number; at(view: DataView, offset: number): number }>> = {
  f4: { bytes: 4, at: (v, o) => v.getFloat32(o, true) },
  f8: { bytes: 8, at: (v, o) => v.getFloat64(o, true) },
  i1: { bytes: 1, at: (v, o) => v.getInt8(o) },
  u1: { bytes: 1, at: (v, o) => v.getUint8(o) },
  i2: { bytes: 2, at: (v, o) => v.getInt16(o, true) },
  u2: { bytes: 2, at: (v, o) => v.getUint16(o, true) },
  i4: { bytes: 4, at: (v, o) => v.getInt32(o, true) },
  u4: { bytes: 4, at: (v, o) => v.getUint32(o, true) },
  i8: { bytes: 8, at: (v, o) => Number(v.getBigInt64(o, true)) },
};
const mostBytes = 2 ** 31 - 1;

/**
 * Floats and whole numbers, little-endian, C order.
 * @throws LabError bad_input for another type or order, with the line of NumPy that saves it right; memory_bound above 2 GiB
 */
export async function readNpy(path: string): Promise<NpyArray> {
  const { size } = await stat(path);
  if (size > mostBytes) {
    throw new LabError('memory_bound', `${path} is larger than 2 GiB.`, 'Add a part of it.');
  }
  return parseNpy(await readFile(path), path);
}

/** The same of bytes in memory; `name` for sentences. */
export function parseNpy(bytes: Buffer, name: string): NpyArray {
  if (bytes.length < 10 || !bytes.subarray(0, 6).equals(magic)) {
    throw new LabError('bad_input', `${name} is no NPY file.`, 'Save it with numpy.save.');
  }
  const version = bytes[6];
  if (version < 1 || version > 3 || (version > 1 && bytes.length < 12)) {
    throw new LabError(
      'bad_input',
      `${name} is NPY version ${version}; 1 to 3 are read.`,
      'Save it with numpy.save.',
    );
  }
  const start = version === 1 ? 10 : 12;
  const headerBytes = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const header = bytes.subarray(start, start + headerBytes).toString(version === 3 ? 'utf8' : 'latin1');
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (fortran === undefined || sizes === undefined || headerBytes + start > bytes.length) {
    throw new LabError(
      'bad_input',
      `The header of ${name} cannot be read.`,
      'Save one array with numpy.save.',
    );
  }
  const shape = sizes.split(',').flatMap((s) => (s.trim() === '' ? [] : [Number(s)]));
  const reader = type === undefined ? undefined : readers[type.slice(1)];
  if (type === undefined || reader === undefined || (type.startsWith('>') && reader.bytes > 1)) {
    throw new LabError(
      'bad_input',
      `${name} holds values of type ${type ?? 'several fields'}, which are not read.`,
      "Save it as 32-bit floats: numpy.save(path, array.astype('<f4')).",
    );
  }
  if (fortran === 'True' && shape.filter((s) => s > 1).length > 1) {
    throw new LabError(
      'bad_input',
      `${name} was saved in Fortran order.`,
      'Save it in C order: numpy.save(path, numpy.ascontiguousarray(array)).',
    );
  }
  const count = shape.reduce((a, b) => a * b, 1);
  const body = bytes.subarray(start + headerBytes);
  if (body.length !== count * reader.bytes) {
    throw new LabError(
      'bad_input',
      `${name} should hold ${count} values of ${reader.bytes} bytes and holds ${body.length} bytes.`,
      'Save it again: it is cut off or damaged.',
    );
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const data = reader.bytes > 4 || type.endsWith('4') ? new Float64Array(count) : new Float32Array(count);
  if (type === '<f4') return { shape, data: float32s(view, count) };
  for (let i = 0; i < count; i++) data[i] = reader.at(view, i * reader.bytes);
  return { shape, data };
}

function float32s(view: DataView, count: number): Float32Array {
  const data = new Float32Array(count);
  new Uint8Array(data.buffer).set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return data;
}

/** An NPY file, version 1, of float32 or 16-bit whole numbers. */
export function npyBytes(data: Float32Array | Uint16Array, shape: readonly number[]): Buffer {
  const type = data instanceof Float32Array ? '<f4' : '<u2';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The values begin at a multiple of 64, and the header ends with a line feed.
  const padded = `${text.padEnd(64 * Math.ceil((10 + text.length + 1) / 64) - 10 - 1)}\n`;
  const head = Buffer.alloc(10);
  magic.copy(head);
  head[6] = 1;
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([
    head,
    Buffer.from(padded, 'latin1'),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
}
