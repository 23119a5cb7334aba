import { randomFrom } from '../../../shared/stats/random';
import { type Matrix, matrix } from './matrix';

/** w ≈ u·v with u [rows, rank] of orthonormal columns and v [rank, cols]. */
export interface LowRank {
  u: Matrix;
  v: Matrix;
  /** The `rank` largest singular values as found, falling. */
  singularValues: Float64Array;
  /** ‖w − u·v‖ / ‖w‖ (Frobenius): from the part of the norm that is left. */
  relativeError: number;
}

/**
 * Best approximation of a rank by randomised subspace iteration with oversampling by 8: within a part in 10^3 of the
 * optimum where singular values fall slowly, exact where they end. Same seed: same result.
 * Source: Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1; Eckart and Young 1936 for the optimum.
 * @throws RangeError for a rank outside 1 … min(rows, cols)
 */
export function lowRank(m: Matrix, rank: number, { iterations = 4, seed = 1 } = {}): LowRank {
  const least = Math.min(m.rows, m.cols);
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= least)) {
    throw new RangeError(`a rank of ${rank} in a matrix of ${m.rows} × ${m.cols}`);
  }
  const width = Math.min(least, rank + 8);
  const random = randomFrom(seed);
  // Subspaces as rows: [width, rows] for the inputs, [width, cols] for the outputs.
  let right: Float64Array = Float64Array.from({ length: width * m.cols }, () => random.normal());
  let left = orthonormal(timesRows(m, right, width), width);
  for (let i = 0; i < iterations; i++) {
    right = orthonormal(timesColumns(m, left, width), width);
    left = orthonormal(timesRows(m, right, width), width);
  }
  const small = timesColumns(m, left, width);
  const { values, vectors } = symmetricEigen(gram(small, width), width);
  const u = new Float32Array(m.rows * rank);
  const v = new Float32Array(rank * m.cols);
  for (let r = 0; r < rank; r++) {
    for (let w = 0; w < width; w++) {
      const factor = vectors[w * width + r]!;
      for (let k = 0; k < m.rows; k++) u[k * rank + r]! += factor * left[w * m.rows + k]!;
      for (let j = 0; j < m.cols; j++) v[r * m.cols + j]! += factor * small[w * m.cols + j]!;
    }
  }
  const total = m.data.reduce((sum, x) => sum + x * x, 0);
  const kept = values.subarray(0, rank).reduce((sum, x) => sum + x, 0);
  return {
    u: matrix(m.rows, rank, u),
    v: matrix(rank, m.cols, v),
    singularValues: values.subarray(0, rank).map((x) => Math.sqrt(Math.max(0, x))),
    relativeError: total > 0 ? Math.sqrt(Math.max(0, total - kept) / total) : 0,
  };
}

/** m·xᵀ, transposed: x [width, cols] to [width, rows]. */
function timesRows(m: Matrix, x: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width * m.rows);
  for (let k = 0; k < m.rows; k++) {
    const row = m.data.subarray(k * m.cols, (k + 1) * m.cols);
    for (let w = 0; w < width; w++) {
      let sum = 0;
      const at = w * m.cols;
      for (let j = 0; j < m.cols; j++) sum += row[j]! * x[at + j]!;
      out[w * m.rows + k] = sum;
    }
  }
  return out;
}

/** x·m: x [width, rows] to [width, cols]. */
function timesColumns(m: Matrix, x: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width * m.cols);
  for (let k = 0; k < m.rows; k++) {
    const row = m.data.subarray(k * m.cols, (k + 1) * m.cols);
    for (let w = 0; w < width; w++) {
      const factor = x[w * m.rows + k]!;
      const at = w * m.cols;
      for (let j = 0; j < m.cols; j++) out[at + j]! += factor * row[j]!;
    }
  }
  return out;
}

/** Rows made orthonormal by modified Gram–Schmidt, twice; a row that vanishes becomes zero. */
function orthonormal(rows: Float64Array, width: number): Float64Array {
  const n = rows.length / width;
  const row = (w: number) => rows.subarray(w * n, (w + 1) * n);
  for (let w = 0; w < width; w++) {
    const a = row(w);
    const before = Math.sqrt(dot(a, a));
    for (let pass = 0; pass < 2; pass++) {
      for (let e = 0; e < w; e++) {
        const b = row(e);
        const d = dot(a, b);
        for (let i = 0; i < n; i++) a[i]! -= d * b[i]!;
      }
    }
    const norm = Math.sqrt(dot(a, a));
    // What is left of a row within the others' span is rounding, no direction.
    const factor = norm > 1e-10 * before ? 1 / norm : 0;
    for (let i = 0; i < n; i++) a[i]! *= factor;
  }
  return rows;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function gram(rows: Float64Array, width: number): Float64Array {
  const n = rows.length / width;
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const d = dot(rows.subarray(i * n, (i + 1) * n), rows.subarray(j * n, (j + 1) * n));
      out[i * width + j] = d;
      out[j * width + i] = d;
    }
  }
  return out;
}

/**
 * Eigenvalues (falling) and eigenvectors (columns) of a symmetric matrix [n, n] by cyclic Jacobi rotations.
 * Source: Golub and Van Loan, Matrix Computations, 8.5.
 */
export function symmetricEigen(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const s = a.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const size = Math.sqrt(dot(s, s));
  for (let sweep = 0; sweep < 40 && offDiagonal(s, n) > 1e-14 * size; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotate(s, v, n, p, q);
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => s[j * n + j]! - s[i * n + i]!);
  const vectors = new Float64Array(n * n);
  for (const [to, from] of order.entries()) {
    for (let i = 0; i < n; i++) vectors[i * n + to] = v[i * n + from]!;
  }
  return { values: Float64Array.from(order, (i) => s[i * n + i]!), vectors };
}

function rotate(s: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = s[p * n + q]!;
  if (apq === 0) return;
  const tau = (s[q * n + q]! - s[p * n + p]!) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const d = t * c;
  turn(s, n, p, q, n, c, d);
  turn(s, 1, p * n, q * n, n, c, d);
  turn(v, n, p, q, n, c, d);
}

/** Rotates two lines of `n` elements, `step` apart, that start at `a` and `b`. */
function turn(
  m: Float64Array,
  step: number,
  a: number,
  b: number,
  n: number,
  cosine: number,
  sine: number,
): void {
  for (let i = 0; i < n; i++) {
    const x = m[a + i * step]!;
    const y = m[b + i * step]!;
    m[a + i * step] = cosine * x - sine * y;
    m[b + i * step] = sine * x + cosine * y;
  }
}

function offDiagonal(s: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (i !== j) sum += s[i * n + j]! ** 2;
  }
  return Math.sqrt(sum);
}
