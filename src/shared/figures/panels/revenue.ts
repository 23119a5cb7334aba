import { axis, type FigureInput, figureOf, type SeriesInput } from './build';
import type { PanelFigure } from './spec';

export interface RevenueInput extends FigureInput {
  /** Names of the quarters in order, e.g. 'Q4 FY22'. */
  quarters: readonly string[];
  /** A series a segment: one figure a quarter, in 10⁶ $; null: not reported. */
  segments: readonly { key: string; name: string; millions: readonly (number | null)[] }[];
  /** Unit of the figures; 10⁶ $ unless told. */
  unit?: string;
}

/** Published revenue by segment over quarters: context, no evidence for a cause. */
export function revenue({ quarters, segments, unit = '10⁶ $', ...input }: RevenueInput): PanelFigure {
  return figureOf(
    'revenue',
    input,
    [
      {
        key: 'revenue',
        series: segments.map(
          ({ key, name, millions }): SeriesInput => ({
            key,
            name,
            points: millions.map((y, x) => ({ x, y })),
          }),
        ),
        x: axis('Quarter', 'linear', { ticks: quarters.map((name, i): [number, string] => [i, name]) }),
        y: axis(`Revenue (${unit})`, 'linear', { fromZero: true }),
      },
    ],
    { notMeasured: 'Not reported' },
  );
}
