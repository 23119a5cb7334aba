import { describe, expect, it } from 'vitest';
import { renderPanelSvg } from '../../../../src/main/lab/figures/renderPanelSvg';
import { renderPng } from '../../../../src/main/lab/figures/renderPng';
import { svgText } from '../../../../src/renderer/parts/figure/save';
import { layoutPanels } from '../../../../src/shared/figures/panels/draw/layout';
import { panelTargets } from '../../../../src/shared/figures/panels/interaction';
import { panelKinds } from '../../../../src/shared/figures/panels/kinds';
import { drawPanels, panelFigure } from '../../../../src/shared/figures/panels/panelFigure';
import {
  panelPoints,
  panelPointsCsv,
  panelTables,
  unitOf,
  valueWords,
} from '../../../../src/shared/figures/panels/points';
import { panelFigureSchema } from '../../../../src/shared/figures/panels/schema';
import type { PanelFigure, PanelSeries } from '../../../../src/shared/figures/panels/spec';
import { themes, tokens } from '../../../../src/shared/figures/tokens';
import { expectCommitted, forbidden, wellFormed } from '../snapshot';
import { panelExamples } from './examples';

const textsOf = (svg: string) =>
  [...svg.slice(svg.indexOf('</desc>')).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((m) => m[1]!).join(' ');

it('every kind has a committed figure', () => {
  expect(new Set(Object.values(panelExamples).map((e) => e.figure.kind))).toEqual(new Set(panelKinds));
});

describe.each(Object.entries(panelExamples))('figure of panels %s', (name, { figure, options }) => {
  const svg = renderPanelSvg(figure, options);

  it('is the committed drawing', () => expectCommitted(`panels-${name}`, svg));

  it('stands alone and is well-formed, in both themes: no style, script, reference or unresolved value', () => {
    for (const theme of themes) {
      const own = renderPanelSvg(figure, { ...options, theme });
      expect(own.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns=')).toBe(true);
      expect(own.replaceAll(/>[^<]*</g, '><')).not.toMatch(forbidden);
      expect(own).not.toMatch(/<script|<b>/);
      expect(wellFormed(own)).toBe(true);
      expect(own).toContain(`fill="${tokens[theme].paper}"`);
    }
  });

  it('is drawn again with the same bytes after a trip through JSON and the schema', () => {
    const back = panelFigureSchema.parse(JSON.parse(JSON.stringify(figure)));
    expect(renderPanelSvg(back, options)).toBe(svg);
  });

  it('is the same file from the page', async () => {
    const { theme = 'light', size } = options ?? {};
    expect(await svgText(drawPanels(layoutPanels(figure, size), tokens[theme]))).toBe(svg);
    expect(await svgText(panelFigure(figure, options))).toBe(svg);
  });

  it('becomes a picture', () => {
    const png = renderPng(svg, 1);
    expect([...png.subarray(1, 4)].map((c) => String.fromCharCode(c)).join('')).toBe('PNG');
    const width = new DataView(png.buffer, png.byteOffset).getUint32(16);
    expect(Math.abs(width - layoutPanels(figure, options?.size).width)).toBeLessThanOrEqual(1);
  });

  it('is named and described for assistive technology', () => {
    const { id, panels } = figure;
    expect(svg).toContain(`role="img" aria-labelledby="${id}-title ${id}-desc"`);
    const description = new RegExp(`<desc id="${id}-desc">([^<]+)</desc>`).exec(svg)![1]!;
    expect(description).toContain(figure.kind);
    for (const panel of panels) expect(description).toContain(panel.x.title);
  });

  it('has every point in its table twin and its file, and every drawn one within reach of the keyboard', () => {
    const points = panelPoints(figure);
    const count = figure.panels.flatMap((p) => p.series.flatMap((s) => s.points)).length;
    expect(points.filter((p) => p.role !== 'band' && p.role !== 'reference')).toHaveLength(count);
    expect(panelTables(figure).flatMap((t) => t.rows)).toHaveLength(points.length);
    expect(panelPointsCsv(figure).trimEnd().split('\r\n')).toHaveLength(points.length + 1);
    const layout = layoutPanels(figure, options?.size);
    const drawn = layout.panels.flatMap((p) => [
      ...p.series.flatMap((s) => s.points),
      ...p.references,
    ]).length;
    expect(panelTargets(layout)).toHaveLength(drawn);
  });
});

const series = (over: Partial<PanelSeries> = {}): PanelSeries => ({
  key: 's',
  name: 'series',
  points: [1, 2, 3].map((v) => ({
    x: v,
    y: v,
    xLow: null,
    xHigh: null,
    yLow: v * 0.9,
    yHigh: v * 1.1,
    n: 5,
    label: null,
  })),
  line: 'solid',
  marks: true,
  band: null,
  estimated: false,
  extrapolated: false,
  ...over,
});
const figureOf = (own: PanelSeries[], over: Partial<PanelFigure['panels'][number]> = {}): PanelFigure => ({
  schema: 'thirtywatts.panels/1',
  kind: 'own-claim',
  id: 'one',
  title: 'Finding',
  caption: 'Median.',
  badge: null,
  panels: [
    {
      key: 'p',
      title: '',
      x: { title: 'Size (count)', scale: 'log', domain: null, fromZero: false },
      y: { title: 'Energy (J), lower is better', scale: 'log', domain: null, fromZero: false },
      series: own,
      guides: [],
      references: [],
      ...over,
    },
  ],
});

describe('what a figure of panels says', () => {
  it('counts what a logarithmic axis cannot show, and what lies outside its ends', () => {
    const [zero, inside] = series().points;
    const points = [{ ...zero!, y: 0 }, { ...inside!, x: -3 }, ...series().points];
    expect(textsOf(renderPanelSvg(figureOf([series({ points })])))).toContain('Not shown on log axis: 2.');
    const x = { title: 'Size (count)', scale: 'log', domain: [1.5, 10], fromZero: false } as const;
    const svg = renderPanelSvg(figureOf([series({ points })], { x: { ...x, domain: [1.5, 10] } }));
    expect(textsOf(svg)).toMatch(/Not shown on log axis: 2\. Outside the axes: 1\./);
    expect(textsOf(renderPanelSvg(figureOf([series()])))).not.toContain('Not shown');
  });

  it('an estimate is hollow, dashed and marked ≈, and is no measurement in the file', () => {
    const figure = figureOf([series({ estimated: true })]);
    const svg = renderPanelSvg(figure);
    expect(textsOf(svg)).toContain('≈ series (estimate)');
    expect(textsOf(svg)).toContain('an estimate, not a measurement');
    // Three marks and their bars; nothing of it is filled.
    expect(svg.match(/stroke-dasharray="3 2"/g)).toHaveLength(6);
    expect(svg).not.toMatch(/<path[^>]* fill="#0072B2"/);
    expect(renderPanelSvg(figureOf([series()]))).toMatch(/<path[^>]* fill="#0072B2"/);
    expect(panelPoints(figure).map((p) => p.role)).toEqual(['estimated', 'estimated', 'estimated']);
    expect(panelTables(figure)[0]!.rows[0]!.y).toBe('≈ 1.0 J');
  });

  it('what is extrapolated is dotted and says so', () => {
    const svg = renderPanelSvg(
      figureOf([series(), series({ key: 'e', extrapolated: true, like: 's', marks: false })]),
    );
    expect(textsOf(svg)).toContain('extrapolation, not measured');
    expect(svg).toContain('stroke-dasharray="2 4"');
  });

  it('500 points stay below 200 kB', () => {
    const [one] = series().points;
    const points = Array.from({ length: 500 }, (_, i) => ({
      ...one!,
      x: 1.03 ** i,
      y: 1.02 ** i,
      label: `m${i}`,
    }));
    expect(renderPanelSvg(figureOf([series({ points })])).length).toBeLessThan(200_000);
  });

  it('beside a reference alone it is said why there is nothing else', () => {
    const range = (value: number) => ({ value, low: value / 10, high: value * 10 });
    const references = [{ name: 'brain', x: range(1e14), y: range(2), source: 'a book' }];
    const why = 'Not measured: no meter.';
    const alone = (own: PanelSeries[]) => layoutPanels(figureOf(own, { references, empty: why })).panels[0]!;
    expect(alone([series({ points: [] })]).empty?.map((l) => l.text)).toEqual([why]);
    expect(alone([series()]).empty).toBeNull();
  });

  it('an empty panel says why', () => {
    expect(textsOf(renderPanelSvg(figureOf([])))).toContain('No point to show');
    expect(textsOf(renderPanelSvg(figureOf([], { empty: 'Not measured: no meter.' })))).toContain(
      'Not measured: no meter.',
    );
    expect(textsOf(renderPanelSvg(figureOf([series()], { empty: 'Not measured.' })))).not.toContain(
      'Not measured.',
    );
  });

  it('a badge stands in the drawing and in its name', () => {
    const svg = renderPanelSvg({ ...figureOf([series()]), badge: 'PLACEHOLDER INPUTS' });
    expect(textsOf(svg)).toContain('PLACEHOLDER INPUTS');
    expect(svg).toContain('<title id="one-title">Finding (PLACEHOLDER INPUTS)</title>');
  });

  it('a line without room for its label is named in the caption', () => {
    const label = 'a label that is far too long for a plot of this width '.repeat(6).trim();
    const svg = renderPanelSvg(figureOf([series()], { guides: [{ kind: 'horizontal', at: 2, label }] }), {
      size: 'single',
    });
    expect(svg.match(/<path[^>]*stroke-dasharray="1 3"/g)).toHaveLength(1);
    expect(textsOf(svg)).toContain('Without room for its label: a label that is far too long');
    const placed = layoutPanels(
      figureOf([series()], { guides: [{ kind: 'horizontal', at: 2, label: 'limit' }] }),
    );
    expect(placed.panels[0]!.labels.map((l) => l.text)).toContain('limit');
    const none = layoutPanels(
      figureOf([series()], { guides: [{ kind: 'triangle', slope: 1e6, label: 'slope 10⁶' }] }),
    );
    expect(none.caption.map((l) => l.text).join(' ')).toContain('Without room for its label: slope 10⁶.');
  });

  it('above five series the names stand in a legend, and an eighth is refused in plain words', () => {
    const many = (n: number) =>
      figureOf(Array.from({ length: n }, (_, i) => series({ key: `s${i}`, name: `series ${i}` })));
    expect(layoutPanels(many(6)).legend).toHaveLength(6);
    expect(layoutPanels(many(2)).legend.length + layoutPanels(many(2)).panels[0]!.labels.length).toBe(2);
    expect(() => layoutPanels(many(8))).toThrow('only 7 can be told apart');
  });

  it('names go to the legend where one would stand nearer to another series', () => {
    const pool = panelExamples['pool-economics']!.figure;
    expect(layoutPanels(pool, 'double').legend).toEqual([]);
    expect(layoutPanels(pool, 'single').legend).toHaveLength(4);
  });

  it('black belongs to reference points', () => {
    const many = Array.from({ length: 7 }, (_, i) => series({ key: `s${i}` }));
    const references = [
      { name: 'brain', x: { value: 2, low: 1, high: 3 }, y: { value: 2, low: 1, high: 3 }, source: 'a book' },
    ];
    expect(() => layoutPanels(figureOf(many, { references }))).toThrow('only 6 can be told apart');
    const figure = figureOf([series()], { references });
    expect(textsOf(renderPanelSvg(figure))).toContain('in no fit and no front');
    expect(panelPoints(figure).at(-1)).toMatchObject({ role: 'reference', source: 'a book', x_low: 1 });
  });

  it('a series keeps its look in every panel, and one that is like another shares it', () => {
    const figure = figureOf([series({ key: 'a' }), series({ key: 'b' }), series({ key: 'c', like: 'a' })]);
    figure.panels.push({ ...figure.panels[0]!, key: 'q', series: [series({ key: 'b' })] });
    const { looks, panels } = layoutPanels(figure);
    expect(looks.get('c')!.slot).toBe(looks.get('a')!.slot);
    expect(panels[1]!.series[0]!.look).toBe(panels[0]!.series[1]!.look);
  });

  it('four panels are two by two, six in threes, two stand side by side or above each other', () => {
    const of = (n: number) => {
      const figure = figureOf([series()]);
      return {
        ...figure,
        panels: Array.from({ length: n }, (_, i) => ({ ...figure.panels[0]!, key: `p${i}` })),
      };
    };
    const lefts = (n: number, size: 'double' | 'tall') =>
      new Set(layoutPanels(of(n), size).panels.map((p) => p.plot.x0)).size;
    expect([lefts(2, 'double'), lefts(2, 'tall'), lefts(4, 'tall'), lefts(6, 'tall')]).toEqual([2, 1, 2, 3]);
  });

  it('refuses what is no figure in plain words', () => {
    const broken = { ...figureOf([series()]), id: '../x' };
    expect(() => layoutPanels(broken)).toThrow('The figure cannot be drawn: id');
    const nan = figureOf([series({ points: [{ ...series().points[0]!, y: Number.NaN }] })]);
    expect(() => layoutPanels(nan)).toThrow('panels.0.series.0.points.0.y');
    const twice = figureOf([series(), series()]);
    expect(() => layoutPanels(twice)).toThrow('two series of a panel have the same key');
  });
});

describe('words of values', () => {
  it('take the unit of their axis', () => {
    expect(unitOf('Energy per query (J), lower is better')).toBe('J');
    expect(unitOf('Quarter')).toBe('');
    expect(valueWords(0.0123, 0.012, 0.0126, 'J', false)).toBe('12.3 mJ [12.0, 12.6]');
    expect(valueWords(12730, null, null, 'count', false)).toBe('12,730');
    expect(valueWords(0.9123, 0.9, 0.92, 'ratio', false)).toBe('0.912 [0.900, 0.920]');
    expect(valueWords(1e14, null, null, 'count', false)).toBe('1.00×10¹⁴');
    expect(valueWords(5e12, 5e11, 5e13, '1/J', false)).toBe('5.00 T [0.500, 50.0] per J');
    expect(valueWords(3e6, 3e6, 3e6, 'bytes', false)).toBe('3.00 MB');
    expect(valueWords(12, 10, 14, '10⁶ $', false)).toBe('12 [10, 14] 10⁶ $');
    expect(panelTables(panelExamples.revenue!.figure)[0]!.rows[0]!.x).toBe('Q1 FY23');
    expect(valueWords(3.3e7, null, null, 'bytes', false)).toBe('33.0 MB');
  });
});
