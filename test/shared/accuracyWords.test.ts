import { describe, expect, it } from 'vitest';
import { correctPerJoule } from '../../src/shared/accuracy';
import type { AccuracyCost } from '../../src/shared/accuracyCosts';
import {
  accuracyText,
  conditionText,
  costSource,
  costText,
  likelihoodSentence,
  scoresSentence,
} from '../../src/shared/accuracyWords';
import { fakeAccuracy } from '../support/fakeData';

const record = fakeAccuracy('a'.repeat(64), { n: 1000, correct: 800 });

function cost(over: Partial<AccuracyCost> = {}): AccuracyCost {
  const itemJ = { value: 0.004, low: 0.0038, high: 0.0042 };
  const itemS = { value: 1e-3, low: 0.9e-3, high: 1.1e-3 };
  return {
    runId: 'r',
    provider: 'cpu',
    engine: 'capi',
    batch: 16,
    threads: 1,
    preset: 'quick',
    machineId: 'm',
    device: 'd',
    itemJ,
    joules: correctPerJoule(record, itemJ),
    energyVerdict: 'valid',
    provenance: 'measured',
    origin: 'hardware',
    itemS,
    seconds: correctPerJoule(record, itemS, 'time'),
    latencyVerdict: 'valid',
    ...over,
  };
}

describe('accuracies in words', () => {
  it('give the share with its interval and how it was read', () => {
    expect(accuracyText(record)).toBe('80.0 % [77.4, 82.4]');
    expect(scoresSentence(record)).toBe('The class is the largest score of the output y.');
    expect(
      scoresSentence({
        ...record,
        scores: 'labels',
        layout: 'channels_last',
        normalise: { scale: 255, mean: [1, 2], std: [3] },
      }),
    ).toBe(
      'The class is the whole number in the output y. The channels of a picture went last. Each value went in as (value × 255 − 1, 2) / 3.',
    );
    expect(likelihoodSentence(record)).toBe(
      'Mean negative log likelihood 1.20 nat (scores read as logits, through a softmax).',
    );
    expect(
      likelihoodSentence({ ...record, nll: null, nllMissing: 'The model gives classes and no scores.' }),
    ).toBe('Mean negative log likelihood is not known: the model gives classes and no scores.');
  });

  it('label what is simulated, estimated or a glance, and fall back to time with a word', () => {
    expect(costText(cost())).toMatch(/^5\.00 mJ \[4\.\d+, 5\.\d+\] per right answer$/);
    expect(costSource(cost())).toBe('measured');
    expect(costSource(cost({ origin: 'simulated', preset: 'glance' }))).toBe('SIMULATED measured, GLANCE');
    const estimate = cost({ provenance: 'estimate' });
    expect(costText(estimate)).toMatch(/^≈ 5\.0 mJ \[/);
    expect(costSource(estimate)).toBe('ESTIMATE');
    const none = { value: null, low: null, high: null };
    const timed = cost({ itemJ: none, joules: correctPerJoule(record, none), provenance: 'none' });
    expect(costText(timed)).toMatch(/^1\.25 ms \[.*\] per right answer$/);
    expect(costSource(timed)).toBe('no energy');
    expect(costText({ ...timed, seconds: correctPerJoule(record, none, 'time') })).toBeNull();
    expect(conditionText(cost({ threads: 2, engine: 'package' }))).toBe(
      'cpu, batch 16, 2 threads, session.run',
    );
  });
});
