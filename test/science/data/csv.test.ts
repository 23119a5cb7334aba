import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../src/main/science/data/csv';
import { temporaryFolder } from '../../support/lab';

async function read(
  text: string,
  { labels = 'last', labelColumn = null }: { labels?: 'last' | 'none'; labelColumn?: string | null } = {},
) {
  const path = join(temporaryFolder(), 'data.csv');
  writeFileSync(path, text);
  return readCsv(path, { labels, labelColumn });
}

describe('CSV of examples', () => {
  it('takes the last column for labels, or one by its name', async () => {
    expect(await read('1,2.5,0\n-3,4e1,1\n')).toMatchObject({
      rows: 2,
      columns: 2,
      x: Float32Array.of(1, 2.5, -3, 40),
      labels: Float64Array.of(0, 1),
      names: null,
      labelName: 'column 3',
    });
    const named = { x: Float32Array.of(1, 2), labels: Float64Array.of(7), names: ['a', 'b'] };
    expect(await read('a,Label,b\n1,7,2')).toMatchObject({ ...named, labelName: 'Label' });
    expect(await read('kind,a,b\n7,1,2', { labelColumn: 'kind' })).toMatchObject({
      ...named,
      labelName: 'kind',
    });
    // Pixel columns may be called by numbers beside a named label.
    expect(await read('label,0,1\n7,1,2')).toMatchObject({ labels: Float64Array.of(7), names: ['0', '1'] });
    expect(await read('a,b\n1,2', { labels: 'none' })).toMatchObject({ columns: 2, labels: null });
  });

  it('reads quotes, semicolons, tabs, a byte order mark, CRLF and blank lines', async () => {
    expect(await read('\ufeff"a, of ""x""",b\r\n"1",0\r\n\r\n2,"1"\r\n')).toMatchObject({
      names: ['a, of "x"'],
      x: Float32Array.of(1, 2),
      labels: Float64Array.of(0, 1),
    });
    for (const d of [';', '\t'])
      expect(await read(`1${d}2${d}0\n3${d}4${d}1`)).toMatchObject({
        columns: 2,
        x: Float32Array.of(1, 2, 3, 4),
      });
  });

  it('reads back any table of 32-bit floats, across the pieces in which a file comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        async (rows) => {
          const text = rows.map((row) => row.join(',')).join('\n');
          const table = await read(text, { labels: 'none' });
          expect([...table.x].map((v) => v + 0)).toEqual(rows.flat().map((v) => v + 0));
        },
      ),
      { numRuns: 20 },
    );
    const many = 30_000;
    const big = await read(Array.from({ length: many }, (_, i) => `${i},${i / 2},${i % 3}`).join('\n'));
    expect(big.rows).toBe(many);
    expect(big.x[2 * (many - 1) + 1]).toBe((many - 1) / 2);
  });

  it.each([
    [
      '1,x,0',
      'a,b,label\n1,x,0',
      'Line 2, column 2 (“b”)',
      'holds “x”, which is no number',
      'number the classes from 0',
    ],
    ['a mixed first line', '1,x,0\n1,2,0', 'Line 1, column 2', 'holds “x”', 'number'],
    ['a decimal comma', '1,5;2,5;0\n1,5;2,5;1', 'Line 1, column 1', 'holds “1,5”', 'with a point'],
    ['an empty cell', '1,2,0\n1,,0', 'Line 2, column 2', 'is empty', 'Fill it'],
    ['NaN', 'a,b,y\n1,2,0\nNaN,2,0', 'Line 3, column 1 (“a”)', 'holds NaN', 'Fill it'],
    ['infinity', '1,2,0\n1,-inf,0', 'Line 2, column 2', 'holds -inf', 'Fill it'],
    ['too large', '1e39,2,0', 'Line 1, column 1', 'too large for 32 bits', 'Scale'],
    ['hexadecimal', '1,2,0\n0x10,2,0', 'Line 2, column 1', 'holds “0x10”', 'number'],
    ['a short line', '1,2,0\n1,2', 'Line 2', 'has 2 columns and the first line 3', 'same columns'],
    ['an open quotation mark', '1,"2,0', 'Line 1', 'not closed', 'quotation marks'],
    ['nothing', '', '', 'holds no examples', 'a line for each'],
    ['a header alone', 'a,b,label\n', '', 'holds no examples', 'a line for each'],
    ['labels alone', 'label\n1\n', '', 'has one column', '--labels'],
    ['row numbers of a data frame', ',a,label\n0,1,1', 'Column 1', 'has no name', 'index=False'],
    ['a picture', '\x89PNG\r\n\0\0\0', '', 'is no text file', 'CSV or an NPY'],
  ])('refuses %s in a sentence with a remedy', async (_, text, where, what, remedy) => {
    const failure = await read(text).then(
      () => null,
      (e) => e.failure,
    );
    expect(failure?.kind).toBe('bad_input');
    expect(failure.message).toContain(where);
    expect(failure.message).toContain(what);
    expect(failure.message).toMatch(/\.$/);
    expect(failure.remedy).toContain(remedy);
  });

  it('names the columns where the one asked for is missing', async () => {
    await expect(read('a,b\n1,0', { labelColumn: 'kind' })).rejects.toMatchObject({
      failure: { message: 'There is no column called “kind”.', remedy: 'The columns are a, b.' },
    });
    await expect(read('1,0\n1,1', { labelColumn: 'kind' })).rejects.toThrow('the first line holds numbers');
  });
});
