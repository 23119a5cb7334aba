import type { LatencyResult } from '../../src/shared/run';
import { summarizeEnergy } from '../../src/shared/stats/energy';
import { summarizeLatency } from '../../src/shared/stats/latency';
import { type RunModel, type SimulatedRun, simulateRun } from './simulatedRun';

/** A 100 ms counter with 5 % gain and 0.5 W offset, drifting idle, correlated latencies. */
export const usualRun: RunModel = {
  windows: 10,
  windowS: 10,
  idleS: 30,
  latency: { medianS: 0.01, spread: 0.08, rho: 0.6, levelSd: 0.002 },
  power: { idleW: 30, driftSdW: 0.5, drift: 'linear', dynamicW: 220, loadSd: 0.01 },
  sensor: { tauS: 0.1, joulePerCount: 0.001, noiseW: 2, gainRel1s: 0.05, offsetW1s: 0.5 },
  traceHz: 1,
  randomLength: true,
};

/** How often an interval was given, and how often it held the truth. */
export interface Tally {
  given: number;
  held: number;
}
export const shareOf = ({ given, held }: Tally): number => held / given;

export const energyQuantities = ['gross repeat', 'gross U', 'net repeat', 'net U'] as const;
export const percentiles = ['p50', 'p90', 'p95', 'p99'] as const;
export type Quantity = (typeof energyQuantities)[number] | (typeof percentiles)[number];
export type Tallies = Record<Quantity, Tally>;

/** Standard normal quantiles of the percentiles: log-latencies are normal, so these are their truth. */
const z = { p50: 0, p90: 1.2815515655446004, p95: 1.6448536269514722, p99: 2.3263478740408408 };

type Interval = { low: number; high: number } | null;

/** Runs the whole pipeline `runs` times and counts which printed interval holds the truth. */
export async function coverage(
  model: RunModel,
  runs: number,
  seed: number,
  also: (run: SimulatedRun) => void = () => {},
): Promise<Tallies> {
  const tallies = Object.fromEntries(
    [...energyQuantities, ...percentiles].map((q) => [q, { given: 0, held: 0 }]),
  ) as Tallies;
  const count = (quantity: Quantity, interval: Interval, truth: number) => {
    if (interval === null || !Number.isFinite(truth)) return;
    tallies[quantity].given += 1;
    if (interval.low <= truth && truth <= interval.high) tallies[quantity].held += 1;
  };
  const { medianS, spread, levelSd } = model.latency;
  for (let r = 0; r < runs; r++) {
    const run = await simulateRun(model, seed * 1_000_003 + r);
    also(run);
    const options = { windowsMin: 1, codes: [] };
    const { gross, net } = summarizeEnergy({ ...options, ...run, windows: run.energy });
    count('gross repeat', gross.repeat, run.truth.grossShownJ);
    count('gross U', gross.absolute, run.truth.grossJ);
    count('net repeat', net.repeat, run.truth.netShownJ);
    count('net U', net.absolute, run.truth.netJ);
    const latency = summarizeLatency(run.latency, { ...options, batch: 1, stride: 1 });
    for (const p of percentiles)
      count(p, interval(latency[`${p}S`]), medianS * Math.exp(z[p] * Math.hypot(spread, levelSd)));
  }
  return tallies;
}

const interval = ({ low, high }: LatencyResult['p50S']): Interval => (low === null ? null : { low, high });

/** One line of a table: shares in percent, '–' where no interval was given. */
export function line(tallies: Tallies, quantities: readonly Quantity[]): string {
  return quantities
    .map((q) => (tallies[q].given === 0 ? '–' : (100 * shareOf(tallies[q])).toFixed(1)).padStart(13))
    .join('');
}
