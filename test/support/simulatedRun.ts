import { durationsInside, inferencesBetween } from '../../src/main/lab/samples';
import { baselineOf, type SensorReads, sensorWindow, withInferences } from '../../src/main/lab/sensorWindow';
import { type SimulatedSpec, simulatedSchema } from '../../src/main/meters/madeUp';
import { simulatedProvider } from '../../src/main/meters/simulated';
import type { OpenMeter, ProbeEnv, Reading, SensorInfo } from '../../src/shared/meter';
import type { WindowSamples } from '../../src/shared/run';
import type { Baseline } from '../../src/shared/stats/baseline';
import type { EnergyWindow } from '../../src/shared/stats/energy';
import type { LatencyWindow } from '../../src/shared/stats/latency';
import { type Random, randomFrom } from '../../src/shared/stats/random';

/** Latencies: a lognormal AR(1) chain that runs through all windows, on a level that each window draws anew. */
export interface LatencyModel {
  medianS: number;
  /** Standard deviation of the logarithm inside a window. */
  spread: number;
  /** Lag-1 correlation of the logarithms. */
  rho: number;
  /** Standard deviation of the logarithm of a window's level. */
  levelSd: number;
}

/** How idle power goes from before the load to after it. */
export type DriftShape = 'none' | 'linear' | 'step' | 'walk';

export interface PowerModel {
  idleW: number;
  /** Standard deviation of the drift from the first idle stretch to the last, W; the load carries it too. */
  driftSdW: number;
  drift: DriftShape;
  /** Power of the load above idle, W, and the sd of its logarithm from window to window. */
  dynamicW: number;
  loadSd: number;
}

export interface RunModel {
  windows: number;
  windowS: number;
  idleS: number;
  latency: LatencyModel;
  power: PowerModel;
  /** The meter; gain and offset are drawn from gainRel1s and offsetW1s for each run. */
  sensor: Partial<SimulatedSpec>;
  traceHz: number;
  /**
   * Both edges meet the meter at random phase: windows are longer by up to one update. Without it a window that is a
   * whole number of updates has the same lag at both ends, and no resolution error at all.
   */
  randomLength: boolean;
}

/** What a perfect meter and infinitely many windows would give, J per inference. */
export interface RunTruth {
  /** Under this run's gain and offset: what repeats converge to. */
  grossShownJ: number;
  grossJ: number;
  netJ: number;
  /** The same for net, with the idle power that this run's meter found. */
  netShownJ: number;
}

export interface SimulatedRun {
  sensor: SensorInfo;
  latency: LatencyWindow[];
  energy: EnergyWindow[];
  before: Baseline | null;
  after: Baseline | null;
  truth: RunTruth;
}

const settleS = 5;
const warmupS = 5;
/** Load before a window opens and after it has closed, s. */
const marginS = 0.2;
/** Grid of the idle power's path, s. */
const gridS = 2;
/** Time of a read, ns. */
const readNs = 40_000n;
const ns = (s: number) => BigInt(Math.round(s * 1e9));

