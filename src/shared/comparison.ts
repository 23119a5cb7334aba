import type { ReasonCode } from './reasons';

/** What is compared: lower is better but for throughput. */
export const comparedQuantities = [
  'p50S',
  'p95S',
  'grossJ',
  'netJ',
  'throughputHz',
  'memoryPeakBytes',
] as const;
export type ComparedQuantity = (typeof comparedQuantities)[number];

/** One run against the first, for one quantity. */
export interface Ratio {
  runId: string;
  /** In the unit that the quantity's name ends in. */
  value: number | null;
  /** This run over the first one, with its 95 % interval; null for the first one itself and where it cannot be given. */
  ratio: { value: number; low: number; high: number } | null;
  /** In a person's words; `not comparable` names what differs in `why`. */
  word: 'reference' | 'lower' | 'higher' | 'not distinguishable' | 'not comparable' | 'not measured';
  why: string | null;
  codes: ReasonCode[];
}

/** Two or more runs beside each other. */
export interface Comparison {
  runIds: string[];
  quantities: { quantity: ComparedQuantity; rows: Ratio[]; method: string }[];
  /** Settings, model, machine: only what differs, one text a run in the order of `runIds`. */
  differences: { field: string; values: string[] }[];
  /** Fields that are the same in all runs. */
  same: { field: string; value: string }[];
}
