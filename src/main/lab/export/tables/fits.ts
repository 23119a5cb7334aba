import type { FitRow } from '../types';
import {
  columnsOf,
  count,
  explained,
  flag,
  generic,
  oneOf,
  optional,
  quantity,
  smallTable,
  text,
} from './columns';

/** A cell of a row that a figure gives under the column's name. */
const given =
  <T extends string | number | boolean>(name: string) =>
  (row: FitRow): T | null =>
    (row[name] ?? null) as T | null;
const words = (name: string, description: string) => text<FitRow>(name, description, given<string>(name));
const oneWord = (name: string, values: readonly string[], description: string) =>
  oneOf<FitRow>(name, values, description, given<string>(name));
const number = (name: string, description: string) =>
  quantity<FitRow>(name, description, given<number>(name));
const whole = (name: string, description: string) => count<FitRow>(name, description, given<number>(name));
const inX = (name: string, description: string) =>
  generic<FitRow>(name, 'x_unit', description, given<number>(name));

/** One row per line of a figure: a power law has one, a broken one has one below its break and one above. */
export const fits = smallTable<FitRow>(
  {
    name: 'fits',
    title: 'Fits',
    description:
      'One row per fitted line of a figure, y = 10^log10_prefactor · x^exponent with x and y in their units; a broken law has one row below its break and one above.',
    primaryKey: ['fit_id'],
    foreignKeys: [],
    columns: columnsOf<FitRow>(
      words('fit_id', 'The line.'),
      words('figure_id', 'Figure that shows it: name of its files in figures/.'),
      words('series', 'Series that it was fitted to.'),
      oneWord(
        'segment',
        ['whole', 'below', 'above'],
        'Part of x that the line is for; below and above a break.',
      ),
      flag<FitRow>('pooled', 'True where several groups were fitted together.', given<boolean>('pooled')),
      optional(words('group_term', 'What sets the groups of a pooled fit apart.')),
      oneWord('model', ['power-law', 'broken-power-law'], 'Kind of law.'),
      oneWord(
        'method',
        ['ols-log10', 'huber-log10', 'nls'],
        'How it was fitted; the base of the logarithm changes no exponent.',
      ),
      words('x_column', 'Column of the table runs behind x.'),
      words('y_column', 'Column of the table runs behind y.'),
      words('x_unit', 'UCUM code of x.'),
      words('y_unit', 'UCUM code of y.'),
      whole('n_count', 'Models behind the line.'),
      number('exponent_ratio', 'Exponent of the law.'),
      number('exponent_ci95_low_ratio', 'Lower end of its 95 % interval.'),
      number('exponent_ci95_high_ratio', 'Upper end of its 95 % interval.'),
      words('interval_method', 'How the interval was made.'),
      number('log10_prefactor_ratio', 'Decimal logarithm of y at x = 1.'),
      explained('r_squared_missing_reason', given<string>('r_squared_missing_reason'), [
        number('r_squared_ratio', 'Share of the variance of log y that the law explains.'),
      ]),
      number('residual_sd_log10_ratio', 'Standard deviation of the residuals of log10 y.'),
      inX('x_domain_low', 'Smallest x that the line stands for.'),
      inX('x_domain_high', 'Largest x that the line stands for.'),
      explained('x_break_missing_reason', given<string>('x_break_missing_reason'), [
        inX('x_break', 'x at which the exponent changes.'),
        inX('x_break_low', 'Lower end of its 95 % interval.'),
        inX('x_break_high', 'Upper end of its 95 % interval.'),
      ]),
      whole('excluded_count', 'Points of the series that were left out.'),
      optional(words('excluded_rule', 'Why they were left out.')),
      flag<FitRow>(
        'includes_estimated',
        'True where estimated energies are among the points.',
        given<boolean>('includes_estimated'),
      ),
      optional(words('indicative', 'Why the line is no evidence; empty where it is.')),
      words('run_ids_sha256', 'SHA-256 over the sorted ids of the runs behind it, joined by line feeds.'),
    ),
  },
  (source) => source.figures().flatMap((figure) => figure.fits),
);

/** What a row of a figure can hold. */
export const fitColumns: readonly string[] = fits.columns.map((c) => c.name);
