import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSvg } from '../../../src/main/lab/figures/renderSvg';
import { layoutFigure } from '../../../src/shared/figures/data';
import { fitsOf } from '../../../src/shared/figures/fits';
import { frontOf } from '../../../src/shared/figures/front';
import { layoutCurve } from '../../../src/shared/figures/layout';
import { pointRows } from '../../../src/shared/figures/points';
import type { CurveRow } from '../../../src/shared/figures/rows';
import { type CurveSpec, curveSpecSchema, figureSpecSchema } from '../../../src/shared/figures/spec';
import { visibleRows } from '../../../src/shared/figures/visible';
import { examples, ladder, rowOf, specOf } from './examples';

const law = { from: 2e4, to: 8e7, at: 2e-3, exponent: 0.78, scatter: 0.1 };
const fitOf = (spec: CurveSpec, rows: readonly CurveRow[]) => fitsOf(spec, visibleRows(spec, rows));
const textOf = (spec: CurveSpec, rows: readonly CurveRow[]) => {
  const { texts } = layoutCurve(spec, rows);
  return texts.description.replaceAll('\u00a0', ' ');
};
const svgOf = (spec: CurveSpec, rows: readonly CurveRow[]) =>
  renderSvg({ kind: 'curve-efficiency', spec, rows });

describe('specification', () => {
  it('one of the first version parses, and draws what it drew: all that is new is off', () => {
    const old = {
      schema: 'thirtywatts.figure/1',
      kind: 'curve-efficiency',
      id: 'curve-efficiency',
      x: { quantity: 'macs', scale: 'log' },
      y: { quantity: 'energyGross', scale: 'linear' },
      size: 'double',
      theme: 'dark',
      title: null,
      pointLabels: 'size',
      slots: {},
      appVersion: '0.1.0',
    };
    expect(figureSpecSchema.parse(old)).toMatchObject({
      fit: { show: false },
      front: { show: false, dim: false },
      references: false,
      guides: false,
      hiddenSeries: [],
      x: { domain: null },
    });
  });

  it('a logarithmic axis does not start at 0, no axis ends before it starts', () => {
    const parse = (x: object) => curveSpecSchema.safeParse({ kind: 'curve-efficiency', appVersion: '0', x });
    expect(parse({ domain: [1, 10] }).success).toBe(true);
    expect(parse({ domain: [0, 10] }).success).toBe(false);
    expect(parse({ domain: [10, 10] }).success).toBe(false);
    expect(parse({ domain: [0, 10], scale: 'linear' }).success).toBe(true);
  });
});

describe('fit of a series', () => {
  const spec = specOf({ fit: { show: true } });

  it('finds the exponent of its ladder', () => {
    const [fit] = fitOf(spec, ladder(1, 12, law));
    expect(fit!.result).toMatchObject({ kind: 'law' });
    expect(fit!.text).toMatch(
      /exponent 0\.7\d+ \[0\.\d+, 0\.\d+\], 95.%, n = 12 models, Huber line on logarithms/,
    );
    expect(fit!.indicative).toEqual([]);
  });

  it.each([
    [{ preset: 'glance' }, 'glance results'],
    [{ preset: 'quick' }, 'quick results'],
    [{ verdict: 'limited' }, 'limited results'],
    [{ origin: 'simulated' }, 'simulated or replayed readings'],
    [{ sample: true }, 'sample data'],
  ] as const)('%o makes it indicative, and the default title then names no exponent', (over, word) => {
    const rows = ladder(1, 12, law, (i) => (i === 4 ? over : {}));
    expect(fitOf(spec, rows)[0]!.text).toContain(`Indicative: ${word}.`);
    expect(layoutCurve(spec, rows).texts.title).not.toContain('exponent');
    expect(layoutCurve(spec, ladder(1, 12, law)).texts.title).toContain('exponent 0.7');
  });

  it('leaves estimates out unless told, and says so either way', () => {
    const rows = ladder(1, 12, law, (i, _x, y) =>
      i % 2 === 0 ? { provenance: 'estimate', y: y * 30, yLow: null, yHigh: null } : {},
    );
    expect(fitOf(spec, rows)[0]!.text).toContain('n = 6 models (estimates excluded)');
    const all = specOf({ fit: { show: true, includeEstimated: true } });
    expect(fitOf(all, rows)[0]!.includesEstimated).toBe(true);
    expect(fitOf(all, rows)[0]!.text).toContain('n = 12 models,');
    expect(textOf(all, rows)).toContain('The lines include estimates');
    expect(layoutCurve(all, rows).texts.title).toContain('fitted with estimates');
  });

  it('runs of one model are its repeats, not more models', () => {
    const rows = ladder(1, 4, law).flatMap((r) => [r, { ...r, runId: `${r.runId}-again` }]);
    expect(fitOf(spec, rows)[0]!.text).toContain('no line: 4 models, at least 6 are needed.');
  });

  it('a zoom does not change it; the bands end with the data and inside the plot', () => {
    const rows = ladder(1, 12, law);
    const zoom = specOf({ fit: { show: true, extrapolate: true }, x: { domain: [1e5, 1e7] } });
    expect(fitOf(zoom, rows)[0]!.result).toEqual(fitOf(spec, rows)[0]!.result);
    for (const one of [zoom, specOf({ fit: { show: true, extrapolate: true } })]) {
      const { overlays, plot, x } = layoutCurve(one, rows);
      const [fit] = overlays.fits;
      const ends = one.x.domain ?? [law.from, law.to];
      for (const p of [...fit!.band, ...fit!.prediction]) {
        expect(p.x).toBeGreaterThanOrEqual(x.map(ends[0]) - 0.011);
        expect(p.x).toBeLessThanOrEqual(x.map(ends[1]) + 0.011);
        expect(p.y).toBeGreaterThanOrEqual(plot.y0);
        expect(p.y).toBeLessThanOrEqual(plot.y1);
      }
      for (const s of fit!.ahead) expect(s.x1).toBeLessThanOrEqual(x.map(law.to * 2) + 0.011);
    }
    expect(layoutCurve(spec, rows).overlays.fits[0]!.ahead).toEqual([]);
  });
});

