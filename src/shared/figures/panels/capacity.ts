import { formatCount } from '../../units';
import { axis, type FigureInput, figureOf, type SeriesInput } from './build';
import type { PanelFigure } from './spec';

export interface CapacityInput extends FigureInput {
  /** A series a network. Points: x examples with random labels (count), y share held (0 to 1) of the best seed; `band`: the seeds. */
  series: readonly SeriesInput[];
  /** Share that counts as held; 0.99 unless told. */
  threshold?: number;
  /** n*: most examples held, by network. */
  limits?: readonly { name: string; examples: number }[];
}

/** How many random labels does a network of fixed size hold? Source: guide of the experiments, 4.2. */
export function capacity(input: CapacityInput): PanelFigure {
  const { series, threshold = 0.99, limits = [] } = input;
  return figureOf('capacity', input, [
    {
      key: 'capacity',
      series,
      x: axis('Examples with random labels (count)', 'log'),
      y: axis('Labels held (ratio)', 'linear', { fromZero: true }),
      guides: [
        { kind: 'horizontal', at: threshold, label: `held: ${threshold}` },
        ...limits.map(({ name, examples }) => ({
          kind: 'vertical' as const,
          at: examples,
          label: `n* of ${name}: ${formatCount(examples)}`,
        })),
      ],
    },
  ]);
}
