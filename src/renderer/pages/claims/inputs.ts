import type { Cell, ClaimInput, ClaimOutcome } from '../../../shared/claim';

/**
 * The numbers that a person may type for a claim: as the experiment names them, else as its newest outcome lists them in
 * a table `inputs` (columns `key`, `input`, `value`, `unit`, `source`). Pure.
 */
export function inputsOf(
  named: readonly ClaimInput[] | undefined,
  outcome: Pick<ClaimOutcome, 'tables'> | null,
): readonly ClaimInput[] {
  if (named !== undefined && named.length > 0) return named;
  const table = outcome?.tables.find((t) => t.key === 'inputs');
  if (!table) return [];
  const at = (key: string) => table.columns.findIndex((c) => c.key === key);
  const text = (row: readonly Cell[], key: string) => {
    const cell = row[at(key)];
    return typeof cell === 'string' ? cell : '';
  };
  return table.rows.flatMap((row) => {
    const value = row[at('value')];
    const key = text(row, 'key');
    if (key === '' || typeof value !== 'number') return [];
    return [
      {
        key,
        label: text(row, 'input') || key,
        unit: text(row, 'unit'),
        default: value,
        min: null,
        max: null,
        source: text(row, 'source'),
      },
    ];
  });
}

/** What a person typed of the numbers that the claim takes; one that equals its default is confirmed, and no placeholder any more. Pure. */
export function typedInputs(
  inputs: readonly ClaimInput[],
  typed: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    inputs.filter(({ key }) => Object.hasOwn(typed, key)).map(({ key }) => [key, typed[key]]),
  );
}
