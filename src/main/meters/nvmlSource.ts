import { FieldReader } from './nvmlFields';
import type { NvmlLibrary } from './nvmlLibrary';
import { fields, nvmlOk, scopes } from './nvmlTypes';

/** One way to read energy or power from a device; buffers are made once and owned by it. */
export interface NvmlSource {
  /** For the record: the call or field, and its scope. */
  via: string;
  scope: 'gpu' | 'module';
  /** 'instant' or 'usage' power reading; null for energy. */
  power: 'instant' | 'usage' | null;
  /** Reads once; the NVML code. The value is then in `raw`, mJ (bigint) or W (number). */
  read(): number;
  raw(): bigint | number | null;
  sourceTimeNs(): bigint | null;
}

/** Every way to the energy counter, best first; the first that answers is used. */
export function energySources(library: NvmlLibrary, handle: bigint, platform: NodeJS.Platform): NvmlSource[] {
  const field = (id: number, scope: keyof typeof scopes) =>
    fieldSource(library, handle, platform, { id, scope, power: null });
  return [
    energyCall(library, handle),
    field(fields.energyMilliJ, 'gpu'),
    field(fields.energyMilliJNew, 'gpu'),
    field(fields.energyMilliJ, 'module'),
  ];
}

/** Every way to the power, best first: an average over 1 s comes after the instant value. */
export function powerSources(library: NvmlLibrary, handle: bigint, platform: NodeJS.Platform): NvmlSource[] {
  const instant = (scope: keyof typeof scopes) =>
    fieldSource(library, handle, platform, { id: fields.powerInstantMilliW, scope, power: 'instant' });
  return [instant('gpu'), powerCall(library, handle), instant('module')];
}

/** The first source that answers, or the code of the first refusal. */
export function firstThatAnswers(sources: readonly NvmlSource[]): NvmlSource | number {
  let refusal: number | null = null;
  for (const source of sources) {
    const code = source.read();
    if (code === nvmlOk && source.raw() !== null) return source;
    refusal ??= code;
  }
  return refusal ?? 3;
}

function energyCall(library: NvmlLibrary, handle: bigint): NvmlSource {
  const milliJ = new BigUint64Array(1);
  const call = library.fn('totalEnergy');
  return {
    via: 'nvmlDeviceGetTotalEnergyConsumption',
    scope: 'gpu',
    power: null,
    read: () => call(handle, milliJ),
    raw: () => milliJ[0]!,
    sourceTimeNs: () => null,
  };
}

function powerCall(library: NvmlLibrary, handle: bigint): NvmlSource {
  const milliW = new Uint32Array(1);
  const call = library.fn('powerUsage');
  return {
    via: 'nvmlDeviceGetPowerUsage',
    scope: 'gpu',
    power: 'usage',
    read: () => call(handle, milliW),
    raw: () => milliW[0]! / 1000,
    sourceTimeNs: () => null,
  };
}

function fieldSource(
  library: NvmlLibrary,
  handle: bigint,
  platform: NodeJS.Platform,
  ask: { id: number; scope: keyof typeof scopes; power: 'instant' | null },
): NvmlSource {
  const reader = new FieldReader(library, handle, [{ id: ask.id, scope: scopes[ask.scope] }], platform);
  return {
    via: `nvmlDeviceGetFieldValues field ${ask.id} scope ${scopes[ask.scope]}`,
    scope: ask.scope,
    power: ask.power,
    read: () => reader.read() || reader.result(),
    raw: () => {
      const value = reader.value();
      if (value === null) return null;
      return ask.power === null ? BigInt(value) : Number(value) / 1000;
    },
    sourceTimeNs: () => reader.timestampNs(),
  };
}
