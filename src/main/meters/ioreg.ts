import { execFile } from 'node:child_process';
import type {
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import { wattsReading } from './checkedReading';
import { type BatteryTelemetry, isNewer, meanLoadW, parseIoreg } from './ioregTelemetry';
import { failedReading, unknownHealth } from './reading';
import { hardwareSensor } from './sensorInfo';

const id = 'ioreg:system';
const mostW = 500;
/** Each look starts a process, so there are few; the stamp of a publication does not depend on it. */
const pollMs = 10_000;
/** macOS publishes every 10 to 60 s. */
const publicationS = 60;

/** What a test replaces besides the environment. */
export interface IoregEffects {
  /** Text of `ioreg -rn AppleSmartBattery -w0`. */
  ioreg(): Promise<string>;
  /** Calls again and again; the result stops it. */
  every(ms: number, call: () => void): () => void;
  nowUnixMs(): number;
}

/**
 * Power of a whole MacBook from its battery's telemetry, plugged in or not: the mean of every interval
 * between two publications. Needs windows of 180 s. Not yet run on a Mac.
 */
export function makeIoreg(effects: IoregEffects): MeterProvider {
  return {
    id: 'ioreg',
    title: 'Apple battery telemetry',
    platforms: ['darwin'],
    probe: (env) => probe(effects, env),
    open: (ids, env) => open(effects, ids, env),
  };
}

export const ioreg = makeIoreg({
  ioreg: () =>
    new Promise((resolve, reject) => {
      const args = ['-rn', 'AppleSmartBattery', '-w0'];
      execFile('/usr/sbin/ioreg', args, { timeout: 4000, maxBuffer: 4 << 20 }, (error, text) =>
        error === null ? resolve(text) : reject(error),
      );
    }),
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  nowUnixMs: () => Date.now(),
});

/** Null where ioreg does not run or has nothing to tell. */
async function look(effects: IoregEffects): Promise<BatteryTelemetry | null> {
  try {
    return parseIoreg(await effects.ioreg());
  } catch {
    return null;
  }
}

async function probe(effects: IoregEffects, env: ProbeEnv): Promise<ProbeResult> {
  const seen = await look(effects);
  if (seen !== null && (seen.loadSumMilliW !== null || (seen.systemLoadMilliW ?? 0n) > 0n)) {
    return { status: 'ok', sensors: [describe(seen, env)] };
  }
  return {
    status: 'absent',
    reason:
      'This Mac has no battery that tells the power of the system (desktops and older MacBooks have none).',
    remedy: null,
  };
}

function describe(seen: BatteryTelemetry, env: ProbeEnv): SensorInfo {
  const exact = seen.loadSumMilliW !== null && seen.loadSamples !== null;
  return hardwareSensor({
    id,
    provider: 'ioreg',
    device: { key: 'system', name: env.cpu.model, driver: 'AppleSmartBattery' },
    domain: 'system.dc',
    contains: ['soc.cpu', 'soc.gpu', 'soc.ane', 'soc.dram'],
    kind: 'gauge',
    delivery: 'push',
    joulePerCount: null,
    update: { seconds: publicationS, from: 'assumed' },
    averagingS: exact ? publicationS : 0,
    maxReadHz: 1000 / pollMs,
    gainRel1s: 0.05,
    maxPlausibleW: mostW,
    notes: [
      exact ? 'value=mean over the interval up to its publication' : 'value=power at its publication',
      'the whole machine, screen included',
    ],
  });
}

async function open(effects: IoregEffects, ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  let readings: Reading[] = [];
  let last: { seen: BatteryTelemetry; atNs: bigint } | null = null;
  let lookedNs = env.now();
  let busy = false;
  let closed = false;

  const poll = async () => {
    if (busy || closed) return;
    busy = true;
    const seen = await look(effects);
    const nowNs = env.now();
    busy = false;
    if (closed) return;
    if (seen === null) {
      readings.push(failedReading(id, nowNs, nowNs, 'NO_TELEMETRY', false));
    } else if (last === null || isNewer(seen, last.seen)) {
      const atNs = publishedNs(seen, effects.nowUnixMs(), nowNs, lookedNs);
      if (last !== null) readings.push(between(last, { seen, atNs }));
      last = { seen, atNs };
    }
    lookedNs = nowNs;
  };
  const stop = effects.every(pollMs, () => void poll());
  await poll();
  return {
    // Nothing to ask synchronously: what macOS publishes comes by `drain`.
    read: (some) => {
      const t = env.now();
      return (some ?? ids).map((sensorId) => failedReading(sensorId, t, t, 'PUSHED', false));
    },
    drain: () => {
      const drained = readings;
      readings = [];
      return drained;
    },
    health: () => unknownHealth,
    close: () => {
      closed = true;
      stop();
    },
  };
}

/** When a publication was made: by its own stamp (whole seconds), but not before the look that missed it. */
function publishedNs(seen: BatteryTelemetry, nowUnixMs: number, nowNs: bigint, missedNs: bigint): bigint {
  if (seen.publishedUnixS === null) return nowNs;
  const agoMs = nowUnixMs - seen.publishedUnixS * 1000;
  if (!(agoMs >= 0) || agoMs > 120_000) return nowNs;
  const atNs = nowNs - BigInt(Math.round(agoMs)) * 1_000_000n;
  return atNs < missedNs ? missedNs : atNs;
}

/** One reading for the interval between two publications, stamped with its middle: it is the interval's mean. */
function between(
  last: { seen: BatteryTelemetry; atNs: bigint },
  now: { seen: BatteryTelemetry; atNs: bigint },
): Reading {
  const watts = meanLoadW(last.seen, now.seen);
  const exact = now.seen.loadSumMilliW !== null && last.seen.loadSumMilliW !== null;
  const t = exact ? last.atNs + (now.atNs - last.atNs) / 2n : now.atNs;
  const stamp = now.seen.publishedUnixS === null ? null : BigInt(now.seen.publishedUnixS) * 1_000_000_000n;
  if (watts === null) return failedReading(id, t, t, exact ? 'COUNTER_RESET' : 'NO_POWER', false);
  return wattsReading(id, t, t, watts, mostW, stamp);
}
