import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandPlan, planSchema, presets } from '../../src/shared/plan';

const minimal = { schema: 'thirtywatts.plan/1' as const, models: ['a'] };

describe('a plan', () => {
  it('needs only its models; the rest has defaults that a reader can see', () => {
    expect(planSchema.parse(minimal)).toMatchObject({
      providers: ['cpu'],
      engines: ['capi'],
      batches: [1],
      threads: [1],
      preset: 'standard',
      seed: 1,
      fallback: 'none',
    });
  });

  it('refuses keys that it does not know', () => {
    expect(planSchema.safeParse({ ...minimal, batch: 4 }).success).toBe(false);
  });

  it('expands to every combination once', () => {
    const list = (max: number) => fc.uniqueArray(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        list(64),
        list(8),
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
        (batches, threads, models) => {
          const conditions = expandPlan(
            planSchema.parse({ ...minimal, models, batches, threads, engines: ['capi', 'package'] }),
          );
          expect(conditions).toHaveLength(models.length * batches.length * threads.length * 2);
          expect(new Set(conditions.map((c) => JSON.stringify(c))).size).toBe(conditions.length);
        },
      ),
      { seed: 30 },
    );
  });

  it('takes the window of its preset unless it names one', () => {
    expect(expandPlan(planSchema.parse(minimal))[0].windowS).toBe(presets.standard.windowS);
    expect(expandPlan(planSchema.parse({ ...minimal, windowS: 7 }))[0].windowS).toBe(7);
  });
});
