import type { Database } from 'better-sqlite3';
import type { AccuracyRecord } from '../../shared/accuracy';
import type { ImportedBundle } from '../../shared/bundle';
import type { ClaimVersion } from '../../shared/claim';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import type { RunRecord } from '../../shared/run';
import { bundleRow, type ForeignClaim, foreignClaimKey, foreignClaimRow } from './bundles';
import {
  accuracyRow,
  claimExperimentRow,
  claimRunRow,
  claimStepRow,
  claimVersionId,
  claimVersionRow,
  type StoredClaimExperiment,
  type StoredClaimRun,
  type StoredStep,
} from './claims';
import { decodeReadings, type ReadingCells, type ReadingsRecord, readingsRow } from './readings';
import {
  type DeviceState,
  type Experiment,
  eventRow,
  experimentRow,
  machineRow,
  modelRow,
  type RecordCells,
  type Row,
  type RunEvent,
  readRecord,
  runRow,
  type SensorOfRun,
  type StoredWindow,
  sensorRow,
  stateRow,
  windowRow,
} from './records';
import { decodeSamples, type SampleCells } from './samples';

export interface Problem {
  table: string;
  /** Key of the row, parts joined by '/'; empty for the table or file as a whole. */
  id: string;
  /** One plain sentence without the subject, e.g. 'no longer matches its checksum'. */
  what: string;
}

export interface VerifyReport {
  /** Rows whose record, columns and links were recomputed. */
  checked: number;
  problems: Problem[];
}

type Cells = Record<string, unknown> & RecordCells;

interface Check {
  table: string;
  key: readonly string[];
  /** The columns that a record implies, and what is wrong with it beyond them; null where nothing is. */
  judge: (record: never, cells: Cells) => { row: Row; wrong: string | null };
}

/** Tables whose rows belong to one run. */
const ofRuns: ReadonlySet<string> = new Set(['windows', 'sensors', 'readings', 'states', 'events']);

/** @param row what the table must hold for a record @param more looks at what no column shows */
function check<T>(
  table: string,
  key: readonly string[],
  row: (record: T) => Row,
  more: (record: T, cells: Cells) => string | null = () => null,
): Check {
  return { table, key, judge: (record: T, cells) => ({ row: row(record), wrong: more(record, cells) }) };
}

const rot = 'holds columns that no longer match their checksum';

const checks: readonly Check[] = [
  check<Model>('models', ['id'], modelRow),
  check<Machine>('machines', ['id'], machineRow),
  check<Experiment>('experiments', ['id'], experimentRow, (experiment, cells) =>
    experiment.planSha256 === cells.plan_sha256 ? null : 'carries another hash than its plan has',
  ),
  check<RunRecord>('runs', ['id'], runRow, (run, cells) =>
    run.conditionSha256 === cells.condition_sha256 ? null : 'carries another hash than its condition has',
  ),
  check<StoredWindow>('windows', ['run_id', 'idx'], windowRow, ({ samples }, cells) =>
    decodeSamples(samples, cells as Cells & SampleCells) ? null : rot,
  ),
  check<SensorOfRun>('sensors', ['run_id', 'sensor_id'], sensorRow),
  check<ReadingsRecord>('readings', ['run_id', 'sensor_id', 'role', 'seq'], readingsRow, (batch, cells) =>
    decodeReadings(batch, cells as Cells & ReadingCells) ? null : rot,
  ),
  check<DeviceState>('states', ['run_id', 'seq'], stateRow),
  check<RunEvent>('events', ['run_id', 'seq'], eventRow),
  check<ClaimVersion>('claim_versions', ['id'], claimVersionRow, (version) =>
    claimVersionId(version) === version.id ? null : 'is not the claim that its id is the hash of',
  ),
  check<StoredClaimRun>('claim_runs', ['id'], claimRunRow),
  check<StoredStep>('claim_steps', ['claim_run_id', 'key'], claimStepRow),
  check<StoredClaimExperiment>('claim_experiments', ['claim_run_id', 'key'], claimExperimentRow),
  check<AccuracyRecord>('accuracies', ['id'], accuracyRow),
  check<ImportedBundle>('bundles', ['id'], bundleRow),
  {
    table: 'foreign_claims',
    key: ['kind', 'lab', 'key'],
    judge: (value: ForeignClaim['value'], cells) => {
      const { kind, lab } = cells as Cells & Pick<ForeignClaim, 'kind' | 'lab'>;
      const key = foreignClaimKey(kind, value);
      const named = kind !== 'claim_version' || claimVersionId(value as ClaimVersion) === key;
      return {
        row: foreignClaimRow({ kind, lab, key, value } as ForeignClaim),
        wrong: named ? null : 'is not the claim that its id is the hash of',
      };
    },
  },
];