describe('zoom and hidden series', () => {
  const rows = [
    ...ladder(1, 8, law, () => ({ seriesKey: 'a', seriesLabel: 'label a' })),
    ...ladder(2, 6, law, () => ({ seriesKey: 'b', seriesLabel: 'label b' })),
  ];

  it('a point outside is not drawn and counted', () => {
    const spec = specOf({ x: { domain: [1e5, 1e7] } });
    const inside = rows.filter((r) => r.x! >= 1e5 && r.x! <= 1e7);
    expect(
      layoutCurve(spec, rows)
        .marks.map((m) => m.runId)
        .sort(),
    ).toEqual(inside.map((r) => r.runId).sort());
    expect(textOf(spec, rows)).toContain(`Outside the zoom: ${rows.length - inside.length}.`);
    expect(pointRows(spec, rows).filter((p) => p.not_shown_reason === 'outside the zoom')).toHaveLength(
      rows.length - inside.length,
    );
  });

  it('a hidden series is absent from drawing, caption, fits and points; the other keeps its colour', () => {
    const spec = specOf({ hiddenSeries: ['a'], fit: { show: true } });
    expect(svgOf(specOf(), rows)).toContain('label a');
    expect(svgOf(spec, rows)).not.toContain('label a');
    expect(pointRows(spec, rows).map((p) => p.series)).toEqual(Array(6).fill('label b'));
    const slots = (layout: ReturnType<typeof layoutCurve>) =>
      new Set(layout.marks.filter((m) => m.seriesKey === 'b').map((m) => m.slot));
    expect(slots(layoutCurve(spec, rows))).toEqual(slots(layoutCurve(specOf(), rows)));
  });

  it('with one of eight series hidden the other seven can be drawn', () => {
    const eight = Array.from({ length: 8 }, (_, i) => rowOf({ runId: `${i}`, seriesKey: `${i}` }));
    expect(() => layoutCurve(specOf(), eight)).toThrow('only 7 can be told apart');
    expect(layoutCurve(specOf({ hiddenSeries: ['3'] }), eight).marks).toHaveLength(7);
  });
});

describe('front', () => {
  const rows = [
    rowOf({ runId: 'small', x: 1e5, y: 1e-3, yLow: 0.9e-3, yHigh: 1.1e-3 }),
    rowOf({ runId: 'large', x: 1e7, y: 5e-3, yLow: 4.9e-3, yHigh: 5.1e-3 }),
    rowOf({ runId: 'near', x: 1e6, y: 5.05e-3, yLow: 4.8e-3, yHigh: 5.3e-3 }),
    rowOf({ runId: 'worse', x: 1e6, y: 9e-3, yLow: 8.9e-3, yHigh: 9.1e-3 }),
    rowOf({ runId: 'guess', x: 1e9, y: 1e-6, provenance: 'estimate' }),
  ];
  const spec = specOf({ front: { show: true, dim: true }, references: true });

  it('says what is on it, what is dominated and what cannot be told from it; estimates never belong', () => {
    const front = frontOf(spec, visibleRows(spec, rows))!;
    expect(front.words).toBe('more parameters, lower energy per inference');
    expect(rows.map((r) => front.place.get(r))).toEqual([
      'on the front',
      'on the front',
      'not distinguishable from the front',
      'dominated',
      'not part of it',
    ]);
    expect(
      layoutCurve(spec, rows)
        .marks.filter((m) => m.dim)
        .map((m) => m.runId),
    ).toEqual(['worse']);
    expect(svgOf(spec, rows).match(/opacity="0\.4"/g)).toHaveLength(2);
    expect(pointRows(spec, rows).find((p) => p.run_id === 'worse')?.front).toBe('dominated');
  });

  it('turns with the axes, and is refused where neither end is better', () => {
    const words = (over: Parameters<typeof specOf>[0]) => {
      const s = specOf({ front: { show: true }, ...over });
      return frontOf(s, visibleRows(s, rows))?.words ?? null;
    };
    expect(words({ x: { quantity: 'latencyP50' } })).toBe('lower median latency, lower energy per inference');
    expect(words({ y: { quantity: 'throughput' } })).toBe('more parameters, more items per second');
    expect(words({ y: { quantity: 'powerMean' } })).toBeNull();
    expect(words({ front: { show: false } })).toBeNull();
  });
});

