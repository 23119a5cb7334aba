import { join } from 'node:path';
import type { Domain } from '../../shared/meter';
import { integerOrNull, type MeterFiles, textOrNull } from './files';

/** One powercap zone with its own counter. */
export interface Zone {
  /** `intel-rapl:0:1` */
  entry: string;
  folder: string;
  /** `package-0`, `package-0-die-1`, `core`, `uncore`, `dram`, `psys` */
  name: string;
  /** Name of the package above it; its own name for a top zone. */
  top: string;
  domain: Domain;
  /** Counts (µJ) after which the counter wraps. */
  modulus: bigint;
}

const entryPattern = /^intel-rapl(-mmio)?:(\d+)(?::(\d+))?$/;

/**
 * The zones of a powercap tree, in order, each register once: the memory-mapped interface shows the
 * package a second time under the same name.
 */
export function findZones(files: MeterFiles, fsRoot: string): Zone[] {
  const root = join(fsRoot, 'sys/class/powercap');
  let entries: string[];
  try {
    entries = files.list(root);
  } catch {
    return [];
  }
  const zones = new Map<string, Zone>();
  // 'intel-rapl:' sorts after 'intel-rapl-mmio:', and the register interface is the one to keep.
  for (const entry of entries.filter((e) => entryPattern.test(e)).sort(byInterface)) {
    const zone = zoneOf(files, root, entry);
    if (zone !== null && !zones.has(`${zone.top}/${zone.name}`)) {
      zones.set(`${zone.top}/${zone.name}`, zone);
    }
  }
  return [...zones.values()];
}

const byInterface = (a: string, b: string) =>
  Number(a.includes('mmio')) - Number(b.includes('mmio')) || (a < b ? -1 : 1);

function zoneOf(files: MeterFiles, root: string, entry: string): Zone | null {
  const folder = join(root, entry);
  const name = textOrNull(files, join(folder, 'name'));
  const range = integerOrNull(files, join(folder, 'max_energy_range_uj'));
  const domain = name === null ? null : domainOf(name);
  if (name === null || domain === null || range === null || range <= 0) return null;
  const parts = entryPattern.exec(entry)!;
  const parent = `intel-rapl${parts[1] ?? ''}:${parts[2]}`;
  const top = parts[3] === undefined ? name : (textOrNull(files, join(root, parent, 'name')) ?? parent);
  return { entry, folder, name, top, domain, modulus: modulusOf(range) };
}

function domainOf(name: string): Domain | null {
  if (name.startsWith('package-')) return 'cpu.package';
  const known: Partial<Record<string, Domain>> = {
    core: 'cpu.cores',
    uncore: 'cpu.uncore',
    dram: 'dram',
    psys: 'platform.psys',
  };
  return known[name] ?? null;
}

/**
 * The kernel's range is the largest 32-bit value in µJ; the counter wraps one unit later. The unit is
 * not published, but range / (2³² − 1) is it.
 */
export function modulusOf(maxRangeMicroJ: number): bigint {
  const unit = Math.max(1, Math.round(maxRangeMicroJ / (2 ** 32 - 1)));
  return BigInt(maxRangeMicroJ) + BigInt(unit);
}

/** A counter value seen twice, a moment apart. */
export interface ZoneSample {
  zone: Zone;
  first: bigint;
  second: bigint;
}

/**
 * The packages without mirrors: some processors with several dies show the whole socket once per die.
 * A mirror has the value of another within 1e-6 and gains the same energy.
 */
export function withoutMirrors(samples: readonly ZoneSample[]): ZoneSample[] {
  const kept: ZoneSample[] = [];
  for (const sample of samples) {
    if (!kept.some((other) => mirrors(sample, other))) kept.push(sample);
  }
  return kept;
}

function mirrors(a: ZoneSample, b: ZoneSample): boolean {
  const value = Number(a.second > b.second ? a.second : b.second);
  const gainA = Number(a.second - a.first);
  const gainB = Number(b.second - b.first);
  const apart = Math.abs(Number(a.second - b.second));
  // Files are read one after the other, so a mirror may be one update (1 ms) ahead.
  return (
    apart <= Math.max(1e-6 * value, 1000) &&
    Math.abs(gainA - gainB) <= Math.max(0.05 * Math.max(gainA, gainB), 2000)
  );
}
