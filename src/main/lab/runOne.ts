import { failureOf } from '../../shared/errors';
import type { Model } from '../../shared/model';
import { type Condition, type Plan, presets } from '../../shared/plan';
import { type ReasonCode, reasons } from '../../shared/reasons';
import type {
  EnergyResult,
  Outcome,
  Phase,
  RunFacts,
  RunRecord,
  WindowRecord,
  WindowSamples,
} from '../../shared/run';
import type { FromRunner } from '../runner/protocol';
import type { LabContext } from './context';
import { prepareRun } from './job';
import { createLive } from './live';
import { powerSource } from './machine';
import type { MeterSession } from './meterSession';
import type { Pages } from './pages';
import {
  type Baselines,
  energyOf,
  energyWindows,
  halfWidthRel,
  latencyOf,
  type MeasuredWindow,
  noBaselines,
  noEnergy,
  runCodes,
} from './results';
import { type RunnerEnd, startRunner } from './runnerProcess';
import { inferencesBetween, longestStandstillS, samplesOf } from './samples';
import { withInferences } from './sensorWindow';

export interface RunInput {
  run: RunRecord;
  model: Model;
  plan: Plan;
  meters: MeterSession;
  pages: Pages;
  /** Where it runs now: not where it was queued, if it is resumed after an update. */
  machineId: string;
  /** Called on each change of phase. */
  onPhase(phase: Phase): void;
}

/** A window during which wall clock and steady clock drift further apart than this saw a suspend or a clock step. */
const MOST_DRIFT_MS = 1000;
/** One inference that takes so much longer than the median, in s and in periods, is no tail: the runner was stopped. */
const MOST_STANDSTILL = { seconds: 0.5, periods: 20 };

/**
 * Measures one queued run in a runner of its own and stores everything it gave, window by window, between windows.
 * Whatever happens to the runner becomes the run's stored outcome; only the store's own failures are thrown.
 */
