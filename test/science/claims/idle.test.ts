import { describe, expect, it } from 'vitest';
import { idleClaim, idleOutcome } from '../../../src/main/science/claims/idle';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { around, fakeJudge, fakeMeasured } from '../../support/fakeBench';

const { prediction } = idleClaim.text;
/** 600 queries/s at batch 256. */
const measured = fakeMeasured('pool', { batch: 256, p50S: around(256 / 600) });
const typed = {
  'pool-load': 230,
  'pool-idle': 60,
  'central-speed': 5000 / 600,
  'central-load': 650,
  'central-idle': 200,
};
const outcomeOf = (inputs: Record<string, number>, over: Parameters<typeof fakeMeasured>[1] = {}) =>
  idleOutcome(
    fakeJudge(prediction, { inputs }),
    Object.keys(over).length === 0
      ? measured
      : fakeMeasured('pool', { batch: 256, p50S: around(256 / 600), ...over }),
  );

describe('C7, idle machines', () => {
  it('is not measured while any watt that decides is a placeholder, and says which', () => {
    const outcome = outcomeOf({});
    expect(outcome.verdict).toBe('not_measured');
    expect(outcome.sentence).toMatch(/Power of this machine at the wall/);
    expect(outcome.figures[0]!.badge).toBe('PLACEHOLDER INPUTS');
    expect(outcomeOf({ ...typed, 'central-idle': 200 }).figures[0]!.badge).toBeNull();
    const { 'central-idle': _, ...without } = typed;
    expect(outcomeOf(without).verdict).toBe('not_measured');
  });

  it('prints u* for all three attributions', () => {
    const outcome = outcomeOf(typed);
    expect(outcome.verdict).toBe('within_limits');
    const values = outcome.parts[0]!.findings.map((f) => f.value!.value);
    // The guide’s 0.31 and 0.20, one machine without a coordinator.
    expect(values[0]).toBeCloseTo(0.31, 1);
    expect(values[1]).toBeCloseTo(0.2, 1);
    for (const { value } of outcome.parts[0]!.findings) {
      expect(value!.low).toBeLessThan(value!.value);
      expect(value!.high).toBeGreaterThan(value!.value);
    }
  });

  it('is supported where a pool takes next to nothing, refuted where the central machine idles for free', () => {
    expect(outcomeOf({ ...typed, 'pool-load': 5, 'pool-idle': 4, 'pool-off': 0 }).verdict).toBe('supported');
    expect(outcomeOf({ ...typed, 'central-idle': 0 }).verdict).toBe('refuted');
  });

  it('takes watts from a meter at the wall that saw load and idle', () => {
    const wall = {
      meter: { provider: 'wall', domain: 'wall.ac' as const },
      powerMeanW: 200,
      grossJ: around(2),
      netJ: around(1.5),
    };
    const { 'pool-load': _, 'pool-idle': __, ...central } = typed;
    const outcome = outcomeOf(central, wall);
    expect(outcome.verdict).not.toBe('not_measured');
    expect(outcome.notes[0]).toMatch(/measured at the wall/);
    expect(outcome.figures[0]!.badge).toBeNull();
    const simulated = outcomeOf(central, { ...wall, origin: 'simulated' });
    expect(simulated.figures[0]!.badge).toBe('SIMULATED');
    expect(simulated.notes[0]).toMatch(/by a simulated meter/);
    // A package's watts are not the wall's.
    const inside = { ...wall, meter: { provider: 'rapl', domain: 'cpu.package' as const } };
    expect(outcomeOf(central, inside).verdict).toBe('not_measured');
  });

  it('refuses inputs that it does not have or that make no sense', () => {
    const steps = (inputs: Record<string, number>) => () =>
      idleClaim.steps(claimOptionsSchema.parse({ inputs }));
    expect(steps({ nothing: 1 })).toThrow(/no input called “nothing”/);
    expect(steps({ 'sleep-share': 2 })).toThrow(/at most 1/);
    expect(steps({ pue: 0.5 })).toThrow(/at least 1/);
    expect(steps({ pue: 1.1 })).not.toThrow();
  });
});
