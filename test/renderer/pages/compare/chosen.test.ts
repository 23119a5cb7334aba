import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asReference, mostCompared, moved, withRun } from '../../../../src/renderer/pages/compare/chosen';
import { classOf, methodTexts, ratioText } from '../../../../src/renderer/pages/compare/RatioTable';

const runs = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1 });

describe('chosen runs', () => {
  it('stay the same runs, whatever is moved or made the reference', () => {
    fc.assert(
      fc.property(runs, fc.constantFrom(-1 as const, 1 as const), (some, by) => {
        const id = some[Math.floor(some.length / 2)];
        expect(moved(some, id, by).sort()).toEqual([...some].sort());
        expect(asReference(some, id)[0]).toBe(id);
        expect(asReference(some, id).sort()).toEqual([...some].sort());
      }),
    );
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 'b', 1)).toEqual(['a', 'b']);
  });

  it('are each there once, and no more than fit', () => {
    expect(withRun(['a'], 'a')).toEqual(['a']);
    const full = Array.from({ length: mostCompared }, (_, i) => String(i));
    expect(withRun(full, 'one more')).toEqual(full);
  });
});

describe('methods of the ratios', () => {
  it('say what they share once, and lose no sentence', () => {
    const rule = 'One after the other. Each pair stands alone.';
    const { own, shared } = methodTexts([
      { quantity: 'p50S', method: `Ratio of medians, 95 % by Welch’s t. ${rule}` },
      { quantity: 'grossJ', method: `Ratio of means. ${rule}` },
      { quantity: 'memoryPeakBytes', method: 'One number a run.' },
    ]);
    expect(shared).toBe(rule);
    expect(own).toEqual([
      { quantity: 'p50S', method: 'Ratio of medians, 95 % by Welch’s t.' },
      { quantity: 'grossJ', method: 'Ratio of means.' },
      { quantity: 'memoryPeakBytes', method: 'One number a run.' },
    ]);
  });
});

describe('ratios in words', () => {
  it('have three digits and their interval', () => {
    expect(ratioText({ value: 1.0312, low: 0.9987, high: 1.0641 })).toBe('1.031 [0.999, 1.064]');
    expect(ratioText({ value: 0.81234, low: 0.7899, high: 0.83 })).toBe('0.812 [0.790, 0.830]');
    expect(ratioText(null)).toBe('–');
  });

  it('lower is good for cost and bad for throughput', () => {
    expect(classOf('grossJ', 'lower')).toBe('tw-good');
    expect(classOf('throughputHz', 'lower')).toBe('tw-warn');
    expect(classOf('p50S', 'no difference shown')).toBe('tw-muted');
  });
});
