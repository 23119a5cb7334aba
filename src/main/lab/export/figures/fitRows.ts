import { fitsOf, type SeriesFit } from '../../../../shared/figures/fits';
import { xWords, yWords } from '../../../../shared/figures/quantities';
import type { CurveRow } from '../../../../shared/figures/rows';
import type { CurveSpec, XQuantity, YQuantity } from '../../../../shared/figures/spec';
import { visibleRows } from '../../../../shared/figures/visible';
import { sha256 } from '../../../store/canonical';
import type { FitRow } from '../types';

/** Columns of data/models and data/runs that an axis shows; null: made of several. */
const xColumns: Readonly<Record<XQuantity, string>> = {
  parameters: 'params_count',
  parametersNonzero: 'params_nonzero_count',
  macs: 'macs_count',
  parameterBytes: 'params_size_By',
  latencyP50: 'latency_median_s',
};
const yColumns: Readonly<Record<YQuantity, string>> = {
  energyGross: 'energy_per_inference_J',
  energyNet: 'energy_per_inference_net_J',
  latencyP50: 'latency_median_s',
  inferencesPerJoule: 'energy_per_inference_J',
  throughput: 'throughput_Hz',
  powerMean: 'power_mean_W',
};

/** Does any series of the figure bear a line? */
export function bearsFit(spec: CurveSpec, rows: readonly CurveRow[]): boolean {
  const asked = { ...spec, fit: { ...spec.fit, show: true } };
  return fitsOf(asked, visibleRows(asked, rows)).some((fit) => fit.result.kind === 'law');
}

/** Every line of a figure, one row each; a law of two exponents has one for each side of its break. Pure. */
export function fitRows(spec: CurveSpec, fits: readonly SeriesFit[]): FitRow[] {
  return fits.flatMap((fit) => linesOf(fit).map((line) => rowOf(spec, fit, line)));
}

interface Line {
  /** Of a law of two exponents, which side of the break. */
  side: 'whole' | 'below' | 'above';
  model: 'power-law' | 'broken-power-law';
  break: { value: number; low: number; high: number } | null;
  exponent: { value: number; low: number; high: number };
  /** log10 of y at x = 1. */
  log10Prefactor: number;
  rSquared: number;
  residuals: readonly number[];
  /** Numbers that the law has: residuals have so many degrees of freedom less. */
  fitted: number;
  models: number;
  from: number;
  to: number;
  method: string;
}

function linesOf({ result, broken, points }: SeriesFit): Line[] {
  // As they were counted: a logarithm and back is off in the last digit.
  const [from, to] = [Math.min(...points.map((p) => p.x)), Math.max(...points.map((p) => p.x))];
  if (result.kind === 'none') return [];
  const { law } = result;
  if (broken === null) {
    const { exponent, level, centre, rSquared, residuals, models, method } = law;
    const log10Prefactor = (level - exponent.value * Math.log(centre)) / Math.LN10;
    const line = { exponent, log10Prefactor, rSquared, residuals, fitted: 2, models, from, to, method };
    return [{ side: 'whole', break: null, model: 'power-law', ...line }];
  }
  const { at, below, above, level, residuals, models, method } = broken;
  const rSquared = explained(
    points.map((p) => Math.log(p.y)),
    residuals,
  );
  const side = (
    name: 'below' | 'above',
    exponent: Line['exponent'],
    ends: { from: number; to: number },
  ): Line => ({
    side: name,
    break: at,
    model: 'broken-power-law',
    exponent,
    log10Prefactor: (level - exponent.value * Math.log(at.value)) / Math.LN10,
    rSquared,
    residuals,
    fitted: 4,
    models,
    method,
    ...ends,
  });
  return [side('below', below, { from, to: at.value }), side('above', above, { from: at.value, to })];
}

/** Share of the variance of the logarithms that the law explains. */
function explained(logs: readonly number[], residuals: readonly number[]): number {
  const middle = logs.reduce((sum, v) => sum + v, 0) / logs.length;
  const all = logs.reduce((sum, v) => sum + (v - middle) ** 2, 0);
  return 1 - residuals.reduce((sum, r) => sum + r * r, 0) / all;
}

function rowOf(spec: CurveSpec, fit: SeriesFit, line: Line): FitRow {
  const squares = line.residuals.reduce((sum, r) => sum + r * r, 0);
  return {
    fit_id: [spec.id, fit.label, ...(line.side === 'whole' ? [] : [line.side])].join('/'),
    figure_id: spec.id,
    series: fit.label,
    segment: line.side,
    pooled: false,
    group_term: null,
    model: line.model,
    method: 'huber-log10',
    x_column: xColumns[spec.x.quantity],
    y_column: yColumns[spec.y.quantity],
    x_unit: xWords[spec.x.quantity].ucum,
    y_unit: yWords[spec.y.quantity].ucum,
    n_count: line.models,
    exponent_ratio: line.exponent.value,
    exponent_ci95_low_ratio: line.exponent.low,
    exponent_ci95_high_ratio: line.exponent.high,
    log10_prefactor_ratio: line.log10Prefactor,
    r_squared_ratio: line.rSquared,
    r_squared_missing_reason: null,
    residual_sd_log10_ratio:
      Math.sqrt(squares / Math.max(1, line.residuals.length - line.fitted)) / Math.LN10,
    x_domain_low: line.from,
    x_domain_high: line.to,
    x_break: line.break?.value ?? null,
    x_break_low: line.break?.low ?? null,
    x_break_high: line.break?.high ?? null,
    x_break_missing_reason: line.break === null ? 'one exponent describes the data' : null,
    interval_method: `95\u00a0%, ${line.method}`,
    excluded_count: fit.leftOut,
    excluded_rule: fit.leftOut === 0 ? null : 'glances, quick and limited results, estimates',
    includes_estimated: fit.includesEstimated,
    indicative: fit.indicative.length === 0 ? null : fit.indicative.join('; '),
    run_ids_sha256: sha256(fit.runIds.toSorted().join('\n')),
  };
}
