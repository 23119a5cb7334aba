import { join } from 'node:path';
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
import { cpuHealthReader } from './cpuHealth';
import { integerOrNull, type MeterFiles, textOrNull } from './files';
import { packageParts } from './hwmonSource';
import { type LinuxEffects, nodeEffects } from './linuxSensors';
import { type EventsOf, kernelEvents, type PerfEvents } from './perfEvents';
import { makeRapl } from './rapl';
import { mostPackageW } from './raplCounter';
import { failedReading, okReading, openedMeter } from './reading';
import { hardwareSensor } from './sensorInfo';

const provider = 'perf';

/** Events of the PMU `power` and what they count. */
const domains: Readonly<Record<string, Domain>> = {
  'energy-pkg': 'cpu.package',
  'energy-ram': 'dram',
  'energy-cores': 'cpu.cores',
  'energy-gpu': 'cpu.uncore',
  'energy-psys': 'platform.psys',
};

const inside: Partial<Record<Domain, readonly Domain[]>> = {
  'cpu.package': packageParts.filter((d) => d !== 'cpu.package'),
  'platform.psys': [...packageParts, 'dram'],
};

/** One event of the PMU, counted on one CPU of each package. */
export interface PowerEvent {
  name: string;
  domain: Domain;
  type: number;
  config: bigint;
  joulePerCount: number;
  cpus: readonly number[];
}

export interface PerfEffects extends LinuxEffects {
  eventsOf: EventsOf;
}

/**
 * The processor's energy counters through the kernel's performance events (Linux), for where powercap is refused or
 * absent: 64 bits, no wrap, but only with the right to watch the whole system.
 */
export function makePerf(effects: PerfEffects): MeterProvider {
  const powercap = makeRapl(effects);
  return {
    id: provider,
    title: 'Linux perf (RAPL)',
    platforms: ['linux'],
    probe: async (env) => probe(effects, powercap, env),
    open: async (ids, env) => open(effects, ids, env),
  };
}

export const perf = makePerf({ ...nodeEffects, eventsOf: kernelEvents });

const absent = (reason: string): ProbeResult => ({ status: 'absent', reason, remedy: null });

async function probe(
  { files, eventsOf }: PerfEffects,
  powercap: MeterProvider,
  env: ProbeEnv,
): Promise<ProbeResult> {
  if ((await powercap.probe(env)).status === 'ok') {
    return absent('Not needed: the same counters are read through powercap.');
  }
  const found = powerEvents(files, env);
  if (found.length === 0) return absent('The kernel has no performance events for energy (PMU power).');
  const events = await eventsOf(env);
  if (events === null) return absent('This system has no call for performance events.');
  const tried = found.map((event) => ({ event, error: tryOnce(events, event) }));
  const alive = tried.filter((t) => t.error === null);
  if (alive.some((t) => t.event.domain === 'cpu.package')) {
    return { status: 'ok', sensors: alive.map((t) => describe(t.event, env)) };
  }
  const error = tried.find((t) => t.event.domain === 'cpu.package')?.error ?? tried[0]!.error;
  if (error === 'EACCES' || error === 'EPERM') {
    return {
      status: 'denied',
      reason: 'The processor counts its energy, but this user may not watch events of the whole system.',
      remedy: {
        text: 'Allow it until the next restart:',
        command: 'sudo sysctl kernel.perf_event_paranoid=0',
      },
    };
  }
  if (error === 'ENOENT' || error === 'ENODEV' || error === 'EOPNOTSUPP' || error === null) {
    return absent('The kernel names energy events, but this processor has none.');
  }
  return {
    status: 'broken',
    reason: `The energy events of the kernel do not open (${error}).`,
    remedy: null,
  };
}

