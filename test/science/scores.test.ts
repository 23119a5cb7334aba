import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracyOf,
  decisionsOf,
  equalDecisions,
  nllOf,
  softmaxOf,
  topOf,
} from '../../src/main/science/scores';

const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 12 });

describe('scores', () => {
  it('go to the first of equal ones, in every row', () => {
    expect(topOf([9, 1, 3, 3, 0], 1, 4)).toBe(1);
    expect(topOf([5n, 7n, 7n], 0, 3)).toBe(1);
    expect([...decisionsOf([1, 1, 0, 2, 3, -1], 2)]).toEqual([0, 1, 0]);
    expect(equalDecisions([1, 0, 0, 1], [2, 1, 3, 1], 2)).toEqual([1, 0]);
    expect(accuracyOf([1, 0, 0, 1, 1, 0], [0, 1, 1])).toBeCloseTo(2 / 3, 12);
  });

  it('make probabilities that sum to one, however large they are, and flatter ones at a higher temperature', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: -1000, max: 1000 }), (row, shift) => {
        const p = softmaxOf(row, 0, row.length);
        expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        softmaxOf([7, ...row.map((z) => z + shift)], 1, row.length).forEach((v, c) => {
          expect(v).toBeCloseTo(p[c]!, 9);
        });
        const warm = softmaxOf(row, 0, row.length, 5);
        expect(Math.max(...warm)).toBeLessThanOrEqual(Math.max(...p) + 1e-12);
      }),
    );
  });

  it('have −ln p of a class, finite where p itself is 0', () => {
    fc.assert(
      fc.property(logits, fc.nat(), (row, at) => {
        const right = at % row.length;
        const p = softmaxOf(row, 0, row.length)[right]!;
        expect(Math.exp(-nllOf(row, 0, row.length, right))).toBeCloseTo(p, 9);
      }),
    );
    expect(nllOf([0, 2000], 0, 2, 0)).toBe(2000);
  });
});
