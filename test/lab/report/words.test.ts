import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endingOf, inline, spread, valueWithInterval } from '../../../src/main/lab/report/words';

const prefixes: Record<string, number> = { n: 1e-9, µ: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6 };
/** Reads a shown value back into its SI unit. */
function read(text: string): number {
  const [, number, prefix] = /^(−?[\d.,]+)\u00a0([nµmkM]?)s$/.exec(text)!;
  return Number(number!.replaceAll(',', '').replace('−', '-')) * prefixes[prefix!]!;
}

describe('valueWithInterval', () => {
  it('writes what the guide asks for', () => {
    expect(inline(valueWithInterval(0.00123, { low: 0.0012, high: 0.00127 }, 's'))).toBe(
      '1.23\u00a0ms (1.20–1.27)',
    );
    expect(inline(valueWithInterval(0.56, { low: 0.22, high: 1.4 }, 'J', true))).toBe(
      '≈\u00a0560\u00a0mJ (220–1,400)',
    );
    expect(inline(valueWithInterval(1e-6, { low: -0.003, high: 0.004 }, 'J'))).toBe(
      '0.00100\u00a0mJ (−3.00 to 4.00)',
    );
    expect(valueWithInterval(2, null, 'W').interval).toBeNull();
  });

  it('keeps three digits of every value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1e6, noNaN: true }), (value) => {
        const { value: text } = valueWithInterval(value, null, 's');
        expect(Math.abs(read(text) / value - 1)).toBeLessThanOrEqual(0.00501);
      }),
    );
  });
});

describe('spread', () => {
  it('keeps the ends, the order and no more than asked', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 2, max: 9 }), (n, most) => {
        const all = Array.from({ length: n }, (_, i) => i);
        const chosen = spread(all, most);
        expect(chosen).toHaveLength(Math.min(n, most));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
        if (n > 0) expect([chosen[0], chosen.at(-1)]).toEqual([0, n - 1]);
      }),
    );
  });
});

it('tells endings in words', () => {
  expect(endingOf({ status: 'completed', outcome: { kind: 'completed' } })).toBeNull();
  expect(endingOf({ status: 'cancelled', outcome: { kind: 'cancelled', phase: 'warmup' } })).toBe(
    'Cancelled during the warm-up.',
  );
});
