import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batches,
  columnsOf,
  compareKeys,
  count,
  dateTime,
  explained,
  inKeyOrder,
  oneOf,
  ordinal,
  quantity,
  text,
} from '../../../src/main/lab/export/tables/columns';
import { ucumOf } from '../../../src/main/lab/export/tables/ucum';
import type { Cell } from '../../../src/shared/csv';

interface Row {
  a: number | null;
  b: number | null;
  why: string | null;
}
const columns = columnsOf<Row>(
  explained('missing_reason', (r) => r.why, [
    quantity('a_s', 'A.', (r) => r.a),
    quantity('b_J', 'B.', (r) => r.b),
  ]),
);
const cells = (row: Row): Cell[] => columns.map((c) => c.of(row));

describe('explained columns', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(null, -0, Number.NaN, Infinity, -Infinity));
  it('holds finite numbers, and a reason exactly where one is missing', () => {
    fc.assert(
      fc.property(number, number, fc.constantFrom(null, '', 'NO_SENSOR'), (a, b, why) => {
        const [x, y, reason] = cells({ a, b, why });
        for (const [given, cell] of [
          [a, x],
          [b, y],
        ]) {
          expect(cell).toBe(given === null || !Number.isFinite(given) ? null : given === 0 ? 0 : given);
          expect(Object.is(cell, -0)).toBe(false);
        }
        const nonFinite = [a, b].some((v) => v !== null && !Number.isFinite(v));
        const gap = a === null || b === null;
        expect(reason).toBe(nonFinite ? 'non-finite' : gap ? why || 'not recorded' : null);
      }),
    );
  });

  it('may be empty and name their reason, which comes last', () => {
    expect(columns.map((c) => [c.name, c.nullable, c.missing])).toEqual([
      ['a_s', true, 'missing_reason'],
      ['b_J', true, 'missing_reason'],
      ['missing_reason', true, undefined],
    ]);
  });
});

describe('columns', () => {
  it('take their unit from the suffix, and refuse a quantity without one', () => {
    const units = ['t_s', 'e_J', 'p_W', 'm_By', 'k_Cel', 'f_Hz', 'r_ratio', 'n_count'].map(
      (name) => quantity<null>(name, 'X.', () => 1).unit,
    );
    expect(units).toEqual(['s', 'J', 'W', 'By', 'Cel', 'Hz', '1', '1']);
    expect(() => quantity<null>('latency_ms', 'X.', () => 1)).toThrow('latency_ms');
    expect(() => count<null>('runs', 'X.', () => 1)).toThrow('runs');
    expect(ordinal<null>('seed', 'X.', () => 1).unit).toBeNull();
  });

  it('give null for an empty text and undefined, and whole seconds of UTC for a time', () => {
    const [a, b, c, d] = columnsOf<null>(
      text('a', 'A.', () => ''),
      oneOf('b', ['x'], 'B.', () => undefined),
      dateTime('c', 'C.', () => Date.UTC(2026, 0, 15, 10, 0, 0, 999)),
      dateTime('d', 'D.', () => 0),
    ).map((column) => column.of(null));
    expect([a, b, c, d]).toEqual([null, null, '2026-01-15T10:00:00Z', '1970-01-01T00:00:00Z']);
  });
});

describe('the order of rows', () => {
  it('is that of UTF-16 code units for text and of size for numbers', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.string({ unit: fc.constantFrom('a', 'b', 'Z', 'é', '😀', 'ﬁ', '\ud800'), maxLength: 2 }),
            fc.integer(),
          ),
          { maxLength: 20 },
        ),
        (keys) => {
          const table = {
            primaryKey: ['name', 'n'],
            columns: columnsOf<(typeof keys)[number]>(
              ordinal('n', 'N.', (r) => r[1]),
              text('name', 'Name.', (r) => `.${r[0]}`),
            ),
          };
          const sorted = inKeyOrder(table, keys);
          const texts = sorted.map(([name]) => name);
          expect(texts).toEqual(keys.map(([name]) => name).toSorted());
          const falls = (row: (typeof keys)[number], i: number) =>
            i > 0 && sorted[i - 1]![0] === row[0] && sorted[i - 1]![1] > row[1];
          expect(sorted.some(falls)).toBe(false);
        },
      ),
    );
  });

  it('puts 9 before 10, a prefix before what it begins, and 😀 (D83D) before ﬁ (FB01)', () => {
    expect(compareKeys([9], [10])).toBe(-1);
    expect(compareKeys(['a', 1], ['ab', 0])).toBe(-1);
    expect(compareKeys(['😀'], ['ﬁ'])).toBe(-1);
    expect(compareKeys([1n, 'x'], [1n, 'x'])).toBe(0);
  });
});

it('cuts rows into batches without loss', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 9 }), (rows, size) => {
      const cut = [...batches(rows, size)];
      expect(cut.flat()).toEqual(rows);
      expect(cut.slice(0, -1).every((b) => b.length === size)).toBe(true);
      expect(cut.every((b) => b.length > 0)).toBe(true);
    }),
  );
});

it('writes units as UCUM does', () => {
  expect(
    ['J', '1', 's', 'B', '1/J', 'byte/s', 'kWh', '$', '10⁶ $', 'no unit', 'TOPS per €', ''].map(ucumOf),
  ).toEqual(['J', '1', 's', 'By', 'J-1', 'By/s', 'kW.h', 'USD', '10*6.USD', '1', '{TOPS_per_}', null]);
});
