import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSvg } from '../../../src/main/lab/figures/renderSvg';
import { layoutFigure } from '../../../src/shared/figures/data';
import { fitsOf, fittedAt } from '../../../src/shared/figures/fits';
import { frontOf } from '../../../src/shared/figures/front';
import { layoutCurve } from '../../../src/shared/figures/layout';
import { pointRows } from '../../../src/shared/figures/points';
import { residualsOf } from '../../../src/shared/figures/residuals';
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
    [{ preset: 'glance' }, 'glance', 'n = 11'],
    [{ preset: 'quick' }, 'quick', 'n = 12'],
    [{ verdict: 'limited' }, 'limited', 'n = 12'],
    [{ preset: 'quick', verdict: 'limited' }, 'quick', 'n = 12'],
  ] as const)('%o is drawn and left out; asked for, only a glance still is', (over, word, asked) => {
    const rows = ladder(1, 12, law, (i, _x, y) => (i === 4 ? { ...over, y: 30 * y } : {}));
    const without = ladder(1, 12, law).filter((_, i) => i !== 4);
    const [fit] = fitOf(spec, rows);
    expect(fit!.text).toContain(`n = 11 models (left out: 1 ${word})`);
    expect(fit!.indicative).toEqual([]);
    expect(fit!.result).toEqual(fitOf(spec, without)[0]!.result);
    const layout = layoutCurve(spec, rows);
    expect(layout.marks).toHaveLength(12);
    expect(layout.marks.find((m) => m.runId === '1-4')!.style).toBe('hollow');
    expect(layout.residuals).toBeNull();
    const optedIn = specOf({ fit: { show: true }, includeLimited: true });
    expect(fitOf(optedIn, rows)[0]!.text).toContain(asked);
    if (asked === 'n = 12') expect(fitOf(optedIn, rows)[0]!.text).toContain(`${word} results`);
    expect(textOf(optedIn, rows)).toContain('Limited and quick results are included in lines and fronts');
    expect(textOf(spec, rows)).not.toContain('are included in lines');
  });

  it('quick and glance results of a ladder are joined by a thin line, which is called no fit', () => {
    for (const preset of ['quick', 'glance'] as const) {
      const rows = ladder(1, 8, law, () => ({ preset }));
      const layout = layoutCurve(spec, rows);
      expect(layout.joins[0]!.segments).toHaveLength(7);
      expect(layout.overlays.fits).toEqual([]);
      expect(layout.fits[0]!.text).toContain(
        `no line: 0 models, at least 6 are needed (left out: 8 ${preset})`,
      );
    }
    expect(
      textOf(
        spec,
        ladder(1, 8, law, () => ({ preset: 'quick' })),
      ),
    ).toContain('a thin line that is no fit');
    expect(layoutCurve(spec, ladder(1, 8, law)).joins[0]!.segments).toEqual([]);
  });

  it('joins no two meters, and says which', () => {
    const rows = ladder(1, 12, law, (i) =>
      i < 6 ? { meter: 'rapl, cpu.package', sensor: 'CPU, rapl:0' } : {},
    );
    expect(fitOf(spec, rows)[0]!.text).toMatch(
      /no line: no line joins 2 meters: nvml, gpu\.board.*; rapl, cpu\.package/,
    );
    // Of latencies no meter is asked.
    const latency = specOf({ fit: { show: true }, y: { quantity: 'latencyP50' } });
    expect(fitOf(latency, rows)[0]!.result.kind).toBe('law');
  });

  it.each([
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
    expect(fitOf(spec, rows)[0]!.text).toContain('n = 6 models (left out: 6 estimated)');
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

describe('crossovers', () => {
  const spec = specOf({ fit: { show: true, crossovers: true } });
  const steep = ladder(1, 12, { ...law, exponent: 1 }, () => ({ seriesKey: 'a', seriesLabel: 'label a' }));
  const flat = ladder(2, 10, { ...law, exponent: 0.6 }, () => ({ seriesKey: 'b', seriesLabel: 'label b' }));
  const rows = [...steep, ...flat];

  it('stand in the drawing with their interval, in the text and in the points', () => {
    const layout = layoutCurve(spec, rows);
    const [at] = layout.overlays.crossings;
    expect(at!.bar.x0).toBeLessThan(at!.x);
    expect(at!.bar.x1).toBeGreaterThan(at!.x);
    expect(at!.drop.y1).toBe(at!.barY);
    const row = pointRows(spec, rows).find((p) => p.role === 'crossover')!;
    expect(row).toMatchObject({ series: 'label a × label b', not_shown_reason: null });
    expect(layout.x.map(row.x as number)).toBe(at!.x);
    expect(layout.y.map(row.y as number)).toBe(at!.y);
    expect((row.x_low as number) < (row.x as number) && (row.x as number) < (row.x_high as number)).toBe(
      true,
    );
    expect(layout.labels.map((l) => l.text)).toContain(at!.label);
    expect(textOf(spec, rows)).toMatch(
      /Crossover of label a and label b: [\d.]+ [kM] \[[\d.,]+, [\d.,]+\] parameters; below it label a has the lower energy/,
    );
    expect(svgOf(spec, rows)).toContain('crossover ');
  });

  it('are absent unless asked for, and where a series is switched off', () => {
    expect(layoutCurve(specOf({ fit: { show: true } }), rows).crossings).toEqual([]);
    const one = specOf({ fit: { show: true, crossovers: true }, hiddenSeries: ['b'] });
    expect(layoutCurve(one, rows).crossings).toEqual([]);
    expect(pointRows(one, rows).every((p) => p.role === 'measured')).toBe(true);
  });

  it('say in plain words why they are not resolved; nothing is drawn then', () => {
    const far = flat.map((r) => ({ ...r, y: r.y! * 100 }));
    const layout = layoutCurve(spec, [...steep, ...far]);
    expect(layout.overlays.crossings).toEqual([]);
    expect(textOf(spec, [...steep, ...far])).toContain(
      'Crossover of label a and label b: not resolved, the lines do not cross in the range that both were measured in.',
    );
    expect(pointRows(spec, [...steep, ...far]).at(-1)).toMatchObject({ role: 'crossover', x: null });
    expect(pointRows(spec, [...steep, ...far]).at(-1)!.not_shown_reason).toMatch(/^not resolved: /);
    const quick = flat.map((r) => ({ ...r, preset: 'quick' as const }));
    expect(textOf(spec, [...steep, ...quick])).toContain('Crossover: not resolved, fewer than two lines.');
  });

  it('that are not resolved for one reason share a sentence', () => {
    const apart = ['c', 'd'].flatMap((key, i) =>
      ladder(5 + i, 10, { ...law, at: 10 ** (3 * i + 2) }, () => ({
        seriesKey: key,
        seriesLabel: `label ${key}`,
      })),
    );
    expect(textOf(spec, [...rows, ...apart])).toMatch(
      /Crossovers not resolved, [^:]+: label \w and label \w; label/,
    );
  });

  it('of two sensors are wider than of one', () => {
    const width = (second: typeof flat) => {
      const { result } = layoutCurve(spec, [...steep, ...second]).crossings[0]!;
      if (result.kind === 'unresolved') throw new Error(result.reason);
      return Math.log(result.high! / result.low!);
    };
    const other = flat.map((r) => ({ ...r, meter: 'rapl, cpu.package', sensor: 'CPU, rapl:0' }));
    expect(width(other)).toBeGreaterThan(1.2 * width(flat));
    expect(textOf(spec, [...steep, ...other])).toContain('with the gains of both sensors');
    expect(textOf(spec, rows)).not.toContain('with the gains');
  });
});

describe('broken law', () => {
  const bent = (_i: number, x: number, y: number) => {
    const value = y * (x > 1e6 ? (x / 1e6) ** 0.8 : 1);
    return { y: value, yLow: value * 0.97, yHigh: value * 1.03, yAbsLow: null, yAbsHigh: null };
  };
  const rows = ladder(3, 16, { from: 1e4, to: 1e8, at: 1e-3, exponent: 0.4, scatter: 0.1 }, bent);
  const spec = specOf({ fit: { show: true, crossovers: true } });

  it('is drawn bent and said with both exponents, the break and n', () => {
    const [fit] = fitOf(spec, rows);
    expect(fit!.text).toMatch(
      /broken law, exponent 0\.\d+ \[.+\] below [\d.]+ [kM] \[.+\] and 1\.\d+ \[.+\] above, 95.%, n = 16 models, 1,000 bootstrap draws over models, AICc lower by \d+/,
    );
    const layout = layoutCurve(spec, rows);
    const [drawn] = layout.overlays.fits;
    expect(drawn!.line).toHaveLength(2);
    expect(drawn!.line[0]!.x1).toBe(layout.x.map(fit!.broken!.at.value));
    expect(layout.texts.title).toMatch(/exponent 0\.\d\d below [\d.]+ [kM], 1\.\d\d above/);
    expect(fitOf(spec, ladder(3, 16, law))[0]!.broken).toBeNull();
  });

  it('has no one exponent, so no crossover', () => {
    const two = [
      ...rows.map((r) => ({ ...r, seriesKey: 'a' })),
      ...ladder(5, 12, law, () => ({ seriesKey: 'b' })),
    ];
    expect(textOf(spec, two)).toContain('not resolved, a broken law has no one exponent to compare');
  });
});

describe('residual panel', () => {
  const rows = ladder(1, 12, law);
  const spec = specOf({ fit: { show: true, residuals: true } });

  it('shows in % what the line leaves over, on the x axis of the curve', () => {
    const layout = layoutCurve(spec, rows);
    const plain = layoutCurve(specOf({ fit: { show: true } }), rows);
    const panel = layout.residuals!;
    expect(layout.height).toBeGreaterThan(plain.height + 80);
    expect(layout.plot.y1 - layout.plot.y0).toBeCloseTo(plain.plot.y1 - plain.plot.y0, 0);
    expect(panel.box.y0).toBeGreaterThan(layout.plot.y1);
    expect(panel.marks.map((m) => m.x)).toEqual(layout.marks.map((m) => m.x));
    const [fit] = layout.fits;
    for (const [i, point] of residualsOf(fit!).entries()) {
      const over = rows[i]!.y! / fittedAt(fit!, rows[i]!.x!)! - 1;
      expect(point.percent).toBeCloseTo(100 * over, 9);
      expect(panel.marks[i]!.y < panel.zeroY).toBe(over > 0);
    }
    expect(panel.scatter).toHaveLength(1);
    expect(svgOf(spec, rows)).toContain('Residual of each model (%)');
  });

  it('is not drawn of more than a thousand models, and says so', () => {
    const many = ladder(1, 1001, law);
    expect(layoutCurve(spec, many).residuals).toBeNull();
    expect(textOf(spec, many)).toContain('No residuals: more than 1,000 models.');
    expect(layoutCurve(spec, many.slice(1)).residuals!.marks).toHaveLength(1000);
  });

  it('needs a line', () => {
    expect(layoutCurve(spec, ladder(1, 4, law)).residuals).toBeNull();
    expect(layoutCurve(spec, ladder(1, 4, law)).lower).toBeNull();
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

  it('takes only what may be ranked: quick and limited results where they are asked for, a glance never', () => {
    const looks = rows.map((r, i) => ({
      ...r,
      preset: (['standard', 'quick', 'glance', 'standard'] as const)[i] ?? 'standard',
    }));
    const on = (over: Parameters<typeof specOf>[0]) => {
      const s = specOf({ front: { show: true }, ...over });
      return frontOf(s, visibleRows(s, looks))!.points.map((p) => p.row.runId);
    };
    expect(on({})).toEqual(['small', 'worse']);
    expect(on({ includeLimited: true })).toEqual(['small', 'large']);
    const none = looks.map((r) => ({ ...r, preset: 'glance' as const }));
    expect(textOf(specOf({ front: { show: true } }), none)).toContain(
      'No Pareto front: none of the results may be ranked.',
    );
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
