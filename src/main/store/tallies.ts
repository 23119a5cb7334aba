import type { Database } from 'better-sqlite3';
import type { Condition } from '../../shared/plan';
import type { RunFacts, RunStatus } from '../../shared/run';
import { queueOrder } from './queueOrder';

/** What the duration of a run depends on most. */
export type PastKind = Pick<
  Condition,
  'modelId' | 'provider' | 'engine' | 'batch' | 'threads' | 'preset' | 'windowS' | 'windows'
>;

/** How long one completed run took from its start to its end, s. */
export interface PastRun extends PastKind {
  seconds: number;
  stopReason: RunFacts['stopReason'];
}

/** Questions over many runs, answered from columns without reading (and hashing) every record. */
export interface TallyReader {
  /** How many places of an experiment's plan are in each state; a place measured again counts once, by its newest run. */
  countPlaces(experimentId: string): Record<RunStatus, number>;
  /** The newest run of each place of an experiment's plan, by the place's number. */
  newestRuns(experimentId: string): Map<number, { id: string; status: RunStatus }>;
  /** Completed runs of these models that were measured in this lab, newest last; at most the newest 2,000. */
  pastRuns(modelIds: readonly string[]): PastRun[];
}

export function makeTallyReader(db: Database): TallyReader {
  const ofPlaces = `SELECT ordinal, id, status, row_number() OVER (PARTITION BY ordinal ORDER BY ${queueOrder}) AS turn,
      count(*) OVER (PARTITION BY ordinal) AS turns FROM runs WHERE experiment_id = ?`;
  const places = db.prepare<[string], { status: RunStatus; n: number }>(
    `SELECT status, count(*) AS n FROM (${ofPlaces}) WHERE turn = turns GROUP BY status`,
  );
  const newest = db.prepare<[string], { ordinal: number; id: string; status: RunStatus }>(
    `SELECT ordinal, id, status FROM (${ofPlaces}) WHERE turn = turns`,
  );
  const past = db.prepare<
    [string],
    { condition: string; seconds: number; stopReason: PastRun['stopReason'] }
  >(
    `SELECT condition, (ended_unix_ms - started_unix_ms) / 1000.0 AS seconds,
       json_extract(record, '$.facts.stopReason') AS stopReason
     FROM (SELECT rowid AS at, * FROM runs
           WHERE model_id IN (SELECT value FROM json_each(?)) AND status = 'completed' AND role = 'measure'
             AND id NOT IN (SELECT id FROM marks WHERE what = 'run' AND sample = 1)
             AND id NOT IN (SELECT id FROM origins WHERE what = 'run')
           ORDER BY rowid DESC LIMIT 2000)
     ORDER BY at`,
  );
  return {
    countPlaces(experimentId) {
      const counts = { queued: 0, running: 0, completed: 0, cancelled: 0, failed: 0 };
      for (const { status, n } of places.all(experimentId)) counts[status] = n;
      return counts;
    },
    newestRuns: (experimentId) =>
      new Map(newest.all(experimentId).map(({ ordinal, id, status }) => [ordinal, { id, status }])),
    pastRuns: (modelIds) =>
      past.all(JSON.stringify(modelIds)).map(({ condition, seconds, stopReason }) => {
        const { modelId, provider, engine, batch, threads, preset, windowS, windows } = JSON.parse(
          condition,
        ) as Condition;
        return { modelId, provider, engine, batch, threads, preset, windowS, windows, seconds, stopReason };
      }),
  };
}
