import { arithmeticRate } from '../../../../src/shared/figures/panels/arithmetic-rate';
import { brainScale } from '../../../../src/shared/figures/panels/brain-scale';
import { axis } from '../../../../src/shared/figures/panels/build';
import { capacity } from '../../../../src/shared/figures/panels/capacity';
import { dataEfficiency } from '../../../../src/shared/figures/panels/data-efficiency';
import { devicesNeeded } from '../../../../src/shared/figures/panels/devices-needed';
import { noiseRobustness } from '../../../../src/shared/figures/panels/noise-robustness';
import { ownClaim } from '../../../../src/shared/figures/panels/own-claim';
import type { PanelOptions } from '../../../../src/shared/figures/panels/panelFigure';
import { paretoAccuracyEnergy } from '../../../../src/shared/figures/panels/pareto-accuracy-energy';
import { poolEconomics } from '../../../../src/shared/figures/panels/pool-economics';
import { qualityPerJoule } from '../../../../src/shared/figures/panels/quality-per-joule';
import { reconstructionStep } from '../../../../src/shared/figures/panels/reconstruction-step';
import { revenue } from '../../../../src/shared/figures/panels/revenue';
import type { PanelFigure } from '../../../../src/shared/figures/panels/spec';
import { speedupSparsity } from '../../../../src/shared/figures/panels/speedup-sparsity';
import { storageQuery } from '../../../../src/shared/figures/panels/storage-query';

/** A value with an interval of ± `share`. */
const about = (value: number, share = 0.06) => ({
  value,
  low: value * (1 - share),
  high: value * (1 + share),
});
const zip = (x: readonly number[], y: readonly number[], share = 0.06, n = 5) =>
  x.map((v, i) => ({ x: v, y: about(y[i]!, share), n }));
const made = 'Numbers of a prototype, drawn as a fixture. Median over 5 seeds, bars: 95 % bootstrap.';

const parameters = [3190, 12730, 50890, 203530, 814090];
const steps = [1, 0.5, 0.25, 0.125, 0.0625];
const stored = [100, 200, 400, 800, 1600, 3200];

/** Demand, queries/s: sixteen a decade. */
const demand = Array.from({ length: 97 }, (_, i) => 10 ** (3 + i / 16));

const storage = storageQuery({
  title: 'The network’s bytes and time do not grow with the examples; the explicit machine’s do',
  caption: made,
  badge: 'SAMPLE DATA',
  bytes: [
    {
      key: 'explicit',
      name: 'explicit machine',
      points: zip(stored, [3.7e6, 5.7e6, 9.6e6, 1.75e7, 3.33e7, 6.49e7], 0),
    },
    {
      key: 'superposed',
      name: 'superposed',
      points: zip(
        stored,
        stored.map(() => 3.42e6),
        0,
      ),
    },
    {
      key: 'network',
      name: 'network',
      points: zip(
        stored,
        stored.map(() => 31840),
        0,
      ),
    },
  ],
  queries: [
    {
      key: 'batch-1',
      title: 'Query at batch 1',
      measure: 'latency',
      series: [
        {
          key: 'explicit',
          name: 'explicit machine',
          points: zip(stored, [3.91e-4, 4.6e-4, 6.12e-4, 9e-4, 1.447e-3, 3.445e-3]),
        },
        {
          key: 'explicit-p95',
          name: 'explicit machine, p95',
          like: 'explicit',
          line: 'dotted',
          marks: false,
          points: zip(stored, [5e-4, 6e-4, 8e-4, 1.2e-3, 1.9e-3, 4.4e-3]),
        },
        {
          key: 'superposed',
          name: 'superposed',
          points: zip(stored, [3.8e-4, 3.78e-4, 3.76e-4, 3.7e-4, 3.69e-4, 3.64e-4]),
        },
        { key: 'network', name: 'network', points: zip(stored, [1.1e-5, 1.1e-5, 1.1e-5, 1e-5, 9e-6, 8e-6]) },
      ],
    },
  ],
});

const layouts = [
  { x: 0.95, y: about(1.0, 0.02), label: 'stored dense', n: 5 },
  { x: 0.95, y: about(0.9), label: 'gather and dot', n: 5 },
];
const structured = [
  { x: 0.9, y: about(21), label: 'pruned units', n: 5 },
  { x: 0.9, y: about(16), label: 'blocks 32×128', n: 5 },
];
const winners = [
  { x: 0.5, y: about(5.1), label: 'k-WTA 10 %', n: 5 },
  { x: 0.95, y: about(7.8), label: 'complementary', n: 5 },
];

