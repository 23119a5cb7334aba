import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastingCodes, windowTries } from '../../src/main/lab/windowTries';
import { type ReasonCode, reasonCodes, reasons } from '../../src/shared/reasons';

/** Takes the windows one after another: each [codes, lost energy]. */
const taken = (repeats: number, windows: readonly (readonly [ReasonCode[], boolean])[]) => {
  const tries = windowTries(repeats);
  return windows.map(([codes, lost]) => tries.take(codes, lost));
};
const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('a window', () => {
  it('without a code is ok, and the next is planned', () => {
    expect(taken(3, times(2, [[], false]))).toEqual([
      { slot: 0, attempt: 0, verdict: 'ok', again: false },
      { slot: 1, attempt: 0, verdict: 'ok', again: false },
    ]);
  });

  it('with a label stays ok; with a code of its energy alone it is flagged', () => {
    const [label, energy] = taken(3, [
      [['POWER_CAP', 'LIMIT_LOWERED'], false],
      [['WINDOW_TOO_SHORT'], false],
    ]);
    expect(label).toMatchObject({ verdict: 'ok', again: false });
    expect(energy).toMatchObject({ verdict: 'flagged', again: false });
  });

  it('that lost its energy keeps its latency and is measured again', () => {
    const [lost, next] = taken(3, [
      [['STALE_SENSOR'], true],
      [[], false],
    ]);
    expect(lost).toEqual({ slot: 0, attempt: 0, verdict: 'flagged', again: true });
    expect(next).toEqual({ slot: 0, attempt: 1, verdict: 'ok', again: false });
  });

  const spoiling = reasonCodes.filter((c) => reasons[c].level === 'V' && reasons[c].hits === 'LE');
  it.each(spoiling)('with %s is void and measured again at most three times', (code) => {
    const lasts = code === 'SWAPPING' || code === 'BACKGROUND_LOAD';
    const found = taken(3, times(5, [[code], false]));
    expect(found.slice(0, 4).map((t) => [t.slot, t.attempt, t.again])).toEqual([
      [0, 0, true],
      [0, 1, true],
      [0, 2, true],
      [0, 3, false],
    ]);
    expect(found.slice(0, 3).every((t) => t.verdict === 'void')).toBe(true);
    expect(found[3]!.verdict).toBe(lasts ? 'flagged' : 'void');
    // What the machine could not shake off voids nothing more; what may pass does.
    expect(found[4]).toEqual({ slot: 1, attempt: 0, verdict: lasts ? 'flagged' : 'void', again: !lasts });
  });

  it('that swaps and is throttled at its last try is void: only the lasting ones are let through', () => {
    expect(taken(3, times(4, [['SWAPPING', 'THROTTLED'], false]))[3]!.verdict).toBe('void');
  });

  it('of a preset without repeats is never measured again', () => {
    expect(taken(0, [[['THROTTLED'], true]])[0]).toMatchObject({ verdict: 'void', again: false });
    expect(taken(0, [[['SWAPPING'], true]])[0]).toMatchObject({ verdict: 'flagged', again: false });
  });
});

describe('a meter that gave nothing in all tries at one window', () => {
  it('is not waited for in the next ones', () => {
    const found = taken(3, times(6, [['READ_FAILED'], true]));
    expect(found.map((t) => [t.slot, t.attempt, t.again])).toEqual([
      [0, 0, true],
      [0, 1, true],
      [0, 2, true],
      [0, 3, false],
      [1, 0, false],
      [2, 0, false],
    ]);
  });
});

describe('whatever the windows carry', () => {
  it('no slot has more than four tries, slots count up by one, and only a void or lost one is measured again', () => {
    const window = fc.tuple(fc.subarray([...reasonCodes], { maxLength: 3 }), fc.boolean());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.array(window, { maxLength: 60 }), (repeats, windows) => {
        const found = taken(repeats, windows);
        found.forEach((t, i) => {
          const before = found[i - 1];
          expect(t.attempt).toBeLessThanOrEqual(repeats);
          expect([t.slot, t.attempt]).toEqual(
            before?.again ? [before.slot, before.attempt + 1] : [before ? before.slot + 1 : 0, 0],
          );
          if (t.again) expect(t.verdict === 'void' || windows[i]![1]).toBe(true);
          if (t.verdict === 'ok') expect(windows[i]![0].every((c) => reasons[c].level === 'I')).toBe(true);
        });
      }),
      { seed: 30 },
    );
  });
});

describe('codes that windows carry although they count', () => {
  it('are those of windows that are not void, and only the lasting ones', () => {
    expect(
      lastingCodes([
        { verdict: 'void', codes: ['SWAPPING'] },
        { verdict: 'flagged', codes: ['BACKGROUND_LOAD', 'STALE_SENSOR', 'POWER_CAP'] },
      ]),
    ).toEqual(['BACKGROUND_LOAD']);
    expect(lastingCodes([{ verdict: 'void', codes: ['SWAPPING', 'BACKGROUND_LOAD'] }])).toEqual([]);
  });
});
