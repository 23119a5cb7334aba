import type { Migration } from './index';

/**
 * Version 10: the first layout of a lab.
 *
 * Each record is one canonical JSON text with its SHA-256; the columns beside it repeat what queries need and are
 * compared with the record by `verify`. Raw samples and readings are columns in blobs (see columns.ts), one row per
 * window or batch. Times are Unix ms (`_unix_ms`) or monotonic ns (`_ns`). Triggers hold what may never happen.
 */
export const first: Migration = {
  version: 10,
  sql: `
CREATE TABLE models (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  name TEXT NOT NULL,
  family TEXT NOT NULL CHECK (family IN ('mlp', 'cnn', 'decoder', 'imported')),
  imported_unix_ms INTEGER NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX models_name ON models (name);

CREATE TABLE machines (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE experiments (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  created_unix_ms INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
  plan TEXT NOT NULL,
  plan_sha256 TEXT NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  experiment_id TEXT NOT NULL REFERENCES experiments (id),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  role TEXT NOT NULL CHECK (role IN ('measure', 'overhead')),
  model_id TEXT NOT NULL REFERENCES models (id),
  machine_id TEXT NOT NULL REFERENCES machines (id),
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
  condition TEXT NOT NULL,
  condition_sha256 TEXT NOT NULL,
  queued_unix_ms INTEGER NOT NULL,
  started_unix_ms INTEGER,
  ended_unix_ms INTEGER,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX runs_experiment ON runs (experiment_id, ordinal);
CREATE INDEX runs_model ON runs (model_id);
CREATE INDEX runs_status ON runs (status);
CREATE UNIQUE INDEX runs_open ON runs (experiment_id, ordinal, role, condition_sha256) WHERE status IN ('queued', 'running');

CREATE TABLE windows (
  run_id TEXT NOT NULL REFERENCES runs (id),
  idx INTEGER NOT NULL CHECK (idx >= 0),
  open_ns INTEGER NOT NULL,
  close_ns INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('ok', 'flagged', 'void')),
  n INTEGER NOT NULL CHECK (n >= 0),
  stride INTEGER NOT NULL CHECK (stride >= 1),
  origin_ns INTEGER NOT NULL,
  starts BLOB NOT NULL,
  starts_codec TEXT NOT NULL CHECK (starts_codec IN ('f64.raw', 'f64.u32', 'f64.gaps')),
  durations BLOB NOT NULL,
  durations_codec TEXT NOT NULL CHECK (durations_codec IN ('f64.raw', 'f64.u32', 'f64.gaps')),
  samples_sha256 TEXT NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, idx)
) STRICT;

CREATE TABLE sensors (
  run_id TEXT NOT NULL REFERENCES runs (id),
  sensor_id TEXT NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, sensor_id)
) STRICT;

CREATE TABLE readings (
  run_id TEXT NOT NULL,
  sensor_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('edge', 'trace')),
  seq INTEGER NOT NULL CHECK (seq >= 0),
  mark TEXT,
  n INTEGER NOT NULL CHECK (n >= 0),
  t0 BLOB NOT NULL,
  t0_codec TEXT NOT NULL CHECK (t0_codec IN ('i64.raw', 'i64.gaps')),
  t1 BLOB NOT NULL,
  t1_codec TEXT NOT NULL CHECK (t1_codec IN ('i64.raw', 'i64.gaps')),
  raw BLOB NOT NULL,
  raw_codec TEXT NOT NULL CHECK (raw_codec IN ('f64.raw', 'f64.u32', 'f64.gaps', 'i64.raw', 'i64.gaps')),
  source BLOB NOT NULL,
  source_codec TEXT NOT NULL CHECK (source_codec IN ('i64.raw', 'i64.gaps')),
  columns_sha256 TEXT NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, sensor_id, role, seq),
  FOREIGN KEY (run_id, sensor_id) REFERENCES sensors (run_id, sensor_id)
) STRICT;

CREATE TABLE states (
  run_id TEXT NOT NULL REFERENCES runs (id),
  seq INTEGER NOT NULL CHECK (seq >= 0),
  mark TEXT NOT NULL,
  at_ns INTEGER NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT;

CREATE TABLE events (
  run_id TEXT NOT NULL REFERENCES runs (id),
  seq INTEGER NOT NULL CHECK (seq >= 0),
  at_ns INTEGER NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN
    ('launch', 'load', 'check', 'idle_before', 'warmup', 'window', 'idle_after', 'close')),
  text TEXT NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT;

${['models', 'machines', 'windows', 'sensors', 'readings', 'states', 'events']
  .map(
    (table) => `
CREATE TRIGGER ${table}_never_change BEFORE UPDATE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;
CREATE TRIGGER ${table}_never_go BEFORE DELETE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;`,
  )
  .join('')}

CREATE TRIGGER experiments_never_go BEFORE DELETE ON experiments
BEGIN SELECT RAISE(ABORT, 'experiments are only ever added'); END;
CREATE TRIGGER experiments_keep_their_plan BEFORE UPDATE ON experiments
WHEN NEW.id <> OLD.id OR NEW.created_unix_ms <> OLD.created_unix_ms OR NEW.plan <> OLD.plan
  OR NEW.plan_sha256 <> OLD.plan_sha256
BEGIN SELECT RAISE(ABORT, 'the plan of an experiment never changes'); END;

CREATE TRIGGER runs_never_go BEFORE DELETE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are only ever added'); END;
CREATE TRIGGER runs_go_forward BEFORE UPDATE ON runs
WHEN NOT (
  (OLD.status = 'queued' AND NEW.status IN ('running', 'cancelled', 'failed')) OR
  (OLD.status = 'running' AND NEW.status IN ('completed', 'cancelled', 'failed')))
BEGIN SELECT RAISE(ABORT, 'a run only goes forward'); END;
CREATE TRIGGER runs_keep_their_condition BEFORE UPDATE ON runs
WHEN NEW.id <> OLD.id OR NEW.experiment_id <> OLD.experiment_id OR NEW.ordinal <> OLD.ordinal
  OR NEW.role <> OLD.role OR NEW.model_id <> OLD.model_id OR NEW.condition <> OLD.condition
  OR NEW.condition_sha256 <> OLD.condition_sha256 OR NEW.queued_unix_ms <> OLD.queued_unix_ms
BEGIN SELECT RAISE(ABORT, 'the condition of a run never changes'); END;

${['windows', 'sensors', 'readings', 'states']
  .map(
    (table) => `
CREATE TRIGGER ${table}_belong_to_a_running_run BEFORE INSERT ON ${table}
WHEN (SELECT status FROM runs WHERE id = NEW.run_id) <> 'running'
BEGIN SELECT RAISE(ABORT, '${table} belong to a run while it runs'); END;`,
  )
  .join('')}
`,
};
