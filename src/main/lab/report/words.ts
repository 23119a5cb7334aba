import { plainText } from '../../../shared/figures/textWidth';
import type { Family } from '../../../shared/model';
import { type ReasonCode, type reasons, weightiest } from '../../../shared/reasons';
import type {
  EnergyPart,
  EnergyResult,
  Estimate,
  LatencyResult,
  Outcome,
  Phase,
  RunRecord,
  Verdict,
} from '../../../shared/run';
import { prefixOf, scaled, significant } from '../../../shared/units';

/** What a cell shows: a value with its 95 % interval, or why there is none. */
export type Shown =
  | { kind: 'value'; value: string; interval: string | null }
  | { kind: 'missing'; word: string; code: ReasonCode | null };

const typographic = (text: string) => text.replace(/^-/, '−');

/**
 * '1.23 ms' with '1.20–1.27', ends in the unit of the value; three digits, of an estimate two and a ≈. An interval that
 * reaches below zero is told with 'to'. Pure.
 */
export function valueWithInterval(
  value: number,
  ends: { low: number; high: number } | null,
  unit: string,
  estimated = false,
): Extract<Shown, { kind: 'value' }> {
  const digits = estimated ? 2 : 3;
  const { scale, prefix } = prefixOf(widest(value, ends), digits);
  const text = (v: number) => typographic(significant(scaled(v, scale), digits));
  const shown = `${estimated ? '≈\u00a0' : ''}${text(value)}\u00a0${prefix}${unit}`.trimEnd();
  if (ends === null) return { kind: 'value', value: shown, interval: null };
  const { low, high } = ends;
  const interval = low < 0 ? `${text(low)} to ${text(high)}` : `${text(low)}–${text(high)}`;
  return { kind: 'value', value: shown, interval };
}

/** A value near zero takes the prefix of its interval: 0.0012 mJ with ±3 mJ and no nanojoules. */
function widest(value: number, ends: { low: number; high: number } | null): number {
  const size = ends === null ? 0 : Math.max(Math.abs(ends.low), Math.abs(ends.high));
  return Math.abs(value) * 1000 < size ? size : value;
}

/** '1.23 ms (1.20–1.27)'. */
export const inline = (shown: Shown): string => {
  if (shown.kind === 'missing') return shown.code === null ? shown.word : `${shown.word} (${shown.code})`;
  return shown.interval === null ? shown.value : `${shown.value} (${shown.interval})`;
};

const missing = (word: string, code: ReasonCode | null): Shown => ({ kind: 'missing', word, code });

/** A percentile of a run; the value of an invalid result is never shown. */
export function latencyShown(latency: LatencyResult | null, which: 'p50S' | 'p95S'): Shown {
  if (latency === null) return missing('not measured', null);
  if (latency.verdict === 'invalid') return missing('invalid', weightiest(latency.codes));
  const estimate: Estimate = latency[which];
  return estimate.value === null
    ? missing('not measured', estimate.missingReason)
    : valueWithInterval(estimate.value, estimate, 's');
}

/** Of the cost of a call, and of a plan without meters. */
const notAsked = 'not measured, since no meter was to be read';

/** Energy per inference with everything that is known of the sensor; the value of an invalid result is never shown. */
export function energyShown(energy: EnergyResult | null, which: 'gross' | 'net'): Shown {
  if (energy === null) return missing(notAsked, null);
  const part: EnergyPart = energy[which];
  if (part.verdict === 'invalid') return missing('invalid', weightiest(part.codes));
  if (part.perInferenceJ === null) return missing('not measured', weightiest(part.codes));
  return valueWithInterval(part.perInferenceJ, part.absolute, 'J', energy.provenance === 'estimate');
}

/** Mean power in the windows, without an interval; that of an invalid result is never shown. */
export function powerShown(energy: EnergyResult | null): Shown {
  if (energy === null) return missing(notAsked, null);
  const { gross, powerMeanW } = energy;
  if (gross.verdict === 'invalid') return missing('invalid', weightiest(gross.codes));
  if (powerMeanW === null) return missing('not measured', weightiest(gross.codes));
  return valueWithInterval(powerMeanW, null, 'W', energy.provenance === 'estimate');
}

export const verdictWords: Readonly<Record<Verdict, string>> = {
  valid: 'valid',
  limited: 'limited',
  invalid: 'invalid',
  not_measured: 'not measured',
};

export const verdictMeanings: Readonly<Record<Verdict, string>> = {
  valid: 'No check objected to the result.',
  limited: 'The result stands with the limits that its codes name; it enters no fit unless a figure says so.',
  invalid: 'The result must not be used, and its value is not shown; the codes say why.',
  not_measured: 'There is no value; the codes say why.',
};

/** What a code does to a result, by its level. Source: docs/method.md, 4.2. */
export const levelWords = {
  I: 'label, changes nothing',
  F: 'limits the result',
  V: 'voids a window',
  R: 'makes the result invalid',
  X: 'no value',
} as const satisfies Record<(typeof reasons)[ReasonCode]['level'], string>;

export const familyWords: Readonly<Record<Family, string>> = {
  mlp: 'multilayer perceptrons',
  cnn: 'convolutional networks',
  decoder: 'decoder transformers',
  imported: 'models',
};

const phaseWords: Readonly<Record<Phase, string>> = {
  preflight: 'the look at the machine',
  cool_down: 'the cool-down',
  bare_idle: 'the idle before any model',
  launch: 'the start of its process',
  load: 'the loading of the model',
  check: 'the check of its outputs',
  idle_before: 'the idle stretch before the windows',
  warmup: 'the warm-up',
  meter_check: 'the check of the meters',
  window: 'its windows',
  idle_after: 'the idle stretch after the windows',
  close: 'its end',
};

const causeWords: Readonly<Record<Extract<Outcome, { kind: 'failed' }>['cause'], string>> = {
  crash: 'it crashed',
  hang: 'it did not answer in time',
  memory: 'it used too much memory',
  error: 'an error',
};

/** How a run ended that did not complete, in plain sentences; null where it completed. Pure. */
export function endingOf({ status, outcome }: Pick<RunRecord, 'status' | 'outcome'>): string | null {
  if (status === 'queued') return 'Has not been measured: it waits in the queue.';
  if (status === 'running') return 'Is being measured: it had not ended when this report was written.';
  if (outcome === null || outcome.kind === 'completed') return null;
  if (outcome.kind === 'cancelled') return `Cancelled during ${phaseWords[outcome.phase]}.`;
  const { phase, cause, signal, exitCode, message } = outcome;
  const how = [
    causeWords[cause],
    signal === null ? null : `signal ${signal}`,
    signal !== null || exitCode === null ? null : `exit code ${exitCode}`,
  ].filter((part) => part !== null);
  return `Failed during ${phaseWords[phase]}: ${how.join(', ')}. ${plainText(message)}`.trim();
}

/** At most `most` of a list, evenly spread, the first and the last among them. Pure. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}
