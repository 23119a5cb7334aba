import type { AccuracyRecord } from '../../../shared/accuracy';
import {
  type ClaimOutcome,
  type ClaimProgress,
  type ClaimStep,
  type ClaimVersion,
  claimLabel,
} from '../../../shared/claim';
import type { LabEvent } from '../../../shared/contract';
import { failureOf } from '../../../shared/errors';
import type { Machine } from '../../../shared/machine';
import type { Model } from '../../../shared/model';
import type { Plan } from '../../../shared/plan';
import type { RunRow } from '../../../shared/runRow';
import { utcDay } from '../../../shared/utc';
import type { StoredClaimRun } from '../../store/claims';
import type { LabContext } from '../context';
import type { Experiments } from '../experiments';
import { createBench } from './bench';
import { experimentOf } from './experimentOf';
import type { Science } from './science';

/** What claim runs need of the service. */
export interface RunParts {
  science: Science;
  experiments: Pick<Experiments, 'start' | 'resume' | 'cancel'>;
  describe(tdpW: number | null): Promise<Machine>;
  /** Whether any sensor of energy or power is found. */
  hasMeter(tdpW: number | null): Promise<boolean>;
  /** Windows as wall meters need them. */
  adjust(plan: Plan): Plan;
  onEvent(listener: (event: LabEvent) => void): () => void;
  findModel(text: string): Model;
  accuracy(modelId: string, dataset: string, signal: AbortSignal): Promise<AccuracyRecord>;
}

export interface ClaimJob {
  run: StoredClaimRun;
  version: ClaimVersion;
  signal: AbortSignal;
  onProgress(progress: ClaimProgress): void;
}

/**
 * Does what is left of a claim run and stores how it ended. Never rejects: a failure is stored with its sentence, and the
 * run can go on from there.
 */
export async function runClaim(
  context: LabContext,
  parts: RunParts,
  { run: queued, version, signal, onProgress }: ClaimJob,
): Promise<StoredClaimRun> {
  const { store, effects } = context;
  let run = queued;
  const end = (change: Partial<StoredClaimRun>): StoredClaimRun => {
    const ended = { ...run, endedUnixMs: effects.nowUnixMs(), ...change };
    store.writer.changeClaimRun(ended);
    return ended;
  };
  try {
    // It may have waited while something else was measured: the machine is looked at when it begins.
    const machine = await parts.describe(run.options.tdpW ?? null);
    store.writer.putMachine(machine);
    if (machine.id !== run.machineId) {
      run = { ...run, machineId: machine.id };
      store.writer.changeClaimRun(run);
    }
    const outcome = await outcomeOf(context, parts, { run, version, signal, onProgress });
    return end({ status: 'completed', outcome });
  } catch (thrown) {
    if (signal.aborted) return end({ status: 'cancelled' });
    const { message, remedy } = failureOf(thrown);
    return end({ status: 'failed', failure: { message, remedy } });
  }
}

async function outcomeOf(
  context: LabContext,
  parts: RunParts,
  { run, version, signal, onProgress }: ClaimJob,
): Promise<ClaimOutcome> {
  const { options } = run;
  const tdpW = options.tdpW ?? null;
  const experiment = experimentOf(version);
  const pace = paceOf(context, run, experiment.steps(options), onProgress);
  const bench = createBench({
    context,
    science: parts.science,
    claimRunId: run.id,
    label: version.test ? version.title : `${claimLabel(run.claim)} ${run.claim}`,
    options,
    prediction: version.prediction,
    machine: context.store.reader.getMachine(run.machineId),
    hasMeter: options.meters === 'auto' && (await parts.hasMeter(tdpW)),
    signal,
    onStep: pace.step,
    onKept: pace.kept,
    findModel: parts.findModel,
    accuracy: (modelId, dataset) => parts.accuracy(modelId, dataset, signal),
    measurePlan: (plan, experimentId, began) =>
      measurePlan(context, parts, { plan: parts.adjust(plan), experimentId, tdpW, signal }, began, (event) =>
        pace.measuring(event),
      ),
  });
  const labels = new Set<keyof typeof unmeasured>();
  const outcome = await experiment.run({
    ...bench,
    async measure(...asked) {
      const measured = await bench.measure(...asked);
      for (const { row } of measured.values()) for (const label of labelsOf(row)) labels.add(label);
      return measured;
    },
  });
  const machine = context.store.reader.getMachine(run.machineId);
  return placed(labelled(outcome, [...labels]), machine, run.startedUnixMs);
}

/** Every figure says on which machine its claim was tested, when and by what. */
function placed(outcome: ClaimOutcome, machine: Machine, startedUnixMs: number): ClaimOutcome {
  const { app, cpu } = machine;
  const figures = outcome.figures.map((figure) => {
    const device = figure.caption.includes(cpu.model) ? '' : `Device: ${cpu.model}. `;
    return {
      ...figure,
      caption: `${figure.caption} ${device}Run of ${utcDay(startedUnixMs)} (UTC). Thirty\u00a0Watts\u00a0${app.version}.`,
    };
  });
  return { ...outcome, figures };
}

