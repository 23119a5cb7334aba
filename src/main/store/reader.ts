import type { Database } from 'better-sqlite3';
import { LabError } from '../../shared/errors';
import type { Machine } from '../../shared/machine';
import type { SensorInfo } from '../../shared/meter';
import type { Model } from '../../shared/model';
import type { RunRecord, RunStatus, WindowRecord, WindowSamples } from '../../shared/run';
import { type BundleReader, makeBundleReader } from './bundles';
import { type ClaimReader, makeClaimReader } from './claims';
import { damaged } from './failures';
import { findNamed, type Named } from './find';
import { type MarkReader, makeMarkReader } from './marks';
import { queueOrder } from './queueOrder';
import {
  decodeReadings,
  type ReadingCells,
  type ReadingRole,
  type ReadingsRecord,
  type StoredReadings,
} from './readings';
import {
  type DeviceState,
  type Experiment,
  type RecordCells,
  type RunEvent,
  readRecord,
  type SensorOfRun,
  type StoredWindow,
} from './records';
import { decodeSamples, type SampleCells } from './samples';
import { makeTallyReader, type TallyReader } from './tallies';
import { type Problem, type VerifyReport, verifyDatabase, verifyRun } from './verify';

/** Every part that is given must fit. */
export interface RunFilter {
  experimentId?: string;
  modelId?: string;
  machineId?: string;
  role?: RunRecord['role'];
  /** Any of these. */
  status?: readonly RunStatus[];
}

/** A run that has not ended. */
export interface OpenRun {
  id: string;
  experimentId: string;
  modelId: string;
  status: 'queued' | 'running';
}

/** The hashes that tie a run's numbers to its stored rows, for bundles and claims. */
export interface RunHashes {
  record: string;
  windows: { index: number; record: string; samples: string }[];
  readings: { sensorId: string; role: ReadingRole; seq: number; record: string; columns: string }[];
}

/**
 * Every question to a lab. Whoever holds only this cannot write. Each record and column is held against its
 * SHA-256 as it is read.
 * @throws LabError lab_damaged if a record or column no longer has its hash; not_found for an id that is not there
 */
export interface LabReader extends MarkReader, TallyReader, ClaimReader, BundleReader {
  /** In order of import. */
  listModels(): Model[];
  getModel(id: string): Model;
  /** By id, name, or 8 or more first digits of the id; one in the bin only by id. @throws LabError bad_input where several answer */
  findModel(text: string): Model;
  listMachines(): Machine[];
  getMachine(id: string): Machine;
  /** Oldest first. */
  listExperiments(): Experiment[];
  getExperiment(id: string): Experiment;
  findExperiment(text: string): Experiment;
  /** By experiment (oldest first), then place in the plan, then in the order in which they were queued. */
  listRuns(filter?: RunFilter): RunRecord[];
  getRun(id: string): RunRecord;
  /** Those of the ids that are there, in no order: for many at once. */
  getRuns(ids: readonly string[]): RunRecord[];
  /** Id of every run in the order in which they were stored; reads no record. */
  runIds(): string[];
  /** Runs that are queued or running; reads no record. */
  openRuns(): OpenRun[];
  /** Id of every model in order of import; reads no record. */
  modelIds(): string[];
  findRun(text: string): RunRecord;
  /** In order of index. */
  getWindows(runId: string): WindowRecord[];
  /** The same with what their records keep of the samples, which are not read. */
  storedWindows(runId: string): StoredWindow[];
  getSamples(runId: string, index: number): WindowSamples;
  /** The same as they lie in the row, bytes and all: for bundles, which hand on what is stored. */
  sampleCells(runId: string, index: number): SampleCells;
  sensorsOf(runId: string): SensorInfo[];
  /** Batches by sensor, role and time; of one role where given. `readingsOf` makes single reads of them. */
  getReadings(runId: string, role?: ReadingRole): StoredReadings[];
  /** The columns of each batch of getReadings(runId), in that order, as they lie in their rows. */
  readingCells(runId: string): ReadingCells[];
  getStates(runId: string): DeviceState[];
  getEvents(runId: string): RunEvent[];
  hashesOf(runId: string): RunHashes;
  /** SHA-256 (hex) of a run's record alone: `hashesOf(runId).record` without the rows below it. */
  recordHashOf(runId: string): string;
  /** Recomputes every hash and link; see verify.ts. */
  verify(): VerifyReport;
  /** The same of one run and what belongs to it. */
  verifyRun(runId: string): Problem[];
}

