import type { PowerTrace } from '../../shared/live';
import type { Health, MeterReport, Reading, SensorInfo } from '../../shared/meter';
import { type Plan, type Provider, presets } from '../../shared/plan';
import type { ReasonCode } from '../../shared/reasons';
import type { Baseline } from '../../shared/stats/baseline';
import { chooseSensors, type SensorChoice } from '../meters';
import { childPort, SamplerClient } from '../sampler/client';
import type { EdgeResult, HealthSample, TraceBatch } from '../sampler/protocol';
import { steadyClock } from '../sampler/steadyClock';
import { readingsOf } from '../sampler/trace';
import type { LabContext } from './context';
import { spawnProgram } from './environment';
import { powerSource } from './machine';
import { meterOptions } from './meterOptions';
import { PowerSeries, powerTrace } from './powerSeries';
import { softwareDevice } from './providers';
import { baselineOf, pausesOf, type SensorWindow, sensorWindow } from './sensorWindow';

export type StartSampler = () => SamplerClient;

/** The sampler as a process of its own, on the same Node as everything else. */
export const startSamplerProcess: StartSampler = () =>
  new SamplerClient({
    launch: () => childPort(spawnProgram('sampler', ['ignore', 'ignore', 'inherit', 'ipc'])),
    ...steadyClock,
  });

/** What one provider's runs are measured with. */
export interface ProviderMeters {
  sensors: SensorInfo[];
  headline: SensorInfo | null;
  /** The other kind of sensor of the headline's device, to hold against it; null where there is none. */
  second: SensorInfo | null;
  /** Load before a window opens, s: the slowest meter's pause between reads and its averaging time. */
  prerollS: number;
  /** Longest update period, s: windows meet it at random phase. */
  phaseS: number;
}

/** What the meters saw of one stretch between two edges. */
export interface MeterView {
  sensors: SensorWindow[];
  /** State of the headline's device: at the edges, and about two a second between; empty where it tells none. */
  edges: Health[];
  health: Health[];
  /** Longest pause between two beats of the sampler, and the processor time it used, s; null where there is no sampler. */
  standstillS: number | null;
  samplerS: number | null;
}

