/** Ascending values of one stretch of time, each standing for `weight` inferences. */
export interface Distribution {
  sorted: Float64Array;
  weight: number;
}

/** Steps of the reduced curve: one each 0.1 %, and the last 0.1 % in as many again. */
const steps = 1000;
const tailSteps = 900;
/** Below this many values nothing is left out. */
const all = 2000;

/**
 * Empirical distribution of values in several sorted stretches: share (0 to 1) of all at or below each value. At most
 * 2,000 steps: least, largest, the value at which each 0.1 % is reached, and up to 900 in the last 0.1 %; each share
 * is exact at its value.
 */
export function distributionOf(parts: readonly Distribution[]): { value: Float64Array; share: Float64Array } {
  const merged = parts
    .map(weighted)
    .reduce(merge, { values: new Float64Array(0), upTo: new Float64Array(0) });
  const { values, upTo } = merged;
  const n = values.length;
  if (n === 0) return { value: new Float64Array(0), share: new Float64Array(0) };
  const total = upTo[n - 1]!;
  const kept: number[] = [];
  const keep = (index: number) => {
    if (index > (kept.at(-1) ?? -1)) kept.push(lastEqual(values, index));
  };
  if (n <= all) for (let i = 0; i < n; i++) keep(i);
  else {
    keep(0);
    let i = 0;
    for (let k = 1; k <= steps - 1; k++) {
      while (upTo[i]! < (k * total) / steps) i++;
      keep(i);
    }
    const left = n - 1 - i;
    const count = Math.min(left, tailSteps);
    for (let k = 1; k <= count; k++) keep(i + Math.round((k * left) / count));
  }
  return {
    value: Float64Array.from(kept, (i) => values[i]!),
    share: Float64Array.from(kept, (i) => upTo[i]! / total),
  };
}

/** Ascending values with the weight of everything up to each. */
interface Weighted {
  values: Float64Array;
  upTo: Float64Array;
}

function weighted({ sorted, weight }: Distribution): Weighted {
  return { values: sorted, upTo: Float64Array.from(sorted, (_, i) => (i + 1) * weight) };
}

function merge(a: Weighted, b: Weighted): Weighted {
  if (a.values.length === 0) return b;
  const n = a.values.length + b.values.length;
  const values = new Float64Array(n);
  const upTo = new Float64Array(n);
  let i = 0;
  let j = 0;
  for (let k = 0; k < n; k++) {
    if (j >= b.values.length || (i < a.values.length && a.values[i]! <= b.values[j]!))
      values[k] = a.values[i++]!;
    else values[k] = b.values[j++]!;
    upTo[k] = (i > 0 ? a.upTo[i - 1]! : 0) + (j > 0 ? b.upTo[j - 1]! : 0);
  }
  return { values, upTo };
}

/** Of equal values the last: the share at a value counts all that are equal to it. */
function lastEqual(values: Float64Array, index: number): number {
  let i = index;
  while (i + 1 < values.length && values[i + 1] === values[i]) i++;
  return i;
}
