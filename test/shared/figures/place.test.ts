import { describe, expect, it } from 'vitest';
import { type FigureData, type FigureLayout, layoutFigure } from '../../../src/shared/figures/data';
import {
  around,
  type Box,
  boxesMeet,
  inside,
  type Segment,
  segmentMeets,
} from '../../../src/shared/figures/geometry';
import { layoutCurve } from '../../../src/shared/figures/layout';
import { markSize } from '../../../src/shared/figures/sizes';
import {
  compareSpecSchema,
  distributionSpecSchema,
  powerTraceSpecSchema,
} from '../../../src/shared/figures/spec';
import { drawFrom } from '../stats/draw';
import { examples, ladder, specOf } from './examples';
import { columnsOf, comparisonOf, distributionOf, otherExamples, runOf, traceOf } from './otherExamples';

/** Every text of a figure with its box. */
function textsOf(layout: FigureLayout): { text: string; box: Box }[] {
  const ticks = [...layout.xTicks, ...layout.yTicks].flatMap((t) => (t.text === null ? [] : [t.text]));
  const { title, legend, yTitle, xTitle, notes, caption, badge } = layout;
  const own = (): { text: string; box: Box }[] => {
    switch (layout.kind) {
      case 'curve-efficiency':
        return [
          ...layout.labels,
          ...layout.overlays.guides.flatMap((g) => g.label ?? []),
          ...(layout.residuals ? [layout.residuals.title, ...layout.residuals.ticks.map((t) => t.text)] : []),
        ];
      case 'power-trace':
        return layout.shades.flatMap((shade) => shade.label ?? []);
      case 'latency-distribution':
        return layout.shares;
      case 'compare-runs':
        return [...layout.rows, ...layout.controls].map((r) => r.words);
    }
  };
  const lines = notes.flatMap((n) => n.lines);
  return [
    ...title,
    ...legend,
    ...yTitle,
    ...xTitle,
    ...lines,
    ...caption,
    ...ticks,
    ...own(),
    ...(badge ? [badge] : []),
  ];
}

/** What no text may touch: boxes of marks, and lines. */
function obstaclesOf(layout: FigureLayout): { marks: Box[]; lines: Segment[] } {
  const boxes = (marks: readonly { x: number; y: number }[]) =>
    marks.map((m) => around(m.x, m.y, markSize / 2));
  switch (layout.kind) {
    case 'curve-efficiency': {
      const { fits, front, crossings, references, guides } = layout.overlays;
      return {
        marks: [
          ...boxes(layout.marks),
          ...boxes(layout.residuals?.marks ?? []),
          ...references.map((r) => around(r.x, r.y, 7)),
        ],
        lines: [
          ...layout.joins.flatMap((j) => j.segments),
          ...layout.marks.flatMap((m) => [m.repeat, m.absolute, m.across].filter((s) => s !== null)),
          ...fits.flatMap((f) => [...f.line, ...f.ahead]),
          ...front,
          ...crossings.flatMap((c) => [c.bar, c.drop]),
          ...references.flatMap((r) => r.bars),
          ...guides.map((g) => g.line),
        ],
      };
    }
    case 'power-trace':
      return { marks: boxes(layout.ends), lines: layout.lines.flatMap((l) => l.segments) };
    case 'latency-distribution':
      return {
        marks: boxes([...layout.percentiles.filter((p) => p.p === 0.5), ...layout.firsts]),
        lines: [
          ...layout.lines.flatMap((l) => l.segments),
          ...layout.percentiles.flatMap((p) => p.bar ?? []),
        ],
      };
    case 'compare-runs': {
      const rows = [...layout.rows, ...layout.controls];
      const marks = rows.flatMap(({ mark, y }) => (mark === null ? [] : [{ x: mark.x, y }]));
      return { marks: boxes(marks), lines: rows.flatMap((r) => r.mark?.bar ?? []) };
    }
  }
}

function problems(layout: FigureLayout): string[] {
  const texts = textsOf(layout);
  const { marks, lines } = obstaclesOf(layout);
  const view = { x0: 0, y0: 0, x1: layout.width, y1: layout.height };
  return texts.flatMap((a, i) => [
    ...texts.slice(i + 1).flatMap((b) => (boxesMeet(a.box, b.box) ? [`'${a.text}' meets '${b.text}'`] : [])),
    ...(marks.some((m) => boxesMeet(m, a.box)) ? [`'${a.text}' meets a mark`] : []),
    ...(lines.some((s) => segmentMeets(s, a.box)) ? [`'${a.text}' meets a line`] : []),
    ...(inside(a.box, view) ? [] : [`'${a.text}' leaves the figure`]),
  ]);
}

