import type { Migration } from './index';

/** Text of a CHECK that grows: what stands in the table's definition, and what shall stand there. */
const grown = [
  {
    table: 'runs',
    from: `role TEXT NOT NULL CHECK (role IN ('measure', 'overhead'))`,
    to: `role TEXT NOT NULL CHECK (role IN ('measure', 'overhead', 'control'))`,
  },
  {
    table: 'events',
    from: `('launch', 'load', 'check', 'idle_before', 'warmup', 'window', 'idle_after', 'close')`,
    to: `('preflight', 'cool_down', 'bare_idle', 'launch', 'load', 'check', 'idle_before', 'warmup', 'meter_check', 'window', 'idle_after', 'close')`,
  },
] as const;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * Version 30: the whole protocol. Runs may be controls, and the log knows the steps before a runner and the meter check.
 *
 * No row changes: only two CHECKs let more through. So the definitions are edited in place, as
 * sqlite.org/lang_altertable.html (section 7, "simpler procedure") has it for changes that do not touch the content.
 */
export const protocol: Migration = {
  version: 30,
  editsSchema: true,
  sql: grown
    .map(
      ({ table, from, to }) =>
        `UPDATE sqlite_schema SET sql = replace(sql, ${quoted(from)}, ${quoted(to)}) WHERE type = 'table' AND name = '${table}';`,
    )
    .join('\n'),
};
