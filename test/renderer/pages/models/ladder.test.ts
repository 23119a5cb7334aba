import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ladderOf, mostRungs, readSize } from '../../../../src/renderer/pages/models/ladder';

const form = { family: 'mlp', from: '10k', to: '10M', rungs: 4, seed: 1 } as const;

describe('readSize', () => {
  it.each([
    ['300k', 300_000],
    ['300 K', 300_000],
    ['1.5M', 1_500_000],
    ['1.5 m', 1_500_000],
    ['2B', 2e9],
    ['2g', 2e9],
    ['1e6', 1e6],
    ['2,000,000', 2e6],
  ])('reads %s', (text, size) => expect(readSize(text)).toBe(size));

  it.each(['', 'k', 'ten', '1e6e', '-5', '5 kB'])('refuses “%s”', (text) =>
    expect(readSize(text)).toBeNull(),
  );
});

describe('ladderOf', () => {
  it('spaces sizes evenly in the logarithm and counts four bytes a weight', () => {
    expect(ladderOf(form)).toEqual({
      ladder: { sizes: [1e4, 1e5, 1e6, 1e7], seed: 1, bytes: 4 * 11_110_000 },
    });
  });

  it('builds one model where both sizes are equal', () => {
    expect(ladderOf({ ...form, to: '10k', rungs: 1 })).toMatchObject({ ladder: { sizes: [1e4] } });
  });

  it('says beside each field what is wrong with it', () => {
    const problems = (some: object) => {
      const result = ladderOf({ ...form, ...some });
      return 'problems' in result ? Object.keys(result.problems) : [];
    };
    expect(problems({ from: 'x' })).toEqual(['from']);
    expect(problems({ from: '10' })).toEqual(['from']);
    expect(problems({ to: '5B' })).toEqual(['to']);
    expect(problems({ from: '10M', to: '10k' })).toEqual(['to']);
    expect(problems({ rungs: '' })).toEqual(['rungs']);
    expect(problems({ rungs: 1 })).toEqual(['rungs']);
    expect(problems({ rungs: mostRungs + 1 })).toEqual(['rungs']);
    expect(problems({ seed: -1 })).toEqual(['seed']);
    expect(problems({ seed: 2 ** 32 })).toEqual(['seed']);
  });

  it('has an answer for whatever is typed', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('1k', '10k', '4B', '1e3', '1e99'));
    const number = fc.oneof(fc.double(), fc.string(), fc.integer({ min: -2, max: 60 }));
    fc.assert(
      fc.property(text, text, number, number, (from, to, rungs, seed) => {
        const result = ladderOf({ family: 'cnn', from, to, rungs, seed });
        if ('problems' in result) expect(Object.keys(result.problems).length).toBeGreaterThan(0);
        else
          expect(
            result.ladder.sizes.every((s, i, all) => s >= 1e3 && s <= 4e9 && (i === 0 || s > all[i - 1])),
          ).toBe(true);
      }),
    );
  });
});
