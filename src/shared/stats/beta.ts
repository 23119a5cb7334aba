const halfLn2Pi = 0.9189385332046728;

/** Lanczos coefficients, g = 7, n = 9 (Godfrey's fit); relative error below 1e-14 for x > 0.5. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Natural logarithm of the gamma function for x > 0. Source: Lanczos 1964, SIAM J. Numer. Anal. B 1. */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const shifted = x - 1;
  let sum: number = lanczos[0];
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (shifted + i);
  const t = shifted + 7.5;
  return halfLn2Pi + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln Γ(n+1) minus Stirling's formula. Source: Loader 2000, "Fast and accurate computation of binomial probabilities". */
function stirlingError(n: number): number {
  if (n < 15) return lnGamma(n + 1) - (n + 0.5) * Math.log(n) + n - halfLn2Pi;
  const nn = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / nn) / nn) / nn) / nn) / n;
}

/** Deviance x·ln(x/m) + m − x without cancellation near x = m. Source: Loader 2000, bd0. */
function deviance(x: number, m: number): number {
  const d = x - m;
  if (Math.abs(d) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = d / (x + m);
  let sum = d * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * Γ(a+b+1)/(Γ(a+1)Γ(b+1)) · x^a · y^b with y = 1 − x, for real a, b > 0: the binomial probability of a in a + b.
 * Saddle-point form, accurate to about 1e-13 up to a + b = 1e8 where lnGamma differences lose half their digits.
 * Source: Loader 2000.
 */
export function binomialTerm(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const exponent =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * a * b));
}

/**
 * Regularized incomplete beta function I_x(a, b), a, b > 0. `y` is 1 − x, given apart so that x near 1 keeps its digits.
 * Continued fraction by Lentz's method. Source: Press et al., Numerical Recipes, section 6.4; NIST DLMF 8.17.22.
 */
export function incompleteBeta(a: number, b: number, x: number, y = 1 - x): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, y, x);
  const front = (binomialTerm(a, b, x, y) * b) / (a + b);
  return front * betaFraction(a, b, x);
}

function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const keepOff0 = (v: number) => (Math.abs(v) < tiny ? tiny : v);
  let c = 1;
  let d = 1 / keepOff0(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keepOff0(1 + even * d);
    c = keepOff0(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keepOff0(1 + odd * d);
    c = keepOff0(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return h;
}