describe('reference points and guides', () => {
  const rows = ladder(1, 8, law);

  it('stand only on parameters against energy, with their caption, and extend the axes', () => {
    const on = specOf({ references: true, guides: true });
    const { overlays, x, y } = layoutCurve(on, rows);
    expect(overlays.references.map((r) => r.point.key)).toEqual(['human-brain']);
    expect(overlays.guides.map((g) => g.label?.text)).toEqual(['1 J', '36 J = 10 mWh']);
    expect([x.domain[1] > 1e15, y.domain[1] > 36]).toEqual([true, true]);
    expect(textOf(on, rows)).toContain(
      'Human brain: synapses are not parameters and ‘inference’ is undefined',
    );
    for (const off of [
      specOf({ references: true, x: { quantity: 'macs' } }),
      specOf({ references: true, y: { quantity: 'latencyP50' } }),
      specOf(),
    ]) {
      expect(layoutCurve(off, rows).overlays.references).toEqual([]);
      expect(textOf(off, rows)).not.toContain('Human brain');
    }
  });

  it('change no fit and no front, and leave black to themselves', () => {
    const with_ = specOf({ references: true, fit: { show: true }, front: { show: true } });
    const without = specOf({ fit: { show: true }, front: { show: true } });
    expect(fitOf(with_, rows)).toEqual(fitOf(without, rows));
    expect(layoutCurve(with_, rows).front!.points).toHaveLength(
      layoutCurve(without, rows).front!.points.length,
    );
    const seven = Array.from({ length: 7 }, (_, i) => rowOf({ runId: `${i}`, seriesKey: `${i}` }));
    expect(() => layoutCurve(with_, seven)).toThrow('only 6 can be told apart');
    expect(pointRows(with_, rows).at(-1)).toMatchObject({
      role: 'reference',
      x: 1e14,
      x_low: 1e13,
      run_id: null,
    });
  });
});

describe('what a layer above the drawing gets', () => {
  const data = { kind: 'curve-efficiency' as const, ...examples['energy-estimate']! };

  it('targets at the marks, and axes that lead back to the values', () => {
    const { interaction } = layoutFigure(data);
    expect(interaction.targets).toHaveLength(data.rows.length);
    for (const target of interaction.targets) {
      const row = data.rows.find((r) => r.runId === target.runId)!;
      expect(interaction.x.invert(target.x) / row.x!).toBeCloseTo(1, 2);
      expect(interaction.y.invert(target.y) / row.y!).toBeCloseTo(1, 2);
    }
  });

  it('invert undoes map on both kinds of axis, to the rounding of the drawing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('log' as const, 'linear' as const),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        (scale, share) => {
          const { x, plot } = layoutCurve(specOf({ x: { scale } }), ladder(1, 5, law));
          const at = plot.x0 + share * (plot.x1 - plot.x0);
          expect(Math.abs(x.map(x.invert(at)) - at)).toBeLessThan(0.006);
        },
      ),
      { seed: 40, numRuns: 50 },
    );
  });

  it('words with three digits, never 0 for 10⁻⁴ J, and two with ≈ for an estimate', () => {
    const small = [rowOf({ y: 1.234e-4, yLow: 1.2e-4, yHigh: 1.3e-4, sample: true })];
    const lines = layoutFigure({ kind: 'curve-efficiency', spec: specOf(), rows: small }).interaction.lines(
      0,
    );
    const text = (label: string) => lines.find((l) => l.label === label)?.text;
    expect(text('Energy per inference')).toBe('123 µJ [120, 130]');
    expect(text('n')).toBe('10 windows');
    expect(text('Data')).toBe('SAMPLE DATA');
    for (const label of ['Series', 'Model', 'Parameters', 'Interval', 'Meter', 'Device', 'Verdict']) {
      expect(text(label), label).toBeTruthy();
    }
    const estimate = layoutFigure(data).interaction.lines(0);
    expect(estimate.find((l) => l.label === 'Energy per inference')?.text).toMatch(/^≈ \d/);
  });
});

it('sample data mark every title, a person’s own too', () => {
  const rows = [rowOf({ sample: true })];
  expect(layoutCurve(specOf(), rows).texts.title).toMatch(/ \(SAMPLE DATA\)$/);
  expect(layoutCurve(specOf({ title: 'mine' }), rows).texts.title).toBe('mine (SAMPLE DATA)');
  expect(layoutCurve(specOf({ title: 'mine' }), [rowOf()]).texts.title).toBe('mine');
});

it('10⁵ points: only few labels are looked for, and the drawing without points is small', () => {
  const rows = ladder(1, 100_000, law);
  const { layout } = layoutFigure({ kind: 'curve-efficiency', spec: specOf(), rows });
  expect(layout.kind === 'curve-efficiency' && layout.marks.length).toBe(100_000);
  expect(layout.kind === 'curve-efficiency' && layout.labels).toEqual([]);
  expect(layout.legend).toHaveLength(1);
});
