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

/**
 * Warm-up by rule (docs/method.md, 1.3): at least 20 inferences and the preset's seconds, then until the medians of
 * the last two blocks differ by less than 2 %. The temperature part of the rule is the lab's, which reads the sensors.
 */
export async function warmUp(
  session: TimedSession,
  columns: Columns,
  rule: WarmupRule,
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
    const median = medianOf(columns, (i) => columns.ends[i] - columns.starts[i]);
    const settled = previous !== null && Math.abs(median / previous - 1) < 0.02;
    const enough = inferences >= rule.inferences && elapsed() >= rule.minS;
    const late = elapsed() >= rule.capS && (inferences >= rule.inferences || elapsed() >= 5 * rule.capS);
    if ((enough && settled) || late) {
      const periodNs =
        columns.length > 1
          ? medianOf(columns, (i) => (i > 0 ? columns.starts[i] - columns.starts[i - 1] : null)) /
            columns.stride
          : median;
      return { inferences, ns: Number(now() - begin), settled, medianNs: median, periodNs };
    }
    previous = median;
  }
}

function medianOf(columns: Columns, value: (i: number) => bigint | null): number {
  const list: number[] = [];
  for (let i = 0; i < columns.length; i++) {
    const v = value(i);
    if (v !== null) list.push(Number(v));
  }
  list.sort((a, b) => a - b);
  return list[list.length >> 1];
}
