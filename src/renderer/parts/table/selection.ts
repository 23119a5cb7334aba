/** Ids between two places of a list, both included, in the order of the list. Unknown ids count as the other end. Pure. */
export function between(ids: readonly string[], from: string | null, to: string): string[] {
  const end = ids.indexOf(to);
  const start = from === null ? end : ids.indexOf(from);
  if (end < 0) return [];
  const [low, high] = start < 0 ? [end, end] : start < end ? [start, end] : [end, start];
  return ids.slice(low, high + 1);
}

export function toggled(selected: ReadonlySet<string>, ids: readonly string[]): Set<string> {
  const next = new Set(selected);
  const all = ids.every((id) => next.has(id));
  for (const id of ids) {
    if (all) next.delete(id);
    else next.add(id);
  }
  return next;
}

/** The line that a key leads to from line `at` of `count`, `page` lines a screen; null for other keys. Pure. */
export function lineOfKey(key: string, at: number, count: number, page: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? count - 1 : at - 1,
    PageDown: Math.max(0, at) + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  if (count === 0 || !Object.hasOwn(steps, key)) return null;
  return Math.min(count - 1, Math.max(0, steps[key]));
}
