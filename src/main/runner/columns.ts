/** Sample columns of one window, allocated once per run. 2^17 samples of 16 bytes: 2 MB, whatever the model's speed. */
const CAPACITY = 2 ** 17;

export interface Columns {
  /** hrtime ns just before and just after each stored inference. */
  readonly starts: BigUint64Array;
  readonly ends: BigUint64Array;
  length: number;
  /** Every stride-th inference is stored. */
  stride: number;
  /** Inferences run, stored or not. */
  inferences: number;
}

export function newColumns(capacity = CAPACITY): Columns {
  return {
    starts: new BigUint64Array(capacity),
    ends: new BigUint64Array(capacity),
    length: 0,
    stride: 1,
    inferences: 0,
  };
}

/** Empties the columns and picks the stride so that `expected` inferences fill at most three quarters of them. */
export function resetColumns(columns: Columns, expected: number): void {
  columns.length = 0;
  columns.inferences = 0;
  columns.stride = Math.max(1, Math.ceil(expected / (0.75 * columns.starts.length)));
}

/**
 * Full columns: keep every second sample and double the stride, so a model that speeds up loses resolution, never
 * its end. Sample i stays inference i·stride. Takes about a millisecond, once.
 */
export function thin(columns: Columns): void {
  const kept = Math.ceil(columns.length / 2);
  for (let i = 0; i < kept; i++) {
    columns.starts[i] = columns.starts[2 * i];
    columns.ends[i] = columns.ends[2 * i];
  }
  columns.length = kept;
  columns.stride *= 2;
}
