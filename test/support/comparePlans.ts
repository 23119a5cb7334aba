import type { ComparedRun, ComparedTurn } from '../../src/main/lab/compareSides';
import type { ControlPair } from '../../src/main/lab/controls';
import type { Machine } from '../../src/shared/machine';
import type { SensorInfo } from '../../src/shared/meter';
import type { Model } from '../../src/shared/model';
import { orderOf } from '../../src/shared/order';
import type { EnergyPart, EnergyResult, Estimate, RunRecord, Turn } from '../../src/shared/run';
import { quantileOfSorted } from '../../src/shared/stats/quantiles';
import { type Random, randomFrom } from '../../src/shared/stats/random';
import { mean } from '../../src/shared/stats/robust';

/** How one simulated plan of two conditions and a control behaves. All are standard deviations or steps of a logarithm. */
export interface PlanShape {
  blocks: number;
  /** Windows of one turn. */
  windows: number;
  /** True ln(B/A), of time and of energy. */
  effect: number;
  /** What every turn of a block shares: the machine's day. */
  blockSd: number;
  /** What each run has of its own: layout in memory, clocks, temperature. */
  runSd: number;
  /** Slower by so much with every turn, all over the plan. */
  drift: number;
  /** Single latencies about the level of their run, and their lag-1 correlation. */
  sampleSd: number;
  rho: number;
  /** In the order of a plan, or all of A before all of B. */
  order: 'interleaved' | 'A then B';
}

/**
 * A standard comparison: six blocks, two windows a turn. Noise assumed: 2 % from block to block, shared by all of a block;
 * 1 % from run to run; single latencies of 2 % with a lag-1 correlation of 0.6, which leave 0.3 % in the median of a turn.
 */
export const standardPlan: PlanShape = {
  blocks: 6,
  windows: 2,
  effect: 0,
  blockSd: 0.02,
  runSd: 0.01,
  drift: 0.001,
  sampleSd: 0.02,
  rho: 0.6,
  order: 'interleaved',
};

/** The same with slow swings inside the runs: as much noise again in the median of a turn. */
export const swingingPlan: PlanShape = { ...standardPlan, sampleSd: 0.03, rho: 0.9 };

const samplesPerWindow = 60;
const machine: Machine = {
  id: 'm',
  cpu: { model: 'Example 9000', logicalCores: 4, governor: null },
  memoryBytes: 8 * 2 ** 30,
  gpus: [],
  os: { platform: 'linux', release: '6.1', version: '#1', arch: 'x64' },
  virtualized: true,
  powerSource: 'ac',
  node: '24.21.0',
  onnxruntime: '1.30.0',
  app: { version: '0.1.0', commit: null },
  nodeOptions: null,
};
export const planSensor: SensorInfo = {
  id: 'sim:cpu',
  provider: 'sim',
  device: { key: 'sim', name: 'simulated', driver: null },
  domain: 'cpu.package',
  contains: [],
  kind: 'counter',
  provenance: 'measured',
  origin: 'simulated',
  delivery: 'read',
  joulePerCount: 1e-6,
  modulus: null,
  update: { seconds: 0.001, from: 'documented' },
  averagingS: 0,
  duty: 1,
  maxReadHz: 1000,
  edgeAlign: false,
  gainRel1s: 0.05,
  offsetW1s: 0,
  maxPlausibleW: 500,
  factor1s: null,
  notes: [],
};

const estimate = (value: number): Estimate => ({
  value,
  low: value / 1.003,
  high: value * 1.003,
  missingReason: null,
});
const refused: Estimate = { value: null, low: null, high: null, missingReason: 'TOO_FEW_SAMPLES' };

/** Numbers of one turn. */
export interface TurnNumbers {
  p50S: number;
  p95S: number;
  grossJ: number;
  netJ: number;
  /** Standard uncertainties of the energies, J. */
  repeatJ?: number;
  baselineJ?: number;
  offsetJ?: number;
}

