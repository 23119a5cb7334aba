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
import { codeOf, type MeterFiles, nodeFiles } from './files';
import { mostPackageW, RaplCounter } from './raplCounter';
import { findZones, withoutMirrors, type Zone, type ZoneSample } from './raplZones';
import { failedReading, okReading, openedMeter } from './reading';
import { hardwareSensor } from './sensorInfo';

/** Zones of one domain that are read and added together: one per socket. */
interface Group {
  domain: Domain;
  zones: Zone[];
}

const names: Partial<Record<Domain, string>> = {
  'cpu.package': 'package',
  dram: 'dram',
  'cpu.cores': 'cores',
  'cpu.uncore': 'uncore',
  'platform.psys': 'psys',
};

const inside: Partial<Record<Domain, readonly Domain[]>> = {
  'cpu.package': ['cpu.cores', 'cpu.uncore'],
  'platform.psys': ['cpu.package', 'cpu.cores', 'cpu.uncore', 'dram'],
};

const allow =
  'sudo chmod a+r /sys/class/powercap/intel-rapl*/energy_uj /sys/class/powercap/intel-rapl*/*/energy_uj';

/** What a test replaces besides the environment. */
export interface RaplEffects {
  files: MeterFiles;
  /** Waits between the two looks that tell mirrored packages from real ones. */
  pause(ms: number): Promise<void>;
}

/** Running average power limit counters of the processor through Linux powercap (Intel, and AMD since Zen). */
export function makeRapl({ files, pause }: RaplEffects): MeterProvider {
  return {
    id: 'rapl',
    title: 'Linux RAPL (powercap)',
    platforms: ['linux'],
    probe: (env) => probe(files, pause, env),
    open: (ids, env) => open(files, pause, ids, env),
  };
}

export const rapl = makeRapl({
  files: nodeFiles,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

async function probe(files: MeterFiles, pause: RaplEffects['pause'], env: ProbeEnv): Promise<ProbeResult> {
  const zones = findZones(files, env.fsRoot);
  if (!zones.some((z) => z.domain === 'cpu.package')) return absent(env);
  const groups = await readableGroups(files, pause, zones, isAmd(env));
  if (typeof groups === 'string') return refused(groups);
  return { status: 'ok', sensors: groups.map((group) => describe(group, env)) };
}

function absent(env: ProbeEnv): ProbeResult {
  return env.cpu.virtualized
    ? {
        status: 'absent',
        reason: 'This is a virtual machine: it does not see the energy counters of the processor.',
        remedy: null,
      }
    : {
        status: 'absent',
        reason: 'Linux shows no energy counters of this processor (no powercap package zone).',
        remedy: {
          text: 'Load the driver if this processor has one.',
          command: 'sudo modprobe intel_rapl_msr',
        },
      };
}

function refused(code: string): ProbeResult {
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      status: 'denied',
      reason: 'The processor counts its energy, but only the administrator may read it.',
      remedy: { text: 'Allow reading it until the next restart:', command: allow },
    };
  }
  return {
    status: 'broken',
    reason: `The energy counters of the processor are there but cannot be read (${code}).`,
    remedy: null,
  };
}

/** The groups whose every zone reads, or the error code of the package that does not. */
async function readableGroups(
  files: MeterFiles,
  pause: RaplEffects['pause'],
  zones: readonly Zone[],
  amd: boolean,
): Promise<Group[] | string> {
  const packages = zones.filter((z) => z.domain === 'cpu.package');
  const first = packages.map((zone) => readOnce(files, zone));
  const failed = first.find((value) => typeof value === 'string');
  if (typeof failed === 'string') return failed;
  if (packages.length > 1) await pause(25);
  const samples = packages.map((zone, i): ZoneSample => {
    const second = readOnce(files, zone);
    return {
      zone,
      first: first[i] as bigint,
      second: typeof second === 'bigint' ? second : (first[i] as bigint),
    };
  });
  const tops = new Set(withoutMirrors(samples).map((s) => s.zone.top));
  const domains = Object.keys(names) as Domain[];
  return domains
    .filter((domain) => !(amd && domain === 'cpu.cores')) // known to be wrong on AMD; the package is right
    .map((domain) => ({
      domain,
      zones: zones.filter((z) => z.domain === domain && (domain === 'platform.psys' || tops.has(z.top))),
    }))
    .filter((g) => g.zones.length > 0 && g.zones.every((z) => typeof readOnce(files, z) === 'bigint'));
}

function readOnce(files: MeterFiles, zone: Zone): bigint | string {
  let counter: RaplCounter;
  try {
    counter = new RaplCounter(files, zone);
  } catch (error) {
    return codeOf(error);
  }
  const { value, error } = counter.raw();
  counter.close();
  return value ?? error ?? 'UNKNOWN';
}

const isAmd = (env: ProbeEnv) => /\bAMD\b/i.test(env.cpu.model);

function describe(group: Group, env: ProbeEnv): SensorInfo {
  const { domain, zones } = group;
  return hardwareSensor({
    id: `rapl:${names[domain]}`,
    provider: 'rapl',
    device: { key: 'cpu', name: env.cpu.model, driver: 'powercap' },
    domain,
    contains: inside[domain] ?? [],
    kind: 'counter',
    joulePerCount: 1e-6,
    // Wraps are counted where the zone is read, so that no window is too long for them.
    modulus: null,
    update: { seconds: 0.001, from: 'documented' },
    averagingS: 0.001,
    maxReadHz: 10,
    edgeAlign: true,
    gainRel1s: isAmd(env) ? 0.1 : 0.05,
    maxPlausibleW: mostPackageW * zones.length,
    notes: zones.map((z) => `zone=${z.entry} (${z.name}), wraps after ${z.modulus} µJ`),
  });
}

async function open(
  files: MeterFiles,
  pause: RaplEffects['pause'],
  ids: readonly string[],
  env: ProbeEnv,
): Promise<OpenMeter> {
  const groups = await readableGroups(files, pause, findZones(files, env.fsRoot), isAmd(env));
  const byId = new Map<string, RaplCounter[]>();
  for (const id of ids) {
    const group =
      typeof groups === 'string' ? undefined : groups.find((g) => `rapl:${names[g.domain]}` === id);
    if (group === undefined) {
      throw new LabError('unsupported', `The energy counter ${id} can no longer be read.`);
    }
    byId.set(
      id,
      group.zones.map((zone) => new RaplCounter(files, zone)),
    );
  }
  const health = cpuHealthReader(files, env.fsRoot);
  const readOne = (id: string): Reading => {
    const t0 = env.now();
    const reads = (byId.get(id) ?? []).map((counter) => counter.total(env.now()));
    const t1 = env.now();
    const failed = reads.length === 0 ? 'NOT_OPEN' : reads.find((r) => r.error !== null)?.error;
    if (failed !== undefined && failed !== null) return failedReading(id, t0, t1, failed, false);
    return okReading(
      id,
      t0,
      t1,
      reads.reduce((sum, r) => sum + (r.total ?? 0n), 0n),
    );
  };
  return openedMeter(ids, readOne, {
    health,
    close: () => {
      for (const counters of byId.values()) for (const counter of counters) counter.close();
    },
  });
}
