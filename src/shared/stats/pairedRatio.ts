import type { RatioInterval } from './ratio';
import { mean, standardDeviation } from './robust';
import { type SignedRank, signedRank } from './signedRank';
import { studentQuantile } from './student';

export interface PairedRatio extends RatioInterval {
  /** Signed-rank test of the blocks' differences of logarithms. */
  test: SignedRank;
  blocks: number;
}

/**
 * a over b from pairs measured in the same block: r = exp(d̄), d the differences of the logarithms, with the interval
 * exp(d̄ ± t(0.975, ν)·u), u² = s_d²/B + systematic², ν = (B − 1)·(u/u_d)⁴ (Welch–Satterthwaite: what the meter adds is
 * taken as known); with no systematic part that is t(0.975, B − 1)·s_d/√B. Null below two pairs or where a value is
 * not positive. `systematic`: relative standard uncertainty that repeating does not shrink (docs/method.md, 3.5).
 * Source: docs/method.md, 2.4; JCGM 100:2008, annex G.4.
 */
export function pairedRatio(pairs: readonly { a: number; b: number }[], systematic = 0): PairedRatio | null {
  const blocks = pairs.length;
  const positive = (v: number) => v > 0 && Number.isFinite(v);
  if (blocks < 2 || !pairs.every(({ a, b }) => positive(a) && positive(b))) return null;
  const ds = pairs.map(({ a, b }) => Math.log(a) - Math.log(b));
  const d = mean(ds);
  const uRepeat = standardDeviation(ds) / Math.sqrt(blocks);
  const u = Math.hypot(uRepeat, systematic);
  const dof = uRepeat > 0 ? (blocks - 1) * (u / uRepeat) ** 4 : Number.POSITIVE_INFINITY;
  const reach = u > 0 ? studentQuantile(0.975, dof) * u : 0;
  return {
    value: Math.exp(d),
    low: Math.exp(d - reach),
    high: Math.exp(d + reach),
    test: signedRank(ds),
    blocks,
  };
}

/** What one meter knows of an energy, each relative to that energy (1 sigma); null where it does not apply. */
export interface EnergyRel {
  offset: number | null;
  gain: number;
  /** u_P0/(P̄ − P0). */
  baseline: number | null;
}

/**
 * Relative standard uncertainty of a ratio of two energies that repeating does not shrink. On one sensor its gain
 * cancels and its offset leaves w_o·|1/P̄_A − 1/P̄_B|; on two the gains and the offsets add in quadrature. Net: the
 * baseline of each side, u_P0/(P̄ − P0), and no offset, which is in both terms of the difference.
 * Source: docs/method.md, 3.5.
 */
export function systematicOfRatio(
  quantity: 'gross' | 'net',
  sameSensor: boolean,
  a: EnergyRel,
  b: EnergyRel,
): number {
  const own = quantity === 'net' ? [a.baseline ?? 0, b.baseline ?? 0] : offsets(sameSensor, a, b);
  const gains = sameSensor ? [] : [a.gain, b.gain];
  return Math.hypot(...own, ...gains);
}

function offsets(sameSensor: boolean, a: EnergyRel, b: EnergyRel): number[] {
  const [one, other] = [a.offset ?? 0, b.offset ?? 0];
  return sameSensor ? [Math.abs(one - other)] : [one, other];
}
