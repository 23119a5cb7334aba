import type { SensorInfo } from '../meter';
import { type ReasonCode, verdictOf } from '../reasons';
import type { EnergyPart, EnergyResult } from '../run';
import { type Baseline, readyPower } from './baseline';
import { type Budget, combine, estimateBand, multiplicative, withEstimateBand } from './budget';
import { fewInferences } from './latency';
import { mean, robustLimit, robustZ, standardDeviation } from './robust';
import { studentQuantile } from './student';

/** One undamaged window as one sensor saw it. */
export interface EnergyWindow {
  /** Energy between the two edge reads, J; above 0. */
  energyJ: number;
  /** Inferences between the same reads. */
  inferences: number;
  /** Time between the same reads, s. */
  seconds: number;
  /** Standard uncertainty of one edge's time stamp, s: (t1 − t0)/√12 of the read. */
  edgeS: number;
  /** Seconds of it without inferences, on purpose (part-time sensors); absent: none. */
  gapS?: number;
}

export interface EnergyInput {
  sensor: SensorInfo;
  windows: readonly EnergyWindow[];
  /** Ready idle before and after; net energy needs both. */
  before: Baseline | null;
  after: Baseline | null;
  /** Undamaged windows below which the result is invalid. */
  windowsMin: number;
  /** Codes already known for the run and this sensor; what is found here joins them. */
  codes: readonly ReasonCode[];
}

export type EnergySummary = Pick<
  EnergyResult,
  'gross' | 'net' | 'powerMeanW' | 'powerReadyW' | 'windows' | 'method'
>;

const method =
  'gross: geometric mean over windows, Student t on logarithms; net: arithmetic mean, Student t; resolution floor with ' +
  'known size; absolute: quadrature with sensor gain and offset, edges and baseline with wander, Welch–Satterthwaite';

/**
 * Energy per inference of a run on one sensor, gross and net of the ready idle, J.
 * One window (a glance) has no repeatability: its absolute interval holds the resolution floor and the sensor alone.
 * Estimates take the factor of the estimate (1.6 → ×/÷ 2.5) in place of a gain. Source: docs/method.md, 3.3 and 3.5.
 */
export function summarizeEnergy(input: EnergyInput): EnergySummary {
  // A window without energy or inferences is void (ZERO_READ); here it could only turn a logarithm into −∞.
  const windows = input.windows.filter(isUsable);
  const shared = [...new Set([...input.codes, ...findings(windows, input)])];
  const facts = { windows: windows.length, method };
  const first = windows[0];
  if (first === undefined) {
    const nothing = { gross: missing(shared, 'gross'), net: missing(shared, 'net') };
    return { ...nothing, powerMeanW: null, powerReadyW: null, ...facts };
  }
  if (windows.some((w) => w.inferences < fewInferences.refuse)) {
    const refused = { verdict: 'not_measured' as const };
    const nothing = {
      gross: { ...missing(shared, 'gross'), ...refused },
      net: { ...missing(shared, 'net'), ...refused },
    };
    return { ...nothing, powerMeanW: levelOf(windows, input.sensor).powerW, powerReadyW: null, ...facts };
  }
  const level = levelOf(windows, input.sensor);
  const ready = readyPower(input.before, input.after, input.sensor);
  return {
    gross: grossPart(withoutGaps(windows, ready?.powerW ?? null), level, input.sensor, shared),
    net: ready === null ? missing(shared, 'net') : netPart(windows, level, ready, input.sensor, shared),
    powerMeanW: level.powerW,
    powerReadyW: ready?.powerW ?? null,
    ...facts,
  };
}

/** The gaps of a window are ready time: E − P0·t_gap. Source: docs/method.md, 3.3. */
function withoutGaps(windows: readonly EnergyWindow[], readyW: number | null): readonly EnergyWindow[] {
  if (readyW === null || windows.every((w) => !w.gapS)) return windows;
  return windows.map((w) => ({ ...w, energyJ: w.energyJ - readyW * (w.gapS ?? 0) }));
}

/**
 * Half-width of the 95 % repeatability interval of gross energy over its mean, for the stopping rule
 * t(0.975, K−1)·u_A/ē ≤ ε; null below two windows. Source: docs/method.md, 1.4.
 */
