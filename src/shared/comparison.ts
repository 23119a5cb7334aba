import type { Provider } from './plan';
import type { ReasonCode } from './reasons';
import type { ZerosVerdict } from './stats/zerosSkipped';

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

/** Most runs beside each other; the contract's compareRuns takes no more. */
export const mostCompared = 12;

/** A is the first run, B the other one. Source: docs/method.md, 4.1. */
export const comparisonVerdicts = ['A_lower', 'B_lower', 'no_difference_shown', 'not_comparable'] as const;
export type ComparisonVerdict = (typeof comparisonVerdicts)[number];

/** `paired`: turns of the same block; `unpaired`: measured in separate stretches of time. */
export type ComparisonMethod = 'paired' | 'unpaired';

/** A ratio with its 95 % interval. */
export interface RatioWithInterval {
  value: number;
  low: number;
  high: number;
}

/** Differences up to `ln` are not stated: |ln r|, 0.00995 for 1 %. */
export interface NoiseFloor {
  ln: number;
  /** least: the 1 % that is noise on any machine; control: what one model measured twice differed by, which is more. */
  from: 'least' | 'control';
  /** Provider that the deciding control ran on. */
  provider: Provider | null;
  /** Whether any control was measured; without one the machine's own noise of the day is not known. */
  controls: number;
}

/** Blocks in which both sides have a usable result, and those in which one has none. */
export interface ComparedBlocks {
  used: number;
  leftOut: number;
}

/** One run against the first, for one quantity. */
export interface Ratio {
  runId: string;
  /** In the unit that the quantity's name ends in; over the turns of a comparison their mean. */
  value: number | null;
  /** This run over the first one, with its 95 % interval; null for the first one itself and where it cannot be given. */
  ratio: RatioWithInterval | null;
  /** Null for the first one itself. */
  verdict: ComparisonVerdict | null;
  /** In a person's words, of this run; `not comparable` and `not measured` say more in `why`. */
  word: 'reference' | 'lower' | 'higher' | 'no difference shown' | 'not comparable' | 'not measured';
  /** Why no difference is shown, or there is nothing to compare; null where a difference is shown. */
  why: string | null;
  codes: ReasonCode[];
  method: ComparisonMethod | null;
  /** Of the signed-rank or Mann-Whitney test; null where there was nothing to test. */
  p: number | null;
  /** The same after Holm's correction for all pairs of this quantity. */
  pHolm: number | null;
  /** Paired only. */
  blocks: ComparedBlocks | null;
  floor: NoiseFloor | null;
  /** Where one of the two models is the other with zeros in it: whether they were skipped. */
  zeros?: ZerosFinding | null;
}

export interface ZerosFinding {
  verdict: ZerosVerdict;
  /** Share of the multiplications that the zeros make superfluous. */
  f: number;
  /** Which of the two has the zeros. */
  masked: 'A' | 'B';
}

/** One model measured twice (A/A), for one quantity. */
export interface ControlResult {
  experimentId: string;
  provider: Provider;
  /** Second entry over first; null where it cannot be given. */
  ratio: RatioWithInterval | null;
  p: number | null;
  pHolm: number | null;
  blocks: ComparedBlocks | null;
  /** Its interval leaves out 1, and so does its test: the machine was not steady enough to compare anything. */
  failed: boolean;
}

export interface QuantityComparison {
  quantity: ComparedQuantity;
  rows: Ratio[];
  controls: ControlResult[];
  method: string;
}

/** Two or more runs beside each other. */
export interface Comparison {
  runIds: string[];
  quantities: QuantityComparison[];
  /** Settings, model, machine: only what differs, one text a run in the order of `runIds`. */
  differences: { field: string; values: string[] }[];
  /** Fields that are the same in all runs. */
  same: { field: string; value: string }[];
}
