import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFigures } from '../../../src/main/lab/export/figures';
import { publicReader } from '../../../src/main/lab/export/publicReader';
import { selectBundle } from '../../../src/main/lab/export/selection';
import { referenceColumns } from '../../../src/main/lab/export/tables/references';
import type { BundleFigure } from '../../../src/main/lab/export/types';
import { renderPanelSvg } from '../../../src/main/lab/figures/renderPanelSvg';
import type { LabStore } from '../../../src/main/store/open';
import { type BundleOptionsInput, bundleOptionsSchema } from '../../../src/shared/bundle';
import { boxesMeet, inside } from '../../../src/shared/figures/geometry';
import { panelFigureSchema } from '../../../src/shared/figures/panels/schema';
import { figureSpecSchema } from '../../../src/shared/figures/spec';
import { drawnTexts } from '../../shared/figures/drawn';
import { forbidden, wellFormed } from '../../shared/figures/snapshot';
import { type BundleLab, openBundleLab } from '../../support/bundleLab';
import { parseCsv } from '../../support/csv';
import { openEmpty, take, writeRecords } from '../import/support';

function figuresOf(store: Pick<LabStore, 'reader'>, options: BundleOptionsInput = {}): BundleFigure[] {
  const reader = publicReader(store.reader, (text) => text);
  const parsed = bundleOptionsSchema.parse(options);
  return bundleFigures({ reader, selection: selectBundle(reader, parsed), options: parsed });
}

const isOfRun = (name: string) => /^(power-trace|latency-distribution)-/.test(name);

/** All that is written of a figure. */
const files = (figures: readonly BundleFigure[]) =>
  figures.map(({ name, kind, title, caption, alt, svg, spec, points, fits, references }) => ({
    ...{ name, kind, title, caption, alt, svg, spec, points },
    fits: [...fits],
    references: [...references],
  }));

let lab: BundleLab;
let all: BundleFigure[];
beforeAll(() => {
  lab = openBundleLab();
  const ofRuns = { experiments: [lab.experiments.hostile], runFigures: true };
  all = [...figuresOf(lab.store), ...figuresOf(lab.store, ofRuns).filter((f) => isOfRun(f.name))];
});
afterAll(() => lab.dispose());

const named = (name: string) => all.find((f) => f.name === name)!;