/** Energy that no meter of this machine gave, and what a reader must know of it. */
const unmeasured = {
  SIMULATED:
    'Every figure in joules or watts comes from a simulated or replayed meter: it says nothing of this machine.',
  ESTIMATED:
    'Every figure in joules or watts is ≈ an estimate from the processor’s rated power and its load: no meter gave it.',
} as const;

function labelsOf({ origin, provenance, grossJ }: RunRow): (keyof typeof unmeasured)[] {
  if (grossJ.value === null) return [];
  if (origin === 'simulated' || origin === 'replayed') return ['SIMULATED'];
  return provenance === 'estimate' ? ['ESTIMATED'] : [];
}

/** The label stands wherever the verdict is read: board, list and report. */
function labelled(outcome: ClaimOutcome, labels: readonly (keyof typeof unmeasured)[]): ClaimOutcome {
  if (labels.length === 0) return outcome;
  return {
    ...outcome,
    sentence: `${labels.join(' and ')} energy. ${outcome.sentence}`,
    notes: [...labels.map((label) => unmeasured[label]), ...outcome.notes],
  };
}

interface Pace {
  /** Done by an earlier try: says nothing of how long the rest takes. */
  kept(key: string): void;
  step(key: string, share: number, label: string | null): void;
  measuring(event: Extract<LabEvent, { type: 'progress' }>): void;
}

/** Turns steps and shares into progress with time left: what is expected of the rest, stretched by how the done went. */
function paceOf(
  { effects }: LabContext,
  run: StoredClaimRun,
  steps: readonly ClaimStep[],
  onProgress: (progress: ClaimProgress) => void,
): Pace {
  const begun = effects.nowUnixMs();
  const expected = new Map(steps.map((s) => [s.key, s]));
  const finished = new Set<string>();
  let [current, share, label, stepBegun, doneS, doneExpectedS] = ['', 0, '', begun, 0, 0];
  const tell = () => {
    const now = effects.nowUnixMs();
    const stretch = doneExpectedS > 0 ? Math.min(10, Math.max(0.2, doneS / doneExpectedS)) : 1;
    const restS = steps
      .filter((s) => !finished.has(s.key) && s.key !== current)
      .reduce((sum, s) => sum + s.expectedS, 0);
    const inStepS = (now - stepBegun) / 1000;
    const ownS = expected.get(current)?.expectedS ?? 0;
    const leftOfStepS =
      share > 0.05 ? (inStepS / share) * (1 - share) : Math.max(0, stretch * ownS - inStepS);
    onProgress({
      claimRunId: run.id,
      claim: run.claim,
      label,
      done: finished.size,
      total: steps.length,
      elapsedS: (now - begun) / 1000,
      leftS: (finished.has(current) ? 0 : leftOfStepS) + stretch * restS,
    });
  };
  return {
    kept(key) {
      current = key;
      finished.add(key);
      tell();
    },
    step(key, at, what) {
      if (key !== current) [current, stepBegun] = [key, effects.nowUnixMs()];
      share = at;
      label = [expected.get(key)?.label ?? key, what].filter(Boolean).join(': ');
      if (at >= 1) {
        finished.add(key);
        doneS += (effects.nowUnixMs() - stepBegun) / 1000;
        doneExpectedS += expected.get(key)?.expectedS ?? 0;
      }
      tell();
    },
    measuring({ finished: runs, total, label: model }) {
      label = `${expected.get(current)?.label ?? current}: ${model} (${runs} of ${total})`;
      tell();
    },
  };
}

/** Measures a plan through the lab's queue and waits for its end. */
async function measurePlan(
  { store }: LabContext,
  { experiments, onEvent }: RunParts,
  job: { plan: Plan; experimentId: string | null; tdpW: number | null; signal: AbortSignal },
  began: (experimentId: string) => void,
  onProgress: (event: Extract<LabEvent, { type: 'progress' }>) => void,
): Promise<string> {
  const { plan, experimentId, tdpW, signal } = job;
  if (experimentId && store.reader.getExperiment(experimentId).status === 'completed') {
    began(experimentId);
    return 'completed';
  }
  const endings = new Map<string, string>();
  let wake = () => {};
  const stop = onEvent((event) => {
    if (event.type === 'progress' && event.experimentId === own) onProgress(event);
    if (event.type !== 'experimentEnded') return;
    endings.set(event.experimentId, event.status);
    wake();
  });
  let own: string | null = experimentId;
  const cancel = () => own && void experiments.cancel(own);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const started = experimentId
      ? await experiments.resume(experimentId, tdpW)
      : await experiments.start(plan, tdpW);
    own = started.experimentId;
    began(own);
    if (signal.aborted) cancel();
    while (!endings.has(own)) await new Promise<void>((resolve) => (wake = resolve));
    return endings.get(own) as string;
  } finally {
    stop();
    signal.removeEventListener('abort', cancel);
  }
}
