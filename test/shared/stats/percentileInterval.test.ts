import fc from 'fast-check';
import { expect, it } from 'vitest';
import { percentileInterval } from '../../../src/shared/stats/percentileInterval';

it('cuts 2.5 % of the draws off each end, in whatever order they come', () => {
  const draws = Array.from({ length: 1001 }, (_, i) => (i * 5) % 1001);
  expect(percentileInterval(500, draws)).toEqual({ value: 500, low: 25, high: 975 });
});

it('holds its value and leaves the draws as they are', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(number, fc.array(number, { minLength: 1 }), (value, draws) => {
      const before = [...draws];
      const { low, high } = percentileInterval(value, draws);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(draws).toEqual(before);
    }),
  );
});
