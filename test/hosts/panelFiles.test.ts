import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writePanelFiles } from '../../src/main/hosts/cli/panelFiles';
import { renderPanelSvg } from '../../src/main/lab/figures/renderPanelSvg';
import { panelFigureSchema } from '../../src/shared/figures/panels/schema';
import { panelExamples } from '../shared/figures/panels/examples';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'panels-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { figure } = panelExamples['storage-query']!;

it('writes drawing, picture, points and specification, and no half file', () => {
  const into = join(folder, 'new');
  const paths = writePanelFiles(figure, into, { theme: 'dark' });
  expect(paths.map((p) => p.slice(into.length + 1))).toEqual([
    'storage-query.svg',
    'storage-query.png',
    'storage-query.spec.json',
    'storage-query.points.csv',
  ]);
  expect(readdirSync(into)).toHaveLength(4);
  const [svg, , spec, points] = paths as [string, string, string, string];
  expect(readFileSync(svg, 'utf8')).toBe(renderPanelSvg(figure, { theme: 'dark' }));
  expect(readFileSync(points, 'utf8').split('\r\n')[0]).toBe(
    'panel,series,role,x,x_low,x_high,x_unit,y,y_low,y_high,y_unit,n,label,source',
  );
  expect(readFileSync(points, 'utf8')).toContain('Query at batch 1,network,measured,3200,');
  const back = panelFigureSchema.parse(JSON.parse(readFileSync(spec, 'utf8')));
  expect(renderPanelSvg(back, { theme: 'dark' })).toBe(readFileSync(svg, 'utf8'));
});

it('makes the picture once, twice or three times as fine', () => {
  const widths = ([1, 2, 3] as const).map((png) => {
    const path = writePanelFiles(figure, folder, { png }).find((p) => p.endsWith('.png'))!;
    return readFileSync(path).readUInt32BE(16);
  });
  expect(widths.map((w) => Math.round(w / widths[0]!))).toEqual([1, 2, 3]);
});

it('leaves the picture out on request', () => {
  expect(writePanelFiles(figure, folder, { png: 0 })).toHaveLength(3);
});

it('writes nothing where the figure cannot be drawn, and never outside the folder', () => {
  const into = join(folder, 'none');
  expect(() => writePanelFiles({ ...figure, id: '../escape' }, into)).toThrow('cannot be drawn');
  expect(existsSync(into)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});
