import { expect, it } from 'vitest';
import { perQuery, pickGross } from '../../../src/main/science/claims/ratio';
import { around, fakeMeasured } from '../../support/fakeBench';

it('the energy of one window has the interval of its sensor, of several that of their repeats, and none where there is none', () => {
  const grossAbsoluteJ = around(2, 0.2);
  const of = (grossJ: { value: number | null; low: number | null; high: number | null }) =>
    perQuery(fakeMeasured('a', { batch: 2, grossJ, grossAbsoluteJ }), pickGross);
  expect(of({ value: 2, low: null, high: null })).toEqual({ value: 1, low: 0.8, high: 1.2 });
  expect(of(around(2, 0.1))).toEqual({ value: 1, low: 0.9, high: 1.1 });
  expect(of({ value: null, low: null, high: null })).toBeNull();
});
