import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAxis, paddedDomain, powerLabel } from '../../../src/shared/figures/scale';

const labels = (axis: ReturnType<typeof makeAxis>) =>
  axis.ticks.flatMap((t) => (t.label === null ? [] : [t.label]));

describe('log axis', () => {
  it('labels decades with superscripts and leaves 2 to 9 as minor ticks', () => {
    const axis = makeAxis([2e-4, 3e-1], 'log', [300, 0]);
    expect(labels(axis)).toEqual(['10⁻³', '10⁻²', '10⁻¹']);
    expect(axis.ticks.filter((t) => !t.major)).toHaveLength(26);
    expect(axis.map(2e-4)).toBe(300);
  });

  it('labels every second or third decade where they stand closer than 28 units', () => {
    const axis = makeAxis([1e-12, 1e3], 'log', [0, 200]);
    expect(labels(axis)).toEqual(['10⁻¹²', '10⁻⁹', '10⁻⁶', '10⁻³', '10⁰', '10³']);
    expect(axis.ticks.filter((t) => t.major)).toHaveLength(16);
  });

  it('shows at least two labels however narrow the data', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -12, max: 12, noNaN: true }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        (at, span) => {
          const axis = makeAxis(paddedDomain([10 ** at, 10 ** (at + span)], 'log'), 'log', [0, 240]);
          expect(labels(axis).length).toBeGreaterThanOrEqual(2);
        },
      ),
      { seed: 30 },
    );
  });

  it('pads by 0.3 decade and ignores what a logarithm cannot show', () => {
    const [low, high] = paddedDomain([0, -3, 10, 1000], 'log');
    expect(low).toBeCloseTo(10 / 10 ** 0.3, 10);
    expect(high).toBeCloseTo(1000 * 10 ** 0.3, 8);
  });

  it('writes powers', () => {
    expect([powerLabel(0), powerLabel(-12), powerLabel(5, 2)]).toEqual(['10⁰', '10⁻¹²', '2×10⁵']);
  });
});

describe('linear axis', () => {
  it('has three to seven ticks on 1-2-5 steps, all different', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, span) => {
          const shown = labels(makeAxis(paddedDomain([low, low + span], 'linear'), 'linear', [0, 240]));
          expect(shown.length).toBeGreaterThanOrEqual(3);
          expect(shown.length).toBeLessThanOrEqual(7);
          expect(new Set(shown).size).toBe(shown.length);
        },
      ),
      { seed: 30 },
    );
  });

  it('writes as many digits as the step needs', () => {
    expect(labels(makeAxis([0, 1], 'linear', [0, 100]))).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1.0']);
    expect(labels(makeAxis([-2, 2], 'linear', [0, 100]))).toEqual(['−2', '−1', '0', '1', '2']);
    expect(labels(makeAxis([0, 5e6], 'linear', [0, 100])).at(-1)).toBe('5,000,000');
  });
});
