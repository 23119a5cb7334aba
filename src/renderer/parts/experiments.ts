import type { RunRow } from '../../shared/runRow';

/** Experiments by name, newest first; those with the same name are told apart by the end of their id. Pure. */
export function experimentsOf(
  rows: readonly Pick<RunRow, 'experimentId' | 'experimentName'>[],
): { id: string; name: string }[] {
  const names = new Map<string, string>();
  for (const row of rows) names.set(row.experimentId, row.experimentName);
  const many = new Map<string, number>();
  for (const name of names.values()) many.set(name, (many.get(name) ?? 0) + 1);
  return [...names]
    .reverse()
    .map(([id, name]) => ({ id, name: (many.get(name) ?? 0) > 1 ? `${name} (${id.slice(-6)})` : name }));
}
