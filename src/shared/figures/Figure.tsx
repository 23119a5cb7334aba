import type { ReactElement } from 'react';
import { CurveEfficiency } from './curveEfficiency';
import { layoutCurve } from './layout';
import type { CurveRow } from './rows';
import type { FigureSpec } from './spec';
import type { FigureTokens } from './tokens';

export interface FigureProps {
  spec: FigureSpec;
  rows: readonly CurveRow[];
  tokens: FigureTokens;
}

/**
 * An SVG element from spec, rows and theme tokens: the one drawing that page, command line and tests share.
 * Reads no document, clock, locale or random source. Throws bad_input beyond seven series.
 */
export function Figure({ spec, rows, tokens }: FigureProps): ReactElement {
  switch (spec.kind) {
    case 'curve-efficiency':
      return <CurveEfficiency spec={spec} layout={layoutCurve(spec, rows)} tokens={tokens} />;
  }
}