interface Link {
  table: string;
  what: string;
  sql: string;
}

/** Questions about runs that must have no answer: each row is one problem. @param only of a run's id, chooses the runs */
const linksOfRuns = (only: (runId: string) => string): readonly Link[] => [
  {
    table: 'runs',
    what: 'is completed and has no window',
    sql: `SELECT id FROM runs WHERE status = 'completed' AND ${only('id')}
          AND NOT EXISTS (SELECT 1 FROM windows WHERE run_id = runs.id)`,
  },
  {
    table: 'runs',
    what: 'lacks a window between its first and its last',
    sql: `SELECT run_id AS id FROM windows WHERE ${only('run_id')}
          GROUP BY run_id HAVING max(idx) - min(idx) + 1 <> count(*)`,
  },
  {
    table: 'windows',
    what: 'names a sensor that its run does not have',
    sql: `SELECT run_id || '/' || idx AS id FROM windows, json_each(record, '$.window.energy') AS energy
          WHERE ${only('run_id')} AND NOT EXISTS (SELECT 1 FROM sensors WHERE sensors.run_id = windows.run_id
                            AND sensor_id = energy.value ->> 'sensorId')`,
  },
  {
    table: 'readings',
    what: 'lacks a batch before its last',
    sql: `SELECT run_id || '/' || sensor_id || '/' || role AS id FROM readings WHERE ${only('run_id')}
          GROUP BY run_id, sensor_id, role HAVING max(seq) + 1 <> count(*)`,
  },
];

/** The same of everything else. */
const links: readonly Link[] = [
  ...linksOfRuns(() => 'true'),
  {
    table: 'marks',
    what: 'belongs to nothing in this lab',
    sql: `SELECT what || '/' || id AS id FROM marks WHERE id NOT IN
          (SELECT id FROM models WHERE what = 'model' UNION ALL SELECT id FROM runs WHERE what = 'run')`,
  },
  {
    table: 'claim_runs',
    what: 'began before the prediction that it tests was written down',
    sql: `SELECT claim_runs.id AS id FROM claim_runs JOIN claim_versions ON claim_versions.id = version_id
          WHERE created_unix_ms > started_unix_ms`,
  },
  {
    table: 'lab',
    what: 'does not hold the one number of this lab',
    sql: "SELECT '' AS id WHERE (SELECT count(*) FROM lab) <> 1",
  },
  {
    table: 'origins',
    what: 'belongs to nothing in this lab',
    sql: `SELECT what || '/' || id AS id FROM origins WHERE id NOT IN (
            SELECT id FROM runs WHERE what = 'run' UNION ALL SELECT id FROM models WHERE what = 'model'
            UNION ALL SELECT id FROM machines WHERE what = 'machine'
            UNION ALL SELECT id FROM experiments WHERE what = 'experiment'
            UNION ALL SELECT id FROM accuracies WHERE what = 'accuracy')`,
  },
  {
    table: 'origins',
    what: 'says that this lab’s own came from elsewhere',
    sql: "SELECT what || '/' || id AS id FROM origins WHERE lab IN (SELECT id FROM lab)",
  },
  {
    table: 'foreign_claims',
    what: 'belongs to a claim run that is not there',
    sql: `SELECT kind || '/' || lab || '/' || key AS id FROM foreign_claims AS part
          WHERE kind IN ('claim_step', 'claim_experiment') AND NOT EXISTS (SELECT 1 FROM foreign_claims AS run
            WHERE run.kind = 'claim_run' AND run.lab = part.lab AND run.key = part.record ->> '$.claimRunId')`,
  },
  {
    table: 'foreign_claims',
    what: 'is of a version of its claim that is not there',
    sql: `SELECT kind || '/' || lab || '/' || key AS id FROM foreign_claims AS run
          WHERE kind = 'claim_run' AND NOT EXISTS (SELECT 1 FROM foreign_claims AS version
            WHERE version.kind = 'claim_version' AND version.lab = run.lab
            AND version.key = run.record ->> '$.versionId')`,
  },
  {
    table: 'foreign_claims',
    what: 'began before the prediction that it tests was written down',
    sql: `SELECT run.kind || '/' || run.lab || '/' || run.key AS id FROM foreign_claims AS run
          JOIN foreign_claims AS version ON version.kind = 'claim_version' AND version.lab = run.lab
            AND version.key = run.record ->> '$.versionId'
          WHERE run.kind = 'claim_run' AND version.record ->> '$.createdUnixMs' > run.record ->> '$.startedUnixMs'`,
  },
  {
    table: 'settings',
    what: 'holds no JSON',
    sql: 'SELECT key AS id FROM settings WHERE NOT json_valid(value)',
  },
];

