import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { renderSvg } from '../../../src/main/lab/figures/renderSvg';
import { type FigureData, figurePoints, layoutFigure } from '../../../src/shared/figures/data';
import { Figure, svgFile } from '../../../src/shared/figures/Figure';
import { pointColumns, pointRows } from '../../../src/shared/figures/points';
import type { CurveRow } from '../../../src/shared/figures/rows';
import { type CurveSpec, figureSpecSchema } from '../../../src/shared/figures/spec';
import { tokens } from '../../../src/shared/figures/tokens';
import { examples, ladder, rowOf, specOf } from './examples';
import { otherExamples } from './otherExamples';
import { expectCommitted, forbidden, wellFormed } from './snapshot';

const svgOf = (spec: CurveSpec, rows: readonly CurveRow[]) =>
  renderSvg({ kind: 'curve-efficiency', spec, rows });

let spies: MockInstance[] = [];
beforeEach(() => {
  spies = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
});
// A figure that warns fails.
afterEach(() => {
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

const every: Record<string, FigureData> = {
  ...Object.fromEntries(
    Object.entries(examples).map(([name, data]) => [name, { kind: 'curve-efficiency' as const, ...data }]),
  ),
  ...otherExamples,
};

describe.each(Object.entries(every))('figure %s', (name, data) => {
  const svg = renderSvg(data);
  const { id } = data.spec;

  it('is the committed drawing', () => expectCommitted(name, svg));

  it('stands alone and is well-formed: no style, script, reference or unresolved value', () => {
    expect(
      svg.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg"'),
    ).toBe(true);
    // Text content is escaped, so names cannot bring any of these in either.
    expect(svg.replaceAll(/>[^<]*</g, '><')).not.toMatch(forbidden);
    expect(svg).not.toMatch(/<script|<b>/);
    expect(wellFormed(svg)).toBe(true);
  });

  it('is drawn again with the same bytes, from a spec that went through JSON, and from a given layout', () => {
    const spec = figureSpecSchema.parse(JSON.parse(JSON.stringify(data.spec)));
    expect(renderSvg({ ...data, spec } as FigureData)).toBe(svg);
    const { layout } = layoutFigure(data);
    const element = createElement(Figure, { ...data, layout, tokens: tokens[data.spec.theme] });
    expect(svgFile(renderToStaticMarkup(element))).toBe(svg);
  });

  it('is named for assistive technology', () => {
    expect(svg).toContain(`role="img" aria-labelledby="${id}-title ${id}-desc"`);
    expect(svg).toMatch(
      new RegExp(`<title id="${id}-title">[^<]+</title><desc id="${id}-desc">[^<]+</desc>`),
    );
  });

  it('has a table twin with numbered rows of all columns', () => {
    const points = figurePoints(data);
    expect(points.map((p) => p.row_index)).toEqual(points.map((_, i) => i));
    for (const point of points) expect(Object.keys(point)).toEqual([...pointColumns]);
  });
});

it.each(Object.entries(examples))(
  'curve %s has one point row for every row that is not switched off',
  (_, data) => {
    const { spec, rows } = data;
    const ids = rows.filter((r) => !spec.hiddenSeries.includes(r.seriesKey)).map((r) => r.runId);
    const points = pointRows(spec, rows).filter((p) => p.role !== 'reference' && p.role !== 'crossover');
    expect(points.map((p) => p.run_id)).toEqual(ids);
  },
);

it('control: the check of form sees what is broken', () => {
  const svg = renderSvg(every.empty!);
  for (const broken of [
    svg.replace('</desc>', ''),
    svg.replace('fill="', 'fill='),
    svg.replace('</desc>', ' & </desc>'),
    `${svg}<g>`,
  ]) {
    expect(wellFormed(broken)).toBe(false);
  }
});

describe('what a figure says', () => {
  const textOf = (name: keyof typeof examples) => {
    const { spec, rows } = examples[name]!;
    return words(svgOf(spec, rows));
  };
  /** All text of the drawing in reading order, entities resolved, lines joined. */
  const words = (svg: string) =>
    [...svg.slice(svg.indexOf('</desc>')).matchAll(/<text[^>]*>([^<]*)<\/text>/g)]
      .map((m) => m[1]!)
      .join(' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#x27;', "'")
      .replaceAll('&amp;', '&')
      .replaceAll('\u00a0', ' ');

  it('statistic, interval method, level and n stand in the caption', () => {
    const text = textOf('energy-measured');
    for (const part of [
      'Geometric mean',
      '95 %',
      'Student t on logarithms',
      'Welch–Satterthwaite',
      'n = 10 windows',
    ]) {
      expect(text).toContain(part);
    }
    for (const part of [
      'Device: NVIDIA H100',
      'Meter: nvml',
      'Measured 2026-01-15 (UTC)',
      'Thirty Watts 0.1.0',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('an estimate can never pass as measured', () => {
    expect(textOf('energy-estimate')).toContain('≈ mlp, cpu, float32 (estimate)');
    expect(textOf('energy-estimate')).toContain('an estimate, not a measurement');
    const { spec, rows } = examples['energy-estimate']!;
    expect(svgOf(spec, rows).match(/stroke-dasharray="3 2"/g)).toHaveLength(2 * rows.length);
    expect(pointRows(spec, rows).every((p) => p.role === 'estimated')).toBe(true);
  });

  it('without a meter the title and the axis say that latency is shown', () => {
    expect(textOf('latency-no-meter')).toContain('No energy meter: latency shown');
    expect(textOf('latency-no-meter')).toContain('Median latency (s), lower is better · no energy meter');
    expect(textOf('linear-narrow')).not.toContain('no energy meter');
  });

  it('a glance says what it is', () => {
    expect(textOf('latency-no-meter')).toContain(
      'glance: one short window a model, a first look, never evidence',
    );
    expect(textOf('energy-measured')).not.toContain('glance');
  });

  it('simulated rows carry a badge that a title cannot edit away', () => {
    expect(textOf('dark-single-simulated')).toContain('SIMULATED');
    const rows = [rowOf({ origin: 'replayed' })];
    expect(svgOf(specOf({ title: 'real' }), rows)).toContain('>REPLAYED<');
  });

  it('names are text, and what is not shown is counted', () => {
    const text = textOf('hostile-names');
    expect(text).toContain('<b>&"\'');
    expect(text).toContain('e\uFFFDlif\uFFFD');
    for (const part of ['Not shown, read failed: 1', 'Not shown, invalid: 1', 'Not shown on log axis: 1']) {
      expect(text).toContain(part);
    }
  });

  it('500 points stay below 200 kB', () => {
    const rows = ladder(1, 500, { from: 1e3, to: 1e9, at: 1e-3, exponent: 0.8, scatter: 0.3 });
    expect(svgOf(specOf(), rows).length).toBeLessThan(200_000);
  });

  it('refuses an eighth series in plain words', () => {
    const rows = Array.from({ length: 8 }, (_, i) => rowOf({ runId: `${i}`, seriesKey: `${i}` }));
    expect(() => svgOf(specOf(), rows)).toThrow('only 7 can be told apart');
  });
});
