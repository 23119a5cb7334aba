import type { Comparison, ControlResult, Ratio } from '../../../src/shared/comparison';
import type { FigureData } from '../../../src/shared/figures/data';
import type { DistributionRun } from '../../../src/shared/figures/distributionLayout';
import type { FigureRun } from '../../../src/shared/figures/figureRun';
import {
  compareSpecSchema,
  distributionSpecSchema,
  powerTraceSpecSchema,
} from '../../../src/shared/figures/spec';
import type { PowerTrace, RunColumns } from '../../../src/shared/live';
import { drawFrom } from '../stats/draw';

const appVersion = '0.2.0';
const startedUnixMs = Date.UTC(2026, 0, 15, 10);

export function runOf(over: Partial<FigureRun> = {}): FigureRun {
  return {
    id: '0123456789ab',
    modelName: 'mlp-1m',
    provider: 'cpu',
    precision: 'float32',
    batch: 1,
    threads: 1,
    preset: 'standard',
    device: 'Intel Core i7-1165G7',
    lab: null,
    n: 4000,
    sample: false,
    origin: 'hardware',
    queuedUnixMs: startedUnixMs,
    startedUnixMs,
    ...over,
  };
}

const phases: RunColumns['phases'] = [
  { phase: 'load', fromS: 0, toS: 0.4 },
  { phase: 'idle_before', fromS: 0.4, toS: 5 },
  { phase: 'warmup', fromS: 5, toS: 8 },
  { phase: 'window', fromS: 8, toS: 18 },
  { phase: 'window', fromS: 18.5, toS: 28.5 },
  { phase: 'idle_after', fromS: 28.5, toS: 33 },
];

/** Power that follows the phases, read `hz` times a second; nothing between `gap`'s ends. */
export function traceOf(
  seed: number,
  over: Partial<PowerTrace['sensor']>,
  { idleW, loadW, hz, gap }: { idleW: number; loadW: number; hz: number; gap?: [number, number] },
): PowerTrace {
  const draw = drawFrom(seed);
  const all = Array.from({ length: 33 * hz }, (_, i) => i / hz);
  const tS = Float64Array.from(all.filter((t) => gap === undefined || t < gap[0] || t > gap[1]));
  const busy = (t: number) =>
    phases.some((p) => ['warmup', 'window'].includes(p.phase) && t >= p.fromS && t < p.toS);
  const powerW = tS.map((t) => (busy(t) ? loadW : idleW) * (1 + 0.03 * draw.normal()));
  const sensor: PowerTrace['sensor'] = {
    id: `sensor-${seed}`,
    device: 'NVIDIA H100 80GB HBM3',
    domain: 'gpu.board',
    provenance: 'measured',
    origin: 'hardware',
    ...over,
  };
  return { sensor, tS, powerW };
}

export function columnsOf(power: PowerTrace[]): RunColumns {
  const none = new Float64Array(0);
  return {
    phases,
    windows: [],
    latency: { tS: none, durationS: none },
    distribution: { latencyS: none, share: none },
    power,
    samples: 0,
  };
}

export function distributionOf(
  seed: number,
  run: Partial<FigureRun>,
  shape: { medianS: number; spread: number; n: number },
): DistributionRun {
  const draw = drawFrom(seed);
  const latencyS = Float64Array.from(
    { length: shape.n },
    () => shape.medianS * Math.exp(shape.spread * Math.abs(draw.normal()) * (draw.uniform() < 0.05 ? 4 : 1)),
  ).sort();
  const share = latencyS.map((_, i) => (i + 1) / shape.n);
  const at = (p: number) => latencyS[Math.floor(p * (shape.n - 1))]!;
  const interval = (p: number) => ({ value: at(p), low: at(p - (1 - p) * 0.2), high: at(p + (1 - p) * 0.2) });
  const refused = { value: null, low: null, high: null };
  return {
    run: runOf({ id: `run-${seed}`, ...run }),
    n: shape.n,
    distribution: { latencyS, share },
    firstS: 2.6 * shape.medianS,
    warmup: 50,
    percentiles: [
      { p: 0.5, estimate: interval(0.5) },
      { p: 0.9, estimate: interval(0.9) },
      { p: 0.95, estimate: interval(0.95) },
      { p: 0.99, estimate: shape.n < 662 ? refused : interval(0.99) },
    ],
  };
}

