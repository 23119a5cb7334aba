import { axis, type FigureInput, figureOf, type SeriesInput } from './build';
import type { PanelFigure, PanelGuide } from './spec';

export interface NoiseInput extends FigureInput {
  /** A series a network. Points: x share of disturbed inputs (0 to 1), y accuracy (0 to 1) with the interval over seeds. */
  series: readonly SeriesInput[];
  /** Accuracy of guessing, 1/classes; null: not drawn. */
  chance?: number | null;
  guides?: readonly PanelGuide[];
}

/** Is a sparse network more robust against noise? Source: guide of the experiments, 6.2. */
export function noiseRobustness({ series, chance = null, guides = [], ...input }: NoiseInput): PanelFigure {
  return figureOf('noise-robustness', input, [
    {
      key: 'noise',
      series,
      x: axis('Noise, share of inputs disturbed (ratio)', 'linear', { fromZero: true }),
      y: axis('Accuracy (ratio), higher is better', 'linear', { fromZero: true }),
      guides: [
        ...(chance === null ? [] : [{ kind: 'horizontal' as const, at: chance, label: 'chance' }]),
        ...guides,
      ],
    },
  ]);
}