const runOrder = `(SELECT created_unix_ms FROM experiments WHERE id = experiment_id), experiment_id, ordinal, ${queueOrder}`;

/** @param dir the lab's folder, for sentences */
export function makeReader(db: Database, dir: string): LabReader {
  const rotten = (what: string) =>
    damaged(dir, undefined, `${what} no longer matches its checksum in the lab folder ${dir}.`);
  /** The record in each row that the rest of the statement chooses. */
  const records = <T>(what: string, rest: string) => {
    const statement = db.prepare<unknown[], RecordCells>(`SELECT record, record_sha256 FROM ${rest}`);
    return (...params: unknown[]): T[] =>
      statement.all(...params).map((cells) => {
        const value = readRecord<T>(cells);
        if (value === null) throw rotten(`A stored ${what} (${cells.record.slice(0, 90)}…)`);
        return value;
      });
  };
  const one = <T>(found: T[], what: string, id: string): T => {
    if (found[0] !== undefined) return found[0];
    throw new LabError(
      'not_found',
      `There is no ${what} ${id} in this lab.`,
      'It may be of another lab, or the list is old: ask for it again.',
    );
  };

  const models = records<Model>('model', 'models ORDER BY imported_unix_ms, id');
  const model = records<Model>('model', 'models WHERE id = ?');
  const modelNames = db.prepare<[], Named>(
    `SELECT models.id, iif(binned_unix_ms IS NULL, name, NULL) AS name
     FROM models LEFT JOIN marks ON marks.what = 'model' AND marks.id = models.id ORDER BY models.id`,
  );
  const machines = records<Machine>('machine', 'machines ORDER BY rowid');
  const machine = records<Machine>('machine', 'machines WHERE id = ?');
  const experiments = records<Experiment>('experiment', 'experiments ORDER BY created_unix_ms, id');
  const experiment = records<Experiment>('experiment', 'experiments WHERE id = ?');
  /** One statement per set of filters, so that each can use its index. */
  const runQueries = new Map<string, (...params: unknown[]) => RunRecord[]>();
  const listRuns = ({ experimentId, modelId, machineId, role, status }: RunFilter = {}) => {
    const filters = [
      ['experiment_id = ?', experimentId],
      ['model_id = ?', modelId],
      ['machine_id = ?', machineId],
      ['role = ?', role],
      ['status IN (SELECT value FROM json_each(?))', status && JSON.stringify(status)],
    ].filter((pair): pair is [string, string] => pair[1] !== undefined);
    const where = ['true', ...filters.map(([sql]) => sql)].join(' AND ');
    const query =
      runQueries.get(where) ?? records<RunRecord>('run', `runs WHERE ${where} ORDER BY ${runOrder}`);
    runQueries.set(where, query);
    return query(...filters.map(([, value]) => value));
  };
  const run = records<RunRecord>('run', 'runs WHERE id = ?');
  const someRuns = records<RunRecord>('run', 'runs WHERE id IN (SELECT value FROM json_each(?))');
  // The plus keeps the order from being read off the table, whose rows are thousands of bytes: the index of ids will do.
  const runIds = db.prepare<[], string>('SELECT id FROM runs ORDER BY +rowid').pluck();
  const modelIds = db.prepare<[], string>('SELECT id FROM models ORDER BY imported_unix_ms, id').pluck();
  const openRuns = db.prepare<[], OpenRun>(
    `SELECT id, experiment_id AS experimentId, model_id AS modelId, status FROM runs WHERE status IN ('queued', 'running')
     ORDER BY rowid`,
  );
  const runNames = db.prepare<[], Named>('SELECT id, NULL AS name FROM runs ORDER BY id');
  const windows = records<StoredWindow>('window', 'windows WHERE run_id = ? ORDER BY idx');
  const window = records<StoredWindow>('window', 'windows WHERE run_id = ? AND idx = ?');
  const samplesOf = db.prepare<[string, number], SampleCells>(
    'SELECT starts, starts_codec, durations, durations_codec FROM windows WHERE run_id = ? AND idx = ?',
  );
  const sensors = records<SensorOfRun>('sensor', 'sensors WHERE run_id = ? ORDER BY rowid');
  const readings = db.prepare<{ runId: string; role: ReadingRole | null }, ReadingCells & RecordCells>(
    `SELECT * FROM readings WHERE run_id = :runId AND (:role IS NULL OR role = :role)
     ORDER BY sensor_id, role, seq`,
  );
  const batches = db.prepare<[string], ReadingCells>(
    `SELECT t0, t0_codec, t1, t1_codec, raw, raw_codec, source, source_codec FROM readings WHERE run_id = ?
     ORDER BY sensor_id, role, seq`,
  );
  const states = records<DeviceState>('state', 'states WHERE run_id = ? ORDER BY seq');
  const events = records<RunEvent>('event', 'events WHERE run_id = ? ORDER BY seq');
  const runHash = db.prepare<[string], string>('SELECT record_sha256 FROM runs WHERE id = ?').pluck();
  const windowHashes = db.prepare<[string], RunHashes['windows'][number]>(
    `SELECT idx AS "index", record_sha256 AS record, samples_sha256 AS samples
     FROM windows WHERE run_id = ? ORDER BY idx`,
  );
  const readingHashes = db.prepare<[string], RunHashes['readings'][number]>(
    `SELECT sensor_id AS sensorId, role, seq, record_sha256 AS record, columns_sha256 AS columns
     FROM readings WHERE run_id = ? ORDER BY sensor_id, role, seq`,
  );

  const recordHashOf = (runId: string) => one(runHash.all(runId), 'run', runId);
  const getModel = (id: string) => one(model(id), 'model', id);
  const getRun = (id: string) => one(run(id), 'run', id);

  return {
    listModels: () => models(),
    getModel,
    findModel: (text) => getModel(findNamed(text, modelNames.all(), 'model').id),
    listMachines: () => machines(),
    getMachine: (id) => one(machine(id), 'machine', id),
    listExperiments: () => experiments(),
    getExperiment: (id) => one(experiment(id), 'experiment', id),
    findExperiment: (text) => {
      const named = experiments().map((each) => ({ id: each.id, name: each.plan.name, each }));
      return findNamed(text, named, 'experiment').each;
    },
    listRuns,
    getRun,
    getRuns: (ids) => someRuns(JSON.stringify(ids)),
    runIds: () => runIds.all(),
    modelIds: () => modelIds.all(),
    openRuns: () => openRuns.all(),
    findRun: (text) => getRun(findNamed(text, runNames.all(), 'run').id),
    getWindows: (runId) => windows(runId).map((stored) => stored.window),
    storedWindows: (runId) => windows(runId),
    getSamples: (runId, index) => {
      const stored = one(window(runId, index), 'window', `${index} of run ${runId}`);
      const samples = decodeSamples(stored.samples, samplesOf.get(runId, index)!);
      if (samples === null) throw rotten(`Window ${index} of run ${runId}`);
      return samples;
    },
    sampleCells: (runId, index) =>
      one(
        [samplesOf.get(runId, index)].flatMap((cells) => cells ?? []),
        'window',
        `${index} of run ${runId}`,
      ),
    sensorsOf: (runId) => sensors(runId).map((of) => of.sensor),
    getReadings: (runId, role) =>
      readings.all({ runId, role: role ?? null }).map((cells) => {
        const record = readRecord<ReadingsRecord>(cells);
        const batch = record && decodeReadings(record, cells);
        if (batch === null) throw rotten(`A batch of readings of run ${runId}`);
        return batch;
      }),
    readingCells: (runId) => batches.all(runId),
    getStates: (runId) => states(runId),
    getEvents: (runId) => events(runId),
    recordHashOf,
    hashesOf: (runId) => ({
      record: recordHashOf(runId),
      windows: windowHashes.all(runId),
      readings: readingHashes.all(runId),
    }),
    verify: () => verifyDatabase(db),
    verifyRun: (runId) => verifyRun(db, runId),
    ...makeMarkReader(db),
    ...makeTallyReader(db),
    ...makeClaimReader(db, dir),
    ...makeBundleReader(db, dir),
  };
}
