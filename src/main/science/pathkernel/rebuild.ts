import { momentsOf, type Rule } from './integral';
import { columnsOf, multiply, transpose } from './matrix';
import { type Labelled, preactivations } from './network';
import type { Step } from './path';

/** Queries, row after row. */
export interface Queries {
  x: Float64Array;
  n: number;
}

/** Adds step after step to the logits that each rule rebuilds. */
export interface Rebuilder {
  add(step: Step): void;
  /** Rebuilt logits of each rule so far, [queries, classes]. */
  readonly rebuilt: readonly Float64Array[];
}

/**
 * Rebuilds a network's answers from its training examples alone, by the exact discrete path kernel:
 *
 *     f_k(x; w_S) = f_k(x; w_0) − Σ_s (η/|B_s|) Σ_{i∈B_s} Σ_c r_{i,c,s} K̄_s^{kc}(x, x_i)
 *     K̄_s^{kc}(x, x_i) = [∫₀¹ ∇f_k(x; w_s(t)) dt]·∇f_c(x_i; w_s)
 *
 * an identity where the integral is exact (Bell et al., arXiv 2308.00824), Domingos' sum with the rule `left` (arXiv
 * 2012.00152). The kernel factorises by layers, so no gradient of one example is ever formed. With momentum the
 * examples' side is the faded sum of all earlier batches, Σ_{r≤s} μ^(s−r)·(…), kept example by example. Guide of the
 * experiments, 3.2 and 3.3.
 *
 * `f0`: logits of the queries at the start, [queries, classes].
 */
export function rebuilder(
  examples: Labelled,
  queries: Queries,
  f0: Float64Array,
  { eta, momentum, rules }: { eta: number; momentum: number; rules: readonly Rule[] },
): Rebuilder {
  const features = queries.x.length / queries.n;
  const products = multiply(queries.x, transpose(examples.x, examples.n, features), [
    queries.n,
    features,
    examples.n,
  ]).map((v) => v + 1); // + 1 for the bias
  const rebuilt = rules.map(() => f0.slice());
  const faded = momentum === 0 ? null : fadedSide(examples.n, momentum);

  const add = (step: Step): void => {
    const { network, change, batch, side } = step;
    const { hidden, classes } = network;
    const q = queries.n;
    const a = preactivations(network, queries.x, q);
    const da = preactivations({ ...network, ...change }, queries.x, q);
    const moments = rules.map((rule) => momentsOf(network.activation, rule, a, da));
    const scale = eta / batch.length;
    // (x·x_i + 1)·dh_i, summed over examples: the same for every rule.
    let sum: Float64Array;
    let outer: Float64Array[];
    if (faded === null) {
      const near = batch.length === examples.n ? products : columnsOf(products, examples.n, batch);
      sum = multiply(near, side.dh, [q, batch.length, hidden]);
      const ht = transpose(side.h, batch.length, hidden);
      outer = moments.map(({ h }) => {
        const kernel = multiply(h, ht, [q, hidden, batch.length]).map((v) => v + 1);
        return multiply(kernel, side.r, [q, batch.length, classes]);
      });
    } else {
      faded.add(step);
      sum = multiply(products, faded.dh(), [q, examples.n, hidden]);
      outer = moments.map(({ h }) => faded.outer(h, q));
    }
    moments.forEach(({ m0, m1 }, k) => {
      const through = multiply(times(sum, m0), network.w2, [q, hidden, classes]);
      multiply(times(sum, m1), change.w2, [q, hidden, classes], through);
      const out = rebuilt[k]!;
      for (let i = 0; i < out.length; i++) out[i]! -= scale * (outer[k]![i]! + through[i]!);
    });
  };
  return { add, rebuilt };
}

const times = (a: Float64Array, b: Float64Array) => a.map((v, i) => v * b[i]!);

interface FadedSide {
  add(step: Step): void;
  /** Faded dh of every example, [examples, hidden]. */
  dh(): Float64Array;
  /** Σ_i Σ_{r≤s} μ^(s−r)·(h̄·h_{i,r} + 1)·r_{i,r} of queries with integrated hidden values h̄ [q, hidden]. */
  outer(h: Float64Array, q: number): Float64Array;
}

/**
 * Running sums of the examples' side, a place for each example: a history of S steps would cost S² products. An
 * example's r·(h̄·h + 1) needs its faded r and its faded products h⊗r, since h and r change together.
 */
function fadedSide(n: number, momentum: number): FadedSide {
  let dh = new Float64Array(0);
  let r = new Float64Array(0);
  /** [hidden, examples, classes] */
  let hr = new Float64Array(0);
  let hidden = 0;
  let classes = 0;
  return {
    add({ network, batch, side }) {
      if (dh.length === 0) {
        ({ hidden, classes } = network);
        dh = new Float64Array(n * hidden);
        r = new Float64Array(n * classes);
        hr = new Float64Array(hidden * n * classes);
      }
      for (const sums of [dh, r, hr]) for (let i = 0; i < sums.length; i++) sums[i]! *= momentum;
      batch.forEach((i, b) => {
        for (let j = 0; j < hidden; j++) dh[i * hidden + j]! += side.dh[b * hidden + j]!;
        for (let c = 0; c < classes; c++) {
          const residual = side.r[b * classes + c]!;
          r[i * classes + c]! += residual;
          for (let j = 0; j < hidden; j++)
            hr[(j * n + i) * classes + c]! += side.h[b * hidden + j]! * residual;
        }
      });
    },
    dh: () => dh,
    outer(h, q) {
      const each = multiply(h, hr, [q, hidden, n * classes]);
      const out = new Float64Array(q * classes);
      for (let i = 0; i < q; i++) {
        for (let e = 0; e < n * classes; e++)
          out[i * classes + (e % classes)]! += each[i * n * classes + e]! + r[e]!;
      }
      return out;
    },
  };
}
