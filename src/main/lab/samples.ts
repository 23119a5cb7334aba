import type { WindowSamples } from '../../shared/run';

/** The columns of one window as the runner posts them, as the store keeps them: ns after the first start. */
export function samplesOf(
  starts: BigUint64Array,
  ends: BigUint64Array,
  stride: number,
  inferences: number,
): WindowSamples {
  const originNs = starts[0] ?? 0n;
  const startsNs = new Float64Array(starts.length);
  const durationsNs = new Float64Array(starts.length);
  for (let i = 0; i < starts.length; i++) {
    startsNs[i] = Number(starts[i] - originNs);
    durationsNs[i] = Number(ends[i] - starts[i]);
  }
  return { startsNs, durationsNs, originNs, stride, inferences };
}

/** Durations (ns, in time order) of the stored inferences that start inside [openNs, closeNs). */
export function durationsInside(samples: WindowSamples, openNs: bigint, closeNs: bigint): Float64Array {
  return insideOf(samples, openNs, closeNs).durationsNs;
}

/** Starts and durations of the stored inferences that start inside [openNs, closeNs); views, not copies. */
export function insideOf(
  { startsNs, durationsNs, originNs }: WindowSamples,
  openNs: bigint,
  closeNs: bigint,
): Pick<WindowSamples, 'startsNs' | 'durationsNs'> {
  const from = firstAtOrAfter(startsNs, Number(openNs - originNs));
  const to = firstAtOrAfter(startsNs, Number(closeNs - originNs));
  return { startsNs: startsNs.subarray(from, to), durationsNs: durationsNs.subarray(from, to) };
}

/**
 * Inferences completed between two instants (hrtime ns); the one under way at each instant counts by the fraction of
 * it that lies inside. Null where the samples do not reach so far. Between stored samples of a stride, by straight line.
 */
export function inferencesBetween(samples: WindowSamples, fromNs: bigint, toNs: bigint): number | null {
  const from = completedAt(samples, fromNs);
  const to = completedAt(samples, toNs);
  return from === null || to === null ? null : to - from;
}

/** Inferences completed since the first stored start, as a real number. */
function completedAt(
  { startsNs, durationsNs, originNs, stride }: WindowSamples,
  atNs: bigint,
): number | null {
  const t = Number(atNs - originNs);
  const last = startsNs.length - 1;
  if (last < 0 || t < 0 || t > startsNs[last] + durationsNs[last]) return null;
  const i = firstAtOrAfter(startsNs, t + 1) - 1; // the last one that has started
  const into = t - startsNs[i];
  if (stride > 1 && i < last) return (i + into / (startsNs[i + 1] - startsNs[i])) * stride;
  return i * stride + Math.min(1, durationsNs[i] > 0 ? into / durationsNs[i] : 1);
}

/** First index whose value is >= limit; ascending input. */
function firstAtOrAfter(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Longest time (s) inside [openNs, closeNs] by which one inference or the pause after it outlasts the median period:
 * a process that was stopped shows there, whether it was inside a call or between two.
 */
export function longestStandstillS(
  { startsNs, originNs, stride }: WindowSamples,
  openNs: bigint,
  closeNs: bigint,
): { standstillS: number; periodS: number } {
  const from = Math.max(1, firstAtOrAfter(startsNs, Number(openNs - originNs)));
  const to = firstAtOrAfter(startsNs, Number(closeNs - originNs));
  const steps = new Float64Array(Math.max(0, to - from));
  for (let i = from; i < to; i++) steps[i - from] = startsNs[i] - startsNs[i - 1];
  if (steps.length === 0) return { standstillS: 0, periodS: 0 };
  steps.sort();
  const median = steps[steps.length >> 1];
  return { standstillS: (steps[steps.length - 1] - median) / 1e9, periodS: median / stride / 1e9 };
}
