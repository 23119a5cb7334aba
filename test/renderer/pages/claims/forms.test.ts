import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeOf } from '../../../../src/renderer/pages/claims/data';
import {
  checkOwn,
  checkPrediction,
  emptyOwn,
  ownDraftOf,
  predictionDraft,
  readMemory,
} from '../../../../src/renderer/pages/claims/forms';
import { inputsOf, typedInputs } from '../../../../src/renderer/pages/claims/inputs';
import { ownClaimSchema, predictionSchema } from '../../../../src/shared/claim';
import { fakeClaims } from '../../../support/fakeClaims';
import { fakeVersion } from '../../../support/fakeClaimVersions';

describe('a prediction while it is typed', () => {
  const lab = fakeVersion('kernel').prediction;

  it('begins with the thresholds that hold and without the lab’s words', () => {
    const draft = predictionDraft(lab);
    expect(draft.text).toBe('');
    expect(draft.criteria).toEqual(lab.criteria);
  });

  it('is the user’s, with the keys and units of the claim', () => {
    const draft = predictionDraft(lab);
    const check = checkPrediction({
      ...draft,
      text: ' It fails. ',
      criteria: draft.criteria.map((c, i) => (i === 0 ? { ...c, threshold: '0.01' } : c)),
    });
    expect(check).toMatchObject({ ok: true, prediction: { by: 'user', text: 'It fails.' } });
    if (check.ok) {
      expect(predictionSchema.parse(check.prediction)).toEqual(check.prediction);
      expect(check.prediction.criteria.map((c) => [c.key, c.unit, c.relation])).toEqual(
        lab.criteria.map((c) => [c.key, c.unit, c.relation]),
      );
      expect(check.prediction.criteria[0].threshold).toBe(0.01);
    }
  });

  it('tells field by field what is wrong', () => {
    const draft = predictionDraft(lab);
    const check = checkPrediction({
      ...draft,
      criteria: draft.criteria.map((c, i) => (i === 1 ? { ...c, threshold: '' } : c)),
    });
    expect(check).toEqual({
      ok: false,
      problems: {
        text: 'Write what you expect, in 1 to 2,000 characters.',
        'criteria.1.threshold': 'The threshold is a number.',
      },
    });
  });
});

describe('a claim of one’s own while it is typed', () => {
  const [own] = fakeClaims().slice(-1);
  const test = own.current.test!;

  it('comes back to the form as it was written', () => {
    const check = checkOwn(ownDraftOf({ ...own.current, test }));
    expect(check.ok && check.own.test).toEqual(test);
    expect(check.ok && ownClaimSchema.safeParse(check.own).success).toBe(true);
  });

  it('empty, it says for every field what is missing', () => {
    const check = checkOwn(emptyOwn);
    expect(check.ok ? [] : Object.keys(check.problems).sort()).toEqual(
      ['a.model', 'b.model', 'statement', 'text', 'threshold', 'title'].sort(),
    );
  });

  it('asks for data only where the quantity is about answers, and sends none elsewhere', () => {
    const draft = ownDraftOf({ ...own.current, test });
    const accuracy = checkOwn({ ...draft, quantity: 'accuracy' });
    expect(accuracy).toMatchObject({
      ok: false,
      problems: { dataset: expect.stringContaining('Name the data set') },
    });
    const latency = checkOwn({ ...draft, dataset: 'mnist' });
    expect(latency.ok && latency.own.test.dataset).toBeNull();
  });
});

describe('what is remembered of how claims were run', () => {
  it('is read whatever is stored', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (stored) => {
        const { options } = readMemory(stored as never);
        expect(['glance', 'full']).toContain(options.form);
      }),
    );
    expect(
      readMemory({ options: { form: 'full' }, inputs: { idle: { price: 0.3 }, bad: 'x' } }),
    ).toMatchObject({
      options: { form: 'full', provider: 'cpu', seed: 1 },
      inputs: { idle: { price: 0.3 } },
    });
  });
});

describe('the numbers that a claim takes', () => {
  const outcome = fakeClaims()[6].latest!.outcome!;
  const named = [{ key: 'q', label: 'Demand', unit: '1/s', default: 1e6, min: 1, max: null, source: '' }];

  it('are those that the experiment names, else those of the table of its newest outcome', () => {
    expect(inputsOf(named, outcome)).toBe(named);
    expect(inputsOf(undefined, outcome).map((i) => [i.key, i.default, i.unit])).toEqual([
      ['price', 0.1872, '$/kWh'],
      ['pue', 1.54, '1'],
      ['hours', 4000, 'h'],
    ]);
    expect(inputsOf(undefined, null)).toEqual([]);
  });

  it('are sent only where they differ and belong to the claim', () => {
    expect(typedInputs(named, { q: 1e6, other: 3 })).toEqual({ q: 1e6 });
    expect(typedInputs(named, { q: 5 })).toEqual({ q: 5 });
  });
});

describe('what runs of a claim', () => {
  const card = fakeClaims()[0];
  const live = { progress: { ...card.progress!, done: 2 }, atMs: 5 };

  it('is the newest event, else what the list said', () => {
    expect(activeOf(card, undefined, undefined, 10)).toMatchObject({ waits: false, atMs: null });
    expect(activeOf(card, live, undefined, 10)?.progress.done).toBe(2);
    expect(activeOf({ ...card, progress: null }, live, undefined, 10)?.progress.done).toBe(2);
    const waiting = { ...card.progress!, total: 0, done: 0 };
    expect(activeOf({ ...card, progress: waiting }, undefined, undefined, 10)?.waits).toBe(true);
  });

  it('is nothing once it has ended, until a newer list says that it was resumed', () => {
    const ended = { claimRunId: card.progress!.claimRunId, atUnixMs: 20 };
    expect(activeOf(card, undefined, ended, 10)).toBeNull();
    expect(activeOf(card, undefined, ended, 30)).not.toBeNull();
  });
});
