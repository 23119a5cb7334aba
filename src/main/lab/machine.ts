import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem, version } from 'node:os';
import { dirname, join } from 'node:path';
import type { GpuFacts, Machine } from '../../shared/machine';
import type { MeterReport } from '../../shared/meter';
import type { SystemState } from '../../shared/run';
import { isVirtualized } from '../meters';
import { defaultEnv } from '../meters/environment';
import { nodeFiles, textOrNull } from '../meters/files';
import { noteOf } from '../meters/reading';
import { ratedPower } from '../meters/tdp';
import { canonicalJson, sha256 } from '../store/canonical';
import { appRoot, program } from './paths';
import { powerSource, powerState } from './systemWatch';

export { powerSource } from './systemWatch';

const read = (path: string): string | null => textOrNull(nodeFiles, path);

/** Commit of the checkout; null in an installed app. */
export function appCommit(): string | null {
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

/**
 * SHA-256 over the built programs beside the runner, by name: which build measured, also in an installed app. Null
 * where nothing is built.
 */
export function buildSha256(folder = dirname(program('runner'))): string | null {
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith('.cjs'));
    if (files.length === 0) return null;
    const lines = files.sort().map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
    return sha256(lines.join(''));
  } catch {
    return null;
  }
}

/** Fingerprint of this machine. No host name, user name, serial number or address (docs/method.md, 7). */
export function describeMachine(onnxruntime: string, meters: readonly MeterReport[], fsRoot = '/'): Machine {
  const { platform } = process;
  const env = { ...defaultEnv({ userTdpW: null }), fsRoot };
  const rated = ratedPower(nodeFiles, env);
  const linux = (path: string) => (platform === 'linux' ? read(join(fsRoot, path)) : null);
  const rest: Omit<Machine, 'id'> = {
    cpu: {
      model: cpus()[0]?.model.trim() ?? 'unknown',
      logicalCores: cpus().length,
      physicalCores: physicalCores(linux('proc/cpuinfo')),
      governor: linux('sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
      tdpW: rated?.watts ?? null,
      tdpFrom: rated === null || rated.from === 'user' ? null : rated.from,
    },
    memoryBytes: totalmem(),
    gpus: gpusOf(meters),
    os: {
      platform,
      release: release(),
      version: version(),
      arch: process.arch,
      build: osBuild(platform, (path) => read(join(fsRoot, path))),
    },
    virtualized: isVirtualized(platform, fsRoot),
    powerSource: powerSource(),
    node: process.versions.node,
    onnxruntime,
    app: { version: appVersion(), commit: appCommit(), buildSha256: buildSha256() },
    nodeOptions: process.env.NODE_OPTIONS || null,
  };
  return { id: sha256(canonicalJson(rest)), ...rest };
}

/** Every graphics device with a meter, once each: what its meter says of it. Pure. */
export function gpusOf(meters: readonly MeterReport[]): GpuFacts[] {
  const found = new Map<string, GpuFacts>();
  for (const { result } of meters) {
    if (result.status !== 'ok') continue;
    for (const { domain, device, notes, provider } of result.sensors) {
      const isGpu = domain.startsWith('gpu.') || (domain === 'module' && provider === 'nvml');
      if (!isGpu || found.has(device.key)) continue;
      const number = (name: string) => numberOrNull(noteOf(notes, name));
      const yes = (name: string) => {
        const text = noteOf(notes, name);
        return text === null ? null : text === 'on';
      };
      found.set(device.key, {
        name: device.name,
        driver: device.driver,
        memoryBytes: number('memoryBytes'),
        // NVML's key of a device is its UUID; other providers number theirs.
        uuid: provider === 'nvml' ? device.key : null,
        pciBusId: noteOf(notes, 'pciBusId'),
        architecture: noteOf(notes, 'architecture'),
        powerLimitW: number('enforcedLimitW'),
        defaultPowerLimitW: number('defaultLimitW'),
        persistence: yes('persistence'),
        mig: yes('mig'),
      });
    }
  }
  return [...found.values()];
}

const numberOrNull = (text: string | null) => (text === null || text === '' ? null : Number(text));

/** Pairs of socket and core in /proc/cpuinfo (x86); null where it does not list them. Pure. */
export function physicalCores(cpuinfo: string | null): number | null {
  const cores = new Set<string>();
  for (const block of (cpuinfo ?? '').split(/\n\s*\n/)) {
    const [socket, core] = ['physical id', 'core id'].map(
      (name) => new RegExp(`^${name}\\s*:\\s*(\\d+)$`, 'm').exec(block)?.[1],
    );
    if (socket !== undefined && core !== undefined) cores.add(`${socket} ${core}`);
  }
  return cores.size === 0 ? null : cores.size;
}

/** Name and build of the system; null where only a program would tell. Pure, but for `text`. */
export function osBuild(platform: string, text: (path: string) => string | null): string | null {
  if (platform === 'win32') return `${version()} (${release()})`;
  if (platform === 'linux') {
    const release = text('etc/os-release') ?? text('usr/lib/os-release') ?? '';
    const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1] || null;
    const name = field('PRETTY_NAME') ?? field('NAME');
    const build = field('BUILD_ID');
    return name === null ? null : build === null ? name : `${name} (${build})`;
  }
  if (platform !== 'darwin') return null;
  const plist = text('System/Library/CoreServices/SystemVersion.plist') ?? '';
  const key = (name: string) => new RegExp(`<key>${name}</key>\\s*<string>([^<]*)<`).exec(plist)?.[1];
  const [own, build] = [key('ProductVersion'), key('ProductBuildVersion')];
  return own === undefined ? null : build === undefined ? `macOS ${own}` : `macOS ${own} (${build})`;
}

/** What may be different a minute later, so that it is no part of the machine: for each run as it begins. */
export function systemState(fsRoot = '/'): SystemState {
  return {
    power: powerState(fsRoot),
    batteryPct: batteryPct(join(fsRoot, 'sys/class/power_supply')),
  };
}

/** Charge of the machine's own battery, 0 to 100; of several the mean. Null: none, or the platform does not tell. */
function batteryPct(root: string): number | null {
  try {
    const charges = readdirSync(root).flatMap((name) => {
      const of = (file: string) => read(join(root, name, file));
      // A mouse or a headset is a battery too, with this scope.
      if (of('type') !== 'Battery' || of('scope') === 'Device') return [];
      const charge = numberOrNull(of('capacity'));
      return charge === null || !(charge >= 0 && charge <= 100) ? [] : [charge];
    });
    return charges.length === 0 ? null : charges.reduce((a, b) => a + b, 0) / charges.length;
  } catch {
    return null;
  }
}
