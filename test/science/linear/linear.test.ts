import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockShape, packBlocks, unpackBlocks } from '../../../src/main/science/linear/blocks';
import { lowRank, symmetricEigen } from '../../../src/main/science/linear/lowRank';
import {
  columnsOf,
  magnitudeMask,
  masked,
  rowsOf,
  strongestUnits,
} from '../../../src/main/science/linear/masks';
import {
  type Matrix,
  matrix,
  nonzero,
  product,
  relativeError,
  transposed,
} from '../../../src/main/science/linear/matrix';
import {
  dequantiseInt4,
  dequantiseInt8,
  quantiseInt4,
  quantiseInt8,
} from '../../../src/main/science/linear/quantise';
import { randomFrom } from '../../../src/shared/stats/random';

const sizes = { rows: fc.integer({ min: 1, max: 40 }), cols: fc.integer({ min: 1, max: 40 }) };
const seed = fc.integer({ min: 0, max: 2 ** 31 });

function randomMatrix(rows: number, cols: number, from: number): Matrix {
  const random = randomFrom(from);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );
}

describe('quantisation', () => {
  it('keeps each weight within half a step of its column', () => {
    fc.assert(
      fc.property(
        sizes.rows,
        sizes.cols,
        seed,
        fc.constantFrom<127 | 63>(127, 63),
        (rows, cols, s, levels) => {
          const m = randomMatrix(rows, cols, s);
          const q = quantiseInt8(m, levels);
          const back = dequantiseInt8(q);
          for (let i = 0; i < m.data.length; i++) {
            expect(Math.abs(back.data[i]! - m.data[i]!)).toBeLessThanOrEqual(q.scale[i % cols]! * 0.50001);
          }
          expect(q.q.every((code) => Math.abs(code) <= levels)).toBe(true);
        },
      ),
    );
  });

  it('is exact for columns that are whole multiples of their step, and for zero columns', () => {
    const codes = [127, -3, 0, 5, -127, 64];
    const m = matrix(6, 2, Float32Array.from(codes.flatMap((c) => [c / 8, 0])));
    expect(dequantiseInt8(quantiseInt8(m)).data).toEqual(m.data);
  });

  it('keeps int4 within half a step but for the far end, in blocks of its own scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        sizes.cols,
        seed,
        fc.constantFrom(16, 32, 64),
        (rows, cols, s, size) => {
          const m = randomMatrix(rows, cols, s);
          const q = quantiseInt4(m, size);
          const back = dequantiseInt4(q);
          for (let i = 0; i < m.data.length; i++) {
            const block = Math.floor(Math.floor(i / cols) / size);
            const step = Math.abs(q.scale[(i % cols) * q.blocks + block]!);
            // The side without the extra code ends at 7: what lies there may be cut by up to a step.
            expect(Math.abs(back.data[i]! - m.data[i]!)).toBeLessThanOrEqual(step * 1.00001);
          }
          expect(q.q.length).toBe((cols * q.blocks * size) / 2);
        },
      ),
    );
  });

  it('refuses a block that MatMulNBits cannot read', () => {
    expect(() => quantiseInt4(randomMatrix(40, 2, 1), 24)).toThrow(RangeError);
    expect(() => quantiseInt4(randomMatrix(40, 2, 1), 8)).toThrow(RangeError);
  });
});

