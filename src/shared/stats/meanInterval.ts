import { mean, standardDeviation } from './robust';
import { studentQuantile } from './student';

/**
 * Mean of independent values with its 95 % interval, mean ± t(0.975, n − 1)·s/√n; null below two values.
 * Of paired differences it is the paired t interval (Student 1908).
 */
export function meanInterval(values: readonly number[]): { value: number; low: number; high: number } | null {
  const n = values.length;
  if (n < 2 || !values.every(Number.isFinite)) return null;
  const value = mean(values);
  const reach = (studentQuantile(0.975, n - 1) * standardDeviation(values)) / Math.sqrt(n);
  return { value, low: value - reach, high: value + reach };
}
