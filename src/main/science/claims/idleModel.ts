import type { Estimate } from '../../../shared/claim';
import { percentileInterval } from '../../../shared/stats/percentileInterval';
import { type Random, randomFrom } from '../../../shared/stats/random';
import {
  type Attribution,
  attributions,
  breakEvenDollars,
  breakEvenJoules,
  type CentralMachine,
  draw,
  type PoolMachine,
  type PoolWork,
  poolDollars,
  poolJoules,
} from '../economics/idle';
import type { Measured } from '../protocol';
import { type IdleKey, idleInputs } from './idleText';
import type { GivenInput } from './inputs';

/** Draws over the measured repeats and the inputs. */
export const draws = 2000;
/** Half-width of the range around a typed number and around a placeholder, as a share of it. */
const spread = { typed: 0.2, placeholder: 0.5 } as const;

export const attributionWords: Readonly<Record<Attribution, string>> = {
  marginal: 'on anyway (marginal)',
  woken: 'woken for it',
  full: 'full',
};

/** Where the watts of this machine come from. */
type WattSource = 'measured at the wall' | 'typed' | 'placeholder';

export interface Sides {
  rate: Estimate;
  load: Estimate;
  idle: Estimate;
  watts: WattSource;
  given: Record<IdleKey, GivenInput>;
}

/** Both sides of the comparison from one measured condition (`rate`, queries/s) and what was typed. */
export const sidesOf = (measured: Measured, rate: Estimate, given: Sides['given']): Sides => ({
  rate,
  given,
  ...wattsOf(measured, given),
});

/** Power of this machine: at the wall where such a meter saw it idle and under load, else typed, else a placeholder. */
function wattsOf({ row }: Measured, given: Sides['given']): Pick<Sides, 'load' | 'idle' | 'watts'> {
  const typed = given['pool-load'].typed && given['pool-idle'].typed;
  const { grossJ, netJ, powerMeanW } = row;
  if (
    !typed &&
    row.meter?.domain === 'wall.ac' &&
    powerMeanW !== null &&
    grossJ.value !== null &&
    netJ.value !== null
  ) {
    const idleW = powerMeanW * (1 - netJ.value / grossJ.value);
    const rel = ((grossJ.high ?? grossJ.value) - (grossJ.low ?? grossJ.value)) / (2 * grossJ.value);
    const around = (value: number): Estimate => ({ value, low: value * (1 - rel), high: value * (1 + rel) });
    return { load: around(powerMeanW), idle: around(idleW), watts: 'measured at the wall' };
  }
  return {
    load: ranged(given['pool-load']),
    idle: ranged(given['pool-idle']),
    watts: typed ? 'typed' : 'placeholder',
  };
}

function ranged({ value, typed }: GivenInput): Estimate {
  const part = value * (typed ? spread.typed : spread.placeholder);
  return { value, low: value - part, high: value + part };
}

export interface Machines {
  pool: PoolMachine;
  work: PoolWork;
  central: CentralMachine;
}

/** One draw of everything; the stated values themselves with `random` null. */
function machinesOf({ rate, load, idle, given }: Sides, random: Random | null): Machines {
  const take = (range: Estimate) => (random === null ? range.value : draw(random, range));
  const input = (key: IdleKey, max = Number.POSITIVE_INFINITY) => Math.min(max, take(ranged(given[key])));
  const ratePerS = take(rate);
  const loadW = take(load);
  return {
    pool: {
      ratePerS,
      loadW,
      idleW: Math.min(loadW, take(idle)),
      offW: input('pool-off', loadW),
      hours: input('hours', 8784),
      sleepShare: input('sleep-share', 1),
      pricePerKwh: input('price-pool'),
      rewardPerH: input('reward'),
      wearPerH: 0,
    },
    work: {
      unitS: input('unit'),
      overheadS: input('overhead'),
      lostShare: input('lost', 0.99),
      rejectedShare: input('rejected', 0.99),
      executions: Math.max(1, input('executions')),
    },
    central: {
      ratePerS: ratePerS * input('central-speed'),
      loadW: input('central-load'),
      idleW: input('central-idle'),
      pue: Math.max(1, input('pue')),
      pricePerKwh: 0,
      fixedPerH: input('rent'),
      rented: true,
    },
  };
}

export interface Line {
  attribution: Attribution;
  /** J per accepted query. */
  joules: Estimate;
  dollars: Estimate;
  /** Break-even utilisation; 1 where the pool wins at every utilisation. */
  u: Estimate;
  uDollars: Estimate;
}

/** The comparison by every attribution, from the stated values and from draws of all that is uncertain. */
export function compared(sides: Sides, seed: number): { lines: Line[]; middle: Machines; drawn: Machines[] } {
  const random = randomFrom(seed);
  const drawn = Array.from({ length: draws }, () => machinesOf(sides, random));
  const middle = machinesOf(sides, null);
  return { lines: attributions.map((attribution) => lineOf(attribution, middle, drawn)), middle, drawn };
}

function lineOf(attribution: Attribution, middle: Machines, drawn: readonly Machines[]): Line {
  const over = (value: (m: Machines) => number) =>
    percentileInterval(value(middle), Float64Array.from(drawn, value));
  const joules = ({ pool, work }: Machines) => poolJoules([pool], work, attribution);
  const dollars = ({ pool, work }: Machines) => poolDollars([pool], work, attribution);
  const capped = (at: ReturnType<typeof breakEvenJoules>) => (at.kind === 'pool' ? 1 : at.u);
  return {
    attribution,
    joules: over(joules),
    dollars: over(dollars),
    u: over((m) => capped(breakEvenJoules(m.central, joules(m)))),
    uDollars: over((m) => capped(breakEvenDollars(m.central, dollars(m)))),
  };
}

/** What still stands on a placeholder and decides the verdict. */
export function placeholdersOf({ watts, given }: Sides): string[] {
  const central = (['central-speed', 'central-load', 'central-idle'] as const).filter(
    (key) => !given[key].typed,
  );
  const labels = central.map((key) => `“${idleInputs.find((i) => i.key === key)!.label}”`);
  return [...(watts === 'placeholder' ? ['“Power of this machine at the wall”'] : []), ...labels];
}
