import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OwnClaim, ownClaimSchema } from '../../src/shared/claim';
import { criteriaProblems, ownCriterion, readOwnClaim } from '../../src/shared/ownClaimWords';

const good = {
  title: 'Ten times larger is ten times slower',
  statement: 'It takes ten times as long.',
  test: {
    kind: 'ratio',
    a: { model: 'mlp-1e6' },
    b: { model: 'mlp-1e5' },
    quantity: 'latencyP50',
  },
  prediction: {
    by: 'user',
    text: 'Between 8 and 12.',
    expected: 'supported',
    criteria: [ownCriterion('ratio', 'latencyP50', { relation: 'within', threshold: 8, upper: 12 })],
  },
};
const sentences = (json: unknown): string[] => {
  const read = readOwnClaim(json);
  return read.ok ? [] : read.problems.map((p) => p.sentence);
};

describe('a claim of one’s own', () => {
  it('is read with its defaults', () => {
    const read = readOwnClaim(good);
    expect(read.ok && (read.own.test as Extract<OwnClaim['test'], { kind: 'ratio' }>).a).toEqual({
      model: 'mlp-1e6',
      provider: 'cpu',
      batch: 1,
      threads: 1,
    });
  });

  it.each([
    ['nothing', null, 'A claim is a JSON object with title, statement, test and prediction.'],
    ['no title', { ...good, title: ' ' }, 'Give the claim a title of 3 to 120 characters.'],
    ['a foreign key', { ...good, verdict: 'supported' }, 'A claim has no “verdict”.'],
    [
      'no test',
      { ...good, test: undefined },
      'Say what is measured: a ratio of two conditions, or a curve over models.',
    ],
    [
      'one model in a curve',
      { ...good, test: { kind: 'curve', models: ['a'], x: 'macs', quantity: 'latencyP50' } },
      'A curve needs 2 to 50 models.',
    ],
    [
      'a quantity that there is not',
      { ...good, test: { ...good.test, quantity: 'beauty' } },
      /^The quantity is one of: latencyP50, /,
    ],
    [
      'a batch of 0',
      { ...good, test: { ...good.test, a: { model: 'm', batch: 0 } } },
      'A batch is a whole number from 1 to 65,536.',
    ],
    [
      'a threshold that is no number',
      {
        ...good,
        prediction: {
          ...good.prediction,
          criteria: [{ ...good.prediction.criteria[0], threshold: Number.NaN }],
        },
      },
      'The threshold is a number.',
    ],
    [
      'the same condition twice',
      { ...good, test: { ...good.test, b: good.test.a } },
      /^Both conditions are the same/,
    ],
    [
      'accuracy without data',
      { ...good, test: { ...good.test, quantity: 'accuracy' } },
      'Name the data set: accuracy needs examples with labels.',
    ],
    [
      'a range that ends below its beginning',
      {
        ...good,
        prediction: { ...good.prediction, criteria: [{ ...good.prediction.criteria[0], upper: 7 }] },
      },
      'The upper end must be above the lower one.',
    ],
  ])('is refused in a sentence: %s', (_, json, sentence) => {
    const found = sentences(json);
    expect(found.some((s) => (typeof sentence === 'string' ? s === sentence : sentence.test(s)))).toBe(true);
  });

  it('is refused in words whatever is put there, and never passes what the schema refuses', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(good)), (value, key) => {
        const json = { ...good, [key]: value };
        const read = readOwnClaim(json);
        if (!ownClaimSchema.safeParse(json).success) expect(read.ok).toBe(false);
        if (!read.ok) for (const { sentence } of read.problems) expect(sentence).toMatch(/^\S.*\.$/);
      }),
    );
  });
});

describe('thresholds', () => {
  const c = ownCriterion('ratio', 'latencyP50', { relation: '>=', threshold: 1.2, upper: null });
  it('may be refuted on the far side only', () => {
    expect(criteriaProblems([{ ...c, refuteAt: 1.1 }])).toEqual([]);
    expect(criteriaProblems([{ ...c, refuteAt: 1.3 }])[0].sentence).toMatch(/at or below the threshold/);
    expect(criteriaProblems([{ ...c, relation: '<=', refuteAt: 1.1 }])[0].sentence).toMatch(/at or above/);
  });
});
