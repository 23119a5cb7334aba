import type { Experiment, LabEvent, PlanPreview } from '../../../shared/contract';
import type { Plan, Preset, PresetName } from '../../../shared/plan';
import { formatCount, significant } from '../../../shared/units';
import { modelLabel, runsOfPlan } from './draft';

type Stage = Extract<LabEvent, { type: 'progress' }>['stage'];

/** Stages of a run as a person reads them. */
export const stageWords: Readonly<Record<Stage, string>> = {
  queued: 'Building the model',
  preflight: 'Looking at the machine',
  cool_down: 'Cooling down',
  bare_idle: 'Idle power without a model',
  launch: 'Starting the runner',
  load: 'Loading the model',
  check: 'Checking the outputs',
  idle_before: 'Idle power before',
  warmup: 'Warming up',
  meter_check: 'Checking the meters',
  window: 'Measuring',
  idle_after: 'Idle power after',
  close: 'Saving',
  done: 'Done',
};

const units: readonly [string, number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** `about 2 min 10 s`: rounded up to 5 s, from one hour on to minutes, from one day on to hours. Pure. */
export function leftText(leftS: number): string {
  const step = leftS > 86_400 - 300 ? 3600 : leftS > 3600 - 5 ? 60 : 5;
  const whole = Math.max(5, Math.ceil(leftS / step) * step);
  return `about ${spell(whole)}`;
}

/** The two largest units of whole seconds: `2 min 10 s`, `3 d 4 h`. */
function spell(seconds: number): string {
  const from = Math.max(
    0,
    units.findIndex(([, size]) => seconds >= size),
  );
  let rest = seconds;
  const parts: string[] = [];
  for (const [name, size] of units.slice(from, from + 2)) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(`${n} ${name}`);
  }
  return parts.join(' ');
}

/** `about 12–20 min`; one number where both ends read the same. Pure. */
export function rangeText({ low, high }: PlanPreview['expectedS']): string {
  const [word, size] =
    high >= 2 * 86_400
      ? ['days', 86_400]
      : high >= 2 * 3600
        ? ['h', 3600]
        : high >= 120
          ? ['min', 60]
          : ['s', 1];
  const round = (s: number) => {
    const v = s / size;
    return size === 1
      ? String(Math.max(5, Math.ceil(v / 5) * 5))
      : v >= 10
        ? formatCount(v)
        : significant(v, 2).replace(/\.0$/, '');
  };
  const [from, to] = [round(low), round(high)];
  return from === to ? `about ${to} ${word}` : `about ${from}–${to} ${word}`;
}

export const runsText = (runs: number): string => `${formatCount(runs)} ${runs === 1 ? 'run' : 'runs'}`;

/** `36 runs (4 for call overhead, 2 of the control), about 12–20 min`. Pure. */
export function previewText(
  { runs, overheadRuns, controlRuns }: Pick<PlanPreview, 'runs' | 'overheadRuns' | 'controlRuns'>,
  expectedS: PlanPreview['expectedS'] | null,
): string {
  const parts = [
    ...(overheadRuns > 0 ? [`${formatCount(overheadRuns)} for call overhead`] : []),
    ...(controlRuns > 0 ? [`${formatCount(controlRuns)} of the control`] : []),
  ];
  const of = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  return `${runsText(runs)}${of}${expectedS ? `, ${rangeText(expectedS)}` : ''}`;
}

/** From here on a start is asked about once more. Runs and s. */
const askFrom = { runs: 1000, seconds: 86_400 };

/** Whether a plan is so large that a slip would cost a day. Pure. */
export const isLarge = (runs: number, expectedS: PlanPreview['expectedS'] | null): boolean =>
  runs >= askFrom.runs || (expectedS?.low ?? 0) >= askFrom.seconds;

/** `7 of 20 runs will stay; the run in progress ends as cancelled.` Pure. */
export function keptText(finished: number, total: number): string {
  const stay =
    finished === 0 ? 'No run has finished yet' : `${formatCount(finished)} of ${runsText(total)} will stay`;
  return `${stay}; the run in progress ends as cancelled. You can resume the rest later.`;
}

/** Runs of an experiment: of its plan, or what is there where that is more. Pure. */
export function totalOf({ plan, runs }: Pick<Experiment, 'plan' | 'runs'>): number {
  const there = runs.queued + runs.running + runs.completed + runs.cancelled + runs.failed;
  return Math.max(there, runsOfPlan(plan).runs);
}

