import type { SensorInfo } from '../meter';
import { studentQuantile } from './student';

/** Standard uncertainties of one energy per inference, J; null where a part does not apply. */
export interface Budget {
  /** u_res of one window; enters the sum only where there is no repeatability, which already holds it. */
  resolutionJ: number;
  repeatJ: number | null;
  /** K − 1; meaningless where repeatJ is null. */
  repeatDof: number;
  baselineJ: number | null;
  baselineDof: number;
  edgeJ: number;
  gainJ: number | null;
  offsetJ: number | null;
}

/**
 * u_c and the expanded U = t(0.975, ν_eff)·u_c, 2·u_c when ν_eff > 30; ν_eff by Welch–Satterthwaite with
 * infinite degrees of freedom for what the sensor's data sheet gives.
 * Source: JCGM 100:2008 (GUM), annex G.4; docs/method.md, 3.5.
 */
export function combine(budget: Budget): { combinedJ: number; expandedJ: number; dof: number } {
  const infinite = Number.POSITIVE_INFINITY;
  const terms = [
    budget.repeatJ === null
      ? { u: budget.resolutionJ, dof: infinite }
      : { u: budget.repeatJ, dof: budget.repeatDof },
    { u: budget.baselineJ ?? 0, dof: budget.baselineDof },
    { u: budget.edgeJ, dof: infinite },
    { u: budget.gainJ ?? 0, dof: infinite },
    { u: budget.offsetJ ?? 0, dof: infinite },
  ];
  const combinedJ = Math.sqrt(terms.reduce((sum, t) => sum + t.u ** 2, 0));
  // Shares of the variance first: fourth powers of microjoules would leave the range of doubles.
  const fourth = terms.reduce((sum, t) => sum + (combinedJ > 0 ? (t.u / combinedJ) ** 4 / t.dof : 0), 0);
  const dof = fourth > 0 ? 1 / fourth : infinite;
  const factor = dof > 30 ? 2 : studentQuantile(0.975, dof);
  return { combinedJ, expandedJ: factor * combinedJ, dof };
}

/** value ×/÷ e^halfWidth: the interval of a logarithm, symmetric in ratio and never below 0. */
export function multiplicative(value: number, halfWidth: number): { low: number; high: number } {
  return { low: value * Math.exp(-halfWidth), high: value * Math.exp(halfWidth) };
}

/** Factor of one sigma where an estimate names none: the linear CPU model, docs/method.md 8.9. */
const defaultFactor1s = 1.6;

/**
 * 95 % band of an estimate: factor1s^1.96, widened in quadrature by the relative uncertainty of the inputs.
 * Source: docs/method.md 8.9: 1.6 → ×/÷ 2.5, where "factor 2" covers only 86 %.
 */
export function estimateBand(
  value: number,
  restRel: number,
  sensor: SensorInfo,
): { low: number; high: number } {
  return multiplicative(value, 1.96 * Math.hypot(Math.log(sensor.factor1s ?? defaultFactor1s), restRel));
}

/** The factor over an interval that may cross zero: each end moves away from zero's side that narrows it. */
export function withEstimateBand(
  interval: { low: number; high: number },
  sensor: SensorInfo,
): { low: number; high: number } {
  const factor = (sensor.factor1s ?? defaultFactor1s) ** 1.96;
  const { low, high } = interval;
  return { low: low > 0 ? low / factor : low * factor, high: high > 0 ? high * factor : high / factor };
}
