import { describe, expect, it } from 'vitest';
import { layoutPanels, type PanelLayout } from '../../../../src/shared/figures/panels/draw/layout';
import { panelKinds } from '../../../../src/shared/figures/panels/kinds';
import type {
  Panel,
  PanelFigure,
  PanelGuide,
  PanelScale,
  PanelSeries,
} from '../../../../src/shared/figures/panels/spec';
import { drawFrom } from '../../stats/draw';
import { problems } from './collisions';
import { panelExamples } from './examples';

const draw = drawFrom(512);
const upTo = (n: number) => Math.floor(draw.uniform() * n);
const pick = <T>(all: readonly T[]) => all[upTo(all.length)]!;
const scales: readonly PanelScale[] = ['linear', 'log', 'log2'];

/** A value that the scale can bear, and now and then one that it cannot. */
function valueFor(scale: PanelScale, centre: number, spread: number): number {
  if (draw.uniform() < 0.03) return 0;
  if (scale === 'linear') return centre + spread * draw.uniform();
  return 10 ** (centre + spread * draw.uniform());
}

function randomSeries(i: number, x: PanelScale, y: PanelScale): PanelSeries {
  const [cx, cy] = [6 * draw.uniform() - 3, 6 * draw.uniform() - 3];
  const spread = 0.05 + 4 * draw.uniform();
  const points = Array.from({ length: upTo(12) }, () => {
    const [px, py] = [valueFor(x, cx, spread), valueFor(y, cy, spread)];
    const bars = draw.uniform() < 0.6;
    const wide = bars && draw.uniform() < 0.4;
    return {
      x: px,
      y: py,
      xLow: wide ? px / 1.3 : null,
      xHigh: wide ? px * 1.3 : null,
      yLow: bars ? py - Math.abs(py) * draw.uniform() * 1.2 : null,
      yHigh: bars ? py + Math.abs(py) * draw.uniform() : null,
      n: bars ? 5 : null,
      label: draw.uniform() < 0.25 ? pick(['H = 16', 'complementary packing', 'k']) : null,
    };
  }).sort((a, b) => a.x - b.x);
  return {
    key: `s${i}`,
    name: 'series name '.repeat(1 + upTo(5)).trim(),
    points,
    line: pick(['none', 'solid', 'step', 'dashed', 'dotted'] as const),
    marks: draw.uniform() < 0.8,
    band: draw.uniform() < 0.3 ? points.map((p) => [p.x, p.y * 0.8, p.y * 1.2]) : null,
    estimated: draw.uniform() < 0.15,
    extrapolated: draw.uniform() < 0.1,
    like: i > 0 && draw.uniform() < 0.15 ? 's0' : null,
  };
}

function randomGuides(series: readonly PanelSeries[], isLog: boolean): PanelGuide[] {
  const points = series.flatMap((s) => s.points).filter((p) => p.x > 0 && p.y > 0);
  const one = points[upTo(points.length)];
  if (one === undefined) return [];
  const label = pick(['target', 'u* on anyway: 0.31', 'front: higher accuracy, lower energy', '']);
  const all: PanelGuide[] = [
    { kind: 'horizontal', at: one.y, label, low: one.y * 0.9, high: one.y * 1.1 },
    { kind: 'vertical', at: one.x, label, low: one.x * 0.9, high: one.x * 1.1 },
    { kind: 'slope', slope: pick([-1, 0.5, 2]), through: [one.x, one.y], label },
    { kind: 'curve', points: points.map((p) => [p.x, p.y]), label },
    { kind: 'front', points: points.map((p) => [p.x, p.y]), label },
    ...(isLog
      ? [1, 2, 4].map((slope): PanelGuide => ({ kind: 'triangle', slope, label: `slope ${slope}` }))
      : []),
  ];
  return all.filter(() => draw.uniform() < 0.35);
}

