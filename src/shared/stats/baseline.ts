import type { SensorInfo } from '../meter';

/** One stretch of ready idle: model loaded, nothing executing. */
export interface Baseline {
  /** Mean power, W. */
  powerW: number;
  /** Spread of the power readings inside the stretch, W; null where the meter gave one number only. */
  sdW: number | null;
  /** Length, s. */
  seconds: number;
  /** Its middle on the steady clock, s, and the mean power of its two halves, W; absent where its readings do not tell. */
  atS?: number;
  halvesW?: readonly [number, number];
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

/** How far off both halves of a stretch may be by the meter alone counts for nothing; in standard uncertainties. */
const chance = 2;

/**
 * Ready power and its uncertainty; null unless both stretches exist, since drift is then unknown.
 * u_P0² = s_P0²/n_eff + (P0·τ)²/(6·T0²) + d²/12 with n_eff = T0/max(τ, W), each stretch on its own and the two
 * averaged. Source: docs/method.md, 3.5.
 *
 * d²/12 is what a drift from one level to the other can do. Idle power that wanders may come back by chance, and d is
 * then small: of 400 runs with a random walk of 3 W under 60 W on a 1 % meter 87 % of the net intervals held the truth.
 * Where the halves of the stretches differ by more than the meter explains, the wander that they and d show together
 * (three degrees of freedom) stands in if it is larger.
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
  const drift = driftW ** 2 / 12;
  const wander = wanderVariance(before, after, driftW, sensor);
  // Mean of two: a quarter of the summed variances.
  const variance = stretches.reduce((sum, s) => sum + (s.spread + s.edges) / 4, 0) + Math.max(drift, wander);
  const fourth =
    stretches.reduce((sum, s) => sum + (s.spread / 4) ** 2 / s.dof, 0) +
    (wander > drift ? wander ** 2 / 3 : 0);
  return {
    powerW: (before.powerW + after.powerW) / 2,
    driftW,
    uW: Math.sqrt(variance),
    dof: fourth > 0 ? variance ** 2 / fourth : Number.POSITIVE_INFINITY,
  };
}

/**
 * Variance (W²) of the idle power's mean under the load about the mean of both stretches, for a random walk whose rate
 * is found from d and from the halves of each stretch: rate·L/12, as of a Brownian bridge of length L. A difference of
 * two means over neighbouring stretches of length h has the variance rate·2h/3. 0 where the halves are not known.
 */
function wanderVariance(before: Baseline, after: Baseline, driftW: number, sensor: SensorInfo): number {
  const spanS = (after.atS ?? Number.NaN) - (before.atS ?? Number.NaN);
  const meanS = (before.seconds + after.seconds) / 2;
  if (!(spanS > meanS)) return 0;
  let rate = driftW ** 2 / (spanS - meanS / 3);
  for (const { halvesW, powerW, seconds, sdW } of [before, after]) {
    if (halvesW === undefined) return 0;
    const halfS = seconds / 2;
    const nEff = halfS / Math.max(sensor.update.seconds, sensor.averagingS, Number.MIN_VALUE);
    const byMeter =
      (2 * (powerW * sensor.update.seconds) ** 2) / (6 * halfS ** 2) + (2 * (sdW ?? 0) ** 2) / nEff;
    rate += Math.max(0, (halvesW[1] - halvesW[0]) ** 2 - chance ** 2 * byMeter) / ((2 * halfS) / 3);
  }
  return ((rate / 3) * spanS) / 12;
}