/** One whole run on a virtual clock, through the lab's own functions from raw readings to windows and baselines. */
export async function simulateRun(model: RunModel, seed: number): Promise<SimulatedRun> {
  const random = randomFrom(seed);
  const { sensor: given, power, latency } = model;
  const spec = simulatedSchema.parse({ curve: [[0, 0]], ...given });
  const times = schedule(model, spec.tauS, random);
  const path = idlePath(model, times, random);
  const loads = times.opens.map(() => power.dynamicW * Math.exp(power.loadSd * random.normal()));
  const meter = await openMeter(
    {
      ...spec,
      curve: powerCurve(path, times, loads),
      gain: Math.max(0.05, spec.gain * (1 + spec.gainRel1s * random.normal())),
      offsetW: spec.offsetW + spec.offsetW1s * random.normal(),
      seed: Math.floor(random.uniform() * 2 ** 32),
    },
    model.traceHz,
  );
  const idle = (fromS: number) => {
    const reads = meter.stretch(fromS, fromS + model.idleS, false);
    const found = baselineOf(meter.sensor, sensorWindow(meter.sensor, reads, 'READ_FAILED'), reads.trace);
    return typeof found === 'string' ? null : found;
  };
  const before = idle(settleS);
  const columns = inferences(latency, times, random);
  const run = { latency: [] as LatencyWindow[], energy: [] as EnergyWindow[] };
  for (const [i, openS] of times.opens.entries()) {
    const closeS = times.closes[i]!;
    const samples = columns[i]!;
    const seen = sensorWindow(meter.sensor, meter.stretch(openS, closeS, true), 'READ_FAILED');
    const energy = withInferences(seen.energy, samples);
    if (energy.energyJ !== null && energy.inferences !== null) {
      const seconds = Number(energy.toNs! - energy.fromNs!) / 1e9;
      const { energyJ, inferences } = energy;
      run.energy.push({ energyJ, inferences, seconds, edgeS: seen.edgeS });
    }
    run.latency.push({
      durationsNs: durationsInside(samples, ns(openS), ns(closeS)),
      inferences: inferencesBetween(samples, ns(openS), ns(closeS)) ?? 0,
      seconds: closeS - openS,
    });
  }
  const after = idle(times.idleAfterS);
  const meanIdleW =
    times.opens.reduce((sum, t, i) => sum + path.meanW(t, times.closes[i]!), 0) / times.opens.length;
  // E exp(σ·z) of chain and level: the mean latency, which energy follows. Of the level the median, as for gross.
  const within = latency.medianS * Math.exp(latency.spread ** 2 / 2);
  const mean = within * Math.exp(latency.levelSd ** 2 / 2);
  const { gain, offsetW } = meter;
  const meanLoadW = power.dynamicW * Math.exp(power.loadSd ** 2 / 2);
  const shownIdleW = before && after ? (before.powerW + after.powerW) / 2 : Number.NaN;
  return {
    sensor: meter.sensor,
    ...run,
    before,
    after,
    truth: {
      grossJ: (meanIdleW + power.dynamicW) * within,
      grossShownJ: (gain * (meanIdleW + power.dynamicW) + offsetW) * within,
      netJ: meanLoadW * mean,
      netShownJ: (gain * (meanIdleW + meanLoadW) + offsetW - shownIdleW) * mean,
    },
  };
}

interface Times {
  opens: number[];
  closes: number[];
  loadFromS: number;
  loadToS: number;
  idleAfterS: number;
  endS: number;
}

function schedule(model: RunModel, tauS: number, random: Random): Times {
  const loadFromS = settleS + model.idleS + 1;
  let t = loadFromS + warmupS;
  const opens: number[] = [];
  const closes: number[] = [];
  for (let i = 0; i < model.windows; i++) {
    // Pause of one second, then a random part of the meter's update period.
    t += 1 + random.uniform() * tauS;
    opens.push(t);
    t += model.windowS + (model.randomLength ? random.uniform() * tauS : 0);
    closes.push(t);
  }
  const loadToS = t + 1;
  const idleAfterS = loadToS + settleS;
  return { opens, closes, loadFromS, loadToS, idleAfterS, endS: idleAfterS + model.idleS + 1 };
}

interface Path {
  levels: number[];
  meanW(fromS: number, toS: number): number;
}

