/**
 * P(Z > z) of the standard normal distribution; relative error below 1e-12 for z up to 35.
 * Source: below 4 the Taylor series of Marsaglia 2004, J. Stat. Softw. 11(4); above it Laplace's continued fraction
 * (Abramowitz & Stegun 26.2.14).
 */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z < 4) {
    let term = z;
    let sum = z;
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 100; k >= 1; k--) fraction = z + k / fraction;
  return density / fraction;
}
