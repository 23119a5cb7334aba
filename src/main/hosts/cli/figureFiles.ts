import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FigureData } from '../../../shared/figures/data';
import { type FigureFiles, figureFiles } from '../../lab/figures/files';
import { renderPng } from '../../lab/figures/renderPng';
import { makeFolder } from '../../store/folder';

/**
 * Writes a figure as SVG, PNG, its specification and the plotted points; each file whole or not at all.
 * @returns the paths, SVG first
 */
export const writeFigure = (folder: string, name: string, data: FigureData, pngScale = 2): string[] =>
  writeFigureFiles(folder, name, figureFiles(data), pngScale);

/** The same of texts that are there. @param pngScale times 96 dots per inch; 0: no picture */
export function writeFigureFiles(
  folder: string,
  name: string,
  files: FigureFiles,
  pngScale: number,
): string[] {
  const into = resolve(folder);
  makeFolder(into);
  const path = (end: string) => join(into, `${name}${end}`);
  return [
    save(path('.svg'), files.svg),
    ...(pngScale === 0 ? [] : [save(path('.png'), renderPng(files.svg, pngScale))]),
    save(path('.spec.json'), files.spec),
    save(path('.points.csv'), files.points),
  ];
}

/** Writes a file whole or not at all. */
export function save(path: string, content: string | Uint8Array): string {
  try {
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  } catch (thrown) {
    rmSync(`${path}.part`, { force: true });
    throw thrown;
  }
  return path;
}
