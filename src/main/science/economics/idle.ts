import type { Random } from '../../../shared/stats/random';

/** One machine of the pool. Watts at the wall, or of the device alone where a caller says so. */
export interface PoolMachine {
  /** Queries per second while it works. */
  ratePerS: number;
  loadW: number;
  idleW: number;
  offW: number;
  /** Offered idle hours a year, and the share of them in which it would have slept. */
  hours: number;
  sleepShare: number;
  /** $ per kWh. */
  pricePerKwh: number;
  /** $ per hour paid to its owner, and of wear. */
  rewardPerH: number;
  wearPerH: number;
}

/** How work is handed out: seconds a unit takes and costs on top, shares lost and rejected, executions per accepted result. */
export interface PoolWork {
  unitS: number;
  overheadS: number;
  lostShare: number;
  rejectedShare: number;
  executions: number;
}

/** A machine of a data centre. */
export interface CentralMachine {
  ratePerS: number;
  loadW: number;
  idleW: number;
  /** Power usage effectiveness of the site. */
  pue: number;
  pricePerKwh: number;
  /** $ per hour: rent, or capital and hosting of an owned one. */
  fixedPerH: number;
  /** Whether its energy is in the fixed price (rented). */
  rented: boolean;
}

export const attributions = ['marginal', 'woken', 'full'] as const;
/**
 * What of a pool machine's power the work is charged with: only what it adds (the machine is on anyway), all but standby
 * (it is up for this alone), or all of it.
 */
export type Attribution = (typeof attributions)[number];

/** Accepted queries per second: r·T/(T+o)·(1−w)·(1−q)/rho. Source: guide of the experiments, 8.1. */
export function effectiveRate(ratePerS: number, work: PoolWork): number {
  const { unitS, overheadS, lostShare, rejectedShare, executions } = work;
  return (ratePerS * (unitS / (unitS + overheadS)) * (1 - lostShare) * (1 - rejectedShare)) / executions;
}

/** Power that counts as there anyway, W. Source: guide of the experiments, 8.1. */
function baseW({ idleW, offW, sleepShare }: PoolMachine, attribution: Attribution): number {
  if (attribution === 'full') return 0;
  return attribution === 'woken' ? offW : (1 - sleepShare) * idleW + sleepShare * offW;
}

/**
 * Joules per accepted query of a pool: the machines weighted by what they deliver, and the coordinator's share.
 * @param coordinator its power, W, and the hours a year that it runs. Source: guide of the experiments, 8.1
 */
export function poolJoules(
  machines: readonly PoolMachine[],
  work: PoolWork,
  attribution: Attribution,
  coordinator: { powerW: number; hours: number } = { powerW: 0, hours: 0 },
): number {
  let [joules, queries] = [coordinator.powerW * coordinator.hours * 3600, 0];
  for (const machine of machines) {
    const seconds = 3600 * machine.hours;
    joules += seconds * (machine.loadW - baseW(machine, attribution));
    queries += seconds * effectiveRate(machine.ratePerS, work);
  }
  return joules / queries;
}

/** Dollars per accepted query of a pool with sunk capital. Source: guide of the experiments, 8.1. */
export function poolDollars(
  machines: readonly PoolMachine[],
  work: PoolWork,
  attribution: Attribution,
): number {
  let [dollars, queries] = [0, 0];
  for (const machine of machines) {
    const kilowatts = (machine.loadW - baseW(machine, attribution)) / 1000;
    dollars += machine.hours * (kilowatts * machine.pricePerKwh + machine.rewardPerH + machine.wearPerH);
    queries += 3600 * machine.hours * effectiveRate(machine.ratePerS, work);
  }
  return dollars / queries;
}

/** Joules per query of the central machine at utilisation u in (0, 1]: PUE·(u·P_load + (1−u)·P_idle)/(u·r). */
export function centralJoules({ pue, loadW, idleW, ratePerS }: CentralMachine, u: number): number {
  return (pue * (u * loadW + (1 - u) * idleW)) / (u * ratePerS);
}

/** Dollars per query of the central machine at utilisation u. */
export function centralDollars(central: CentralMachine, u: number): number {
  const { pue, loadW, idleW, ratePerS, pricePerKwh, fixedPerH, rented } = central;
  const energy = rented ? 0 : ((pue * (u * loadW + (1 - u) * idleW)) / 1000) * pricePerKwh;
  return (energy + fixedPerH) / (3600 * u * ratePerS);
}

/** `pool`: lower at every utilisation. */
export type BreakEven = { kind: 'at'; u: number } | { kind: 'pool' };

/** Utilisation below which the pool takes less energy per query. Source: guide of the experiments, 8.1 (u*_J). */
export function breakEvenJoules(central: CentralMachine, poolJ: number): BreakEven {
  const { pue, idleW, loadW, ratePerS } = central;
  const denominator = poolJ * ratePerS - pue * (loadW - idleW);
  const u = (pue * idleW) / denominator;
  return denominator <= 0 || u > 1 ? { kind: 'pool' } : { kind: 'at', u };
}

/** The same in dollars (u*_$). */
export function breakEvenDollars(central: CentralMachine, poolDollarsPerQuery: number): BreakEven {
  const { pue, idleW, loadW, ratePerS, pricePerKwh, fixedPerH, rented } = central;
  const k = rented ? 0 : (pue * pricePerKwh) / 1000;
  const denominator = 3600 * ratePerS * poolDollarsPerQuery - k * (loadW - idleW);
  const u = (fixedPerH + k * idleW) / denominator;
  return denominator <= 0 || u > 1 ? { kind: 'pool' } : { kind: 'at', u };
}

/** A triangular draw in [low, high] with its mode at `value`; `value` itself where the range is empty. */
export function draw({ uniform }: Random, range: { value: number; low: number; high: number }): number {
  const { value, low, high } = range;
  const width = high - low;
  if (!(width > 0)) return value;
  const x = uniform();
  const split = (value - low) / width;
  return x < split
    ? low + Math.sqrt(x * width * (value - low))
    : high - Math.sqrt((1 - x) * width * (high - value));
}
