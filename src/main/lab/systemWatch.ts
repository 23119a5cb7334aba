import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Health } from '../../shared/meter';
import type { PowerState } from '../../shared/run';
import { cpuHealthReader } from '../meters/cpuHealth';
import { nodeFiles, textOrNull } from '../meters/files';

/** What the machine said of itself at one moment, read between windows by the lab service. */
export interface SystemLook {
  power: PowerState;
  /** Processor: temperature, clock, `thermal` in throttle where a core slowed itself since the last look. */
  cpu: Health;
  /** Wall clock minus steady clock, ms: moves when the machine slept or a clock was set. */
  clocksMs: number;
  /** Processor time that the service has used so far, s. */
  ownS: number;
}

export interface SystemWatch {
  look(): SystemLook;
}

/** Looks at this machine. @param nowUnixMs wall clock */
export function watchSystem(nowUnixMs: () => number, fsRoot = '/'): SystemWatch {
  const cpu = cpuHealthReader(nodeFiles, fsRoot);
  return {
    look: () => {
      const { user, system } = process.cpuUsage();
      return {
        power: powerState(fsRoot),
        cpu: cpu(),
        clocksMs: nowUnixMs() - Number(process.hrtime.bigint()) / 1e6,
        ownS: (user + system) / 1e6,
      };
    },
  };
}

/** AC or battery, and power mode with the processor's governor (Linux); null where the platform does not tell. */
export function powerState(fsRoot = '/'): PowerState {
  const text = (path: string) => textOrNull(nodeFiles, join(fsRoot, path));
  const mode = [
    text('sys/firmware/acpi/platform_profile'),
    text('sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
  ].filter((each) => each !== null);
  return {
    source: powerSource(join(fsRoot, 'sys/class/power_supply')),
    mode: mode.length === 0 ? null : mode.join(', '),
  };
}

/** AC or battery from /sys/class/power_supply; null where the platform does not tell (desktops, guests, other OSes). */
export function powerSource(root = '/sys/class/power_supply'): PowerState['source'] {
  const read = (path: string) => textOrNull(nodeFiles, path);
  try {
    const supplies = readdirSync(root).map((name) => ({
      type: read(join(root, name, 'type')),
      online: read(join(root, name, 'online')),
      status: read(join(root, name, 'status')),
    }));
    if (supplies.some((s) => s.type === 'Mains' && s.online === '1')) return 'ac';
    if (supplies.some((s) => s.type === 'Battery' && s.status === 'Discharging')) return 'battery';
  } catch {}
  return null;
}
