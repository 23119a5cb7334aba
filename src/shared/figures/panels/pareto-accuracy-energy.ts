import { frontCorners, paretoFront } from '../../stats/pareto';
import { axis, type CostMeasure, costAxis, type FigureInput, figureOf, type PanelInput } from './build';
import type { PanelFigure, PanelGuide, PanelPoint } from './spec';

export interface ParetoInput extends FigureInput {
  /** What x is: joules, or seconds where there is no energy meter. */
  measure: CostMeasure;
  /** What a cost is of; query unless told. */
  per?: string;
  /** One panel a data set or a batch. Points: x cost per query (J or s), y accuracy as a ratio from 0 to 1. */
  panels: readonly PanelInput[];
  /** y is an error ratio, lower is better; accuracy unless told. */
  quality?: 'accuracy' | 'error';
}

/** What does accuracy cost? The front "higher accuracy, lower energy" is computed here, of measured points only. */
export function paretoAccuracyEnergy(input: ParetoInput): PanelFigure {
  const { measure, panels, quality = 'accuracy', per } = input;
  const y =
    quality === 'accuracy'
      ? axis('Accuracy (ratio), higher is better', 'linear')
      : axis('Error (ratio), lower is better', 'log');
  const figure = figureOf(
    'pareto-accuracy-energy',
    input,
    panels.map((p) => ({
      ...p,
      series: p.series.map((s) => ({ line: 'none' as const, ...s })),
      x: costAxis(measure, per),
      y,
    })),
  );
  const way = { x: 'less', y: quality === 'accuracy' ? 'more' : 'less' } as const;
  const words = `${quality === 'accuracy' ? 'higher accuracy' : 'lower error'}, lower ${measure === 'energy' ? 'energy' : 'latency'}`;
  return {
    ...figure,
    panels: figure.panels.map((panel) => {
      const measured = panel.series.filter((s) => !s.estimated && !s.extrapolated).flatMap((s) => s.points);
      const guides = frontOf(measured, way, words);
      return { ...panel, guides: [...guides, ...panel.guides] };
    }),
  };
}

function frontOf(
  points: readonly PanelPoint[],
  way: { x: 'less'; y: 'more' | 'less' },
  words: string,
): PanelGuide[] {
  const front = paretoFront(
    points.filter((p) => p.x > 0 && (way.y === 'more' || p.y > 0)),
    way,
  );
  if (front.length < 2) return [];
  const corners = frontCorners(front, way).map((p): [number, number] => [p.x, p.y]);
  return [{ kind: 'front', points: corners, label: `front: ${words}` }];
}