/** The meters during one experiment: edge reads tied to windows, the slow trace, all stored with the run they belong to. */
export interface MeterSession {
  forProvider(provider: Provider): ProviderMeters | null;
  /** Why a provider has no meter. */
  missing(provider: Provider): ReasonCode;
  /** From now on readings belong to this run; of its own sensors only. `heard`: called when some of its trace came. */
  attach(runId: string, sensors: readonly SensorInfo[], heard?: () => void): void;
  /** Power of each of the run's sensors since the last call, s after `originNs`: for a picture, results do not use it. */
  takePower(originNs: bigint): PowerTrace[];
  /** Ends the run's share of the trace and stores it. */
  detach(): void;
  planEdges(runId: string, mark: string, openNs: bigint, closeNs: bigint): void;
  /** @param headline whose device's state is asked for */
  windowView(runId: string, mark: string, headline: SensorInfo | null): Promise<MeterView>;
  /** Mean power of each sensor over an idle stretch, or the code that says why it is not known. */
  baselines(runId: string, mark: string): Promise<Map<string, Baseline | ReasonCode>>;
  /** Newest states of the sensor's device, oldest first, with their hrtime ns; of the last seconds only. */
  recentHealth(sensor: SensorInfo, seconds: number): { atNs: bigint; health: Health }[];
  /** Power (W) of each sensor before any model was loaded; empty until it was measured. */
  readonly bare: Map<string, number>;
  /** The run's edges that are still due will not be needed: whoever waits for them gets what there is. */
  giveUp(runId: string): void;
  /** The sampler died while a run needed it. */
  lost(): boolean;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Five minutes of them. */
const mostStates = 600;
/** Gauges are integrated from their trace: NVML's 10 Hz; counters need it only as a sign of life. */
const TRACE_HZ = { gauge: 10, counter: 1 } as const;

/** Probes the meters, chooses the sensors of each provider in the plan, opens them and starts the slow trace. */
export async function openMeters(
  context: LabContext,
  plan: Plan,
  tdpW: number | null,
): Promise<MeterSession> {
  const options = meterOptions(context.store.reader, tdpW);
  const choices = new Map<Provider, SensorChoice>();
  let client: SamplerClient | null = null;
  let wasLost = false;

  let noMeter: ReasonCode | null = null;
  const open = async () => {
    try {
      await probeAndOpen();
    } catch {
      // A driver that takes the sampler down costs the energy of this plan, not its latencies.
      noMeter = 'SENSOR_BROKEN';
      const broken = client;
      client = null;
      await broken?.close();
    }
  };
  const probeAndOpen = async () => {
    const sampler = context.effects.startSampler();
    client = sampler;
    sampler.onLost(() => {
      wasLost = true;
    });
    const reports: MeterReport[] = await sampler.probe(options);
    for (const provider of plan.providers) {
      const software = softwareDevice(provider) !== null;
      choices.set(
        provider,
        chooseSensors(reports, provider, {
          softwareDevice: software,
          onBattery: powerSource() === 'battery',
          windowS: plan.windowS ?? presets[plan.preset].windowS,
        }),
      );
    }
    const all = [...choices.values()].flatMap(sensorsOf);
    if (all.length === 0) {
      client = null;
      await sampler.close();
      return;
    }
    await sampler.open([...new Set(all.map((s) => s.id))], options);
    sampler.onTrace(keepTrace);
    sampler.trace(all.some((s) => s.kind === 'gauge') ? TRACE_HZ.gauge : TRACE_HZ.counter);
  };

  let runId: string | null = null;
  /** Sensors of the run in progress. The sampler reads those of all providers in the plan at once. */
  let own = new Map<string, SensorInfo>();
  /** Trace readings of the window in progress, for gauges and as a witness of life. */
  let trace: Reading[] = [];
  let power: PowerSeries[] = [];
  let heard = () => {};
  const pending = new Map<string, Promise<EdgeResult[]>>();
  /** States of the devices, the last minutes of them. */
  let states: HealthSample[] = [];
  const bare = new Map<string, number>();
  const key = (run: string, mark: string) => `${run} ${mark}`;

  function keepTrace(batch: TraceBatch): void {
    states = [...states, ...batch.health].slice(-mostStates);
    if (runId === null) return;
    const readings = readingsOf(batch).filter((r) => own.has(r.sensorId));
    trace.push(...readings);
    for (const series of power) series.add(readings);
    heard();
  }

  function storeTrace(mark: string | null): void {
    if (runId !== null && trace.length > 0) context.store.writer.appendReadings(runId, 'trace', trace, mark);
    trace = [];
  }

  /** Both edges of a window; stored at once, since the caller is between windows. Null where the sampler failed. */
  async function edgesOf(run: string, mark: string): Promise<[EdgeResult, EdgeResult] | null> {
    const edges = await pending.get(key(run, mark))?.catch(() => null);
    pending.delete(key(run, mark));
    if (!edges || edges.length < 2) return null;
    const { writer } = context.store;
    const readings = edges.flatMap((e) => e.readings).filter((r) => own.has(r.sensorId));
    writer.appendReadings(run, 'edge', readings, mark);
    for (const edge of edges) {
      for (const health of Object.values(edge.health)) writer.appendState(run, mark, edge.atNs, health);
    }
    return [edges[0], edges[1]];
  }

  const traceOf = (sensor: SensorInfo) => trace.filter((r) => r.sensorId === sensor.id);

  function seenBy(sensor: SensorInfo, edges: [EdgeResult, EdgeResult] | null, loaded: boolean): SensorWindow {
    const [open, close] = [0, 1].map((i) => edges?.[i].readings.find((r) => r.sensorId === sensor.id));
    const powerLimitW = edges?.[1].health[sensor.provider]?.powerLimitW ?? null;
    return sensorWindow(
      sensor,
      { open, close, trace: traceOf(sensor), powerLimitW, loaded },
      wasLost ? 'SAMPLER_LOST' : 'READ_FAILED',
    );
  }

  if (plan.meters === 'auto') await open();

  return {
    forProvider(provider) {
      const choice = choices.get(provider);
      const sensors = choice ? sensorsOf(choice) : [];
      if (client === null || sensors.length === 0) return null;
      return {
        sensors,
        headline: choice?.headline ?? null,
        second: choice?.second ?? null,
        ...pausesOf(sensors, plan.windowS ?? presets[plan.preset].windowS),
      };
    },
    missing: (provider) => noMeter ?? choices.get(provider)?.codes[0] ?? 'NO_SENSOR',
    attach(id, sensors, whenHeard = () => {}) {
      runId = id;
      own = new Map(sensors.map((s) => [s.id, s]));
      trace = [];
      power = sensors.map((s) => new PowerSeries(s));
      heard = whenHeard;
    },
    takePower: (originNs) =>
      power.flatMap((series) => {
        const points = series.take();
        return points.length > 0 ? [powerTrace(series.sensor, points, originNs)] : [];
      }),
    detach() {
      storeTrace(null);
      runId = null;
      own = new Map();
      power = [];
      heard = () => {};
    },
    planEdges(run, mark, openNs, closeNs) {
      if (client === null) return;
      const edges = client.edges(key(run, mark), [openNs, closeNs]);
      edges.catch(() => {}); // told when they are asked for
      pending.set(key(run, mark), edges);
    },
    async windowView(run, mark, headline) {
      const nothing = { sensors: [], edges: [], health: [], standstillS: null, samplerS: null };
      if (!pending.has(key(run, mark))) return nothing;
      const edges = await edgesOf(run, mark);
      const sensors = [...own.values()].map((sensor) => seenBy(sensor, edges, true));
      storeTrace(mark);
      if (edges === null) return { ...nothing, sensors };
      const [open, close] = edges;
      const of = (health: Record<string, Health>): Health[] =>
        headline && health[headline.provider] ? [health[headline.provider]!] : [];
      return {
        sensors,
        edges: edges.flatMap((e) => of(e.health)),
        health: states
          .filter((s) => s.atNs >= open.atNs && s.atNs <= close.atNs)
          .flatMap((s) => of(s.health)),
        standstillS: close.standstillS,
        samplerS: close.ownS - open.ownS,
      };
    },
    recentHealth(sensor, seconds) {
      const fromNs = process.hrtime.bigint() - BigInt(Math.round(seconds * 1e9));
      return states.flatMap(({ atNs, health }) => {
        const own = health[sensor.provider];
        return own && atNs >= fromNs ? [{ atNs, health: own }] : [];
      });
    },
    bare,
    async baselines(run, mark) {
      if (!pending.has(key(run, mark))) return new Map();
      const edges = await edgesOf(run, mark);
      const found = new Map(
        [...own.values()].map((sensor) => [
          sensor.id,
          baselineOf(sensor, seenBy(sensor, edges, false), traceOf(sensor)),
        ]),
      );
      storeTrace(mark);
      return found;
    },
    giveUp(run) {
      for (const id of pending.keys()) if (id.startsWith(run)) client?.cancel(id);
    },
    lost: () => wasLost,
    async reopen() {
      wasLost = false;
      await client?.close();
      await open();
    },
    async close() {
      await client?.close();
    },
  };
}

function sensorsOf({ headline, second, beside }: SensorChoice): SensorInfo[] {
  return [headline, second, ...beside].filter((s): s is SensorInfo => s !== null);
}
