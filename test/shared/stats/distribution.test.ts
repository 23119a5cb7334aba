import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributionOf } from '../../../src/shared/stats/distribution';
import { drawFrom } from './draw';

const part = fc.record({
  values: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 }),
  weight: fc.integer({ min: 1, max: 4 }),
});

describe('the reduced distribution', () => {
  it('is exact at every value of a small series, weights and ties included', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const { value, share } = distributionOf(
          parts.map((p) => ({ sorted: Float64Array.from(p.values).sort(), weight: p.weight })),
        );
        const all = parts.flatMap((p) => p.values.flatMap((v) => Array<number>(p.weight).fill(v)));
        expect([...value]).toEqual([...new Set(all)].sort((a, b) => a - b));
        value.forEach((v, i) => {
          expect(share[i]).toBeCloseTo(all.filter((x) => x <= v).length / all.length, 12);
        });
        expect(share.at(-1)).toBe(1);
      }),
      { seed: 30 },
    );
  });

  it('of a long series has at most 2,000 steps, each exact; least, largest and every 0.1 % among them', () => {
    const draw = drawFrom(4);
    const windows = Array.from({ length: 5 }, () =>
      Float64Array.from({ length: 20_000 }, () => Math.exp(draw.normal())).sort(),
    );
    const { value, share } = distributionOf(windows.map((sorted) => ({ sorted, weight: 3 })));
    const all = Float64Array.from(windows.flatMap((w) => [...w])).sort();
    expect(value.length).toBeLessThanOrEqual(2000);
    expect(value[0]).toBe(all[0]);
    expect(value.at(-1)).toBe(all.at(-1));
    const kept = new Map(Array.from(value, (v, i) => [v, share[i]]));
    for (let k = 1; k <= 999; k++) expect(kept.get(all[(k * all.length) / 1000 - 1])).toBe(k / 1000);
    for (const [v, s] of kept) expect(all.filter((x) => x <= v).length / all.length).toBeCloseTo(s, 12);
  }, 20_000);

  it('of equal values is one step, and of none is empty', () => {
    expect(distributionOf([{ sorted: new Float64Array(1e5).fill(2), weight: 1 }])).toEqual({
      value: Float64Array.of(2),
      share: Float64Array.of(1),
    });
    expect(distributionOf([])).toEqual({ value: new Float64Array(0), share: new Float64Array(0) });
  });
});
