import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { renderSvg } from '../../../src/main/lab/figures/renderSvg';
import { pointColumns, pointRows } from '../../../src/shared/figures/points';
import { figureSpecSchema } from '../../../src/shared/figures/spec';
import { examples, ladder, rowOf, specOf } from './examples';

const folder = join(import.meta.dirname, 'fixtures');
/** What no figure file may hold: it must look the same wherever it is opened. */
const forbidden =
  /<style|style=|var\(|<script|<foreignObject|href=|transparent|currentColor|NaN|undefined|Infinity/;

let spies: MockInstance[] = [];
beforeEach(() => {
  spies = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
});
// A figure that warns fails.
afterEach(() => {
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

describe.each(Object.entries(examples))('figure %s', (name, { spec, rows }) => {
  const svg = renderSvg(spec, rows);

  it('is the committed drawing', () => {
    const path = join(folder, `${name}.svg`);
    const actual = join(folder, `${name}.actual.svg`);
    if (process.env.UPDATE_FIGURES === '1') writeFileSync(path, svg);
    const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (svg === committed) rmSync(actual, { force: true });
    else writeFileSync(actual, svg);
    expect(svg === committed, `differs from ${name}.svg: see ${name}.actual.svg, then UPDATE_FIGURES=1`).toBe(
      true,
    );
  });

  it('stands alone: no style, script, reference or unresolved value', () => {
    expect(
      svg.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg"'),
    ).toBe(true);
    // Text content is escaped, so names cannot bring any of these in either.
    expect(svg.replaceAll(/>[^<]*</g, '><')).not.toMatch(forbidden);
    expect(svg).not.toMatch(/<script|<b>/);
  });

  it('is drawn again with the same bytes, and from a spec that went through JSON', () => {
    expect(renderSvg(figureSpecSchema.parse(JSON.parse(JSON.stringify(spec))), rows)).toBe(svg);
  });

  it('is named for assistive technology', () => {
    expect(svg).toContain(`role="img" aria-labelledby="${spec.id}-title ${spec.id}-desc"`);
    expect(svg).toMatch(
      new RegExp(`<title id="${spec.id}-title">[^<]+</title><desc id="${spec.id}-desc">[^<]+</desc>`),
    );
  });

  it('has a table twin with one row for every row, shown or not', () => {
    const points = pointRows(spec, rows);
    expect(points.map((p) => p.run_id)).toEqual(rows.map((r) => r.runId));
    for (const point of points) expect(Object.keys(point)).toEqual([...pointColumns]);
  });
});

describe('what a figure says', () => {
  const textOf = (name: keyof typeof examples) => {
    const { spec, rows } = examples[name]!;
    return words(renderSvg(spec, rows));
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
    expect(renderSvg(spec, rows).match(/stroke-dasharray="3 2"/g)).toHaveLength(2 * rows.length);
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
    expect(renderSvg(specOf({ title: 'real' }), rows)).toContain('>REPLAYED<');
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
    expect(renderSvg(specOf(), rows).length).toBeLessThan(200_000);
  });

  it('refuses an eighth series in plain words', () => {
    const rows = Array.from({ length: 8 }, (_, i) => rowOf({ runId: `${i}`, seriesKey: `${i}` }));
    expect(() => renderSvg(specOf(), rows)).toThrow('only 7 can be told apart');
  });
});
