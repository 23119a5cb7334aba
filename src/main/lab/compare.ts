import {
  type ComparedQuantity,
  type Comparison,
  comparedQuantities,
  type Ratio,
} from '../../shared/comparison';
import { LabError } from '../../shared/errors';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import { type ReasonCode, reasons, weightiest } from '../../shared/reasons';
import {
  type EnergyPart,
  type EnergyResult,
  headlineEnergy,
  type RunRecord,
  type Verdict,
} from '../../shared/run';
import { quantileOfSorted } from '../../shared/stats/quantiles';
import { type LogEstimate, logOfInterval, logOfWindows, ratioOf, wordFor } from '../../shared/stats/ratio';
import type { LabReader } from '../store/reader';
import { contextMismatch, fieldsOf } from './compareFields';
import { durationsInside } from './samples';
import { turnOfOthers } from './turns';

/** One run with everything that a comparison looks at. */
export interface ComparedRun {
  run: RunRecord;
  model: Model;
  machine: Machine;
  sample: boolean;
  /** Of each undamaged window, in order. */
  windows: { medianS: number; itemsPerS: number }[];
}

const methods: Readonly<Record<ComparedQuantity, string>> = {
  p50S:
    'Ratio of the geometric means of the window medians, 95 % interval by Welch’s t on their logarithms; where a run ' +
    'has one window only, from the 95 % intervals inside the runs (delta method on logarithms), which do not hold ' +
    'what changes from window to window.',
  p95S:
    'Ratio of the 95th percentiles, 95 % interval from the order-statistic intervals inside the runs (delta method on ' +
    'logarithms).',
  grossJ:
    'Ratio of the geometric means over windows, 95 % interval by Welch’s t on logarithms. On the same meter from what ' +
    'repeats shrink, since its gain cancels; on different meters from everything that is known of both.',
  netJ:
    'Ratio of the means over windows, 95 % interval from repeatability, edges and the idle baseline by the delta method ' +
    'on logarithms; on different meters from everything that is known of both.',
  throughputHz:
    'Ratio of the geometric means of the windows’ items per second, 95 % interval by Welch’s t on their logarithms.',
  memoryPeakBytes: 'One number a run, without an interval: shown beside each other.',
};
const rule =
  ' Runs one after the other, not interleaved. A difference is stated where the interval leaves out 1 and the ratio is ' +
  'more than 1 % from it; each pair stands alone, without a correction for many pairs.';

/** The same sentences wherever a ratio cannot be had. */
const words = {
  oneWindow:
    'A single window has no spread, so no interval of the ratio can be given. Measure with the preset quick or longer.',
  oneNumber: 'It is one number a run, so no interval of the ratio can be given.',
  simulated: 'One was read from a simulated or replayed meter, the other was not.',
} as const;

/**
 * Two or more runs against the first. Lets others have the thread between windows.
 * @throws LabError bad_input where a run is named twice, not_found
 */
export async function compareRuns(reader: LabReader, texts: readonly string[]): Promise<Comparison> {
  const runs = texts.map((text) => reader.findRun(text));
  if (new Set(runs.map((r) => r.id)).size < runs.length) {
    throw new LabError('bad_input', 'A run is named twice.', 'Choose two or more different runs.');
  }
  const marks = reader.marks('run');
  const all: ComparedRun[] = [];
  for (const run of runs) {
    all.push({
      run,
      model: reader.getModel(run.condition.modelId),
      machine: reader.getMachine(run.machineId),
      sample: marks.get(run.id)?.sample === true,
      windows: await windowsOf(reader, run),
    });
  }
  return compare(all);
}

async function windowsOf(reader: LabReader, run: RunRecord): Promise<ComparedRun['windows']> {
  const windows: ComparedRun['windows'] = [];
  for (const { index, openNs, closeNs, verdict, inferences } of reader.getWindows(run.id)) {
    if (verdict === 'void') continue;
    const durations = durationsInside(reader.getSamples(run.id, index), openNs, closeNs).slice().sort();
    await turnOfOthers();
    if (durations.length === 0) continue;
    windows.push({
      medianS: quantileOfSorted(durations, 0.5) / 1e9,
      itemsPerS: (inferences * run.condition.batch) / (Number(closeNs - openNs) / 1e9),
    });
  }
  return windows;
}

