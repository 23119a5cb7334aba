/** A stretch of time under load, hrtime ns. */
export interface Pulse {
  fromNs: bigint;
  toNs: bigint;
}

export interface LagSample {
  atNs: bigint;
  watts: number;
}

/** How far a meter's readings trail the load, or why that cannot be told. */
export type LagFound =
  | { ok: true; lagS: number; correlation: number }
  | { ok: false; reason: string; remedy: string };

/** Lags that are looked for, s. Plugs lag 0.5 to 3 s. */
const longestLagS = 6;
const stepS = 0.02;
/** Below this the load does not show in the readings. */
const leastCorrelation = 0.7;
const fewestSamples = 15;

/**
 * Lag of a meter against a known load, by the largest correlation between its readings and the load moved by each lag
 * from 0 to 6 s in steps of 0.02 s. Pulses with unequal gaps have one clear maximum. Where many lags do equally well
 * (readings are seldom), their middle. Pure.
 */
export function lagOf(pulses: readonly Pulse[], samples: readonly LagSample[]): LagFound {
  const remedy = 'Close other programs and try again; without a lag the meter is used as it is.';
  if (samples.length < fewestSamples) {
    return { ok: false, reason: `The meter gave only ${samples.length} readings in that time.`, remedy };
  }
  const watts = samples.map((s) => s.watts);
  const lags = Array.from({ length: Math.round(longestLagS / stepS) + 1 }, (_, i) => i * stepS);
  const found = lags.map((lagS) => ({
    lagS,
    r: correlation(
      watts,
      samples.map((s) => loadAt(pulses, s.atNs - BigInt(Math.round(lagS * 1e9)))),
    ),
  }));
  const best = Math.max(...found.map((f) => f.r));
  if (!(best >= leastCorrelation)) {
    return { ok: false, reason: 'The load does not show clearly in what the meter reads.', remedy };
  }
  // The plateau around the best one: seldom readings cannot tell its lags apart.
  const first = found.findIndex((f) => f.r >= best - 1e-9);
  let last = first;
  while (last + 1 < found.length && found[last + 1].r >= best - 1e-9) last++;
  const lagS = (found[first].lagS + found[last].lagS) / 2;
  if (lagS > longestLagS - 0.5) {
    return { ok: false, reason: `The meter trails the load by ${longestLagS} s or more.`, remedy };
  }
  return { ok: true, lagS: Math.round(lagS * 100) / 100, correlation: best };
}

const loadAt = (pulses: readonly Pulse[], atNs: bigint): number =>
  pulses.some((p) => atNs >= p.fromNs && atNs < p.toNs) ? 1 : 0;

/** Pearson's coefficient; −1 where one of the two does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [x, y].map((v) => v.reduce((a, b) => a + b, 0) / v.length);
  let [sxy, sxx, syy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i] - mx, y[i] - my];
    sxy += dx * dy;
    sxx += dx * dx;
    syy += dy * dy;
  }
  return sxx > 0 && syy > 0 ? sxy / Math.sqrt(sxx * syy) : -1;
}
