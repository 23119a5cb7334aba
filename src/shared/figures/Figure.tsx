import type { ReactElement } from 'react';
import { CompareRuns } from './compareRuns';
import { CurveEfficiency, type PointLayer } from './curveEfficiency';
import { type FigureData, type FigureLayout, layoutFigure } from './data';
import { LatencyDistribution } from './distribution';
import { PowerTraceFigure } from './powerTrace';
import type { FigureTokens } from './tokens';

export type FigureProps = FigureData & {
  tokens: FigureTokens;
  /** 'none': whoever mounts the figure draws the points itself, under it. Only a curve has points. */
  pointLayer?: PointLayer;
  /** What layoutFigure gave for the same data, to save doing it twice. */
  layout?: FigureLayout;
};

/**
 * An SVG element from specification, data and theme tokens: the one drawing that page, command line and tests share.
 * Reads no document, clock, locale or random source. Throws bad_input where more is asked for than can be told apart.
 */
export function Figure(props: FigureProps): ReactElement {
  const { tokens, pointLayer = 'svg' } = props;
  const layout = props.layout ?? layoutFigure(props).layout;
  switch (layout.kind) {
    case 'curve-efficiency':
      return <CurveEfficiency spec={props.spec} layout={layout} tokens={tokens} pointLayer={pointLayer} />;
    case 'power-trace':
      return <PowerTraceFigure id={props.spec.id} layout={layout} tokens={tokens} />;
    case 'latency-distribution':
      return <LatencyDistribution id={props.spec.id} layout={layout} tokens={tokens} />;
    case 'compare-runs':
      return <CompareRuns id={props.spec.id} layout={layout} tokens={tokens} />;
  }
}

/** A drawn figure as a file of its own: XML declaration, one svg element, final newline. */
export const svgFile = (markup: string) => `<?xml version="1.0" encoding="UTF-8"?>\n${markup}\n`;
