/** Matrices of float64, row after row. */

/**
 * out[m, n] += a[m, k]·b[k, n]; gives `out`, which is new and 0 where it is not given. Four rows of b at a time: the
 * inner loop then does four multiply-adds for each load and store of `out`.
 */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  [m, k, n]: readonly [number, number, number],
  out: Float64Array = new Float64Array(m * n),
): Float64Array {
  const whole = k - (k % 4);
  for (let i = 0; i < m; i++) {
    const at = i * n;
    for (let p = 0; p < whole; p += 4) {
      const from = i * k + p;
      const [a0, a1, a2, a3] = [a[from]!, a[from + 1]!, a[from + 2]!, a[from + 3]!];
      // Pictures are mostly background.
      if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0) continue;
      const [b0, b1, b2, b3] = [p * n, (p + 1) * n, (p + 2) * n, (p + 3) * n];
      for (let j = 0; j < n; j++) {
        out[at + j]! += a0 * b[b0 + j]! + a1 * b[b1 + j]! + a2 * b[b2 + j]! + a3 * b[b3 + j]!;
      }
    }
    for (let p = whole; p < k; p++) {
      const factor = a[i * k + p]!;
      for (let j = 0; j < n; j++) out[at + j]! += factor * b[p * n + j]!;
    }
  }
  return out;
}

/** [rows, columns] → [columns, rows]. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j]!;
  return out;
}

/** out[rows, columns] += v[columns] in every row. */
export function addRow(out: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  for (let at = 0; at < out.length; at += n) for (let j = 0; j < n; j++) out[at + j]! += v[j]!;
  return out;
}

/** Sums of the columns of a[rows, columns]. */
export function columnSums(a: Float64Array, columns: number): Float64Array {
  const out = new Float64Array(columns);
  for (let at = 0; at < a.length; at += columns) for (let j = 0; j < columns; j++) out[j]! += a[at + j]!;
  return out;
}

/** Rows of a[·, columns] by number. */
export function rowsOf(a: Float64Array, columns: number, rows: ArrayLike<number>): Float64Array {
  const out = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    out.set(a.subarray(rows[i]! * columns, (rows[i]! + 1) * columns), i * columns);
  }
  return out;
}

/** Columns of a[·, columns] by number. */
export function columnsOf(a: Float64Array, columns: number, chosen: ArrayLike<number>): Float64Array {
  const rows = a.length / columns;
  const out = new Float64Array(rows * chosen.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < chosen.length; j++) out[i * chosen.length + j] = a[i * columns + chosen[j]!]!;
  }
  return out;
}
