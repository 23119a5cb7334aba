import { renderToStaticMarkup } from 'react-dom/server';
import { svgFile } from '../../../shared/figures/Figure';
import { type PanelOptions, panelFigure } from '../../../shared/figures/panels/panelFigure';
import type { PanelFigure } from '../../../shared/figures/panels/spec';

/** A figure of a claim as a file of its own. The same input gives the same bytes. Throws bad_input as panelFigure does. */
export function renderPanelSvg(figure: PanelFigure, options: PanelOptions = {}): string {
  return svgFile(renderToStaticMarkup(panelFigure(figure, options)));
}
