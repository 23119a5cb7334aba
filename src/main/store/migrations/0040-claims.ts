import type { Migration } from './index';

/**
 * Version 40: claims and what was found of them.
 *
 * A claim's wording and prediction are a version, addressed by its hash and never edited; a claim run is one go at its
 * protocol and goes forward only; its steps and the experiments that it measured are only ever added, so that a run that
 * stopped goes on where it was. `claim_runs_follow_the_newest_version` holds that no run is added to a version that has
 * been replaced. Accuracies of models on labelled data are records of their own.
 */
export const claims: Migration = {
  version: 40,
  sql: `
CREATE TABLE claim_versions (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 64),
  claim TEXT NOT NULL CHECK (claim <> ''),
  version INTEGER NOT NULL CHECK (version >= 1),
  created_unix_ms INTEGER NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  UNIQUE (claim, version)
) STRICT;

CREATE TABLE claim_runs (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  version_id TEXT NOT NULL REFERENCES claim_versions (id),
  claim TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'cancelled', 'failed')),
  started_unix_ms INTEGER NOT NULL,
  ended_unix_ms INTEGER,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX claim_runs_version ON claim_runs (version_id);

CREATE TABLE claim_steps (
  claim_run_id TEXT NOT NULL REFERENCES claim_runs (id),
  key TEXT NOT NULL CHECK (key <> ''),
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (claim_run_id, key)
) STRICT;

CREATE TABLE claim_experiments (
  claim_run_id TEXT NOT NULL REFERENCES claim_runs (id),
  key TEXT NOT NULL CHECK (key <> ''),
  experiment_id TEXT NOT NULL REFERENCES experiments (id),
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (claim_run_id, key)
) STRICT;

CREATE TABLE accuracies (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  model_id TEXT NOT NULL REFERENCES models (id),
  created_unix_ms INTEGER NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX accuracies_model ON accuracies (model_id);

${['claim_versions', 'claim_steps', 'claim_experiments', 'accuracies']
  .map(
    (table) => `
CREATE TRIGGER ${table}_never_change BEFORE UPDATE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;
CREATE TRIGGER ${table}_never_go BEFORE DELETE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;`,
  )
  .join('')}

CREATE TRIGGER claim_versions_count_up BEFORE INSERT ON claim_versions
WHEN NEW.version <> 1 + (SELECT coalesce(max(version), 0) FROM claim_versions WHERE claim = NEW.claim)
BEGIN SELECT RAISE(ABORT, 'versions of a claim count up by one'); END;

CREATE TRIGGER claim_runs_never_go BEFORE DELETE ON claim_runs
BEGIN SELECT RAISE(ABORT, 'claim runs are only ever added'); END;
CREATE TRIGGER claim_runs_go_forward BEFORE UPDATE ON claim_runs
WHEN OLD.status = 'completed' OR (OLD.status <> 'running' AND NEW.status <> 'running')
BEGIN SELECT RAISE(ABORT, 'a claim run only goes forward'); END;
CREATE TRIGGER claim_runs_keep_their_version BEFORE UPDATE ON claim_runs
WHEN NEW.id <> OLD.id OR NEW.version_id <> OLD.version_id OR NEW.claim <> OLD.claim
  OR NEW.started_unix_ms <> OLD.started_unix_ms
BEGIN SELECT RAISE(ABORT, 'the version of a claim run never changes'); END;
CREATE TRIGGER claim_runs_follow_the_newest_version BEFORE INSERT ON claim_runs
WHEN (SELECT version FROM claim_versions WHERE id = NEW.version_id)
  <> (SELECT max(version) FROM claim_versions WHERE claim = NEW.claim)
BEGIN SELECT RAISE(ABORT, 'a claim run belongs to the newest version of its claim'); END;
CREATE TRIGGER claim_steps_belong_to_a_running_run BEFORE INSERT ON claim_steps
WHEN (SELECT status FROM claim_runs WHERE id = NEW.claim_run_id) <> 'running'
BEGIN SELECT RAISE(ABORT, 'claim steps belong to a claim run while it runs'); END;
`,
};