export function repeatHalfWidthRel(windows: readonly EnergyWindow[], sensor: SensorInfo): number | null {
  const usable = windows.filter(isUsable);
  if (usable.length < 2) return null;
  const logs = usable.map((w) => Math.log(w.energyJ / w.inferences));
  const floor = levelOf(usable, sensor).resolutionJ / Math.exp(mean(logs));
  return repeatability(logs, floor).half;
}

function isUsable({ energyJ, inferences, seconds }: EnergyWindow): boolean {
  return [energyJ, inferences, seconds].every((v) => v > 0 && Number.isFinite(v));
}

interface Level {
  /** Means over the windows: power, inferences, length. */
  powerW: number;
  inferences: number;
  seconds: number;
  edgeS: number;
  /** u_res: resolution floor of one window, J per inference. */
  resolutionJ: number;
}

function levelOf(windows: readonly EnergyWindow[], sensor: SensorInfo): Level {
  const seconds = mean(windows.map((w) => w.seconds));
  const inferences = mean(windows.map((w) => w.inferences));
  const powerW = mean(windows.map((w) => w.energyJ)) / seconds;
  const stepJ = sensor.joulePerCount ?? 0;
  const lagJ = powerW * sensor.update.seconds;
  return {
    powerW,
    inferences,
    seconds,
    edgeS: mean(windows.map((w) => w.edgeS)),
    resolutionJ: Math.sqrt(lagJ ** 2 / 6 + stepJ ** 2 / 6) / inferences,
  };
}

interface Repeatability {
  /** u_A, its degrees of freedom and the half-width of the 95 % interval. */
  u: number;
  dof: number;
  half: number;
}

/**
 * u_A = max(s, u_res)/√K in the unit of the values; needs K ≥ 2. The floor is known, only s is found from K windows:
 * u_A² = s² + (u_res² − s²) has (K − 1)·(u_A/s)⁴ degrees of freedom (Welch–Satterthwaite). The guide gives it K − 1,
 * which covers 99.1 % of 1,500 runs of 5 windows that scatter by the resolution alone.
 */
function repeatability(values: readonly number[], floor: number): Repeatability {
  const s = standardDeviation(values);
  const wide = Math.max(s, floor);
  // Beyond the range of doubles nothing is known; what comes of it is not reported.
  if (!Number.isFinite(wide)) return { u: wide, dof: values.length - 1, half: Number.POSITIVE_INFINITY };
  const dof = s > 0 ? (values.length - 1) * (wide / s) ** 4 : Number.POSITIVE_INFINITY;
  const u = wide / Math.sqrt(values.length);
  return { u, dof, half: u > 0 ? studentQuantile(0.975, dof) * u : 0 };
}

function grossPart(
  windows: readonly EnergyWindow[],
  level: Level,
  sensor: SensorInfo,
  shared: readonly ReasonCode[],
): EnergyPart {
  // Of a window whose gaps alone should have taken more than it shows, nothing is believed.
  if (!windows.every(isUsable)) return missing([...shared, 'IMPLAUSIBLE'], 'gross');
  const logs = windows.map((w) => Math.log(w.energyJ / w.inferences));
  const meanJ = Math.exp(mean(logs));
  const many = logs.length > 1;
  const repeat = many ? repeatability(logs, level.resolutionJ / meanJ) : null;
  const budget: Budget = {
    resolutionJ: level.resolutionJ,
    repeatJ: repeat && repeat.u * meanJ,
    repeatDof: repeat?.dof ?? 0,
    baselineJ: null,
    baselineDof: Number.POSITIVE_INFINITY,
    edgeJ: (level.powerW * level.edgeS * Math.SQRT2) / level.inferences,
    gainJ: sensor.provenance === 'estimate' ? null : sensor.gainRel1s * meanJ,
    offsetJ: (sensor.offsetW1s * level.seconds) / level.inferences,
  };
  const { combinedJ, expandedJ } = combine(budget);
  return reported('gross', shared, {
    perInferenceJ: meanJ,
    repeat: repeat && multiplicative(meanJ, repeat.half),
    absolute:
      sensor.provenance === 'estimate'
        ? estimateBand(meanJ, combinedJ / meanJ, sensor)
        : multiplicative(meanJ, expandedJ / meanJ),
    u: parts(budget, combinedJ),
  });
}

