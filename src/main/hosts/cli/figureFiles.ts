import { renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Column, csvHeader, csvLines } from '../../../shared/csv';
import { type FigureData, figurePoints } from '../../../shared/figures/data';
import { type PointRow, pointColumns } from '../../../shared/figures/points';
import { renderPng } from '../../lab/figures/renderPng';
import { renderSvg } from '../../lab/figures/renderSvg';
import { makeFolder } from '../../store/folder';

const columns: readonly Column<PointRow>[] = pointColumns.map((name) => ({ name, of: (row) => row[name] }));

/**
 * Writes a figure as SVG, PNG, its specification and the plotted points; each file whole or not at all.
 * @returns the paths, SVG first
 */
export function writeFigure(folder: string, name: string, data: FigureData, pngScale = 2): string[] {
  const into = resolve(folder);
  makeFolder(into);
  const svg = renderSvg(data);
  return [
    save(join(into, `${name}.svg`), svg),
    save(join(into, `${name}.png`), renderPng(svg, pngScale)),
    save(join(into, `${name}.spec.json`), `${JSON.stringify(data.spec, null, 2)}\n`),
    save(join(into, `${name}.points.csv`), csvHeader(columns) + csvLines(columns, figurePoints(data))),
  ];
}

/** Writes a file whole or not at all. */
export function save(path: string, content: string | Uint8Array): string {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
  return path;
}
