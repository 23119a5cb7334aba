import { labWord } from '../bundle';
import type { SensorInfo } from '../meter';
import { reasons } from '../reasons';
import type { Verdict } from '../run';
import type { Interval, RunRow } from '../runRow';
import { yWords } from './quantities';
import type { XQuantity, YQuantity } from './spec';

/** One run as a curve sees it. Values in the SI unit of the axis; absent is null with `notShownReason`. */
export interface CurveRow {
  runId: string;
  experimentId: string;
  seriesKey: string;
  seriesLabel: string;
  modelId: string;
  model: string;
  x: number | null;
  /** 95 % interval of x; null where x is a count. */
  xLow: number | null;
  xHigh: number | null;
  y: number | null;
  /** 95 % interval of what repeats shrink. */
  yLow: number | null;
  yHigh: number | null;
  /** 95 % interval with everything that is known of the sensor; null where the quantity has none. */
  yAbsLow: number | null;
  yAbsHigh: number | null;
  /** Of the run's energy, whatever the y axis shows; 'none': no meter. */
  provenance: RunRow['provenance'];
  /** Where the meter's numbers come from; null without a meter. */
  origin: SensorInfo['origin'] | null;
  /** Part of the sample dataset. */
  sample: boolean;
  verdict: Verdict;
  preset: RunRow['preset'];
  /** The models of a series are one family at growing size; false for files that only share a folder. */
  ladder: boolean;
  /** Windows (energy) or inferences (latency) behind y. */
  n: number | null;
  /** Blocks behind y where the row stands for all turns of a comparison; null for a single run. */
  turns: number | null;
  device: string;
  /** Which lab measured it, in words; null where all rows of the figure come from one. */
  lab: string | null;
  /** e.g. 'rapl, cpu.package'; null without a meter. */
  meter: string | null;
  /** The very sensor behind y; null where y is no energy, or nothing measured it. */
  sensor: string | null;
  /** What that sensor may move a whole series by, relative to y, one standard deviation. */
  gainRel: number;
  offsetRel: number;
  /** Start of the run, UTC. */
  measuredUnixMs: number;
  /** A few words, for the caption's count; null where the point can be drawn. */
  notShownReason: string | null;
}

/** Rows of a curve, one a run, in the order given. Pure. */
export function curveRows(runs: readonly RunRow[], x: XQuantity, y: YQuantity): CurveRow[] {
  const { keyOf, labelOf, labOf } = seriesNames(runs);
  return runs.map((run) => {
    const xPart = xOf(run, x);
    const yPart = yOf(run, y);
    return {
      runId: run.id,
      experimentId: run.experimentId,
      seriesKey: keyOf(run),
      seriesLabel: labelOf(run),
      modelId: run.modelId,
      model: run.modelName,
      x: xPart.value,
      xLow: xPart.low,
      xHigh: xPart.high,
      ...yPart,
      provenance: run.provenance,
      origin: run.origin,
      sample: run.sample,
      preset: run.preset,
      ladder: run.family !== 'imported',
      device: run.device,
      lab: labOf(run),
      ...sensorPart(run, y),
      meter: run.meter === null ? null : `${run.meter.provider}, ${run.meter.domain}`,
      measuredUnixMs: run.startedUnixMs ?? run.queuedUnixMs,
      notShownReason:
        yPart.notShownReason ??
        (xPart.value !== null ? null : x === 'latencyP50' ? 'latency not measured' : 'size not known'),
    };
  });
}

/** Gross energy where any run has it, else latency: what a figure shows unless told. */
export function defaultYQuantity(runs: readonly RunRow[]): YQuantity {
  const hasEnergy = (run: RunRow) => run.grossJ.value !== null && run.energyVerdict !== 'invalid';
  return runs.some(hasEnergy) ? 'energyGross' : 'latencyP50';
}

type YPart = Pick<
  CurveRow,
  'y' | 'yLow' | 'yHigh' | 'yAbsLow' | 'yAbsHigh' | 'verdict' | 'n' | 'turns' | 'notShownReason'
>;

function sensorPart(run: RunRow, y: YQuantity): Pick<CurveRow, 'sensor' | 'gainRel' | 'offsetRel'> {
  if (!yWords[y].isEnergy) return { sensor: null, gainRel: 0, offsetRel: 0 };
  const { value } = run.grossJ;
  // A constant offset is in the energy and in the idle power, so it leaves their difference.
  const offset = y === 'energyNet' || value === null || value <= 0 ? 0 : (run.offsetJ ?? 0) / value;
  return { sensor: run.sensor, gainRel: run.gainRel ?? 0, offsetRel: offset };
}

const nothing: Interval = { value: null, low: null, high: null };

