/** Targets of a regression on classes, row after row: 1 for the example's own class, less chance (1/classes). */
export function centredTargets(y: ArrayLike<number>, n: number, classes: number): Float64Array {
  const targets = new Float64Array(n * classes).fill(-1 / classes);
  for (let i = 0; i < n; i++) targets[i * classes + y[i]] += 1;
  return targets;
}
