import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClaimVerdict, Criterion, Finding } from '../../src/shared/claim';
import { finding, stateOf, verdictOfFindings, verdictOfParts } from '../../src/shared/verdicts';

const criterion = (over: Partial<Criterion> = {}): Criterion => ({
  key: 'speedup',
  quantity: 'time over time',
  unit: '1',
  relation: '>=',
  threshold: 1.2,
  upper: null,
  refuteAt: null,
  ...over,
});
const between = (low: number, high: number) => ({ value: (low + high) / 2, low, high });
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const estimate = fc.tuple(number, number).map(([a, b]) => between(Math.min(a, b), Math.max(a, b)));

describe('a threshold and an interval', () => {
  it.each([
    [criterion(), between(1.2, 3), 'holds'],
    [criterion(), between(0.5, 1.1), 'fails'],
    [criterion(), between(1.1, 1.3), 'undecided'],
    [criterion({ refuteAt: 1.1 }), between(1, 1.15), 'undecided'],
    [criterion({ refuteAt: 1.1 }), between(1, 1.09), 'fails'],
    [criterion({ relation: '<=', threshold: 0.05 }), between(0.01, 0.05), 'holds'],
    [criterion({ relation: '<=', threshold: 0.05 }), between(0.06, 0.07), 'fails'],
    [criterion({ relation: 'within', threshold: 0.85, upper: 1.15 }), between(0.9, 1.1), 'holds'],
    [criterion({ relation: 'within', threshold: 0.85, upper: 1.15 }), between(0.8, 1.1), 'undecided'],
    [criterion({ relation: 'within', threshold: 0.85, upper: 1.15 }), between(1.2, 1.3), 'fails'],
  ] as const)('%o and %o: %s', (of, value, state) => expect(stateOf(of, value)).toBe(state));

  it('never holds and fails for an interval that contains the threshold strictly inside', () => {
    fc.assert(
      fc.property(estimate, fc.constantFrom('>=', '<='), (value, relation) => {
        if (value.low === value.high) return;
        const threshold = (value.low + value.high) / 2;
        if (!(threshold > value.low && threshold < value.high)) return;
        expect(stateOf(criterion({ relation, threshold }), value)).toBe('undecided');
      }),
    );
  });

  it('says missing for what is null or not finite, with a reason, and never a number', () => {
    for (const value of [
      null,
      { value: Number.NaN, low: 0, high: 1 },
      between(0, Number.POSITIVE_INFINITY),
    ]) {
      const found = finding(criterion(), 'batch 1', { value, missing: 'no meter' });
      expect(found).toMatchObject({ state: 'missing', value: null, missing: 'no meter' });
    }
    expect(finding(criterion(), 'batch 1', { value: null }).missing).toBe('It was not measured.');
    expect(finding(criterion(), 'batch 1', { value: between(2, 3), missing: 'no' }).missing).toBeNull();
  });
});

const state = fc.constantFrom<Finding['state']>('holds', 'fails', 'undecided', 'missing');
const findings = fc.array(fc.record({ state, shownOnly: fc.boolean() }), { maxLength: 8 }).map((all) =>
  all.map(({ state: s, shownOnly }) => ({
    ...finding(criterion(), 'x', { value: null }),
    state: s,
    shownOnly,
  })),
);

describe('a verdict', () => {
  it('is supported only where every deciding finding holds, refuted only where every one fails', () => {
    fc.assert(
      fc.property(findings, (all) => {
        const states = all.filter((f) => !f.shownOnly).map((f) => f.state);
        const verdict = verdictOfFindings(all);
        if (verdict === 'supported') expect(new Set(states)).toEqual(new Set(['holds']));
        if (verdict === 'refuted') expect(new Set(states)).toEqual(new Set(['fails']));
        if (states.length > 0 && states.every((s) => s === 'holds')) expect(verdict).toBe('supported');
        if (states.every((s) => s === 'missing')) expect(verdict).toBe('not_measured');
        expect(verdict === 'within_limits').toBe(states.includes('holds') && states.includes('fails'));
      }),
    );
  });

  it('of parts follows the same rule, and what is only shown never decides', () => {
    const parts = (...verdicts: ClaimVerdict[]) => verdictOfParts(verdicts.map((verdict) => ({ verdict })));
    expect(parts('supported', 'supported')).toBe('supported');
    expect(parts('refuted', 'refuted')).toBe('refuted');
    expect(parts('supported', 'refuted')).toBe('within_limits');
    expect(parts('supported', 'inconclusive')).toBe('inconclusive');
    expect(parts('supported', 'not_measured')).toBe('inconclusive');
    expect(parts('not_measured', 'not_measured')).toBe('not_measured');
    expect(parts()).toBe('not_measured');
  });
});
