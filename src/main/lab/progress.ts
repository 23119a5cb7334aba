import { type Condition, protocolOf } from '../../shared/plan';
import { median } from '../../shared/stats/robust';
import type { PastKind, PastRun } from '../store/tallies';

/** Launch, load and end of a runner, and the pause of a window for its announcement, s. Guesses of this order. */
const launchS = 0.5;
const pauseS = 0.1;

/** Seconds from the earliest to the latest. */
export interface RangeS {
  low: number;
  high: number;
}

/**
 * Seconds that one run should take by its preset (launch and load, warm-up, windows, idle stretches): if it warms up and
 * stops as early as the preset allows, and if it does neither. An estimate.
 */
export function expectedRangeS(condition: Condition): RangeS {
  const numbers = protocolOf(condition);
  const { warmupMinS, warmupCapS, settleS, idleBeforeS, idleAfterS, windowsMin, windowsMax } = numbers;
  const idle = idleBeforeS + idleAfterS + (idleBeforeS > 0 ? settleS : 0) + (idleAfterS > 0 ? settleS : 0);
  const short = condition.windowS < 1; // tests and the call overhead: everything scaled down with the window
  // Bare idle comes once a session, so it is left out.
  const rest = short ? 0 : numbers.coolDownMinS + numbers.meterCheckS;
  const fixed = launchS + idle + rest;
  const window = condition.windowS + pauseS;
  return {
    low: fixed + (short ? condition.windowS : 1.3 * warmupMinS) + windowsMin * window,
    high: fixed + (short ? condition.windowS : warmupCapS) + windowsMax * window,
  };
}

/**
 * Ranges from what earlier runs of the same kind really took: from the shortest of them to the longest, each less or
 * more the windows that the stopping rule may leave out or add. By the preset where there is none.
 */
export function rangeFromPast(past: readonly PastRun[]): (condition: Condition) => RangeS {
  const kinds = new Map<string, RangeS>();
  for (const run of past) {
    const { windowsMin, windowsMax, targetRel } = protocolOf(run);
    const slack = targetRel === null ? 0 : (windowsMax - windowsMin) * (run.windowS + pauseS);
    const low = run.stopReason === 'windows_max' ? Math.max(0, run.seconds - slack) : run.seconds;
    const high = run.stopReason === 'target' ? run.seconds + slack : run.seconds;
    const known = kinds.get(kindOf(run));
    kinds.set(kindOf(run), {
      low: Math.min(low, known?.low ?? low),
      high: Math.max(high, known?.high ?? high),
    });
  }
  return (condition) => kinds.get(kindOf(condition)) ?? expectedRangeS(condition);
}

const kindOf = (k: PastKind) =>
  [k.modelId, k.provider, k.engine, k.batch, k.threads, k.preset, k.windowS, k.windows ?? 0].join(' ');

export interface RunClock {
  /** Expected seconds of each run in order, and the real ones of those that have ended. */
  expectedS: readonly number[];
  actualS: readonly number[];
  /** Seconds since the run in progress began. */
  currentS: number;
}

/**
 * Seconds left: what the remaining runs should take, stretched by the median of how much longer the finished ones took
 * than they should have, so that one that hung or failed at once does not count for all. Null before there is anything
 * to run.
 */
export function secondsLeft({ expectedS, actualS, currentS }: RunClock): number | null {
  if (expectedS.length === 0) return null;
  const done = actualS.length;
  const stretch = done === 0 ? 1 : Math.max(0.1, median(actualS.map((s, i) => s / expectedS[i]!)));
  let rest = 0;
  for (let i = done + 1; i < expectedS.length; i++) rest += expectedS[i]!;
  return Math.max(0, stretch * (expectedS[done] ?? 0) - currentS) + stretch * rest;
}