/** Idle power on a grid: the same before and after up to the drift, whatever its shape between. */
function idlePath({ power, idleS }: RunModel, times: Times, random: Random): Path {
  const n = Math.ceil(times.endS / gridS) + 1;
  const middleS = settleS + idleS / 2;
  const spanS = times.idleAfterS + idleS / 2 - middleS;
  const driftW = power.driftSdW * random.normal();
  const stepS = middleS + random.uniform() * spanS;
  const walk: number[] = [0];
  for (let i = 1; i < n; i++)
    walk.push(walk[i - 1]! + power.driftSdW * Math.sqrt(gridS / spanS) * random.normal());
  const levels = Array.from({ length: n }, (_, i) => {
    const share = ((i + 0.5) * gridS - middleS) / spanS;
    const at = { none: 0, linear: driftW * share, step: i * gridS < stepS ? 0 : driftW, walk: walk[i]! };
    return Math.max(0, power.idleW + at[power.drift]);
  });
  const meanW = (fromS: number, toS: number) => {
    let sum = 0;
    for (let i = Math.floor(fromS / gridS); i * gridS < toS; i++) {
      const overlap = Math.min(toS, (i + 1) * gridS) - Math.max(fromS, i * gridS);
      sum += levels[i]! * overlap;
    }
    return sum / (toS - fromS);
  };
  return { levels, meanW };
}

/** Steps of the true power: the idle path, and the load of each window from half a pause before it on. */
function powerCurve(path: Path, times: Times, loads: readonly number[]): [number, number][] {
  const changes = times.opens.map((openS, i) => (i === 0 ? times.loadFromS : openS - 0.5));
  const loadAt = (tS: number) => {
    if (tS < times.loadFromS || tS >= times.loadToS) return 0;
    return loads[changes.findLastIndex((c) => c <= tS)]!;
  };
  const instants = [...path.levels.map((_, i) => i * gridS), ...changes, times.loadToS].sort((a, b) => a - b);
  return instants.map((t) => [
    t,
    path.levels[Math.min(path.levels.length - 1, Math.floor(t / gridS))]! + loadAt(t),
  ]);
}

/** A meter on a virtual clock that reads edges and trace in the order of time. */
async function openMeter(spec: SimulatedSpec, traceHz: number) {
  let nowNs = 0n;
  const now = () => {
    const at = nowNs;
    nowNs += readNs;
    return at;
  };
  // A simulated meter asks its environment for nothing but the time.
  const env = { now } as ProbeEnv;
  const provider = simulatedProvider([spec]);
  const probed = await provider.probe(env);
  if (probed.status !== 'ok') throw new Error('the simulated meter is always there');
  const sensor = probed.sensors[0]!;
  const meter: OpenMeter = await provider.open([sensor.id], env);
  const readAt = (s: number): Reading => {
    nowNs = ns(s);
    return meter.read()[0]!;
  };
  /** Edges at both ends, trace from just before to just after. */
  const stretch = (fromS: number, toS: number, loaded: boolean): SensorReads => {
    const trace: Reading[] = [];
    let open: Reading | undefined;
    for (let t = fromS - marginS; t <= toS; t += 1 / traceHz) {
      if (open === undefined && t >= fromS) open = readAt(fromS);
      trace.push(readAt(t));
    }
    const close = readAt(toS);
    trace.push(readAt(toS + marginS / 2));
    return { open, close, trace, powerLimitW: null, loaded };
  };
  return { sensor, stretch, gain: spec.gain, offsetW: spec.offsetW };
}

/** The stored columns of every window; the chain goes on between them. */
function inferences(
  { medianS, spread, rho, levelSd }: LatencyModel,
  { opens, closes }: Pick<Times, 'opens' | 'closes'>,
  random: Random,
): WindowSamples[] {
  let x = random.normal();
  const fresh = Math.sqrt(1 - rho * rho);
  return opens.map((openS, window) => {
    const level = medianS * Math.exp(levelSd * random.normal());
    const origin = Math.round((openS - marginS * random.uniform()) * 1e9);
    const lengthNs = (closes[window]! + marginS) * 1e9 - origin;
    const starts: number[] = [];
    const durations: number[] = [];
    for (let t = 0; t < lengthNs; ) {
      const duration = Math.max(1, Math.round(level * Math.exp(spread * x) * 1e9));
      starts.push(t);
      durations.push(duration);
      t += duration;
      x = rho * x + fresh * random.normal();
    }
    return {
      startsNs: Float64Array.from(starts),
      durationsNs: Float64Array.from(durations),
      originNs: BigInt(origin),
      stride: 1,
      inferences: starts.length,
    };
  });
}
