import { LabError } from '../../shared/errors';
import type {
  Domain,
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import { countReading } from './checkedReading';
import {
  type EmiDevice,
  type EmiSearch,
  type EmiSource,
  findEmi,
  measure,
  mirroredPackages,
} from './emiDevices';
import { failedReading, openedMeter } from './reading';
import { hardwareSensor } from './sensorInfo';
import { loadWindowsCalls, type WindowsCalls } from './windowsCalls';
import { windowsHealthReader } from './windowsHealth';

const accessDenied = 5;

const names: Partial<Record<Domain, string>> = {
  'cpu.package': 'package',
  dram: 'dram',
  'cpu.cores': 'cores',
  'cpu.uncore': 'uncore',
};

/** What a test replaces besides the environment. */
export interface EmiEffects {
  calls(env: ProbeEnv): Promise<WindowsCalls | string>;
  /** Waits between the two looks that tell mirrored packages from real ones. */
  pause(ms: number): Promise<void>;
}

/**
 * Energy counters of the processor through Windows' Energy Meter Interface (Windows 11 on bare metal),
 * without administrator. Not yet run on Windows.
 */
export function makeEmi(effects: EmiEffects): MeterProvider {
  return {
    id: 'emi',
    title: 'Windows energy meters (EMI)',
    platforms: ['win32'],
    probe: (env) => probe(effects, env),
    open: (ids, env) => open(effects, ids, env),
  };
}

export const emi = makeEmi({
  calls: loadWindowsCalls,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

async function probe(effects: EmiEffects, env: ProbeEnv): Promise<ProbeResult> {
  const calls = await effects.calls(env);
  if (typeof calls === 'string') return { status: 'broken', reason: calls, remedy: null };
  const found = findEmi(calls);
  if (found === null) return absent('Windows cannot list its energy meters.');
  try {
    const groups = await groupsOf(effects, calls, found);
    if (groups.length > 0) return { status: 'ok', sensors: groups.map((group) => describe(group, env)) };
    return refused(found);
  } finally {
    for (const device of found.devices) calls.close(device.handle);
  }
}

const absent = (reason: string): ProbeResult => ({ status: 'absent', reason, remedy: null });

function refused({ refused, sources, others }: EmiSearch): ProbeResult {
  if (refused === accessDenied) {
    return {
      status: 'denied',
      reason: 'Windows has energy meters, but this user may not read them.',
      remedy: { text: 'Ask the administrator of this computer, or use a wall meter.', command: null },
    };
  }
  if (refused !== null || sources.length > 0) {
    const why = refused === null ? 'they give no values' : `they do not open (Windows error ${refused})`;
    return { status: 'broken', reason: `Windows has energy meters, but ${why}.`, remedy: null };
  }
  if (others.length > 0) {
    return absent(`Windows has energy meters, but none of the processor (${others.join(', ')}).`);
  }
  return absent(
    'Windows shows no energy meters: Windows 11 has those of the processor, virtual machines have none.',
  );
}

/** Channels of one domain that are read and added together: one per socket. */
interface Group {
  domain: Domain;
  sources: EmiSource[];
}

async function groupsOf(effects: EmiEffects, calls: WindowsCalls, found: EmiSearch): Promise<Group[]> {
  const first = look(calls, found.sources);
  const packages = new Set(found.sources.map((s) => s.package));
  if (packages.size > 1) await effects.pause(25);
  const second = packages.size > 1 ? look(calls, found.sources) : first;
  const looks = found.sources.flatMap((source, i) => {
    const a = first[i] ?? 0n;
    const b = second[i] ?? 0n;
    // A channel that has counted nothing since the machine started does not count.
    return a > 0n && b > 0n ? [{ source, first: a, second: b }] : [];
  });
  const dropped = mirroredPackages(looks);
  const sources = looks.map((l) => l.source).filter((s) => !dropped.has(s.package));
  return (Object.keys(names) as Domain[])
    .map((domain) => ({ domain, sources: sources.filter((s) => s.domain === domain) }))
    .filter((group) => group.sources.length > 0);
}

function look(calls: WindowsCalls, sources: readonly EmiSource[]): (bigint | null)[] {
  return sources.map((s) => measure(calls, s.device)?.[s.index]?.picowattHours ?? null);
}

function describe({ domain, sources }: Group, env: ProbeEnv): SensorInfo {
  return hardwareSensor({
    id: `emi:${names[domain]}`,
    provider: 'emi',
    device: { key: 'cpu', name: env.cpu.model, driver: 'EMI' },
    domain,
    contains: domain === 'cpu.package' ? ['cpu.cores', 'cpu.uncore'] : [],
    kind: 'counter',
    // 1 pWh
    joulePerCount: 3.6e-9,
    update: { seconds: 0.1, from: 'assumed' },
    averagingS: 0.1,
    maxReadHz: 10,
    gainRel1s: /\bAMD\b/i.test(env.cpu.model) ? 0.1 : 0.05,
    maxPlausibleW: 1000 * sources.length,
    notes: [
      'stamped=each value carries the time when it was taken',
      ...sources.map((s) => `channel=${s.name}`),
    ],
  });
}

async function open(effects: EmiEffects, ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const calls = await effects.calls(env);
  if (typeof calls === 'string') throw new LabError('unsupported', calls);
  const found = findEmi(calls);
  const groups = found === null ? [] : await groupsOf(effects, calls, found);
  const byId = new Map(groups.map((g) => [`emi:${names[g.domain]}`, g.sources]));
  let closed = false;
  const close = () => {
    for (const device of closed ? [] : (found?.devices ?? [])) calls.close(device.handle);
    closed = true;
  };
  for (const id of ids) {
    if (byId.has(id)) continue;
    close();
    throw new LabError('unsupported', `The energy counter ${id} can no longer be read.`);
  }
  const health = windowsHealthReader(calls, env.cpu.logicalCores);
  const readOne = (id: string): Reading => {
    const t0 = env.now();
    const sources = closed ? undefined : byId.get(id);
    const total = sources === undefined ? null : sum(calls, sources);
    const t1 = env.now();
    if (sources === undefined) return failedReading(id, t0, t1, 'NOT_OPEN', true);
    if (total === null) return failedReading(id, t0, t1, 'NO_VALUE', false);
    return countReading(id, t0, t1, total.picowattHours, total.timeNs);
  };
  return openedMeter(ids, readOne, { health, close });
}

/** Energy of all sockets, and the mean of their times; null if one does not answer or shows nothing. */
function sum(
  calls: WindowsCalls,
  sources: readonly EmiSource[],
): { picowattHours: bigint; timeNs: bigint } | null {
  const byDevice = new Map<EmiDevice, ReturnType<typeof measure>>();
  let picowattHours = 0n;
  let timeNs = 0n;
  for (const { device, index } of sources) {
    if (!byDevice.has(device)) byDevice.set(device, measure(calls, device));
    const value = byDevice.get(device)?.[index];
    if (value === undefined || value.picowattHours === 0n) return null;
    picowattHours += value.picowattHours;
    timeNs += value.timeNs;
  }
  return { picowattHours, timeNs: timeNs / BigInt(sources.length) };
}
