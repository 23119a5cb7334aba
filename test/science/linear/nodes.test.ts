import fc from 'fast-check';
import { expect, it } from 'vitest';
import { floats } from '../../../src/main/models/builders/parts';
import { openOrt } from '../../../src/main/runner/ort/free';
import { packBlocks, unpackBlocks } from '../../../src/main/science/linear/blocks';
import { lowRank } from '../../../src/main/science/linear/lowRank';
import { type Matrix, matrix, product, relativeError } from '../../../src/main/science/linear/matrix';
import {
  blockNodes,
  int4Nodes,
  int8Nodes,
  lowRankNodes,
  type Piece,
} from '../../../src/main/science/linear/nodes';
import {
  dequantiseInt4,
  dequantiseInt8,
  quantiseInt4,
  quantiseInt8,
} from '../../../src/main/science/linear/quantise';
import { randomFrom } from '../../../src/shared/stats/random';

const ort = openOrt();

function randomMatrix(rows: number, cols: number, from: number): Matrix {
  const random = randomFrom(from);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );
}

/** What the piece gives for x, with and without a bias of ones. */
async function outputOf(piece: (bias: string | null) => Piece, x: Matrix, cols: number) {
  const answers: Float32Array[] = [];
  for (const bias of [null, 'b']) {
    const { nodes, initializers, domains } = piece(bias);
    const session = await ort.open(
      {
        name: 'piece',
        nodes,
        initializers:
          bias === null ? initializers : [...initializers, floats('b', [cols], Array(cols).fill(1))],
        inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', x.cols] }],
        outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', cols] }],
      },
      { domains },
    );
    const { y } = await session.run({ x: { elemType: 'float32', dims: [x.rows, x.cols], data: x.data } });
    expect(y!.dims).toEqual([x.rows, cols]);
    answers.push(y!.data as Float32Array);
    await session.close();
  }
  expect(answers[1]!.every((v, i) => Math.abs(v - 1 - answers[0]![i]!) < 1e-3)).toBe(true);
  return answers[0]!;
}

const ends = (bias: string | null) => ({ x: 'x', y: 'y', prefix: 'p', bias });
const size = fc.integer({ min: 1, max: 70 });

it('computes what its packed weights stand for: blocks and low rank at any size and batch', async () => {
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 1, max: 9 }), async (rows, cols, batch) => {
      const m = randomMatrix(rows, cols, rows * 100 + cols);
      const x = randomMatrix(batch, rows, batch);
      const packed = packBlocks(m, { inputs: 8, outputs: 16 }, Math.ceil(rows / 16));
      const blocks = await outputOf((bias) => blockNodes(packed, ends(bias)), x, cols);
      expect(relativeError(blocks, product(x, unpackBlocks(packed)).data)).toBeLessThan(1e-5);
      const low = lowRank(m, Math.max(1, Math.floor(Math.min(rows, cols) / 3)));
      const reduced = await outputOf((bias) => lowRankNodes(low, ends(bias)), x, cols);
      expect(relativeError(reduced, product(x, product(low.u, low.v)).data)).toBeLessThan(1e-4);
    }),
    { numRuns: 12 },
  );
});

it('computes int8 and int4 close to the weights they stand for', async () => {
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 1, max: 9 }), async (rows, cols, batch) => {
      const m = randomMatrix(rows, cols, rows * 100 + cols);
      const x = randomMatrix(batch, rows, batch);
      const eight = quantiseInt8(m, 63);
      const int8 = await outputOf((bias) => int8Nodes(eight, ends(bias)), x, cols);
      // Activations lose up to half of 1/255 of their range.
      expect(relativeError(int8, product(x, dequantiseInt8(eight)).data)).toBeLessThan(0.05);
      const four = quantiseInt4(m, 32);
      const int4 = await outputOf((bias) => int4Nodes(four, ends(bias)), x, cols);
      expect(relativeError(int4, product(x, dequantiseInt4(four)).data)).toBeLessThan(0.05);
    }),
    { numRuns: 12 },
  );
});

it('notices a wrong packing', async () => {
  const m = randomMatrix(32, 48, 1);
  const x = randomMatrix(4, 32, 2);
  const packed = packBlocks(m, { inputs: 8, outputs: 16 }, 2);
  const wrong = { ...packed, index: packed.index.map((i) => (i + 1) % packed.inputBlocks) };
  const y = await outputOf((bias) => blockNodes(wrong, ends(bias)), x, 48);
  expect(relativeError(y, product(x, unpackBlocks(packed)).data)).toBeGreaterThan(0.1);
});
