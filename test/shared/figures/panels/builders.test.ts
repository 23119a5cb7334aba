import { describe, expect, it } from 'vitest';
import { brainScale } from '../../../../src/shared/figures/panels/brain-scale';
import { axis, figureOf } from '../../../../src/shared/figures/panels/build';
import { paretoAccuracyEnergy } from '../../../../src/shared/figures/panels/pareto-accuracy-energy';
import { poolEconomics } from '../../../../src/shared/figures/panels/pool-economics';
import { panelFigureSchema } from '../../../../src/shared/figures/panels/schema';
import { speedupSparsity } from '../../../../src/shared/figures/panels/speedup-sparsity';
import { storageQuery } from '../../../../src/shared/figures/panels/storage-query';
import { humanBrain } from '../../../../src/shared/figures/references';
import { panelExamples } from './examples';

const text = { title: 'Finding', caption: 'Median.' };

it.each(Object.entries(panelExamples))('%s is a figure by the schema', (_, { figure }) => {
  expect(panelFigureSchema.safeParse(figure).error).toBeUndefined();
});

it('what was not measured or is no number is left out and counted', () => {
  const x = axis('Size (count)', 'log');
  const points = [
    { x: 1, y: null },
    { x: 1, y: Number.NaN },
    { x: 2, y: Number.POSITIVE_INFINITY },
    { x: 3, y: { value: 1, low: Number.NaN, high: 2 } },
  ];
  const panels = [{ key: 'p', series: [{ key: 's', name: 's', points }], x, y: x }];
  const figure = figureOf('own-claim', text, panels, { notFinite: 'Diverged' });
  expect(figure.caption).toBe('Median. Diverged: 2. Not measured, so not shown: 1.');
  expect(figure.panels[0]!.series[0]!.points).toEqual([
    { x: 3, y: 1, xLow: null, xHigh: null, yLow: null, yHigh: 2, n: null, label: null },
  ]);
});

describe('pareto', () => {
  const of = (estimated: boolean) =>
    paretoAccuracyEnergy({
      ...text,
      measure: 'energy',
      panels: [
        {
          key: 'p',
          series: [
            {
              key: 'a',
              name: 'a',
              points: [
                { x: 1, y: 0.8 },
                { x: 2, y: 0.9 },
                { x: 3, y: 0.85 },
              ],
            },
            { key: 'b', name: 'b', estimated, points: [{ x: 0.1, y: 0.95 }] },
          ],
        },
      ],
    }).panels[0]!.guides;

  it('the front goes through what nothing dominates; an estimate never enters it', () => {
    expect(of(true)).toEqual([
      {
        kind: 'front',
        points: [
          [1, 0.8],
          [2, 0.8],
          [2, 0.9],
        ],
        label: 'front: higher accuracy, lower energy',
      },
    ]);
    // Control: measured, it dominates everything, and one point is no front.
    expect(of(false)).toEqual([]);
  });
});

it('growth guides start at the anchor and end as constant, log n and n say', () => {
  const points = [
    { x: 100, y: 10 },
    { x: 10_000, y: 900 },
  ];
  const { panels } = storageQuery({ ...text, bytes: [{ key: 'a', name: 'a', points }], queries: [] });
  const ends = panels[0]!.guides.map((g) => ('points' in g ? g.points.at(-1)![1] / g.points[0]![1] : 0));
  expect(ends[0]).toBeCloseTo(1, 12);
  expect(ends[1]).toBeCloseTo(2, 12);
  expect(ends[2]).toBeCloseTo(100, 9);
});

it('the ideal of sparsity is 1/(1 − s), up to the data and not far above them', () => {
  const end = (y: number) => {
    const series = [{ key: 'a', name: 'a', points: [{ x: 0.9, y }] }];
    const { panels } = speedupSparsity({ ...text, panels: [{ key: 'p', ratio: 'time', series }] });
    const ideal = panels[0]!.guides.find((g) => g.kind === 'curve');
    const points = ideal !== undefined && 'points' in ideal ? ideal.points : [];
    for (const [s, speedup] of points) expect(speedup * (1 - s)).toBeCloseTo(1, 9);
    return points.at(-1)!;
  };
  expect(end(20)[1]).toBeCloseTo(10, 9);
  expect(end(3)[1]).toBeCloseTo(6, 9);
});

it('the brain cannot be drawn without its caption', () => {
  for (const quantity of ['energy', 'usesPerJoule', 'parametersPerWatt'] as const) {
    const figure = brainScale({ ...text, quantity, series: [] });
    expect(figure.caption).toContain(humanBrain.caption);
    expect(figure.panels[0]!.references).toHaveLength(1);
  }
});

it('a pool without a break-even within reach has no line for it', () => {
  const pool = [
    { key: 'a', name: 'a', cost: { value: 1, low: 0.9, high: 1.1 }, breakEven: null },
    {
      key: 'b',
      name: 'b',
      cost: { value: 1, low: 0.9, high: 1.1 },
      breakEven: { value: 1.2, low: 1, high: 2 },
    },
    { key: 'c', name: 'c', cost: null, breakEven: { value: 0.2, low: null, high: null } },
  ];
  const central = [
    [0.1, 2, null, null],
    [1, 0.5, null, null],
  ] as const;
  const { panels } = poolEconomics({ ...text, panels: [{ key: 'p', cost: 'energy', central, pool }] });
  expect(panels[0]!.guides.map((g) => g.label)).toEqual(['u* c: 0.20']);
  expect(panels[0]!.series.map((s) => s.key)).toEqual(['central', 'a', 'b']);
});