/** The same of one run and its rows: what stands after storing it must be what a look at everything would pass. */
export function verifyRun(db: Database, runId: string): Problem[] {
  const problems: Problem[] = [];
  for (const each of checks) {
    const where = each.table === 'runs' ? 'id' : ofRuns.has(each.table) ? 'run_id' : null;
    if (where === null) continue;
    const rows = db.prepare<[string], Cells>(`SELECT * FROM ${each.table} WHERE ${where} = ?`).safeIntegers();
    for (const cells of rows.all(runId)) {
      const id = each.key.map((column) => String(cells[column])).join('/');
      for (const what of wrongs(each, cells)) problems.push({ table: each.table, id, what });
    }
  }
  for (const { table, what, sql } of linksOfRuns((id) => `${id} = :runId`)) {
    for (const id of db.prepare<{ runId: string }, string>(sql).pluck().all({ runId }))
      problems.push({ table, id, what });
  }
  return problems;
}

/** One consistent look at the whole database: structure, foreign keys, each record, each column, each link. */
export function verifyDatabase(db: Database): VerifyReport {
  const problems: Problem[] = [];
  let checked = 0;
  /** Damage can stop a query anywhere: it ends that query, not the check. */
  const attempt = (table: string, look: () => void) => {
    try {
      look();
    } catch (thrown) {
      problems.push({ table, id: '', what: `cannot be read to its end (${(thrown as Error).message})` });
    }
  };
  const look = db.transaction(() => {
    attempt('database', () => {
      for (const what of db.prepare<[], string>('PRAGMA integrity_check(20)').pluck().all()) {
        if (what !== 'ok') problems.push({ table: 'database', id: '', what });
      }
    });
    attempt('database', () => {
      const broken = db.prepare<[], { table: string; rowid: number; parent: string }>(
        'PRAGMA foreign_key_check',
      );
      for (const { table, rowid, parent } of broken.all()) {
        problems.push({ table, id: `row ${rowid}`, what: `points to a row of ${parent} that is not there` });
      }
    });
    for (const each of checks) {
      attempt(each.table, () => {
        const rows = db.prepare<[], Cells>(`SELECT * FROM ${each.table}`).safeIntegers();
        for (const cells of rows.iterate()) {
          checked += 1;
          const id = each.key.map((column) => String(cells[column])).join('/');
          for (const what of wrongs(each, cells)) problems.push({ table: each.table, id, what });
        }
      });
    }
    for (const { table, what, sql } of links) {
      attempt(table, () => {
        for (const id of db.prepare<[], string>(sql).pluck().all()) problems.push({ table, id, what });
      });
    }
  });
  // A read transaction: only one that writes must be immediate.
  look.deferred();
  return { checked, problems };
}

function wrongs({ judge }: Check, cells: Cells): string[] {
  const record = readRecord<never>(cells);
  if (record === null) return ['no longer matches its checksum'];
  const { row, wrong } = judge(record, cells);
  const differ = Object.entries(row).filter(([column, want]) => !same(cells[column], want));
  return [
    ...differ.map(([column]) => `differs from its record in column ${column}`),
    ...(wrong === null ? [] : [wrong]),
  ];
}

/** Integers come out of SQLite as bigints here, so that 64-bit times compare exactly. */
function same(have: unknown, want: Row[string]): boolean {
  return typeof want === 'number' ? have === BigInt(want) : have === want;
}
