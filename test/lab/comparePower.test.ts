import { describe, expect, it } from 'vitest';
import type { ComparedQuantity } from '../../src/shared/comparison';
import { swingingPlan } from '../support/comparePlans';
import { claimed, verdictShares } from '../support/compareShares';

const all: ComparedQuantity[] = ['p50S', 'p95S', 'grossJ', 'netJ', 'throughputHz'];

describe('what a comparison claims', () => {
  it('A/A: a difference in at most 5 % of 2,000 plans, for every quantity', () => {
    const found = verdictShares(1, 2000, swingingPlan, all);
    for (const quantity of all) expect(claimed(found.get(quantity)), quantity).toBeLessThanOrEqual(0.05);
    // Something is claimed now and then, or the rule would be deaf; and a control fails about as often as its test may.
    expect(claimed(found.get('p50S'))).toBeGreaterThan(0);
    expect(found.get('p50S')!.refused).toBeLessThanOrEqual(0.05);
    const calm = verdictShares(1, 1000, {}, all);
    for (const quantity of all) expect(claimed(calm.get(quantity)), quantity).toBeLessThanOrEqual(0.05);
  });

  it('control: the same drift and shifts compared A then B claim a difference far more often', () => {
    const drifting = { drift: 0.003 };
    const apart = verdictShares(1, 300, { ...drifting, order: 'A then B' }, ['p50S', 'grossJ'], 'apart');
    const inTurn = verdictShares(1, 300, drifting, ['p50S', 'grossJ']);
    for (const quantity of ['p50S', 'grossJ'] as const) {
      expect(claimed(apart.get(quantity))).toBeGreaterThan(0.15);
      expect(claimed(inTurn.get(quantity))).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / 300));
    }
  });

  it('finds 3 % in at least 80 % of standard plans (run-to-run noise of 1 %), and on the right side', () => {
    const found = verdictShares(1, 500, { effect: -0.03 }, ['p50S', 'grossJ']);
    for (const quantity of ['p50S', 'grossJ'] as const) {
      expect(found.get(quantity)!.lower, quantity).toBeGreaterThanOrEqual(0.8);
      expect(found.get(quantity)!.higher).toBe(0);
    }
  });
});
