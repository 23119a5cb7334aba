import type { Estimate } from '../../../shared/claim';

/** What is counted or computed and has no interval. */
export const exactly = (value: number): Estimate => ({ value, low: value, high: value });

/** factor / estimate, the ends swapped; the estimate is above 0. */
export const over = (factor: number, { value, low, high }: Estimate): Estimate => ({
  value: factor / value,
  low: factor / high,
  high: factor / low,
});

/** factor · estimate; the factor is not negative. */
export const times = (factor: number, { value, low, high }: Estimate): Estimate => ({
  value: factor * value,
  low: factor * low,
  high: factor * high,
});
