import type { ClaimOptions } from '../../../shared/claim';
import type { Machine } from '../../../shared/machine';
import type { Measured } from '../protocol';

/** Energies that no meter of this machine measured are told so on every figure that shows them. */
export const badgeOf = (measured: Iterable<Measured>): string | null =>
  [...measured].some(({ row }) => row.origin === 'simulated' || row.origin === 'replayed')
    ? 'SIMULATED'
    : null;

/** `AMD EPYC …, 2026-05-04.`: machine and day of the measurement. */
export function placeOf(measured: Iterable<Measured>, machine: Machine): string {
  const times = [...measured].flatMap(({ row }) => row.startedUnixMs ?? []);
  const day = times.length === 0 ? '' : `, ${new Date(Math.max(...times)).toISOString().slice(0, 10)}`;
  return `${machine.cpu.model}${day}.`;
}

/** `1 thread`, `4 threads`. */
export const threadsText = ({ threads }: Pick<ClaimOptions, 'threads'>) =>
  `${threads} ${threads === 1 ? 'thread' : 'threads'}`;

/** Why energies of these conditions are missing, in a sentence that is true of them. */
export function whyNoEnergy(
  { meters }: Pick<ClaimOptions, 'meters'>,
  measured: Iterable<Measured>,
  what = 'conditions',
): string {
  if (meters === 'none') return 'Meters were switched off for this run.';
  const all = [...measured];
  if (!all.some(({ row }) => row.meter !== null)) return 'No energy meter was found.';
  const missing = all.filter(({ row }) => row.grossJ.value === null).length;
  return `The energy of ${missing} of ${all.length} ${what} could not be told: their windows were too short for the meter, or the reason codes of the runs say why.`;
}
