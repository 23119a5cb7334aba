import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pace, runsPerMinute, stepPace } from '../../../src/renderer/state/pace';

const step = (finished: number, elapsedS: number, stage = 'window', experimentId = 'a') => ({
  experimentId,
  stage,
  finished,
  elapsedS,
});
const paceOf = (steps: ReturnType<typeof step>[]) =>
  steps.reduce<Pace | null>((pace, each) => stepPace(pace, each), null);

describe('the pace of an experiment', () => {
  it('is not known before a run has finished', () => {
    expect(runsPerMinute(null)).toBeNull();
    expect(runsPerMinute(paceOf([step(0, 0, 'launch'), step(0, 5)]))).toBeNull();
  });

  it('counts finished runs only: time inside the run in progress changes nothing', () => {
    const seen = paceOf([step(0, 0, 'launch'), step(1, 10, 'launch'), step(2, 20, 'launch')]);
    expect(runsPerMinute(seen)).toBe(6);
    expect(runsPerMinute(stepPace(seen, step(2, 29)))).toBe(6);
  });

  it('leaves out what a resumed experiment had finished before', () => {
    expect(runsPerMinute(paceOf([step(7, 0, 'launch'), step(8, 30, 'launch')]))).toBe(2);
  });

  it('begins at the next border where the page came in the middle of a run', () => {
    const late = [step(3, 57), step(4, 60, 'launch')];
    expect(runsPerMinute(paceOf(late))).toBeNull();
    expect(runsPerMinute(paceOf([...late, step(5, 80, 'launch')]))).toBe(3);
  });

  it('begins anew with another experiment and with a resume of the same', () => {
    const one = paceOf([step(0, 0, 'launch'), step(1, 10, 'launch')]);
    expect(runsPerMinute(stepPace(one, step(0, 0, 'launch', 'b')))).toBeNull();
    expect(runsPerMinute(stepPace(one, step(1, 0, 'launch')))).toBeNull();
  });

  it('is the true rate of any run of equal length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 40 }), (seconds, runs) => {
        const steps = Array.from({ length: runs + 1 }, (_, n) => step(n, n * seconds, 'launch'));
        expect(runsPerMinute(paceOf(steps))).toBeCloseTo(60 / seconds, 9);
      }),
    );
  });
});