const part = (perInferenceJ: number, u: Partial<NonNullable<EnergyPart['u']>>): EnergyPart => ({
  verdict: 'valid',
  codes: [],
  perInferenceJ,
  repeat: null,
  absolute: null,
  u: {
    resolutionJ: 0,
    repeatJ: null,
    baselineJ: null,
    edgeJ: 0,
    gainJ: 0,
    offsetJ: null,
    combinedJ: 0,
    ...u,
  },
});

/** A completed run with these numbers. */
export function turnOf(
  turn: Turn | undefined,
  numbers: TurnNumbers,
  over: Partial<RunRecord> = {},
  windows: ComparedTurn['windows'] = [],
  sensor: SensorInfo = planSensor,
): ComparedTurn {
  const { p50S, p95S, grossJ, netJ, repeatJ = grossJ * 0.003, baselineJ = 0, offsetJ = 0 } = numbers;
  const energy: EnergyResult = {
    sensor,
    domain: sensor.domain,
    provenance: sensor.provenance,
    headline: true,
    gross: part(grossJ, { repeatJ, offsetJ }),
    net: part(netJ, { repeatJ, baselineJ }),
    powerMeanW: grossJ / p50S,
    powerReadyW: (grossJ - netJ) / p50S,
    windows: windows.length || 2,
    method: '',
  };
  const entry = turn?.entry ?? 0;
  const run: RunRecord = {
    id: `run-${entry}-${turn?.block ?? 0}`,
    experimentId: 'experiment',
    ordinal: turn ? turn.block * 10 + entry : entry,
    role: entry >= 2 ? 'control' : 'measure',
    ...(turn ? { turn } : {}),
    condition: {
      modelId: entry >= 2 ? 'control' : `model-${entry}`,
      provider: 'cpu',
      engine: 'capi',
      batch: 1,
      threads: 1,
      preset: 'standard',
      windowS: 10,
      seed: 1,
      dims: {},
      values: {},
      graphOptimization: 'all',
      fallback: 'none',
    },
    conditionSha256: entry >= 2 ? 'control' : `condition-${entry}`,
    machineId: machine.id,
    status: 'completed',
    queuedUnixMs: 0,
    startedUnixMs: 1,
    endedUnixMs: 2,
    outcome: { kind: 'completed' },
    facts: null,
    latency: {
      verdict: 'valid',
      codes: [],
      n: 1000,
      nEff: 900,
      stride: 1,
      p50S: estimate(p50S),
      p90S: refused,
      p95S: estimate(p95S),
      p99S: refused,
      p999S: refused,
      minS: p50S,
      maxS: p95S,
      meanS: p50S,
      sdS: 0,
      spikes: 0,
      throughputHz: 1 / p50S,
      method: '',
    },
    energy: [energy],
    macs: null,
    ...over,
  };
  return { run, machine, windows, powerLimitW: null, powerMode: null };
}

export function modelOf(id: string, over: Partial<Model> = {}): Model {
  return {
    id,
    name: id,
    family: 'mlp',
    recipe: null,
    fileSha256: id,
    externalData: [],
    fileBytes: 1,
    irVersion: 10,
    producer: '',
    opsets: [],
    inputs: [],
    outputs: [],
    precision: 'float32',
    counts: {
      convention: 'tw1',
      parameters: 1000,
      parametersMissingReason: null,
      parametersNonzero: 1000,
      parameterBytes: 4000,
      operators: { Gemm: 3 },
    },
    importedUnixMs: 0,
    ...over,
  };
}

/** A chosen run that stands for these turns. */
export const chosen = (turns: readonly ComparedTurn[], over: Partial<ComparedRun> = {}): ComparedRun => ({
  ...turns[0],
  model: modelOf(turns[0].run.condition.modelId),
  sample: false,
  lab: null,
  turns,
  ...over,
});

