import { axis, type FigureInput, figureOf, type PanelInput } from './build';
import type { PanelFigure, PanelGuide } from './spec';

export interface ArithmeticRateInput extends FigureInput {
  /**
   * One panel a batch and unit: FLOP/s at batch 256, byte/s of weights at batch 1, FLOP/J with a meter.
   * Points: x examples (count), y rate. `peak`: the provider's own best rate, in the same unit.
   */
  panels: readonly (PanelInput & {
    unit: 'FLOP/s' | 'FLOP/J' | 'byte/s';
    peak?: { at: number; label: string } | null;
  })[];
  /** Quantity and unit of x. */
  xTitle?: string;
}

const quantities = {
  'FLOP/s': 'Arithmetic rate (FLOP/s)',
  'FLOP/J': 'Arithmetic per joule (FLOP/J)',
  'byte/s': 'Weights read (byte/s)',
} as const;

/** Do kernel machine and network reach the same rate on one provider? Source: guide of the experiments, 5. */
export function arithmeticRate(input: ArithmeticRateInput): PanelFigure {
  const { xTitle = 'Examples (count)' } = input;
  return figureOf(
    'arithmetic-rate',
    input,
    input.panels.map(({ unit, peak = null, guides = [], ...panel }) => ({
      ...panel,
      x: axis(xTitle, 'log'),
      y: axis(`${quantities[unit]}, higher is better`, 'log'),
      guides: [...guides, ...(peak === null ? [] : [{ kind: 'horizontal', ...peak } satisfies PanelGuide])],
    })),
  );
}
