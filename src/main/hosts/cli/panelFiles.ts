import type { PanelOptions } from '../../../shared/figures/panels/panelFigure';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { panelFiles } from '../../lab/figures/files';
import { writeFigureFiles } from './figureFiles';

export interface PanelFileOptions extends PanelOptions {
  /** Also a picture: times 96 dots per inch; 0: none. */
  png?: 0 | 1 | 2 | 3;
}

/**
 * Writes a figure of a claim as `<id>.svg`, `<id>.png`, `<id>.spec.json` and `<id>.points.csv`; each file whole or not at all.
 * @returns the paths, SVG first
 * @throws LabError bad_input where the figure cannot be drawn; then nothing is written
 */
export const writePanelFiles = (
  figure: PanelFigure,
  folder: string,
  { png = 2, ...options }: PanelFileOptions = {},
): string[] => writeFigureFiles(folder, figure.id, panelFiles(figure, options), png);
