import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderOf } from '../../src/shared/order';

const entriesOf = fc.integer({ min: 0, max: 12 });
const seeds = fc.nat(2 ** 32 - 1);
const listed = (n: number) => Array.from({ length: n }, (_, i) => i);
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);

describe('the order of a plan', () => {
  it('runs every entry once in every block', () => {
    fc.assert(
      fc.property(entriesOf, fc.integer({ min: 1, max: 40 }), seeds, (entries, blocks, seed) => {
        const order = orderOf(entries, blocks, seed);
        expect(order).toHaveLength(blocks);
        for (const block of order) expect(sorted(block)).toEqual(listed(entries));
      }),
      { seed: 30 },
    );
  });

  it('has each entry once at each place over every full square', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        seeds,
        (entries, squares, seed) => {
          const order = orderOf(entries, squares * entries, seed);
          for (let first = 0; first < order.length; first += entries) {
            const square = order.slice(first, first + entries);
            for (let place = 0; place < entries; place++)
              expect(sorted(square.map((block) => block[place]!))).toEqual(listed(entries));
          }
        },
      ),
      { seed: 30 },
    );
    // The control: independent shuffles are no square.
    const shuffles = listed(5).map((block) => orderOf(5, 5, block)[0]!);
    const isSquare = listed(5).every((place) => new Set(shuffles.map((b) => b[place])).size === 5);
    expect(isSquare).toBe(false);
  });

  it('of two is A B, B A, A B …, and the seed says which is first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), seeds, (blocks, seed) => {
        const order = orderOf(2, blocks, seed);
        const [first] = order as [[number, number]];
        for (const [b, block] of order.entries())
          expect(block).toEqual(b % 2 === 0 ? first : [first[1], first[0]]);
      }),
      { seed: 30 },
    );
    const firsts = new Set(Array.from({ length: 20 }, (_, seed) => orderOf(2, 2, seed)[0]![0]));
    expect(firsts).toEqual(new Set([0, 1]));
  });

  it('is the same for one seed, and another for others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        seeds,
        (entries, blocks, seed) => {
          expect(orderOf(entries, blocks, seed)).toEqual(orderOf(entries, blocks, seed));
        },
      ),
      { seed: 30 },
    );
    const orders = new Set(Array.from({ length: 200 }, (_, seed) => JSON.stringify(orderOf(6, 6, seed))));
    expect(orders.size).toBe(200);
  });

  it('of one block is as the plan lists it, whatever the seed', () => {
    fc.assert(
      fc.property(entriesOf, seeds, (entries, seed) => {
        expect(orderOf(entries, 1, seed)).toEqual([listed(entries)]);
      }),
      { seed: 30 },
    );
  });

  it('puts every entry first about equally often over seeds', () => {
    const counts = listed(5).map(() => 0);
    for (let seed = 0; seed < 2000; seed++) counts[orderOf(5, 5, seed)[0]![0]!]! += 1;
    // 400 expected, sd 18.
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(5 * 18);
  });
});
