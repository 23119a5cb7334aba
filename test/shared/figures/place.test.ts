import { describe, expect, it } from 'vitest';
import { around, type Box, boxesMeet, inside, segmentMeets } from '../../../src/shared/figures/geometry';
import { type CurveLayout, layoutCurve } from '../../../src/shared/figures/layout';
import { markSize } from '../../../src/shared/figures/sizes';
import { drawFrom } from '../stats/draw';
import { examples, ladder, specOf } from './examples';

/** Every text of a figure with its box. */
function textsOf(layout: CurveLayout): { text: string; box: Box }[] {
  const ticks = [...layout.xTicks, ...layout.yTicks].flatMap((t) => (t.text === null ? [] : [t.text]));
  const { title, legend, yTitle, xTitle, caption, labels, badge } = layout;
  return [
    ...title,
    ...legend,
    ...yTitle,
    ...xTitle,
    ...caption,
    ...labels,
    ...ticks,
    ...(badge ? [badge] : []),
  ];
}

function problems(layout: CurveLayout): string[] {
  const texts = textsOf(layout);
  const marks = layout.marks.map((m) => around(m.x, m.y, markSize / 2));
  const lines = [
    ...layout.joins.flatMap((j) => j.segments),
    ...layout.marks.flatMap((m) => [m.repeat, m.absolute].filter((s) => s !== null)),
  ];
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
      });
      const layout = layoutCurve(spec, rows);
      expect(problems(layout), `figure ${i}`).toEqual([]);
      // Every series is named, directly or in the legend.
      const named = layout.labels.filter((l) => l.kind === 'series').length + layout.legend.length;
      expect(named).toBe(series);
      placed += layout.labels.length;
    }
    expect(placed).toBeGreaterThan(1000);
  });

  it.each(Object.keys(examples))('committed figure %s is free of collisions', (name) => {
    const { spec, rows } = examples[name]!;
    expect(problems(layoutCurve(spec, rows))).toEqual([]);
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
    expect(layout.labels.filter((l) => l.kind === 'series').length + layout.legend.length).toBe(2);
    expect(problems(layout)).toEqual([]);
  });
});
