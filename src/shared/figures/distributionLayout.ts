import { LabError } from '../errors';
import type { RunColumns } from '../live';
import type { Interval, RunRow } from '../runRow';
import { distributionTexts } from './distributionTexts';
import { type FigureRun, runLabels } from './figureRun';
import { type Frame, frameOf } from './frame';
import { boxesMeet, clippedLine, type Point, type Segment } from './geometry';
import type { Interaction } from './interaction';
import { valueText } from './interaction';
import { type TextLine, textLine } from './lines';
import { type PointRow, pointRow } from './points';
import { extent, makeAxis, paddedDomain } from './scale';
import { markSize, round2, textSize } from './sizes';
import type { DistributionSpec } from './spec';
import { textWidth } from './textWidth';

export const shownPercentiles = [0.5, 0.9, 0.95, 0.99] as const;
export type ShownPercentile = (typeof shownPercentiles)[number];

/** One run's latencies: the empirical distribution and what was reported of it. */
export interface DistributionRun {
  run: FigureRun;
  /** Inferences that the distribution stands on. */
  n: number | null;
  distribution: RunColumns['distribution'];
  /** Seconds; a percentile without a value was refused, and is not drawn. */
  percentiles: { p: ShownPercentile; estimate: Interval }[];
  /** The very first inference of the process, s, and how many warmed it up: neither is in the distribution. */
  firstS: number | null;
  warmup: number | null;
}

/** From a row of the run table and the columns of the run's page. */
export function distributionRunOf(
  row: RunRow,
  columns: RunColumns,
  p90S: Interval | null = null,
): DistributionRun {
  const all: [ShownPercentile, Interval | null][] = [
    [0.5, row.p50S],
    [0.9, p90S],
    [0.95, row.p95S],
    [0.99, row.p99S],
  ];
  const percentiles = all.flatMap(([p, estimate]) => (estimate === null ? [] : [{ p, estimate }]));
  const before = { firstS: row.firstInferenceS, warmup: row.warmupInferences };
  return { run: row, n: row.n, distribution: columns.distribution, percentiles, ...before };
}

export interface PercentileAt {
  key: string;
  runId: string;
  slot: number;
  p: ShownPercentile;
  estimate: Interval;
  x: number;
  y: number;
  bar: Segment | null;
}

export interface DistributionLayout extends Frame {
  kind: 'latency-distribution';
  labels: string[];
  lines: { key: string; slot: number; segments: Segment[] }[];
  percentiles: PercentileAt[];
  /** First inferences, over the axis; those that the axis does not reach are in the caption alone. */
  firsts: { key: string; runId: string; slot: number; x: number; y: number; valueS: number }[];
  /** 'p50' … beside the plot. */
  shares: TextLine[];
}

const mostRuns = 4;

/** Empirical distributions of latency, overlaid. Throws bad_input beyond four. Source: docs/figures.md, 3.11. */
export function layoutDistribution(
  spec: DistributionSpec,
  runs: readonly DistributionRun[],
): DistributionLayout {
  if (runs.length > mostRuns) {
    throw new LabError(
      'bad_input',
      `${runs.length} distributions were asked for, and only ${mostRuns} can be told apart.`,
      'Select up to four runs.',
    );
  }
  const labels = runLabels(runs.map((r) => r.run));
  const values = runs.flatMap((r) => [
    ...r.distribution.latencyS,
    ...r.percentiles.flatMap(({ estimate: e }) => [e.value, e.low, e.high].filter((v) => v !== null)),
  ]);
  const shown = values.filter((v) => Number.isFinite(v) && (spec.scale === 'linear' || v > 0));
  const domain = spec.scale === 'linear' ? paddedDomain(shown, 'linear') : logDomain(reached(shown, runs));
  const beside = textWidth('p50', textSize.small) + 8;
  const frame = frameOf({
    size: spec.size,
    texts: distributionTexts(spec, runs, labels),
    legend: runs.map((r, slot) => ({ key: r.run.id, slot, text: labels[slot]! })),
    notes: [],
    xAxis: (range) => makeAxis(domain, spec.scale, range),
    // Air above 1, so that the top of the steps is seen.
    yAxis: (range) => makeAxis([0, 1.02], 'linear', range),
    right: (_, most) => most - beside,
  });
  return {
    kind: 'latency-distribution',
    ...frame,
    labels,
    lines: runs.map((r, slot) => ({
      key: r.run.id,
      slot,
      segments: clippedLine(stepsOf(r.distribution, spec.scale === 'log', frame), frame.plot),
    })),
    percentiles: runs.flatMap((r, slot) => percentilesAt(r, slot, frame)),
    firsts: runs.flatMap((r, slot) => firstAt(r, slot, frame)),
    shares: sharesAt(runs, frame),
  };
}

/** With the first inferences that do not squeeze the distribution: beyond half its width they stay off the axis. */
function reached(values: readonly number[], runs: readonly DistributionRun[]): number[] {
  if (values.length === 0) return [];
  const { low, high } = extent(values);
  const far = high * Math.sqrt(high / low);
  const firsts = runs.flatMap((r) => (r.firstS !== null && r.firstS > 0 ? [r.firstS] : []));
  return [...values, ...firsts.filter((s) => s >= low / Math.sqrt(high / low) && s <= far)];
}