/** One figure a kind, and the special cases of the drawing. */
export const panelExamples: Record<string, { figure: PanelFigure; options?: PanelOptions }> = {
  'pareto-accuracy-energy': {
    figure: paretoAccuracyEnergy({
      title: 'Width 64 is on the front; eight experts are not',
      caption: made,
      measure: 'energy',
      badge: 'SIMULATED',
      panels: [
        {
          key: 'mnist',
          series: [
            {
              key: 'dense',
              name: 'dense ladder',
              points: [0.8573, 0.9508, 0.9695, 0.9745, 0.9779].map((y, i) => ({
                x: about([2e-4, 2.1e-4, 2.6e-4, 4.4e-4, 3.6e-3][i]!),
                y: about(y, 0.003),
                n: 5,
                label: `H = ${4 ** (i + 1)}`,
              })),
            },
            {
              key: 'experts',
              name: 'mixture of experts',
              points: [{ x: about(5e-4), y: about(0.9622, 0.003), n: 5 }],
            },
            {
              key: 'estimate',
              name: 'int8',
              estimated: true,
              points: [{ x: about(1.3e-4, 0.5), y: 0.9791, n: 5 }],
            },
          ],
        },
      ],
    }),
  },
  'quality-per-joule': {
    figure: qualityPerJoule({
      title: 'Quality per second peaks at 12,730 parameters and falls 16 to 54 times above it',
      caption: made,
      measure: 'latency',
      panels: [
        {
          key: 'batch-1',
          title: 'Batch 1',
          peak: { value: 12730, low: 3190, high: 50890 },
          series: [
            {
              key: 'dense',
              name: 'dense ladder',
              points: zip(parameters, [9.7e4, 1.11e5, 1.04e5, 6.5e4, 7e3]),
            },
          ],
        },
        {
          key: 'batch-256',
          title: 'Batch 256',
          peak: { value: 12730, low: 12730, high: 12730 },
          series: [
            {
              key: 'dense',
              name: 'dense ladder',
              points: zip(parameters, [5.032e6, 5.573e6, 1.919e6, 5.11e5, 1.04e5]),
            },
          ],
        },
      ],
    }),
  },
  'reconstruction-step': {
    figure: reconstructionStep({
      title: 'The error of the rebuilt function falls with the step at the slope of its rule',
      caption: made,
      floor: { at: 1.1e-16, label: 'rounding of float64' },
      panels: [
        {
          key: 'tanh',
          title: 'tanh',
          series: [
            {
              key: 'left',
              name: 'left end (Domingos)',
              points: zip(steps, [0.043, 0.021, 0.0105, 0.004, 0.0014], 0.2),
            },
            {
              key: 'trapezoid',
              name: 'trapezoid',
              points: zip(steps, [3.7e-3, 9e-4, 2.2e-4, 5e-5, 4e-6], 0.2),
            },
            {
              key: 'gauss',
              name: 'Gauss, 4 points',
              points: zip(steps, [5e-10, 2e-12, 1e-14, 9e-15, 8e-15], 0.2),
            },
          ],
        },
        {
          key: 'relu',
          title: 'ReLU',
          series: [
            {
              key: 'left',
              name: 'left end (Domingos)',
              points: [{ x: 2, y: Number.NaN }, ...zip(steps, [0.59, 0.3, 0.04, 0.008, 0.0022], 0.2)],
            },
            {
              key: 'trapezoid',
              name: 'trapezoid',
              points: zip(steps, [0.075, 0.03, 0.008, 0.002, 5e-4], 0.2),
            },
            {
              key: 'closed',
              name: 'closed form',
              points: zip(steps, [4e-15, 5e-15, 8e-15, 1.2e-14, 1.6e-14], 0.2),
            },
          ],
        },
      ],
    }),
  },
  'storage-query': { figure: storage },
  'storage-query-dark-tall': { figure: storage, options: { theme: 'dark', size: 'tall' } },
  'storage-query-single': { figure: storage, options: { size: 'single' } },
  capacity: {
    figure: capacity({
      title: 'A network holds about one random label for 13 parameters',
      caption: `${made} Band: lowest to highest seed.`,
      series: [
        {
          key: 'h16',
          name: '12,730 parameters',
          points: [
            [500, 1],
            [1000, 0.988],
            [2000, 0.66],
            [4000, 0.38],
            [8000, 0.19],
          ].map(([x, y]) => ({ x: x!, y: y!, n: 3 })),
          band: [
            [500, 1, 1],
            [1000, 0.916, 0.988],
            [2000, 0.6, 0.66],
            [4000, 0.29, 0.38],
            [8000, 0.18, 0.19],
          ],
        },
        {
          key: 'h64',
          name: '50,890 parameters',
          points: [
            [500, 1],
            [1000, 1],
            [2000, 1],
            [4000, 0.992],
            [8000, 0.67],
          ].map(([x, y]) => ({ x: x!, y: y!, n: 3 })),
          band: [
            [500, 1, 1],
            [1000, 1, 1],
            [2000, 1, 1],
            [4000, 0.988, 0.992],
            [8000, 0.64, 0.67],
          ],
        },
      ],
      limits: [
        { name: '12,730', examples: 970 },
        { name: '50,890', examples: 4000 },
      ],
    }),
  },
  'arithmetic-rate': {
    figure: arithmeticRate({
      title: 'Kernel machine and network reach the same arithmetic rate',
      caption: made,
      panels: [
        {
          key: 'batch-256',
          title: 'Batch 256',
          unit: 'FLOP/s',
          peak: { at: 1.9e11, label: 'best rate of the provider' },
          series: [
            {
              key: 'krr',
              name: 'kernel ridge',
              points: zip([500, 1000, 2000, 4000, 8000], [1.68e11, 1.7e11, 1.75e11, 1.8e11, 1.82e11]),
            },
            {
              key: 'network',
              name: 'network',
              points: zip([500, 1000, 2000, 4000, 8000], [1.83e11, 1.9e11, 2.0e11, 2.1e11, 2.14e11]),
            },
            {
              key: 'explicit',
              name: 'explicit machine',
              points: zip([500, 1000, 2000, 4000, 8000], [1.18e11, 1.2e11, 1.22e11, 1.25e11, 1.28e11]),
            },
          ],
        },
        {
          key: 'batch-1',
          title: 'Batch 1',
          unit: 'byte/s',
          series: [
            {
              key: 'krr',
              name: 'kernel ridge',
              points: zip([500, 1000, 2000, 4000, 8000], [2.3e10, 2.6e10, 3.1e10, 3.6e10, 3.8e10]),
            },
            {
              key: 'network',
              name: 'network',
              points: zip([500, 1000, 2000, 4000, 8000], [2.8e10, 3e10, 3.2e10, 3.4e10, 3.5e10]),
            },
          ],
        },
      ],
    }),
  },
  'speedup-sparsity': {
    figure: speedupSparsity({
      title: 'Scattered zeros are not skipped; structure is 5 to 21 times faster',
      caption: made,
      panels: [
        {
          key: 'batch-1',
          ratio: 'time',
          series: [
            { key: 'masked', name: 'scattered zeros', points: layouts },
            { key: 'structured', name: 'structured', points: structured },
            { key: 'winners', name: 'k winners', points: winners },
          ],
        },
      ],
    }),
  },
  'speedup-sparsity-two': {
    figure: speedupSparsity({
      id: 'speedup-sparsity-two',
      title: 'Scattered zeros are not skipped; structure is 5 to 21 times faster',
      caption: made,
      panels: [
        {
          key: 'time',
          title: 'Time, batch 1',
          ratio: 'time',
          series: [
            { key: 'masked', name: 'scattered zeros', points: layouts },
            { key: 'structured', name: 'structured', points: structured },
            { key: 'winners', name: 'k winners', points: winners },
          ],
        },
        {
          key: 'energy',
          title: 'Energy, batch 1',
          ratio: 'energy',
          series: [],
          empty: 'Not measured: this machine has no energy meter that the lab can read.',
        },
      ],
    }),
  },
  'noise-robustness': {
    figure: noiseRobustness({
      title: 'The sparse network keeps more of its accuracy under noise',
      caption: made,
      chance: 0.1,
      series: [
        {
          key: 'dense',
          name: 'dense CNN',
          points: Array.from({ length: 11 }, (_, i) => ({
            x: i * 0.05,
            y: about(0.1 + 0.882 / (1 + Math.exp((i - 7) * 0.9)), 0.05),
            n: 5,
          })),
        },
        {
          key: 'sparse',
          name: 'sparse CNN',
          points: Array.from({ length: 11 }, (_, i) => ({
            x: i * 0.05,
            y: about(0.1 + 0.877 / (1 + Math.exp((i - 9) * 0.8)), 0.03),
            n: 5,
          })),
        },
      ],
    }),
  },
  'data-efficiency': {
    figure: dataEfficiency({
      title: 'Kernel ridge needs a quarter of the examples; the sparse network twice as many',
      caption: made,
      target: 0.9,
      panels: [
        {
          key: 'mnist',
          series: (
            [
              ['krr', 'kernel ridge', [0.765, 0.846, 0.911, 0.941]],
              ['dense', 'dense network', [0.736, 0.805, 0.856, 0.897, 0.928]],
              ['kwta', 'k-WTA network', [0.714, 0.781, 0.833, 0.881, 0.908]],
              ['nn', 'nearest neighbour', [0.701, 0.784, 0.851, 0.895]],
              ['logistic', 'logistic', [0.69, 0.77, 0.83, 0.86, 0.88]],
              ['forest', 'random forest', [0.72, 0.81, 0.88, 0.92, 0.945]],
              ['cnn', 'small CNN', [0.75, 0.86, 0.93, 0.96, 0.975]],
            ] as const
          ).map(([key, name, y]) => ({
            key,
            name,
            points: zip([100, 300, 1000, 3000, 10000].slice(0, y.length), y, 0.012),
          })),
        },
      ],
    }),
  },
  'pool-economics': {
    figure: poolEconomics({
      title: 'An idle pool wins below 20 to 31 % utilisation of the central machine',
      caption: 'Monte Carlo over prices and hours, 95 % bands. All inputs are placeholders.',
      badge: 'PLACEHOLDER INPUTS',
      panels: [
        {
          key: 'energy',
          cost: 'energy',
          central: Array.from({ length: 20 }, (_, i) => {
            const u = (i + 1) / 20;
            const cost = (1.54 * (u * 650 + (1 - u) * 200)) / (u * 5000);
            return [u, cost, cost * 0.93, cost * 1.07] as const;
          }),
          pool: [
            {
              key: 'marginal',
              name: 'on anyway',
              cost: { value: 0.338, low: 0.31, high: 0.37 },
              breakEven: { value: 0.31, low: 0.27, high: 0.36 },
            },
            {
              key: 'woken',
              name: 'woken',
              cost: { value: 0.45, low: 0.42, high: 0.48 },
              breakEven: { value: 0.2, low: 0.17, high: 0.23 },
            },
            { key: 'full', name: 'full', cost: { value: 0.4536, low: 0.43, high: 0.49 }, breakEven: null },
          ],
        },
      ],
    }),
  },
  'brain-scale': {
    figure: brainScale({
      title: 'The lab’s models beside the brain',
      caption: made,
      quantity: 'usesPerJoule',
      series: [
        { key: 'dense', name: 'dense ladder', points: zip(parameters, [2e6, 8e6, 3e7, 6e7, 5e7]) },
        {
          key: 'ahead',
          name: 'dense ladder',
          like: 'dense',
          extrapolated: true,
          line: 'dotted',
          marks: false,
          points: [
            { x: 814090, y: 5e7 },
            { x: 1e9, y: 8e7 },
          ],
        },
      ],
    }),
  },
  'devices-needed': {
    figure: devicesNeeded({
      title: 'int8 needs 3.5 times fewer devices for the same work',
      caption: made,
      power: 2000,
      devices: [
        {
          key: 'fp32',
          name: 'fp32',
          points: demand.map((x) => ({ x, y: Math.ceil(x / 156000) })),
        },
        {
          key: 'int8',
          name: 'int8',
          points: demand.map((x) => ({ x, y: Math.ceil(x / 732000) })),
        },
      ],
      saving: {
        bound: 0.787,
        series: [
          {
            key: 'int8',
            name: 'int8',
            points: demand.map((x) => ({ x, y: 1 - Math.ceil(x / 732000) / Math.ceil(x / 156000) })),
          },
        ],
      },
      rebound: {
        series: [
          {
            key: 'rebound',
            name: 'N′/N = g^(ε − 1)',
            points: [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5].map((x) => ({ x, y: 4.7 ** (x - 1) })),
          },
        ],
      },
    }),
  },
  revenue: {
    figure: revenue({
      title: 'Data Center went from 45 to 83 % of revenue in eight quarters',
      caption: 'Published figures; revenue is not devices, and no cause is claimed.',
      quarters: ['Q1 FY23', 'Q2 FY23', 'Q3 FY23', 'Q4 FY23', 'Q1 FY24', 'Q2 FY24', 'Q3 FY24', 'Q4 FY24'],
      segments: [
        {
          key: 'data-center',
          name: 'Data Center',
          millions: [3750, 3806, 3833, 3616, 4284, 10323, 14514, 18404],
        },
        { key: 'gaming', name: 'Gaming', millions: [3620, 2042, 1574, 1831, 2240, 2486, 2856, 2865] },
        { key: 'rest', name: 'everything else', millions: [918, 856, 524, 604, 668, 698, null, 834] },
      ],
    }),
  },
  'own-claim': {
    figure: ownClaim({
      title: 'The user’s own method <b>&"\u202e stays below its threshold',
      caption: made,
      panels: [
        {
          key: 'own',
          x: axis('Depth (count)', 'log2'),
          y: axis('Energy per query (J), lower is better', 'log'),
          threshold: { at: 2e-3, label: 'threshold: 2 mJ' },
          series: [
            {
              key: 'own',
              name: 'own \u0007method',
              points: zip([1, 2, 4, 8, 16], [1e-3, 1.2e-3, 1.5e-3, 1.9e-3, 2.4e-3]),
            },
            {
              key: 'zero',
              name: 'baseline',
              points: [
                { x: 1, y: 0 },
                { x: 2, y: 4e-3 },
                { x: 4, y: null },
                { x: 8, y: 5e-3 },
              ],
            },
          ],
        },
      ],
    }),
  },
};
