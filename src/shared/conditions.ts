import type { RunRecord, RunStatus } from './run';

/** What tells which condition of which experiment a run measured; every RunRow is one. */
interface PlacedRun {
  id: string;
  experimentId: string;
  role: RunRecord['role'];
  status: RunStatus;
  entry: number;
  block: number;
}

/** Where a stored run stands; in plans of earlier versions every place is a condition of its own. */
export const placeOf = ({ id, experimentId, role, status, ordinal, turn }: RunRecord): PlacedRun => ({
  id,
  experimentId,
  role,
  status,
  entry: turn?.entry ?? ordinal,
  block: turn?.block ?? 0,
});

/**
 * One run for each condition of an experiment, in the order of its plan, without controls and overhead runs: its first
 * block's, or the first that completed; of a place that was measured again, the newest that completed.
 */
export function oneOfEachCondition<R extends PlacedRun>(runs: readonly R[], experimentId: string): R[] {
  const found = new Map<number, R>();
  for (const run of runs) {
    if (run.experimentId !== experimentId || run.role !== 'measure') continue;
    const kept = found.get(run.entry);
    const better =
      kept === undefined ||
      (run.status === 'completed' && (kept.status !== 'completed' || run.block <= kept.block)) ||
      (kept.status !== 'completed' && run.block < kept.block);
    if (better) found.set(run.entry, run);
  }
  return [...found.values()].sort((a, b) => a.entry - b.entry);
}
