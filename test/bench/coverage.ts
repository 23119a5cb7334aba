import {
  coverage,
  energyQuantities,
  line,
  percentiles,
  type Quantity,
  shareOf,
  usualRun,
} from '../support/coverage';
import type { DriftShape, RunModel } from '../support/simulatedRun';
import type { Figure } from './index';

const runs = 2000;
/** Another seed: THIRTY_WATTS_SEED=2 npm run bench coverage. */
const seed = Number(process.env.THIRTY_WATTS_SEED ?? 1);
const slow = { ...usualRun.latency, medianS: 0.05 };
const still = { medianS: 0.05, spread: 0.001, rho: 0, levelSd: 0 };

interface Row {
  name: string;
  model: RunModel;
  /** Intervals that must cover 93 to 97 %. */
  promised: readonly Quantity[];
  /** Upper bounds by construction may cover more. */
  most: number;
}

const main: readonly Quantity[] = [...energyQuantities, 'p50', 'p95'];
const drift = (shape: DriftShape) => ({ ...usualRun.power, drift: shape });

const rows: Row[] = [
  ...[5, 10, 20].map((windows) => ({
    name: `K = ${windows}`,
    model: { ...usualRun, windows },
    promised: main,
    most: 0.97,
  })),
  ...[0, 0.3, 0.9].map((rho) => ({
    name: `K = 10, ρ = ${rho}`,
    model: { ...usualRun, latency: { ...usualRun.latency, rho } },
    promised: main,
    most: 0.97,
  })),
  ...[0.005, 0.02].map((levelSd) => ({
    name: `K = 10, windows shift by ${100 * levelSd} %`,
    model: { ...usualRun, latency: { ...usualRun.latency, levelSd } },
    promised: main,
    most: 0.97,
  })),
  ...(['none', 'step', 'walk'] as const).map((shape) => ({
    name: `K = 10, idle drifts: ${shape}`,
    model: { ...usualRun, latency: slow, power: drift(shape) },
    promised: energyQuantities,
    most: 0.97,
  })),
  {
    name: 'K = 10, gauge at 10 Hz',
    model: {
      ...usualRun,
      latency: slow,
      traceHz: 10,
      sensor: { ...usualRun.sensor, kind: 'gauge' as const },
    },
    promised: energyQuantities,
    most: 0.97,
  },
  ...[5, 10, 20].map((windows) => ({
    name: `K = ${windows}, scatter of the meter alone`,
    model: { ...usualRun, windows, latency: still, power: { ...usualRun.power, loadSd: 0 } },
    promised: energyQuantities,
    most: 1,
  })),
];

/** Coverage of every printed 95 % interval over 2,000 whole simulated runs a row; some minutes. */
export async function benchCoverage(): Promise<Figure[]> {
  const shown = [...energyQuantities, ...percentiles];
  // Two standard errors of 2,000 runs beside the promise: a row that stands on its edge is not a failure.
  const error = 2 * Math.sqrt((0.95 * 0.05) / runs);
  const figures: Figure[] = [];
  process.stdout.write(
    `${`seed ${seed}, ${runs} runs`.padEnd(38)}${shown.map((q) => q.padStart(13)).join('')}\n`,
  );
  for (const { name, model, promised, most } of rows) {
    const tallies = await coverage(model, runs, seed);
    process.stdout.write(`${name.padEnd(38)}${line(tallies, shown)}\n`);
    const shares = promised.map((q) => shareOf(tallies[q]));
    const [low, high] = [Math.min(...shares), Math.max(...shares)];
    figures.push({
      what: `95 % intervals, ${name}`,
      value: `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %`,
      promise: most < 1 ? '93–97 %' : '≥ 93 %',
      held: low >= 0.93 - error && high <= most + error,
    });
  }
  return figures;
}
