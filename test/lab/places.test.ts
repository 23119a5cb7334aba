import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlRecipe, placesOf } from '../../src/main/lab/places';
import { expandPlan, type PlanInput, planSchema, presets } from '../../src/shared/plan';

const places = (plan: Omit<PlanInput, 'schema'>) =>
  placesOf(planSchema.parse({ schema: 'thirtywatts.plan/1', ...plan }));
const told = (list: ReturnType<typeof placesOf>) => list.map((p) => (p.role === 'measure' ? p.text : p.role));

describe('the places of a plan', () => {
  it('of one block are as listed, between the two halves of the control, with the call overhead last', () => {
    expect(told(places({ models: ['a', 'b'] }))).toEqual(['control', 'a', 'b', 'control', 'overhead']);
    expect(told(places({ models: ['a', 'b'], control: false, callOverhead: false }))).toEqual(['a', 'b']);
  });

  it('of a glance have no control: it is no evidence', () => {
    expect(told(places({ models: ['a'], preset: 'glance', callOverhead: false }))).toEqual(['a']);
  });

  it('have one control for each provider, a small dense model twice', () => {
    const controls = places({
      models: ['a', 'b'],
      providers: ['cpu', 'webgpu'],
      threads: [2, 4],
      batches: [1, 8],
    }).filter((p) => p.role === 'control');
    expect(
      controls.map((p) => [p.text, p.condition.provider, p.condition.threads, p.condition.batch]),
    ).toEqual([
      [controlRecipe, 'cpu', 2, 1],
      [controlRecipe, 'webgpu', 2, 1],
      [controlRecipe, 'cpu', 2, 1],
      [controlRecipe, 'webgpu', 2, 1],
    ]);
    expect(new Set(controls.map((p) => p.turn!.entry)).size).toBe(4);
  });

  it('of blocks: each entry once in each, controls among them, with turn and fixed windows', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 2, max: 8 }),
        fc.nat(1000),
        fc.boolean(),
        (models, blocks, seed, control) => {
          const all = places({ models, blocks, seed, control, preset: 'standard' });
          const turns = all.filter((p) => p.role !== 'overhead');
          const entries = models.length + (control ? 2 : 0);
          expect(turns).toHaveLength(entries * blocks);
          turns.forEach((p, i) => {
            expect(p.turn).toMatchObject({ block: Math.floor(i / entries), position: i % entries, blocks });
            expect(p.condition.windows).toBe(presets.standard.turnWindows);
          });
          for (let block = 0; block < blocks; block++) {
            const own = turns.filter((p) => p.turn!.block === block).map((p) => p.turn!.entry);
            expect([...own].sort((a, b) => a - b)).toEqual(Array.from({ length: entries }, (_, i) => i));
          }
          // One entry is one condition, whichever block.
          for (const p of turns)
            expect(p.condition).toEqual(turns.find((q) => q.turn!.entry === p.turn!.entry)!.condition);
          expect(all.map((p) => p.ordinal)).toEqual(all.map((_, i) => i));
          expect(places({ models, blocks, seed, control, preset: 'standard' })).toEqual(all);
        },
      ),
      { seed: 30, numRuns: 60 },
    );
  });

  it('measure every condition of the plan, and the overhead in no block', () => {
    const plan = planSchema.parse({
      schema: 'thirtywatts.plan/1',
      models: ['a', 'b'],
      batches: [1, 4],
      engines: ['capi', 'package'],
      blocks: 3,
    });
    const all = placesOf(plan);
    const measured = all.filter((p) => p.role === 'measure').map((p) => JSON.stringify(p.condition));
    expect(new Set(measured)).toEqual(new Set(expandPlan(plan).map((c) => JSON.stringify(c))));
    const overhead = all.filter((p) => p.role === 'overhead');
    expect(overhead.map((p) => [p.condition.engine, p.turn, p.condition.windows])).toEqual([
      ['capi', undefined, undefined],
      ['package', undefined, undefined],
    ]);
  });
});
