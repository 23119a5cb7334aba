import { join } from 'node:path';
import type { Health } from '../../shared/meter';
import { integerOrNull, type MeterFiles, textOrNull } from './files';
import { unknownHealth } from './reading';

/** Drivers whose first temperature is the processor package's. */
const temperatureDrivers = ['coretemp', 'k10temp', 'zenpower', 'cpu_thermal'];

/**
 * State of the processor from sysfs (Linux): temperature, clock of the first core, and `thermal` in
 * `throttle` when a core's thermal-throttle count grew since the last call. Null for what is not there.
 */
export function cpuHealthReader(files: MeterFiles, fsRoot: string): () => Health {
  const cpus = join(fsRoot, 'sys/devices/system/cpu');
  const temperatureFile = findTemperature(files, fsRoot);
  const countFiles = throttleCounts(files, cpus);
  let lastCount: number | null = null;
  return () => {
    const milliC = temperatureFile === null ? null : integerOrNull(files, temperatureFile);
    const kHz = integerOrNull(files, join(cpus, 'cpu0/cpufreq/scaling_cur_freq'));
    const count = sumOf(files, countFiles);
    const grew = count !== null && lastCount !== null && count > lastCount;
    lastCount = count;
    return {
      ...unknownHealth,
      tempC: milliC === null ? null : milliC / 1000,
      clockMHz: kHz === null ? null : kHz / 1000,
      throttle: count === null ? null : grew ? ['thermal'] : [],
    };
  };
}

function list(files: MeterFiles, folder: string): string[] {
  try {
    return files.list(folder);
  } catch {
    return [];
  }
}

function findTemperature(files: MeterFiles, fsRoot: string): string | null {
  const root = join(fsRoot, 'sys/class/hwmon');
  for (const entry of list(files, root)) {
    const name = textOrNull(files, join(root, entry, 'name'));
    if (name !== null && temperatureDrivers.includes(name)) return join(root, entry, 'temp1_input');
  }
  return null;
}

function throttleCounts(files: MeterFiles, cpus: string): string[] {
  const cores = list(files, cpus).filter((entry) => /^cpu\d+$/.test(entry));
  return cores.flatMap((cpu) => {
    const folder = join(cpus, cpu, 'thermal_throttle');
    return list(files, folder)
      .filter((file) => file.endsWith('_count'))
      .map((file) => join(folder, file));
  });
}

function sumOf(files: MeterFiles, paths: readonly string[]): number | null {
  const counts = paths.map((path) => integerOrNull(files, path)).filter((n) => n !== null);
  return counts.length === 0 ? null : counts.reduce((a, b) => a + b, 0);
}
