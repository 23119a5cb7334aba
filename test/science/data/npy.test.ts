import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { npyBytes, parseNpy } from '../../../src/main/science/data/npy';
import { bytesOf, npyOf } from '../../support/data';

describe('NPY files', () => {
  it.each([
    ['<f4', Float32Array.of(1.5, -2, 3, 4)],
    ['<f8', Float64Array.of(1.1, -2, 3, 4)],
    ['|u1', Uint8Array.of(1, 255, 3, 4)],
    ['|i1', Int8Array.of(1, -128, 3, 4)],
    ['<i2', Int16Array.of(1, -300, 3, 4)],
    ['<u2', Uint16Array.of(1, 65535, 3, 4)],
    ['<i4', Int32Array.of(1, -70000, 3, 4)],
    ['<u4', Uint32Array.of(1, 4e9, 3, 4)],
    ['<i8', BigInt64Array.of(1n, -5n, 3n, 4n)],
  ] as const)('holds %s', (descr, data) => {
    for (const version of [1, 2, 3]) {
      const read = parseNpy(npyOf(descr, [2, 2], bytesOf(data), { version }), 'x');
      expect(read.shape).toEqual([2, 2]);
      expect([...read.data]).toEqual([...data].map(Number));
    }
  });

  it('reads what it writes, padded as NumPy pads', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 60 }), (values) => {
        const data = Float32Array.from(values);
        const bytes = npyBytes(data, [values.length, 1]);
        expect((bytes.length - data.byteLength) % 64).toBe(0);
        expect(parseNpy(bytes, 'x')).toEqual({ shape: [values.length, 1], data });
      }),
    );
    expect([...parseNpy(npyBytes(Uint16Array.of(0, 999), [2]), 'x').data]).toEqual([0, 999]);
  });

  it('refuses the rest with the line of NumPy that helps', () => {
    const ones = bytesOf(Float32Array.of(1, 1, 1, 1));
    expect(() => parseNpy(Buffer.from('PK not npy'), 'x')).toThrow('x is no NPY file.');
    expect(() => parseNpy(npyOf('<f4', [2, 2], ones, { fortran: true }), 'x')).toThrow('Fortran order');
    // One column is the same in both orders.
    expect(parseNpy(npyOf('<f4', [4, 1], ones, { fortran: true }), 'x').shape).toEqual([4, 1]);
    for (const descr of ['>f4', '<f2', '<c8', '|O', '<U3'])
      expect(() => parseNpy(npyOf(descr, [2, 2], ones), 'x')).toThrow(`values of type ${descr}`);
    expect(() => parseNpy(npyOf('<f4', [2, 3], ones), 'x')).toThrow(
      'should hold 6 values of 4 bytes and holds 16',
    );
    const version9 = npyOf('<f4', [2, 2], ones);
    version9[6] = 9;
    expect(() => parseNpy(version9, 'x')).toThrow('NPY version 9');
    const noHeader = npyOf('<f4', [2, 2], ones);
    noHeader.fill(32, 12, 40);
    expect(() => parseNpy(noHeader, 'x')).toThrow('header');
  });
});