describe('blocks', () => {
  const shape: BlockShape = { inputs: 4, outputs: 8 };

  it('unpacks to the matrix where every block is kept, whatever the sizes', () => {
    fc.assert(
      fc.property(sizes.rows, sizes.cols, seed, (rows, cols, s) => {
        const m = randomMatrix(rows, cols, s);
        expect(unpackBlocks(packBlocks(m, shape, Math.ceil(rows / 4))).data).toEqual(m.data);
      }),
    );
  });

  it('keeps the blocks of largest norm and leaves every kept weight as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 40 }), sizes.cols, seed, (rows, cols, s) => {
        const m = randomMatrix(rows, cols, s);
        const packed = packBlocks(m, shape, 2);
        const back = unpackBlocks(packed);
        expect(back.data.every((x, i) => x === 0 || x === m.data[i])).toBe(true);
        const norm = (o: number, b: number) => {
          let sum = 0;
          for (let k = b * 4; k < Math.min(rows, b * 4 + 4); k++) {
            for (let j = o * 8; j < Math.min(cols, o * 8 + 8); j++) sum += m.data[k * cols + j]! ** 2;
          }
          return sum;
        };
        for (let o = 0; o < packed.outputBlocks; o++) {
          const kept = Array.from(packed.index.subarray(o * 2, o * 2 + 2));
          const least = Math.min(...kept.map((b) => norm(o, b)));
          for (let b = 0; b < packed.inputBlocks; b++) {
            if (!kept.includes(b)) expect(norm(o, b)).toBeLessThanOrEqual(least);
          }
        }
      }),
    );
  });

  it('refuses to keep more blocks than there are', () => {
    expect(() => packBlocks(randomMatrix(8, 8, 1), shape, 3)).toThrow(RangeError);
  });
});

describe('low rank', () => {
  it('is exact for a matrix of that rank', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 30 }), fc.integer({ min: 6, max: 30 }), seed, (rows, cols, s) => {
        const m = product(randomMatrix(rows, 3, s), randomMatrix(3, cols, s + 1));
        const low = lowRank(m, 3);
        expect(relativeError(product(low.u, low.v).data, m.data)).toBeLessThan(1e-5);
        expect(low.relativeError).toBeLessThan(1e-3);
      }),
      { numRuns: 30 },
    );
  });

  it('is the best approximation: the error that is left is that of the smaller singular values', () => {
    const m = randomMatrix(30, 20, 7);
    const all = lowRank(m, 20).singularValues;
    for (const rank of [1, 5, 12]) {
      const low = lowRank(m, rank, { iterations: 12 });
      const left = Math.hypot(...all.subarray(rank)) / Math.hypot(...all);
      expect(low.relativeError).toBeCloseTo(left, 4);
      expect(relativeError(product(low.u, low.v).data, m.data)).toBeCloseTo(left, 4);
    }
  });

  it('finds eigenvalues: vectors times values times vectors gives the matrix back', () => {
    const a = randomMatrix(12, 12, 3);
    const s = Float64Array.from(
      { length: 144 },
      (_, i) => a.data[i]! + a.data[(i % 12) * 12 + Math.floor(i / 12)]!,
    );
    const { values, vectors } = symmetricEigen(s, 12);
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) {
        let sum = 0;
        for (let k = 0; k < 12; k++) sum += vectors[i * 12 + k]! * values[k]! * vectors[j * 12 + k]!;
        expect(sum).toBeCloseTo(s[i * 12 + j]!, 10);
      }
    }
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
  });
});

describe('masks', () => {
  it('keeps exactly that many, and none smaller than one it drops', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 60 }),
        seed,
        (values, s) => {
          const data = Float32Array.from(values);
          const keep = s % (data.length + 1);
          const mask = magnitudeMask(data, keep);
          expect(nonzero(mask)).toBe(keep);
          const dropped = Math.max(-1, ...values.filter((_, i) => !mask[i]).map(Math.abs));
          const least = Math.min(99, ...values.filter((_, i) => mask[i]).map(Math.abs));
          expect(least).toBeGreaterThanOrEqual(dropped);
          expect(masked(data, mask).every((x, i) => x === (mask[i] ? data[i] : 0))).toBe(true);
        },
      ),
    );
  });

  it('ranks units by what goes in and what comes out', () => {
    const into = matrix(2, 3, Float32Array.of(1, 3, 1, 0, 0, 1));
    const out = matrix(3, 1, Float32Array.of(5, 0.1, 2));
    expect(strongestUnits(into, out, 2)).toEqual([0, 2]);
    expect(columnsOf(into, [0, 2]).data).toEqual(Float32Array.of(1, 1, 0, 1));
    expect(rowsOf(out, [0, 2]).data).toEqual(Float32Array.of(5, 2));
  });

  it('transposes there and back', () => {
    const m = randomMatrix(3, 5, 2);
    expect(transposed(transposed(m)).data).toEqual(m.data);
    expect(transposed(m).data[1 * 3 + 2]).toBe(m.data[2 * 5 + 1]);
  });
});
