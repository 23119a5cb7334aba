import { mean } from '../../../shared/stats/robust';
import type { Random } from '../../models/random';
import { choleskySolve } from '../kernels/cholesky';
import { gaussianMatrix, medianDistance } from '../kernels/gaussian';
import { accuracyOf, equalDecisions } from '../scores';
import { ruleOf } from './integral';
import { multiply, transpose } from './matrix';
import { byQuery } from './measure';
import {
  type Activation,
  activate,
  forward,
  type Labelled,
  movedShare,
  type Network,
  preactivations,
  slopeOf,
  startNetwork,
} from './network';
import { pathOf } from './path';
import { rebuilder } from './rebuild';

export const machines = [
  'theorem',
  'average-path',
  'average-start',
  'ridge-path',
  'ridge-start',
  'ridge-gaussian',
] as const;
/**
 * `theorem`: coefficients that depend on the query, Domingos' sum. `average`: −r_i averaged over time. `ridge`: fitted to
 * the network's own outputs on the training points. Kernels: `path` along the training, `start` the tangent kernel of the
 * start, `gaussian` a control that knows nothing of the network.
 */
export type Machine = (typeof machines)[number];

export interface OrdinarySetup {
  activation: Activation;
  hidden: number;
  classes: number;
  eta: number;
  steps: number;
  /** Factor on the start weights. */
  gain: number;
  /** Points of the path at which the kernel is taken. */
  samples: number;
  /** Ridge strengths to choose from, in mean diagonal elements of the Gram matrix; the same for every kernel. */
  ridges: readonly number[];
}

export interface MachineError {
  machine: Machine;
  /** Mean |difference of logits| from the network over the mean movement of the logits. */
  relative: number;
  /** Share of queries with the network's decision, and of queries that are right. */
  agreement: number;
  accuracy: number;
  queryError: number[];
  querySame: (0 | 1)[];
  /** Chosen ridge strength; null for machines without one. */
  ridge: number | null;
}

export interface OrdinaryResult {
  weightsMoved: number;
  /** Of the network itself. */
  accuracy: number;
  queryMovement: number[];
  machines: MachineError[];
}

/** a[m, k]·b[n, k]ᵀ. */
export type Product = (
  a: Float64Array,
  b: Float64Array,
  sizes: [m: number, n: number, k: number],
) => Promise<Float64Array>;

const plainProduct: Product = async (a, b, [m, n, k]) => multiply(a, transpose(b, n, k), [m, k, n]);

/** Points of the path whose kernels are summed in one product. */
const together = 8;
/** The ridge strength is chosen on the last part of the training points. Guide of the experiments, 1.6. */
const held = 0.1;

/**
 * Is a trained network an ordinary kernel machine, one whose coefficients do not depend on the query? Trains it by full-batch
 * gradient descent and compares the machines above with it on queries. Guide of the experiments, 3.4 (5).
 * @throws RangeError where a Gram matrix with its ridge is not positive definite
 */
