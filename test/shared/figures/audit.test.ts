import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderPng } from '../../../src/main/lab/figures/renderPng';
import { boxesMeet, inside } from '../../../src/shared/figures/geometry';
import { panelKinds } from '../../../src/shared/figures/panels/kinds';
import { figureSpecSchema } from '../../../src/shared/figures/spec';
import { there, unless } from '../../support/programs';
import { drawnTexts, type Fixture, fixtures } from './drawn';

const all = Object.entries(fixtures);
const viewBox = (svg: string) =>
  /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.slice(1).map(Number) as [number, number];

/** 7 pt in viewBox units (1/96 in). Source: docs/figures.md, 3.2. */
const leastSize = (7 * 96) / 72;

/** What is wrong with the texts of a file. */
function textProblems(svg: string): string[] {
  const texts = drawnTexts(svg);
  const [width, height] = viewBox(svg);
  const view = { x0: 0, y0: 0, x1: width, y1: height };
  return texts.flatMap((a, i) => [
    ...(a.size >= leastSize - 0.005 ? [] : [`'${a.text}' is ${a.size} units tall`]),
    ...(inside(a.box, view) ? [] : [`'${a.text}' leaves the drawing`]),
    ...texts.slice(i + 1).flatMap((b) => (boxesMeet(a.box, b.box) ? [`'${a.text}' meets '${b.text}'`] : [])),
  ]);
}

it('every kind of figure is among the committed ones, in both themes and all sizes', () => {
  const kinds = figureSpecSchema.options.map((o) => o.shape.kind.value);
  expect(new Set(all.map(([, f]) => f.kind))).toEqual(new Set([...kinds, ...panelKinds]));
  for (const kind of kinds) {
    const own = all.filter(([, f]) => f.kind === kind).map(([, f]) => f.svg);
    expect(own.length, kind).toBeGreaterThan(1);
    expect(new Set(own.map((svg) => /<rect[^>]*fill="(#\w+)"/.exec(svg)![1])).size, kind).toBe(2);
    expect(new Set(own.map((svg) => viewBox(svg)[0])).size, kind).toBe(2);
  }
});

describe.each(all)('%s', (_, { svg, title, sample }) => {
  it('is read at 7 pt or more; no text leaves the drawing or meets another', () => {
    expect(drawnTexts(svg).length).toBeGreaterThan(3);
    // Marks are moved by one; a text or a group never is, or its place would not be what its numbers say.
    expect(svg).not.toMatch(/<(g|text|svg)\b[^>]*transform=/);
    expect(textProblems(svg)).toEqual([]);
  });

  it('has two widths of lines and marks of one size', () => {
    const widths = [...svg.matchAll(/stroke-width="([^"]*)"/g)].map((m) => m[1]);
    expect(widths.filter((w) => w !== '0.8' && w !== '1.6')).toEqual([]);
  });

  it('says in its title that sample data are sample data', () => {
    expect(title.endsWith('(SAMPLE DATA)')).toBe(sample);
  });
});