function yOf(run: RunRow, quantity: YQuantity): YPart {
  switch (quantity) {
    case 'energyGross':
      return partOf(run, 'energy', run.energyVerdict, run.grossJ, run.grossAbsoluteJ);
    case 'inferencesPerJoule':
      return partOf(run, 'energy', run.energyVerdict, inverse(run.grossJ), inverse(run.grossAbsoluteJ));
    case 'energyNet':
      return {
        ...partOf(run, 'energy', run.netVerdict, { ...nothing, value: run.netJ.value }, run.netJ),
        turns: run.turns?.net ?? null,
      };
    case 'powerMean':
      return partOf(run, 'energy', run.energyVerdict, { ...nothing, value: run.powerMeanW });
    case 'latencyP50':
      return partOf(run, 'latency', run.latencyVerdict, run.p50S);
    case 'throughput':
      return partOf(run, 'latency', run.latencyVerdict, { ...nothing, value: run.throughputHz });
  }
}

/** An inverse swaps the ends of an interval. */
function inverse({ value, low, high }: Interval): Interval {
  const of = (v: number | null) => (v === null || v === 0 ? null : 1 / v);
  return { value: of(value), low: of(high), high: of(low) };
}

function partOf(
  run: RunRow,
  of: 'energy' | 'latency',
  verdict: Verdict,
  repeat: Interval,
  absolute: Interval = nothing,
): YPart {
  const n = of === 'energy' ? run.windows : run.n;
  const turns = run.turns?.[of] ?? null;
  if (repeat.value === null || verdict === 'invalid' || verdict === 'not_measured') {
    const codes = of === 'energy' ? run.energyCodes : run.latencyCodes;
    const reason = firstReason(codes, `${of} not measured`);
    const none = { y: null, yLow: null, yHigh: null, yAbsLow: null, yAbsHigh: null, n: null, turns: null };
    return { ...none, verdict, notShownReason: ended(run) ?? reason };
  }
  return {
    y: repeat.value,
    yLow: repeat.low,
    yHigh: repeat.high,
    yAbsLow: absolute.low,
    yAbsHigh: absolute.high,
    verdict,
    n,
    turns,
    notShownReason: null,
  };
}

function ended(run: RunRow): string | null {
  return run.status === 'cancelled' || run.status === 'failed' ? run.status : null;
}

function firstReason(codes: readonly (keyof typeof reasons)[], otherwise: string): string {
  return codes.find((code) => reasons[code].level === 'X' || reasons[code].level === 'R') ?? otherwise;
}

function xOf(run: RunRow, quantity: XQuantity): Interval {
  if (quantity !== 'latencyP50') return { ...nothing, value: run[quantity] };
  return run.latencyVerdict === 'invalid' ? nothing : run.p50S;
}

/** What tells series apart: a curve never joins two of these. */
function seriesParts(run: RunRow): string[] {
  const { provider, engine, batch, threads } = run;
  return [
    run.family,
    provider,
    run.precision === 'none' ? 'no weights' : run.precision,
    `batch ${batch}`,
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    engine === 'capi' ? 'C API' : 'package API',
    run.device,
  ];
}

/** Does each provider run on one device? Then its name says which. */
export function tellsDevice(pairs: readonly (readonly [provider: string, device: string])[]): boolean {
  const devices = new Map(pairs);
  return pairs.every(([provider, device]) => devices.get(provider) === device);
}

/** Places among the parts. */
const [providerPart, devicePart] = [1, 6];

/** How the series of one figure are told apart and called. */
export interface SeriesNames {
  /** Key of the series that a run belongs to: what `slots` and `hiddenSeries` name. */
  keyOf(run: RunRow): string;
  labelOf(run: RunRow): string;
  /** The lab in words; null where all runs come from one. */
  labOf(run: RunRow): string | null;
}

/** 'this lab', 'lab 3f9a12c4'. */
export const labName = (lab: string | null) => (lab === null ? 'this lab' : labWord(lab));

/**
 * A series is called by what differs within the figure; where nothing does, by family, provider and precision. Runs of
 * two labs never share one, and runs of one lab are named the same wherever they lie: its name stands only beside
 * another's. Pure.
 */
export function seriesNames(runs: readonly RunRow[]): SeriesNames {
  const labs = new Set(runs.map((run) => run.lab));
  const labOf = (run: RunRow) => (labs.size > 1 ? labName(run.lab) : null);
  const partsOf = (run: RunRow) => [...seriesParts(run), labOf(run) ?? ''];
  const all = runs.map(partsOf);
  const differs = (part: number) => all.some((parts) => parts[part] !== all[0]![part]);
  const told = tellsDevice(all.map((parts) => [parts[providerPart]!, parts[devicePart]!]));
  const named = (all[0] ?? [])
    .map((_, part) => part)
    .filter((part) => differs(part) && !(part === devicePart && told));
  const shown = named.length > 0 ? named : [0, 1, 2];
  return {
    keyOf: (run) => [...seriesParts(run), ...(labs.size > 1 && run.lab !== null ? [run.lab] : [])].join('|'),
    labelOf(run) {
      const parts = partsOf(run);
      return shown.map((part) => parts[part]).join(', ');
    },
    labOf,
  };
}