describe('labels', () => {
  it('meet neither each other nor a mark nor the edge, in 200 random figures', () => {
    const draw = drawFrom(30);
    const upTo = (n: number) => Math.floor(draw.uniform() * n);
    let placed = 0;
    for (let i = 0; i < 200; i++) {
      const series = 1 + upTo(7);
      const rows = Array.from({ length: series }, (_, s) =>
        ladder(
          1000 * i + s,
          1 + upTo(14),
          {
            from: 10 ** (2 + 3 * draw.uniform()),
            to: 10 ** (5.2 + 4 * draw.uniform()),
            at: 10 ** (-5 + 3 * draw.uniform()),
            exponent: 2 * draw.uniform() - 0.7,
            scatter: draw.uniform(),
          },
          (j, _x, y) => ({
            runId: `${s}-${j}`,
            seriesKey: `${s}`,
            seriesLabel: 'series name '.repeat(1 + upTo(4)).trim(),
            preset: i % 3 === 0 ? 'glance' : 'standard',
            verdict: i % 3 === 0 ? 'limited' : 'valid',
            origin: i % 5 === 0 ? 'simulated' : 'hardware',
            yAbsLow: y / (1 + 2 * draw.uniform()),
            yAbsHigh: y * (1 + 2 * draw.uniform()),
            sample: i % 13 === 0,
          }),
        ),
      ).flat();
      const spec = specOf({
        size: (['single', 'double', 'tall'] as const)[upTo(3)],
        pointLabels: (['size', 'model', 'none'] as const)[upTo(3)],
        x: { scale: i % 7 === 0 ? 'linear' : 'log' },
        y: { scale: i % 11 === 0 ? 'linear' : 'log' },
        title:
          i % 4 === 0
            ? 'A rather long finding that has to be broken into several lines to fit '.repeat(2)
            : null,
        // Black belongs to the brain, so that seven series leave no room for it.
        references: i % 6 === 0 && series < 7,
        guides: i % 5 === 0,
        fit: { show: i % 2 === 0, extrapolate: i % 4 === 0, crossovers: i % 8 !== 6, residuals: i % 6 < 3 },
        front: { show: i % 3 === 0 },
      });
      const layout = layoutCurve(spec, rows);
      expect(problems(layout), `figure ${i}`).toEqual([]);
      // Every series is named, directly or in the legend.
      const named = layout.labels.filter((l) => l.key.startsWith('series-')).length + layout.legend.length;
      expect(named).toBe(series);
      placed += layout.labels.length;
    }
    expect(placed).toBeGreaterThan(1000);
  });

  it.each(Object.keys(examples))('committed figure %s is free of collisions', (name) => {
    const { spec, rows } = examples[name]!;
    expect(problems(layoutCurve(spec, rows))).toEqual([]);
  });

  it.each(Object.entries(otherExamples))('committed figure %s is free of collisions', (_, data) => {
    expect(problems(layoutFigure(data).layout)).toEqual([]);
  });

  it('no text meets anything in 150 random traces, distributions and comparisons', () => {
    const draw = drawFrom(31);
    const upTo = (n: number) => Math.floor(draw.uniform() * n);
    for (let i = 0; i < 150; i++) {
      const common = {
        size: (['single', 'double', 'tall'] as const)[upTo(3)],
        appVersion: '0.1.0',
        title:
          i % 4 === 0 ? 'A rather long finding that has to be broken into several lines '.repeat(2) : null,
      };
      const sources = 1 + upTo(4);
      const from = 30 * draw.uniform();
      const name = 'model name '.repeat(1 + upTo(3)).trim();
      const figures: FigureData[] = [
        {
          kind: 'power-trace',
          spec: powerTraceSpecSchema.parse({
            kind: 'power-trace',
            ...common,
            domainS: i % 3 === 0 ? [from, from + 0.5 + 10 * draw.uniform()] : null,
          }),
          run: runOf({ modelName: name, sample: i % 2 === 0 }),
          columns: columnsOf(
            Array.from({ length: sources }, (_, s) =>
              traceOf(
                s,
                { origin: i % 5 === 0 ? 'simulated' : 'hardware' },
                { idleW: 100 * draw.uniform(), loadW: 400 * draw.uniform(), hz: 1 + upTo(9) },
              ),
            ),
          ),
        },
        {
          kind: 'latency-distribution',
          spec: distributionSpecSchema.parse({
            kind: 'latency-distribution',
            ...common,
            scale: i % 2 === 0 ? 'log' : 'linear',
          }),
          runs: Array.from({ length: sources }, (_, s) =>
            distributionOf(
              100 * i + s,
              { modelName: `${name} ${s}` },
              { medianS: 10 ** (-5 + 4 * draw.uniform()), spread: draw.uniform(), n: 20 + upTo(900) },
            ),
          ),
        },
        {
          kind: 'compare-runs',
          spec: compareSpecSchema.parse({ kind: 'compare-runs', ...common }),
          comparison: comparisonOf(
            Array.from({ length: 1 + upTo(7) }, (_, s) => `other-${s}`),
            10 ** (-3 + 4 * draw.uniform()),
          ),
          runs: [runOf({ id: 'first', modelName: name })],
        },
      ];
      for (const data of figures)
        expect(problems(layoutFigure(data).layout), `${data.kind} ${i}`).toEqual([]);
    }
  });

  it('control: the check sees a collision', () => {
    const { spec, rows } = examples['energy-measured']!;
    const layout = layoutCurve(spec, rows);
    const moved = layout.labels.map((l) => ({ ...l, box: layout.labels[0]!.box }));
    expect(problems({ ...layout, labels: moved }).length).toBeGreaterThan(0);
  });

  it('two ends at one place: both series are still named', () => {
    const same = { from: 1e4, to: 1e7, at: 1e-3, exponent: 0.8, scatter: 0 };
    const rows = ['a', 'b'].flatMap((key) =>
      ladder(1, 5, same, (i) => ({ runId: `${key}${i}`, seriesKey: key, seriesLabel: `series ${key}` })),
    );
    const layout = layoutCurve(specOf(), rows);
    expect(layout.labels.filter((l) => l.key.startsWith('series-')).length + layout.legend.length).toBe(2);
    expect(problems(layout)).toEqual([]);
  });
});