function netPart(
  windows: readonly EnergyWindow[],
  level: Level,
  ready: NonNullable<ReturnType<typeof readyPower>>,
  sensor: SensorInfo,
  shared: readonly ReasonCode[],
): EnergyPart {
  const values = windows.map((w) => (w.energyJ - ready.powerW * w.seconds) / w.inferences);
  const meanJ = mean(values);
  const many = values.length > 1;
  const repeat = many ? repeatability(values, level.resolutionJ) : null;
  const perW = level.seconds / level.inferences;
  const budget: Budget = {
    resolutionJ: level.resolutionJ,
    repeatJ: repeat?.u ?? null,
    repeatDof: repeat?.dof ?? 0,
    baselineJ: perW * ready.uW,
    baselineDof: ready.dof,
    edgeJ: (level.powerW * level.edgeS * Math.SQRT2) / level.inferences,
    gainJ: sensor.provenance === 'estimate' ? null : sensor.gainRel1s * Math.abs(meanJ),
    // A constant offset is in E and in P0·T, so it leaves the difference.
    offsetJ: null,
  };
  const { combinedJ, expandedJ } = combine(budget);
  const codes = [...shared];
  if (Math.abs(ready.driftW) > Math.max(1, 0.03 * level.powerW)) codes.push('BASELINE_DRIFT');
  // Not greater rather than smaller: 0 ± 0 is below resolution too.
  if (!(meanJ > 2 * combinedJ)) codes.push('BELOW_RESOLUTION');
  const linear = { low: meanJ - expandedJ, high: meanJ + expandedJ };
  return reported('net', codes, {
    perInferenceJ: meanJ,
    repeat: repeat && { low: meanJ - repeat.half, high: meanJ + repeat.half },
    absolute: sensor.provenance === 'estimate' ? withEstimateBand(linear, sensor) : linear,
    u: parts(budget, combinedJ),
  });
}

function findings(windows: readonly EnergyWindow[], input: EnergyInput): ReasonCode[] {
  const codes: ReasonCode[] = [];
  const { sensor } = input;
  if (sensor.provenance === 'estimate') codes.push('ESTIMATE_ONLY');
  if (windows.length < Math.max(1, input.windowsMin)) codes.push('TOO_FEW_WINDOWS');
  if (windows.some((w) => w.inferences < fewInferences.flag)) codes.push('FEW_INFERENCES');
  if (windows.length >= 5) {
    const perInference = windows.map((w) => w.energyJ / w.inferences);
    const floor = levelOf(windows, sensor).resolutionJ;
    if (robustZ(perInference, floor).some((z) => z > robustLimit)) codes.push('OUTLIER_WINDOW');
  }
  return codes;
}

type Numbers = Pick<EnergyPart, 'perInferenceJ' | 'repeat' | 'absolute' | 'u'>;

function reported(result: 'gross' | 'net', codes: readonly ReasonCode[], numbers: Numbers): EnergyPart {
  const verdict = verdictOf(codes, result);
  if (verdict === 'not_measured') return missing(codes, result);
  if (!isSound(numbers, result)) return missing([...codes, 'IMPLAUSIBLE'], result);
  return { verdict, codes: [...codes], ...numbers };
}

/** Finite, gross above 0, and inside its own intervals: what a number out of the range of doubles is not. */
function isSound({ perInferenceJ, repeat, absolute }: Numbers, result: 'gross' | 'net'): boolean {
  if (perInferenceJ === null || !Number.isFinite(perInferenceJ)) return false;
  if (result === 'gross' && perInferenceJ <= 0) return false;
  return [repeat, absolute].every(
    (i) =>
      i === null ||
      (Number.isFinite(i.low) &&
        Number.isFinite(i.high) &&
        i.low <= perInferenceJ &&
        perInferenceJ <= i.high),
  );
}

function missing(codes: readonly ReasonCode[], result: 'gross' | 'net'): EnergyPart {
  const verdict = verdictOf(codes, result) === 'invalid' ? 'invalid' : 'not_measured';
  return { verdict, codes: [...codes], perInferenceJ: null, repeat: null, absolute: null, u: null };
}

function parts(budget: Budget, combinedJ: number): NonNullable<EnergyPart['u']> {
  const { resolutionJ, repeatJ, baselineJ, edgeJ, gainJ, offsetJ } = budget;
  return { resolutionJ, repeatJ, baselineJ, edgeJ, gainJ, offsetJ, combinedJ };
}