/** What a caption must name; the kinds whose points are no averages have no interval. Source: docs/figures.md, 3.10. */
const said: Readonly<Record<string, Record<string, RegExp>>> = {
  'curve-efficiency': {
    statistic: /Geometric mean|Median latency|Gross energy less|Inverse of|Energy of the windows|Items \(/,
    level: /95.%|band of the method/,
    method: /Student t|Welch|order-statistic|band of the method|over blocks/,
    n: /n = [\d,]+/,
    machine: /Device: \w/,
  },
  'power-trace': {
    statistic: /Power between two reads of a counter/,
    method: /no average, so no interval/,
    n: /n = [\d,]+/,
    machine: /Device: \w/,
  },
  'latency-distribution': {
    statistic: /Empirical distribution/,
    level: /95.%/,
    method: /order-statistic interval/,
    n: /n = [\d,]+/,
    machine: /Device: \w/,
  },
  'compare-runs': {
    statistic: /[Rr]atio of geometric means/,
    level: /95.%/,
    method: /Student’s t on logarithms/,
    n: /n = [\d,]+ (inferences|blocks)/,
    machine: /Device: \w/,
  },
};
const common = { date: /Measured \d{4}-\d\d-\d\d/, application: /Thirty.Watts.\d/ };

describe.each(all.filter(([, f]) => f.measured && f.kind in said))('caption of %s', (_, fixture) => {
  const missing = (caption: string) =>
    Object.entries({ ...said[fixture.kind]!, ...common })
      .filter(([, words]) => !words.test(caption))
      .map(([what]) => what);

  it('names statistic, level, method, n, machine, date and application', () => {
    expect(missing(fixture.caption)).toEqual([]);
    expect(missing('')).toHaveLength(Object.keys(said[fixture.kind]!).length + 2);
    // What is said stands in the drawing too, line by line.
    const drawn = drawnTexts(fixture.svg)
      .map((t) => t.text.replaceAll('\u00a0', ' '))
      .join(' ');
    expect(drawn).toContain(fixture.caption.replaceAll('\u00a0', ' ').slice(0, 60));
  });
});

describe.each(all)('text alternative of %s', (_, { svg, description, caption }: Fixture) => {
  it('names axes, series and n, and what is not shown', () => {
    const desc = /<desc[^>]*>([^<]+)<\/desc>/.exec(svg)![1]!;
    expect(desc.length).toBeGreaterThan(60);
    expect(description).toMatch(/Horizontal: .+(\. Vertical: |; a line at 1)/);
    expect(description).toMatch(/n = [\d,]+|point|No trace|values/);
    for (const count of caption.match(/(Not shown|Outside)[^.]*\d+\./g) ?? [])
      expect(description).toContain(count);
  });
});

it.each(['dark-single-simulated', 'one-point', 'panels-speedup-sparsity'])(
  'a picture of %s is 1, 2 or 3 times 96 dots per inch, and no more',
  (name) => {
    const { svg } = fixtures[name]!;
    const [width, height] = viewBox(svg);
    for (const scale of [1, 2, 3]) {
      const png = renderPng(svg, scale);
      const view = new DataView(png.buffer, png.byteOffset);
      expect(Math.abs(view.getUint32(16) - width * scale)).toBeLessThanOrEqual(1);
      expect(Math.abs(view.getUint32(20) - height * scale)).toBeLessThanOrEqual(1);
    }
  },
);

describe('the checks see what is wrong', () => {
  const { svg } = fixtures['energy-measured']!;

  it('a label on another, one that leaves the drawing, one that is too small', () => {
    const [first, second] = drawnTexts(svg);
    expect(textProblems(svg)).toEqual([]);
    const moved = svg.replace(/(<text[^>]*) y="[^"]*"/, '$1 y="-3"');
    expect(textProblems(moved).join()).toContain(`'${first!.text}' leaves the drawing`);
    const onto = svg.replaceAll(/(<text[^>]*) x="[^"]*" y="[^"]*"/g, '$1 x="100" y="100"');
    expect(textProblems(onto).join()).toContain(`'${first!.text}' meets '${second!.text}'`);
    expect(textProblems(svg.replaceAll('font-size="9.33"', 'font-size="8"')).join()).toContain(
      '8 units tall',
    );
  });
});

const hasXmllint = there('xmllint', ['--version']);
const xmllint = `xmllint reads every committed figure, and refuses a broken one${unless(hasXmllint, 'libxml2-utils')}`;

it.skipIf(!hasXmllint)(xmllint, () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'thirty-watts-svg-'));
  try {
    const paths = all.map(([name, { svg }]) => {
      const path = join(folder, `${name}.svg`);
      writeFileSync(path, svg);
      return path;
    });
    expect(execFileSync('xmllint', ['--noout', ...paths], { encoding: 'utf8' })).toBe('');
    writeFileSync(paths[0]!, fixtures.empty!.svg.replace('</desc>', ''));
    expect(spawnSync('xmllint', ['--noout', paths[0]!]).status).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
