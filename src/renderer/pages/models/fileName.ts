/** The last part of a path, of either system; the path itself where it has none. Pure. */
export function fileNameOf(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}
