import type { Matrix } from './matrix';

/** 1 for the `keep` weights of largest magnitude, 0 for the others; exactly `keep` ones, ties to the earlier. */
export function magnitudeMask(data: Float32Array, keep: number): Uint8Array {
  const mask = new Uint8Array(data.length);
  if (keep <= 0) return mask;
  if (keep >= data.length) return mask.fill(1);
  const sorted = data.map(Math.abs).sort();
  const cut = sorted[data.length - keep]!;
  let ties = keep;
  for (const x of data) if (Math.abs(x) > cut) ties--;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (size > cut || (size === cut && ties-- > 0)) mask[i] = 1;
  }
  return mask;
}

/** The data where the mask is 1, 0 elsewhere. */
export const masked = (data: Float32Array, mask: Uint8Array): Float32Array =>
  data.map((x, i) => (mask[i] ? x : 0));

/**
 * Numbers of the `keep` hidden units that matter most, rising: by norm of the weights into a unit times norm of those
 * out of it. `into` [inputs, units], `out` [units, outputs].
 */
export function strongestUnits(into: Matrix, out: Matrix, keep: number): number[] {
  const score = new Float64Array(into.cols);
  for (let i = 0; i < into.data.length; i++) score[i % into.cols]! += into.data[i]! ** 2;
  for (let j = 0; j < into.cols; j++) {
    let after = 0;
    for (let c = 0; c < out.cols; c++) after += out.data[j * out.cols + c]! ** 2;
    score[j]! *= after;
  }
  return Array.from(score.keys())
    .sort((a, b) => score[b]! - score[a]! || a - b)
    .slice(0, keep)
    .sort((a, b) => a - b);
}

/** The named columns of a matrix, in their order. */
export function columnsOf(m: Matrix, columns: readonly number[]): Matrix {
  const data = new Float32Array(m.rows * columns.length);
  for (let k = 0; k < m.rows; k++) {
    for (const [i, j] of columns.entries()) data[k * columns.length + i] = m.data[k * m.cols + j]!;
  }
  return { rows: m.rows, cols: columns.length, data };
}

/** The named rows of a matrix, in their order. */
export function rowsOf(m: Matrix, rows: readonly number[]): Matrix {
  const data = new Float32Array(rows.length * m.cols);
  for (const [i, k] of rows.entries()) data.set(m.data.subarray(k * m.cols, (k + 1) * m.cols), i * m.cols);
  return { rows: rows.length, cols: m.cols, data };
}
