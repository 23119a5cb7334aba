/** Labelled examples in plain memory, row after row. */
export interface Examples {
  /** n × features, float32. */
  x: Float32Array;
  /** Class of each example, 0 … classes − 1. */
  y: Uint8Array | Uint16Array;
  n: number;
}

export interface Dataset {
  name: string;
  /** Shape of one example, e.g. [40] or [1, 28, 28]; its product is `features`. */
  shape: readonly number[];
  features: number;
  classes: number;
  train: Examples;
  test: Examples;
  /** Licence in a sentence, also where it is in doubt. */
  licence: string;
  /** SHA-256 (hex) of what was read or of the recipe that made it. */
  sha256: string;
}