export async function runOne(
  context: LabContext,
  { run, model, plan, meters, pages, machineId, onPhase }: RunInput,
  signal: AbortSignal,
): Promise<RunRecord> {
  const { store, effects } = context;
  const { condition } = run;
  const started = store.writer.startRun(run.id, effects.nowUnixMs(), machineId);
  const log = (phase: Phase, text: string) =>
    store.writer.appendEvent(run.id, process.hrtime.bigint(), phase, text);
  // Where the times of the run's own page count from.
  const startedNs = process.hrtime.bigint();
  store.writer.appendEvent(run.id, startedNs, 'launch', '');
  const finish = (change: Partial<RunRecord> & { outcome: Outcome }): RunRecord => {
    const done: RunRecord = {
      ...started,
      ...change,
      status: change.outcome.kind,
      endedUnixMs: effects.nowUnixMs(),
    };
    store.writer.finishRun(done);
    store.checkpoint();
    return done;
  };

  const metered = run.role === 'measure' ? meters.forProvider(condition.provider) : null;
  let prepared: ReturnType<typeof prepareRun>;
  try {
    prepared = prepareRun(context.folder, model, condition, {
      prerollS: metered?.prerollS ?? 0,
      phaseS: metered?.phaseS ?? 0,
      samplesMax: effects.samplesMax,
    });
  } catch (thrown) {
    const { message, remedy } = failureOf(thrown);
    return finish({
      outcome: {
        kind: 'failed',
        phase: 'load',
        cause: 'error',
        exitCode: null,
        signal: null,
        message,
        remedy,
        stderrTail: '',
      },
    });
  }
  const live = createLive(context, run, startedNs, metered ? meters : null, pages);
  if (metered) {
    store.writer.putSensors(run.id, metered.sensors);
    meters.attach(run.id, metered.sensors, live.heard);
  }

  const windows: MeasuredWindow[] = [];
  const baselines = new Map<string, Baselines>();
  const baselineCodes = new Map<string, ReasonCode[]>();
  let facts: RunFacts | null = null;
  let stopReason: RunFacts['stopReason'] = null;
  let clocksAtOpen = 0;

  const handle = async (message: FromRunner): Promise<void> => {
    switch (message.type) {
      case 'phase':
        onPhase(message.phase);
        if (message.phase !== 'window') log(message.phase, '');
        return;
      case 'loaded':
        facts = { ...emptyFacts(condition), ...message.facts, assumed: prepared.job.assumed };
        return;
      case 'assignment':
        if (facts) facts = { ...facts, assignment: message.assignment };
        return;
      case 'warmed':
        if (facts) {
          facts = {
            ...facts,
            warmupInferences: message.result.inferences,
            warmupNs: message.result.ns,
            warmupSettled: message.result.settled,
          };
        }
        return;
      case 'windowPlan':
        live.windowOpens(message.index);
        clocksAtOpen = clocks(effects.nowUnixMs());
        if (metered) meters.planEdges(run.id, `window:${message.index}`, message.openNs, message.closeNs);
        return;
      case 'idle': {
        if (!metered) return;
        const mark = `idle:${message.which}`;
        meters.planEdges(run.id, mark, message.openNs, message.closeNs);
        for (const [sensorId, found] of await meters.baselines(run.id, mark)) {
          if (typeof found === 'string')
            baselineCodes.set(sensorId, [...(baselineCodes.get(sensorId) ?? []), found]);
          else
            baselines.set(sensorId, { ...(baselines.get(sensorId) ?? noBaselines), [message.which]: found });
        }
        return;
      }
      case 'window': {
        live.windowClosed();
        const window = await keepWindow(message);
        windows.push(window);
        live.windowKept(window.record, window.samples);
        if (message.index + 1 < prepared.job.windows.count) runner.send({ type: 'more', go: goOn() });
        else if (presets[condition.preset].targetRel === null) stopReason = 'fixed';
        else if (goOn()) stopReason = 'windows_max';
        return;
      }
      default:
        return;
    }
  };

  /** Reads the meters' side of the window, judges it, stores both in one transaction. */
  async function keepWindow(message: Extract<FromRunner, { type: 'window' }>): Promise<MeasuredWindow> {
    const { index, openNs, closeNs, starts, ends, stride, inferences } = message;
    const samples = samplesOf(starts, ends, stride, inferences);
    const seen = await meters.windowEnergies(run.id, `window:${index}`);
    const energy = seen.map((own) => withInferences(own.energy, samples));
    const codes = [...new Set(energy.flatMap((e) => (e.code === null ? [] : [e.code])))];
    const between = inferencesBetween(samples, openNs, closeNs);
    // Also a runner that was stopped: its samples do not reach over the window, or have a hole.
    if (between === null || stoodStill(samples, openNs, closeNs)) codes.push('TIME_JUMP');
    else if (Math.abs(clocks(effects.nowUnixMs()) - clocksAtOpen) > MOST_DRIFT_MS) codes.push('TIME_JUMP');
    const record: WindowRecord = {
      index,
      openNs,
      closeNs,
      inferences: between ?? 0,
      codes,
      verdict: windowVerdict(codes),
      energy,
    };
    store.writer.appendWindow(run.id, record, samples);
    return { record, samples, edgeS: Object.fromEntries(seen.map((s) => [s.energy.sensorId, s.edgeS])) };
  }

  function goOn(): boolean {
    const { windowsMin, targetRel } = presets[condition.preset];
    // Windows that were lost do not count: they would stop a run that then has too few.
    const headline = meters.lost() ? null : (metered?.headline ?? null);
    const usable = headline
      ? energyWindows(windows, headline.id).length
      : windows.filter((w) => w.record.verdict !== 'void').length;
    if (usable < windowsMin || targetRel === null) return true;
    const reached = (halfWidthRel(windows, headline) ?? Number.POSITIVE_INFINITY) <= targetRel;
    if (reached) stopReason = 'target';
    return !reached;
  }

  // Messages are handled one after another: a window's edge reads may arrive after it.
  let chain: Promise<void> = Promise.resolve();
  let broken: unknown = null;
  const runner = startRunner(
    prepared.job,
    {
      deadlineS: plan.deadlineS,
      memoryBytes: plan.memoryLimitMB === undefined ? null : plan.memoryLimitMB * 2 ** 20,
    },
    (message) => {
      chain = chain
        .then(() => handle(message))
        .catch((thrown) => {
          broken ??= thrown;
          runner.cancel();
        });
    },
    effects.runner,
  );
  // Edges of an idle stretch may lie a minute ahead: a runner that is gone needs none of them.
  void runner.ended.then((end) => {
    if (end.kind !== 'done') meters.giveUp(run.id);
  });
  const onAbort = () => runner.cancel();
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const end = await runner.ended;
  signal.removeEventListener('abort', onAbort);
  await chain;
  const uiMode = live.end();
  meters.detach();
  if (broken !== null) throw broken;

  const outcome = outcomeOf(end);
  const endCode: ReasonCode[] =
    outcome.kind === 'completed' ? [] : [outcome.kind === 'cancelled' ? 'CANCELLED' : 'RUNNER_CRASH'];
  const codes = [...runCodes(condition, facts, powerSource() === 'battery'), ...endCode];
  if (stopReason === 'windows_max') codes.push('CI_TARGET_MISSED');
  // What voided windows is said with the run, or TOO_FEW_WINDOWS would come without its cause.
  const voided = windows.filter((w) => w.record.verdict === 'void').flatMap((w) => w.record.codes);
  codes.push(...new Set(voided.filter((c) => reasons[c].hits === 'LE')));
  const lost: ReasonCode[] = meters.lost() ? ['SAMPLER_LOST'] : [];
  return finish({
    outcome,
    uiMode,
    macs: prepared.macs,
    facts:
      facts === null
        ? null
        : { ...(facts as RunFacts), stopReason, peakRssBytes: end.kind === 'done' ? end.peakRssBytes : null },
    latency: latencyOf(windows, condition, codes),
    energy: run.role === 'overhead' ? [] : energies(),
  });

  /** One result per sensor; where none sees the provider's device, an empty headline that says why comes first. */
  function energies(): EnergyResult[] {
    const beside = (metered?.sensors ?? []).map((sensor) =>
      energyOf(
        sensor,
        sensor.id === metered?.headline?.id,
        windows,
        baselines.get(sensor.id) ?? noBaselines,
        condition,
        [...codes, ...lost],
        baselineCodes.get(sensor.id) ?? [],
      ),
    );
    return metered?.headline ? beside : [noEnergy(meters.missing(condition.provider), codes), ...beside];
  }
}

