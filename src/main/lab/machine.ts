import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem, version } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../../shared/machine';
import type { MeterReport } from '../../shared/meter';
import { isVirtualized } from '../meters';
import { nodeFiles, textOrNull } from '../meters/files';
import { canonicalJson, sha256 } from '../store/canonical';
import { appRoot } from './paths';

const read = (path: string): string | null => textOrNull(nodeFiles, path);

/** AC or battery from /sys/class/power_supply; null where the platform does not tell (desktops, guests, other OSes). */
export function powerSource(root = '/sys/class/power_supply'): 'ac' | 'battery' | null {
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

/** Commit of the checkout; null in an installed app. */
function commit(): string | null {
  try {
    // Only our own checkout: git would look upwards and answer for somebody else's repository.
    if (!existsSync(join(appRoot(), '.git'))) return null;
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'], {
      cwd: appRoot(),
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    }).trim();
  } catch {
    return null;
  }
}

/** The app's version, from package.json. */
export function appVersion(): string {
  return JSON.parse(readFileSync(join(appRoot(), 'package.json'), 'utf8')).version as string;
}

/** Fingerprint of this machine. No host name, user name, serial number or address (docs/method.md, 7). */
export function describeMachine(onnxruntime: string, meters: readonly MeterReport[]): Machine {
  const gpus = meters.flatMap(({ result }) =>
    result.status === 'ok'
      ? result.sensors
          .filter((s) => s.domain === 'gpu.board')
          .map(({ device }) => ({ name: device.name, driver: device.driver, memoryBytes: null }))
      : [],
  );
  const rest: Omit<Machine, 'id'> = {
    cpu: {
      model: cpus()[0]?.model.trim() ?? 'unknown',
      logicalCores: cpus().length,
      governor: read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    },
    memoryBytes: totalmem(),
    gpus: [...new Map(gpus.map((g) => [g.name, g])).values()],
    os: { platform: process.platform, release: release(), version: version(), arch: process.arch },
    virtualized: isVirtualized(process.platform, '/'),
    powerSource: powerSource(),
    node: process.versions.node,
    onnxruntime,
    app: { version: appVersion(), commit: commit() },
    nodeOptions: process.env.NODE_OPTIONS || null,
  };
  return { id: sha256(canonicalJson(rest)), ...rest };
}