const ratio = (
  runId: string,
  value: number,
  low: number,
  high: number,
  over: Partial<Ratio> = {},
): Ratio => ({
  runId,
  value: value / 1000,
  ratio: { value, low, high },
  verdict: high < 1 ? 'B_lower' : low > 1 ? 'A_lower' : 'no_difference_shown',
  word: high < 1 ? 'lower' : low > 1 ? 'higher' : 'no difference shown',
  why: null,
  codes: [],
  method: 'paired',
  p: 0.03125,
  pHolm: 0.03125,
  blocks: { used: 6, leftOut: 0 },
  floor: { ln: Math.log(1.014), from: 'control', provider: 'cpu', controls: 1 },
  ...over,
});
const reference = (runId: string): Ratio => ({
  runId,
  value: 1e-3,
  ratio: null,
  verdict: null,
  word: 'reference',
  why: null,
  codes: [],
  method: null,
  p: null,
  pHolm: null,
  blocks: null,
  floor: null,
});
/** One model measured twice. */
const controls = (): ControlResult[] => [
  {
    experimentId: 'e',
    provider: 'cpu',
    ratio: { value: 1.014, low: 0.99, high: 1.03 },
    p: 0.4,
    pHolm: 0.4,
    blocks: { used: 6, leftOut: 0 },
    failed: false,
  },
];

/** Every quantity of `others` against the first run. */
export function comparisonOf(others: readonly string[], spread: number): Comparison {
  const draw = drawFrom(60 + others.length);
  const rows = (): Ratio[] => [
    reference('first'),
    ...others.map((id) => {
      const value = Math.exp(spread * draw.normal());
      const half = Math.exp(0.1 * spread * (0.3 + draw.uniform()));
      return ratio(id, value, value / half, value * half);
    }),
  ];
  const welch =
    'Ratio of geometric means, 95 % interval by Student’s t on logarithms. The rest of the method.';
  return {
    runIds: ['first', ...others],
    quantities: [
      { quantity: 'p50S', rows: rows(), controls: controls(), method: welch },
      { quantity: 'p95S', rows: rows(), controls: [], method: 'Order statistics.' },
      { quantity: 'grossJ', rows: rows(), controls: controls(), method: welch },
      {
        quantity: 'netJ',
        rows: [
          reference('first'),
          ...others.map((id) => ({
            ...reference(id),
            verdict: 'not_comparable' as const,
            word: 'not measured' as const,
            why: 'There was no idle stretch before the run.',
          })),
        ],
        controls: [],
        method: welch,
      },
      { quantity: 'throughputHz', rows: rows(), controls: [], method: welch },
    ],
    differences: [{ field: 'precision', values: ['float32', ...others.map(() => 'int8')] }],
    same: [],
  };
}

