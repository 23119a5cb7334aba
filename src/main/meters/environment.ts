import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Calibration, ProbeEnv } from '../../shared/meter';
import type { WallMeter } from '../../shared/wallMeter';
import { nodeFiles, textOrNull } from './files';
import { macLibraryPaths } from './macLibraries';
import { windowsLibraryPaths } from './windowsLibraries';

/** What the lab may set; everything else comes from the machine. */
export interface EnvOptions {
  /** Rated processor power typed by the user, W. */
  userTdpW: number | null;
  /** Wall meters in use; with their tokens, so never to be written anywhere. */
  wallMeters?: readonly WallMeter[];
  /** Calibrations in force, by sensor id. */
  calibrations?: Readonly<Record<string, Calibration>>;
  /** Root of the system's files; '/' in the product. */
  fsRoot?: string;
  /** Native libraries by name, best first, instead of the system's own places. */
  libraries?: Readonly<Record<string, readonly string[]>>;
}

/** The environment of this machine. */
export function defaultEnv(options: EnvOptions): ProbeEnv {
  const fsRoot = options.fsRoot ?? '/';
  const cores = cpus();
  return {
    platform: process.platform,
    fsRoot,
    libraryPaths: (name) => options.libraries?.[name] ?? libraryPaths(name, process.platform, process.env),
    now: () => process.hrtime.bigint(),
    cpu: {
      model: cores[0]?.model.trim() || 'unknown processor',
      logicalCores: cores.length,
      virtualized: isVirtualized(process.platform, fsRoot) ?? false,
    },
    userTdpW: options.userTdpW,
    wallMeters: options.wallMeters ?? [],
    calibrations: options.calibrations ?? {},
  };
}

/** Where a native library may lie, best first. Windows: full paths only, so that no planted DLL is loaded. */
export function libraryPaths(
  name: string,
  platform: NodeJS.Platform,
  variables: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (platform === 'darwin') return macLibraryPaths(name);
  if (name !== 'nvml') return platform === 'win32' ? windowsLibraryPaths(name, variables) : [];
  if (platform === 'linux') {
    const file = 'libnvidia-ml.so.1';
    return [file, `/usr/lib/wsl/lib/${file}`, `/run/opengl-driver/lib/${file}`];
  }
  if (platform !== 'win32') return [];
  const { SystemRoot, ProgramW6432 } = variables;
  return [
    ...(SystemRoot ? [`${SystemRoot}\\System32\\nvml.dll`] : []),
    ...(ProgramW6432 ? [`${ProgramW6432}\\NVIDIA Corporation\\NVSMI\\nvml.dll`] : []),
  ];
}

/** Makers' names in the firmware tables of virtual machines. */
const guestMakers =
  /QEMU|KVM|VMware|VirtualBox|innotek|Xen|Bochs|Parallels|Virtual Machine|Google Compute|BHYVE/i;

/**
 * Is this a guest of a virtual machine? On x86 Linux the processor's own hypervisor flag decides, on
 * other Linux the firmware's maker; null elsewhere, where there is no unprivileged sign.
 */
export function isVirtualized(platform: NodeJS.Platform, fsRoot: string): boolean | null {
  if (platform !== 'linux') return null;
  const text = (path: string): string => textOrNull(nodeFiles, join(fsRoot, path)) ?? '';
  const flags = /^flags\s*:(.*)$/m.exec(text('proc/cpuinfo'));
  if (flags !== null) return /\bhypervisor\b/.test(flags[1]!);
  const dmi = ['sys_vendor', 'product_name', 'bios_vendor'].map((file) => text(`sys/class/dmi/id/${file}`));
  return dmi.some((line) => guestMakers.test(line));
}
