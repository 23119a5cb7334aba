/**
 * Solves M·A = B for a symmetric positive definite M (n × n, row after row) and B (n × columns) in float64, through
 * M = L·Lᵀ. Null where a pivot is not positive: M is not positive definite at this precision. n³/6 multiply-adds.
 */
export function choleskySolve(
  matrix: Float64Array,
  right: Float64Array,
  n: number,
  columns: number,
): Float64Array | null {
  const l = matrix.slice();
  for (let j = 0; j < n; j++) {
    const rowJ = l.subarray(j * n, j * n + j);
    let pivot = l[j * n + j];
    for (let k = 0; k < j; k++) pivot -= rowJ[k] ** 2;
    if (!(pivot > 0)) return null;
    const root = Math.sqrt(pivot);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = l[i * n + j];
      const rowI = l.subarray(i * n, i * n + j);
      for (let k = 0; k < j; k++) sum -= rowI[k] * rowJ[k];
      l[i * n + j] = sum / root;
    }
  }
  const a = right.slice();
  for (let i = 0; i < n; i++) eliminate(a, l, i, 0, i, (k) => i * n + k, n, columns);
  for (let i = n - 1; i >= 0; i--) eliminate(a, l, i, i + 1, n, (k) => k * n + i, n, columns);
  return a;
}

/** Row i of the solution: what rows `from` … `to` − 1 contribute is taken off, then it is divided by the pivot. */
function eliminate(
  a: Float64Array,
  l: Float64Array,
  i: number,
  from: number,
  to: number,
  at: (k: number) => number,
  n: number,
  columns: number,
): void {
  for (let k = from; k < to; k++) {
    const factor = l[at(k)];
    for (let c = 0; c < columns; c++) a[i * columns + c] -= factor * a[k * columns + c];
  }
  const pivot = l[i * n + i];
  for (let c = 0; c < columns; c++) a[i * columns + c] /= pivot;
}
