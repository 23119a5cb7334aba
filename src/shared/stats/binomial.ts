import { binomialTerm, incompleteBeta } from './beta';

/** P(B = k) for B ~ Binomial(n, p), n a whole number, stable to n = 1e8. Source: Loader 2000 (see beta.ts). */
export function binomialPmf(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log(p));
  return binomialTerm(k, n - k, p, 1 - p);
}

/** P(B ≤ k) for B ~ Binomial(n, p). Source: NIST DLMF 8.17.5, P(B ≤ k) = I_{1−p}(n − k, k + 1). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(n - k, k + 1, 1 - p, p);
}

/**
 * Smallest whole k with P(B ≤ k) ≥ prob, for 0 < prob < 1.
 * Starts at the normal approximation and walks by single probabilities, so one beta function is enough.
 */
export function binomialQuantile(prob: number, n: number, p: number): number {
  if (!(prob > 0 && prob < 1)) throw new RangeError(`binomialQuantile(${prob}, ${n}, ${p})`);
  // Any start is right, a good one is fast: ±1.96 standard deviations serve the tails the lab asks for.
  const z = prob < 0.3 ? -1.96 : prob > 0.7 ? 1.96 : 0;
  const start = Math.floor(n * p + z * Math.sqrt(n * p * (1 - p)));
  let k = Math.min(n, Math.max(0, start));
  let cdf = binomialCdf(k, n, p);
  while (cdf < prob && k < n) {
    k += 1;
    cdf += binomialPmf(k, n, p);
  }
  for (;;) {
    const below = cdf - binomialPmf(k, n, p);
    if (k === 0 || below < prob) return k;
    k -= 1;
    cdf = below;
  }
}
