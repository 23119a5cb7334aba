import type { PowerTrace } from '../../shared/live';
import type { MeterReport, Reading, SensorInfo } from '../../shared/meter';
import type { Plan, Provider } from '../../shared/plan';
import type { ReasonCode } from '../../shared/reasons';
import type { Baseline } from '../../shared/stats/baseline';
import { chooseSensors, type EnvOptions, type SensorChoice } from '../meters';
import { childPort, SamplerClient } from '../sampler/client';
import type { EdgeResult, TraceBatch } from '../sampler/protocol';
import { steadyClock } from '../sampler/steadyClock';
import { readingsOf } from '../sampler/trace';
import type { LabContext } from './context';
import { spawnProgram } from './environment';
import { PowerSeries, powerTrace } from './powerSeries';
import { softwareDevice } from './providers';
import { baselineOf, type SensorWindow, sensorWindow } from './sensorWindow';

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
  /** Load before a window opens, s: the slowest meter's pause between reads and its averaging time. */
  prerollS: number;
  /** Longest update period, s: windows meet it at random phase. */
  phaseS: number;
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
  windowEnergies(runId: string, mark: string): Promise<SensorWindow[]>;
  /** Mean power of each sensor over an idle stretch, or the code that says why it is not known. */
  baselines(runId: string, mark: string): Promise<Map<string, Baseline | ReasonCode>>;
  /** The run's edges that are still due will not be needed: whoever waits for them gets what there is. */
  giveUp(runId: string): void;
  /** The sampler died while a run needed it. */
  lost(): boolean;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Gauges are integrated from their trace: NVML's 10 Hz; counters need it only as a sign of life. */
const TRACE_HZ = { gauge: 10, counter: 1 } as const;

/** Probes the meters, chooses the sensors of each provider in the plan, opens them and starts the slow trace. */
export async function openMeters(
  context: LabContext,
  plan: Plan,
  tdpW: number | null,
): Promise<MeterSession> {
  const options: EnvOptions = { userTdpW: tdpW };
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
      choices.set(provider, chooseSensors(reports, provider, { softwareDevice: software }));
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
  const key = (run: string, mark: string) => `${run} ${mark}`;

  function keepTrace(batch: TraceBatch): void {
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
        prerollS: Math.max(0, ...sensors.map((s) => Math.max(1 / s.maxReadHz, s.averagingS))),
        phaseS: Math.max(...sensors.map((s) => s.update.seconds)),
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
    async windowEnergies(run, mark) {
      if (!pending.has(key(run, mark))) return [];
      const edges = await edgesOf(run, mark);
      const seen = [...own.values()].map((sensor) => seenBy(sensor, edges, true));
      storeTrace(mark);
      return seen;
    },
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
