import type { Reading, SensorInfo } from '../../shared/meter';
import type { ReasonCode } from '../../shared/reasons';
import type { WindowEnergy } from '../../shared/run';
import { median } from '../../shared/stats/robust';
import { calibratedJ } from './calibration';
import { counterEnergy, type StepEnergy, unknownEnergy } from './counter';
import { type GaugeRules, gaugeEnergy, isTelemetry, pointsOf } from './integrate';
import { cameLate, pushedCounterEnergy } from './pushWindow';
import { deviceLost, midNs, noteOf, secondsBetween } from './reading';

export interface WindowReads {
  /** Edge reads; of a push sensor, which nobody can read, only their times are used. */
  open: Reading;
  close: Reading;
  /**
   * Readings of the slow trace: the source of a gauge's energy, a witness of life for a counter. Of a push sensor from
   * one reading before the window to one after it.
   */
  trace: readonly Reading[];
  /** Enforced power limit of the device, W; null where it tells none. */
  powerLimitW: number | null;
  /** False for idle stretches, where a meter may rightly stand still. */
  loaded: boolean;
}

/** An edge read may take this long before its time stamp is worthless, ns; a battery's takes longer and moves slowly. */
const lateNs = ({ domain }: GaugeRules) => (domain === 'battery.dc' ? 250_000_000n : 5_000_000n);
/** A gauge that shows no more than this, W, may rightly show 0 now and then: a part of the device that hardly works. */
const stillW = 2;
/** A gauge in whole watts may rightly show one value for as long as this, s; shorter than any window. */
const wholeWattsStillS = 4;
/** Error code of a battery's reading while it does not supply the machine. */
const needsDischarge = 'METER_NEEDS_DISCHARGE';
/** The edges are timers: a window of nominal 5 s may come out a few ms short. */
const timerSlack = 0.99;

/** Shortest window (s) in which this sensor gives an energy: 50 updates and 5 s; plugs and batteries 60 s, Apple's telemetry 180 s. */
export function shortestWindowS(info: GaugeRules): number {
  if (isTelemetry(info)) return Math.max(info.domain === 'battery.dc' ? 60 : 180, 3 * info.update.seconds);
  return Math.max(info.domain === 'wall.ac' ? 60 : 5, 50 * info.update.seconds);
}

/**
 * The same of an idle stretch. A baseline's own uncertainty grows with τ/T0 (docs/method.md, 3.5), so a plug may see a
 * shorter one: ten updates. Batteries and telemetry need as long as in a window.
 */
export function shortestIdleS(info: GaugeRules): number {
  return info.domain === 'wall.ac' ? Math.max(10, 10 * info.update.seconds) : shortestWindowS(info);
}

/**
 * Energy of one window from one sensor: between the middles of its two edge reads, in J and corrected by the sensor's
 * calibration, or null with exactly one code. Pure; the caller adds the inferences between `fromNs` and `toNs`.
 */
export function windowEnergy(info: SensorInfo, reads: WindowReads): Omit<WindowEnergy, 'inferences'> {
  const { open, close } = reads;
  const pushed = info.delivery === 'push';
  const fromNs = open.raw === null && !pushed ? null : midNs(open);
  const toNs = close.raw === null && !pushed ? null : midNs(close);
  return { sensorId: info.id, fromNs, toNs, ...judge(info, reads, fromNs, toNs) };
}

function judge(info: SensorInfo, reads: WindowReads, fromNs: bigint | null, toNs: bigint | null): StepEnergy {
  if (isShared(info)) return unknownEnergy('SHARED_DEVICE');
  if ([reads.open, reads.close].some((r) => r.error?.code === deviceLost)) {
    return unknownEnergy('DEVICE_LOST');
  }
  if (readsOf(reads).some((r) => r.error?.code === needsDischarge))
    return unknownEnergy('METER_NEEDS_DISCHARGE');
  if (fromNs === null || toNs === null) return unknownEnergy('READ_FAILED');
  const seconds = secondsBetween(fromNs, toNs);
  const leastS = reads.loaded ? shortestWindowS(info) : shortestIdleS(info);
  if (seconds < leastS * timerSlack) return unknownEnergy('WINDOW_TOO_SHORT');
  if ([reads.open, reads.close].some((r) => r.t1 - r.t0 > lateNs(info))) return unknownEnergy('LATE_READ');
  if (info.delivery === 'push' && cameLate(reads.trace, fromNs, toNs)) return unknownEnergy('LATE_READ');
  const step = energyBetween(info, reads, fromNs, toNs);
  const fault = stillness(info, reads, step, fromNs, toNs);
  if (fault !== null) return unknownEnergy(fault);
  if (step.code !== null) return step;
  const energyJ = calibratedJ(info, step.energyJ, seconds);
  const watts = energyJ / seconds;
  // A driver that tells a limit of 0 W tells none.
  const { powerLimitW } = reads;
  const mostW = powerLimitW !== null && powerLimitW > 0 ? 1.5 * powerLimitW : info.maxPlausibleW;
  return watts > 0 && watts <= mostW ? { energyJ, code: null } : unknownEnergy('IMPLAUSIBLE');
}

