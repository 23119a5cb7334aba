import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, csvHeader, csvLines } from '../../src/shared/csv';
import { parseCsv } from '../support/csv';

const columns: Column<string[]>[] = ['a', 'b'].map((name, i) => ({ name, of: (row) => row[i] }));
const text = fc.string({ unit: fc.constantFrom('a', 'ü', ',', '"', '\r', '\n', '=', '-', "'", ' ', '\t') });

describe('CSV', () => {
  it('every text comes back, with one apostrophe before what a spreadsheet would run', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (rows) => {
        const back = parseCsv(csvHeader(columns) + csvLines(columns, rows));
        expect(back[0]).toEqual(['a', 'b']);
        const guarded = (t: string) => (/^[=+\-@\t\r']/.test(t) ? `'${t}` : t);
        expect(back.slice(1)).toEqual(rows.map((row) => row.map(guarded)));
        for (const cell of back.slice(1).flat()) expect(cell).not.toMatch(/^[=+\-@]/);
      }),
    );
  });

  it('every number comes back as it was; what is no number is an empty cell', () => {
    const one: Column<number>[] = [{ name: 'x', of: (x) => x }];
    fc.assert(
      fc.property(fc.double(), (x) => {
        const cell = csvLines(one, [x]).replace('\r\n', '');
        if (Number.isFinite(x)) expect(Number(cell)).toBe(x === 0 ? 0 : x);
        else expect(cell).toBe('');
      }),
    );
  });

  it('null is empty, true and large whole numbers are themselves', () => {
    const mixed: Column<null>[] = [
      { name: 'a', of: () => null },
      { name: 'b', of: () => true },
      { name: 'c', of: () => 2n ** 63n },
    ];
    expect(csvLines(mixed, [null])).toBe(',true,9223372036854775808\r\n');
  });
});
