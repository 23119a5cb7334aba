import type { CurveRow } from '../../../src/shared/figures/rows';
import { type CurveSpec, type CurveSpecInput, curveSpecSchema } from '../../../src/shared/figures/spec';
import { drawFrom } from '../stats/draw';

const measuredUnixMs = Date.UTC(2026, 0, 15, 10);

export function specOf(over: Partial<CurveSpecInput> = {}): CurveSpec {
  return curveSpecSchema.parse({ kind: 'curve-efficiency', appVersion: '0.1.0', ...over });
}

export function rowOf(over: Partial<CurveRow> = {}): CurveRow {
  const y = over.y === undefined ? 0.01 : over.y;
  const part = (factor: number) => (y === null ? null : y * factor);
  return {
    runId: 'r0',
    experimentId: 'e0',
    seriesKey: 'cpu',
    seriesLabel: 'cpu, float32',
    modelId: over.runId ?? 'r0',
    model: 'model',
    x: 1e6,
    xLow: null,
    xHigh: null,
    y,
    yLow: part(0.97),
    yHigh: part(1.03),
    yAbsLow: part(0.86),
    yAbsHigh: part(1.16),
    provenance: 'measured',
    origin: 'hardware',
    sample: false,
    verdict: 'valid',
    preset: 'standard',
    n: 10,
    device: 'NVIDIA H100 80GB HBM3',
    lab: null,
    turns: null,
    sensor: 'H100, nvml:0',
    gainRel: 0.05,
    offsetRel: 0,
    meter: 'nvml, gpu.board',
    measuredUnixMs,
    ladder: true,
    notShownReason: null,
    ...over,
  };
}

/** A ladder of `n` models on a power law with scatter, sizes from `from` to `to`. */
export function ladder(
  seed: number,
  n: number,
  shape: { from: number; to: number; at: number; exponent: number; scatter: number },
  over: (index: number, x: number, y: number) => Partial<CurveRow> = () => ({}),
): CurveRow[] {
  const draw = drawFrom(seed);
  return Array.from({ length: n }, (_, i) => {
    const x = Math.round(shape.from * (shape.to / shape.from) ** (n > 1 ? i / (n - 1) : 0));
    const y = shape.at * (x / 1e6) ** shape.exponent * Math.exp(shape.scatter * draw.normal());
    return rowOf({ runId: `${seed}-${i}`, x, y, model: `mlp-${i}`, ...over(i, x, y) });
  });
}

const mlp = { from: 2e4, to: 8e7, at: 2e-3, exponent: 0.78, scatter: 0.1 };
const cnn = { from: 5e4, to: 2.4e7, at: 1.4e-2, exponent: 0.9, scatter: 0.15 };
const estimated = (y: number): Partial<CurveRow> => ({
  provenance: 'estimate',
  origin: 'model',
  verdict: 'limited',
  preset: 'glance',
  n: 1,
  yLow: null,
  yHigh: null,
  yAbsLow: y / 2.5,
  yAbsHigh: y * 2.5,
  device: 'AMD EPYC 7B13',
  meter: 'cpu-estimate, cpu.package',
});
const latency = (n: number, y: number): Partial<CurveRow> => ({
  provenance: 'none',
  origin: null,
  meter: null,
  yLow: y * 0.98,
  yHigh: y * 1.03,
  yAbsLow: null,
  yAbsHigh: null,
  n,
  preset: 'glance',
  verdict: 'limited',
  device: 'Intel Core i7-1165G7',
});
const missing: Partial<CurveRow> = {
  y: null,
  yLow: null,
  yHigh: null,
  yAbsLow: null,
  yAbsHigh: null,
  n: null,
};

