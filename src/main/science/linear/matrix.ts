/** A matrix of float32, row after row: the right side of a MatMul, [rows = inputs, cols = outputs]. */
export interface Matrix {
  rows: number;
  cols: number;
  data: Float32Array;
}

/** @throws RangeError where the data does not fill the shape */
export function matrix(rows: number, cols: number, data: Float32Array): Matrix {
  if (data.length !== rows * cols) {
    throw new RangeError(`${data.length} values do not fill a matrix of ${rows} × ${cols}`);
  }
  return { rows, cols, data };
}

export function transposed({ rows, cols, data }: Matrix): Matrix {
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j]!;
  }
  return { rows: cols, cols: rows, data: out };
}

/** Elements that are not zero. */
export function nonzero(data: ArrayLike<number>): number {
  let n = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) n++;
  return n;
}

/** a·b in double precision. @throws RangeError where the shapes do not fit */
export function product(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new RangeError(`${a.rows} × ${a.cols} times ${b.rows} × ${b.cols}`);
  const out = new Float32Array(a.rows * b.cols);
  const row = new Float64Array(b.cols);
  for (let i = 0; i < a.rows; i++) {
    row.fill(0);
    for (let k = 0; k < a.cols; k++) {
      const factor = a.data[i * a.cols + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < b.cols; j++) row[j]! += factor * b.data[k * b.cols + j]!;
    }
    out.set(row, i * b.cols);
  }
  return { rows: a.rows, cols: b.cols, data: out };
}

/** ‖a − b‖ / ‖b‖ (Frobenius); ‖a‖ where b is zero. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(size > 0 ? difference / size : difference);
}
