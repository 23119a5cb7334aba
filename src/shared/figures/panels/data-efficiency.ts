import { axis, type FigureInput, figureOf, type PanelInput } from './build';
import type { PanelFigure, PanelGuide } from './spec';

export interface DataEfficiencyInput extends FigureInput {
  /** One panel a data set. Points: x training examples (count) or training energy (J), y accuracy or error (0 to 1), median over seeds. */
  panels: readonly PanelInput[];
  x?: 'examples' | 'energy';
  quality?: 'accuracy' | 'error';
  /** Line of the target, in the unit of y; null: not drawn. */
  target: number | null;
}

/** How many examples are enough? */
export function dataEfficiency(input: DataEfficiencyInput): PanelFigure {
  const { panels, x = 'examples', quality = 'accuracy', target } = input;
  const own: PanelGuide[] =
    target === null ? [] : [{ kind: 'horizontal', at: target, label: `target: ${target}` }];
  return figureOf(
    'data-efficiency',
    input,
    panels.map((panel) => ({
      ...panel,
      x: axis(x === 'examples' ? 'Training examples (count)' : 'Training energy (J)', 'log'),
      y:
        quality === 'accuracy'
          ? axis('Accuracy (ratio), higher is better', 'linear')
          : axis('Error (ratio), lower is better', 'log'),
      guides: [...own, ...(panel.guides ?? [])],
    })),
  );
}
