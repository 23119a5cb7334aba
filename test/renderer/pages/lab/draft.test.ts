import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../../src/main/lab/places';
import {
  autoName,
  emptyDraft,
  matching,
  modelLabel,
  parseNumbers,
  planOfDraft,
  quickstartPlan,
  readDraft,
  runsOfPlan,
  storedDraft,
} from '../../../../src/renderer/pages/lab/draft';
import { ladderOf } from '../../../../src/renderer/pages/lab/ladderOf';
import { parseRecipe } from '../../../../src/shared/ladder';
import { engines, planSchema, presetNames, providers } from '../../../../src/shared/plan';
import { fakeModel } from '../../../support/fakeRecords';

const models = [fakeModel('one', 1000), fakeModel('two', 2000, 'imported')];
const context = { models, dims: {}, refused: new Map<string, string>() };
const draft = { ...emptyDraft, models: [models[0].id] };

const list = <T>(from: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: from.length });
const plans = fc.record({
  schema: fc.constant('thirtywatts.plan/1' as const),
  name: fc.string({ maxLength: 40 }),
  models: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }),
  providers: list(providers),
  engines: list(engines),
  batches: fc.uniqueArray(fc.integer({ min: 1, max: 65536 }), { minLength: 1, maxLength: 4 }),
  threads: fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 3 }),
  preset: fc.constantFrom(...presetNames),
  callOverhead: fc.boolean(),
});

describe('the draft of a plan', () => {
  it('comes back from the settings as it went in', () => {
    fc.assert(
      fc.property(plans, (input) => {
        const plan = planSchema.parse(input);
        expect(readDraft(storedDraft(plan))).toEqual(plan);
      }),
    );
    expect(readDraft(storedDraft({ ...emptyDraft, windowS: undefined }))).toEqual(emptyDraft);
  });

  it('is empty where what was stored cannot be read', () => {
    for (const stored of [
      null,
      7,
      'x',
      [],
      { schema: 'thirtywatts.plan/9' },
      { ...(storedDraft(draft) as object), batches: [0] },
    ])
      expect(readDraft(stored as never)).toEqual(emptyDraft);
  });

  it('says the first thing that it lacks', () => {
    const problem = (over: object, own = context) => planOfDraft({ ...draft, ...over }, own).problem;
    expect(problem({})).toBeNull();
    expect(problem({ models: [] })).toContain('model');
    expect(problem({ providers: [] })).toContain('provider');
    expect(problem({ engines: [] })).toContain('engine');
    expect(problem({ batches: [] })).toContain('batch');
    expect(problem({ threads: [] })).toContain('threads');
    const refused = new Map([['cuda', 'it is not in this build.']]);
    expect(problem({ providers: ['cpu', 'cuda'] }, { ...context, refused })).toBe(
      'cuda cannot be used on this machine: it is not in this build.',
    );
  });

  it('takes the sizes it is given, and values of inputs that its models have', () => {
    const values = { x: 3, gone: 1 };
    const own = models[0].inputs[0].name;
    const { plan } = planOfDraft(
      { ...draft, values: { ...values, [own]: 5 } },
      { ...context, dims: { sequence: 128 } },
    );
    expect(plan?.dims).toEqual({ sequence: 128 });
    expect(Object.keys(plan?.values ?? {})).toEqual([...new Set([own])]);
    const built = planOfDraft({ ...draft, models: ['mlp:1e6'], values }, context);
    expect(built.plan?.values).toEqual(values);
  });

  it('counts runs as the service expands the plan', () => {
    fc.assert(
      fc.property(plans, (input) => {
        const plan = planSchema.parse(input);
        const places = placesOf(plan);
        expect(runsOfPlan(plan)).toEqual({
          runs: places.length,
          overheadRuns: places.filter((p) => p.role === 'overhead').length,
          controlRuns: places.filter((p) => p.role === 'control').length,
        });
      }),
    );
  });

  it('names itself after its models', () => {
    expect(autoName({ models: [models[0].id], preset: 'quick' }, models)).toBe('one, quick');
    expect(autoName({ models: [models[0].id, 'mlp:1e6'], preset: 'glance' }, models)).toBe(
      'one … mlp-1.0M, glance',
    );
    expect(modelLabel('f'.repeat(64), new Map())).toBe('ffffffff');
    expect(modelLabel('mlp:nonsense', new Map())).toBe('mlp:nonsense');
  });

  it('reads lists of numbers, and says which word is none', () => {
    expect(parseNumbers('1, 8;32 64', 100)).toEqual({ values: [1, 8, 32, 64], problem: null });
    expect(parseNumbers('', 100)).toEqual({ values: [], problem: null });
    for (const text of ['x', '0', '1.5', '-1', '101', '1e9', '１'])
      expect(parseNumbers(`1, ${text}`, 100)).toEqual({
        values: [],
        problem: `“${text}” is no whole number from 1 to 100.`,
      });
    expect(parseNumbers('4, 4', 100).problem).toBe('4 is listed twice.');
  });

  it('finds models by words of name, family and precision', () => {
    expect(matching(models, 'IMPORTED tw').map((m) => m.name)).toEqual(['two']);
    expect(matching(models, '')).toHaveLength(2);
    expect(matching(models, 'three')).toEqual([]);
  });
});

describe('a ladder in the composer', () => {
  it('is made of recipes that the lab can build, both ends included', () => {
    const { recipes, names, problem } = ladderOf('mlp', '1k', '100M', 9);
    expect(problem).toBeNull();
    expect(recipes.map((r) => parseRecipe(r).targetParameters)).toEqual([
      1e3, 4217, 17783, 74989, 316228, 1333521, 5623413, 23713737, 1e8,
    ]);
    expect(names[8]).toBe('mlp-100M');
    expect(planSchema.parse(quickstartPlan(recipes)).preset).toBe('glance');
  });

  it('says why it cannot be built', () => {
    expect(ladderOf('cnn', 'many', '1M', 3).problem).toContain('“many” is no number');
    expect(ladderOf('cnn', '1M', '1k', 3).problem).toContain('rising');
    expect(ladderOf('cnn', '1', '1k', 3).problem).toContain('between 1000 and');
  });
});
