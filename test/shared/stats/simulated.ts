import type { SensorInfo } from '../../../src/shared/meter';
import type { EnergyWindow } from '../../../src/shared/stats/energy';
import type { Draw } from './draw';

/** A counter of 1 mJ steps that updates every 100 ms, 5 % gain uncertainty. */
export const sensor: SensorInfo = {
  id: 'sim:counter',
  provider: 'sim',
  device: { key: 'sim', name: 'simulated', driver: null },
  domain: 'gpu.board',
  contains: [],
  kind: 'counter',
  provenance: 'measured',
  origin: 'simulated',
  delivery: 'read',
  joulePerCount: 1e-3,
  modulus: null,
  update: { seconds: 0.1, from: 'documented' },
  averagingS: 0,
  duty: 1,
  maxReadHz: 10,
  edgeAlign: false,
  gainRel1s: 0.05,
  offsetW1s: 0,
  maxPlausibleW: 500,
  factor1s: null,
  notes: [],
};

/**
 * Energy between two reads of a counter that shows the state of its last tick.
 * Ticks at phase + k·τ; `energyAt` is the true energy since time 0.
 */
export function counterEnergy(
  phase: number,
  tau: number,
  from: number,
  seconds: number,
  energyAt: (t: number) => number,
): number {
  const tick = (t: number) => phase + Math.floor((t - phase) / tau) * tau;
  return energyAt(tick(from + seconds)) - energyAt(tick(from));
}

/** One 10 s window at 250 W seen through a sensor with a gain and an offset; the load itself spreads by `spread`. */
export function windowOf(
  draw: Draw,
  of: { trueJ: number; gain: number; offset: number; spread: number },
): EnergyWindow {
  const seconds = 10 + draw.uniform() * 0.1;
  const load = Math.exp(of.spread * draw.normal());
  const shown = 250 * load * of.gain + of.offset;
  const tick = draw.uniform() * 0.1;
  const from = 1 + draw.uniform() * 0.1;
  return {
    energyJ: counterEnergy(tick, 0.1, from, seconds, (t) => shown * t),
    inferences: (250 * seconds) / of.trueJ,
    seconds,
    edgeS: 1e-5,
  };
}
