/** What the JavaScript of a README prints: a run a line, `parameters <dot> value ["series", …, "model"]`. */
export function dotsOf(stdout: string): { x: number; y: number; column: number; names: string[] }[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, x, before, y, names] = /^(\d+) ( *)• (\S+) (\[.*\])$/.exec(line) ?? [];
      if (names === undefined) throw new Error(`no dot in ${JSON.stringify(line)}`);
      return {
        x: Number(x),
        y: Number(y),
        column: before!.length,
        names: JSON.parse(names) as string[],
      };
    });
}
