import type { Reading, SensorInfo } from '../../shared/meter';
import { counterEnergy, type StepEnergy, unknownEnergy } from './counter';
import { longestGapS } from './integrate';
import { midNs, secondsBetween } from './reading';
import { lateCodes } from './wallPoller';

/** Did an answer come so late, between these times, that its value has no time? */
export function cameLate(trace: readonly Reading[], fromNs: bigint, toNs: bigint): boolean {
  return trace.some((r) => lateCodes.has(r.error?.code ?? '') && midNs(r) >= fromNs && midNs(r) <= toNs);
}

/**
 * Energy (J) of a counter that nobody can read at an edge, from readings around and inside: the steps between them, the
 * first and the last by the share of their time that lies inside (constant power within one step is assumed).
 * GAP where readings lie too far apart or do not reach over an end; COUNTER_RESET as of any counter.
 */
export function pushedCounterEnergy(
  info: SensorInfo,
  readings: readonly Reading[],
  fromNs: bigint,
  toNs: bigint,
): StepEnergy {
  const points = readings
    .flatMap((r) => (typeof r.raw === 'bigint' ? [{ atNs: midNs(r), raw: r.raw }] : []))
    .sort((a, b) => Number(a.atNs - b.atNs));
  const before = points.findLastIndex((p) => p.atNs <= fromNs);
  const after = points.findIndex((p) => p.atNs >= toNs);
  if (before < 0 || after < 0 || toNs <= fromNs) return unknownEnergy('GAP');
  let sumJ = 0;
  for (let i = before + 1; i <= after; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const seconds = secondsBetween(a.atNs, b.atNs);
    if (seconds > longestGapS(info)) return unknownEnergy('GAP');
    if (seconds <= 0) continue;
    const step = counterEnergy(info, a.raw, b.raw, seconds);
    if (step.code !== null) return step;
    const start = a.atNs > fromNs ? a.atNs : fromNs;
    const end = b.atNs < toNs ? b.atNs : toNs;
    if (end > start) sumJ += step.energyJ * (secondsBetween(start, end) / seconds);
  }
  return { energyJ: sumJ, code: null };
}
