import type { SensorInfo } from '../../shared/meter';
import type { ReasonCode } from '../../shared/reasons';

export type CounterRules = Pick<SensorInfo, 'joulePerCount' | 'modulus' | 'maxPlausibleW'>;

/** Joules of one step, or the reason why they are not known. */
export type StepEnergy = { energyJ: number; code: null } | { energyJ: null; code: ReasonCode };

export const unknownEnergy = (code: ReasonCode): StepEnergy => ({ energyJ: null, code });

/**
 * Longest time (s) between two reads of a wrapping counter that still tells how much it counted:
 * half of its shortest wrap, the one at the largest plausible power. Infinity where it never wraps.
 */
export function longestStepS(info: CounterRules): number {
  if (info.modulus === null) return Number.POSITIVE_INFINITY;
  return (Number(info.modulus) * joulePerCount(info)) / (2 * info.maxPlausibleW);
}

/**
 * Energy (J) that a cumulative counter gained between two reads `dtS` seconds apart.
 *
 * A negative step is one wrap if the power it implies is plausible, else COUNTER_RESET, as is any step
 * that implies more than `maxPlausibleW`. Reads of a wrapping counter further apart than
 * `longestStepS` give GAP: it may have wrapped more than once. IMPLAUSIBLE if no time passed.
 * A step of 0 counts is 0 J here; whether that is possible is for the caller, who knows the load.
 */
export function counterEnergy(info: CounterRules, previous: bigint, next: bigint, dtS: number): StepEnergy {
  if (!(dtS > 0)) return unknownEnergy('IMPLAUSIBLE');
  if (dtS > longestStepS(info)) return unknownEnergy('GAP');
  let counts = next - previous;
  if (counts < 0n) {
    if (info.modulus === null) return unknownEnergy('COUNTER_RESET');
    counts += info.modulus;
  }
  const energyJ = Number(counts) * joulePerCount(info);
  if (counts < 0n || energyJ / dtS > info.maxPlausibleW) return unknownEnergy('COUNTER_RESET');
  return { energyJ, code: null };
}

function joulePerCount(info: CounterRules): number {
  if (info.joulePerCount === null) throw new Error('A counter needs joulePerCount.');
  return info.joulePerCount;
}