export async function ordinaryMachines(
  examples: Labelled,
  queries: Labelled,
  setup: OrdinarySetup,
  random: Random,
  product: Product = plainProduct,
): Promise<OrdinaryResult> {
  const { classes, eta, steps } = setup;
  const n = examples.n;
  const features = examples.x.length / n;
  const start = startNetwork(
    { features, hidden: setup.hidden, classes },
    setup.activation,
    random,
    setup.gain,
  );
  const f0 = forward(start, queries.x, queries.n);
  const theorem = rebuilder(examples, queries, f0, { eta, momentum: 0, rules: [ruleOf('left')] });
  const path: Network[] = [];
  const averages = new Float64Array(n * classes);
  // The middle of each of `samples` equal parts of the path.
  const sampled = new Map<number, number>();
  const samples = Math.min(setup.samples, steps);
  for (let i = 0; i < samples; i++) {
    const from = Math.round((i * steps) / samples);
    const to = Math.round(((i + 1) * steps) / samples);
    sampled.set(Math.floor((from + to - 1) / 2), to - from);
  }
  let end = start;
  let s = 0;
  for (const step of pathOf(start, examples, { eta, steps, batch: null, momentum: 0 }, random)) {
    theorem.add(step);
    for (let i = 0; i < averages.length; i++) averages[i]! -= step.side.r[i]! / steps;
    if (sampled.has(s)) path.push(step.network);
    end = step.after;
    s += 1;
  }
  const weights = [...sampled.values()].map((count) => (eta * count) / n);
  const kernels = {
    path: await kernelsOf(path, weights, examples, queries, product),
    start: await kernelsOf([start], [(eta * steps) / n], examples, queries, product),
  };
  const control = gaussianKernels(examples, queries);

  const f = forward(end, queries.x, queries.n);
  const f0Examples = forward(start, examples.x, n);
  const target = forward(end, examples.x, n).map((v, i) => v - f0Examples[i]!);
  const queryMovement = byQuery(f, f0, queries.n);
  const movement = mean(queryMovement);
  const compare = (machine: Machine, moved: Float64Array, ridge: number | null = null): MachineError => {
    const theirs = moved.map((v, i) => v + f0[i]!);
    const queryError = byQuery(f, theirs, queries.n);
    const querySame = equalDecisions(f, theirs, classes);
    return {
      machine,
      relative: mean(queryError) / movement,
      agreement: mean(querySame),
      accuracy: accuracyOf(theirs, queries.y),
      queryError,
      querySame,
      ridge,
    };
  };
  const all = n * classes;
  const applied = (k: Float64Array, a: Float64Array) => multiply(k, a, [k.length / all, all, 1]);
  const fitted = (machine: Machine, { gram, cross }: Kernels, width: number) => {
    const { coefficients, ridge } = ridgeFit(gram, target, n, classes, width, setup.ridges);
    const points = n * width;
    const out = multiply(cross, coefficients, [cross.length / points, points, classes / width]);
    return compare(machine, out, ridge);
  };
  return {
    weightsMoved: movedShare(end, start),
    accuracy: accuracyOf(f, queries.y),
    queryMovement,
    machines: [
      compare(
        'theorem',
        theorem.rebuilt[0]!.map((v, i) => v - f0[i]!),
      ),
      compare('average-path', applied(kernels.path.cross, averages)),
      compare('average-start', applied(kernels.start.cross, averages)),
      fitted('ridge-path', kernels.path, classes),
      fitted('ridge-start', kernels.start, classes),
      fitted('ridge-gaussian', control, 1),
    ],
  };
}

/** Gram matrix of the training points and the kernel of queries with them; a row for each point (and output). */
interface Kernels {
  gram: Float64Array;
  cross: Float64Array;
}

/**
 * Σ weight·tangent kernel over points of the path, for all pairs of points and of outputs: [points·classes, n·classes].
 * It factorises by layers: (x·x' + 1)·(u_k·u'_c) + [k = c]·(h·h' + 1) with u_k = φ'(a)∘W2_k.
 */
