import type { Database } from 'better-sqlite3';
import type { Machine } from '../../shared/machine';
import type { Health, Reading, SensorInfo } from '../../shared/meter';
import type { Model } from '../../shared/model';
import type { Phase, RunRecord, RunStatus, WindowRecord, WindowSamples } from '../../shared/run';
import { type BundleWriter, makeBundleWriter } from './bundles';
import { type ClaimWriter, makeClaimWriter } from './claims';
import { type MarkWriter, makeMarkWriter } from './marks';
import {
  columnsOf,
  encodeReadings,
  type ReadingCells,
  type ReadingRole,
  type ReadingsRecord,
  readingsRecord,
  readingsRow,
} from './readings';
import {
  conditionSha256,
  type DeviceState,
  type Experiment,
  eventRow,
  experimentRow,
  machineRow,
  modelRow,
  queuedRun,
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
import { describeSamples, encodeSamples, type SampleCells } from './samples';

/** A run that has ended with all its rows; columns as they lie in them. */
export interface WholeRun {
  run: RunRecord;
  sensors: readonly SensorOfRun[];
  windows: readonly { record: StoredWindow; cells: SampleCells }[];
  readings: readonly { record: ReadingsRecord; cells: ReadingCells }[];
  states: readonly DeviceState[];
  events: readonly RunEvent[];
}

/**
 * Every change to a lab, each one transaction: when a call returns, its rows are on the disk; when it throws,
 * nothing of it is. Rows are only ever added; of a run only the status goes forward, of an experiment the status
 * changes. Marks and settings (marks.ts) may change.
 * @throws LabError no_space, lab_damaged; SqliteError SQLITE_CONSTRAINT_* for what the schema forbids (a bug)
 */
export interface LabWriter extends MarkWriter, ClaimWriter, BundleWriter {
  /** All that `work` writes through this writer in one transaction: everything or, if it throws, nothing. */
  together<R>(work: () => R): R;
  /** Keeps the first record of an id. @returns whether it was new */
  putModel(model: Model): boolean;
  putMachine(machine: Machine): boolean;
  /** An experiment and its queued runs, together or not at all. */
  createExperiment(experiment: Experiment, runs: readonly RunRecord[]): void;
  /** Queued runs of an experiment whose models were built after it began, together or not at all. */
  addRuns(runs: readonly RunRecord[]): void;
  setExperimentStatus(id: string, status: RunStatus, endedUnixMs: number | null): Experiment;
  /** queued -> running. @param machineId where the run happens, if not where it was queued */
  startRun(id: string, startedUnixMs: number, machineId?: string): RunRecord;
  /** queued or running -> the status of the record, with its outcome and results. */
  finishRun(run: RunRecord): void;
  /** A new queued run with the condition and place of one that ended badly; that one stays as it is. */
  queueAgain(endedRunId: string, newRunId: string, queuedUnixMs: number): RunRecord;
  /** One window and its samples, of a running run. */
  appendWindow(runId: string, window: WindowRecord, samples: WindowSamples): void;
  /** The sensors of a running run, before its first reading. One that is already there is kept. */
  putSensors(runId: string, sensors: readonly SensorInfo[]): void;
  /** One batch per sensor. @param mark what the reads belong to, e.g. 'window:3' */
  appendReadings(runId: string, role: ReadingRole, readings: readonly Reading[], mark?: string | null): void;
  /** @param mark what the moment was, e.g. 'window:3' */
  appendState(runId: string, mark: string, atNs: bigint, health: Health): void;
  appendEvent(runId: string, atNs: bigint, phase: Phase, text: string): void;
  /** A run that was measured elsewhere and has ended, with everything that belongs to it, as it was stored there. */
  putRun(whole: WholeRun): void;
  /**
   * Runs that a dead lab left `running` become `failed`; their windows stay. For the start of a lab, before
   * any run starts.
   * @returns their ids, oldest first
   */
  recoverInterrupted(nowUnixMs: number): string[];
}

export function makeWriter(db: Database): LabWriter {
  const insert = (table: string, columns: readonly string[], orIgnore = false) =>
    db.prepare<[Record<string, unknown>]>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((c) => `:${c}`).join(', ')})
       ${orIgnore ? 'ON CONFLICT DO NOTHING' : ''}`,
    );
  const record = ['record', 'record_sha256'];
  const runColumns = [
    ...['id', 'experiment_id', 'ordinal', 'role', 'model_id', 'machine_id', 'status', 'condition'],
    ...['condition_sha256', 'queued_unix_ms', 'started_unix_ms', 'ended_unix_ms', ...record],
  ];
  const addModel = insert('models', ['id', 'name', 'family', 'imported_unix_ms', ...record], true);
  const addMachine = insert('machines', ['id', ...record], true);
  const addExperiment = insert('experiments', [
    ...['id', 'created_unix_ms', 'status', 'plan', 'plan_sha256', ...record],
  ]);
  const addRun = insert('runs', runColumns);
  const addWindow = insert('windows', [
    ...['run_id', 'idx', 'open_ns', 'close_ns', 'verdict', 'n', 'stride', 'origin_ns', 'starts'],
    ...['starts_codec', 'durations', 'durations_codec', 'samples_sha256', ...record],
  ]);
  const addSensor = insert('sensors', ['run_id', 'sensor_id', ...record], true);
  const addReadings = insert('readings', [
    ...['run_id', 'sensor_id', 'role', 'seq', 'mark', 'n', 't0', 't0_codec', 't1', 't1_codec'],
    ...['raw', 'raw_codec', 'source', 'source_codec', 'columns_sha256', ...record],
  ]);
  const addState = insert('states', ['run_id', 'seq', 'mark', 'at_ns', ...record]);
  const addEvent = insert('events', ['run_id', 'seq', 'at_ns', 'phase', 'text', ...record]);
  const updateRun = db.prepare<[Row]>(
    `UPDATE runs SET ${runColumns.map((c) => `${c} = :${c}`).join(', ')} WHERE id = :id`,
  );
  const updateExperiment = db.prepare<[Row]>(
    `UPDATE experiments SET status = :status, plan = :plan, plan_sha256 = :plan_sha256,
       created_unix_ms = :created_unix_ms, record = :record, record_sha256 = :record_sha256 WHERE id = :id`,
  );
  const runCells = db.prepare<[string], RecordCells>('SELECT record, record_sha256 FROM runs WHERE id = ?');
  const experimentCells = db.prepare<[string], RecordCells>(
    'SELECT record, record_sha256 FROM experiments WHERE id = ?',
  );
  const nextSeq = (table: string, where: string) =>
    db.prepare<string[], number>(`SELECT coalesce(max(seq) + 1, 0) FROM ${table} WHERE ${where}`).pluck();
  const nextState = nextSeq('states', 'run_id = ?');
  const nextEvent = nextSeq('events', 'run_id = ?');
  const nextReadings = nextSeq('readings', 'run_id = ? AND sensor_id = ? AND role = ?');
  const interrupted = db
    .prepare<[], string>(`SELECT id FROM runs WHERE status = 'running' ORDER BY rowid`)
    .pluck();
  const lastPhase = db
    .prepare<[string], Phase>('SELECT phase FROM events WHERE run_id = ? ORDER BY seq DESC LIMIT 1')
    .pluck();
  const anyWindow = db.prepare<[string], number>('SELECT 1 FROM windows WHERE run_id = ? LIMIT 1').pluck();

  /** Immediate, so that a busy lab waits instead of losing a read-then-write. */
  const atomic = <A extends unknown[], R>(work: (...args: A) => R): ((...args: A) => R) => {
    const transaction = db.transaction(work);
    return (...args) => transaction.immediate(...args);
  };
  const known = <T>(cells: RecordCells | undefined, what: string): T => {
    const value = cells && readRecord<T>(cells);
    if (value === undefined) throw new Error(`no ${what}`);
    if (value === null) throw new Error(`the record of ${what} no longer matches its checksum`);
    return value;
  };
  const queue = (run: RunRecord) => {
    if (run.status !== 'queued') throw new Error(`run ${run.id} does not begin as queued`);
    addRun.run(runRow(checkedRun(run)));
  };
  const runOf = (id: string) => known<RunRecord>(runCells.get(id), `run ${id}`);
  const changeRun = (run: RunRecord) => {
    if (updateRun.run(runRow(checkedRun(run))).changes !== 1) throw new Error(`no run ${run.id}`);
    return run;
  };

  return {
    together: (work) => atomic(work)(),
    ...makeMarkWriter(db, atomic),
    ...makeClaimWriter(db, atomic),
    ...makeBundleWriter(db, atomic),
    putModel: atomic((model) => addModel.run(modelRow(model)).changes === 1),
    putMachine: atomic((machine) => addMachine.run(machineRow(machine)).changes === 1),
    createExperiment: atomic((experiment, runs) => {
      const row = experimentRow(experiment);
      if (row.plan_sha256 !== experiment.planSha256)
        throw new Error('planSha256 is not the hash of the plan');
      addExperiment.run(row);
      for (const run of runs) queue(run);
    }),
    addRuns: atomic((runs) => {
      for (const run of runs) queue(run);
    }),
    setExperimentStatus: atomic((id, status, endedUnixMs) => {
      const before = known<Experiment>(experimentCells.get(id), `experiment ${id}`);
      const after = { ...before, status, endedUnixMs };
      updateExperiment.run(experimentRow(after));
      return after;
    }),
    startRun: atomic((id, startedUnixMs, machineId) => {
      const before = runOf(id);
      return changeRun({
        ...before,
        status: 'running',
        outcome: null,
        startedUnixMs,
        machineId: machineId ?? before.machineId,
      });
    }),
    finishRun: atomic((run) => {
      changeRun(run);
    }),
    queueAgain: atomic((endedRunId, newRunId, queuedUnixMs) => {
      const again = freshRun(runOf(endedRunId), newRunId, queuedUnixMs);
      addRun.run(runRow(again));
      return again;
    }),
    appendWindow: atomic((runId, window, samples) => {
      const row = windowRow({ runId, window, samples: describeSamples(samples) });
      addWindow.run({ ...row, ...encodeSamples(samples) });
    }),
    putSensors: atomic((runId, sensors) => {
      for (const sensor of sensors) addSensor.run(sensorRow({ runId, sensor }));
    }),
    appendReadings: atomic((runId, role, readings, mark = null) => {
      for (const columns of columnsOf(readings)) {
        const seq = nextReadings.get(runId, columns.sensorId, role)!;
        const batch = readingsRecord({ ...columns, runId, role, seq, mark });
        addReadings.run({ ...readingsRow(batch), ...encodeReadings(columns) });
      }
    }),
    appendState: atomic((runId, mark, atNs, health) => {
      addState.run(stateRow({ runId, seq: nextState.get(runId)!, mark, atNs, health }));
    }),
    appendEvent: atomic((runId, atNs, phase, text) => {
      addEvent.run(eventRow({ runId, seq: nextEvent.get(runId)!, atNs, phase, text }));
    }),
    putRun: atomic(({ run, sensors, windows, readings, states, events }) => {
      // Rows belong to a run while it runs: it is stored as one that runs, and ends when they are there.
      addRun.run(runRow(checkedRun({ ...run, status: 'running', endedUnixMs: null, outcome: null })));
      for (const sensor of sensors) addSensor.run(sensorRow(sensor));
      for (const { record, cells } of windows) addWindow.run({ ...windowRow(record), ...cells });
      for (const { record, cells } of readings) addReadings.run({ ...readingsRow(record), ...cells });
      for (const state of states) addState.run(stateRow(state));
      for (const event of events) addEvent.run(eventRow(event));
      changeRun(run);
    }),
    recoverInterrupted: atomic((nowUnixMs) => {
      const ids = interrupted.all();
      for (const id of ids) {
        const phase = lastPhase.get(id) ?? (anyWindow.get(id) ? 'window' : 'launch');
        changeRun(lostRun(runOf(id), phase, nowUnixMs));
      }
      return ids;
    }),
  };
}

/** @throws Error for a record that contradicts itself: better no row than one that verify will not believe */
function checkedRun(run: RunRecord): RunRecord {
  const ended = run.status === 'completed' || run.status === 'cancelled' || run.status === 'failed';
  if (ended ? run.outcome?.kind !== run.status : run.outcome !== null) {
    throw new Error(`run ${run.id} is ${run.status} with the outcome ${run.outcome?.kind ?? 'none'}`);
  }
  if (conditionSha256(run.condition) !== run.conditionSha256) {
    throw new Error(`run ${run.id}: conditionSha256 is not the hash of the condition`);
  }
  return run;
}

function freshRun(run: RunRecord, id: string, queuedUnixMs: number): RunRecord {
  if (run.status !== 'cancelled' && run.status !== 'failed') {
    throw new Error(`run ${run.id} is ${run.status}: only a cancelled or failed run can be queued again`);
  }
  return queuedRun({ ...run, id, queuedUnixMs, macs: run.macs });
}

/** @param nowUnixMs when the loss was found; when the lab ended is not known */
function lostRun(run: RunRecord, phase: Phase, nowUnixMs: number): RunRecord {
  return {
    ...run,
    status: 'failed',
    endedUnixMs: nowUnixMs,
    outcome: {
      kind: 'failed',
      phase,
      cause: 'crash',
      exitCode: null,
      signal: null,
      message: 'The lab ended during this run.',
      remedy:
        'Resume the experiment: the run is measured again from its start, and what it had stays stored.',
      stderrTail: '',
    },
  };
}
