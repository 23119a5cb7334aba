import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedRows } from '../../../src/main/lab/export/cells';
import { csvPieces } from '../../../src/main/lab/export/csvFile';
import type { BundleColumn } from '../../../src/main/lab/export/types';
import type { Cell } from '../../../src/shared/csv';
import { textOf } from '../../support/bundleBytes';
import { batchesOf, tableOf, typedTable } from '../../support/typedTable';

const column = (name: string, part: Partial<BundleColumn<Cell[]>> = {}): BundleColumn<Cell[]> => ({
  name,
  type: 'string',
  unit: null,
  nullable: true,
  description: 'Made up.',
  of: (row) => row[0]!,
  ...part,
});

describe('the CSV of a table', () => {
  it('is UTF-8 without a mark, comma, CRLF, a header; what is missing is empty; -0 is 0', () => {
    const columns = [
      column('name'),
      column('x_s', { type: 'number', of: (row) => row[1]! }),
      column('ok', { type: 'boolean', of: (row) => row[2]! }),
    ];
    const rows: Cell[][] = [
      ['a,"b"\r\nä', 1.5, true],
      ['', Number.NaN, null],
      [null, Number.POSITIVE_INFINITY, false],
      ['-1', -0, true],
      ["'x", 1e-7, true],
    ];
    expect(textOf(csvPieces({ columns }, checkedRows({ name: 't', columns }, [rows])))).toBe(
      'name,x_s,ok\r\n"a,""b""\r\nä",1.5,true\r\n,,\r\n,,false\r\n\'-1,0,true\r\n\'\'x,1e-7,true\r\n',
    );
  });

  it('reads back by csv-parse as it was, one leading apostrophe taken away', () => {
    fc.assert(
      fc.property(typedTable, (table) => {
        const read = parse(textOf(csvPieces(tableOf(table), batchesOf(table))), {
          relax_column_count: false,
        });
        expect(read.slice(1).map((line: string[]) => line.map((c) => c.replace(/^'/, '')))).toEqual(
          table.rows.map((row) =>
            row.map((cell) =>
              cell === null || (typeof cell === 'number' && !Number.isFinite(cell))
                ? ''
                : typeof cell === 'string'
                  ? cell.toWellFormed()
                  : String(Object.is(cell, -0) ? 0 : cell),
            ),
          ),
        );
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['null where the column is never empty', { nullable: false }, null],
    ["'' where the column is never empty", { nullable: false }, ''],
    ['NaN where the column is never empty', { nullable: false, type: 'number' }, Number.NaN],
    ['a number in a column of text', {}, 1],
    ['text in a column of numbers', { type: 'number' }, '1'],
    ['1.5 in a column of whole numbers', { type: 'integer' }, 1.5],
    ['a number too large to be exact', { type: 'integer' }, 2 ** 53],
    ['a whole number of more than 64 bits', { type: 'integer' }, 2n ** 63n],
    ['a time with a fraction', { type: 'datetime' }, '2026-01-15T10:00:00.5Z'],
    ['a time without a zone', { type: 'datetime' }, '2026-01-15T10:00:00'],
    ['a day that is none', { type: 'datetime' }, '2026-13-15T10:00:00Z'],
    ['1 in a column of yes and no', { type: 'boolean' }, 1],
  ] as [string, Partial<BundleColumn<Cell[]>>, Cell][])('is refused with %s', (_what, part, cell) => {
    const columns = [column('x', part)];
    const write = () => textOf(csvPieces({ columns }, checkedRows({ name: 'runs', columns }, [[[cell]]])));
    expect(write).toThrow(/The column x of the table runs/);
  });
});
