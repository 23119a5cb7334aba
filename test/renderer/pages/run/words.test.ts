import { describe, expect, it } from 'vitest';
import { rowsOf, verdictOf } from '../../../../src/renderer/pages/run/WindowTable';
import {
  budgetOf,
  endingOf,
  explain,
  fillText,
  phaseWords,
  repeatPlan,
} from '../../../../src/renderer/pages/run/words';
import { expandPlan, planSchema } from '../../../../src/shared/plan';
import { reasonCodes, reasons, remedyOf } from '../../../../src/shared/reasons';
import { phases, type WindowRecord } from '../../../../src/shared/run';
import { fakeModel, fakeRun } from '../../../support/fakeRecords';

const model = fakeModel('mlp-1e4', 1e4);
const run = fakeRun({ experiment: 'e', ordinal: 0, model, grossJ: 2e-3 });
const window = (over: Partial<WindowRecord>): WindowRecord => ({
  index: 0,
  openNs: 1_000_000_000n,
  closeNs: 11_500_000_000n,
  inferences: 100,
  codes: [],
  verdict: 'ok',
  energy: [],
  ...over,
});

describe('reasons in words', () => {
  it('say what to do about every code but labels', () => {
    const without = reasonCodes.filter((code) => reasons[code].level !== 'I' && !remedyOf(code));
    expect(without).toEqual([]);
    for (const code of reasonCodes) expect(remedyOf(code) ?? 'x.').not.toMatch(/^$|\s$|[A-Z]{2,}_/);
  });

  it('name every code of results and windows once, worst first, and what it touches', () => {
    const spoiled = {
      ...run,
      latency: { ...run.latency!, codes: ['UNSTABLE_LATENCY', 'POWER_CAP', 'DEVICE_LOST'] as const },
    } as unknown as typeof run;
    const windows = [0, 1, 2].map((index) => window({ index, codes: ['THROTTLED'] }));
    const found = explain(spoiled, windows);
    expect(found.map((f) => f.code)).toEqual(['DEVICE_LOST', 'THROTTLED', 'UNSTABLE_LATENCY', 'POWER_CAP']);
    expect(found[1].touches).toEqual(['3 windows']);
    expect(found[0].touches).toEqual(['latency']);
    expect(explain(run, [])).toEqual([]);
  });
});

describe('how a run ended', () => {
  it('is said in one sentence', () => {
    expect(endingOf(null)).toBeNull();
    expect(endingOf({ kind: 'completed' })).toBeNull();
    expect(endingOf({ kind: 'cancelled', phase: 'warmup' })).toBe(
      'Cancelled during "warm-up". What was measured before is kept.',
    );
    const failed = {
      kind: 'failed',
      phase: 'window',
      cause: 'crash',
      exitCode: null,
      signal: 'SIGFPE',
      message: '',
      remedy: null,
      stderrTail: '',
    } as const;
    expect(endingOf(failed)).toBe('Failed during "windows": it crashed, signal SIGFPE.');
    expect(Object.keys(phaseWords).sort()).toEqual([...phases].sort());
  });
});

describe('measuring again', () => {
  it('is a plan with the same one condition', () => {
    for (const windowS of [10, 2]) {
      const again = { ...run, condition: { ...run.condition, windowS, batch: 8 } };
      const conditions = expandPlan(planSchema.parse(repeatPlan(again, model.name)));
      expect(conditions).toEqual([again.condition]);
    }
  });
});

describe('tables of a run', () => {
  it('windows carry the energy of the headline meter, or why there is none', () => {
    const energy = {
      sensorId: 'a',
      fromNs: null,
      toNs: null,
      energyJ: null,
      inferences: null,
      code: 'READ_FAILED' as const,
    };
    const rows = rowsOf([window({ codes: ['SWAPPING'], energy: [energy] })], undefined, 'a');
    expect(rows).toEqual([
      {
        index: 0,
        durationS: 10.5,
        inferences: 100,
        p50S: null,
        energyJ: null,
        verdict: 'ok',
        codes: ['SWAPPING', 'READ_FAILED'],
        attempt: 0,
        again: false,
        tempC: null,
        backgroundCpu: null,
      },
    ]);
  });

  it('says which windows were tries at the same one, and which were measured again', () => {
    const tries = [
      { slot: 0, attempt: 0 },
      { slot: 0, attempt: 1 },
      { slot: 1, attempt: 0 },
    ].map((t, index) => window({ index, verdict: t.attempt === 0 && index === 0 ? 'void' : 'ok', ...t }));
    const words = rowsOf(tries, undefined, null).map(verdictOf);
    expect(words).toEqual(['void, measured again', 'ok, second try', 'ok']);
  });

  it('says how inputs were filled in words, and keeps what it cannot read', () => {
    expect(fillText('{"kind":"uniform","low":-1,"high":1}')).toBe('random numbers from -1 to 1');
    expect(fillText('{"kind":"int","low":0,"high":5}')).toBe('random whole numbers from 0 to below 5');
    expect(fillText('{"kind":"bool"}')).toBe('random true and false');
    expect(fillText('{"kind":"constant","value":2}')).toBe('every element 2');
    for (const odd of ['', 'zeros', 'null', '{"kind":"new"}']) expect(fillText(odd)).toBe(odd);
  });

  it('the budget ends with what all parts make together', () => {
    expect(budgetOf(run.energy[0], 'gross')?.at(-1)?.name).toBe('Combined');
    expect(budgetOf({ ...run.energy[0], gross: { ...run.energy[0].gross, u: null } }, 'gross')).toBeNull();
  });
});
