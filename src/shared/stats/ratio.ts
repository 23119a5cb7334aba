import { mean, standardDeviation } from './robust';
import { studentQuantile } from './student';

/** The logarithm of a positive quantity: estimate, standard uncertainty and its degrees of freedom. */
export interface LogEstimate {
  ln: number;
  u: number;
  /** Infinity where the uncertainty is taken as known. */
  dof: number;
}

/** A ratio with its 95 % interval. */
export interface RatioInterval {
  value: number;
  low: number;
  high: number;
}

/** |ln r| of 1 %: smaller differences are noise on any machine. Source: docs/method.md, 2.4. */
export const leastFloor = Math.log(1.01);

const normal975 = 1.959963984540054;

/** From one value a window: mean of the logarithms, s/√K, K − 1. Null below two values or where one is not positive. */
export function logOfWindows(values: readonly number[]): LogEstimate | null {
  if (values.length < 2 || !values.every((v) => v > 0 && Number.isFinite(v))) return null;
  const logs = values.map(Math.log);
  return { ln: mean(logs), u: standardDeviation(logs) / Math.sqrt(logs.length), dof: logs.length - 1 };
}

/**
 * From a value with a 95 % interval: half of its width on the logarithm over 1.96 (delta method).
 * Null where an end is not positive.
 */
export function logOfInterval(interval: {
  value: number | null;
  low: number | null;
  high: number | null;
}): LogEstimate | null {
  const { value, low, high } = interval;
  if (value === null || low === null || high === null || !(value > 0 && low > 0 && high >= low)) return null;
  return { ln: Math.log(value), u: Math.log(high / low) / (2 * normal975), dof: Number.POSITIVE_INFINITY };
}

/**
 * a over b for two independent estimates: exp(d ± t(0.975, ν)·u) with d the difference of the logarithms and ν by
 * Welch–Satterthwaite. `systematic`: a further standard uncertainty of d, taken as known.
 * Source: Welch 1947; docs/method.md, 2.4 for ratios on logarithms.
 */
export function ratioOf(a: LogEstimate, b: LogEstimate, systematic = 0): RatioInterval {
  const d = a.ln - b.ln;
  const u = Math.hypot(a.u, b.u, systematic);
  const value = Math.exp(d);
  if (!(u > 0)) return { value, low: value, high: value };
  // Shares of the variance, not fourth powers: those would leave the range of doubles.
  const fourth = (a.u / u) ** 4 / a.dof + (b.u / u) ** 4 / b.dof;
  const reach = studentQuantile(0.975, fourth > 0 ? 1 / fourth : Number.POSITIVE_INFINITY) * u;
  return { value, low: Math.exp(d - reach), high: Math.exp(d + reach) };
}

/** Whether the interval leaves out 1. */
export const excludesOne = ({ low, high }: Pick<RatioInterval, 'low' | 'high'>) => high < 1 || low > 1;

/** Why no difference is stated; `untested`: there is no p value. */
export type NotStated = 'interval' | 'untested' | 'test' | 'floor';

/**
 * Null where a difference may be stated: the interval leaves out 1, p after Holm's correction is below 0.05, and |ln r|
 * is above the noise floor. Else the first of these that fails. Source: docs/method.md, 2.4.
 */
export function notStated(ratio: RatioInterval, pHolm: number | null, floorLn: number): NotStated | null {
  if (!excludesOne(ratio)) return 'interval';
  if (pHolm === null) return 'untested';
  if (!(pHolm < 0.05)) return 'test';
  return Math.abs(Math.log(ratio.value)) > floorLn ? null : 'floor';
}
