import { describe, expect, it } from 'vitest';
import { conditionKey } from '../../../src/main/science/claims/sparsityPlan';
import {
  judgeRobustness,
  robustnessTable,
  sparsityPublished,
} from '../../../src/main/science/claims/sparsityRobust';
import {
  judgeVariants,
  lossOf,
  variantRows,
  variantsTable,
} from '../../../src/main/science/claims/sparsityVariants';
import type { SparsityVariantsOutput } from '../../../src/main/science/sparsity/variantsTask';
import { around, fakeMeasured } from '../../support/fakeBench';
import { criterion, robustSeeds, seedOfVariants, variant } from './sparsityRows';

describe('C5, robustness: the rule', () => {
  const part = (gain: readonly number[], loss: readonly number[]) =>
    judgeRobustness(criterion, robustSeeds(gain, loss), 'mnist');

  it('supported: every interval above 0, accuracy within a point', () => {
    const found = part([15_000, 18_000, 16_000], [0.004, 0.005, 0.006]);
    expect(found.verdict).toBe('supported');
    expect(found.sentence).toMatch(/16,333 more \[.*\] over 3 seeds/);
    expect(found.sentence).toMatch(/0\.50 percentage points lower/);
  });

  it('refuted where the score falls or accuracy is lost, open where the interval straddles', () => {
    expect(part([-5000, -5200, -5100], [0, 0, 0]).verdict).toBe('refuted');
    expect(part([15_000, 15_100, 15_050], [0.03, 0.031, 0.032]).verdict).toBe('refuted');
    expect(part([15_000, -9000, 1000], [0, 0, 0]).verdict).toBe('inconclusive');
    expect(part([15_000], [0]).verdict).toBe('not_measured');
  });

  it('puts the papers’ figures beside ours only for pictures', () => {
    const pictures = robustSeeds([15_000, 18_000], [0, 0]);
    expect(sparsityPublished(pictures, null)[1]!.ours).toMatch(/noise score 106,500/);
    const other = pictures.map((s) => ({ ...s, form: 'sequence' as const }));
    expect(
      sparsityPublished(other, null)
        .slice(0, 4)
        .every((p) => p.ours === null),
    ).toBe(true);
    expect(robustnessTable(other).note).toMatch(/not Numenta’s task/);
    expect(robustnessTable(pictures).rows).toHaveLength(2);
  });
});

describe('C5, variants: the rule', () => {
  const times = (own: Record<string, number>) =>
    new Map(
      Object.entries({ 'variant-fp32': 1, ...own }).flatMap(([key, factor]) =>
        [1, 256].map((batch) => [
          conditionKey(key, batch),
          fakeMeasured(key, { batch, p50S: around(1e-5 * batch * factor) }),
        ]),
      ),
    );
  const part = (results: SparsityVariantsOutput['results'], own: Record<string, number>) => {
    const rows = variantRows([seedOfVariants([variant('fp32', 0, 0), ...results])], times(own));
    return { rows, part: judgeVariants(criterion, rows, { provider: 'cpu', dataset: 'mnist' }) };
  };

  it('counts a variant only where it keeps accuracy and is faster', () => {
    const good = part([variant('units', 20, 15)], { 'variant-units': 0.1 }).part;
    expect(good.verdict).toBe('supported');
    expect(part([variant('units', 400, 20)], { 'variant-units': 0.1 }).part.verdict).toBe('refuted');
    expect(part([variant('pruned', 20, 15)], { 'variant-pruned': 1 }).part.verdict).not.toBe('supported');
    const both = part([variant('units', 20, 15), variant('pruned', 400, 15)], {
      'variant-units': 0.1,
      'variant-pruned': 1,
    }).part;
    expect(both.verdict).toBe('within_limits');
    expect(both.boundary).toMatch(/units \(batch 1, 256\)/);
  });

  it('shows int8 and small networks without letting them decide', () => {
    const found = part([variant('int8', 1, 1), variant('distilled', 1, 1)], {
      'variant-int8': 0.1,
      'variant-distilled': 0.1,
    }).part;
    expect(found.verdict).toBe('not_measured');
    expect(found.findings.every((f) => f.shownOnly)).toBe(true);
  });

  it('computes what early exit costs from its share and its two costs, and says so', () => {
    const { rows, part: found } = part([variant('early-exit', 5, 5)], { taken: 0.2, passed: 1.2 });
    const [, early] = rows;
    expect(early!.at).toHaveLength(1);
    expect(early!.at[0]!.time!.value).toBeCloseTo(1e-5 * (0.75 * 0.2 + 0.25 * 1.2), 12);
    expect(early!.at[0]!.speedup!.value).toBeCloseTo(1 / 0.45, 6);
    expect(early!.at[0]!.speedup!.low).toBeLessThan(1 / 0.45);
    expect(found.findings.every((f) => f.condition.includes('≈ computed'))).toBe(true);
    expect(variantsTable(rows, seedOfVariants([])).note).toMatch(/75\.0 % of the test examples/);
  });

  it('has an interval of the loss from the examples told apart, or over seeds', () => {
    const one = lossOf([{ lost: 30, won: 10, testSet: 'a' }], 10_000);
    expect(one.value).toBeCloseTo(0.002, 12);
    expect(one.high - one.value).toBeCloseTo((1.96 * Math.sqrt(40 - 400 / 10_000)) / 10_000, 9);
    expect(lossOf([{ lost: 0, won: 0, testSet: 'a' }], 100).high).toBeGreaterThan(0);
    const seeds = lossOf(
      [
        { lost: 30, won: 10, testSet: 'a' },
        { lost: 50, won: 10, testSet: 'b' },
      ],
      10_000,
    );
    expect(seeds.value).toBeCloseTo(0.003, 12);
    expect(seeds.low).toBeLessThan(0.002);
  });
});
