import { type HuberLine, huberLimit, huberWeight, type Line } from './huberLine';
import { randomFrom } from './random';

/** Levels and slopes of a line, drawn jointly. */
export interface Draws {
  level: Float64Array;
  slope: Float64Array;
}

/** Rounds of reweighting per draw; they start from the full fit, whose scale and scatter they keep. */
const rounds = 4;
/** Fewer different models in a draw fix no line. */
const leastModels = 3;

/**
 * Bootstrap over models: groups drawn with replacement, each value redrawn from its repeats. Where repeats scatter more
 * than models do, the redraw makes the interval up to 40 % too wide; at a third of their scatter by 5 %.
 * The models are picked by a seed of their own, which `pickSeed` makes from their names: two series of the same models
 * are drawn jointly, two of different models apart.
 * Source: docs/method.md, 5 (4); Efron & Tibshirani 1993, 9.5.
 */
export function modelDraws(input: {
  u: Float64Array;
  v: Float64Array;
  own: Float64Array;
  groups: readonly string[];
  fit: HuberLine;
  draws: number;
  pickSeed: number;
  noiseSeed: number;
}): Draws {
  const { u, v, own, fit, draws } = input;
  const picks = randomFrom(input.pickSeed);
  const noise = randomFrom(input.noiseSeed);
  const members = membersOf(input.groups);
  const level = new Float64Array(draws);
  const slope = new Float64Array(draws);
  const noisy = new Float64Array(u.length);
  const times = new Float64Array(u.length);
  for (let d = 0; d < draws; ) {
    times.fill(0);
    let different = 0;
    for (let k = 0; k < members.length; k++) {
      const group = members[Math.floor(picks.uniform() * members.length)]!;
      if (times[group[0]!] === 0) different += 1;
      for (const i of group) times[i]! += 1;
    }
    if (different < leastModels) continue;
    for (let i = 0; i < u.length; i++) {
      // A model drawn twice has two redrawn values; their mean scatters less.
      if (times[i]! > 0) noisy[i] = v[i]! + (own[i]! / Math.sqrt(times[i]!)) * noise.normal();
    }
    const line = reweighted(u, noisy, times, fit);
    if (line === null) continue;
    level[d] = line.level;
    slope[d] = line.slope;
    d += 1;
  }
  return { level, slope };
}

/** Indexes of each group, by the groups' names: series of the same models have them in the same order. */
export function membersOf(groups: readonly string[]): number[][] {
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => {
    const own = members.get(group);
    if (own) own.push(i);
    else members.set(group, [i]);
  });
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own);
}

/** The Huber line of points that stand `times` each; null where u does not vary. */
function reweighted(u: Float64Array, v: Float64Array, times: Float64Array, fit: HuberLine): Line | null {
  let { level, slope } = fit;
  for (let round = 0; round < rounds; round++) {
    let [sum, su, sv, suu, suv] = [0, 0, 0, 0, 0];
    for (let i = 0; i < u.length; i++) {
      if (times[i] === 0) continue;
      const z = (v[i]! - level - slope * u[i]!) / Math.sqrt(fit.variances[i]!);
      const w = (times[i]! * huberWeight(z, fit.scale)) / fit.variances[i]!;
      sum += w;
      su += w * u[i]!;
      sv += w * v[i]!;
      suu += w * u[i]! * u[i]!;
      suv += w * u[i]! * v[i]!;
    }
    const spread = suu - (su * su) / sum;
    if (!(spread > 1e-9 * suu)) return null;
    slope = (suv - (su * sv) / sum) / spread;
    level = (sv - slope * su) / sum;
  }
  return { level, slope };
}

/**
 * Draws from the normal distribution that the estimate has with many models (Huber 1967, sandwich variance).
 * A bootstrap over thousands of models would take minutes and tell the same.
 */
export function sandwichDraws(u: Float64Array, fit: HuberLine, draws: number, seed: number): Draws {
  // Bread: second derivatives of the loss; filling: squares of its first.
  let [a0, a1, a2, b0, b1, b2] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < u.length; i++) {
    const z = fit.residuals[i]! / Math.sqrt(fit.variances[i]!);
    const inside = Math.abs(z) <= huberLimit * fit.scale || fit.scale === 0 ? 1 / fit.variances[i]! : 0;
    const pull = (huberWeight(z, fit.scale) * fit.residuals[i]!) / fit.variances[i]!;
    a0 += inside;
    a1 += inside * u[i]!;
    a2 += inside * u[i]! * u[i]!;
    b0 += pull * pull;
    b1 += pull * pull * u[i]!;
    b2 += pull * pull * u[i]! * u[i]!;
  }
  const det = a0 * a2 - a1 * a1;
  const [i0, i1, i2] = [a2 / det, -a1 / det, a0 / det];
  const v00 = i0 * (i0 * b0 + i1 * b1) + i1 * (i0 * b1 + i1 * b2);
  const v01 = i0 * (i1 * b0 + i2 * b1) + i1 * (i1 * b1 + i2 * b2);
  const v11 = i1 * (i1 * b0 + i2 * b1) + i2 * (i1 * b1 + i2 * b2);
  const random = randomFrom(seed);
  const [c00, c11] = [Math.sqrt(v00), Math.sqrt(Math.max(0, v11 - (v00 > 0 ? (v01 * v01) / v00 : 0)))];
  const level = new Float64Array(draws);
  const slope = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    const p = random.normal();
    level[d] = fit.level + c00 * p;
    slope[d] = fit.slope + (c00 > 0 ? v01 / c00 : 0) * p + c11 * random.normal();
  }
  return { level, slope };
}
