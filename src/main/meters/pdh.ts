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
import { emi } from './emi';
import { raplChannel } from './emiData';
import { openPdh, type PdhQuery } from './pdhCalls';
import { failedReading, openedMeter } from './reading';
import { hardwareSensor } from './sensorInfo';

const names: Partial<Record<Domain, string>> = {
  'cpu.package': 'package',
  dram: 'dram',
  'cpu.cores': 'cores',
  'cpu.uncore': 'uncore',
};

/** Sockets that are looked for: each name costs a counter, and a name that is not there gives no value. */
const channels = [0, 1, 2, 3].flatMap((n) =>
  ['PKG', 'DRAM', 'PP0', 'PP1'].map((part) => `RAPL_Package${n}_${part}`),
);
const pathOf = (channel: string) => `\\Energy Meter(${channel})\\Energy`;

/** What a test replaces besides the environment. */
export interface PdhEffects {
  query(env: ProbeEnv, paths: readonly string[]): Promise<PdhQuery | string>;
  /** Can the energy meters be read directly? Then this way around is not needed. */
  direct(env: ProbeEnv): Promise<boolean>;
}

/**
 * The energy meters of the processor by way of Windows' performance counters, where they cannot be
 * opened directly. That the raw value is in picowatt-hours is second-hand knowledge. Not yet run on Windows.
 */
export function makePdh(effects: PdhEffects): MeterProvider {
  return {
    id: 'pdh',
    title: 'Windows performance counters (PDH)',
    platforms: ['win32'],
    probe: (env) => probe(effects, env),
    open: (ids, env) => open(effects, ids, env),
  };
}

export const pdh = makePdh({
  query: openPdh,
  direct: async (env) => (await emi.probe(env)).status === 'ok',
});

async function probe(effects: PdhEffects, env: ProbeEnv): Promise<ProbeResult> {
  const absent = (reason: string): ProbeResult => ({ status: 'absent', reason, remedy: null });
  if (await effects.direct(env)) return absent('Not needed: the energy meters are read directly (EMI).');
  const query = await effects.query(env, channels.map(pathOf));
  if (typeof query === 'string') return absent(query);
  const found = query.collect() ? channels.filter((_, i) => (query.value(i)?.value ?? 0n) > 0n) : [];
  query.close();
  const groups = groupsOf(found);
  if (groups.size === 0) return absent('Windows has no performance counters of the processor’s energy.');
  return { status: 'ok', sensors: [...groups].map(([domain, own]) => describe(domain, own, env)) };
}

function groupsOf(found: readonly string[]): Map<Domain, string[]> {
  const groups = new Map<Domain, string[]>();
  for (const channel of found) {
    const domain = raplChannel(channel)!.domain;
    groups.set(domain, [...(groups.get(domain) ?? []), channel]);
  }
  return groups;
}

function describe(domain: Domain, own: readonly string[], env: ProbeEnv): SensorInfo {
  return hardwareSensor({
    id: `pdh:${names[domain]}`,
    provider: 'pdh',
    device: { key: 'cpu', name: env.cpu.model, driver: 'PDH' },
    domain,
    contains: domain === 'cpu.package' ? ['cpu.cores', 'cpu.uncore'] : [],
    kind: 'counter',
    joulePerCount: 3.6e-9,
    update: { seconds: 1, from: 'assumed' },
    averagingS: 1,
    maxReadHz: 1,
    gainRel1s: /\bAMD\b/i.test(env.cpu.model) ? 0.1 : 0.05,
    maxPlausibleW: 1000 * own.length,
    notes: own.map((channel) => `channel=${channel}`),
  });
}

async function open(effects: PdhEffects, ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const query = await effects.query(env, channels.map(pathOf));
  if (typeof query === 'string') throw new LabError('unsupported', query);
  const found = query.collect() ? channels.filter((_, i) => (query.value(i)?.value ?? 0n) > 0n) : [];
  const groups = groupsOf(found);
  const byId = new Map([...groups].map(([domain, own]) => [`pdh:${names[domain]}`, own]));
  for (const id of ids) {
    if (byId.has(id)) continue;
    query.close();
    throw new LabError('unsupported', `The energy counter ${id} can no longer be read.`);
  }
  let closed = false;
  const readOne = (id: string): Reading => {
    const t0 = env.now();
    const own = closed ? undefined : byId.get(id);
    const collected = own !== undefined && query.collect();
    const values = collected ? own.map((channel) => query.value(channels.indexOf(channel))) : [];
    const t1 = env.now();
    if (own === undefined) return failedReading(id, t0, t1, 'NOT_OPEN', true);
    let total = 0n;
    for (const value of values) {
      if (value === null || value.value <= 0n) return failedReading(id, t0, t1, 'NO_VALUE', false);
      total += value.value;
    }
    // Not stamped with Windows' time: it is that of the collection, which our own clock knows better.
    return countReading(id, t0, t1, total);
  };
  return openedMeter(ids, readOne, {
    close: () => {
      if (!closed) query.close();
      closed = true;
    },
  });
}
