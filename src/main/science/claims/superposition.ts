import type { ClaimOptions, ClaimStep } from '../../../shared/claim';
import type { CapacityInput } from '../machines/capacity';
import { type MachineKind, machineKinds } from '../machines/graphs';
import type { MachinesInput } from '../machines/make';
import { type Batch, batches, type ClaimExperiment, seedsOf } from '../protocol';
import { whyNoEnergy } from './captions';
import { fullBlocks, glanceWindowS, measureSeconds, toMeasure } from './machinePlan';
import { hasEnergy } from './ratio';
import { superpositionFigures } from './superpositionFigures';
import { judgeSuperposition, type SuperpositionFound } from './superpositionJudge';
import { superpositionPublished, superpositionTables } from './superpositionTables';
import { superpositionText } from './superpositionText';

interface Plan {
  machines: MachinesInput;
  capacity: CapacityInput;
  conditions: { machine: string; batch: Batch }[];
  /** Slopes are taken over so many of the largest numbers of examples. */
  largest: number;
  steps: ClaimStep[];
}

/**
 * Numbers of examples. The network is cheap: in a first look it is measured over a wider range, so that its slope is
 * sharp. The explicit machine with the most examples is too slow for a short window at batch 256.
 */
const sizes = {
  glance: {
    explicit: { 1: [400, 800, 3200], 256: [400, 800, 1600] },
    network: { 1: [25, 100, 800, 3200], 256: [25, 100, 800, 3200] },
    superposed: { 1: [400, 3200], 256: [] },
    beside: [500, 2000],
  },
  full: {
    explicit: { 1: [100, 400, 800, 1600, 3200], 256: [100, 400, 800, 1600, 3200] },
    network: { 1: [100, 400, 800, 1600, 3200], 256: [100, 400, 800, 1600, 3200] },
    superposed: { 1: [100, 3200], 256: [100, 3200] },
    beside: [500, 2000, 8000],
  },
} as const;

function planOf(options: ClaimOptions): Plan {
  const { form, dataset, seed, provider, threads } = options;
  const full = form === 'full';
  const { beside, ...planned } = sizes[form];
  const sizesOf = (kind: MachineKind): number[] => [...new Set(batches.flatMap((b) => planned[kind][b]))];
  const all = [...new Set(machineKinds.flatMap(sizesOf))].sort((a, b) => a - b);
  const m = full ? 512 : 256;
  const machines: MachinesInput = {
    dataset,
    seed,
    queries: 1000,
    path: { hidden: 32, steps: 64, rate: 0.5 },
    paths: all.map((n) => ({ n, models: machineKinds.filter((kind) => sizesOf(kind).includes(n)) })),
    beside: beside.flatMap((n) => [
      { kind: 'ridge' as const, n, model: true },
      { kind: 'nystrom' as const, n, m, model: true },
      { kind: 'fourier' as const, n, m, model: full },
      { kind: 'trained' as const, n, m: 128, model: false },
    ]),
    ridge: { lambda: 0.1, width: 0.5, tolerance: 1e-3 },
    trainedSteps: full ? 6000 : 2000,
    product: null,
    provider,
    threads,
  };
  const pictures = dataset === 'mnist';
  const capacity: CapacityInput = {
    dataset,
    seed,
    seeds: seedsOf(form),
    widths: full ? [16, 64] : [8, 16],
    sizes: full
      ? pictures
        ? [500, 1000, 2000, 4000, 8000]
        : [200, 400, 800, 1600, 3200, 6400]
      : pictures
        ? [200, 400, 800, 1600]
        : [100, 200, 400, 800],
    steps: full ? 8000 : 4000,
    refine: full ? 2 : 1,
    threshold: 0.99,
    stopAfter: full ? 2 : 1,
  };
  const kernels = (kinds: readonly string[]) =>
    beside.flatMap((n) => kinds.map((kind) => (kind === 'ridge' ? `ridge-${n}` : `${kind}-${m}-${n}`)));
  const conditions = batches.flatMap((batch) => [
    ...machineKinds.flatMap((kind) => planned[kind][batch].map((n) => ({ machine: `${kind}-${n}`, batch }))),
    ...(full
      ? kernels(['ridge', 'nystrom', 'fourier'])
      : batch === 1
        ? kernels(['ridge', 'nystrom'])
        : []
    ).map((machine) => ({ machine, batch })),
  ]);
  const steps = [
    { key: 'machines', label: 'Train and write the machines', expectedS: full ? 60 : 8 },
    { key: 'capacity', label: 'Random labels: what a network holds', expectedS: full ? 240 : 12 },
    {
      key: 'measure',
      label: 'Measure a query of each machine',
      expectedS: measureSeconds(conditions.length, form),
    },
  ];
  return { machines, capacity, conditions, largest: 4, steps };
}

/** C3: are storage and matching time independent of the number of examples? */
export const superpositionClaim: ClaimExperiment = {
  text: superpositionText,
  steps: (options) => planOf(options).steps,
  async run(bench) {
    const { options, machine } = bench;
    const plan = planOf(options);
    const made = await bench.task('machines', 'superposition-machines', plan.machines);
    const { output: capacity } = await bench.task('capacity', 'capacity', {
      ...plan.capacity,
      threshold: bench.criterion('held').threshold,
    });
    const measured = await bench.measure('measure', toMeasure(plan.conditions, made.models), {
      blocks: fullBlocks,
      ...(options.form === 'glance' ? { windowS: glanceWindowS } : {}),
    });
    const found: SuperpositionFound = {
      provider: options.provider,
      largest: plan.largest,
      machines: made.output,
      measured,
      capacity,
    };
    const { limits, ...judged } = judgeSuperposition((key) => bench.criterion(key), found);
    return {
      ...judged,
      tables: superpositionTables(found),
      figures: superpositionFigures(found, limits, machine),
      published: superpositionPublished(found),
      notes: notesOf(options, found),
    };
  },
};

function notesOf(options: ClaimOptions, { machines, measured }: SuperpositionFound): string[] {
  const { points } = machines;
  const features = points.find((p) => p.kind === 'network')?.features;
  return [
    `Data: ${machines.dataset}; the three machines see ${features} numbers an example, 32 hidden units, ${machines.classes} classes.`,
    ...(machines.sigma === null
      ? []
      : [
          `Gaussian kernel: width ${machines.sigma.toFixed(2)}, half the median distance of two examples; ridge ${0.1}. Neither was tuned.`,
        ]),
    ...(hasEnergy(measured)
      ? ['The verdict stands on bytes and time; energy per query is shown beside it.']
      : [
          `Energy per query was not measured. ${whyNoEnergy(options, measured.values())} The verdict stands on bytes and time.`,
        ]),
    ...(options.form === 'glance'
      ? [
          'First look: the slopes are over all numbers of examples that were measured, one short window each, and their intervals hold 5 % for what moves between runs.',
        ]
      : []),
    'Free inputs are random numbers: no machine’s work depends on what it is asked.',
  ];
}
