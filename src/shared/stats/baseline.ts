import type { SensorInfo } from '../meter';

/** One stretch of ready idle: model loaded, nothing executing. */
export interface Baseline {
  /** Mean power, W. */
  powerW: number;
  /** Spread of the power readings inside the stretch, W; null where the meter gave one number only. */
  sdW: number | null;
  /** Length, s. */
  seconds: number;
}

export interface ReadyPower {
  /** P0: mean of before and after, W. */
  powerW: number;
  /** d: after minus before, W. */
  driftW: number;
  /** u_P0, W. */
  uW: number;
  /** Degrees of freedom of uW (Welch–Satterthwaite over its parts). */
  dof: number;
}

/**
 * Ready power and its uncertainty; null unless both stretches exist, since drift is then unknown.
 * u_P0² = s_P0²/n_eff + (P0·τ)²/(6·T0²) + d²/12 with n_eff = T0/max(τ, W), each stretch on its own and the two
 * averaged. Source: docs/method.md, 3.5.
 */
export function readyPower(
  before: Baseline | null,
  after: Baseline | null,
  sensor: SensorInfo,
): ReadyPower | null {
  if (before === null || after === null) return null;
  const driftW = after.powerW - before.powerW;
  const stretches = [before, after].map((b) => {
    const nEff = b.seconds / Math.max(sensor.update.seconds, sensor.averagingS, Number.MIN_VALUE);
    const spread = b.sdW === null ? 0 : b.sdW ** 2 / nEff;
    const edges = (b.powerW * sensor.update.seconds) ** 2 / (6 * b.seconds ** 2);
    return { spread, edges, dof: Math.max(1, nEff - 1) };
  });
  // Mean of two: a quarter of the summed variances.
  const variance = stretches.reduce((sum, s) => sum + (s.spread + s.edges) / 4, 0) + driftW ** 2 / 12;
  const fourth = stretches.reduce((sum, s) => sum + (s.spread / 4) ** 2 / s.dof, 0);
  return {
    powerW: (before.powerW + after.powerW) / 2,
    driftW,
    uW: Math.sqrt(variance),
    dof: fourth > 0 ? variance ** 2 / fourth : Number.POSITIVE_INFINITY,
  };
}
