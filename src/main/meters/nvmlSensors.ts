import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SensorInfo } from '../../shared/meter';
import { nodeFiles, textOrNull } from './files';
import { architectureNames, powerSampling } from './nvmlArchitecture';
import type { NvmlDevice } from './nvmlDevice';
import type { NvmlLibrary } from './nvmlLibrary';
import { energySources, firstThatAnswers, type NvmlSource, powerSources } from './nvmlSource';

export type NvmlKind = 'energy' | 'power';

/** The sensors of one device, or the code with which NVML refused all of them. */
export function sensorsOf(
  library: NvmlLibrary,
  platform: NodeJS.Platform,
  device: NvmlDevice,
  driver: string | null,
  asleep: string[],
): SensorInfo[] | number {
  const energy = firstThatAnswers(energySources(library, device.handle, platform));
  const power = firstThatAnswers(powerSources(library, device.handle, platform));
  const sensors: SensorInfo[] = [];
  if (typeof energy !== 'number') sensors.push(describe(device, driver, 'energy', energy, asleep));
  if (typeof power !== 'number') sensors.push(describe(device, driver, 'power', power, asleep));
  return sensors.length > 0 ? sensors : (energy as number);
}

function describe(
  device: NvmlDevice,
  driver: string | null,
  kind: NvmlKind,
  source: NvmlSource,
  asleep: string[],
): SensorInfo {
  const sampling = powerSampling(device, driver);
  const board = source.scope === 'gpu';
  const base = {
    id: `nvml:${device.uuid}:${kind}`,
    provider: 'nvml',
    device: { key: device.uuid, name: device.name, driver },
    domain: board ? ('gpu.board' as const) : ('module' as const),
    contains: board
      ? (['gpu.package', 'gpu.memory'] as const)
      : ([
          'gpu.board',
          'gpu.package',
          'gpu.memory',
          'cpu.package',
          'cpu.cores',
          'cpu.uncore',
          'dram',
        ] as const),
    provenance: 'measured' as const,
    origin: 'hardware' as const,
    delivery: 'read' as const,
    modulus: null,
    edgeAlign: false,
    gainRel1s: 0.05,
    offsetW1s: 0,
    // Far above the 1.5 × limit of a plausible mean: this bound only catches impossible counter steps.
    maxPlausibleW: 3 * (device.defaultLimitW ?? device.enforcedLimitW ?? 1000),
    factor1s: null,
    notes: notesOf(device, source, asleep),
  };
  if (kind === 'energy') {
    return {
      ...base,
      kind: 'counter',
      joulePerCount: 0.001,
      update: { seconds: 0.1, from: 'documented' },
      averagingS: 0.1,
      // Whether the counter sees more than the part-time power reading is not documented.
      duty: 1,
      // Faster polling was reported to make the counter of consumer cards read low.
      maxReadHz: 1,
    };
  }
  const reading = source.power === 'usage' ? sampling.usage : sampling.instant;
  return { ...base, kind: 'gauge', joulePerCount: null, ...reading, maxReadHz: 10 };
}

function notesOf(device: NvmlDevice, source: NvmlSource, asleep: string[]): string[] {
  const notes = [`via=${source.via}`];
  if (device.pciBusId !== null) notes.push(`pciBusId=${device.pciBusId}`);
  if (device.enforcedLimitW !== null) notes.push(`enforcedLimitW=${device.enforcedLimitW}`);
  if (device.defaultLimitW !== null) notes.push(`defaultLimitW=${device.defaultLimitW}`);
  if (device.persistence !== null) notes.push(`persistence=${device.persistence ? 'on' : 'off'}`);
  const architecture = device.architecture === null ? null : architectureNames.get(device.architecture);
  if (architecture) notes.push(`architecture=${architecture}`);
  if (device.memoryBytes !== null) notes.push(`memoryBytes=${device.memoryBytes}`);
  if (device.mig !== null) notes.push(`mig=${device.mig ? 'on' : 'off'}`);
  if (source.scope === 'module') notes.push('SCOPE_SUBSTITUTED: the whole module, not the GPU alone');
  if (device.shared !== null) {
    notes.push(`SHARED_DEVICE: ${device.shared} shares the board, so its power cannot be split`);
  }
  if (device.pciBusId !== null && asleep.some((a) => samePciDevice(a, device.pciBusId!))) {
    notes.push('asleep=yes: the card was suspended; an open meter keeps it awake, which costs power');
  }
  return notes;
}

/** NVML prints the PCI domain with eight digits, sysfs with four. */
const samePciDevice = (a: string, b: string) => a.slice(-12).toLowerCase() === b.slice(-12).toLowerCase();

/** PCI addresses of NVIDIA devices that the kernel has suspended (Linux laptops). */
export function suspendedCards(fsRoot: string): string[] {
  const folder = join(fsRoot, 'sys/bus/pci/devices');
  if (!existsSync(folder)) return [];
  const read = (device: string, file: string) => textOrNull(nodeFiles, join(folder, device, file));
  return readdirSync(folder).filter(
    (device) => read(device, 'vendor') === '0x10de' && read(device, 'power/runtime_status') === 'suspended',
  );
}
