import type { ProbeEnv } from '../../shared/meter';
import { cString, loadFunctions } from './nativeLibrary';

const notifyFunctions = {
  notify_register_check: { result: 'uint32', args: ['void *', 'void *'] },
  notify_get_state: { result: 'uint32', args: ['int32', 'void *'] },
  notify_cancel: { result: 'uint32', args: ['int32'] },
} as const;

/** Levels of macOS's thermal pressure (libkern/OSThermalNotification.h). */
const levels = ['nominal', 'moderate', 'heavy', 'trapping', 'sleeping'] as const;
/** From here on the system slows itself down; "moderate" only raises fans and delays background work. */
const throttling = 2;

/** Names for `Health.throttle` of a thermal pressure level; null for a level that is not known. */
export function thermalThrottle(level: bigint): readonly string[] | null {
  const name = levels[Number(level)];
  if (name === undefined) return null;
  return Number(level) >= throttling ? ['thermal', `thermal_pressure_${name}`] : [];
}

export interface ThermalReader {
  /** A read of shared memory: cheap enough for the edge of a window. Null where macOS does not tell. */
  throttle(): readonly string[] | null;
  close(): void;
}

/**
 * Thermal pressure of macOS, asked through notify(3): `pmset -g therm` starts a process and says nothing
 * on Apple silicon. Not yet run on a Mac.
 */
export async function openThermal(env: Pick<ProbeEnv, 'libraryPaths'>): Promise<ThermalReader> {
  const silent: ThermalReader = { throttle: () => null, close: () => {} };
  const { functions } = await loadFunctions(env.libraryPaths('libsystem'), notifyFunctions);
  if (functions === null) return silent;
  const token = new Int32Array(1);
  const name = cString('com.apple.system.thermalpressurelevel');
  if (functions.notify_register_check(name, token) !== 0) return silent;
  const state = new BigUint64Array(1);
  return {
    throttle: () => (functions.notify_get_state(token[0]!, state) === 0 ? thermalThrottle(state[0]!) : null),
    close: () => {
      functions.notify_cancel(token[0]!);
    },
  };
}
