import { describe, expect, it } from 'vitest';
import type { ComparedQuantity, Ratio } from '../../src/shared/comparison';
import {
  controlSentence,
  floorSentence,
  ratioNumber,
  verdictSentence,
  zerosSentence,
} from '../../src/shared/comparisonWords';
import { oneOfEachCondition } from '../../src/shared/conditions';

const names = { a: 'A', b: 'B' };
const shown: Ratio = {
  runId: 'b',
  value: 1,
  ratio: { value: 0.969, low: 0.962, high: 0.976 },
  verdict: 'B_lower',
  word: 'lower',
  why: null,
  codes: [],
  method: 'paired',
  p: 0.03,
  pHolm: 0.03,
  blocks: { used: 6, leftOut: 0 },
  floor: { ln: Math.log(1.01), from: 'least', provider: null, controls: 1 },
};
const words = (over: Partial<Ratio>, quantity: ComparedQuantity = 'grossJ') =>
  verdictSentence(quantity, { ...shown, ...over }, names);

describe('a verdict in words', () => {
  it('says how much less or more, with its interval and its blocks', () => {
    expect(words({})).toBe('B needs 3.1 % less energy than A (95 %: 2.4 to 3.8 %), shown over 6 blocks.');
    expect(words({}, 'p50S')).toBe(
      'In the median, B takes 3.1 % less time than A (95 %: 2.4 to 3.8 %), shown over 6 blocks.',
    );
    expect(words({ blocks: { used: 6, leftOut: 2 } }, 'netJ')).toBe(
      'B needs 3.1 % less energy above idle than A (95 %: 2.4 to 3.8 %), shown over 6 blocks (2 of 8 left out: a result is missing).',
    );
    const more = { verdict: 'A_lower', word: 'higher' } as const;
    expect(words({ ...more, ratio: { value: 1.25, low: 1.2, high: 1.3 } }, 'throughputHz')).toBe(
      'B does 25.0 % more items per second than A (95 %: 20.0 to 30.0 %), shown over 6 blocks.',
    );
    expect(words({ ...more, ratio: { value: 12.34, low: 12, high: 12.7 } }, 'memoryPeakBytes')).toBe(
      'B needs 12.3 times as much memory at its peak as A (95 %: 12.0 to 12.7 times), shown over 6 blocks.',
    );
    expect(words({ blocks: null, method: 'unpaired' })).toContain('were not measured in turn');
  });

  it('says why no difference is shown, or nothing compared', () => {
    expect(
      words({
        verdict: 'no_difference_shown',
        word: 'no difference shown',
        why: 'The 95 % interval of the ratio includes 1.',
        ratio: { value: 0.994, low: 0.985, high: 1.003 },
      }),
    ).toBe(
      'No difference shown: B over A is 0.994 (95 %: 0.985 to 1.003). The 95 % interval of the ratio includes 1.',
    );
    const refused = { verdict: 'not_comparable', ratio: null, why: 'Because.' } as const;
    expect(words({ ...refused, word: 'not comparable' })).toBe('Not comparable: Because.');
    expect(words({ ...refused, word: 'not measured' })).toBe('Not measured: Because.');
    expect(words({ verdict: null, word: 'reference', ratio: null })).toBe('Reference');
  });

  it('of zeros, control and floor name which is which', () => {
    const zeros = { verdict: 'zeros_not_skipped', f: 0.9, masked: 'A' } as const;
    expect(zerosSentence('grossJ', zeros, names)).toMatch(
      /^The zeros were not skipped: 90\.0 % of the multiplications of A .* less energy than B/,
    );
    expect(zerosSentence('p50S', { ...zeros, verdict: 'zeros_skipped', masked: 'B' }, names)).toMatch(
      /multiplications of B are by zero, and it needs less time than A/,
    );
    expect(zerosSentence('p50S', { ...zeros, verdict: 'inconclusive' }, names)).toContain('cannot be told');
    const control = {
      experimentId: 'e',
      provider: 'cuda',
      ratio: { value: 1.014, low: 1.002, high: 1.026 },
      p: 0.03,
      pHolm: 0.03,
      blocks: { used: 6, leftOut: 0 },
      failed: true,
    } as const;
    expect(controlSentence(control)).toBe(
      'Control on cuda: one and the same model, measured twice over 6 blocks, gave a ratio of 1.014 (95 %: 1.002 to 1.026). It differed from itself, so nothing is compared.',
    );
    expect(floorSentence({ ln: Math.log(1.014), from: 'control', provider: 'cuda', controls: 1 })).toBe(
      '1.4 %, from the control on cuda',
    );
    expect(floorSentence({ ...shown.floor!, controls: 0 })).toBe('1.0 %, the least; no control was measured');
  });

  it('numbers near 1 tell both sides equally well', () => {
    expect([0.9851, 1.0032, 2.414, 31.27].map(ratioNumber)).toEqual(['0.985', '1.003', '2.41', '31.3']);
  });
});

describe('one run of each condition', () => {
  const run = (id: string, entry: number, block = 0, over = {}) => ({
    id,
    experimentId: 'e',
    role: 'measure' as const,
    status: 'completed' as const,
    entry,
    block,
    ...over,
  });
  const ids = (runs: ReturnType<typeof run>[]) => oneOfEachCondition(runs, 'e').map((r) => r.id);

  it('is in the order of the plan, without controls, overhead and other experiments', () => {
    const all = [
      run('b0', 1),
      run('a0', 0),
      run('c', 2, 0, { role: 'control' }),
      run('o', 3, 0, { role: 'overhead' }),
      run('x', 4, 0, { experimentId: 'f' }),
      run('a1', 0, 1),
    ];
    expect(ids(all)).toEqual(['a0', 'b0']);
  });

  it('is one that completed, the newest of a place that was measured again', () => {
    const failed = { status: 'failed' };
    expect(ids([run('a0', 0, 0, failed), run('a1', 0, 1), run('a2', 0, 2)])).toEqual(['a1']);
    expect(ids([run('a0', 0), run('again', 0)])).toEqual(['again']);
    expect(ids([run('a0', 0), run('again', 0, 0, failed)])).toEqual(['a0']);
    expect(ids([run('a0', 0, 0, failed), run('a1', 0, 1, failed)])).toEqual(['a0']);
  });
});
