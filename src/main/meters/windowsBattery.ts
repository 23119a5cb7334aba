import { LabError } from '../../shared/errors';
import type {
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import { wattsReading } from './checkedReading';
import { failedReading, openedMeter } from './reading';
import { hardwareSensor } from './sensorInfo';
import { loadWindowsCalls, type WindowsCalls } from './windowsCalls';
import { windowsHealthReader } from './windowsHealth';

const id = 'windowsbattery:system';
const mostW = 500;

/** POWER_INFORMATION_LEVEL SystemBatteryState, and the offsets of SYSTEM_BATTERY_STATE. */
const systemBatteryState = 5;
export const batteryLayout = {
  size: 32,
  acOnLine: 0,
  present: 1,
  discharging: 3,
  maxCapacity: 8,
  remainingCapacity: 12,
  rate: 16,
} as const;
/** BATTERY_UNKNOWN_RATE */
const unknownRate = -0x8000_0000;

export interface BatteryState {
  present: boolean;
  onMains: boolean;
  discharging: boolean;
  /** Share of the full charge, 0 to 1; null where it is not told. */
  charge: number | null;
  /** mW, negative while it discharges; null where it is not told. */
  rateMilliW: number | null;
}

/** SYSTEM_BATTERY_STATE; null for fewer bytes. */
export function parseBattery(bytes: Uint8Array): BatteryState | null {
  const at = batteryLayout;
  if (bytes.length < at.size) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const full = view.getUint32(at.maxCapacity, true);
  const left = view.getUint32(at.remainingCapacity, true);
  const rate = view.getInt32(at.rate, true);
  return {
    present: view.getUint8(at.present) !== 0,
    onMains: view.getUint8(at.acOnLine) !== 0,
    discharging: view.getUint8(at.discharging) !== 0,
    charge: full === 0 || full === 0xffff_ffff || left > full ? null : left / full,
    rateMilliW: rate === unknownRate || rate === 0 ? null : rate,
  };
}

/** Does the battery carry the machine, between 90 % and 20 % of its charge? Only then its rate is the machine's power. */
export const carriesMachine = ({ onMains, discharging, charge }: BatteryState): boolean =>
  !onMains && discharging && charge !== null && charge <= 0.9 && charge >= 0.2;

export type LoadCalls = (env: ProbeEnv) => Promise<WindowsCalls | string>;

/** Discharge rate of a laptop's battery as Windows tells it. Not yet run on Windows. */
export function makeWindowsBattery(load: LoadCalls): MeterProvider {
  return {
    id: 'windowsbattery',
    title: 'Windows battery',
    platforms: ['win32'],
    probe: (env) => probe(load, env),
    open: (ids, env) => open(load, ids, env),
  };
}

export const windowsBattery = makeWindowsBattery(loadWindowsCalls);

function stateOf(calls: WindowsCalls, bytes: Uint8Array): BatteryState | number {
  bytes.fill(0);
  const status = calls.powerInformation(systemBatteryState, bytes);
  return status === 0 ? parseBattery(bytes)! : status;
}

async function probe(load: LoadCalls, env: ProbeEnv): Promise<ProbeResult> {
  const calls = await load(env);
  if (typeof calls === 'string') return { status: 'broken', reason: calls, remedy: null };
  const state = stateOf(calls, new Uint8Array(batteryLayout.size));
  if (typeof state === 'number') {
    const code = (state >>> 0).toString(16).toUpperCase();
    return {
      status: 'broken',
      reason: `Windows does not tell the state of its battery (0x${code}).`,
      remedy: null,
    };
  }
  if (!state.present) return { status: 'absent', reason: 'This computer has no battery.', remedy: null };
  return { status: 'ok', sensors: [describe(env)] };
}

function describe(env: ProbeEnv): SensorInfo {
  return hardwareSensor({
    id,
    provider: 'windowsbattery',
    device: { key: 'system', name: env.cpu.model, driver: null },
    domain: 'battery.dc',
    contains: [
      'system.dc',
      'platform.psys',
      'cpu.package',
      'cpu.cores',
      'cpu.uncore',
      'dram',
      'gpu.board',
      'gpu.package',
      'gpu.memory',
    ],
    kind: 'gauge',
    joulePerCount: null,
    // 1 to 60 s, by maker.
    update: { seconds: 20, from: 'assumed' },
    averagingS: 20,
    maxReadHz: 1,
    gainRel1s: 0.05,
    maxPlausibleW: mostW,
    notes: [
      'the whole machine, screen included',
      'only while it discharges between 90 % and 20 % of its charge',
    ],
  });
}

async function open(load: LoadCalls, ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const calls = await load(env);
  if (typeof calls === 'string') throw new LabError('unsupported', calls);
  const bytes = new Uint8Array(batteryLayout.size);
  const readOne = (sensorId: string): Reading => {
    const t0 = env.now();
    const state = stateOf(calls, bytes);
    const t1 = env.now();
    const failed = (code: string, fatal = false) => failedReading(sensorId, t0, t1, code, fatal);
    if (sensorId !== id) return failed('NOT_OPEN', true);
    if (typeof state === 'number') return failed(`NTSTATUS_${(state >>> 0).toString(16).toUpperCase()}`);
    if (!state.present) return failed('NO_BATTERY');
    if (!carriesMachine(state)) return failed('METER_NEEDS_DISCHARGE');
    if (state.rateMilliW === null) return failed('NO_RATE');
    // Some drivers give the magnitude; while it discharges the sign says nothing new.
    return wattsReading(sensorId, t0, t1, Math.abs(state.rateMilliW) / 1000, mostW);
  };
  return openedMeter(ids, readOne, { health: windowsHealthReader(calls, env.cpu.logicalCores) });
}
