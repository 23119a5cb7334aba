import type { Reading, SensorInfo } from '../../shared/meter';
import { type StepEnergy, unknownEnergy } from './counter';
import { midNs } from './reading';

export type GaugeRules = Pick<SensorInfo, 'domain' | 'update'> & Partial<Pick<SensorInfo, 'delivery'>>;

/** One power value: ns after an origin, watts, and the sensor's own stamp of it. */
export interface PowerPoint {
  tNs: number;
  watts: number;
  sourceTimeNs: bigint | null;
}

/** Longest pause (s) between two samples of a gauge that still counts as watched. */
export const longestGapS = (info: GaugeRules): number => Math.max(1, 3 * info.update.seconds);

/** Power of the whole machine that its firmware tells only now and then: batteries, and the telemetry of Apple's. */
export const isTelemetry = ({ domain, delivery }: GaugeRules): boolean =>
  domain === 'battery.dc' || (domain === 'system.dc' && delivery === 'push');

/** Fewest sensor updates that make an energy; telemetry updates so rarely that three must do. */
const fewestSamples = (info: GaugeRules): number => (isTelemetry(info) ? 3 : 10);

/**
 * Energy (J) of a power gauge from `fromNs` to `toNs` (hrtime): trapezoid over the sensor's own updates,
 * with both ends interpolated. Failed reads are left out, which may open a GAP: a pause longer than
 * `longestGapS`, or an end that no sample covers. FEW_SAMPLES: too few updates inside.
 */
export function gaugeEnergy(
  info: GaugeRules,
  readings: readonly Reading[],
  fromNs: bigint,
  toNs: bigint,
): StepEnergy {
  const endNs = Number(toNs - fromNs);
  const points = pointsOf(readings, fromNs);
  const before = points.findLastIndex((p) => p.tNs <= 0);
  const after = points.findIndex((p) => p.tNs >= endNs);
  if (before < 0 || after < 0 || !(endNs > 0)) return unknownEnergy('GAP');
  const span = points.slice(before, after + 1);
  const limitNs = longestGapS(info) * 1e9;
  if (span.some((p, i) => i > 0 && p.tNs - span[i - 1]!.tNs > limitNs)) return unknownEnergy('GAP');
  const updates = withoutRepeats(span, info.update.seconds * 1e9);
  if (updates.filter((p) => p.tNs >= 0 && p.tNs <= endNs).length < fewestSamples(info)) {
    return unknownEnergy('FEW_SAMPLES');
  }
  return { energyJ: trapezoidJ(updates, 0, endNs), code: null };
}

/** The values of a gauge in time order, ns after `originNs`. */
export function pointsOf(readings: readonly Reading[], originNs: bigint): PowerPoint[] {
  return readings
    .flatMap((r): PowerPoint[] =>
      typeof r.raw === 'number'
        ? [{ tNs: Number(midNs(r) - originNs), watts: r.raw, sourceTimeNs: r.sourceTimeNs }]
        : [],
    )
    .sort((a, b) => a.tNs - b.tNs);
}

/** Drops values read again before the sensor updated; the last one stays, it carries the interpolation. */
function withoutRepeats(points: readonly PowerPoint[], updateNs: number): PowerPoint[] {
  const kept: PowerPoint[] = [];
  points.forEach((p, i) => {
    const last = kept.at(-1);
    if (i === points.length - 1 || last === undefined || !isRepeat(p, last, updateNs)) kept.push(p);
  });
  return kept;
}

function isRepeat(p: PowerPoint, last: PowerPoint, updateNs: number): boolean {
  if (p.sourceTimeNs !== null && p.sourceTimeNs === last.sourceTimeNs) return true;
  return p.watts === last.watts && p.tNs - last.tNs < updateNs;
}

/** Trapezoid from `fromNs` to `toNs` in J; the points must cover both. */
function trapezoidJ(points: readonly PowerPoint[], fromNs: number, toNs: number): number {
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    const t0 = Math.max(a.tNs, fromNs);
    const t1 = Math.min(b.tNs, toNs);
    if (t1 > t0) sum += ((wattsAt(a, b, t0) + wattsAt(a, b, t1)) / 2) * (t1 - t0);
  }
  return sum / 1e9;
}

function wattsAt(a: PowerPoint, b: PowerPoint, tNs: number): number {
  return b.tNs === a.tNs ? b.watts : a.watts + ((b.watts - a.watts) * (tNs - a.tNs)) / (b.tNs - a.tNs);
}