function firstAt(
  { run, firstS }: DistributionRun,
  slot: number,
  { x, plot }: Frame,
): DistributionLayout['firsts'] {
  if (firstS === null || !(firstS > 0) || !x.within(firstS)) return [];
  const at = { x: x.map(firstS), y: round2(plot.y1 - markSize / 2 - 2) };
  return [{ key: `${run.id}-first`, runId: run.id, slot, ...at, valueS: firstS }];
}

/** Latencies of one run lie close together: a tenth of a decade of air is enough. */
function logDomain(values: readonly number[]): [number, number] {
  const { low, high } = extent(values);
  return values.length === 0 ? [1e-3, 1] : [low / 10 ** 0.1, high * 10 ** 0.1];
}

/** Flat up to each latency, then up by its share: no smoothing. */
function stepsOf({ latencyS, share }: RunColumns['distribution'], log: boolean, { x, y }: Frame): Point[] {
  let height = y.map(0);
  return Array.from(latencyS).flatMap((latency, i) => {
    if (log && latency <= 0) return [];
    const before = { x: x.map(latency), y: height };
    height = y.map(share[i]!);
    return [before, { x: before.x, y: height }];
  });
}

function percentilesAt({ run, percentiles }: DistributionRun, slot: number, { x, y }: Frame): PercentileAt[] {
  return percentiles.flatMap(({ p, estimate }) => {
    const { value, low, high } = estimate;
    if (value === null || !x.within(value)) return [];
    const at = { x: x.map(value), y: y.map(p) };
    const bar =
      low === null || high === null ? null : { x0: x.map(low), y0: at.y, x1: x.map(high), y1: at.y };
    return [{ key: `${run.id}-${p}`, runId: run.id, slot, p, estimate, ...at, bar }];
  });
}

/** Names of the drawn percentiles at their heights; in a low figure the upper ones would touch, and stand in the caption. */
function sharesAt(runs: readonly DistributionRun[], { plot, y }: Frame): TextLine[] {
  const drawn = shownPercentiles.filter((p) =>
    runs.some((r) => r.percentiles.some((own) => own.p === p && own.estimate.value !== null)),
  );
  const kept: TextLine[] = [];
  for (const p of drawn) {
    const text = `p${Math.round(p * 100)}`;
    const baseline = y.map(p) + 0.36 * textSize.small;
    const line = textLine(`share-${p}`, text, textSize.small, plot.x1 + 4, baseline);
    if (!kept.some((k) => boxesMeet(k.box, line.box))) kept.push(line);
  }
  return kept;
}

export function distributionInteraction(layout: DistributionLayout): Interaction {
  const { width, height, plot, x, y, percentiles, firsts, labels } = layout;
  return {
    width,
    height,
    plot,
    x,
    y,
    targets: [...percentiles, ...firsts].map((p) => ({ runId: p.runId, seriesKey: p.runId, x: p.x, y: p.y })),
    lines: (index) => {
      const first = firsts[index - percentiles.length];
      if (first !== undefined)
        return [
          { label: 'Run', text: labels[first.slot]! },
          { label: 'First inference', text: valueText(first.valueS, null, null, 's', false) },
        ];
      const { slot, p, estimate } = percentiles[index]!;
      return [
        { label: 'Run', text: labels[slot]! },
        {
          label: `p${Math.round(p * 100)}`,
          text: valueText(estimate.value!, estimate.low, estimate.high, 's', false),
        },
        { label: 'Interval', text: '95\u00a0%, order statistics on the effective sample' },
      ];
    },
  };
}

/** Steps, then percentiles and the first inference of every run. */
export function distributionPoints(spec: DistributionSpec, runs: readonly DistributionRun[]): PointRow[] {
  const labels = runLabels(runs.map((r) => r.run));
  const rows = runs.flatMap(({ run, n, distribution, percentiles, firstS }, i) => {
    const common = { figure_id: spec.id, series: labels[i]!, role: 'measured', run_id: run.id } as const;
    const units = { x_unit: 's', y_unit: '1', n_count: n, sample: run.sample ? 'yes' : 'no' } as const;
    const steps = Array.from(distribution.latencyS, (latency, s) => {
      const hidden = spec.scale === 'log' && latency <= 0 ? 'not shown on log axis' : null;
      const value = { x: latency, y: distribution.share[s]!, not_shown_reason: hidden };
      return { ...common, ...units, ...value, statistic: 'cumulative share' };
    });
    const marks = percentiles.map(({ p, estimate }) => ({
      ...common,
      ...units,
      x: estimate.value,
      x_low: estimate.low,
      x_high: estimate.high,
      y: p,
      statistic: `p${Math.round(p * 100)}`,
      interval_method:
        estimate.low === null ? null : '95\u00a0% order-statistic interval on the effective sample',
      not_shown_reason: estimate.value === null ? 'too few inferences' : null,
    }));
    const first =
      firstS === null
        ? []
        : [{ ...common, ...units, n_count: 1, x: firstS, statistic: 'first inference, before the warm-up' }];
    return [...steps, ...marks, ...first];
  });
  return rows.map((row, index) => pointRow({ ...row, row_index: index }));
}
