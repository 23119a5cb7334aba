import { type ReasonCode, verdictOf } from '../reasons';
import type { Estimate, LatencyResult } from '../run';
import { quantileOfSorted, seriesQuantile } from './quantiles';
import { ascending, mean, robustLimit, robustZ, spikeCount, standardDeviation } from './robust';

/** What the latency of one undamaged window needs. */
export interface LatencyWindow {
  /** Duration of each stored inference, ns, in time order. */
  durationsNs: Float64Array;
  /** Inferences between the edges, stored or not, ends by their fraction. */
  inferences: number;
  /** Length of the window, s. */
  seconds: number;
}

export interface LatencyOptions {
  /** Items per inference. */
  batch: number;
  /** Every stride-th inference is stored. */
  stride: number;
  /** Undamaged windows below which the result is invalid. */
  windowsMin: number;
  /** Codes already known for the run; what is found here joins them. */
  codes: readonly ReasonCode[];
}

/** Fewest inferences a window may hold: below the first it is flagged, below the second nothing is reported. */
export const fewInferences = { flag: 30, refuse: 5 } as const;
/** Limit on the coefficient of variation of window medians. Source: trtexec, via docs/method.md, 2.3. */
const unstableCv = 0.025;
const method =
  'Quantiles of type 7 (Hyndman & Fan); 95 % order-statistic intervals on the effective sample (indicator autocorrelation, scatter between windows)';

/**
 * Latency of a run from the samples of all its undamaged windows, in time order. Seconds.
 * 10⁶ samples take a few tenths of a second. TOO_FEW_SAMPLES stands in `codes` only if the median itself is refused;
 * a refused tail percentile carries it alone. Source: docs/method.md, 2.
 */
export function summarizeLatency(windows: readonly LatencyWindow[], options: LatencyOptions): LatencyResult {
  const series = secondsInOrder(windows);
  const sorted = series.slice().sort();
  const n = series.length;
  let end = 0;
  const ends = windows.map((w) => {
    end += w.durationsNs.length;
    return end;
  });
  const p50 = seriesQuantile(series, sorted, 0.5, ends);
  const [p90S, p95S, p99S, p999S] = withoutGaps(
    ([0.9, 0.95, 0.99, 0.999] as const).map((p) => seriesQuantile(series, sorted, p, ends).estimate),
  );
  const estimates = { p50S: p50.estimate, p90S: p90S!, p95S: p95S!, p99S: p99S!, p999S: p999S! };
  const codes = new Set([...options.codes, ...findings(windows, options)]);
  const tooSlow = windows.some((w) => w.inferences < fewInferences.refuse);
  if (p50.estimate.value === null && n > 0 && !tooSlow) codes.add('TOO_FEW_SAMPLES');
  const seconds = windows.reduce((sum, w) => sum + w.seconds, 0);
  const inferences = windows.reduce((sum, w) => sum + w.inferences, 0);
  const refused = tooSlow ? 'FEW_INFERENCES' : n === 0 ? 'TOO_FEW_WINDOWS' : null;
  return {
    verdict: tooSlow ? 'not_measured' : verdictOf([...codes], 'latency'),
    codes: [...codes],
    n,
    nEff: p50.nEff,
    stride: options.stride,
    ...(refused === null ? estimates : allMissing(refused)),
    minS: sorted[0] ?? null,
    maxS: sorted[n - 1] ?? null,
    meanS: n > 0 ? mean(series) : null,
    sdS: n > 1 ? standardDeviation(series) : null,
    spikes: spikeCount(sorted),
    throughputHz: seconds > 0 ? (inferences * options.batch) / seconds : null,
    method,
  };
}

/**
 * A tail percentile is given only where those below it are: samples too few for p95 are too few for p99.9, whose rare
 * indicator merely shows less of how they hang together.
 */
function withoutGaps(ascendingly: readonly Estimate[]): Estimate[] {
  const first = ascendingly.findIndex((e) => e.value === null);
  return ascendingly.map((e, i) => (first >= 0 && i > first ? ascendingly[first]! : e));
}

function findings(windows: readonly LatencyWindow[], options: LatencyOptions): ReasonCode[] {
  const codes: ReasonCode[] = [];
  if (windows.length < Math.max(1, options.windowsMin)) codes.push('TOO_FEW_WINDOWS');
  if (windows.some((w) => w.inferences < fewInferences.flag)) codes.push('FEW_INFERENCES');
  const medians = windows
    .filter((w) => w.durationsNs.length > 0)
    .map((w) => quantileOfSorted(ascending(w.durationsNs), 0.5));
  if (medians.length > 1 && standardDeviation(medians) > unstableCv * mean(medians)) {
    codes.push('UNSTABLE_LATENCY');
  }
  if (medians.length >= 5 && robustZ(medians, 0).some((z) => z > robustLimit)) codes.push('OUTLIER_WINDOW');
  return codes;
}

function secondsInOrder(windows: readonly LatencyWindow[]): Float64Array {
  const all = new Float64Array(windows.reduce((n, w) => n + w.durationsNs.length, 0));
  let at = 0;
  for (const { durationsNs } of windows) for (const ns of durationsNs) all[at++] = ns / 1e9;
  return all;
}

function allMissing(missingReason: ReasonCode) {
  const missing: Estimate = { value: null, low: null, high: null, missingReason };
  return { p50S: missing, p90S: missing, p95S: missing, p99S: missing, p999S: missing };
}
