import type { Domain } from '../../shared/meter';
import {
  type EmiMeasurement,
  emiClass,
  emiCodes,
  measurementBytes,
  parseMeasurements,
  parseMetadata,
  raplChannel,
} from './emiData';
import type { WindowsCalls } from './windowsCalls';

/** One open energy meter. */
export interface EmiDevice {
  path: string;
  handle: number | bigint;
  /** Channels it measures, and where its measurements are put. */
  count: number;
  buffer: Uint8Array;
}

/** A channel of the processor on an open device. */
export interface EmiSource {
  device: EmiDevice;
  index: number;
  name: string;
  package: number;
  domain: Domain;
}

export interface EmiSearch {
  devices: EmiDevice[];
  sources: EmiSource[];
  /** Names of channels that are not the processor's, for the record. */
  others: string[];
  /** Windows' error code of a device that did not open (5: access denied); null where all did. */
  refused: number | null;
}

/** Opens every energy meter and says what of the processor each measures; null where Windows lists none. */
export function findEmi(calls: WindowsCalls): EmiSearch | null {
  const paths = calls.deviceInterfaces(emiClass);
  if (paths === null) return null;
  const found: EmiSearch = { devices: [], sources: [], others: [], refused: null };
  for (const path of paths) {
    const opened = calls.open(path);
    if (opened.handle === null) {
      found.refused ??= opened.error;
      continue;
    }
    const { handle } = opened;
    const metadata = metadataOf(calls, handle);
    const sources: Omit<EmiSource, 'device'>[] = [];
    for (const channel of metadata?.channels ?? []) {
      const rapl = channel.understood ? raplChannel(channel.name) : null;
      if (rapl === null) found.others.push(channel.name);
      else sources.push({ ...rapl, index: channel.index, name: channel.name });
    }
    if (metadata === null || sources.length === 0) {
      calls.close(handle);
      continue;
    }
    const count = metadata.channels.length;
    const device = { path, handle, count, buffer: new Uint8Array(count * measurementBytes) };
    found.devices.push(device);
    // One register is one source, however many devices show it.
    const seen = new Set(found.sources.map((s) => s.name));
    found.sources.push(...sources.filter((s) => !seen.has(s.name)).map((s) => ({ ...s, device })));
  }
  return found;
}

function metadataOf(calls: WindowsCalls, handle: number | bigint) {
  const two = new Uint8Array(2);
  const four = new Uint8Array(4);
  if (calls.ioctl(handle, emiCodes.version, two) !== 2) return null;
  if (calls.ioctl(handle, emiCodes.metadataSize, four) !== 4) return null;
  const size = new DataView(four.buffer).getUint32(0, true);
  if (size === 0 || size > 1 << 20) return null;
  const metadata = new Uint8Array(size);
  const written = calls.ioctl(handle, emiCodes.metadata, metadata);
  return written === null
    ? null
    : parseMetadata(new DataView(two.buffer).getUint16(0, true), metadata.subarray(0, written));
}

/** The device's measurements now; null where it does not answer. */
export function measure(calls: WindowsCalls, device: EmiDevice): EmiMeasurement[] | null {
  const written = calls.ioctl(device.handle, emiCodes.measurement, device.buffer);
  return written === null ? null : parseMeasurements(device.buffer.subarray(0, written), device.count);
}

/** Energy (pWh) of a source by two looks a moment apart. */
export interface EmiLook {
  source: EmiSource;
  first: bigint;
  second: bigint;
}

/**
 * Packages without their mirrors: some processors with several dies show the whole socket once per die.
 * A mirror has another's value within 1e-6 and gains the same energy.
 */
export function mirroredPackages(looks: readonly EmiLook[]): Set<number> {
  const packages = looks.filter((l) => l.source.domain === 'cpu.package');
  const dropped = new Set<number>();
  for (const [i, look] of packages.entries()) {
    const earlier = packages.slice(0, i).filter((l) => !dropped.has(l.source.package));
    if (earlier.some((other) => mirrors(look, other))) dropped.add(look.source.package);
  }
  return dropped;
}

/** 1 mJ and 2 mJ in pWh: the devices are read one after the other, so one may be an update ahead. */
const aheadPicoWh = 1e-3 / 3.6e-9;

function mirrors(a: EmiLook, b: EmiLook): boolean {
  const apart = Math.abs(Number(a.second - b.second));
  const gainA = Number(a.second - a.first);
  const gainB = Number(b.second - b.first);
  return (
    apart <= Math.max(1e-6 * Number(a.second), aheadPicoWh) &&
    Math.abs(gainA - gainB) <= Math.max(0.05 * Math.max(gainA, gainB), 2 * aheadPicoWh)
  );
}
