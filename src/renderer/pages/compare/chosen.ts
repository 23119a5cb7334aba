import { mostCompared } from '../../../shared/comparison';
import { oneOfEachCondition } from '../../../shared/conditions';
import type { RunRow } from '../../../shared/runRow';

export { mostCompared };

/** Adds at the end, each once, no more than fit. Pure. */
export const withRun = (runs: readonly string[], id: string): string[] =>
  runs.includes(id) || runs.length >= mostCompared ? [...runs] : [...runs, id];

/** One place to the left (-1) or right (1); the first is what the others are compared with. Pure. */
export function moved(runs: readonly string[], id: string, by: -1 | 1): string[] {
  const from = runs.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= runs.length) return [...runs];
  const next = [...runs];
  [next[from], next[to]] = [next[to], next[from]];
  return next;
}

/** To the first place. Pure. */
export const asReference = (runs: readonly string[], id: string): string[] => [
  id,
  ...runs.filter((other) => other !== id),
];

type Placed = Pick<
  RunRow,
  'id' | 'experimentId' | 'experimentName' | 'role' | 'status' | 'entry' | 'block' | 'blocks' | 'queuedUnixMs'
>;

/** What may be picked: of the turns of one condition in a plan with blocks one, since it stands for all. Pure. */
export function standing<R extends Placed>(rows: readonly R[]): R[] {
  const kept = new Set(
    [...new Set(rows.filter((r) => r.blocks > 1 && r.role === 'measure').map((r) => r.experimentId))].flatMap(
      (id) => oneOfEachCondition(rows, id),
    ),
  );
  return rows.filter((r) => r.blocks < 2 || r.role !== 'measure' || kept.has(r));
}

/** An experiment whose conditions can be compared. */
export interface ComparableExperiment {
  id: string;
  name: string;
  blocks: number;
  /** One run of each condition, in the order of the plan. */
  runs: string[];
}

/** Experiments of two or more conditions, newest first. Pure. */
export function comparableExperiments(rows: readonly Placed[]): ComparableExperiment[] {
  const newest = new Map<string, Placed>();
  for (const row of rows) {
    const kept = newest.get(row.experimentId);
    if (!kept || row.queuedUnixMs > kept.queuedUnixMs) newest.set(row.experimentId, row);
  }
  return [...newest.values()]
    .sort((a, b) => b.queuedUnixMs - a.queuedUnixMs)
    .map(({ experimentId, experimentName, blocks }) => ({
      id: experimentId,
      name: experimentName,
      blocks,
      runs: oneOfEachCondition(rows, experimentId).map((r) => r.id),
    }))
    .filter(({ runs }) => runs.length > 1);
}
