/** K·P for P [n, classes]. */
export type Times = (p: Float32Array) => Promise<Float32Array>;

/**
 * (K + λI)·A = targets [n, classes] by conjugate gradients, each class with step lengths of its own, vectors in float64.
 * `tolerance`: ends when |residual| ≤ tolerance·|targets| in every class. Source: Hestenes and Stiefel 1952.
 */
export async function conjugateGradients(
  times: Times,
  targets: Float64Array,
  classes: number,
  { lambda, tolerance, maxIterations }: { lambda: number; tolerance: number; maxIterations: number },
): Promise<{ solution: Float64Array; iterations: number; converged: boolean; residual: number }> {
  const solution = new Float64Array(targets.length);
  const left = targets.slice();
  const direction = targets.slice();
  const squares = (v: Float64Array, w = v) => {
    const sums = new Float64Array(classes);
    for (let i = 0; i < v.length; i++) sums[i % classes] += v[i] * w[i];
    return sums;
  };
  const start = squares(left);
  let now = start;
  const residualOf = () =>
    now.reduce((most, v, c) => Math.max(most, start[c] > 0 ? v / start[c] : 0), 0) ** 0.5;
  let iterations = 0;
  for (; iterations < maxIterations && residualOf() > tolerance; iterations++) {
    const product = Float64Array.from(await times(Float32Array.from(direction)));
    for (let i = 0; i < product.length; i++) product[i] += lambda * direction[i];
    const curvature = squares(direction, product);
    for (let i = 0; i < product.length; i++) {
      const c = i % classes;
      // A class that is solved already, or has no example and so no residual, stays as it is.
      const step = curvature[c] > 0 ? now[c] / curvature[c] : 0;
      solution[i] += step * direction[i];
      left[i] -= step * product[i];
    }
    const next = squares(left);
    for (let i = 0; i < product.length; i++) {
      const c = i % classes;
      direction[i] = left[i] + (now[c] > 0 ? next[c] / now[c] : 0) * direction[i];
    }
    now = next;
  }
  const residual = residualOf();
  return { solution, iterations, converged: residual <= tolerance, residual };
}
