import type { Machine } from '../machine';
import type { Provenance, SensorInfo } from '../meter';
import type { Model } from '../model';
import type { PresetName } from '../plan';
import { reasons } from '../reasons';
import type { RunRecord, Verdict } from '../run';
import type { XQuantity, YQuantity } from './spec';

/** One run as a figure sees it. Values in the SI unit of the axis; absent is null with `notShownReason`. */
export interface CurveRow {
  runId: string;
  seriesKey: string;
  seriesLabel: string;
  model: string;
  x: number | null;
  y: number | null;
  /** 95 % interval of what repeats shrink. */
  yLow: number | null;
  yHigh: number | null;
  /** 95 % interval with everything that is known of the sensor; null where the quantity has none. */
  yAbsLow: number | null;
  yAbsHigh: number | null;
  /** Of the run's energy, whatever the y axis shows; 'none': no meter. */
  provenance: Provenance | 'none';
  /** Where the meter's numbers come from; null without a meter. */
  origin: SensorInfo['origin'] | null;
  verdict: Verdict;
  preset: PresetName;
  /** The models of a series are one family at growing size; false for files that only share a folder. */
  ladder: boolean;
  /** Windows (energy) or inferences (latency) behind y. */
  n: number | null;
  device: string;
  /** e.g. 'rapl, cpu.package'; null without a meter. */
  meter: string | null;
  /** Start of the run, UTC. */
  measuredUnixMs: number;
  /** A few words, for the caption's count; null where the point can be drawn. */
  notShownReason: string | null;
}

export interface CurveRun {
  run: RunRecord;
  model: Model;
  machine: Machine;
}

/** Rows of a curve from stored runs, one a run, in the order given. Pure. */
export function curveRows(runs: readonly CurveRun[], x: XQuantity, y: YQuantity): CurveRow[] {
  const label = seriesLabels(runs);
  return runs.map((item) => {
    const { run, model } = item;
    const energy = run.energy.find((e) => e.headline) ?? null;
    const xValue = xOf(item, x);
    const yPart = y === 'latencyP50' ? latencyPart(run) : energyPart(run, y);
    return {
      runId: run.id,
      seriesKey: seriesParts(item).join('|'),
      seriesLabel: label(item),
      model: model.name,
      x: xValue,
      ...yPart,
      provenance: energy?.provenance ?? 'none',
      origin: energy?.sensor?.origin ?? null,
      preset: run.condition.preset,
      ladder: model.family !== 'imported',
      device: deviceOf(item),
      meter: energy?.sensor ? `${energy.sensor.provider}, ${energy.sensor.domain}` : null,
      measuredUnixMs: run.startedUnixMs ?? run.queuedUnixMs,
      notShownReason: yPart.notShownReason ?? (xValue === null ? 'size not known' : null),
    };
  });
}

/** Gross energy where any run has it, else latency: what a figure shows unless told. */
export function defaultYQuantity(runs: readonly CurveRun[]): YQuantity {
  const hasEnergy = ({ run }: CurveRun) =>
    run.energy.some((e) => e.headline && e.gross.perInferenceJ !== null && e.gross.verdict !== 'invalid');
  return runs.some(hasEnergy) ? 'energyGross' : 'latencyP50';
}

type YPart = Pick<
  CurveRow,
  'y' | 'yLow' | 'yHigh' | 'yAbsLow' | 'yAbsHigh' | 'verdict' | 'n' | 'notShownReason'
>;

function energyPart(run: RunRecord, quantity: 'energyGross' | 'inferencesPerJoule'): YPart {
  const energy = run.energy.find((e) => e.headline);
  const part = energy?.gross;
  const value = part?.perInferenceJ ?? null;
  const reason = part ? firstReason(part.codes, 'energy not measured') : 'energy not measured';
  if (!part || value === null || part.verdict === 'invalid' || part.verdict === 'not_measured') {
    return absent(part?.verdict ?? 'not_measured', ended(run) ?? reason);
  }
  // An inverse swaps the ends of an interval.
  const interval = (i: { low: number; high: number } | null): [number | null, number | null] =>
    i === null ? [null, null] : quantity === 'energyGross' ? [i.low, i.high] : [1 / i.high, 1 / i.low];
  const [yLow, yHigh] = interval(part.repeat);
  const [yAbsLow, yAbsHigh] = interval(part.absolute);
  const y = quantity === 'energyGross' ? value : 1 / value;
  const n = energy?.windows ?? null;
  return { y, yLow, yHigh, yAbsLow, yAbsHigh, verdict: part.verdict, n, notShownReason: null };
}

function latencyPart(run: RunRecord): YPart {
  const { latency } = run;
  const p50 = latency?.p50S ?? null;
  if (!latency || p50 === null || p50.value === null || latency.verdict === 'invalid') {
    const codes = p50?.missingReason ? [p50.missingReason] : (latency?.codes ?? []);
    return absent(
      latency?.verdict ?? 'not_measured',
      ended(run) ?? firstReason(codes, 'latency not measured'),
    );
  }
  return {
    y: p50.value,
    yLow: p50.low,
    yHigh: p50.high,
    yAbsLow: null,
    yAbsHigh: null,
    verdict: latency.verdict,
    n: latency.n,
    notShownReason: null,
  };
}

function absent(verdict: Verdict, notShownReason: string): YPart {
  const none = { y: null, yLow: null, yHigh: null, yAbsLow: null, yAbsHigh: null, n: null };
  return { ...none, verdict, notShownReason };
}

function ended(run: RunRecord): string | null {
  if (run.outcome?.kind === 'cancelled') return 'cancelled';
  if (run.outcome?.kind === 'failed') return 'failed';
  return null;
}

function firstReason(codes: readonly (keyof typeof reasons)[], otherwise: string): string {
  return codes.find((code) => reasons[code].level === 'X' || reasons[code].level === 'R') ?? otherwise;
}

function xOf({ run, model }: CurveRun, quantity: XQuantity): number | null {
  if (quantity === 'parameters') return model.counts.parameters;
  if (quantity === 'parametersNonzero') return model.counts.parametersNonzero;
  if (quantity === 'parameterBytes') return model.counts.parameterBytes;
  return run.macs?.macs ?? null;
}

function deviceOf({ run, machine }: CurveRun): string {
  return run.condition.provider === 'cpu' ? machine.cpu.model : (machine.gpus[0]?.name ?? machine.cpu.model);
}

/** What tells series apart: a curve never joins two of these. */
function seriesParts(item: CurveRun): string[] {
  const { provider, engine, batch, threads } = item.run.condition;
  return [
    item.model.family,
    provider,
    item.model.precision,
    `batch ${batch}`,
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    engine === 'capi' ? 'C API' : 'package API',
    deviceOf(item),
  ];
}

/** A series is called by what differs within the figure; where nothing does, by family, provider and precision. */
function seriesLabels(runs: readonly CurveRun[]): (item: CurveRun) => string {
  const all = runs.map(seriesParts);
  const differs = (part: number) => all.some((parts) => parts[part] !== all[0]![part]);
  const named = (all[0] ?? []).map((_, part) => part).filter(differs);
  const shown = named.length > 0 ? named : [0, 1, 2];
  return (item) => shown.map((part) => seriesParts(item)[part]).join(', ');
}
