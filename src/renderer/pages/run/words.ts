import { type PlanInput, presets } from '../../../shared/plan';
import { concerns, type ReasonCode, reasons, remedyOf, resultSentence } from '../../../shared/reasons';
import {
  type EnergyResult,
  headlineEnergy,
  type Outcome,
  type Phase,
  type RunRecord,
  type WindowRecord,
} from '../../../shared/run';

/** Steps of a run as a person calls them. */
export const phaseWords: Record<Phase, string> = {
  preflight: 'look at the machine',
  cool_down: 'cool-down',
  bare_idle: 'bare idle',
  launch: 'start',
  load: 'load',
  check: 'check outputs',
  idle_before: 'idle before',
  warmup: 'warm-up',
  meter_check: 'meter check',
  window: 'windows',
  idle_after: 'idle after',
  close: 'close',
};

const resultNames = { latency: 'latency', gross: 'gross energy', net: 'net energy' } as const;

export interface Explained {
  code: ReasonCode;
  sentence: string;
  /** What to do about it; null: nothing. */
  remedy: string | null;
  /** What it touches, in words: `latency`, `gross energy`, `window 3`. */
  touches: string[];
}

/** Every code of a run, each once, worst first, with what it says and what to do. Pure. */
export function explain(run: RunRecord, windows: readonly WindowRecord[]): Explained[] {
  const touched = new Map<ReasonCode, Set<string>>();
  const add = (code: ReasonCode, what: string) =>
    touched.set(code, (touched.get(code) ?? new Set()).add(what));
  for (const code of run.latency?.codes ?? []) if (concerns(code, 'latency')) add(code, resultNames.latency);
  const energy = headlineEnergy(run);
  for (const part of ['gross', 'net'] as const) {
    for (const code of energy?.[part].codes ?? []) add(code, resultNames[part]);
  }
  for (const { index, codes, energy: meters } of windows) {
    for (const code of [...codes, ...meters.flatMap((m) => m.code ?? [])]) add(code, `window ${index + 1}`);
  }
  const order = ['X', 'R', 'V', 'F', 'I'];
  return [...touched]
    .map(([code, touches]) => ({
      code,
      sentence: resultSentence(code),
      remedy: remedyOf(code),
      touches: shortened([...touches]),
    }))
    .sort((a, b) => order.indexOf(reasons[a.code].level) - order.indexOf(reasons[b.code].level));
}

/** `latency, window 1, window 2, window 3` is `latency, 3 windows`. */
function shortened(touches: readonly string[]): string[] {
  const windows = touches.filter((t) => t.startsWith('window '));
  const others = touches.filter((t) => !t.startsWith('window '));
  return windows.length > 2 ? [...others, `${windows.length} windows`] : [...touches];
}

const causeWords = {
  crash: 'it crashed',
  hang: 'it did not answer in time',
  memory: 'it used too much memory',
  error: 'an error',
} as const;

/** How a run ended that did not complete, in one sentence; null where it did or goes on. Pure. */
export function endingOf(outcome: Outcome | null): string | null {
  if (outcome === null || outcome.kind === 'completed') return null;
  const where = phaseWords[outcome.phase];
  if (outcome.kind === 'cancelled') return `Cancelled during "${where}". What was measured before is kept.`;
  const signal = outcome.signal ? `, signal ${outcome.signal}` : '';
  const exit = outcome.exitCode === null ? '' : `, exit code ${outcome.exitCode}`;
  return `Failed during "${where}": ${causeWords[outcome.cause]}${signal}${exit}.`;
}

/** A plan that measures this run's condition once more. Pure. */
export function repeatPlan({ condition }: RunRecord, modelName: string): PlanInput {
  const {
    modelId,
    provider,
    engine,
    batch,
    threads,
    preset,
    windowS,
    seed,
    dims,
    values,
    graphOptimization,
    fallback,
  } = condition;
  return {
    schema: 'thirtywatts.plan/1',
    name: `${modelName} again`,
    models: [modelId],
    providers: [provider],
    engines: [engine],
    batches: [batch],
    threads: [threads],
    preset,
    ...(windowS === presets[preset].windowS ? {} : { windowS }),
    seed,
    dims,
    values,
    graphOptimization,
    fallback,
    callOverhead: false,
    control: false,
  };
}

/** How an input was filled, from the record's JSON: `random, −1 to 1`; what cannot be read stands as it is. Pure. */
export function fillText(fill: string): string {
  let read: { kind?: unknown; low?: unknown; high?: unknown; value?: unknown };
  try {
    read = JSON.parse(fill) ?? {};
  } catch {
    return fill;
  }
  const { kind, low, high, value } = read;
  if (kind === 'uniform') return `random numbers from ${low} to ${high}`;
  if (kind === 'int') return `random whole numbers from ${low} to below ${high}`;
  if (kind === 'bool') return 'random true and false';
  if (kind === 'constant') return `every element ${value}`;
  return fill;
}

/** Rows of the uncertainty budget: name, J (one sigma), whether repeats shrink it; null where no part is known. Pure. */
export function budgetOf(
  energy: EnergyResult,
  which: 'gross' | 'net',
): { name: string; uJ: number | null }[] | null {
  const { u } = energy[which];
  if (u === null) return null;
  return [
    { name: 'Repeats (spread of the windows)', uJ: u.repeatJ },
    { name: 'Resolution of the meter', uJ: u.resolutionJ },
    { name: 'Window edges', uJ: u.edgeJ },
    { name: 'Idle baseline', uJ: u.baselineJ },
    { name: 'Gain of the meter', uJ: u.gainJ },
    { name: 'Offset of the meter', uJ: u.offsetJ },
    { name: 'Combined', uJ: u.combinedJ },
  ];
}
