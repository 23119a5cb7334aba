import { type Columns, thin } from './columns';
import type { TimedSession } from './engines/engine';

/**
 * Runs inferences back to back until `untilNs` (hrtime ns), at least one, and stores their times. Nothing but the call stands between
 * the two clock readings; nothing is logged or posted. The last inference ends at or after `untilNs`.
 * `process.hrtime.bigint()` costs about 35 ns a reading here, is monotonic and agrees between processes of one host.
 */
export async function record(session: TimedSession, columns: Columns, untilNs: bigint): Promise<void> {
  if (session.kind === 'sync') recordSync(session, columns, untilNs);
  else await recordAsync(session, columns, untilNs);
}

function recordSync({ invoke, settle }: TimedSession, columns: Columns, untilNs: bigint): void {
  const now = process.hrtime.bigint;
  let end: bigint;
  do {
    const start = now();
    const answer = invoke();
    end = now();
    settle(answer);
    store(columns, start, end);
  } while (end < untilNs);
}

// The same loop with an await inside the timing: one function for both would make the synchronous engine pay for it.
async function recordAsync(
  { invoke, settle }: TimedSession,
  columns: Columns,
  untilNs: bigint,
): Promise<void> {
  const now = process.hrtime.bigint;
  let end: bigint;
  do {
    const start = now();
    const answer = await invoke();
    end = now();
    settle(answer);
    store(columns, start, end);
  } while (end < untilNs);
}

function store(columns: Columns, start: bigint, end: bigint): void {
  if (columns.inferences % columns.stride === 0) {
    if (columns.length === columns.starts.length) thin(columns);
    if (columns.inferences % columns.stride === 0) {
      columns.starts[columns.length] = start;
      columns.ends[columns.length] = end;
      columns.length += 1;
    }
  }
  columns.inferences += 1;
}
