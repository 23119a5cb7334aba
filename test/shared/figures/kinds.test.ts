import { describe, expect, it } from 'vitest';
import { renderSvg } from '../../../src/main/lab/figures/renderSvg';
import { type FigureData, figurePoints, layoutFigure } from '../../../src/shared/figures/data';
import { ratioAxis, ratioDomain } from '../../../src/shared/figures/ratioAxis';
import { columnsOf, comparisonOf, distributionOf, otherExamples, runOf, traceOf } from './otherExamples';

const described = (data: FigureData) => layoutFigure(data).layout.texts.description.replaceAll('\u00a0', ' ');
const of = <K extends FigureData['kind']>(name: string, kind: K) => {
  const data = otherExamples[name]!;
  if (data.kind !== kind) throw new Error(name);
  return data as Extract<FigureData, { kind: K }>;
};

describe('power trace', () => {
  const data = of('power-trace', 'power-trace');

  it('starts at 0 W, shades the phases and breaks at the gap', () => {
    const { layout } = layoutFigure(data);
    if (layout.kind !== 'power-trace') throw new Error(layout.kind);
    expect(layout.y.domain[0]).toBe(0);
    expect(layout.shades.map((s) => s.shade)).toEqual(['idle', 'warm-up', 'measured', 'measured', 'idle']);
    expect(described(data)).toContain('idle 9.10 s, warm-up 3.00 s, measured 20.0 s in 2 windows');
    expect(described(data)).toContain('Gaps, where nothing was read: 1.');
    const [gpu] = layout.lines;
    const { x } = layout;
    const inGap = gpu!.segments.filter((s) => s.x1 > x.map(14.05) && s.x0 < x.map(15.95));
    expect(inGap).toEqual([]);
  });

  it('an estimate is dashed and named so, a measurement is not', () => {
    expect(renderSvg(data)).toContain('≈ AMD EPYC 7B13, cpu.package (estimate)');
    expect(renderSvg(data).match(/stroke-dasharray="3 2"/g)).toHaveLength(2);
    const measured = { ...data, columns: columnsOf([data.columns.power[0]!]) };
    expect(renderSvg(measured)).not.toContain('stroke-dasharray');
    expect(new Set(figurePoints(data).map((p) => p.role))).toEqual(new Set(['measured', 'estimated']));
  });

  it('simulated power carries the badge; no run is too long for a small file', () => {
    expect(renderSvg(of('power-trace-simulated-sample', 'power-trace'))).toContain('>SIMULATED<');
    const long = { ...data, columns: columnsOf([traceOf(1, {}, { idleW: 50, loadW: 300, hz: 1000 })]) };
    expect(renderSvg(long).length).toBeLessThan(60_000);
    expect(figurePoints(long)).toHaveLength(33_000);
  });

  it('five traces are refused in plain words', () => {
    const five = [1, 2, 3, 4, 5].map((i) => traceOf(i, {}, { idleW: 1, loadW: 2, hz: 1 }));
    expect(() => layoutFigure({ ...data, columns: columnsOf(five) })).toThrow('only 4 can be told apart');
    const spec = { ...data.spec, sensors: ['sensor-2', 'sensor-5'] };
    expect(layoutFigure({ ...data, spec, columns: columnsOf(five) }).layout.legend).toHaveLength(2);
  });
});

describe('latency distribution', () => {
  const data = of('latency-distribution', 'latency-distribution');

  it('rises in steps from 0 to the last share and never falls', () => {
    const { layout } = layoutFigure(data);
    if (layout.kind !== 'latency-distribution') throw new Error(layout.kind);
    for (const { segments } of layout.lines) {
      for (const s of segments) {
        expect(s.x0 === s.x1 || s.y0 === s.y1).toBe(true);
        expect([s.x1 >= s.x0, s.y1 <= s.y0]).toEqual([true, true]);
      }
      expect(segments.at(-1)!.y1).toBe(layout.y.map(1));
    }
  });

  it('a refused percentile is not drawn, and said', () => {
    const { layout, interaction } = layoutFigure(data);
    if (layout.kind !== 'latency-distribution') throw new Error(layout.kind);
    expect(layout.percentiles.map((p) => `${p.slot} ${p.p}`)).toEqual([
      ...['0 0.5', '0 0.9', '0 0.95', '0 0.99'],
      ...['1 0.5', '1 0.9', '1 0.95'],
    ]);
    expect(described(data)).toContain('p99 refused (too few inferences)');
    expect(interaction.lines(0)[1]!.text).toMatch(/^1\.\d\d ms \[1\.\d\d, 1\.\d\d\]$/);
  });

  it('a fifth run is refused', () => {
    const runs = [1, 2, 3, 4, 5].map((i) => distributionOf(i, {}, { medianS: 1e-3, spread: 0.1, n: 30 }));
    expect(() => layoutFigure({ ...data, runs })).toThrow('only 4 can be told apart');
  });
});