function randomFigure(i: number): PanelFigure {
  const keys = 1 + upTo(6);
  const panels = Array.from({ length: 1 + upTo(6) }, (_, p): Panel => {
    const [x, y] = [pick(scales), pick(scales)];
    const series = Array.from({ length: upTo(keys + 1) }, (_, s) => randomSeries(s, x, y));
    const long = i % 4 === 0 ? ', lower is better · no energy meter on this machine' : ', lower is better';
    const axis = (scale: PanelScale, title: string) => ({
      title,
      scale,
      domain: null,
      fromZero: draw.uniform() < 0.3,
    });
    return {
      key: `p${p}`,
      title: draw.uniform() < 0.5 ? 'Query at batch 256' : '',
      x: axis(x, 'Training examples (count)'),
      y: axis(y, `Median time per query (s)${long}`),
      series,
      guides: randomGuides(series, x !== 'linear' && y !== 'linear'),
      references:
        i % 7 === 0 && keys < 7
          ? [
              {
                name: 'human brain',
                x: { value: 3, low: 1, high: 9 },
                y: { value: 2, low: 0.2, high: 20 },
                source: 's',
              },
            ]
          : [],
      empty:
        draw.uniform() < 0.5 ? 'Not measured: this machine has no energy meter that the lab can read.' : null,
    };
  });
  return {
    schema: 'thirtywatts.panels/1',
    kind: pick(panelKinds),
    id: `figure-${i}`,
    title:
      i % 3 === 0
        ? 'A rather long finding that has to be broken into several lines '.repeat(2)
        : 'Short finding',
    caption: 'Median over seeds, bars: 95 % bootstrap. '.repeat(1 + upTo(6)),
    panels,
    badge: pick([null, 'SAMPLE DATA', 'PLACEHOLDER INPUTS']),
  };
}

/** Every series with data is named once, at its end or in the legend. */
function unnamed({ figure, panels, legend }: PanelLayout): string[] {
  const named = new Set([
    ...panels.flatMap((p) => p.labels.map((l) => l.key)).filter((key) => key.startsWith('series-')),
    ...legend.map((l) => l.key.replace('legend-', 'series-')),
  ]);
  return panels.flatMap((p) =>
    p.series
      .filter((s) => s.points.length > 0 && !(s.series.extrapolated && s.series.like !== null))
      .filter((s) => !named.has(`series-${s.series.key}`))
      .map((s) => `${figure.id}: ${s.series.key}`),
  );
}

describe('places of a figure of panels', () => {
  it('no text meets anything in 200 random figures, and nothing leaves them', () => {
    let labels = 0;
    for (let i = 0; i < 200; i++) {
      const layout = layoutPanels(randomFigure(i), pick([undefined, 'single', 'double', 'tall'] as const));
      expect(problems(layout), `figure ${i}`).toEqual([]);
      expect(unnamed(layout)).toEqual([]);
      labels += layout.panels.reduce((sum, p) => sum + p.labels.length, 0);
    }
    expect(labels).toBeGreaterThan(400);
  });

  it.each(Object.entries(panelExamples))('fixture %s is free of collisions', (_, { figure, options }) => {
    for (const size of [options?.size, 'single', 'double', 'tall'] as const) {
      const layout = layoutPanels(figure, size);
      expect(problems(layout), String(size)).toEqual([]);
      expect(unnamed(layout)).toEqual([]);
    }
  });

  it('control: the check sees a label on another, on a line, and one that leaves the figure', () => {
    const layout = layoutPanels(panelExamples.capacity!.figure);
    const [panel] = layout.panels;
    const moved = (box: (typeof panel)['plot']) => {
      const labels = panel!.labels.map((l) => ({ ...l, box }));
      return problems({ ...layout, panels: [{ ...panel!, labels }] }).join('\n');
    };
    expect(moved(panel!.labels[0]!.box)).toContain('meets');
    expect(moved(panel!.plot)).toContain('meets a line');
    expect(moved({ x0: -5, y0: 5, x1: 5, y1: 9 })).toContain('leaves the figure');
  });
});
