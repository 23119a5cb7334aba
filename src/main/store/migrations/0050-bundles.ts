import type { Migration } from './index';

/**
 * Version 50: datasets of other labs.
 *
 * A lab has a number of its own, made at random: it tells labs apart in bundles and says nothing else. What came in with a
 * bundle has an origin: the lab that measured it. Claims of other labs are kept as they came, beside this lab's own, since
 * versions of a claim count up in each lab for itself; a claim run that had stopped there may come again completed.
 */
export const bundles: Migration = {
  version: 50,
  sql: `
CREATE TABLE lab (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT;
INSERT INTO lab (id) VALUES (lower(hex(randomblob(8))));

CREATE TABLE bundles (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 64),
  imported_unix_ms INTEGER NOT NULL,
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE origins (
  what TEXT NOT NULL CHECK (what IN ('experiment', 'run', 'model', 'machine', 'accuracy')),
  id TEXT NOT NULL CHECK (id <> ''),
  lab TEXT NOT NULL CHECK (lab <> ''),
  PRIMARY KEY (what, id)
) STRICT;

CREATE TABLE foreign_claims (
  kind TEXT NOT NULL CHECK (kind IN ('claim_version', 'claim_run', 'claim_step', 'claim_experiment')),
  key TEXT NOT NULL CHECK (key <> ''),
  lab TEXT NOT NULL CHECK (lab <> ''),
  record TEXT NOT NULL,
  record_sha256 TEXT NOT NULL,
  PRIMARY KEY (kind, lab, key)
) STRICT;

${['lab', 'bundles', 'origins']
  .map(
    (table) => `
CREATE TRIGGER ${table}_never_change BEFORE UPDATE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;
CREATE TRIGGER ${table}_never_go BEFORE DELETE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;`,
  )
  .join('')}

CREATE TRIGGER foreign_claims_never_go BEFORE DELETE ON foreign_claims
BEGIN SELECT RAISE(ABORT, 'claims of other labs are only ever added'); END;
CREATE TRIGGER foreign_claims_go_forward BEFORE UPDATE ON foreign_claims
WHEN OLD.kind <> 'claim_run' OR OLD.record ->> '$.status' = 'completed'
  OR NEW.kind <> OLD.kind OR NEW.key <> OLD.key OR NEW.lab <> OLD.lab
BEGIN SELECT RAISE(ABORT, 'only a claim run of another lab goes forward, until it has completed'); END;
`,
};