async function kernelsOf(
  path: readonly Network[],
  weights: readonly number[],
  examples: Labelled,
  queries: Labelled,
  product: Product,
): Promise<Kernels> {
  const { classes, hidden } = path[0]!;
  const n = examples.n;
  const width = n * classes;
  const kernelWith = async (left: Labelled): Promise<Float64Array> => {
    const sums = new Float64Array(left.n * classes * width);
    const hh = new Float64Array(left.n * n);
    for (let from = 0; from < path.length; from += together) {
      const part = path.slice(from, from + together);
      const scale = weights.slice(from, from + together);
      const a = stacked(part, left, scale);
      const b = stacked(part, examples, null);
      const k = hidden * part.length;
      const u = await product(a.u, b.u, [left.n * classes, width, k]);
      for (let i = 0; i < sums.length; i++) sums[i]! += u[i]!;
      const h = await product(a.h, b.h, [left.n, n, k]);
      const bias = scale.reduce((x, y) => x + y, 0);
      for (let i = 0; i < hh.length; i++) hh[i]! += h[i]! + bias;
    }
    const features = examples.x.length / n;
    const xx = multiply(left.x, transpose(examples.x, n, features), [left.n, features, n]);
    for (let p = 0; p < left.n; p++) {
      for (let k = 0; k < classes; k++) {
        for (let i = 0; i < n; i++) {
          const at = (p * classes + k) * width + i * classes;
          const factor = xx[p * n + i]! + 1;
          for (let c = 0; c < classes; c++) sums[at + c]! *= factor;
          sums[at + k]! += hh[p * n + i]!;
        }
      }
    }
    return sums;
  };
  return { gram: await kernelWith(examples), cross: await kernelWith(queries) };
}

/** Features of the points at each network side by side, times `scale` where given: u [points·classes, nets·hidden], h [points, nets·hidden]. */
function stacked(path: readonly Network[], { x, n }: Labelled, scale: readonly number[] | null) {
  const { classes, hidden, activation } = path[0]!;
  const k = hidden * path.length;
  const u = new Float64Array(n * classes * k);
  const h = new Float64Array(n * k);
  path.forEach((net, s) => {
    const a = preactivations(net, x, n);
    const factor = scale?.[s] ?? 1;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < hidden; j++) {
        const value = a[i * hidden + j]!;
        h[i * k + s * hidden + j] = factor * activate(activation, value);
        const slope = factor * slopeOf(activation, value);
        for (let c = 0; c < classes; c++) {
          u[(i * classes + c) * k + s * hidden + j] = slope * net.w2[j * classes + c]!;
        }
      }
    }
  });
  return { u, h };
}

/** The control: exp(−d²/2σ²) with σ the median distance of the training points, the same for every output. */
function gaussianKernels(examples: Labelled, queries: Labelled): Kernels {
  const features = examples.x.length / examples.n;
  const sigma = medianDistance({ ...examples, features }, 1);
  const kernel = (left: Labelled) => gaussianMatrix({ ...left, features }, { ...examples, features }, sigma);
  return { gram: kernel(examples), cross: kernel(queries) };
}

/**
 * (K + λ·mean diagonal·I)·a = target with the λ that does best on held-out training points. `width`: rows of K for each
 * point, 1 (every output by itself) or the number of classes.
 */
function ridgeFit(
  gram: Float64Array,
  target: Float64Array,
  n: number,
  classes: number,
  width: number,
  ridges: readonly number[],
): { coefficients: Float64Array; ridge: number } {
  const columns = classes / width;
  const all = n * width;
  let diagonal = 0;
  for (let i = 0; i < all; i++) diagonal += gram[i * all + i]! / all;
  const solve = (points: number, ridge: number): Float64Array => {
    const size = points * width;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      matrix.set(gram.subarray(i * all, i * all + size), i * size);
      matrix[i * size + i]! += ridge * diagonal;
    }
    const solved = choleskySolve(matrix, target.slice(0, points * classes), size, columns);
    if (solved === null)
      throw new RangeError(`The Gram matrix with ridge ${ridge} is not positive definite.`);
    return solved;
  };
  const kept = n - Math.max(1, Math.round(held * n));
  const missed = (ridge: number): number => {
    const size = kept * width;
    const a = solve(kept, ridge);
    const cross = new Float64Array((all - size) * size);
    for (let i = size; i < all; i++) cross.set(gram.subarray(i * all, i * all + size), (i - size) * size);
    const out = multiply(cross, a, [all - size, size, columns]);
    return mean(out.map((v, i) => Math.abs(v - target[kept * classes + i]!)));
  };
  const errors = ridges.map(missed);
  const ridge = ridges[errors.indexOf(Math.min(...errors))]!;
  return { coefficients: solve(n, ridge), ridge };
}
