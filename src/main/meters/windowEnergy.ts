import type { Reading, SensorInfo } from '../../shared/meter';
import type { ReasonCode } from '../../shared/reasons';
import type { WindowEnergy } from '../../shared/run';
import { counterEnergy, type StepEnergy, unknownEnergy } from './counter';
import { gaugeEnergy, pointsOf } from './integrate';
import { deviceLost, midNs, secondsBetween } from './reading';

export interface WindowReads {
  open: Reading;
  close: Reading;
  /** Readings of the slow trace: the source of a gauge's energy, a witness of life for a counter. */
  trace: readonly Reading[];
  /** Enforced power limit of the device, W; null where it tells none. */
  powerLimitW: number | null;
  /** False for idle stretches, where a meter may rightly stand still. */
  loaded: boolean;
}

/** An edge read may take this long before its time stamp is worthless, ns. */
const lateNs = 5_000_000n;
/** The edges are timers: a window of nominal 5 s may come out a few ms short. */
const timerSlack = 0.99;

/** Shortest window (s) in which this sensor gives an energy: 50 updates and 5 s; plugs and batteries 60 s. */
export function shortestWindowS(info: Pick<SensorInfo, 'domain' | 'update'>): number {
  if (info.domain === 'battery.dc') return Math.max(60, 3 * info.update.seconds);
  return Math.max(info.domain === 'wall.ac' ? 60 : 5, 50 * info.update.seconds);
}

/**
 * Energy of one window from one sensor: between the middles of its two edge reads, in J, or null with
 * exactly one code. Pure; the caller adds the inferences between `fromNs` and `toNs`.
 */
export function windowEnergy(info: SensorInfo, reads: WindowReads): Omit<WindowEnergy, 'inferences'> {
  const { open, close } = reads;
  const fromNs = open.raw === null ? null : midNs(open);
  const toNs = close.raw === null ? null : midNs(close);
  return { sensorId: info.id, fromNs, toNs, ...judge(info, reads, fromNs, toNs) };
}

function judge(info: SensorInfo, reads: WindowReads, fromNs: bigint | null, toNs: bigint | null): StepEnergy {
  if (isShared(info)) return unknownEnergy('SHARED_DEVICE');
  if ([reads.open, reads.close].some((r) => r.error?.code === deviceLost)) {
    return unknownEnergy('DEVICE_LOST');
  }
  if (fromNs === null || toNs === null) return unknownEnergy('READ_FAILED');
  const seconds = secondsBetween(fromNs, toNs);
  if (seconds < shortestWindowS(info) * timerSlack) return unknownEnergy('WINDOW_TOO_SHORT');
  if ([reads.open, reads.close].some((r) => r.t1 - r.t0 > lateNs)) return unknownEnergy('LATE_READ');
  const step =
    info.kind === 'counter'
      ? counterWindow(info, reads, seconds)
      : gaugeEnergy(info, [...reads.trace, reads.open, reads.close], fromNs, toNs);
  const fault = stillness(info, reads, step, fromNs, toNs);
  if (fault !== null) return unknownEnergy(fault);
  if (step.code !== null) return step;
  const watts = step.energyJ / seconds;
  const mostW = reads.powerLimitW === null ? info.maxPlausibleW : 1.5 * reads.powerLimitW;
  return watts <= 0 || watts > mostW ? unknownEnergy('IMPLAUSIBLE') : step;
}

function counterWindow(info: SensorInfo, { open, trace, close }: WindowReads, seconds: number): StepEnergy {
  if (typeof open.raw !== 'bigint' || typeof close.raw !== 'bigint') return unknownEnergy('READ_FAILED');
  // A reset in the middle can end above where the window began: only the reads between show it.
  if (info.modulus === null && close.raw > open.raw && fellBack([open, ...trace, close]))
    return unknownEnergy('COUNTER_RESET');
  return counterEnergy(info, open.raw, close.raw, seconds);
}

/** ZERO_READ or STALE_SENSOR of a loaded window, else null. */
function stillness(
  info: SensorInfo,
  reads: WindowReads,
  step: StepEnergy,
  fromNs: bigint,
  toNs: bigint,
): ReasonCode | null {
  if (!reads.loaded) return null;
  if (step.energyJ === 0) return 'ZERO_READ';
  if (step.code !== null && info.kind === 'counter') return null;
  const inside = [reads.open, ...reads.trace, reads.close].filter(
    (r) => r.raw !== null && midNs(r) >= fromNs && midNs(r) <= toNs,
  );
  if (info.kind === 'gauge' && pointsOf(inside, fromNs).every((p) => p.watts === 0)) return 'ZERO_READ';
  const stillS =
    info.kind === 'counter'
      ? counterStillS(info, step, secondsBetween(fromNs, toNs))
      : 20 * info.update.seconds;
  return longestStillS(inside) > stillS && inside.length > 2 ? 'STALE_SENSOR' : null;
}

/** Does a counter's value ever go down from one read to the next in time? */
function fellBack(readings: readonly Reading[]): boolean {
  const inOrder = readings
    .filter((r) => typeof r.raw === 'bigint')
    .sort((a, b) => Number(midNs(a) - midNs(b)));
  return inOrder.some((r, i) => i > 0 && (r.raw as bigint) < (inOrder[i - 1].raw as bigint));
}

/**
 * Longest time (s) that a counter may stand still under load: a few updates, or the time in which a few of its steps
 * pass at the window's mean power. (A gauge may show one value for longer; a sum of energy cannot.)
 */
function counterStillS(info: SensorInfo, step: StepEnergy, seconds: number): number {
  const meanW = (step.energyJ ?? 0) / seconds;
  return 3 * Math.max(info.update.seconds, meanW > 0 ? (info.joulePerCount ?? 0) / meanW : 0);
}

/** Longest time (s) over which the reads show one and the same value. */
function longestStillS(readings: readonly Reading[]): number {
  const inOrder = [...readings].sort((a, b) => Number(midNs(a) - midNs(b)));
  let longest = 0;
  let since = inOrder[0];
  for (const r of inOrder) {
    if (since === undefined || r.raw !== since.raw) since = r;
    longest = Math.max(longest, secondsBetween(midNs(since), midNs(r)));
  }
  return longest;
}

/** MIG or vGPU: the board's power belongs to several users and cannot be split. */
export function isShared(info: SensorInfo): boolean {
  return info.notes.some((n) => n.startsWith('SHARED_DEVICE'));
}
