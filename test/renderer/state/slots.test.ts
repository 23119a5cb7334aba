import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotsFor } from '../../../src/renderer/state/slots';

const keys = fc.uniqueArray(fc.string(), { maxLength: 7 });

describe('colours and shapes', () => {
  it('up to seven new keys get seven different slots', () => {
    fc.assert(
      fc.property(keys, (some) => {
        const { slots } = slotsFor(some, {});
        expect(new Set(Object.values(slots)).size).toBe(some.length);
      }),
    );
  });

  it('a key keeps its slot, whatever is shown with it later', () => {
    fc.assert(
      fc.property(keys, keys, (first, second) => {
        const known = slotsFor(first, {}).fresh;
        const { slots } = slotsFor([...second, ...first], known);
        for (const key of first) expect(slots[key]).toBe(known[key]);
      }),
    );
  });

  it('names such as constructor are keys like any other', () => {
    expect(slotsFor(['constructor', 'toString'], {}).slots).toEqual({ constructor: 0, toString: 1 });
  });

  it('an eighth repeats a slot and stays one of the seven', () => {
    const { slots } = slotsFor(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], {});
    expect(slots.h).toBeGreaterThanOrEqual(0);
    expect(slots.h).toBeLessThan(7);
  });
});

describe('slots of one view', () => {
  it('tells up to seven runs apart, also two that got the same slot in different views, and stores nothing for that', () => {
    const known = { a: 0, b: 0, c: 3 };
    const { slots, fresh } = slotsFor(['a', 'b', 'c', 'd'], known);
    expect(slots.a).toBe(0);
    expect(slots.c).toBe(3);
    expect(new Set(Object.values(slots)).size).toBe(4);
    expect(Object.keys(fresh)).toEqual(['d']);
  });

  it('the first seven runs ever compared get seven slots, in whatever views', () => {
    let known: Record<string, number> = {};
    for (const pair of [['a', 'b'], ['c', 'd'], ['e', 'f'], ['g']])
      known = { ...known, ...slotsFor(pair, known).fresh };
    expect(new Set(Object.values(known)).size).toBe(7);
  });
});