/** One window after another of correlated latencies about a level, s; and the medians that a comparison sees. */
function measured(random: Random, level: number, { windows, sampleSd, rho }: PlanShape) {
  const all: number[] = [];
  const own = Array.from({ length: windows }, () => {
    const step = Math.sqrt(1 - rho * rho);
    let x = random.normal();
    const samples = Float64Array.from({ length: samplesPerWindow }, () => {
      x = rho * x + step * random.normal();
      // A tail to the right, as real latencies have.
      return level * Math.exp(sampleSd * Math.max(x, 0.5 * x));
    });
    const seconds = mean(samples);
    all.push(...samples);
    samples.sort();
    const joules = 50 * seconds * Math.exp(0.002 * random.normal());
    return {
      medianS: quantileOfSorted(samples, 0.5),
      p95S: quantileOfSorted(samples, 0.95),
      itemsPerS: 1 / seconds,
      grossJ: joules,
      netJ: joules - 20 * seconds,
    };
  });
  const sorted = Float64Array.from(all).sort();
  const numbers: TurnNumbers = {
    p50S: quantileOfSorted(sorted, 0.5),
    p95S: quantileOfSorted(sorted, 0.95),
    grossJ: Math.exp(mean(own.map((w) => Math.log(w.grossJ)))),
    netJ: mean(own.map((w) => w.netJ)),
  };
  return { windows: own, numbers };
}

/** One plan: conditions A and B (entries 0 and 1) and the two entries of a control (2 and 3). */
export function simulatedPlan(
  seed: number,
  shape: PlanShape,
): { runs: ComparedRun[]; controls: ControlPair[] } {
  const random = randomFrom(seed);
  const { blocks, order, effect, drift, blockSd, runSd } = shape;
  const places =
    order === 'interleaved'
      ? orderOf(4, blocks, seed).flatMap((entries, block) => entries.map((entry) => ({ entry, block })))
      : [0, 1, 2, 3].flatMap((entry) => Array.from({ length: blocks }, (_, block) => ({ entry, block })));
  const shifts = Array.from({ length: blocks }, () => blockSd * random.normal());
  const entries: ComparedTurn[][] = [[], [], [], []];
  places.forEach(({ entry, block }, turn) => {
    // Out of turn, what a stretch of time shares is no longer shared by A and B.
    const shared = order === 'interleaved' ? shifts[block] : shifts[turn % blocks];
    const ln = shared + runSd * random.normal() + drift * turn + (entry === 1 ? effect : 0);
    const { windows, numbers } = measured(random, 1e-3 * Math.exp(ln), shape);
    const place = { entry, block, blocks, position: turn % 4 };
    entries[entry].push(turnOf(place, numbers, {}, windows));
  });
  for (const own of entries) own.sort((a, b) => a.run.turn!.block - b.run.turn!.block);
  return {
    runs: [chosen(entries[0]), chosen(entries[1])],
    controls: [{ experimentId: 'experiment', provider: 'cpu', entries: [entries[2], entries[3]] }],
  };
}

/** The same windows as if A had been measured in one go and then B: one run each, out of turn, without a control. */
export function asSeparateRuns({ runs }: { runs: ComparedRun[] }): ComparedRun[] {
  return runs.map(({ turns, model }) => {
    const windows = turns.flatMap((t) => t.windows);
    const sorted = (of: (w: (typeof windows)[number]) => number) => Float64Array.from(windows, of).sort();
    const joules = windows.map((w) => Math.log(w.grossJ!));
    const grossJ = Math.exp(mean(joules));
    const spread = Math.sqrt(mean(joules.map((j) => (j - mean(joules)) ** 2)) / (windows.length - 1));
    const numbers: TurnNumbers = {
      p50S: quantileOfSorted(
        sorted((w) => w.medianS),
        0.5,
      ),
      p95S: quantileOfSorted(
        sorted((w) => w.p95S),
        0.5,
      ),
      grossJ,
      netJ: mean(windows.map((w) => w.netJ!)),
      repeatJ: grossJ * spread,
    };
    const { condition, id, conditionSha256 } = turns[0].run;
    const turn = turnOf(undefined, numbers, { condition, id, conditionSha256 }, windows);
    return chosen([turn], { model });
  });
}
