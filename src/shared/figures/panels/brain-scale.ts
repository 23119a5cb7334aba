import { humanBrain } from '../references';
import { axis, type FigureInput, figureOf, type SeriesInput } from './build';
import type { PanelFigure, PanelReference } from './spec';

/** What stands on y: J per inference, uses of a parameter per joule (non-zero MACs/J), or parameters per watt. */
export type BrainQuantity = 'energy' | 'usesPerJoule' | 'parametersPerWatt';

export interface BrainInput extends FigureInput {
  quantity: BrainQuantity;
  /** Points: x parameters (count), y in the unit of `quantity`. */
  series: readonly SeriesInput[];
}

const titles: Readonly<Record<BrainQuantity, string>> = {
  energy: 'Energy per inference (J), lower is better',
  usesPerJoule: 'Uses of a parameter per joule (1/J), higher is better',
  parametersPerWatt: 'Parameters per watt while running (1/W), higher is better',
};

/**
 * The brain on each scale, with the range of the literature: 10^14 synapses (10^13 to 10^15) at 20 W; for uses per joule
 * at 1 Hz (0.1 to 10 Hz). Source: guide of the experiments, 9; references.ts for energy.
 */
const brain: Readonly<Record<BrainQuantity, PanelReference['y']>> = {
  energy: { value: humanBrain.y, low: humanBrain.yLow, high: humanBrain.yHigh },
  usesPerJoule: { value: 5e12, low: 5e11, high: 5e13 },
  parametersPerWatt: { value: 5e12, low: 5e11, high: 5e13 },
};

/** The lab's own models beside the brain, which is never part of a fit or a front; its caption cannot be left out. */
export function brainScale({ quantity, series, ...input }: BrainInput): PanelFigure {
  return figureOf('brain-scale', { ...input, caption: `${input.caption} ${humanBrain.caption}` }, [
    {
      key: 'brain',
      series: series.map((s) => ({ line: 'none' as const, ...s })),
      x: axis('Parameters, or synapses (count)', 'log'),
      y: axis(titles[quantity], 'log'),
      references: [
        {
          name: humanBrain.name,
          x: { value: humanBrain.x, low: humanBrain.xLow, high: humanBrain.xHigh },
          y: brain[quantity],
          source: humanBrain.source,
        },
      ],
    },
  ]);
}
