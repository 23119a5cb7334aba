import { type Columns, resetColumns } from './columns';
import type { TimedSession } from './engines/engine';
import { record } from './loop';

export interface WarmupRule {
  /** Least inferences and least time; both must be met. */
  inferences: number;
  minS: number;
  /** Given up as not settled after so long (and five times as long where inferences are few). */
  capS: number;
  /** Length of one block whose median is compared; five inferences if those take longer. */
  blockS: number;
}

export interface WarmupResult {
  inferences: number;
  ns: number;
  settled: boolean;
  /** Median latency of the last block and median time from one start to the next, ns. */
  medianNs: number;
  periodNs: number;
}

/** Asks, under load, whether the device's temperature has settled too. */
export type AskTemperature = () => Promise<boolean>;

/**
 * Warm-up by rule (docs/method.md, 1.3): at least 20 inferences and the preset's seconds, then until the medians of
 * the last two blocks differ by less than 2 % and `askTemperature` says yes: that part of the rule is the lab's, which
 * reads the sensors.
 */
export async function warmUp(
  session: TimedSession,
  columns: Columns,
  rule: WarmupRule,
  askTemperature: AskTemperature = async () => true,
  now: () => bigint = process.hrtime.bigint,
): Promise<WarmupResult> {
  const begin = now();
  const elapsed = () => Number(now() - begin) / 1e9;
  let inferences = 0;
  let previous: number | null = null;
  for (;;) {
    resetColumns(columns, 0);
    const blockEnd = now() + BigInt(Math.round(rule.blockS * 1e9));
    await record(session, columns, blockEnd);
    while (columns.inferences < 5 && elapsed() < 5 * rule.capS) await record(session, columns, 0n);
    inferences += columns.inferences;
    const median = medianOf(columns.length, (i) => columns.ends[i] - columns.starts[i]);
    const enough = inferences >= rule.inferences && elapsed() >= rule.minS;
    const steady = previous !== null && Math.abs(median / previous - 1) < 0.02;
    const late = elapsed() >= rule.capS && (inferences >= rule.inferences || elapsed() >= 5 * rule.capS);
    const gaps = columns.length - 1;
    const periodNs =
      gaps > 0 ? medianOf(gaps, (i) => columns.starts[i + 1] - columns.starts[i]) / columns.stride : median;
    // Last: the question runs inferences of its own in the same columns.
    const settled = steady && (!enough || (await askTemperature()));
    if ((enough && settled) || late) {
      return { inferences, ns: Number(now() - begin), settled, medianNs: median, periodNs };
    }
    previous = median;
  }
}

function medianOf(n: number, value: (i: number) => bigint): number {
  const list = new Float64Array(n); // outside the heap: the runner's own memory is part of what is promised
  for (let i = 0; i < n; i++) list[i] = Number(value(i));
  return list.sort()[n >> 1];
}
