import type { RatioInterval } from './ratio';

export const zerosVerdicts = ['zeros_skipped', 'zeros_not_skipped', 'inconclusive'] as const;
export type ZerosVerdict = (typeof zerosVerdicts)[number];

/**
 * Did the runtime leave out the multiplications by zero weights? `interval`: 95 % of masked over dense, of time or
 * energy. `floor`: noise floor of the comparison as a share (0.01: 1 %). `f`: share of the multiplications that
 * the zeros make superfluous, 1 − effective/dense MACs.
 * Skipped where the whole interval lies below 1 − floor; not skipped where it lies above 1 − max(floor, f/10), so
 * that not even a tenth of what could be saved was; else inconclusive. So few zeros that leaving them all out would stay
 * inside the noise floor (f ≤ floor) are inconclusive whatever was measured.
 * Source: docs/method.md, 6.2.
 */
export function zerosSkipped({
  interval,
  floor,
  f,
}: {
  interval: Pick<RatioInterval, 'low' | 'high'>;
  floor: number;
  f: number;
}): ZerosVerdict {
  if (!(f > floor)) return 'inconclusive';
  if (interval.high < 1 - floor) return 'zeros_skipped';
  return interval.low > 1 - Math.max(floor, f / 10) ? 'zeros_not_skipped' : 'inconclusive';
}
