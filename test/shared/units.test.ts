import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatEstimate,
  formatInterval,
  formatPercent,
  formatQuantity,
  formatSi,
  significant,
} from '../../src/shared/units';

describe('numbers on screen', () => {
  it.each([
    [0.0123, 'J', '12.3 mJ'],
    [1.05e-6, 's', '1.05 µs'],
    [1.34e6, '', '1.34 M'],
    [999.6, 'W', '1.00 kW'],
    [0.9996, 'W', '1.00 W'],
    [100, 'W', '100 W'],
    [0, 'J', '0 J'],
    [-0.00254, 'J', '-2.54 mJ'],
    [1e-4, 'J', '100 µJ'],
    [7, '', '7.00'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(formatSi(value, unit)).toBe(text);
  });

  it('keeps an interval in the unit of its value', () => {
    expect(formatInterval(138e-6, 136e-6, 141e-6, 's')).toBe('138 µs [136, 141]');
    expect(formatInterval(0.95, 0.912, 1.0403, 's')).toBe('950 ms [912, 1,040]');
    expect(formatInterval(9.5, 9.12, 10.43, 'J')).toBe('9.50 J [9.12, 10.4]');
  });

  it('marks an estimate and gives it two digits', () => {
    expect(formatEstimate(0.01234, 'J')).toBe('≈ 12 mJ');
    expect(formatEstimate(0.1234, 'J')).toBe('≈ 120 mJ');
  });

  it('counts, shares and durations', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(formatCount(999)).toBe('999');
    expect([counted(1, 'run'), counted(0, 'run'), counted(1234, 'accuracy', 'accuracies')]).toEqual([
      '1 run',
      '0 runs',
      '1,234 accuracies',
    ]);
    expect([0, 412, 999, 1000, 1_234_567].map(formatBytes)).toEqual([
      '0 B',
      '412 B',
      '999 B',
      '1.00 kB',
      '1.23 MB',
    ]);
    expect(formatPercent(0.0935)).toBe('9.35 %');
    expect([0, 65, 599.6, 3723].map(formatDuration)).toEqual(['00:00', '01:05', '10:00', '1:02:03']);
  });

  it('reads back to half a unit of the last digit, and never shows 0 for what is not', () => {
    const prefixes: Record<string, number> = { '': 0, p: -12, n: -9, µ: -6, m: -3, k: 3, M: 6, G: 9, T: 12 };
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e14, noNaN: true }), (value) => {
        const [digits, unit] = formatSi(value, 'J').split(' ');
        const back = Number(`${digits}e${prefixes[unit!.slice(0, -1)]}`);
        expect(Math.abs(back / value - 1)).toBeLessThanOrEqual(0.005 + 1e-9);
      }),
      { seed: 30 },
    );
  });

  it('writes small counts whole and large ones with a prefix', () => {
    expect([0, 1, 999, 1000, 65_536].map(formatQuantity)).toEqual(['0', '1', '999', '1.00 k', '65.5 k']);
  });

  it('refuses what is no number', () => {
    expect(() => significant(Number.NaN, 3)).toThrow(RangeError);
  });
});
