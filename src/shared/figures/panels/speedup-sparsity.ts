import { axis, type FigureInput, figureOf, type PanelInput, type Value } from './build';
import type { PanelFigure, PanelGuide } from './spec';

export interface SpeedupInput extends FigureInput {
  /**
   * One panel a batch, and a second of energy where there is a meter. Points: x share of weights that are zero (0 to 1),
   * y dense / variant, with the interval of paired blocks; a label names the layout. At most 7 series in the whole figure:
   * group layouts (masked dense, sparse kernel, structured, quantised …) and name each in its point's label.
   */
  panels: readonly (PanelInput & { ratio: 'time' | 'energy' })[];
  /** Draw 1/(1 − s), what would be if no zero cost anything; drawn unless told. */
  ideal?: boolean;
}

/** 1/(1 − s) has no end: it is drawn at least up to here, and at most so many times above the data. */
const leastEnd = 0.5;
const beyond = 2;

/** Were the zeros skipped? The dense twin is the line at 1. */
export function speedupSparsity(input: SpeedupInput): PanelFigure {
  const { panels, ideal = true } = input;
  return figureOf(
    'speedup-sparsity',
    input,
    panels.map(({ ratio, guides = [], ...panel }) => {
      const points = panel.series.flatMap((s) => s.points);
      const curve = idealTo(
        Math.max(leastEnd, ...points.flatMap(({ x }) => numbersOf(x))),
        beyond * Math.max(1 / (1 - leastEnd), ...points.flatMap(({ y }) => numbersOf(y))),
      );
      const own: PanelGuide[] = [
        { kind: 'horizontal', at: 1, label: 'dense twin' },
        ...(ideal ? [{ kind: 'curve' as const, points: curve, label: 'ideal 1/(1 − s)' }] : []),
      ];
      return {
        ...panel,
        series: panel.series.map((s) => ({ line: 'none' as const, ...s })),
        x: axis('Weight sparsity (ratio)', 'linear', { fromZero: true, domain: [0, 1] }),
        y: axis(
          ratio === 'time'
            ? 'Speed-up, dense / variant (ratio), higher is better'
            : 'Energy, dense / variant (ratio), higher is better',
          'log2',
        ),
        guides: [...own, ...guides],
      };
    }),
  );
}

const numbersOf = (value: Value | null): number[] => {
  const number = value === null || typeof value === 'number' ? value : value.value;
  return number !== null && Number.isFinite(number) ? [number] : [];
};

/** The ideal from 0 to a sparsity, or to the speed-up `most`; even steps on the logarithmic axis. */
function idealTo(sparsity: number, most: number): [number, number][] {
  const top = Math.min(most, 1 / (1 - Math.min(sparsity, 0.999)));
  return Array.from({ length: 33 }, (_, i) => {
    const speedup = top ** (i / 32);
    return [1 - 1 / speedup, speedup];
  });
}
