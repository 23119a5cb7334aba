import type {
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import type { CpuTimes } from '../../shared/procStat';
import { cpuHealthReader } from './cpuHealth';
import { cpuTimes } from './cpuUse';
import { type MeterFiles, nodeFiles } from './files';
import { failedReading, okReading, openedMeter, secondsBetween } from './reading';
import { type RatedPower, ratedPower, tdpRangeW } from './tdp';

const sensorId = 'estimate:cpu';
/** Processor times come in steps of 10 ms; use over less than this is noise. */
const leastStepS = 0.05;

/** Power at a machine CPU use of u (0 to 1): TDP·max(u, 0.1), the least biased of the simple models. */
export const estimatedW = (tdpW: number, use: number): number => tdpW * Math.max(use, 0.1);

/**
 * Last resort: processor power from load and rated power. Labelled as an estimate wherever it shows,
 * good to a factor of 2.5 either way (95 %). A modelled counter: joules add up at every read.
 */
export function makeEstimate(files: MeterFiles): MeterProvider {
  return {
    id: 'estimate',
    title: 'CPU estimate',
    platforms: ['linux', 'darwin', 'win32'],
    probe: async (env) => probe(files, env),
    open: async (ids, env) => open(files, ids, env),
  };
}

export const estimate = makeEstimate(nodeFiles);

function probe(files: MeterFiles, env: ProbeEnv): ProbeResult {
  const rated = ratedPower(files, env);
  if (rated === null) return unknownRating(env);
  if (cpuTimes(files, env) === null) {
    return { status: 'absent', reason: 'The system does not tell how busy its processor is.', remedy: null };
  }
  return { status: 'ok', sensors: [describe(rated, env)] };
}

function unknownRating(env: ProbeEnv): ProbeResult {
  if (env.userTdpW !== null) {
    return {
      status: 'absent',
      reason: `A rated power of ${env.userTdpW} W is not possible.`,
      remedy: {
        text: `Give a number from ${tdpRangeW.least} to ${tdpRangeW.most} with --tdp WATTS.`,
        command: null,
      },
    };
  }
  if (env.cpu.virtualized) {
    return {
      status: 'absent',
      reason: "This is a virtual machine: it cannot see the host's power.",
      remedy: {
        text: 'Give the rated power of its share of the processor with --tdp WATTS, or use a wall meter.',
        command: null,
      },
    };
  }
  return {
    status: 'absent',
    reason: `The rated power of this processor (${env.cpu.model}) is not known.`,
    remedy: { text: "Look it up in the maker's specification and give it with --tdp WATTS.", command: null },
  };
}

function describe(rated: RatedPower, env: ProbeEnv): SensorInfo {
  return {
    id: sensorId,
    provider: 'estimate',
    device: { key: 'cpu', name: env.cpu.model, driver: null },
    domain: 'cpu.package',
    contains: ['cpu.cores', 'cpu.uncore'],
    kind: 'counter',
    provenance: 'estimate',
    origin: 'model',
    delivery: 'read',
    joulePerCount: 1e-6,
    modulus: null,
    update: { seconds: leastStepS, from: 'assumed' },
    averagingS: leastStepS,
    duty: 1,
    maxReadHz: 10,
    edgeAlign: false,
    // The factor below is the whole uncertainty: it swallows any gain.
    gainRel1s: 0,
    offsetW1s: 0,
    maxPlausibleW: 1.5 * rated.watts,
    factor1s: 1.6,
    notes: [`tdpW=${rated.watts}`, `tdpFrom=${rated.from}`, 'model=TDP·max(use, 0.1)'],
  };
}

function open(files: MeterFiles, ids: readonly string[], env: ProbeEnv): OpenMeter {
  const rated = ratedPower(files, env);
  const health = cpuHealthReader(files, env.fsRoot);
  let last: { times: CpuTimes; atNs: bigint } | null = null;
  let microJ = 0;
  /** Adds what the processor is thought to have used since the last step; false where that cannot be told. */
  const advance = (atNs: bigint): boolean => {
    const times = cpuTimes(files, env);
    if (times === null || rated === null) return false;
    if (last === null) {
      last = { times, atNs };
      return true;
    }
    const dtS = secondsBetween(last.atNs, atNs);
    const total = times.total - last.times.total;
    if (dtS < leastStepS || total <= 0) return true;
    const use = Math.min(1, Math.max(0, (times.busy - last.times.busy) / total));
    microJ += estimatedW(rated.watts, use) * dtS * 1e6;
    last = { times, atNs };
    return true;
  };
  advance(env.now());
  const readOne = (id: string): Reading => {
    const t0 = env.now();
    const known = id === sensorId && advance(t0);
    const t1 = env.now();
    return known
      ? okReading(id, t0, t1, BigInt(Math.round(microJ)))
      : failedReading(id, t0, t1, 'NO_CPU_TIMES', false);
  };
  return openedMeter(ids, readOne, { health });
}
