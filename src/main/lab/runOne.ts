import { failureOf } from '../../shared/errors';
import type { SensorInfo } from '../../shared/meter';
import type { Model } from '../../shared/model';
import { type Condition, type Plan, type Provider, protocolOf } from '../../shared/plan';
import { type ReasonCode, reasons } from '../../shared/reasons';
import type { EnergyResult, Outcome, Phase, RunFacts, RunRecord } from '../../shared/run';
import { mean } from '../../shared/stats/robust';
import type { FromRunner } from '../runner/protocol';
import { beforeRun, isShort } from './beforeRun';
import type { LabContext } from './context';
import { prepareRun } from './job';
import { createLive } from './live';
import { systemState } from './machine';
import { idleDisagrees, type MeterCheck, meterCheck } from './meterCheck';
import type { MeterSession } from './meterSession';
import type { Pages } from './pages';
import {
  type Baselines,
  energyOf,
  latencyOf,
  type MeasuredWindow,
  noBaselines,
  noEnergy,
  runCodes,
} from './results';
import { type RunnerEnd, startRunner } from './runnerProcess';
import type { SystemWatch } from './systemWatch';
import { keepWindows } from './windowKeeper';

/** What the runs of one session share: the machine is looked at once, and cools down to where it began. */
export interface Session {
  system: SystemWatch;
  /** Runs that were measured before. */
  runs: number;
  /** The device at the first ready idle, °C, by provider. */
  readyC: Map<Provider, number>;
}

export interface RunInput {
  run: RunRecord;
  model: Model;
  plan: Plan;
  meters: MeterSession;
  pages: Pages;
  session: Session;
  /** Where it runs now: not where it was queued, if it is resumed after an update. */
  machineId: string;
  /** Called on each change of phase. */
  onPhase(phase: Phase): void;
  /** Called after a window: so many are still to come, by what they scatter. */
  onWindowsLeft?(windows: number): void;
  /** Lines for the run's log, of before it. */
  notes?: readonly string[];
}

/** The temperature has settled: its slope is below 0.2 °C/s, and over a window below 2 °C. Source: docs/method.md, 1.3. */
const settled = { perS: 0.2, perWindow: 2, overS: 5, fewest: 4 } as const;
/** Temperatures further apart than this over the windows are a drift, °C. Source: docs/method.md, 4.2. */
const mostDriftC = 10;

/**
 * Measures one queued run in a runner of its own and stores everything it gave, window by window, between windows.
 * Whatever happens to the runner becomes the run's stored outcome; only the store's own failures are thrown.
 */
