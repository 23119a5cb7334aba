import { incompleteBeta, lnGamma } from './beta';

/**
 * P(T ≤ t) of Student's t with `nu` degrees of freedom (real, > 0).
 * Source: NIST DLMF 8.17; P(|T| < t) = I_y(1/2, ν/2) with y = t²/(ν + t²).
 */
export function studentCdf(t: number, nu: number): number {
  const tt = t * t;
  // The tail itself, not 1 − centre, so that far tails keep their digits.
  const tail = 0.5 * incompleteBeta(nu / 2, 0.5, nu / (nu + tt), tt / (nu + tt));
  return t > 0 ? 1 - tail : tail;
}

/** Degrees of freedom from which the first term of the expansion about the normal is exact to 1e-11. */
const nearlyNormal = 1e6;

function studentDensity(t: number, nu: number): number {
  const front = lnGamma((nu + 1) / 2) - lnGamma(nu / 2) - 0.5 * Math.log(nu * Math.PI);
  return Math.exp(front - ((nu + 1) / 2) * Math.log1p((t * t) / nu));
}

/**
 * The t with P(T ≤ t) = p, `nu` degrees of freedom; relative error below 1e-10.
 * Safeguarded Newton on the distribution function. Throws RangeError outside 0 < p < 1 or nu > 0.
 */
export function studentQuantile(p: number, nu: number): number {
  if (!(p > 0 && p < 1) || !(nu > 0)) throw new RangeError(`studentQuantile(${p}, ${nu})`);
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, nu);
  if (nu > nearlyNormal) {
    // t − z ≈ (z³ + z)/4ν (Abramowitz & Stegun 26.7.5), taken off at 10⁶ and put back at ν.
    const shift = (t: number) => (t ** 3 + t) / 4;
    const t = studentQuantile(p, nearlyNormal);
    const z = t - shift(t) / nearlyNormal;
    return z + shift(z) / nu;
  }
  let low = 0;
  let high = 1;
  while (studentCdf(high, nu) < p) {
    low = high;
    high *= 2;
  }
  let t = 0.5 * (low + high);
  for (let i = 0; i < 200; i++) {
    const miss = studentCdf(t, nu) - p;
    if (miss > 0) high = t;
    else low = t;
    const newton = t - miss / studentDensity(t, nu);
    const next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (Math.abs(next - t) <= 1e-14 * next) return next;
    t = next;
  }
  return t;
}
