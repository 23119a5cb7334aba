import { type Column, csvHeader, csvLines } from '../../../shared/csv';
import { type FigureData, type FigureLayout, figurePoints, layoutFigure } from '../../../shared/figures/data';
import { layoutPanels } from '../../../shared/figures/panels/draw/layout';
import type { PanelOptions } from '../../../shared/figures/panels/panelFigure';
import { panelPointsCsv } from '../../../shared/figures/panels/points';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { type PointRow, pointColumns } from '../../../shared/figures/points';
import { renderPanelSvg } from './renderPanelSvg';
import { renderSvg } from './renderSvg';

/** A figure as the texts that are saved of it, wherever it is saved. */
export interface FigureFiles {
  title: string;
  caption: string;
  /** The text alternative: what the SVG's desc holds. */
  alt: string;
  svg: string;
  /** JSON of the specification, two-space indent, final newline. */
  spec: string;
  /** CSV of the plotted points. */
  points: string;
}

const columns: readonly Column<PointRow>[] = pointColumns.map((name) => ({ name, of: (row) => row[name] }));

/**
 * @param layout what layoutFigure gives for the same data
 * @throws LabError bad_input where more is asked for than can be told apart
 */
export function figureFiles(data: FigureData, layout: FigureLayout = layoutFigure(data).layout): FigureFiles {
  const { title, caption, description } = layout.texts;
  return {
    title,
    caption: caption.join(' '),
    alt: description,
    svg: renderSvg(data, layout),
    spec: specText(data.spec),
    points: csvHeader(columns) + csvLines(columns, figurePoints(data)),
  };
}

/** The same of a figure of panels. @throws LabError bad_input where it cannot be drawn */
export function panelFiles(figure: PanelFigure, options: PanelOptions = {}): FigureFiles {
  const { title, caption, description } = layoutPanels(figure, options.size).texts;
  return {
    title,
    caption,
    alt: description,
    svg: renderPanelSvg(figure, options),
    spec: specText(figure),
    points: panelPointsCsv(figure),
  };
}

const specText = (spec: unknown) => `${JSON.stringify(spec, null, 2)}\n`;
