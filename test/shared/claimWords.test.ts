import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimVerdicts } from '../../src/shared/claim';
import {
  aboutText,
  agreementText,
  cellText,
  claimVerdictMarks,
  criterionText,
  estimateText,
  foundText,
  inOrder,
  numberText,
  optionsText,
  ownTestText,
  plainNumber,
  refutationText,
  statedText,
  tallyOf,
  verdictOfCard,
  writtenBefore,
} from '../../src/shared/claimWords';
import { fakeClaims } from '../support/fakeClaims';
import { fakeVersion } from '../support/fakeClaimVersions';

const criterion = {
  key: 'speedup',
  quantity: 'dense time over sparse time',
  unit: '1',
  relation: '>=' as const,
  threshold: 1.2,
  upper: null,
  refuteAt: 1.1,
};

describe('numbers of claims', () => {
  it('never print a small value as 0, nor a large one as digits nobody counts', () => {
    expect(plainNumber(3.2e-14)).toBe('3.2 × 10⁻¹⁴');
    expect(plainNumber(1e14)).toBe('1 × 10¹⁴');
    expect(plainNumber(-4.5e-5)).toBe('-4.5 × 10⁻⁵');
    expect(plainNumber(20_000)).toBe('20,000');
    expect(plainNumber(0)).toBe('0');
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
        const text = plainNumber(value);
        const [mantissa, power = ''] = text.replace(/,/g, '').split(' × 10');
        const exponent = Number(
          [...power]
            .map((c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c))
            .map((i) => (i === 0 ? '-' : i - 1))
            .join('') || 0,
        );
        expect(Number(mantissa) * 10 ** exponent).toBeGreaterThan(0);
        expect(Math.abs((Number(mantissa) * 10 ** exponent) / value - 1)).toBeLessThan(0.006);
        expect(text.length).toBeLessThan(20);
      }),
    );
  });

  it('print what is not finite as what it is', () => {
    expect([plainNumber(Infinity), plainNumber(-Infinity), plainNumber(Number.NaN)]).toEqual([
      '∞',
      '−∞',
      'not a number',
    ]);
    expect(estimateText({ value: 2, low: 1, high: Infinity }, 's')).toBe('2.00 s [1, ∞]');
  });

  it('put SI prefixes before units that take one only', () => {
    expect(numberText(8.53e-6, 's')).toBe('8.53 µs');
    expect(numberText(4.63e12, 'J')).toBe('4.63 TJ');
    expect(numberText(5000, 's')).toBe('5,000 s');
    expect(numberText(0.1872, '$/kWh')).toBe('0.187 $/kWh');
    expect(numberText(1300, 'MWh')).toBe('1,300 MWh');
    expect(numberText(0.97, '1')).toBe('0.970');
  });

  it('give the ends of an interval in the unit of the value', () => {
    expect(estimateText({ value: 8.5e-6, low: 8.4e-6, high: 1.2e-5 }, 's')).toBe('8.50 µs [8.40, 12.0]');
    expect(estimateText({ value: 4.7, low: 4.5, high: 4.9 }, '1')).toBe('4.70 [4.50, 4.90]');
    expect(estimateText({ value: 3, low: 3, high: 3 }, '1')).toBe('3');
  });

  it('print a stated threshold as it was stated', () => {
    for (const [value, text] of [
      [0.05, '0.05'],
      [1e-10, '10⁻¹⁰'],
      [20_000, '20,000'],
      [-0.05, '-0.05'],
      [1234.56789, '1,234.56789'],
      [2, '2'],
    ] as const)
      expect(statedText(value, '1')).toBe(text);
    expect(statedText(0.002, 's')).toBe('0.002 s');
  });

  it('print cells by what they are', () => {
    expect(cellText(null, 's')).toBe('–');
    expect(cellText(true, '')).toBe('yes');
    expect(cellText('tanh', '')).toBe('tanh');
    expect(cellText(0.0214, 's')).toBe('21.4 ms');
    expect(cellText({ value: 0.5, low: 0.4, high: 0.6 }, '1')).toBe('0.500 [0.400, 0.600]');
  });

  it('say times roughly and never as zero', () => {
    expect([0, 3, 84, 99, 150, 1260, 7200, 20_000].map(aboutText)).toEqual([
      'about 5 s',
      'about 5 s',
      'about 85 s',
      'about 100 s',
      'about 3 min',
      'about 21 min',
      'about 2 h',
      'about 5.6 h',
    ]);
  });
});

describe('words of claims', () => {
  it('read as sentences: thresholds, refutations, what is measured', () => {
    expect(criterionText(criterion)).toBe('dense time over sparse time ≥ 1.2');
    expect(refutationText(criterion)).toBe('fails only below 1.1');
    expect(refutationText({ ...criterion, refuteAt: null })).toBeNull();
    expect(criterionText({ ...criterion, relation: 'within', upper: 2 })).toBe(
      'dense time over sparse time from 1.2 to 2',
    );
    const [own] = fakeClaims().slice(-1);
    expect(ownTestText(own.current.test!)).toBe(
      'latency, median of mlp-1e6-int8 (cpu, batch 1, 1 thread) over that of mlp-1e6 (cpu, batch 1, 1 thread)',
    );
  });

  it('of a card: its verdict is that of the newest completed run of the current wording, and the boundary comes first', () => {
    const cards = fakeClaims();
    expect(cards.map(verdictOfCard)).toEqual([
      'not_measured',
      'within_limits',
      'supported',
      'supported',
      'refuted',
      'not_measured',
      'not_measured',
      'within_limits',
      'not_measured',
      'inconclusive',
    ]);
    expect(foundText(cards[1])).toMatch(/^It holds for tanh/);
    expect(foundText(cards[4])).toMatch(/^Zeros stored/);
    expect(foundText(cards[0])).toBeNull();
    expect(tallyOf(cards)).toEqual([
      ['supported', 2],
      ['refuted', 1],
      ['within_limits', 2],
      ['inconclusive', 1],
      ['not_measured', 4],
    ]);
    expect(optionsText(cards[2].latest!.options)).toBe('full form · cpu, 1 thread · mnist1d · seed 1');
  });

  it('say whether it came out as expected', () => {
    const version = fakeVersion('sparsity');
    expect(agreementText(version, 'within_limits')).toBe(
      'The lab expected “supported within limits”, and so it came out.',
    );
    expect(agreementText(version, 'refuted')).toContain('it came out “refuted”');
    expect(agreementText(version, 'not_measured')).toContain('nothing decides it yet');
  });

  it('tell a prediction that was written after a run began', () => {
    const version = fakeVersion('size');
    expect(writtenBefore(version, { startedUnixMs: version.createdUnixMs })).toBe(true);
    expect(writtenBefore(version, { startedUnixMs: version.createdUnixMs - 1 })).toBe(false);
  });

  it('keep the order of the essay, the user’s own behind it, whatever order they come in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(fakeClaims(), { minLength: 10 }), (cards) => {
        expect(inOrder(cards).map((c) => c.current.claim)).toEqual(fakeClaims().map((c) => c.current.claim));
      }),
    );
  });

  it('mark each verdict by a shape of its own', () => {
    expect(new Set(claimVerdicts.map((v) => claimVerdictMarks[v])).size).toBe(claimVerdicts.length);
  });
});
