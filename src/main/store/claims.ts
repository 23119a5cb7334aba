import type { Database } from 'better-sqlite3';
import type { AccuracyRecord } from '../../shared/accuracy';
import type { ClaimOptions, ClaimOutcome, ClaimVersion } from '../../shared/claim';
import { sha256OfValue } from './canonical';
import { damaged } from './failures';
import { type RecordCells, type Row, readRecord, recordOf } from './records';

/** One go at a claim's protocol, as it is stored. */
export interface StoredClaimRun {
  id: string;
  versionId: string;
  claim: string;
  options: ClaimOptions;
  /** `running` also while nobody works on it: see ClaimReader.openClaimRuns. */
  status: 'running' | 'completed' | 'cancelled' | 'failed';
  startedUnixMs: number;
  endedUnixMs: number | null;
  machineId: string;
  outcome: ClaimOutcome | null;
  failure: { message: string; remedy: string | null } | null;
}

/** What one step gave; plain JSON. */
export interface StoredStep {
  claimRunId: string;
  key: string;
  seconds: number;
  value: unknown;
}

export interface StoredClaimExperiment {
  claimRunId: string;
  key: string;
  experimentId: string;
}

export interface ClaimReader {
  /** By claim, then version. */
  claimVersions(claim?: string): ClaimVersion[];
  /** Oldest first. */
  claimRuns(claim?: string): StoredClaimRun[];
  claimRun(id: string): StoredClaimRun | null;
  /** In the order in which they were done, each with the SHA-256 of its record. */
  claimSteps(claimRunId: string): (StoredStep & { sha256: string })[];
  claimExperiments(claimRunId: string): StoredClaimExperiment[];
  /** Oldest first. */
  accuracies(modelId?: string): AccuracyRecord[];
}

/** @throws SqliteError for what the schema forbids, e.g. a second record of a step */
export interface ClaimWriter {
  putClaimVersion(version: ClaimVersion): void;
  addClaimRun(run: StoredClaimRun): void;
  changeClaimRun(run: StoredClaimRun): void;
  addClaimStep(step: StoredStep): void;
  addClaimExperiment(experiment: StoredClaimExperiment): void;
  putAccuracy(accuracy: AccuracyRecord): void;
}

/** SHA-256 (hex) of a version: everything but its id, its place in the history and when it was written. */
export function claimVersionId(
  version: Omit<ClaimVersion, 'id' | 'createdUnixMs'> & Partial<ClaimVersion>,
): string {
  const { id: _, createdUnixMs: __, ...said } = version;
  return sha256OfValue(said);
}

export const claimVersionRow = (version: ClaimVersion): Row => ({
  id: version.id,
  claim: version.claim,
  version: version.version,
  created_unix_ms: version.createdUnixMs,
  ...recordOf(version),
});

export const claimRunRow = (run: StoredClaimRun): Row => ({
  id: run.id,
  version_id: run.versionId,
  claim: run.claim,
  status: run.status,
  started_unix_ms: run.startedUnixMs,
  ended_unix_ms: run.endedUnixMs,
  ...recordOf(run),
});

export const claimStepRow = (step: StoredStep): Row => ({
  claim_run_id: step.claimRunId,
  key: step.key,
  ...recordOf(step),
});

export const claimExperimentRow = (of: StoredClaimExperiment): Row => ({
  claim_run_id: of.claimRunId,
  key: of.key,
  experiment_id: of.experimentId,
  ...recordOf(of),
});

export const accuracyRow = (accuracy: AccuracyRecord): Row => ({
  id: accuracy.id,
  model_id: accuracy.modelId,
  created_unix_ms: accuracy.createdUnixMs,
  ...recordOf(accuracy),
});

