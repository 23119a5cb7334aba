import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { writeFigure } from '../../src/main/hosts/cli/figureFiles';
import { type FigureData, figurePoints } from '../../src/shared/figures/data';
import { pointColumns } from '../../src/shared/figures/points';
import { figureSpecSchema } from '../../src/shared/figures/spec';
import { examples } from '../shared/figures/examples';
import { otherExamples } from '../shared/figures/otherExamples';

const folder = mkdtempSync(join(tmpdir(), 'figure-files-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const figures: Record<string, FigureData> = {
  curve: { kind: 'curve-efficiency', ...examples['fit-front-brain']! },
  trace: otherExamples['power-trace']!,
  distribution: otherExamples['latency-distribution']!,
  comparison: otherExamples['compare-two']!,
};

it.each(Object.entries(figures))(
  'a %s is written as drawing, picture, specification and points',
  (name, data) => {
    const files = writeFigure(folder, name, data, 1);
    expect(files.map((f) => basename(f))).toEqual(
      ['svg', 'png', 'spec.json', 'points.csv'].map((e) => `${name}.${e}`),
    );
    const [svg, png, spec, points] = files.map((f) => readFileSync(f));
    expect(svg!.toString()).toContain('</svg>\n');
    expect([...png!.subarray(1, 4)].map((c) => String.fromCharCode(c)).join('')).toBe('PNG');
    expect(figureSpecSchema.parse(JSON.parse(spec!.toString()))).toEqual(data.spec);
    const lines = points!.toString().trimEnd().split(/\r?\n/);
    expect(lines[0]).toBe(pointColumns.join(','));
    expect(lines).toHaveLength(1 + figurePoints(data).length);
  },
);
