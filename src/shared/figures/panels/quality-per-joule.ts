import { formatCount } from '../../units';
import { axis, type CostMeasure, type FigureInput, figureOf, type PanelInput } from './build';
import type { PanelFigure } from './spec';

export interface QualityPerJouleInput extends FigureInput {
  /** 'latency': without an energy meter quality per second stands in, and the axis says so. */
  measure: CostMeasure;
  /**
   * One panel a ladder or a batch. Points: x parameters (count), y quality above chance per joule (1/J) or second (1/s).
   * `peak`: P*, parameters, with its interval; null where there is none.
   */
  panels: readonly (PanelInput & { peak?: { value: number; low: number; high: number } | null })[];
}

/** Does quality per joule fall as models grow? Source: guide of the experiments, 2. */
export function qualityPerJoule(input: QualityPerJouleInput): PanelFigure {
  const y = axis(
    input.measure === 'energy'
      ? 'Quality above chance per joule (1/J), higher is better'
      : 'Quality above chance per second (1/s), higher is better · no energy meter',
    'log',
  );
  return figureOf(
    'quality-per-joule',
    input,
    input.panels.map(({ peak = null, guides = [], ...panel }) => ({
      ...panel,
      x: axis('Parameters (count)', 'log'),
      y,
      guides: [
        ...guides,
        ...(peak === null
          ? []
          : [
              {
                kind: 'vertical' as const,
                at: peak.value,
                low: peak.low,
                high: peak.high,
                label: `peak: ${formatCount(peak.value)} parameters`,
              },
            ]),
      ],
    })),
  );
}