/** The comparison itself. Pure. */
export function compare(all: readonly ComparedRun[]): Comparison {
  const [reference] = all;
  const fields = all.map(fieldsOf);
  const names = [...new Set(fields.flatMap((f) => [...f.keys()]))];
  const texts = names.map((field) => ({ field, values: fields.map((f) => f.get(field) ?? '–') }));
  const differs = ({ values }: { values: string[] }) => values.some((v) => v !== values[0]);
  return {
    runIds: all.map(({ run }) => run.id),
    quantities: comparedQuantities.map((quantity) => ({
      quantity,
      rows: all.map((one) => rowOf(quantity, one, reference)),
      method: methods[quantity] + (quantity === 'memoryPeakBytes' ? '' : rule),
    })),
    differences: texts.filter(differs),
    same: texts.filter((t) => !differs(t)).map(({ field, values }) => ({ field, value: values[0] })),
  };
}

/** One quantity of one run: its value, or why there is none; and its logarithm, where it has an uncertainty. */
interface Measured {
  value: number | null;
  verdict: Verdict;
  codes: ReasonCode[];
  /** Sentence for a value that is null. */
  missing: string;
}

function rowOf(quantity: ComparedQuantity, one: ComparedRun, reference: ComparedRun): Ratio {
  const own = measuredOf(quantity, one);
  const row = { runId: one.run.id, value: own.value, ratio: null, codes: own.codes };
  if (own.value === null) return { ...row, word: 'not measured', why: own.missing };
  if (one === reference) return { ...row, word: 'reference', why: null };
  const other = measuredOf(quantity, reference);
  if (other.value === null)
    return { ...row, word: 'not measured', why: `Of the first run: ${other.missing}` };
  const mismatch = contextMismatch(one, reference) ?? meterMismatch(quantity, one, reference);
  if (mismatch !== null) {
    return { ...row, codes: [...own.codes, 'CONTEXT_MISMATCH'], word: 'not comparable', why: mismatch };
  }
  const pair = logsOf(quantity, one, reference);
  if (typeof pair === 'string') return { ...row, word: 'not comparable', why: pair };
  const ratio = ratioOf(...pair);
  return { ...row, ratio, codes: [...own.codes, 'NOT_INTERLEAVED'], word: wordFor(ratio), why: null };
}

function measuredOf(quantity: ComparedQuantity, { run }: ComparedRun): Measured {
  const { latency, facts } = run;
  const nothing =
    run.status === 'queued' || run.status === 'running' ? 'The run has not ended yet.' : 'The run failed.';
  if (quantity === 'memoryPeakBytes') {
    const value = facts?.peakRssBytes ?? null;
    return {
      value,
      verdict: 'valid',
      codes: [],
      missing: latency ? 'The peak memory is not known.' : nothing,
    };
  }
  if (quantity === 'grossJ' || quantity === 'netJ') {
    const part = partOf(quantity, run);
    return judged(part?.perInferenceJ ?? null, part?.verdict, part?.codes ?? [], nothing);
  }
  if (!latency) return judged(null, undefined, [], nothing);
  const estimate = quantity === 'throughputHz' ? null : latency[quantity];
  const value = estimate === null ? latency.throughputHz : estimate.value;
  const own = judged(value, latency.verdict, latency.codes, nothing);
  // A tail percentile that was refused carries its reason alone.
  return estimate?.missingReason && own.verdict !== 'invalid'
    ? { ...own, missing: reasons[estimate.missingReason].sentence }
    : own;
}

/** A number of an invalid result is nothing to compare with. */
function judged(
  value: number | null,
  verdict: Verdict | undefined,
  codes: ReasonCode[],
  nothing: string,
): Measured {
  const usable = verdict === 'valid' || verdict === 'limited';
  const code = weightiest(codes);
  const missing = code === null ? nothing : reasons[code].sentence;
  return { value: usable ? value : null, verdict: verdict ?? 'not_measured', codes, missing };
}

function partOf(quantity: 'grossJ' | 'netJ', run: RunRecord): EnergyPart | null {
  const energy = headlineEnergy(run);
  return energy === null ? null : quantity === 'grossJ' ? energy.gross : energy.net;
}

