import type { Domain } from '../../shared/meter';

/** {45BD8344-7ED6-49CF-A440-C276C933B053}, as it lies in memory: the class of Windows' energy meters. */
export const emiClass = Uint8Array.of(
  0x44,
  0x83,
  0xbd,
  0x45,
  0xd6,
  0x7e,
  0xcf,
  0x49,
  0xa4,
  0x40,
  0xc2,
  0x76,
  0xc9,
  0x33,
  0xb0,
  0x53,
);

export const emiCodes = {
  version: 0x22_4000,
  metadataSize: 0x22_4004,
  metadata: 0x22_4008,
  measurement: 0x22_400c,
} as const;

/** Bytes of EMI_CHANNEL_MEASUREMENT_DATA: energy u64, time u64. */
export const measurementBytes = 16;
/** Channels of one device that are believed; a driver that says more is not understood. */
const mostChannels = 256;
const picowattHours = 0;

/** Offsets of EMI_METADATA_V1 and V2 and of EMI_CHANNEL_V2 (emi.h); sizes up to where the names begin. */
export const emiLayout = {
  v1: { unit: 0, oem: 4, model: 36, nameBytes: 70, name: 72 },
  v2: { oem: 0, model: 32, channelCount: 66, channels: 68 },
  channel: { unit: 0, nameBytes: 4, name: 6 },
} as const;

export interface EmiChannel {
  /** Place among the device's measurements. */
  index: number;
  name: string;
  /** False for a unit that is not picowatt-hours. */
  understood: boolean;
}

export interface EmiMetadata {
  oem: string;
  model: string;
  channels: EmiChannel[];
}

/** What a device says it measures; null where the bytes are no metadata of this version (1 or 2). */
export function parseMetadata(version: number, bytes: Uint8Array): EmiMetadata | null {
  if (version === 1) return parseV1(bytes);
  return version === 2 ? parseV2(bytes) : null;
}

function parseV1(bytes: Uint8Array): EmiMetadata | null {
  const at = emiLayout.v1;
  const view = viewOf(bytes);
  if (bytes.length < at.name) return null;
  const name = textAt(view, at.name, view.getUint16(at.nameBytes, true));
  if (name === null) return null;
  const understood = view.getInt32(at.unit, true) === picowattHours;
  return { ...maker(view, at), channels: [{ index: 0, name, understood }] };
}

function parseV2(bytes: Uint8Array): EmiMetadata | null {
  const at = emiLayout.v2;
  const view = viewOf(bytes);
  if (bytes.length < at.channels) return null;
  const count = view.getUint16(at.channelCount, true);
  if (count > mostChannels) return null;
  const channels: EmiChannel[] = [];
  let from = at.channels as number;
  for (let index = 0; index < count; index++) {
    const { unit, nameBytes, name: nameAt } = emiLayout.channel;
    if (from + nameAt > bytes.length) return null;
    const length = view.getUint16(from + nameBytes, true);
    const name = textAt(view, from + nameAt, length);
    if (name === null) return null;
    channels.push({ index, name, understood: view.getInt32(from + unit, true) === picowattHours });
    from += nameAt + length;
  }
  return { ...maker(view, at), channels };
}

const maker = (view: DataView, at: { oem: number; model: number }) => ({
  oem: textAt(view, at.oem, 32) ?? '',
  model: textAt(view, at.model, 32) ?? '',
});

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** UTF-16 text of so many bytes, up to its NUL; null where it leaves the buffer. */
function textAt(view: DataView, from: number, bytes: number): string | null {
  if (from + bytes > view.byteLength) return null;
  let text = '';
  for (let at = from; at + 1 < from + bytes; at += 2) {
    const unit = view.getUint16(at, true);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}

/** Energy of one channel and when it was taken. */
export interface EmiMeasurement {
  picowattHours: bigint;
  /** The device's own clock, ns. */
  timeNs: bigint;
}

/** The measurement of each channel; null where the device gave fewer. */
export function parseMeasurements(bytes: Uint8Array, channels: number): EmiMeasurement[] | null {
  if (bytes.length < channels * measurementBytes) return null;
  const view = viewOf(bytes);
  return Array.from({ length: channels }, (_, i) => ({
    picowattHours: view.getBigUint64(i * measurementBytes, true),
    timeNs: view.getBigUint64(i * measurementBytes + 8, true) * 100n,
  }));
}

const domains: Readonly<Record<string, Domain>> = {
  PKG: 'cpu.package',
  PP0: 'cpu.cores',
  PP1: 'cpu.uncore',
  DRAM: 'dram',
};

/** What a channel of the processor measures; null for single cores and for anything else. */
export function raplChannel(name: string): { package: number; domain: Domain } | null {
  const parts = /^RAPL_Package(\d{1,3})_(PKG|PP0|PP1|DRAM)$/i.exec(name);
  const domain = domains[parts?.[2]?.toUpperCase() ?? ''];
  return parts === null || domain === undefined ? null : { package: Number(parts[1]), domain };
}
