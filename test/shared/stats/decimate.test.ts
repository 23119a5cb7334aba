import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minMax } from '../../../src/shared/stats/decimate';

const series = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 500 });

describe('a reduced series', () => {
  it('is short, in time order, made of real points, and keeps the least and the largest value', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 2, max: 100 }), (list, most) => {
        const t = Float64Array.from(list, (_, i) => i);
        const value = Float64Array.from(list);
        const kept = minMax(t, value, most);
        expect(kept.t.length).toBe(kept.value.length);
        expect(kept.t.length).toBeLessThanOrEqual(most);
        kept.t.forEach((at, i) => {
          expect(kept.value[i]).toBe(value[at]);
          if (i > 0) expect(at).toBeGreaterThan(kept.t[i - 1]);
        });
        if (list.length > 0) {
          expect(Math.max(...kept.value)).toBe(Math.max(...list));
          expect(Math.min(...kept.value)).toBe(Math.min(...list));
        }
      }),
      { seed: 30 },
    );
  });

  it('comes back whole where it is short', () => {
    const t = Float64Array.of(1, 2, 3);
    expect(minMax(t, t, 3)).toEqual({ t, value: t });
  });

  it('loses no spike, which every n-th point would', () => {
    const value = new Float64Array(1e5).fill(1);
    value[12_345] = 9;
    const t = Float64Array.from(value, (_, i) => i);
    expect(minMax(t, value, 500).value).toContain(9);
    expect(value.filter((_, i) => i % 200 === 0)).not.toContain(9);
  });
});
