import { describe, expect, it } from 'vitest';
import { accuracyChange } from '../../../src/main/science/claims/accuracyChange';
import { fewerChipsClaim, fewerChipsOutcome } from '../../../src/main/science/claims/fewerChips';
import type { VariantKind, VariantResult } from '../../../src/main/science/sparsity/variantsTask';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { nvidiaRevenue } from '../../../src/shared/essay';
import { randomFrom } from '../../../src/shared/stats/random';
import { around, fakeJudge, fakeMeasured } from '../../support/fakeBench';

const { prediction } = fewerChipsClaim.text;
const result = (kind: VariantKind, over: Partial<VariantResult> = {}): VariantResult => ({
  kind,
  models: [kind],
  name: kind,
  accuracy: 0.95,
  lost: 10,
  won: 10,
  parameters: 1000,
  parametersNonzero: 1000,
  fileBytes: 4000,
  exitShare: null,
  ...over,
});
const unknown = { value: null, low: null, high: null };

/** The guide's example: 260,000 and 1,220,000 queries/s at batch 256; 2.6 times at batch 1. */
function outcomeOf(int8: { batch1S: number; batch256S: number | null; lost?: number }, inputs = {}) {
  const time = (key: string, batch: number, seconds: number | null) =>
    [
      `${key} ${batch}`,
      fakeMeasured(
        `${key} ${batch}`,
        seconds === null
          ? { batch, p50S: unknown, p95S: unknown }
          : { batch, p50S: around(seconds), p95S: around(1.1 * seconds) },
        6,
      ),
    ] as const;
  return fewerChipsOutcome(fakeJudge(prediction, { inputs }), {
    kinds: ['fp32', 'int8'],
    seeds: [1, 2, 3].map(() => [
      result('fp32', { lost: 0, won: 0 }),
      result('int8', { lost: int8.lost ?? 10 }),
    ]),
    testExamples: 10_000,
    testSets: ['one', 'two', 'three'],
    measured: new Map([
      time('fp32', 1, 37e-6),
      time('fp32', 256, 256 / 260_000),
      time('int8', 1, int8.batch1S),
      time('int8', 256, int8.batch256S),
    ]),
  });
}

describe('C9, fewer chips', () => {
  it('holds from the load on where one device no longer does, and prints it', () => {
    const outcome = outcomeOf({ batch1S: 14.5e-6, batch256S: 256 / 1_220_000 });
    expect(outcome.verdict).toBe('within_limits');
    // One base device serves 0.6 · 260,000/s = 156,000/s.
    expect(outcome.boundary).toMatch(/At batch 256 int8 needs fewer devices from 1,000,000 queries\/s on/);
    const devices = outcome.tables.find((t) => t.key === 'devices')!.rows;
    const of = (name: string, batch: number) => devices.find((r) => r[0] === name && r[1] === batch)![2];
    expect([of('fp32', 256), of('int8', 256)]).toEqual([7, 2]);
  });

  it('is refuted by a variant that is slower, at every load', () => {
    const outcome = outcomeOf({ batch1S: 50e-6, batch256S: 256 / 200_000 });
    expect(outcome.verdict).toBe('refuted');
  });

  it('stays inconclusive where the accuracy is not shown to be equal', () => {
    const outcome = outcomeOf({ batch1S: 14.5e-6, batch256S: 256 / 1_220_000, lost: 200 });
    expect(outcome.verdict).toBe('inconclusive');
    expect(outcome.sentence).toMatch(/No variant of equal accuracy is shown to be faster/);
  });

  it('counts no call that takes longer than the limit', () => {
    const outcome = outcomeOf({ batch1S: 14.5e-6, batch256S: 256 / 1_220_000 }, { 'latency-limit': 1e-4 });
    const [, large] = outcome.parts;
    expect(large!.findings.filter((f) => f.criterion === 'fewer').every((f) => f.state === 'missing')).toBe(
      true,
    );
  });

  it('says of a time that was not measured that it was not, and nothing of devices', () => {
    const outcome = outcomeOf({ batch1S: 14.5e-6, batch256S: null });
    const [, large] = outcome.parts;
    expect(large!.verdict).toBe('not_measured');
    expect(large!.sentence).toMatch(/nothing can be said of devices: the time .* was not measured\./);
    expect(outcome.sentence).not.toMatch(/batch 256 no variant/);
  });

  it('names no load from which a variant helps whose calls come too late', () => {
    const outcome = outcomeOf({ batch1S: 14.5e-6, batch256S: 256 / 1_220_000 }, { 'latency-limit': 1e-4 });
    expect(outcome.parts[1]!.sentence).toMatch(/takes longer than the limit/);
    expect(outcome.parts[1]!.sentence).not.toMatch(/from .* on/);
  });

  it('draws the essay’s revenue, whose columns add up', () => {
    const figure = outcomeOf({ batch1S: 14.5e-6, batch256S: 256 / 1_220_000 }).figures[1]!;
    const sums = nvidiaRevenue.quarters.map((_, q) =>
      figure.panels[0]!.series.reduce((sum, s) => sum + s.points[q]!.y, 0),
    );
    expect(sums).toEqual([...nvidiaRevenue.total]);
  });

  it('announces its steps', () => {
    const steps = fewerChipsClaim.steps(claimOptionsSchema.parse({}));
    expect(steps.reduce((sum, s) => sum + s.expectedS, 0)).toBeLessThanOrEqual(120);
    expect(new Set(steps.map((s) => s.key)).size).toBe(steps.length);
  });
});

describe('the change of accuracy', () => {
  it('covers the truth in 95 % of simulated pairs, with and without differences between seeds', () => {
    const random = randomFrom(11);
    for (const sd of [0, 0.004]) {
      let covered = 0;
      const rounds = 1500;
      for (let i = 0; i < rounds; i++) {
        const seeds = Array.from({ length: 5 }, (_, seed) => {
          const [n, shift] = [2000, sd * random.normal()];
          let [lost, won] = [0, 0];
          for (let k = 0; k < n; k++) {
            const u = random.uniform();
            if (u < 0.02 - shift / 2) lost += 1;
            else if (u < 0.04) won += 1;
          }
          return { lost, won, n, testSet: String(seed) };
        });
        const { low, high } = accuracyChange(seeds)!;
        if (low <= 0 && 0 <= high) covered += 1;
      }
      expect(covered / rounds).toBeGreaterThan(0.93);
      expect(covered / rounds).toBeLessThan(0.99);
    }
  });

  it('takes seeds on one test set for one sample of examples', () => {
    const seeds = (sets: string[]) => sets.map((testSet) => ({ lost: 40, won: 40, n: 2000, testSet }));
    const width = (sets: string[]) => accuracyChange(seeds(sets))!.high;
    expect(width(['a', 'a', 'a', 'a'])).toBeCloseTo(width(['a']), 12);
    expect(width(['a', 'b', 'c', 'd'])).toBeCloseTo(width(['a']) / 2, 12);
  });

  it('has no value without an example', () => expect(accuracyChange([])).toBeNull());
});
