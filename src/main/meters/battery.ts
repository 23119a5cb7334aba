import type { Domain, MeterProvider, ProbeEnv } from '../../shared/meter';
import { type BatteryState, batteriesOf, dischargeW, mainsOnline } from './batteryState';
import type { MeterFiles } from './files';
import { wholeComputer } from './hwmon';
import { sysfsSensor } from './hwmonSource';
import { type FileSensor, fileMeter, type LinuxEffects, nodeEffects } from './linuxSensors';
import { readFailure, type ValueRead } from './linuxValue';

const provider = 'battery';

/** Charge (%) between which a battery's own gauge can be trusted. */
export const trustedCharge = { least: 20, most: 90 } as const;

const contains: readonly Domain[] = [
  'system.dc',
  ...wholeComputer,
  'soc.cpu',
  'soc.gpu',
  'soc.ane',
  'soc.dram',
];

/**
 * What a laptop draws from its battery (Linux). Only while it runs on it: on mains the battery's rate says nothing
 * about the computer, and such a read fails with METER_NEEDS_DISCHARGE.
 */
export function makeBattery(effects: LinuxEffects): MeterProvider {
  return fileMeter({
    id: provider,
    title: 'Linux battery',
    effects,
    find,
    what: 'the battery',
    absent: 'There is no battery that powers this computer.',
    denied: { text: 'Look who may read the battery:', command: 'ls -l /sys/class/power_supply/*/' },
  });
}

export const battery = makeBattery(nodeEffects);

function find(files: MeterFiles, env: ProbeEnv): FileSensor[] {
  const folders = batteriesOf(files, env.fsRoot);
  if (folders.length === 0) return [];
  const read = (): ValueRead<number> =>
    batteryPower(
      folders.map((f) => f.state()),
      mainsOnline(files, env.fsRoot),
    );
  const base = {
    id: `${provider}:discharge`,
    provider,
    device: { key: 'battery', name: folders.map((f) => f.name).join(' and '), driver: null },
    domain: 'battery.dc' as const,
    contains,
    maxPlausibleW: 500,
    notes: folders.map((f) => `battery=${f.name}`),
  };
  const info = sysfsSensor(base, 'gauge', {
    // Firmware refreshes it every 1 to 60 s and does not say how often.
    update: { seconds: 10, from: 'assumed' },
    averagingS: 10,
    maxReadHz: 1,
  });
  return [{ info, open: () => ({ read, close: () => {} }) }];
}

/** Power drawn from all batteries, W, or why it is not that of the computer. */
export function batteryPower(states: readonly BatteryState[], mains: boolean): ValueRead<number> {
  const discharging = states.filter((s) => s.status === 'Discharging');
  const trusted = discharging.every(
    (s) =>
      s.capacityPct !== null && s.capacityPct >= trustedCharge.least && s.capacityPct <= trustedCharge.most,
  );
  const charging = states.some((s) => s.status === 'Charging');
  if (states.some((s) => s.status === null)) return readFailure('NO_STATUS');
  if (mains || charging || discharging.length === 0 || !trusted) return readFailure('METER_NEEDS_DISCHARGE');
  let sumW = 0;
  for (const state of discharging) {
    const watts = dischargeW(state);
    if (watts === null) return readFailure('NO_POWER');
    sumW += watts;
  }
  return { value: sumW, error: null };
}
