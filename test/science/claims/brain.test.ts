import { describe, expect, it } from 'vitest';
import { brainClaim, brainOutcome } from '../../../src/main/science/claims/brain';
import { equalities, furthest, premises } from '../../../src/main/science/claims/brainFigures';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { around, fakeJudge, fakeMeasured } from '../../support/fakeBench';

const { prediction } = brainClaim.text;
const sizes = [1e4, 5e4, 2e5, 1e6, 4e6, 2e7];
/** J = 2 µJ · (parameters/1e4)^0.9, one use of each parameter. */
const measured = (energy: boolean) =>
  sizes.map((parameters) =>
    fakeMeasured(`mlp-${parameters}`, {
      parameters,
      macs: parameters,
      macsEffective: parameters,
      grossJ: energy ? around(2e-6 * (parameters / 1e4) ** 0.9) : { value: null, low: null, high: null },
      powerMeanW: energy ? 50 : null,
    }),
  );

describe('C8, the brain', () => {
  it('recomputes the essay’s arithmetic from its own inputs', () => {
    const byText = (part: string) => equalities.find((e) => e.text.includes(part))!;
    expect(byText('streaming').recomputed).toBe(1_625_000);
    expect(byText('home').recomputed).toBeNull();
    for (const quarter of equalities.filter((e) => e.text.includes('revenue')))
      expect(quarter.recomputed).toBe(quarter.stated);
  });

  it('flags the premises that others put more than a factor of two away', () => {
    const factor = (text: string) => furthest(premises.find((p) => p.text.includes(text))!);
    expect(factor('streaming')).toBeCloseTo(800 / 77, 9);
    expect(factor('Synapses')).toBeCloseTo(10, 9);
    expect(factor('GPT-3')).toBeCloseTo(1300 / 190, 9);
    expect(factor('Power')).toBe(1.5);
  });

  it('supports the arithmetic, limits the premises, never compares brain and machine', () => {
    for (const energy of [true, false]) {
      const outcome = brainOutcome(fakeJudge(prediction), measured(energy));
      expect(outcome.parts.map((p) => p.verdict)).toEqual(['supported', 'within_limits', 'not_measured']);
      expect(outcome.verdict).toBe('within_limits');
      expect(outcome.boundary).toMatch(/streaming/);
    }
  });

  it('refutes arithmetic that is wrong and premises that nobody shares, by the thresholds predicted', () => {
    const strict = {
      ...prediction,
      criteria: prediction.criteria.map((c) => ({ ...c, threshold: c.key === 'premise' ? 1 : c.threshold })),
    };
    const outcome = brainOutcome(fakeJudge(strict), measured(false));
    expect(outcome.parts[1]!.verdict).toBe('refuted');
    expect(outcome.verdict).toBe('within_limits');
  });

  it('continues the measured curve to the brain’s size, marked, and without energy draws none', () => {
    const [panel] = brainOutcome(fakeJudge(prediction), measured(true)).figures[0]!.panels;
    const continued = panel!.series.find((s) => s.extrapolated)!;
    const [from, to] = continued.points;
    expect(from!.x).toBeCloseTo(2e7, 0);
    expect(to!.x).toBe(1e14);
    // Uses per joule grow with the power 0.1: by 10^0.67 over the 6.7 decades.
    expect(to!.y / from!.y).toBeCloseTo((1e14 / 2e7) ** 0.1, 1);
    const [without] = brainOutcome(fakeJudge(prediction), measured(false)).figures[0]!.panels;
    expect(without!.series.every((s) => s.points.length === 0)).toBe(true);
    expect(without!.references).toHaveLength(1);
  });

  it('announces what it measures', () => {
    const seconds = (form: 'glance' | 'full') =>
      brainClaim.steps(claimOptionsSchema.parse({ form })).reduce((sum, step) => sum + step.expectedS, 0);
    expect(seconds('glance')).toBeLessThanOrEqual(120);
    expect(seconds('full')).toBeGreaterThan(seconds('glance'));
  });
});
