import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableColumn } from '../../../../src/renderer/parts/table/columns';
import {
  groupRows,
  linesOf,
  naturalKey,
  sortRows,
  summaryOfGroup,
} from '../../../../src/renderer/parts/table/lines';

interface Row {
  id: string;
  name: string | null;
  size: number | null;
}
const columns: TableColumn<Row>[] = [
  { id: 'name', title: 'Name', value: (r) => r.name },
  { id: 'size', title: 'Size', value: (r) => r.size, number: { unit: 'J' } },
];
const rowId = (row: Row) => row.id;
const someRows = fc
  .array(
    fc.record({
      name: fc.option(fc.constantFrom('mlp-2', 'mlp-10', 'MLP-2', 'cnn', 'constructor'), { nil: null }),
      size: fc.option(fc.constantFrom(-1, 0, 1e-9, 3, 1e9), { nil: null }),
    }),
    { maxLength: 60 },
  )
  .map((rows) => rows.map((row, i) => ({ ...row, id: String(i) })));

describe('sorting', () => {
  it('keeps every row, puts absent values last both ways, and is stable', () => {
    fc.assert(
      fc.property(someRows, fc.boolean(), (rows, desc) => {
        const sorted = sortRows(rows, columns, [{ id: 'size', desc }]);
        expect([...sorted].map(rowId).sort()).toEqual(rows.map(rowId).sort());
        for (let i = 1; i < sorted.length; i++) {
          const [a, b] = [sorted[i - 1], sorted[i]];
          if (b.size === null) {
            if (a.size === null) expect(Number(a.id)).toBeLessThan(Number(b.id));
            continue;
          }
          expect(a.size).not.toBeNull();
          if (a.size === b.size) expect(Number(a.id)).toBeLessThan(Number(b.id));
          else expect(desc ? a.size! > b.size : a.size! < b.size).toBe(true);
        }
      }),
    );
  });

  it('the second column breaks the ties of the first', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const by = [
          { id: 'name', desc: false },
          { id: 'size', desc: true },
        ];
        const sorted = sortRows(rows, columns, by);
        for (let i = 1; i < sorted.length; i++) {
          const [a, b] = [sorted[i - 1], sorted[i]];
          if (a.name === b.name && a.size !== null && b.size !== null)
            expect(a.size).toBeGreaterThanOrEqual(b.size);
        }
      }),
    );
  });

  it('reads digits as numbers and ignores case; an unknown column changes nothing', () => {
    expect(naturalKey('mlp-2') < naturalKey('MLP-10')).toBe(true);
    const rows = [{ id: '1', name: 'b', size: 1 }];
    expect(sortRows(rows, columns, [{ id: 'gone', desc: false }])).toBe(rows);
  });
});

describe('groups', () => {
  it('hold every row once, and open ones show their rows under their head', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const groups = groupRows(rows, columns[0], columns, []);
        expect(groups.flatMap((g) => g.rows.map(rowId)).sort()).toEqual(rows.map(rowId).sort());
        expect(new Set(groups.map((g) => g.id)).size).toBe(groups.length);
        expect(linesOf(rows, rowId, groups, () => false)).toHaveLength(groups.length);
        expect(linesOf(rows, rowId, groups, () => true)).toHaveLength(groups.length + rows.length);
      }),
    );
  });

  it('stand in the order of their medians where the table is sorted by a number', () => {
    const rows = [
      { id: '1', name: 'a', size: 9 },
      { id: '2', name: 'a', size: 1 },
      { id: '3', name: 'a', size: 8 },
      { id: '4', name: 'b', size: 2 },
      { id: '5', name: 'c', size: null },
    ];
    const sorts = [{ id: 'size', desc: false }];
    const order = groupRows(sortRows(rows, columns, sorts), columns[0], columns, sorts).map((g) => g.label);
    expect(order).toEqual(['b', 'a', 'c']);
  });

  it('leave out values that do not count', () => {
    const counting = { ...columns[1], number: { unit: 'J', counts: (r: Row) => r.name !== 'bad' } };
    const rows = [
      { id: '1', name: 'good', size: 1 },
      { id: '2', name: 'bad', size: 1000 },
      { id: '3', name: 'good', size: null },
    ];
    expect(summaryOfGroup(rows, counting)).toMatchObject({ n: 1, centre: 1 });
    expect(summaryOfGroup(rows, columns[1])).toMatchObject({ n: 2, centre: 500.5 });
  });
});