/** Both logarithms with their uncertainties, or why no ratio of them can be given. */
function logsOf(
  quantity: ComparedQuantity,
  one: ComparedRun,
  reference: ComparedRun,
): [LogEstimate, LogEstimate] | string {
  const both = (of: (run: ComparedRun) => LogEstimate | null): [LogEstimate, LogEstimate] | null => {
    const [a, b] = [of(one), of(reference)];
    return a && b ? [a, b] : null;
  };
  switch (quantity) {
    case 'p50S':
      return (
        both((r) => logOfWindows(r.windows.map((w) => w.medianS))) ??
        both((r) => r.run.latency && logOfInterval(r.run.latency.p50S)) ??
        words.oneWindow
      );
    case 'p95S':
      return both((r) => r.run.latency && logOfInterval(r.run.latency.p95S)) ?? words.oneWindow;
    case 'throughputHz':
      return both((r) => logOfWindows(r.windows.map((w) => w.itemsPerS))) ?? words.oneWindow;
    case 'grossJ':
    case 'netJ':
      return energyLogs(quantity, one.run, reference.run);
    case 'memoryPeakBytes':
      return words.oneNumber;
  }
}

function energyLogs(
  quantity: 'grossJ' | 'netJ',
  one: RunRecord,
  reference: RunRecord,
): [LogEstimate, LogEstimate] | string {
  const same = sameMeter(headlineEnergy(one), headlineEnergy(reference));
  const logs = [one, reference].map((run) => {
    const part = partOf(quantity, run);
    const windows = headlineEnergy(run)?.windows ?? 0;
    return part && energyLog(part, windows, same, quantity);
  });
  const [a, b] = logs;
  if (a && b) return [a, b];
  const tooFine = [one, reference].some((r) => partOf(quantity, r)?.codes.includes('BELOW_RESOLUTION'));
  return quantity === 'netJ' && tooFine ? reasons.BELOW_RESOLUTION.sentence : words.oneWindow;
}

function energyLog(
  { perInferenceJ, absolute, u, codes }: EnergyPart,
  windows: number,
  sameMeter: boolean,
  quantity: 'grossJ' | 'netJ',
): LogEstimate | null {
  if (perInferenceJ === null || !(perInferenceJ > 0) || u === null || windows < 2) return null;
  // A value that may be zero has no ratio.
  if (quantity === 'netJ' && codes.includes('BELOW_RESOLUTION')) return null;
  const ln = Math.log(perInferenceJ);
  if (!sameMeter) {
    const log = logOfInterval({
      value: perInferenceJ,
      low: absolute?.low ?? null,
      high: absolute?.high ?? null,
    });
    return log && { ...log, ln };
  }
  if (u.repeatJ === null) return null;
  if (quantity === 'grossJ') return { ln, u: u.repeatJ / perInferenceJ, dof: windows - 1 };
  const rest = Math.hypot(u.baselineJ ?? 0, u.edgeJ ?? 0);
  const all = Math.hypot(u.repeatJ, rest);
  return {
    ln,
    u: all / perInferenceJ,
    // Welch–Satterthwaite: only the repeatability has few degrees of freedom.
    dof: all > 0 ? (windows - 1) * (all / u.repeatJ) ** 4 : windows - 1,
  };
}

/** The same sensor with the same notes (calibration, limits, rated power): what is wrong with it is wrong in both. */
function sameMeter(a: EnergyResult | null, b: EnergyResult | null): boolean {
  if (!a?.sensor || !b?.sensor) return false;
  return a.sensor.id === b.sensor.id && a.sensor.notes.join('\n') === b.sensor.notes.join('\n');
}

function meterMismatch(quantity: ComparedQuantity, one: ComparedRun, reference: ComparedRun): string | null {
  if (quantity !== 'grossJ' && quantity !== 'netJ') return null;
  const [a, b] = [headlineEnergy(one.run)?.sensor, headlineEnergy(reference.run)?.sensor];
  if (!a || !b) return null;
  const madeUp = (origin: string) => origin === 'simulated' || origin === 'replayed';
  if (madeUp(a.origin) !== madeUp(b.origin)) return words.simulated;
  // Two providers run on two devices; on one device two domains hold different parts of it.
  if (one.run.condition.provider === reference.run.condition.provider && a.domain !== b.domain)
    return `The meters see different parts of the machine: ${b.domain} and ${a.domain}.`;
  return null;
}