export async function runOne(context: LabContext, input: RunInput, signal: AbortSignal): Promise<RunRecord> {
  const { run, model, plan, meters, pages, session, machineId, onPhase } = input;
  const { store, effects } = context;
  const { condition } = run;
  const started = store.writer.startRun(run.id, effects.nowUnixMs(), machineId);
  // Where the times of the run's own page count from: its first line.
  const startedNs = process.hrtime.bigint();
  let lines = 0;
  const log = (phase: Phase, text: string) =>
    store.writer.appendEvent(run.id, lines++ === 0 ? startedNs : process.hrtime.bigint(), phase, text);
  const system = systemState();
  const finish = (change: Partial<RunRecord> & { outcome: Outcome }): RunRecord => {
    const done: RunRecord = {
      ...started,
      system,
      ...change,
      status: change.outcome.kind,
      endedUnixMs: effects.nowUnixMs(),
    };
    store.writer.finishRun(done);
    store.checkpoint();
    return done;
  };

  const metered = run.role === 'overhead' ? null : meters.forProvider(condition.provider);
  const headline = metered?.headline ?? null;
  /** The sensors of the headline's device: what is known against one of them is known against both. */
  const pair = [headline, metered?.second ?? null].filter((s) => s !== null);
  const temperatureC = () => {
    if (headline) return meters.recentHealth(headline, 3).at(-1)?.health.tempC ?? null;
    return condition.provider === 'cpu' ? session.system.look().cpu.tempC : null;
  };
  let prepared: ReturnType<typeof prepareRun>;
  try {
    prepared = prepareRun(context.folder, model, condition, {
      prerollS: metered?.prerollS ?? 0,
      phaseS: metered?.phaseS ?? 0,
      gapS: gapFor(condition, headline),
      samplesMax: effects.samplesMax,
      askTemperature: headline !== null && condition.preset !== 'glance' && !isShort(condition),
    });
  } catch (thrown) {
    log('launch', '');
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
  for (const note of input.notes ?? []) log('preflight', note);
  let resting: Phase | null = null;
  const restCodes = await beforeRun(
    {
      runId: run.id,
      condition,
      meters,
      metered,
      temperatureC,
      first: session.runs === 0,
      readyC: session.readyC.get(condition.provider) ?? null,
      enter: (phase, text) => {
        resting = phase;
        onPhase(phase);
        log(phase, text);
      },
    },
    signal,
  );
  session.runs += 1;
  if (signal.aborted && resting !== null) {
    const uiMode = live.end();
    meters.detach();
    return finish({ outcome: { kind: 'cancelled', phase: resting }, uiMode, macs: prepared.macs });
  }
  // Known only now: as the run was prepared, the meters of a first one had hardly begun to tell.
  prepared.job.askTemperature &&= temperatureC() !== null;
  log('launch', '');

  const keeper = keepWindows(context, { run, meters, metered, system: session.system });
  const { windows } = keeper;
  const baselines = new Map<string, Baselines>();
  const baselineCodes = new Map<string, ReasonCode[]>();
  const baselineCode = (sensorId: string, code: ReasonCode) =>
    baselineCodes.set(sensorId, [...(baselineCodes.get(sensorId) ?? []), code]);
  let facts: RunFacts | null = null;
  let checked: MeterCheck = { headline, limiting: [], broken: false };

  const handle = async (message: FromRunner): Promise<void> => {
    switch (message.type) {
      case 'phase':
        onPhase(message.phase);
        if (message.phase !== 'window') log(message.phase, '');
        return;
      case 'loaded':
        facts = {
          ...emptyFacts(condition),
          ...message.facts,
          assumed: prepared.job.assumed,
          inputSetSha256: prepared.inputSetSha256,
        };
        return;
      case 'assignment':
        if (facts) facts = { ...facts, assignment: message.assignment };
        return;
      case 'steady':
        runner.send({ type: 'more', go: temperatureSettled() });
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
      case 'meterCheck':
        if (metered && headline) {
          meters.planEdges(run.id, 'check', message.openNs, message.closeNs);
          checked = meterCheck(await meters.windowView(run.id, 'check', headline), metered);
          keeper.headline = checked.headline;
        }
        runner.send({ type: 'more', go: true });
        return;
      case 'windowPlan':
        live.windowOpens(message.index);
        keeper.opens();
        if (metered) meters.planEdges(run.id, `window:${message.index}`, message.openNs, message.closeNs);
        return;
      case 'idle': {
        if (!metered) return;
        const mark = `idle:${message.which}`;
        meters.planEdges(run.id, mark, message.openNs, message.closeNs);
        const found = await meters.baselines(run.id, mark);
        for (const [sensorId, one] of found) {
          if (typeof one === 'string') baselineCode(sensorId, one);
          else baselines.set(sensorId, { ...(baselines.get(sensorId) ?? noBaselines), [message.which]: one });
        }
        if (idleDisagrees(found, metered))
          for (const sensor of pair) baselineCode(sensor.id, 'SOURCES_DISAGREE');
        const readyC = temperatureC();
        if (readyC !== null && !session.readyC.has(condition.provider))
          session.readyC.set(condition.provider, readyC);
        return;
      }
      case 'window': {
        live.windowClosed();
        const window = await keeper.keep(message);
        live.windowKept(window.record, window.samples);
        const go = keeper.goOn();
        const left = keeper.windowsLeft();
        if (left !== null) input.onWindowsLeft?.(left);
        if (message.index + 1 < prepared.job.windows.count) runner.send({ type: 'more', go });
        return;
      }
      default:
        return;
    }
  };

  function temperatureSettled(): boolean {
    const points = (headline ? meters.recentHealth(headline, settled.overS) : []).flatMap(
      ({ atNs, health }) =>
        health.tempC === null ? [] : [{ s: Number(atNs - startedNs) / 1e9, c: health.tempC }],
    );
    if (points.length < settled.fewest) return true;
    const slope = Math.abs(slopeOf(points));
    return slope < settled.perS && slope * condition.windowS < settled.perWindow;
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
  const endCode: ReasonCode[] = [];
  if (outcome.kind === 'cancelled') endCode.push('CANCELLED');
  // A crash after the last window does not void what was measured (docs/method.md, 1.1).
  if (outcome.kind === 'failed' && keeper.stopReason === null) endCode.push('RUNNER_CRASH');
  const onBattery = session.system.look().power.source === 'battery' || countedOnBattery(windows);
  const codes = [...runCodes(condition, facts, onBattery), ...restCodes, ...endCode];
  if (keeper.stopReason === 'windows_max') codes.push('CI_TARGET_MISSED');
  if (temperatureDrift(windows) && !codes.includes('TEMP_DRIFT')) codes.push('TEMP_DRIFT');
  // What voided windows is said with the run, or TOO_FEW_WINDOWS would come without its cause; labels are for the run.
  const told = windows.flatMap((w) => w.record.codes).filter((c) => reasons[c].hits === 'LE');
  codes.push(...new Set(told));
  const lost: ReasonCode[] = meters.lost() ? ['SAMPLER_LOST'] : [];
  return finish({
    outcome,
    uiMode,
    macs: prepared.macs,
    facts:
      facts === null
        ? null
        : {
            ...(facts as RunFacts),
            stopReason: keeper.stopReason,
            peakRssBytes: end.kind === 'done' ? end.peakRssBytes : null,
          },
    latency: latencyOf(windows, condition, codes),
    energy: run.role === 'overhead' ? [] : energies(),
  });

  /** One result per sensor; where none sees the provider's device, an empty headline that says why comes first. */
  function energies(): EnergyResult[] {
    const beside = (metered?.sensors ?? []).map((sensor) => {
      const ofPair = pair.some((s) => s.id === sensor.id);
      return energyOf(
        sensor,
        sensor.id === checked.headline?.id,
        windows,
        baselines.get(sensor.id) ?? noBaselines,
        condition,
        [...codes, ...lost, ...(ofPair && checked.broken ? ['SENSOR_BROKEN' as const] : [])],
        baselineCodes.get(sensor.id) ?? [],
        {
          bareW: meters.bare.get(sensor.id) ?? null,
          limiting: ofPair ? checked.limiting : [],
        },
      );
    });
    return metered?.headline ? beside : [noEnergy(meters.missing(condition.provider), codes), ...beside];
  }
}

/** Was the machine on its battery in a window that counts, whatever it was on at the end? */
function countedOnBattery(windows: readonly MeasuredWindow[]): boolean {
  const counted = windows.filter(({ record }) => record.verdict !== 'void');
  return counted.some(({ record }) => record.state?.power.some((p) => p.source === 'battery') ?? false);
}

/** More than 10 °C between the coolest and the hottest window. */
function temperatureDrift(windows: readonly MeasuredWindow[]): boolean {
  const temps = windows.flatMap(({ record }) => record.state?.tempC ?? []);
  return temps.length > 1 && Math.max(...temps) - Math.min(...temps) > mostDriftC;
}

/** Least-squares slope, °C/s. */
function slopeOf(points: readonly { s: number; c: number }[]): number {
  const [meanS, meanC] = [mean(points.map((p) => p.s)), mean(points.map((p) => p.c))];
  let [over, under] = [0, 0];
  for (const { s, c } of points) {
    over += (s - meanS) * (c - meanC);
    under += (s - meanS) ** 2;
  }
  return under > 0 ? over / under : 0;
}

/** 25 ms where the sensor sees part of the time and an idle baseline tells what the gaps cost. Source: docs/method.md, 1.2. */
function gapFor(condition: Condition, headline: SensorInfo | null): number {
  return headline !== null && headline.duty < 1 && protocolOf(condition).idleBeforeS > 0 ? 0.025 : 0;
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
    presetNumbers: { ...protocolOf(condition) },
  };
}