describe('the figures of a bundle', () => {
  it('are of every kind that has data, the curve of everything first, each under a name of its own', () => {
    const names = all.map((f) => f.name);
    expect(names.slice(0, 3)).toEqual([
      'curve-efficiency-energy',
      'curve-efficiency-latency',
      'curve-efficiency-energy-with-brain',
    ]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
    expect(new Set(all.map((f) => f.kind))).toEqual(
      new Set([
        ...['curve-efficiency', 'compare-runs', 'pareto-accuracy-energy', 'reconstruction-step'],
        ...['power-trace', 'latency-distribution'],
      ]),
    );
    expect(names).toContain('compare-runs-dense-or-sparse');
    expect(names).toContain('accuracy-against-energy');
    expect(figuresOf(lab.store).filter((f) => isOfRun(f.name))).toEqual([]);
    const runs = names.filter(isOfRun).map((name) => name.replace(/^[a-z-]+-(?=[0-9a-f]{8}-)/, ''));
    const there = new Set(
      lab.store.reader.listRuns({ experimentId: lab.experiments.hostile }).map((r) => r.id),
    );
    expect(runs.length).toBeGreaterThan(10);
    expect(runs.every((id) => there.has(id))).toBe(true);
  });

  it('stand alone, are well-formed, and no text leaves them or meets another', () => {
    for (const { name, svg, title, alt } of all) {
      expect(wellFormed(svg), name).toBe(true);
      expect(svg.replaceAll(/>[^<]*</g, '><'), name).not.toMatch(forbidden);
      expect(svg).toContain(`id="${name}-title"`);
      expect(title.length * alt.length).toBeGreaterThan(0);
      const [width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.slice(1).map(Number);
      const texts = drawnTexts(svg);
      for (const [i, { text, box }] of texts.entries()) {
        expect(inside(box, { x0: 0, y0: 0, x1: width!, y1: height! }), `${name}: ${text}`).toBe(true);
        for (const other of texts.slice(i + 1))
          expect(boxesMeet(box, other.box), `${name}: ${text} meets ${other.text}`).toBe(false);
      }
    }
  }, 60_000);

  it('come with a specification that draws them, and the points that they show', () => {
    for (const { name, svg, spec, points, kind } of all) {
      const json = JSON.parse(spec);
      expect(spec.endsWith('}\n') && json.id === name && json.kind === kind, name).toBe(true);
      const panels = panelFigureSchema.safeParse(json);
      if (panels.success) expect(renderPanelSvg(panels.data), name).toBe(svg);
      else expect(JSON.stringify(figureSpecSchema.parse(json), null, 2), name).toBe(spec.trimEnd());
      const rows = parseCsv(points);
      expect(rows.length, name).toBeGreaterThan(1);
      expect(new Set(rows.map((r) => r.length)).size, name).toBe(1);
    }
  });

  it('name their reference points by the columns of data/reference_points', () => {
    const { references } = named('curve-efficiency-energy-with-brain');
    expect(references.map((r) => [r.reference_id, r.value, r.unit])).toEqual([
      ['human-brain', 1e14, '1'],
      ['human-brain', 2, 'J'],
    ]);
    for (const row of references)
      expect(Object.keys(row).toSorted()).toEqual([...referenceColumns].toSorted());
  });

  it('are drawn again with the same bytes, in any order', () => {
    const again = figuresOf(lab.store);
    expect(files([...again].reverse()).reverse()).toEqual(files(all.slice(0, again.length)));
  }, 60_000);

  it('follow the theme of the bundle', () => {
    const dark = figuresOf(lab.store, { theme: 'dark' });
    expect(dark.map((f) => f.name)).toEqual(figuresOf(lab.store).map((f) => f.name));
    for (const { svg } of dark) expect(svg).toContain('fill="#14171A"');
  });

  it('of the sample dataset say so', () => {
    const sample = figuresOf(lab.store, { experiments: [lab.experiments.sample] });
    expect(sample.length).toBeGreaterThan(0);
    for (const { title } of sample) expect(title).toMatch(/\(SAMPLE DATA\)$/);
  });
});

describe('in another lab, after an import', () => {
  it('the figures are the same to the byte, whatever else that lab holds; beside its own the labs stay apart', async () => {
    const [first, other] = [
      openBundleLab({ parts: ['comparison', 'claim', 'ladder'] }),
      openBundleLab({ labId: 'beefbeefbeefbeef', days: 30, parts: ['comparison'] }),
    ];
    try {
      const { ladder, comparison } = first.experiments;
      const chosen = [{ experiments: [comparison], runFigures: true }, { experiments: [ladder, comparison] }];
      const before = chosen.map((options) => files(figuresOf(first.store, options)));
      await take(other.store, writeRecords(first.store));
      expect(chosen.map((options) => files(figuresOf(other.store, options)))).toEqual(before);

      // Of both labs together: series of their own, and every lab that has both draws the same.
      const both = figuresOf(other.store);
      const { svg, caption } = both[0]!;
      expect(svg).toContain('lab 4711aaaa');
      expect(svg).toContain('lab beefbeef');
      expect(caption).toMatch(/Device: .*\(lab 4711aaaa\).*\(lab beefbeef\)/);
      expect(before[1]![0]!.svg).not.toContain('lab 4711aaaa');
      expect(both.map((f) => f.name)).toContain('claim-c2-reconstruction-step');
      const third = openEmpty();
      await take(third, writeRecords(other.store));
      expect(files(figuresOf(third))).toEqual(files(both));
    } finally {
      first.dispose();
      other.dispose();
    }
  }, 120_000);
});