/** Both edges and the trace between them. */
function readsOf({ open, trace, close }: WindowReads): Reading[] {
  return [open, ...trace.filter((r) => midNs(r) >= midNs(open) && midNs(r) <= midNs(close)), close];
}

/** What the sensor itself showed. */
function energyBetween(info: SensorInfo, reads: WindowReads, fromNs: bigint, toNs: bigint): StepEnergy {
  const all = [...reads.trace, reads.open, reads.close];
  if (info.kind === 'gauge') return gaugeEnergy(info, all, fromNs, toNs);
  return info.delivery === 'push'
    ? pushedCounterEnergy(info, reads.trace, fromNs, toNs)
    : counterWindow(info, reads, secondsBetween(fromNs, toNs));
}

function counterWindow(info: SensorInfo, { open, trace, close }: WindowReads, seconds: number): StepEnergy {
  if (typeof open.raw !== 'bigint' || typeof close.raw !== 'bigint') return unknownEnergy('READ_FAILED');
  // A reset in the middle can end above where the window began: only the reads between show it.
  if (info.modulus === null && close.raw > open.raw && fellBack([open, ...trace, close]))
    return unknownEnergy('COUNTER_RESET');
  if (leapt(info, [open, ...trace, close])) return unknownEnergy('COUNTER_RESET');
  const ownS = ownSeconds(info, open, close, seconds);
  const step = counterEnergy(info, open.raw, close.raw, ownS);
  return step.code === null ? { energyJ: step.energyJ * (seconds / ownS), code: null } : step;
}

/** Own times that differ more from ours than this are of another clock, or not those of the values. */
const mostClockDifference = 0.05;

/**
 * Seconds that a counter's step covers: those between its values' own times where the source stamps each value
 * (`stamped=` in its notes), so that it does not matter how old they were when read; else those between the reads.
 */
function ownSeconds(info: SensorInfo, open: Reading, close: Reading, seconds: number): number {
  if (noteOf(info.notes, 'stamped') === null) return seconds;
  if (open.sourceTimeNs === null || close.sourceTimeNs === null) return seconds;
  const ownS = secondsBetween(open.sourceTimeNs, close.sourceTimeNs);
  return Math.abs(ownS / seconds - 1) <= mostClockDifference ? ownS : seconds;
}

/** ZERO_READ, IMPLAUSIBLE or STALE_SENSOR, else null; idle stretches only know the first, at the wall. */
function stillness(
  info: SensorInfo,
  reads: WindowReads,
  step: StepEnergy,
  fromNs: bigint,
  toNs: bigint,
): ReasonCode | null {
  // A computer that is on draws something: one zero at the wall is a plug that was off, or a lie.
  if (info.domain === 'wall.ac' && info.kind === 'gauge' && readsOf(reads).some((r) => r.raw === 0))
    return 'ZERO_READ';
  if (!reads.loaded) return null;
  if (step.energyJ === 0) return 'ZERO_READ';
  if (step.code !== null && info.kind === 'counter') return null;
  const inside = readsOf(reads).filter((r) => r.raw !== null && midNs(r) >= fromNs && midNs(r) <= toNs);
  if (info.kind === 'gauge') {
    const watts = pointsOf(inside, fromNs).map((p) => p.watts);
    // One impossible value among good ones would pass in their mean.
    if (watts.some((w) => w < -stillW || w > info.maxPlausibleW)) return 'IMPLAUSIBLE';
    if (watts.some((w) => w === 0) && (median(watts) > stillW || watts.every((w) => w === 0)))
      return 'ZERO_READ';
  }
  const stillS =
    info.kind === 'counter'
      ? counterStillS(info, step, secondsBetween(fromNs, toNs))
      : Math.max(20 * info.update.seconds, inside.every((r) => isWhole(r.raw)) ? wholeWattsStillS : 0);
  return longestStillS(inside) > stillS && inside.length > 2 ? 'STALE_SENSOR' : null;
}

const isWhole = (raw: Reading['raw']) => typeof raw === 'number' && Number.isInteger(raw);

/** Does a counter's value ever go down from one read to the next in time? */
function fellBack(readings: readonly Reading[]): boolean {
  const inOrder = readings
    .filter((r) => typeof r.raw === 'bigint')
    .sort((a, b) => Number(midNs(a) - midNs(b)));
  return inOrder.some((r, i) => i > 0 && (r.raw as bigint) < (inOrder[i - 1].raw as bigint));
}

/** Does a counter gain more from one read to the next than the device can draw? It may show up to two updates more or less. */
function leapt(info: SensorInfo, readings: readonly Reading[]): boolean {
  const inOrder = readings
    .filter((r) => typeof r.raw === 'bigint')
    .sort((a, b) => Number(midNs(a) - midNs(b)));
  return inOrder.some((r, i) => {
    const last = inOrder[i - 1];
    if (last === undefined || (r.raw as bigint) <= (last.raw as bigint)) return false;
    const energyJ = Number((r.raw as bigint) - (last.raw as bigint)) * (info.joulePerCount ?? 0);
    return energyJ > info.maxPlausibleW * (secondsBetween(midNs(last), midNs(r)) + 2 * info.update.seconds);
  });
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
