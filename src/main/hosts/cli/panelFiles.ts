import { join, resolve } from 'node:path';
import type { PanelOptions } from '../../../shared/figures/panels/panelFigure';
import { panelPointsCsv } from '../../../shared/figures/panels/points';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { renderPanelSvg } from '../../lab/figures/renderPanelSvg';
import { renderPng } from '../../lab/figures/renderPng';
import { makeFolder } from '../../store/folder';
import { save } from './figureFiles';

export interface PanelFileOptions extends PanelOptions {
  /** Also a picture, at twice 96 dots per inch. */
  png?: boolean;
}

/**
 * Writes a figure of a claim as `<id>.svg`, `<id>.png`, `<id>.points.csv` and `<id>.spec.json`; each file whole or not at all.
 * @returns the paths, SVG first
 * @throws LabError bad_input where the figure cannot be drawn; then nothing is written
 */
export function writePanelFiles(
  figure: PanelFigure,
  folder: string,
  { png = true, ...options }: PanelFileOptions = {},
): string[] {
  const svg = renderPanelSvg(figure, options);
  const into = resolve(folder);
  makeFolder(into);
  const path = (end: string) => join(into, `${figure.id}${end}`);
  return [
    save(path('.svg'), svg),
    ...(png ? [save(path('.png'), renderPng(svg))] : []),
    save(path('.points.csv'), panelPointsCsv(figure)),
    save(path('.spec.json'), `${JSON.stringify(figure, null, 2)}\n`),
  ];
}
