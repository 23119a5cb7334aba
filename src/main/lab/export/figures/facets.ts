import { labName, seriesNames } from '../../../../shared/figures/rows';
import { shapes } from '../../../../shared/figures/tokens';
import type { RunRow } from '../../../../shared/runRow';

/** Runs that one figure can tell apart, and what they have in common that others have not. */
export interface Facet {
  /** Words for the name; empty where one figure holds everything. */
  words: string[];
  runs: RunRow[];
}

/** In the order in which a figure is split. */
const parts: readonly ((run: RunRow) => string)[] = [
  ({ lab }) => (lab === null ? '' : labName(lab)),
  (run) => run.device,
  (run) => run.family,
  (run) => run.provider,
  (run) => run.precision,
  (run) => `batch-${run.batch}`,
  (run) => `${run.threads}-threads`,
  (run) => run.engine,
];

/** @param most series that a figure can tell apart: one less where black belongs to a reference point */
export function facetsOf(runs: readonly RunRow[], most: number = shapes.length): Facet[] {
  const { keyOf } = seriesNames(runs);
  if (new Set(runs.map(keyOf)).size <= most) return [{ words: [], runs: [...runs] }];
  const part = parts.find((of) => runs.some((run) => of(run) !== of(runs[0])));
  // Nothing is left to split by: then there is but one series.
  if (!part) return [{ words: [], runs: [...runs] }];
  const groups = [...Map.groupBy(runs, part)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return groups.flatMap(([word, own]) =>
    facetsOf(own, most).map((facet) => ({ ...facet, words: [word, ...facet.words] })),
  );
}
