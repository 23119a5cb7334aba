import { create } from 'zustand';
import type { Lab } from '../../shared/contract';
import type { RunRow } from '../../shared/runRow';
import { whenLoud } from '../state/quiet';

/** Every run of the lab as a flat row, kept in step with the service. Figures, tables and comparisons draw from these. */
export interface Rows {
  rows: readonly RunRow[];
  byId: ReadonlyMap<string, RunRow>;
  /** Rows that are still to come; null once all are here. */
  loading: { done: number; total: number } | null;
  failure: string | null;
}

const empty: Rows = { rows: [], byId: new Map(), loading: { done: 0, total: 0 }, failure: null };
export const useRows = create<Rows>(() => empty);

/** Rows a request: each is one task of the page, so that none takes longer than a frame or two. */
const chunk = 500;

/** Loads all rows, then follows the events. @returns stops it */
export function followRows(lab: Lab, tell: (thrown: unknown) => string): () => void {
  let stopped = false;
  let turn = 0;
  const changed = new Set<string>();
  const refresh = async () => {
    const ids = [...changed];
    // While pages come, they would overwrite it: it is done at their end.
    if (ids.length === 0 || useRows.getState().loading !== null) return;
    changed.clear();
    try {
      const { rows } = await lab.runRows({ ids, limit: 5000 });
      if (!stopped) publish(merge(useRows.getState().rows, rows), useRows.getState().loading);
    } catch {
      for (const id of ids) changed.add(id); // asked again with the next event
    }
  };
  const load = async () => {
    turn += 1;
    const mine = turn;
    const rows: RunRow[] = [];
    try {
      for (;;) {
        const page = await lab.runRows({ offset: rows.length, limit: chunk });
        if (stopped || mine !== turn) return;
        for (const row of page.rows) rows.push(row);
        const done = rows.length >= page.total || page.rows.length === 0;
        // The first page is shown at once; the ones between only count, or ten thousand rows would be drawn twenty times.
        if (done) {
          publish(rows, null);
          // What changed while the pages came may be older in them.
          if (changed.size > 0) await refresh();
        } else if (useRows.getState().rows.length === 0)
          publish(rows.slice(), { done: rows.length, total: page.total });
        else useRows.setState({ loading: { done: rows.length, total: page.total } });
        if (done) return;
      }
    } catch (thrown) {
      if (!stopped) useRows.setState({ loading: null, failure: tell(thrown) });
    }
  };
  const stop = lab.onEvent((event) => {
    if (event.type === 'changed' && event.what === 'runs') whenLoud('rows', () => void load());
    if (event.type === 'runChanged') {
      changed.add(event.runId);
      whenLoud('changed rows', () => void refresh());
    }
  });
  useRows.setState(empty);
  void load();
  return () => {
    stopped = true;
    stop();
  };
}

function publish(rows: readonly RunRow[], loading: Rows['loading']): void {
  useRows.setState({ rows, byId: new Map(rows.map((row) => [row.id, row])), loading, failure: null });
}

/** Newer rows take the place of those with the same id; new ones go to the end. Pure. */
export function merge(rows: readonly RunRow[], newer: readonly RunRow[]): RunRow[] {
  const fresh = new Map(newer.map((row) => [row.id, row]));
  const merged = rows.map((row) => {
    const found = fresh.get(row.id);
    fresh.delete(row.id);
    return found ?? row;
  });
  return [...merged, ...fresh.values()];
}
