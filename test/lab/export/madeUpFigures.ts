import type { BundleFigure, FitRow, ReferenceRow } from '../../../src/main/lab/export/types';

const fit: FitRow = {
  fit_id: 'curve/mlp',
  figure_id: 'curve',
  series: 'mlp',
  segment: 'whole',
  pooled: false,
  group_term: null,
  model: 'power-law',
  method: 'huber-log10',
  x_column: 'params_count',
  y_column: 'energy_per_inference_J',
  x_unit: '1',
  y_unit: 'J',
  n_count: 8,
  exponent_ratio: 0.9,
  exponent_ci95_low_ratio: 0.8,
  exponent_ci95_high_ratio: 1,
  interval_method: 'bootstrap over models',
  log10_prefactor_ratio: -6,
  r_squared_ratio: 0.98,
  r_squared_missing_reason: null,
  residual_sd_log10_ratio: 0.1,
  x_domain_low: 1000,
  x_domain_high: 128_000,
  x_break: null,
  x_break_low: null,
  x_break_high: null,
  x_break_missing_reason: 'one exponent describes the data',
  excluded_count: 0,
  excluded_rule: null,
  includes_estimated: false,
  indicative: null,
  run_ids_sha256: 'ab'.repeat(32),
};

const reference: ReferenceRow = {
  reference_id: 'human-brain',
  quantity: 'parameters',
  value: 1e14,
  value_missing_reason: null,
  low: 1e13,
  high: 1e15,
  unit: '1',
  source: 'Pakkenberg et al. 2003',
  url_or_doi: null,
  note: null,
};

const figure = (name: string, fits: readonly FitRow[]): BundleFigure => ({
  name,
  kind: 'curve-efficiency',
  title: name,
  caption: '',
  alt: '',
  svg: '',
  spec: '',
  points: '',
  fits,
  references: [
    { ...reference, quantity: 'energy', unit: 'J', value: null, value_missing_reason: 'not told' },
    reference,
  ],
});

/** Two figures with the same reference points; one law that breaks, and one that does not. */
export const madeUpFigures: readonly BundleFigure[] = [
  figure('curve', [fit]),
  figure('again', [
    {
      ...fit,
      fit_id: 'again/mlp/below',
      model: 'broken-power-law',
      segment: 'below',
      x_break: 9000,
      x_break_low: 5000,
      x_break_high: 2e4,
      x_break_missing_reason: null,
    },
    {
      ...fit,
      fit_id: 'again/mlp/above',
      model: 'broken-power-law',
      segment: 'above',
      x_break: 9000,
      x_break_low: 5000,
      x_break_high: 2e4,
      x_break_missing_reason: null,
    },
  ]),
];