/** The committed figures of every kind but the curve. */
export const otherExamples: Readonly<Record<string, FigureData>> = {
  'power-trace': {
    kind: 'power-trace',
    spec: powerTraceSpecSchema.parse({ kind: 'power-trace', appVersion }),
    run: runOf({ modelName: 'cnn-4m', provider: 'cuda' }),
    columns: columnsOf([
      traceOf(1, {}, { idleW: 72, loadW: 310, hz: 10, gap: [14, 16] }),
      traceOf(
        2,
        { device: 'AMD EPYC 7B13', domain: 'cpu.package', provenance: 'estimate', origin: 'model' },
        { idleW: 20, loadW: 55, hz: 2 },
      ),
    ]),
  },
  'power-trace-simulated-sample': {
    kind: 'power-trace',
    spec: powerTraceSpecSchema.parse({ kind: 'power-trace', appVersion, size: 'single', domainS: [6, 20] }),
    run: runOf({ sample: true, modelName: '<b>&"\'' }),
    columns: columnsOf([
      traceOf(3, { device: 'simulated', origin: 'simulated' }, { idleW: 5, loadW: 28, hz: 5 }),
    ]),
  },
  'power-trace-empty': {
    kind: 'power-trace',
    spec: powerTraceSpecSchema.parse({ kind: 'power-trace', appVersion }),
    run: runOf(),
    columns: columnsOf([]),
  },
  'latency-distribution': {
    kind: 'latency-distribution',
    spec: distributionSpecSchema.parse({ kind: 'latency-distribution', appVersion }),
    runs: [
      distributionOf(1, { modelName: 'mlp-1m' }, { medianS: 1.1e-3, spread: 0.08, n: 700 }),
      distributionOf(2, { modelName: 'mlp-1m', precision: 'int8' }, { medianS: 7e-4, spread: 0.12, n: 300 }),
    ],
  },
  'latency-distribution-one': {
    kind: 'latency-distribution',
    spec: distributionSpecSchema.parse({
      kind: 'latency-distribution',
      appVersion,
      size: 'single',
      scale: 'linear',
    }),
    runs: [distributionOf(3, { sample: true }, { medianS: 0.0121, spread: 0.05, n: 120 })],
  },
  'latency-distribution-four-dark': {
    kind: 'latency-distribution',
    spec: distributionSpecSchema.parse({
      kind: 'latency-distribution',
      appVersion,
      size: 'tall',
      theme: 'dark',
    }),
    runs: [1, 2, 4, 8].map((batch, i) => ({
      ...distributionOf(40 + i, { batch }, { medianS: 1e-3 * 1.9 ** i, spread: 0.1, n: 60 * 4 ** i }),
      firstS: i === 3 ? 9 : 2e-3 * 1.9 ** i,
    })),
  },
  'power-trace-four-dark': {
    kind: 'power-trace',
    spec: powerTraceSpecSchema.parse({ kind: 'power-trace', appVersion, theme: 'dark', size: 'tall' }),
    run: runOf({ modelName: 'cnn-4m', provider: 'cuda', sample: true }),
    columns: columnsOf(
      ['gpu.board', 'cpu.package', 'dram', 'system.input'].map((domain, i) =>
        traceOf(
          20 + i,
          { domain: domain as 'gpu.board', device: i === 0 ? 'NVIDIA H100 80GB HBM3' : 'Example board' },
          { idleW: [72, 30, 6, 160][i]!, loadW: [310, 95, 14, 470][i]!, hz: 5 },
        ),
      ),
    ),
  },
  'compare-labs': {
    kind: 'compare-runs',
    spec: compareSpecSchema.parse({ kind: 'compare-runs', appVersion, theme: 'dark' }),
    comparison: {
      ...comparisonOf(['second-run'], 0.25),
      quantities: comparisonOf(['second-run'], 0.25).quantities.map((q) => ({
        ...q,
        controls: [],
        rows: q.rows.map((r, i) =>
          i === 0
            ? r
            : {
                ...r,
                ratio: null,
                verdict: 'not_comparable' as const,
                word: 'not comparable' as const,
                why: 'One was measured in another lab: this run in lab 3f9a12c4, the first in this lab.',
                floor: null,
                blocks: null,
                method: null,
                p: null,
                pHolm: null,
              },
        ),
      })),
      differences: [
        { field: 'Dataset', values: ['measured in this lab', 'measured in another lab (lab 3f9a12c4)'] },
      ],
    },
    runs: [
      runOf({ id: 'first' }),
      runOf({ id: 'second-run', lab: '3f9a12c4d5e6f708', device: 'AMD EPYC 7B13' }),
    ],
  },
  'compare-two': {
    kind: 'compare-runs',
    spec: compareSpecSchema.parse({ kind: 'compare-runs', appVersion }),
    comparison: comparisonOf(['second-run'], 0.25),
    runs: [runOf({ id: 'first' }), runOf({ id: 'second-run', precision: 'int8' })],
  },
  'compare-four': {
    kind: 'compare-runs',
    spec: compareSpecSchema.parse({ kind: 'compare-runs', appVersion, size: 'single' }),
    comparison: comparisonOf(['a', 'b', 'c'], 2.5),
    runs: ['first', 'a', 'b', 'c'].map((id, i) =>
      runOf({ id, batch: 2 ** i, origin: i === 2 ? 'replayed' : null }),
    ),
  },
};
