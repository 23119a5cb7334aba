import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/main/science/pathkernel/path';
import { leastSquaresSlope } from '../../../src/shared/stats/leastSquares';
import { rebuilt } from './support';

const sizes = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  features: fc.integer({ min: 1, max: 12 }),
  n: fc.integer({ min: 3, max: 25 }),
});
const training = fc.record({
  hidden: fc.integer({ min: 1, max: 12 }),
  classes: fc.integer({ min: 2, max: 5 }),
  eta: fc.constantFrom(0.5, 0.25, 0.1),
  steps: fc.integer({ min: 1, max: 40 }),
  batch: fc.constantFrom(null, 3),
  momentum: fc.constantFrom(0, 0.5, 0.9),
});

describe('the exact discrete path kernel', () => {
  it.each(['tanh', 'relu'] as const)(
    'rebuilds a %s network to 1e-10 after every step, whatever its size, seed, batches and momentum',
    (activation) => {
      fc.assert(
        fc.property(sizes, training, (size, setup) => {
          // As the claim has it: momentum μ takes 1/(1 − μ) times the step.
          const eta = setup.eta * (1 - setup.momentum);
          const { by, divergedAt } = rebuilt(size, { ...setup, eta, activation, rules: ['closed'] });
          expect(divergedAt).toBeNull();
          expect(by.closed!.largestEver).toBeLessThan(1e-10);
          expect(by.closed!.agreement).toBe(1);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('misses by rounding alone, in proportion to the logits, where steps are so long that these grow without sense', () => {
    fc.assert(
      fc.property(
        sizes,
        training,
        fc.constantFrom('tanh' as const, 'relu' as const),
        (size, setup, activation) => {
          const { by, largestLogit } = rebuilt(size, {
            ...setup,
            eta: 4 * setup.eta,
            activation,
            rules: ['closed'],
          });
          expect(by.closed!.largestEver).toBeLessThan(1e-12 * Math.max(100, largestLogit!));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is as exact for tanh by Gauss–Legendre with 16 points at steps that a person would take', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { by } = rebuilt(size, { eta: 0.1 });
        expect(by.gauss!.largestEver).toBeLessThan(1e-10);
      }),
      { numRuns: 20 },
    );
  });

  it('stays exact at steps so long that quadrature fails', () => {
    const { by } = rebuilt({ seed: 3, features: 6, n: 12 }, { eta: 8, steps: 20 });
    expect(by.left!.largestEver).toBeGreaterThan(1);
    expect(by.gauss!.largestEver).toBeGreaterThan(1e-6);
    expect(by.closed!.largestEver).toBeLessThan(1e-10);
  });
});

describe('the order of the rules', () => {
  const etas = [1 / 8, 1 / 16, 1 / 32];
  const slope = (rule: string, activation: 'tanh' | 'relu') => {
    const slopes = [1, 2, 3].map((seed) => {
      const errors = etas.map(
        (eta) => rebuilt({ seed, features: 6, n: 20 }, { eta, steps: 8 / eta, activation }).by[rule]!.mean,
      );
      return leastSquaresSlope(etas.map(Math.log), errors.map(Math.log))!;
    });
    return slopes.reduce((a, b) => a + b) / slopes.length;
  };

  it('is 1 at the left end and 2 for trapezoid and midpoint with tanh', () => {
    expect(slope('left', 'tanh')).toBeCloseTo(1, 0.8);
    expect(slope('trapezoid', 'tanh')).toBeCloseTo(2, 0.8);
    expect(slope('midpoint', 'tanh')).toBeCloseTo(2, 0.8);
  });

  it('is held near 1 by the kinks of ReLU, where even 16 Gauss points are far from 1e-10', () => {
    expect(slope('gauss', 'relu')).toBeLessThan(1.6);
    const { by } = rebuilt({ seed: 1, features: 6, n: 20 }, { activation: 'relu', eta: 0.125, steps: 64 });
    expect(by.gauss!.largest).toBeGreaterThan(1e-7);
    expect(by.closed!.largest).toBeLessThan(1e-12);
  });
});

describe('what must break it', () => {
  const size = { seed: 5, features: 5, n: 18 };
  const broken = (tamper: (step: Step) => Step, over = {}) =>
    rebuilt(size, { batch: 6, rules: ['closed'], ...over }, tamper).by.closed!.largest;

  it('is exact where nothing is tampered with', () => {
    expect(broken((s) => s)).toBeLessThan(1e-10);
    expect(broken((s) => s, { momentum: 0.9 })).toBeLessThan(1e-10);
  });

  it('a backward rule without the slope of the activation', () => {
    // dh = W2·r in place of φ'(a)∘(W2·r): with tanh, φ' = 1 − h².
    const wrong = (s: Step): Step => ({
      ...s,
      side: { ...s.side, dh: s.side.dh.map((v, i) => v / (1 - s.side.h[i]! ** 2)) },
    });
    expect(broken(wrong)).toBeGreaterThan(1e-3);
  });

  it('a forgotten indicator of the batch: other examples than those of the step', () => {
    const wrong = (s: Step): Step => ({ ...s, batch: s.batch.map((i) => (i + 1) % size.n) });
    expect(broken(wrong)).toBeGreaterThan(1e-3);
    expect(broken(wrong, { momentum: 0.9 })).toBeGreaterThan(1e-3);
  });

  it('momentum in the training and none in the sum', () => {
    const { by } = rebuilt({ ...size }, { momentum: 0.5, rules: ['closed'] }, (s) => ({
      ...s,
      side: {
        ...s.side,
        // Takes the faded part off again: only the newest batch is left.
        r: s.side.r.map((v) => 0.5 * v),
        dh: s.side.dh.map((v) => 0.5 * v),
      },
    }));
    expect(by.closed!.largest).toBeGreaterThan(1e-3);
  });
});

it('tells a training that diverges from a sum that misses', () => {
  const result = rebuilt({ seed: 1, features: 4, n: 8 }, { activation: 'relu', eta: 1e200, steps: 5 });
  expect(result.divergedAt).toBeGreaterThanOrEqual(1);
  expect(result.rules).toEqual([]);
  expect(result.movement).toBeNull();
});

it('keeps the error of every step up to 64 and of evenly spread ones beyond', () => {
  const few = rebuilt({ seed: 1, features: 3, n: 6 }, { steps: 10 });
  expect(few.keptSteps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const many = rebuilt({ seed: 1, features: 3, n: 6 }, { steps: 200, rules: ['left'] });
  expect(many.keptSteps).toHaveLength(64);
  expect(many.keptSteps.at(-1)).toBe(200);
  expect(many.by.left!.trace).toHaveLength(64);
});
