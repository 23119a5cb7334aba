import type { CapacityRow } from './capacity';

/** What a network of fixed size can hold. */
export interface CapacityLimit {
  hidden: number;
  parameters: number;
  /** n*: most examples of which the best seed held the wanted share; null where it held them at no size tried. */
  examples: number | null;
  /** Next larger number of examples that was tried and not held; null where none was. */
  lost: number | null;
  /** P/n*. */
  parametersPerExample: number | null;
  /** At n*. */
  bitsPerParameter: number | null;
}

/**
 * Bits that a held label is worth when a share a is right and the errors fall evenly on the other classes:
 * log₂ C + a log₂ a + (1 − a) log₂((1 − a)/(C − 1)). 0 at chance. Source: guide of the experiments, 4.2.
 */
export function bitsPerExample(classes: number, held: number): number {
  const right = held > 0 ? held * Math.log2(held) : 0;
  const wrong = held < 1 ? (1 - held) * Math.log2((1 - held) / (classes - 1)) : 0;
  return Math.log2(classes) + right + wrong;
}

/** Capacity is what the best recipe holds: the best seed counts. */
export const bestHeld = ({ held }: CapacityRow) => held.reduce((most, v) => Math.max(most, v), 0);

/** n* of every network in the rows, in their order. `threshold`: share that counts as held. Source: guide, 4.2. */
export function capacityLimits(rows: readonly CapacityRow[], threshold: number): CapacityLimit[] {
  return [...Map.groupBy(rows, (row) => row.hidden).values()].map((own) => {
    const rising = [...own].sort((a, b) => a.n - b.n);
    const holding = rising.filter((row) => bestHeld(row) >= threshold);
    const { hidden, parameters, classes } = rising[0];
    const last = holding.at(-1) ?? null;
    return {
      hidden,
      parameters,
      examples: last?.n ?? null,
      lost: rising.find((row) => row.n > (last?.n ?? 0))?.n ?? null,
      parametersPerExample: last && parameters / last.n,
      bitsPerParameter: last && (last.n * bitsPerExample(classes, bestHeld(last))) / parameters,
    };
  });
}
