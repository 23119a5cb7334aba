import { join } from 'node:path';
import type { Health } from '../../shared/meter';
import { integerOrNull, listOrNone, type MeterFiles, textOrNull } from './files';
import { unknownHealth } from './reading';

/** Drivers whose first temperature is the processor package's. */
const temperatureDrivers = ['coretemp', 'k10temp', 'zenpower', 'cpu_thermal'];

/**
 * State of the processor from sysfs (Linux): temperature, the highest clock of all cores (that of one core may belong
 * to an idle one), and `thermal` in `throttle` when a core's thermal-throttle count grew since the last call. Null for
 * what is not there.
 */
export function cpuHealthReader(files: MeterFiles, fsRoot: string): () => Health {
  const cpus = join(fsRoot, 'sys/devices/system/cpu');
  const temperatureFile = findTemperature(files, fsRoot);
  const countFiles = throttleCounts(files, cpus);
  const clockFiles = clocksOf(files, cpus);
  let lastCount: number | null = null;
  return () => {
    const milliC = temperatureFile === null ? null : integerOrNull(files, temperatureFile);
    const kHz = highestOf(files, clockFiles);
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

function findTemperature(files: MeterFiles, fsRoot: string): string | null {
  const root = join(fsRoot, 'sys/class/hwmon');
  for (const entry of listOrNone(files, root)) {
    const name = textOrNull(files, join(root, entry, 'name'));
    if (name !== null && temperatureDrivers.includes(name)) return join(root, entry, 'temp1_input');
  }
  return null;
}

/** One file per core, or one per group of cores that share a clock where the kernel lists those. */
function clocksOf(files: MeterFiles, cpus: string): string[] {
  const policies = listOrNone(files, join(cpus, 'cpufreq')).filter((entry) => /^policy\d+$/.test(entry));
  return policies.length > 0
    ? policies.map((policy) => join(cpus, 'cpufreq', policy, 'scaling_cur_freq'))
    : listOrNone(files, cpus)
        .filter((entry) => /^cpu\d+$/.test(entry))
        .map((cpu) => join(cpus, cpu, 'cpufreq/scaling_cur_freq'));
}

function highestOf(files: MeterFiles, paths: readonly string[]): number | null {
  const values = paths.map((path) => integerOrNull(files, path)).filter((n) => n !== null && n > 0);
  return values.length === 0 ? null : Math.max(...(values as number[]));
}

function throttleCounts(files: MeterFiles, cpus: string): string[] {
  const cores = listOrNone(files, cpus).filter((entry) => /^cpu\d+$/.test(entry));
  return cores.flatMap((cpu) => {
    const folder = join(cpus, cpu, 'thermal_throttle');
    return listOrNone(files, folder)
      .filter((file) => file.endsWith('_count'))
      .map((file) => join(folder, file));
  });
}

function sumOf(files: MeterFiles, paths: readonly string[]): number | null {
  const counts = paths.map((path) => integerOrNull(files, path)).filter((n) => n !== null);
  return counts.length === 0 ? null : counts.reduce((a, b) => a + b, 0);
}
