import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Figure } from '../../../shared/figures/Figure';
import type { CurveRow } from '../../../shared/figures/rows';
import type { FigureSpec } from '../../../shared/figures/spec';
import { tokens } from '../../../shared/figures/tokens';

/** The figure as a file of its own: XML declaration, one svg element, final newline. The same input gives the same bytes. */
export function renderSvg(spec: FigureSpec, rows: readonly CurveRow[]): string {
  const markup = renderToStaticMarkup(createElement(Figure, { spec, rows, tokens: tokens[spec.theme] }));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markup}\n`;
}
