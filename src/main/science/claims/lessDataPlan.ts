import type { ClaimForm, ClaimInput, ClaimOptions, ClaimStep } from '../../../shared/claim';
import type { CurvesInput } from '../lessData/curves';
import type { Trial } from '../lessData/learn';
import { type Method, type NetworkKey, networks } from '../lessData/methods';
import { measuringS, seedsOf } from '../protocol';
import { givenInputs } from './inputs';

export const lessDataInputs: readonly (ClaimInput & { key: 'target' })[] = [
  {
    key: 'target',
    label: 'Target accuracy; 0: 0.9 for MNIST, 0.5 for MNIST-1D, 0.8 for other data',
    unit: '1',
    default: 0,
    min: 0,
    max: 1,
    source: 'guide of the experiments, 7; reached by a dense network with 10,000 examples of MNIST-1D: 0.61',
  },
];

/** Training steps in one call of a measured model. */
export const stepsInCall = 20;

const trials: Readonly<Record<ClaimForm, CurvesInput['trials']>> = {
  glance: {
    network: [
      { learningRate: 0.05, momentum: 0 },
      { learningRate: 0.2, momentum: 0 },
    ],
    ridge: [
      { width: 0.25, lambda: 0.1 },
      { width: 0.5, lambda: 0.1 },
    ],
  },
  full: {
    // Momentum 0.9 takes ten times the step.
    network: [0.03, 0.1, 0.3, 0.6].flatMap((rate): Trial[] => [
      { learningRate: rate, momentum: 0 },
      { learningRate: rate / 10, momentum: 0.9 },
    ]),
    ridge: [0.2, 0.35, 0.6, 1].flatMap((width) => [0.01, 0.1].map((lambda): Trial => ({ width, lambda }))),
  },
};

export interface LessDataPlan {
  target: number;
  networks: NetworkKey[];
  /** Gradient steps of the baseline, and of all in the first comparison. */
  steps: number;
  base: Omit<CurvesInput, 'work' | 'chosen'>;
  curves: { step: ClaimStep; work: CurvesInput['work'] }[];
  models: ClaimStep;
  measure: ClaimStep;
  equal: { step: ClaimStep; method: NetworkKey }[];
}

/** What a run will do, known from the options. @throws LabError bad_input */
export function lessDataPlan(options: ClaimOptions): LessDataPlan {
  const full = options.form === 'full';
  const typed = givenInputs(lessDataInputs, options).target.value;
  const usual = options.dataset === 'mnist' ? 0.9 : options.dataset.startsWith('mnist1d') ? 0.5 : 0.8;
  const used = networks.filter((key) => full || key !== 'cnn');
  const steps = full ? 2000 : 1000;
  const base = {
    dataset: options.dataset,
    seed: options.seed,
    seeds: seedsOf(options.form),
    sizes: [100, 300, 1000, 3000, 10_000],
    test: full ? 5000 : 2000,
    nearestTest: 1000,
    trials: trials[options.form],
  };
  const order: Method[] = [
    'dense',
    'sparse',
    'logistic',
    'nearest',
    'ridge',
    ...(full ? (['cnn'] as const) : []),
  ];
  const trainings = base.sizes.length * (base.seeds + base.trials.network.length);
  const pictures = options.dataset === 'mnist';
  const seconds = (method: Method, count: number): number => {
    if (method === 'nearest') return pictures ? 60 : 4;
    if (method === 'ridge') return (count / 5) * (full ? 20 : 1.2);
    return (count * steps) / stepRate[pictures ? 'pictures' : 'small'][method];
  };
  return {
    target: typed || usual,
    networks: used,
    steps,
    base,
    curves: order.map((method) => ({
      step: {
        key: `curve-${method}`,
        label: `Accuracy against examples: ${label[method]}`,
        expectedS: 1 + seconds(method, trainings),
      },
      // Solving 10,000 equations for every trial is for the full form.
      work: [{ method, steps, most: method === 'ridge' && !full ? 3000 : null }],
    })),
    models: { key: 'models', label: 'Write the training steps as models', expectedS: 1 },
    measure: {
      key: 'measure-training',
      label: 'Measure what a training step costs',
      expectedS: measuringS(used.length, options.form),
    },
    equal: used
      .filter((key) => key !== 'dense')
      .map((method) => ({
        method,
        step: {
          key: `equal-cost-${method}`,
          label: `Equal cost of training: ${label[method]}`,
          // As long as the dense network's trainings without trials, by the definition of equal cost.
          expectedS: 1 + 1.5 * seconds('dense', base.sizes.length * base.seeds),
        },
      })),
  };
}

/** Training steps a second on two common cores, one thread: an estimate for the announcement. */
const stepRate: Record<'small' | 'pictures', Record<NetworkKey, number>> = {
  small: { dense: 6000, sparse: 1100, logistic: 20_000, cnn: 250 },
  pictures: { dense: 2500, sparse: 700, logistic: 8000, cnn: 40 },
};

const label: Readonly<Record<Method, string>> = {
  dense: 'dense network',
  sparse: 'sparse network',
  logistic: 'logistic regression',
  nearest: 'nearest neighbour',
  ridge: 'kernel ridge regression',
  cnn: 'convolutional network',
};
