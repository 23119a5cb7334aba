import { type Activation, activate, slopeOf } from './network';

/** How a step's integral over t from 0 to 1 is taken: at nodes, or in closed form. */
export type Rule = { at: readonly { t: number; weight: number }[] } | 'closed';

export const rules = ['left', 'trapezoid', 'midpoint', 'gauss', 'closed'] as const;
/** `left`: Domingos' sum, the kernel at the start of each step. `gauss`: Gauss–Legendre. */
export type RuleName = (typeof rules)[number];

/** A rule by name; `points` is that of `gauss`. */
export function ruleOf(name: RuleName, points = 4): Rule {
  if (name === 'closed') return 'closed';
  if (name === 'gauss') return gaussLegendre(points);
  if (name === 'left') return { at: [{ t: 0, weight: 1 }] };
  if (name === 'midpoint') return { at: [{ t: 0.5, weight: 1 }] };
  return {
    at: [
      { t: 0, weight: 0.5 },
      { t: 1, weight: 0.5 },
    ],
  };
}

/**
 * Nodes and weights of the Gauss–Legendre rule with m points on 0 … 1: exact for polynomials up to degree 2m − 1.
 * Newton on the Legendre polynomial (Press et al., Numerical Recipes, 4.6).
 */
export function gaussLegendre(m: number): Exclude<Rule, 'closed'> {
  const at: { t: number; weight: number }[] = [];
  for (let i = 1; i <= m; i++) {
    let z = Math.cos((Math.PI * (i - 0.25)) / (m + 0.5));
    let derivative = 0;
    for (let round = 0; round < 100; round++) {
      let [before, p] = [1, z];
      for (let j = 2; j <= m; j++) [before, p] = [p, ((2 * j - 1) * z * p - (j - 1) * before) / j];
      derivative = (m * (z * p - before)) / (z * z - 1);
      const change = p / derivative;
      z -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    at.push({ t: (1 + z) / 2, weight: 1 / ((1 - z * z) * derivative * derivative) });
  }
  return { at };
}

/**
 * The query's side of one step, unit by unit: h = ∫φ(a(t))dt, m0 = ∫φ'(a(t))dt and m1 = ∫t·φ'(a(t))dt along
 * a(t) = a + t·da, which is exact because the first layer is linear in the weights. With them the integral of
 * φ'(a(t))·W2(t) is m0·W2 + m1·ΔW2. Guide of the experiments, 3.3.
 */
export interface Moments {
  h: Float64Array;
  m0: Float64Array;
  m1: Float64Array;
}

export function momentsOf(activation: Activation, rule: Rule, a: Float64Array, da: Float64Array): Moments {
  const out = {
    h: new Float64Array(a.length),
    m0: new Float64Array(a.length),
    m1: new Float64Array(a.length),
  };
  if (rule === 'closed') {
    const closed = activation === 'relu' ? closedRelu : closedTanh;
    for (let i = 0; i < a.length; i++) closed(a[i]!, da[i]!, out, i);
    return out;
  }
  for (let i = 0; i < a.length; i++) atNodes(activation, rule, a[i]!, da[i]!, out, i);
  return out;
}

function atNodes(
  activation: Activation,
  { at }: Exclude<Rule, 'closed'>,
  a: number,
  da: number,
  { h, m0, m1 }: Moments,
  i: number,
): void {
  for (const { t, weight } of at) {
    const value = a + t * da;
    // One tanh gives both.
    const phi = activate(activation, value);
    const slope = weight * (activation === 'tanh' ? 1 - phi * phi : slopeOf(activation, value));
    h[i]! += weight * phi;
    m0[i]! += slope;
    m1[i]! += t * slope;
  }
}

/** The unit is on for t in [lo, hi], with the kink at −a/da. Guide of the experiments, 3.3. */
function closedRelu(a: number, da: number, { h, m0, m1 }: Moments, i: number): void {
  const on = a > 0;
  const stays = a + da > 0;
  const lo = on ? 0 : stays ? -a / da : 1;
  const hi = stays ? 1 : on ? -a / da : 1;
  m0[i] = hi - lo;
  m1[i] = (hi * hi - lo * lo) / 2;
  h[i] = a * m0[i]! + da * m1[i]!;
}

/** Below this change of a unit the closed form would lose digits to differences, and few nodes suffice. */
const smallChange = 0.5;
/** On a change of 0.5 the pole of tanh at iπ/2 leaves an error of 10⁻¹⁸. */
const fewNodes = gaussLegendre(8);

/**
 * Antiderivatives of tanh: h = Δ(ln cosh)/da, m0 = Δ(tanh)/da, and m1 by parts: (tanh(a + da) − h)/da. To rounding for
 * a step of any length, where a fixed number of nodes is not.
 */
function closedTanh(a: number, da: number, out: Moments, i: number): void {
  if (!(Math.abs(da) > smallChange)) {
    atNodes('tanh', fewNodes, a, da, out, i);
    return;
  }
  const end = Math.tanh(a + da);
  out.h[i] = (logCosh(a + da) - logCosh(a)) / da;
  out.m0[i] = (end - Math.tanh(a)) / da;
  out.m1[i] = (end - out.h[i]!) / da;
}

/** ln cosh a without overflow. */
const logCosh = (a: number) => Math.abs(a) + Math.log1p(Math.exp(-2 * Math.abs(a))) - Math.LN2;
