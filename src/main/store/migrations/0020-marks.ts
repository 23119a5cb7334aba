import type { Migration } from './index';

/**
 * Version 20: what a person decides about models and runs, and what the page remembers.
 *
 * Records stay as they are and are only ever added; a mark lies beside one and may change. `binned_unix_ms` is the
 * time at which it was put into the bin, null outside it. What is locked is never in the bin. A setting is any JSON
 * value by key.
 */
export const marks: Migration = {
  version: 20,
  sql: `
CREATE TABLE marks (
  what TEXT NOT NULL CHECK (what IN ('model', 'run')),
  id TEXT NOT NULL CHECK (id <> ''),
  binned_unix_ms INTEGER,
  locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
  sample INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1)),
  PRIMARY KEY (what, id),
  CHECK (binned_unix_ms IS NULL OR locked = 0)
) STRICT;

CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY CHECK (key <> ''),
  value TEXT NOT NULL CHECK (json_valid(value)),
  updated_unix_ms INTEGER NOT NULL
) STRICT;
`,
};