describe('comparison', () => {
  it('stands a half as far from 1 as the double', () => {
    const axis = ratioAxis(ratioDomain([0.25, 4]), [0, 300]);
    expect(axis.map(1) - axis.map(0.5)).toBeCloseTo(axis.map(2) - axis.map(1), 1);
    expect(axis.ticks.map((t) => t.label)).toEqual(['1/4', '1/2', '1', '2', '4']);
    const narrow = ratioAxis(ratioDomain([0.97, 1.02]), [0, 300]);
    expect(narrow.ticks.filter((t) => t.label !== null).length).toBeGreaterThanOrEqual(2);
    expect(ratioDomain([])[0]).toBeLessThan(1);
  });

  it('writes ratio, interval and word; what has no ratio has a word and a reason', () => {
    const data = of('compare-two', 'compare-runs');
    const { layout } = layoutFigure(data);
    if (layout.kind !== 'compare-runs') throw new Error(layout.kind);
    for (const { words, ratio, mark } of layout.rows) {
      expect(words.text).toContain(ratio.word);
      expect(mark === null).toBe(ratio.ratio === null);
    }
    expect(described(data)).toContain('Energy net of idle: There was no idle stretch before the run.');
    expect(figurePoints(data).find((p) => p.not_shown_reason !== null)).toMatchObject({
      x: null,
      not_shown_reason: 'There was no idle stretch before the run.',
    });
  });

  it('an interval that cannot be told from 1 is hollow and says so', () => {
    const data = of('compare-two', 'compare-runs');
    const comparison = comparisonOf(['second-run'], 0.001);
    const { rows } = comparison.quantities[0]!;
    rows[1] = {
      ...rows[1]!,
      ratio: { value: 1.001, low: 0.99, high: 1.01 },
      verdict: 'no_difference_shown',
      word: 'no difference shown',
    };
    expect(renderSvg({ ...data, comparison })).toContain('1.001 [0.990, 1.010], no difference shown');
  });

  it('shows the noise floor as a band about 1 and the control as a row of its own', () => {
    const data = of('compare-two', 'compare-runs');
    const { layout } = layoutFigure(data);
    if (layout.kind !== 'compare-runs') throw new Error(layout.kind);
    for (const { band, ratio, y } of layout.rows) {
      expect(band === null).toBe(ratio.floor === null);
      if (band === null) continue;
      expect(layout.one - band.x0).toBeCloseTo(band.x1 - layout.one, 0);
      expect(band.x1).toBeGreaterThan(layout.one);
      expect(band.y0).toBeLessThan(y);
      expect(band.y1).toBeGreaterThan(y);
    }
    expect(layout.controls.map((c) => c.quantity)).toEqual(['p50S', 'grossJ']);
    expect(renderSvg(data)).toContain('1.014 [0.990, 1.030], control');
    expect(figurePoints(data).filter((p) => p.role === 'control')).toHaveLength(2);
    expect(described(data)).toContain('Grey band: noise floor');
  });

  it('grows with its rows, and refuses more runs than can be told apart', () => {
    const data = of('compare-two', 'compare-runs');
    const many = (n: number) =>
      comparisonOf(
        Array.from({ length: n }, (_, i) => `r${i}`),
        0.3,
      );
    const height = (n: number) => layoutFigure({ ...data, comparison: many(n) }).layout.height;
    expect(height(7)).toBeGreaterThan(height(1));
    expect(() => height(8)).toThrow('only 7 can be told apart');
    expect(layoutFigure({ ...data, comparison: many(1), runs: [] }).layout.texts.xTitle).toContain(
      'run first',
    );
  });

  it('names runs by what differs, and by their ids where nothing does', () => {
    const data = of('compare-two', 'compare-runs');
    const twins = { ...data, runs: [runOf({ id: 'first' }), runOf({ id: 'second-run' })] };
    expect(layoutFigure(twins).layout.texts.title).toBe('mlp-1m, run second-r against mlp-1m, run first');
  });
});