/** The committed figures: what each is for is its name. */
export const examples: Readonly<Record<string, { spec: CurveSpec; rows: CurveRow[] }>> = {
  'energy-measured': {
    spec: specOf(),
    rows: [
      ...ladder(1, 9, mlp, (i) => ({
        seriesKey: 'mlp',
        seriesLabel: 'mlp, cuda',
        verdict: i === 1 ? 'limited' : 'valid',
      })),
      ...ladder(2, 7, cnn, () => ({ seriesKey: 'cnn', seriesLabel: 'cnn, cuda' })),
    ],
  },
  // Each lab's points stay a series of their own, with the machine that it has.
  'two-labs-net': {
    spec: specOf({ y: { quantity: 'energyNet' }, fit: { show: true }, references: true }),
    rows: [
      ...ladder(71, 9, mlp, () => ({
        seriesKey: 'mlp',
        seriesLabel: 'this lab',
        lab: 'this lab',
        experimentId: 'e1',
      })),
      ...ladder(72, 9, { ...mlp, at: 7e-3, exponent: 0.84 }, () => ({
        seriesKey: 'mlp|3f9a12c4d5e6f708',
        seriesLabel: 'lab 3f9a12c4',
        lab: 'lab 3f9a12c4',
        device: 'AMD EPYC 7B13',
        meter: 'rapl, cpu.package',
        provenance: 'firmware-model',
        experimentId: 'e2',
      })),
    ],
  },
  // Two ladders of glances in one series: no line leads from one to the other.
  'throughput-bytes-glances': {
    spec: specOf({
      x: { quantity: 'parameterBytes' },
      y: { quantity: 'throughput' },
      size: 'tall',
      theme: 'dark',
      pointLabels: 'none',
    }),
    rows: [
      ...ladder(73, 5, { ...mlp, at: 900, exponent: -0.6 }, (_i, _x, y) => ({
        ...latency(4000, y),
        experimentId: 'e1',
      })),
      ...ladder(74, 4, { ...cnn, at: 300, exponent: -0.6 }, (_i, _x, y) => ({
        ...latency(900, y),
        preset: 'quick',
        verdict: 'valid',
        experimentId: 'e2',
      })),
    ],
  },
  'energy-estimate': {
    spec: specOf(),
    rows: ladder(3, 6, { ...mlp, at: 8e-3 }, (_i, _x, y) => ({
      seriesLabel: 'mlp, cpu, float32',
      ...estimated(y),
    })),
  },
  'latency-no-meter': {
    spec: specOf({ y: { quantity: 'latencyP50' } }),
    rows: [
      ...ladder(4, 6, { ...mlp, at: 1.2e-4, exponent: 0.85 }, (i, _x, y) => ({
        seriesLabel: 'mlp',
        ...latency(48_000 >> i, y),
      })),
      ...ladder(5, 4, { ...cnn, at: 3e-3 }, (i, _x, y) => ({
        seriesKey: 'cnn',
        seriesLabel: 'cnn',
        ...latency(2_000 >> i, y),
      })),
    ],
  },
  'hostile-names': {
    spec: specOf({ pointLabels: 'model', title: '<script>alert("1")</script> & friends' }),
    rows: [
      ...ladder(6, 5, mlp, (i) => ({
        seriesKey: 'a',
        seriesLabel: '<b>&"\'',
        model: i === 2 ? '<b>&"\'' : i === 3 ? 'e\u202Elif\u0000' : `größe-${i}`,
      })),
      ...ladder(7, 6, cnn, (i) => ({
        seriesKey: 'b',
        seriesLabel: 'a series whose name does not end for quite some time, or ever',
        ...(i === 1 ? { ...missing, notShownReason: 'READ_FAILED' } : {}),
        ...(i === 2 ? { x: 0 } : {}),
        ...(i === 3 ? { verdict: 'invalid' as const } : {}),
      })),
    ],
  },
  'dark-single-simulated': {
    spec: specOf({ theme: 'dark', size: 'single', y: { quantity: 'inferencesPerJoule' } }),
    rows: ladder(8, 5, { ...mlp, at: 400, exponent: -0.8 }, () => ({
      origin: 'simulated',
      meter: 'sim, gpu.board',
    })),
  },
  'seven-series': {
    spec: specOf({ size: 'tall' }),
    rows: [0, 1, 2, 3, 4, 5, 6].flatMap((s) =>
      ladder(20 + s, 6, { ...mlp, at: 1e-3 * 2.2 ** s, exponent: 0.7 }, (i) => ({
        seriesKey: `s${s}`,
        seriesLabel: `batch ${2 ** s}`,
        verdict: (i + s) % 4 === 0 ? 'limited' : 'valid',
      })),
    ),
  },
  'linear-narrow': {
    spec: specOf({
      x: { scale: 'linear' },
      y: { quantity: 'latencyP50', scale: 'linear' },
      pointLabels: 'none',
    }),
    rows: ladder(9, 8, { ...mlp, from: 1e6, to: 9e6, at: 2e-3 }, (_i, _x, y) => ({
      yLow: y * 0.95,
      yHigh: y * 1.06,
      yAbsLow: null,
      yAbsHigh: null,
      n: 4_211,
    })),
  },
  'one-point': {
    spec: specOf(),
    rows: [rowOf({ x: 61_706, y: 3.1e-4, yLow: 3e-4, yHigh: 3.2e-4, yAbsLow: 2.8e-4, yAbsHigh: 3.5e-4 })],
  },
  // Two series with fits (one indicative, one without a line), front, brain and human scales.
  'fit-front-brain': {
    spec: specOf({
      size: 'tall',
      fit: { show: true, extrapolate: true },
      front: { show: true, dim: true },
      references: true,
      guides: true,
      pointLabels: 'none',
    }),
    rows: [
      ...ladder(11, 10, mlp, (i) => ({
        seriesKey: 'mlp',
        seriesLabel: 'mlp, cuda',
        verdict: i === 3 ? 'limited' : 'valid',
      })),
      ...ladder(12, 4, cnn, () => ({ seriesKey: 'cnn', seriesLabel: 'cnn, cuda' })),
    ],
  },
  'fit-one-series': {
    spec: specOf({ fit: { show: true } }),
    rows: ladder(13, 12, mlp, () => ({ seriesLabel: 'mlp, cuda, float32' })),
  },
  // Two lines that cross, limited and quick results let in, what the lines leave over.
  'fit-crossover-residuals': {
    spec: specOf({
      fit: { show: true, crossovers: true, residuals: true, extrapolate: true },
      includeLimited: true,
    }),
    rows: [
      ...ladder(16, 12, { ...mlp, exponent: 0.95 }, (i) => ({
        seriesKey: 'mlp',
        seriesLabel: 'mlp, cuda',
        preset: i === 2 ? 'quick' : 'standard',
      })),
      ...ladder(17, 10, { ...mlp, at: 2.4e-3, exponent: 0.6 }, (i) => ({
        seriesKey: 'cnn',
        seriesLabel: 'cnn, cuda',
        verdict: i === 3 ? 'limited' : 'valid',
        preset: i === 5 ? 'glance' : 'standard',
      })),
    ],
  },
  'fit-broken-dark': {
    spec: specOf({ theme: 'dark', fit: { show: true, residuals: true }, pointLabels: 'none' }),
    rows: ladder(18, 16, { from: 1e4, to: 1e8, at: 1e-3, exponent: 0.4, scatter: 0.1 }, (_i, x, y) => {
      const value = y * (x > 1e6 ? (x / 1e6) ** 0.8 : 1);
      return {
        seriesLabel: 'mlp, cuda, float32',
        y: value,
        yLow: value * 0.97,
        yHigh: value * 1.03,
        yAbsLow: value * 0.86,
        yAbsHigh: value * 1.16,
      };
    }),
  },
  'sample-zoomed-hidden': {
    spec: specOf({
      x: { quantity: 'latencyP50', domain: [1e-4, 1e-2] },
      y: { quantity: 'powerMean', scale: 'linear', domain: [40, 120] },
      hiddenSeries: ['hidden'],
      fit: { show: true },
    }),
    rows: [
      ...ladder(14, 9, { ...mlp, from: 1, to: 1e3, at: 60 * 1e6 ** 0.1, exponent: 0.1 }, (i, _x, y) => ({
        sample: true,
        seriesLabel: 'mlp, cpu',
        x: 2e-5 * 3 ** i,
        xLow: 1.7e-5 * 3 ** i,
        xHigh: 2.6e-5 * 3 ** i,
        y: Math.min(y, 200),
      })),
      ...ladder(15, 5, mlp, (i) => ({
        seriesKey: 'hidden',
        seriesLabel: 'never said',
        x: 1e-3 * (1 + i),
        y: 50,
      })),
    ],
  },
  empty: {
    spec: specOf(),
    rows: [rowOf({ ...missing, verdict: 'not_measured', notShownReason: 'NO_SENSOR' })],
  },
};