/** The energy events that the kernel publishes under /sys/bus/event_source/devices/power. */
export function powerEvents(files: MeterFiles, env: Pick<ProbeEnv, 'fsRoot' | 'cpu'>): PowerEvent[] {
  const folder = join(env.fsRoot, 'sys/bus/event_source/devices/power');
  const type = integerOrNull(files, join(folder, 'type'));
  const listed = cpuList(textOrNull(files, join(folder, 'cpumask')) ?? '');
  if (type === null || type < 0 || type > 0xffffffff || listed.length === 0) return [];
  const amd = /\bAMD\b/i.test(env.cpu.model);
  // AMD lists a CPU per die, and each shows the whole socket; Intel's dies count for themselves.
  const cpus = amd ? onePerSocket(files, env.fsRoot, listed) : listed;
  return Object.entries(domains).flatMap(([name, domain]): PowerEvent[] => {
    if (amd && domain === 'cpu.cores') return []; // known to be wrong on AMD
    const code = /^event=(0x[0-9a-f]{1,8})$/i.exec(
      textOrNull(files, join(folder, 'events', name)) ?? '',
    )?.[1];
    const scale = Number(textOrNull(files, join(folder, 'events', `${name}.scale`)) || Number.NaN);
    const unit = textOrNull(files, join(folder, 'events', `${name}.unit`));
    if (code === undefined || !(scale > 0 && scale < 1) || unit !== 'Joules') return [];
    return [{ name, domain, type, config: BigInt(code), joulePerCount: scale, cpus }];
  });
}

/** `0,18` or `0-3` as numbers; none where the text is anything else. */
export function cpuList(text: string): number[] {
  if (!/^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/.test(text)) return [];
  return text.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number) as [number, number?];
    return to < from ? [] : Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

function onePerSocket(files: MeterFiles, fsRoot: string, cpus: readonly number[]): number[] {
  const seen = new Set<number>();
  return cpus.filter((cpu) => {
    const path = join(fsRoot, `sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`);
    const socket = integerOrNull(files, path) ?? 0;
    return !seen.has(socket) && seen.add(socket);
  });
}

function tryOnce(events: PerfEvents, event: PowerEvent): string | null {
  for (const cpu of event.cpus) {
    const fd = events.open(event.type, event.config, cpu);
    if (typeof fd === 'string') return fd;
    const value = events.read(fd);
    events.close(fd);
    if (typeof value === 'string') return value;
  }
  return null;
}

function describe({ name, domain, joulePerCount, cpus, type }: PowerEvent, env: ProbeEnv): SensorInfo {
  return hardwareSensor({
    id: `${provider}:${name}`,
    provider,
    device: { key: 'cpu', name: env.cpu.model, driver: 'perf power' },
    domain,
    contains: inside[domain] ?? [],
    kind: 'counter',
    joulePerCount,
    update: { seconds: 0.001, from: 'documented' },
    averagingS: 0.001,
    maxReadHz: 10,
    edgeAlign: true,
    gainRel1s: /\bAMD\b/i.test(env.cpu.model) ? 0.1 : 0.05,
    maxPlausibleW: mostPackageW * cpus.length,
    notes: [`via=perf_event_open type ${type} ${name}, on CPU ${cpus.join(', ')}`],
  });
}

async function open(
  { files, eventsOf }: PerfEffects,
  ids: readonly string[],
  env: ProbeEnv,
): Promise<OpenMeter> {
  const events = await eventsOf(env);
  const known = powerEvents(files, env);
  const opened = new Map<string, number[]>();
  const close = () => {
    for (const fd of [...opened.values()].flat()) events?.close(fd);
  };
  for (const id of ids) {
    const event = known.find((e) => `${provider}:${e.name}` === id);
    const fds: number[] = [];
    opened.set(id, fds);
    for (const cpu of event?.cpus ?? []) {
      const fd = events?.open(event!.type, event!.config, cpu) ?? 'ENOSYS';
      if (typeof fd === 'number') fds.push(fd);
    }
    if (event === undefined || fds.length < event.cpus.length) {
      close();
      throw new LabError('unsupported', `The energy event ${id} can no longer be opened.`);
    }
  }
  const readOne = (id: string): Reading => {
    const t0 = env.now();
    const reads = (opened.get(id) ?? []).map((fd) => events!.read(fd));
    const t1 = env.now();
    if (reads.length === 0) return failedReading(id, t0, t1, 'NOT_OPEN', true);
    let sum = 0n;
    for (const value of reads) {
      if (typeof value === 'string') return failedReading(id, t0, t1, value, false);
      sum += value;
    }
    return okReading(id, t0, t1, sum);
  };
  return openedMeter(ids, readOne, { health: cpuHealthReader(files, env.fsRoot), close });
}
