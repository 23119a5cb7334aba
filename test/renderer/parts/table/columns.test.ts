import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  headerOf,
  numberText,
  scaleOf,
  type TableColumn,
  tsvOf,
} from '../../../../src/renderer/parts/table/columns';
import { between, lineOfKey, toggled } from '../../../../src/renderer/parts/table/selection';
import { summaryOf, summaryWords } from '../../../../src/renderer/parts/table/summary';

describe('units of a column', () => {
  it('are those of the median: it reads between 1 and 1000', () => {
    const values = fc.array(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, (some) => {
        const { scale } = scaleOf(some, 's');
        const middle = [...some].sort((a, b) => a - b)[Math.floor((some.length - 1) / 2)];
        expect(middle / scale).toBeGreaterThanOrEqual(0.999);
        expect(middle / scale).toBeLessThan(1000.5);
      }),
    );
  });

  it('stand in the header, and the cell has the number alone', () => {
    const scale = scaleOf([1e-3, 2e-3, 5, null], 's');
    expect(headerOf('p50', scale)).toBe('p50 (ms)');
    expect(numberText(1.2345e-3, scale)).toBe('1.23');
    expect(numberText(5, scale)).toBe('5,000');
    expect(numberText(1.2345e-3, scale, { estimate: true })).toBe('≈ 1.2');
    expect(headerOf('Parameters', scaleOf([1e6, 2e6], ''))).toBe('Parameters (M)');
    expect(headerOf('Batch', scaleOf([1000], '', true))).toBe('Batch');
    // No k1/s.
    expect(headerOf('Items a second', scaleOf([2e5, 3e5], '1/s'))).toBe('Items a second (1/s)');
    expect(scaleOf([null, null], 'W')).toEqual({ scale: 1, unit: 'W' });
  });
});

describe('copied text', () => {
  it('has one line a row and one cell a column, whatever the names hold', () => {
    const columns: TableColumn<{ name: string; size: number | null }>[] = [
      { id: 'name', title: 'Name', value: (r) => r.name },
      { id: 'size', title: 'Energy', value: (r) => r.size, number: { unit: 'J' } },
    ];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ name: fc.string({ unit: 'binary' }), size: fc.option(fc.double(), { nil: null }) }),
        ),
        (rows) => {
          const lines = tsvOf(rows, columns).split('\n');
          expect(lines[0]).toBe('Name\tEnergy (J)');
          expect(lines).toHaveLength(rows.length + 1);
          for (const line of lines) expect(line.split('\t')).toHaveLength(2);
        },
      ),
    );
  });
});

describe('summaries', () => {
  it('are ranges below six values and 95 % intervals of the median from six on', () => {
    expect(summaryOf([])).toBeNull();
    expect(summaryOf([3, 1, 2])).toEqual({ n: 3, centre: 2, low: 1, high: 3, spread: 'range' });
    // Ranks 2 and 9 of ten: 1 − 2·P(B ≤ 1), B ~ Binomial(10, ½), is 97.9 %. Source: any table of the sign test.
    expect(summaryOf([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual({
      n: 10,
      centre: 5.5,
      low: 2,
      high: 9,
      spread: 'interval',
    });
    expect(summaryWords(summaryOf([1, 2, 3])!, 2)).toBe(
      'Median of n = 3, lowest to highest. 2 left out: invalid or absent.',
    );
  });

  it('hold their centre between their ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 }),
        (values) => {
          const { low, centre, high } = summaryOf(values.map((v) => v / 4))!;
          expect(low).toBeLessThanOrEqual(centre);
          expect(centre).toBeLessThanOrEqual(high);
        },
      ),
    );
  });
});

describe('selection', () => {
  const ids = ['a', 'b', 'c', 'd'];
  it('extends between two lines in either direction', () => {
    expect(between(ids, 'd', 'b')).toEqual(['b', 'c', 'd']);
    expect(between(ids, null, 'b')).toEqual(['b']);
    expect(between(ids, 'gone', 'c')).toEqual(['c']);
    expect(between(ids, 'a', 'gone')).toEqual([]);
  });

  it('takes several in or, where all are in, out', () => {
    expect(toggled(new Set(['a']), ['a', 'b'])).toEqual(new Set(['a', 'b']));
    expect(toggled(new Set(['a', 'b', 'c']), ['a', 'b'])).toEqual(new Set(['c']));
  });

  it('moves by keys and never leaves the table', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(60),
        (key, count, at) => {
          const next = lineOfKey(key, Math.min(at, count) - 1, count, 10)!;
          expect(next).toBeGreaterThanOrEqual(0);
          expect(next).toBeLessThan(count);
        },
      ),
    );
    expect(lineOfKey('ArrowDown', 3, 0, 10)).toBeNull();
    expect(lineOfKey('x', 3, 5, 10)).toBeNull();
    expect(lineOfKey('PageDown', 3, 100, 10)).toBe(13);
  });
});