/** How an experiment ended, in a sentence. Pure. */
export function endedText(
  { name, status, runs }: Pick<Experiment, 'name' | 'status' | 'runs'>,
  total: number,
): string {
  const failed = runs.failed > 0 ? `, ${formatCount(runs.failed)} failed` : '';
  const done = `${formatCount(runs.completed)} of ${runsText(total)} completed${failed}`;
  const how: Record<Experiment['status'], string> = {
    completed: 'has finished',
    cancelled: 'was cancelled; what was measured stays',
    interrupted: 'was cut off; what was measured stays',
    queued: 'waits',
    running: 'is being measured',
  };
  return `“${name}” ${how[status]}: ${done}.`;
}

/** `The last experiment stopped after 6 of 20 runs.` The one that was cut off is measured anew. Pure. */
export function stoppedText({ runs }: Pick<Experiment, 'runs'>, total: number): string {
  return `The last experiment stopped after ${formatCount(runs.completed)} of ${formatCount(total)} runs.`;
}

/** `9 models (mlp-1.0k … mlp-100M) · cpu · batch 1, 8 · 1 thread · quick`. Pure. */
export function planText(plan: Plan, names: ReadonlyMap<string, string>): string {
  const label = (i: number) => modelLabel(plan.models[i]!, names);
  const n = plan.models.length;
  const models =
    n === 1
      ? label(0)
      : n === 2
        ? `${label(0)}, ${label(1)}`
        : `${formatCount(n)} models (${label(0)} … ${label(n - 1)})`;
  const some = (values: readonly (number | string)[]) =>
    values.length > 5 ? `${values.slice(0, 4).join(', ')} … ${values[values.length - 1]}` : values.join(', ');
  return [
    models,
    some(plan.providers),
    plan.engines.length === 1 && plan.engines[0] === 'capi'
      ? null
      : some(plan.engines.map((e) => engineWords[e])),
    `batch ${some(plan.batches)}`,
    plan.threads.length === 1
      ? `${plan.threads[0]} ${plan.threads[0] === 1 ? 'thread' : 'threads'}`
      : `threads ${some(plan.threads)}`,
    plan.preset,
    plan.blocks > 1 ? `${plan.blocks} blocks` : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

export const engineWords = { capi: 'C API', package: 'session.run' } as const;

/** What a preset is for, in one sentence. */
export const presetPurpose: Readonly<Record<PresetName, string>> = {
  glance: 'A first look; results are limited and never evidence.',
  quick: 'A look with intervals; drawn, but never evidence and in no fitted line.',
  standard: 'The default for results that others should be able to repeat.',
  rigorous: 'Long windows and long idle stretches, for small differences.',
};

/** The numbers behind a preset: `5–10 windows of 5 s, until ± 5 %; warm-up 3–60 s; idle 15 s before, 10 s after`. Pure. */
export function presetNumbers(preset: Preset): string {
  const { windowsMin, windowsMax, windowS, targetRel, warmupMinS, warmupCapS, idleBeforeS, idleAfterS } =
    preset;
  const windows =
    windowsMin === windowsMax
      ? `${windowsMin} ${windowsMin === 1 ? 'window' : 'windows'} of ${windowS} s`
      : `${windowsMin}–${windowsMax} windows of ${windowS} s`;
  const target = targetRel === null ? '' : `, until ± ${significant(targetRel * 100, 1)} %`;
  const idle = idleBeforeS === 0 ? 'no idle power' : `idle ${idleBeforeS} s before, ${idleAfterS} s after`;
  return `${windows}${target}; warm-up ${warmupMinS}–${warmupCapS} s; ${idle}`;
}

/**
 * Share of an experiment that is done, 0 to 1: by time within the run in progress, but never less than the runs that
 * have finished nor more than that run's end. Pure.
 */
export function shareDone({
  finished,
  total,
  elapsedS,
  leftS,
}: {
  finished: number;
  total: number;
  elapsedS: number;
  leftS: number | null;
}): number {
  if (total === 0) return 0;
  const byTime = leftS === null || elapsedS + leftS <= 0 ? 0 : elapsedS / (elapsedS + leftS);
  return Math.min(Math.max(byTime, finished / total), Math.min(1, (finished + 1) / total));
}

/** What the live region says: changes with the run and its stage, never with a tick. Pure. */
export function spokenText({
  label,
  stage,
  finished,
  total,
}: {
  label: string;
  stage: Stage;
  finished: number;
  total: number;
}): string {
  const n = Math.min(total, finished + 1);
  return `${stageWords[stage]}: run ${n} of ${total}, ${label}`;
}

const order: Record<Experiment['status'], number> = {
  running: 0,
  queued: 1,
  interrupted: 2,
  cancelled: 2,
  completed: 2,
};

/** What is measured, then what waits in its order, then the rest, newest first. Pure. */
export function queueOrder(newestFirst: readonly Experiment[]): Experiment[] {
  const rank = (e: Experiment) => order[e.status];
  return [...newestFirst].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) === 1 ? a.createdUnixMs - b.createdUnixMs : b.createdUnixMs - a.createdUnixMs),
  );
}
