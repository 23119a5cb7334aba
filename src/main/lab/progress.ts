import { type Condition, presets } from '../../shared/plan';

/** Seconds that one run should take by its preset: launch and load, warm-up, windows, idle stretches. An estimate. */
export function expectedRunS(condition: Condition): number {
  const { warmupMinS, settleS, idleBeforeS, idleAfterS, windowsMin } = presets[condition.preset];
  const idle = idleBeforeS + idleAfterS + (idleBeforeS > 0 ? settleS : 0) + (idleAfterS > 0 ? settleS : 0);
  const warmup = condition.windowS < 1 ? condition.windowS : 1.3 * warmupMinS;
  return 0.5 + warmup + idle + windowsMin * (condition.windowS + 0.1);
}

export interface RunClock {
  /** Expected seconds of each run in order, and the real ones of those that have ended. */
  expectedS: readonly number[];
  actualS: readonly number[];
  /** Seconds since the run in progress began. */
  currentS: number;
}

/**
 * Seconds left: what the remaining runs should take, stretched by how much longer the finished ones took than they
 * should have. Null before there is anything to run.
 */
export function secondsLeft({ expectedS, actualS, currentS }: RunClock): number | null {
  if (expectedS.length === 0) return null;
  const done = actualS.length;
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const stretch = done === 0 ? 1 : Math.max(0.5, sum(actualS) / sum(expectedS.slice(0, done)));
  const current = Math.max(0, stretch * (expectedS[done] ?? 0) - currentS);
  return current + stretch * sum(expectedS.slice(done + 1));
}
