import { axis, type FigureInput, figureOf, type PanelInput } from './build';
import type { PanelFigure, PanelGuide } from './spec';

export interface ReconstructionInput extends FigureInput {
  /** One panel a configuration (tanh, ReLU, …). Points: x step size, y relative L2 error; a series a rule. */
  panels: readonly PanelInput[];
  /** Where rounding ends the fall, e.g. { at: 1.1e-16, label: 'rounding of float64' }; null: not drawn. */
  floor: { at: number; label: string } | null;
  /** Slopes of the triangles; 1, 2 and 4 unless told. */
  slopes?: readonly number[];
  /** Quantity and unit of x. */
  stepTitle?: string;
}

/** How does the error of the rebuilt function fall with the step? Points that are not finite are counted as diverged. */
export function reconstructionStep(input: ReconstructionInput): PanelFigure {
  const { floor, slopes = [1, 2, 4], stepTitle = 'Step size (learning rate, no unit)' } = input;
  const own: PanelGuide[] = [
    ...slopes.map((slope): PanelGuide => ({ kind: 'triangle', slope, label: `slope ${slope}` })),
    ...(floor === null ? [] : [{ kind: 'horizontal' as const, ...floor }]),
  ];
  return figureOf(
    'reconstruction-step',
    input,
    input.panels.map((panel) => ({
      ...panel,
      x: axis(stepTitle, 'log'),
      y: axis('Relative error (L2 ratio), lower is better', 'log'),
      guides: [...own, ...(panel.guides ?? [])],
    })),
    { notFinite: 'Diverged' },
  );
}
