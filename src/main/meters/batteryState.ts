import { join } from 'node:path';
import { integerOrNull, listOrNone, type MeterFiles, textOrNull } from './files';

/** What a battery says of itself; null where it says nothing. */
export interface BatteryState {
  /** 'Charging', 'Discharging', 'Not charging', 'Full', 'Unknown' */
  status: string | null;
  capacityPct: number | null;
  /** µW, µA, µV; some drivers sign them, some do not. */
  powerMicroW: number | null;
  currentMicroA: number | null;
  voltageMicroV: number | null;
}

export interface BatteryFolder {
  name: string;
  state(): BatteryState;
}

const suppliesIn = (fsRoot: string) => join(fsRoot, 'sys/class/power_supply');

/** The batteries that power the computer, not those of a mouse or a headset. */
export function batteriesOf(files: MeterFiles, fsRoot: string): BatteryFolder[] {
  const root = suppliesIn(fsRoot);
  return listOrNone(files, root)
    .filter((name) => textOrNull(files, join(root, name, 'type')) === 'Battery')
    .filter((name) => textOrNull(files, join(root, name, 'scope')) !== 'Device')
    .map((name) => ({ name, state: () => stateOf(files, join(root, name)) }));
}

function stateOf(files: MeterFiles, folder: string): BatteryState {
  const number = (file: string) => integerOrNull(files, join(folder, file));
  return {
    status: textOrNull(files, join(folder, 'status')),
    capacityPct: number('capacity'),
    powerMicroW: number('power_now'),
    currentMicroA: number('current_now'),
    voltageMicroV: number('voltage_now'),
  };
}

/** Is the computer on mains, or charged through USB? */
export function mainsOnline(files: MeterFiles, fsRoot: string): boolean {
  const root = suppliesIn(fsRoot);
  return listOrNone(files, root).some((name) => {
    const type = textOrNull(files, join(root, name, 'type')) ?? '';
    const plugged = integerOrNull(files, join(root, name, 'online')) ?? 0;
    const device = textOrNull(files, join(root, name, 'scope')) === 'Device';
    return (type === 'Mains' || type.startsWith('USB')) && plugged > 0 && !device;
  });
}

/**
 * Power of a discharging battery, W: `power_now`, else current times voltage. Magnitudes, since drivers differ in the
 * sign. Null where it tells none: a computer that runs on a battery draws more than 0.
 */
export function dischargeW(state: BatteryState): number | null {
  if (state.powerMicroW !== null && state.powerMicroW !== 0) return Math.abs(state.powerMicroW) / 1e6;
  if (state.currentMicroA === null || state.voltageMicroV === null) return null;
  const watts = Math.abs(state.currentMicroA * state.voltageMicroV) / 1e12;
  return watts > 0 ? watts : null;
}
