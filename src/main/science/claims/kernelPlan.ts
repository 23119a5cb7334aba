import type { ClaimInput, ClaimOptions, ClaimStep } from '../../../shared/claim';
import type { RuleName } from '../pathkernel/integral';
import type { Activation } from '../pathkernel/network';
import { type OrdinaryInput, type RebuildInput, stepsOf } from '../pathkernel/tasks';
import { seedList } from '../protocol';
import { givenInputs } from './inputs';

type Key = 'hidden' | 'examples' | 'queries' | 'time' | 'seeds';

/** Numbers that a person may type; 0 stands for the form's own. */
export const kernelInputs: readonly (ClaimInput & { key: Key })[] = [
  input('hidden', 'Hidden units', 32, 1, 512, 'guide of the experiments, 3.4'),
  input(
    'examples',
    'Training examples; 0: 100 in a first look, 200 in the full form',
    0,
    0,
    2000,
    'guide, 3.4',
  ),
  input('queries', 'Queries; 0: 30 in a first look, 60 in the full form', 0, 0, 2000, 'guide, 3.4'),
  input('time', 'Total time of training, step size × steps', 32, 0.5, 256, 'guide, 3.4'),
  input('seeds', 'Seeds; 0: 5', 0, 0, 20, 'guide, 1.3'),
];

function input(
  key: Key,
  label: string,
  value: number,
  min: number,
  max: number,
  source: string,
): ClaimInput & { key: Key } {
  return { key, label, unit: '1', default: value, min, max, source };
}

const momentum = 0.9;
const batch = 20;
const etas = { glance: [1, 1 / 4, 1 / 8, 1 / 16], full: [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16] } as const;
const allRules: RuleName[] = ['left', 'trapezoid', 'midpoint', 'gauss', 'closed'];
/** Momentum costs most for each rule: a product for every example and class. */
const fewRules: RuleName[] = ['left', 'trapezoid', 'closed'];

const modes = [
  { key: 'full-batch', label: 'full batch', batch: null, momentum: 0, rules: allRules },
  { key: 'batches', label: `batches of ${batch}`, batch, momentum: 0, rules: allRules },
  { key: 'momentum', label: `batches of ${batch}, momentum ${momentum}`, batch, momentum, rules: fewRules },
] as const;
const activations: readonly { key: Activation; label: string }[] = [
  { key: 'tanh', label: 'tanh' },
  { key: 'relu', label: 'ReLU' },
];

export interface KernelPlan {
  rebuild: { step: ClaimStep; label: string; input: RebuildInput }[];
  ordinary: { step: ClaimStep; label: string; input: OrdinaryInput }[];
}

/** What a run will do, all of it known from the options. @throws LabError bad_input */
export function kernelPlan(options: ClaimOptions): KernelPlan {
  const full = options.form === 'full';
  const given = givenInputs(kernelInputs, options);
  // Counts are whole numbers.
  const typed = (key: Key, otherwise: number) =>
    (key === 'time' ? given[key].value : Math.round(given[key].value)) || otherwise;
  const seeds = seedList(options, typed('seeds', 5));
  const shared = {
    dataset: options.dataset,
    seeds,
    examples: typed('examples', full ? 200 : 100),
    hidden: typed('hidden', 32),
  };
  /** For what costs most in a first look. */
  const fewer = full ? seeds : seeds.slice(0, 3);
  const rebuild = modes.flatMap((mode) =>
    activations.map((activation) => {
      const label = `${activation.label}, ${mode.label}`;
      // Momentum 0.9 takes ten times the step, and so a tenth of the time.
      const faster = 1 - mode.momentum;
      const task: RebuildInput = {
        ...shared,
        seeds: full || mode.momentum === 0 ? seeds : fewer,
        queries: typed('queries', full ? 60 : 30),
        activation: activation.key,
        etas: etas[options.form].map((eta) => Number((eta * faster).toPrecision(12))),
        time: Number((typed('time', 32) * faster).toPrecision(12)),
        batch: mode.batch,
        momentum: mode.momentum,
        rules: [...mode.rules],
        gaussPoints: 4,
      };
      const key = `rebuild-${activation.key}-${mode.key}`;
      return {
        label,
        input: task,
        step: { key, label: `Train and rebuild: ${label}`, expectedS: rebuildS(task) },
      };
    }),
  );
  const networks = [
    { hidden: shared.hidden, steps: 128, gain: 1 },
    ...(full ? [{ hidden: shared.hidden, steps: 512, gain: 1 }] : []),
    { hidden: 2 * shared.hidden, steps: 512, gain: 0.3 },
  ];
  const ordinary = networks.map(({ hidden, steps, gain }) => {
    const start = gain === 1 ? 'usual start' : `start weights × ${gain}`;
    const label = `${hidden} hidden units, ${steps} steps, ${start}`;
    const task: OrdinaryInput = {
      ...shared,
      seeds: fewer,
      hidden,
      queries: full ? 400 : 200,
      activation: 'tanh',
      eta: 0.25,
      steps,
      gain,
      samples: 64,
      ridges: [1e-2, 1e-6],
    };
    const key = `ordinary-${hidden}-${steps}-${String(gain).replace('.', '-')}`;
    const step = { key, label: `Ordinary kernel machine: ${label}`, expectedS: ordinaryS(task) };
    return { label, input: task, step };
  });
  return { rebuild, ordinary };
}

/** What one core does in plain float64 loops and in ONNX Runtime's products, multiply-adds/s; start of a process, s. */
const rate = { loops: 1.3e9, products: 8e9 } as const;
const startS = 1;
const classes = 10;
const featuresOf = (dataset: string) => (dataset === 'mnist' ? 196 : 40);

function rebuildS(task: RebuildInput): number {
  const { hidden: h, examples: n, queries: q, rules } = task;
  const d = featuresOf(task.dataset);
  const b = task.batch ?? n;
  const trained = 3 * b * d * h + 3 * q * d * h;
  const kernel =
    task.momentum === 0 ? (1 + rules.length) * q * b * h : q * n * h * (1 + rules.length * classes);
  const steps = task.etas.reduce((sum, eta) => sum + stepsOf(task.time, eta), 0);
  // About 40 evaluations of tanh (or as much) a unit and query, at some 20 multiply-adds each.
  return startS + (task.seeds.length * steps * (trained + kernel + 800 * q * h)) / rate.loops;
}

function ordinaryS(task: OrdinaryInput): number {
  const { hidden: h, examples: n, queries: q, steps } = task;
  const points = n * classes;
  const loops = steps * (3 * (n + q) * featuresOf(task.dataset) * h + 2 * q * n * h) + points ** 3;
  const products = task.samples * h * points * (points + q * classes);
  return startS + task.seeds.length * (loops / rate.loops + products / rate.products);
}