export function makeClaimReader(db: Database, dir: string): ClaimReader {
  const records = <T>(what: string, rest: string) => {
    const statement = db.prepare<unknown[], RecordCells>(`SELECT record, record_sha256 FROM ${rest}`);
    return (...params: unknown[]) =>
      statement.all(...params).map((cells) => {
        const value = readRecord<T>(cells);
        if (value === null) {
          throw damaged(dir, undefined, `A stored ${what} no longer matches its checksum in ${dir}.`);
        }
        return { value, sha256: cells.record_sha256 };
      });
  };
  const versions = records<ClaimVersion>(
    'claim',
    'claim_versions WHERE :of IS NULL OR claim = :of ORDER BY claim, version',
  );
  const runs = records<StoredClaimRun>(
    'claim run',
    'claim_runs WHERE :of IS NULL OR claim = :of ORDER BY rowid',
  );
  const run = records<StoredClaimRun>('claim run', 'claim_runs WHERE id = ?');
  const steps = records<StoredStep>('claim step', 'claim_steps WHERE claim_run_id = ? ORDER BY rowid');
  const experiments = records<StoredClaimExperiment>(
    'experiment of a claim',
    'claim_experiments WHERE claim_run_id = ? ORDER BY rowid',
  );
  const accuracies = records<AccuracyRecord>(
    'accuracy',
    'accuracies WHERE :of IS NULL OR model_id = :of ORDER BY rowid',
  );
  const values = <T>(found: { value: T }[]): T[] => found.map(({ value }) => value);
  return {
    claimVersions: (claim) => values(versions({ of: claim ?? null })),
    claimRuns: (claim) => values(runs({ of: claim ?? null })),
    claimRun: (id) => run(id)[0]?.value ?? null,
    claimSteps: (id) => steps(id).map(({ value, sha256 }) => ({ ...value, sha256 })),
    claimExperiments: (id) => values(experiments(id)),
    accuracies: (modelId) => values(accuracies({ of: modelId ?? null })),
  };
}

export function makeClaimWriter(
  db: Database,
  atomic: <A extends unknown[], R>(work: (...args: A) => R) => (...args: A) => R,
): ClaimWriter {
  const insert = (table: string, columns: readonly string[]) => {
    const all = [...columns, 'record', 'record_sha256'];
    return db.prepare<[Row]>(
      `INSERT INTO ${table} (${all.join(', ')}) VALUES (${all.map((c) => `:${c}`).join(', ')})`,
    );
  };
  const runColumns = ['id', 'version_id', 'claim', 'status', 'started_unix_ms', 'ended_unix_ms'];
  const addVersion = insert('claim_versions', ['id', 'claim', 'version', 'created_unix_ms']);
  const addRun = insert('claim_runs', runColumns);
  const addStep = insert('claim_steps', ['claim_run_id', 'key']);
  const addExperiment = insert('claim_experiments', ['claim_run_id', 'key', 'experiment_id']);
  const addAccuracy = insert('accuracies', ['id', 'model_id', 'created_unix_ms']);
  const update = db.prepare<[Row]>(
    `UPDATE claim_runs SET ${[...runColumns, 'record', 'record_sha256'].map((c) => `${c} = :${c}`).join(', ')}
     WHERE id = :id`,
  );
  return {
    putClaimVersion: atomic((version) => {
      if (claimVersionId(version) !== version.id) throw new Error('the id is not the hash of the version');
      addVersion.run(claimVersionRow(version));
    }),
    addClaimRun: atomic((run) => {
      addRun.run(claimRunRow(run));
    }),
    changeClaimRun: atomic((run) => {
      if (update.run(claimRunRow(run)).changes !== 1) throw new Error(`no claim run ${run.id}`);
    }),
    addClaimStep: atomic((step) => {
      addStep.run(claimStepRow(step));
    }),
    addClaimExperiment: atomic((of) => {
      addExperiment.run(claimExperimentRow(of));
    }),
    putAccuracy: atomic((accuracy) => {
      addAccuracy.run(accuracyRow(accuracy));
    }),
  };
}