/** Wall clock minus steady clock, ms: moves when the machine slept or a clock was set. */
function clocks(wallUnixMs: number): number {
  return wallUnixMs - Number(process.hrtime.bigint()) / 1e6;
}

function stoodStill(samples: WindowSamples, openNs: bigint, closeNs: bigint): boolean {
  const { standstillS, periodS } = longestStandstillS(samples, openNs, closeNs);
  return standstillS > Math.max(MOST_STANDSTILL.seconds, MOST_STANDSTILL.periods * periodS);
}

/** Void only for what spoils latency too; an energy that was lost is null in its own place and flags the window. */
function windowVerdict(codes: readonly ReasonCode[]): WindowRecord['verdict'] {
  if (codes.some((c) => reasons[c].level === 'V' && reasons[c].hits === 'LE')) return 'void';
  return codes.length > 0 ? 'flagged' : 'ok';
}

function outcomeOf(end: RunnerEnd): Outcome {
  return end.kind === 'done' ? { kind: 'completed' } : end;
}

function emptyFacts(condition: Condition): RunFacts {
  return {
    ortVersion: '',
    nodeVersion: process.versions.node,
    sessionCreateNs: null,
    firstInferenceNs: null,
    warmupInferences: null,
    warmupNs: null,
    warmupSettled: null,
    assignment: null,
    outputs: null,
    outputSha256: null,
    inputs: [],
    assumed: [],
    peakRssBytes: null,
    baseRssBytes: null,
    stopReason: null,
    presetNumbers: { ...presets[condition.preset] },
  };
}
