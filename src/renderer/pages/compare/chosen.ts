/** Most runs beside each other; the contract's compareRuns takes no more. */
export const mostCompared = 12;

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
