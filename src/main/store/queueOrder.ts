/**
 * The order in which runs were queued: of this lab's own that in which they were stored, whatever the clock said; a run
 * that came with a bundle may be older than those that were there.
 */
export const queueOrder =
  "(SELECT runs.queued_unix_ms FROM origins WHERE what = 'run' AND origins.id = runs.id), runs.rowid";
