import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concerns,
  type ReasonCode,
  reasonCodes,
  reasons,
  resultSentence,
  verdictOf,
} from '../../src/shared/reasons';
import type { Verdict } from '../../src/shared/run';

const results = ['latency', 'gross', 'net'] as const;
const badness: Record<Verdict, number> = { valid: 0, limited: 1, invalid: 2, not_measured: 3 };
const someCodes = fc.subarray(reasonCodes as ReasonCode[]);

describe('verdicts', () => {
  it('are valid without a code', () => {
    for (const result of results) expect(verdictOf([], result)).toBe('valid');
  });

  it('never improve when a fault is added', () => {
    fc.assert(
      fc.property(
        someCodes,
        fc.constantFrom(...reasonCodes),
        fc.constantFrom(...results),
        (codes, more, result) => {
          expect(badness[verdictOf([...codes, more], result)]).toBeGreaterThanOrEqual(
            badness[verdictOf(codes, result)],
          );
        },
      ),
      { seed: 30 },
    );
  });

  it('do not mind the order of codes, or codes of another result', () => {
    fc.assert(
      fc.property(someCodes, fc.constantFrom(...results), (codes, result) => {
        expect(verdictOf(codes.toReversed(), result)).toBe(verdictOf(codes, result));
        expect(
          verdictOf(
            codes.filter((c) => concerns(c, result)),
            result,
          ),
        ).toBe(verdictOf(codes, result));
      }),
      { seed: 30 },
    );
  });

  it('make a glance limited, an estimate limited, and leave latency alone when a meter fails', () => {
    expect(verdictOf(['GLANCE'], 'latency')).toBe('limited');
    expect(verdictOf(['ESTIMATE_ONLY'], 'gross')).toBe('limited');
    expect(verdictOf(['NO_SENSOR', 'SAMPLER_LOST', 'SENSOR_DENIED'], 'latency')).toBe('valid');
    expect(verdictOf(['NO_SENSOR'], 'gross')).toBe('not_measured');
  });

  it('take a fallback as limited only where the plan names it', () => {
    expect(verdictOf(['EP_FALLBACK'], 'latency')).toBe('invalid');
    expect(verdictOf(['EP_FALLBACK'], 'latency', 'cpu')).toBe('limited');
    expect(verdictOf(['EP_FALLBACK', 'RUNNER_CRASH'], 'latency', 'cpu')).toBe('invalid');
  });

  it('say each reason in a sentence', () => {
    for (const { sentence } of Object.values(reasons)) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('say beside a result what became of the windows that were struck, and nothing more of the rest', () => {
    for (const code of reasonCodes) {
      const { level, sentence } = reasons[code];
      expect(resultSentence(code).startsWith(sentence)).toBe(true);
      expect(resultSentence(code) !== sentence, code).toBe(level === 'V');
    }
  });
});
