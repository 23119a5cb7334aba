import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { FigureData } from '../../../shared/figures/data';
import { Figure, svgFile } from '../../../shared/figures/Figure';
import { tokens } from '../../../shared/figures/tokens';

/** The figure as a file of its own, in the theme of its specification. The same input gives the same bytes. */
export function renderSvg(data: FigureData): string {
  return svgFile(renderToStaticMarkup(createElement(Figure, { ...data, tokens: tokens[data.spec.theme] })));
}
