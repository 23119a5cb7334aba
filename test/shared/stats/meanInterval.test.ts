import fc from 'fast-check';
import { expect, it } from 'vitest';
import { meanInterval } from '../../../src/shared/stats/meanInterval';
import { randomFrom } from '../../../src/shared/stats/random';

it('is Student’s interval: 1, 2, 3 gives 2 ± 4.303/√3', () => {
  const found = meanInterval([1, 2, 3])!;
  expect(found.value).toBe(2);
  expect(found.high - 2).toBeCloseTo(4.302652729911275 / Math.sqrt(3), 6);
  expect(found.low).toBeCloseTo(4 - found.high, 9);
});

it('has none below two values or for what is no number', () => {
  expect(meanInterval([1])).toBeNull();
  expect(meanInterval([])).toBeNull();
  expect(meanInterval([1, Number.NaN])).toBeNull();
});

it('covers the mean of normal values in about 95 % of samples, and moves with them', () => {
  const random = randomFrom(3);
  let covered = 0;
  for (let i = 0; i < 2000; i++) {
    const e = meanInterval([random.normal(), random.normal(), random.normal(), random.normal()])!;
    if (e.low <= 0 && e.high >= 0) covered++;
  }
  expect(covered / 2000).toBeGreaterThan(0.93);
  expect(covered / 2000).toBeLessThan(0.97);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2 }),
      fc.integer(),
      (values, by) => {
        const shift = by % 1000;
        const [a, b] = [meanInterval(values)!, meanInterval(values.map((v) => v + shift))!];
        expect(b.low).toBeCloseTo(a.low + shift, 6);
      },
    ),
  );
});
