import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { FigureData, FigureLayout } from '../../../shared/figures/data';
import { Figure, svgFile } from '../../../shared/figures/Figure';
import { tokens } from '../../../shared/figures/tokens';

/**
 * The figure as a file of its own, in the theme of its specification. The same input gives the same bytes.
 * @param layout what layoutFigure gave for the same data, to save doing it twice
 */
export function renderSvg(data: FigureData, layout?: FigureLayout): string {
  const props = { ...data, layout, tokens: tokens[data.spec.theme] };
  return svgFile(renderToStaticMarkup(createElement(Figure, props)));
}
