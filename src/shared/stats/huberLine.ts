import { ascending, median, robustSd } from './robust';

/** Where Huber's loss turns from squares to absolute values, in robust standard deviations: 95 % efficient for normal data. */
export const huberLimit = 1.345;
/** E[min(1, k/|z|)·z²] of a normal z at that limit: makes the scatter of the kept part a variance. */
const keptShare = 0.8209;
const mostRounds = 300;
/** From this round on the scale of the residuals stays, so that weights and scale cannot chase each other. */
const scaleRounds = 20;

/** v = level + slope·u. */
export interface Line {
  level: number;
  slope: number;
}

export interface HuberLine extends Line {
  /** Standard deviation between points beyond their own uncertainty (σ_m). */
  scatter: number;
  /** Variance of each point: its own plus that between points. */
  variances: Float64Array;
  /** Robust scale of residuals in those standard deviations; Huber's limit counts in it. */
  scale: number;
  residuals: Float64Array;
  converged: boolean;
}

/** Weighted least squares of v on u; null where u does not vary. */
function weightedLine(u: ArrayLike<number>, v: ArrayLike<number>, weight: ArrayLike<number>): Line | null {
  let [sum, su, sv] = [0, 0, 0];
  for (let i = 0; i < u.length; i++) {
    sum += weight[i]!;
    su += weight[i]! * u[i]!;
    sv += weight[i]! * v[i]!;
  }
  const [mu, mv] = [su / sum, sv / sum];
  let [suu, suv] = [0, 0];
  for (let i = 0; i < u.length; i++) {
    const d = u[i]! - mu;
    suu += weight[i]! * d * d;
    suv += weight[i]! * d * (v[i]! - mv);
  }
  if (!(suu > 1e-12 * sum)) return null;
  const slope = suv / suu;
  return { level: mv - slope * mu, slope };
}

/**
 * Line through points with uncertainty `own` (standard, in v) and scatter between them: weights 1/(own² + σ_m²) with
 * σ_m iterated, so that precise points do not dominate, and Huber's loss at 1.345 robust residual scales (Huber 1964).
 * Null where u does not vary. Source: docs/method.md, 5.
 */
export function huberLine(u: Float64Array, v: Float64Array, own: Float64Array): HuberLine | null {
  const n = u.length;
  const weight = new Float64Array(n).fill(1);
  const kept = new Float64Array(n).fill(1);
  const variances = new Float64Array(n);
  const residuals = new Float64Array(n);
  let line = weightedLine(u, v, weight);
  if (line === null) return null;
  const ownSquare = own.reduce((sum, o) => sum + o * o, 0) / n;
  let variance = Number.POSITIVE_INFINITY;
  let scale = 1;
  let converged = false;
  for (let round = 0; round < mostRounds && !converged; round++) {
    for (let i = 0; i < n; i++) residuals[i] = v[i]! - line.level - line.slope * u[i]!;
    const before: number = variance;
    variance = scatterOf(residuals, kept, variance, ownSquare);
    for (let i = 0; i < n; i++) variances[i] = own[i]! ** 2 + variance;
    const floor = Math.max(1e-24, 1e-9 * median(variances));
    for (let i = 0; i < n; i++) variances[i] = Math.max(floor, variances[i]!);
    const z = residuals.map((r, i) => r / Math.sqrt(variances[i]!));
    if (round < scaleRounds) scale = robustSd(ascending(z), 0) * Math.sqrt(n / Math.max(1, n - 2));
    for (let i = 0; i < n; i++) {
      kept[i] = huberWeight(z[i]!, scale);
      weight[i] = kept[i]! / variances[i]!;
    }
    const next: Line = weightedLine(u, v, weight) ?? line;
    converged =
      Math.abs(next.slope - line.slope) < 1e-9 &&
      Math.abs(variance - before) <= 1e-6 * Math.max(variance, 1e-12);
    line = next;
  }
  for (let i = 0; i < n; i++) residuals[i] = v[i]! - line.level - line.slope * u[i]!;
  return { ...line, scatter: Math.sqrt(variance), variances, scale, residuals, converged };
}

/** Share of its weight that a residual of z standard deviations keeps. */
export function huberWeight(z: number, scale: number): number {
  const limit = huberLimit * scale;
  return limit > 0 && Math.abs(z) > limit ? limit / Math.abs(z) : 1;
}

/** σ_m² from the residuals: what they scatter beyond the points' own uncertainty (`ownSquare`, mean square). */
function scatterOf(residuals: Float64Array, kept: Float64Array, before: number, ownSquare: number): number {
  const n = residuals.length;
  const free = Math.max(1, n - 2);
  if (!Number.isFinite(before)) {
    const first = robustSd(ascending(residuals), 0);
    return Math.max(0, (first * first * n) / free - ownSquare);
  }
  const sum = residuals.reduce((total, r, i) => total + kept[i]! * r * r, 0);
  return Math.max(0, sum / (keptShare * free) - ownSquare);
}
