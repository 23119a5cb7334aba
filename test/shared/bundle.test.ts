import { describe, expect, it } from 'vitest';
import { bundleOptionsSchema } from '../../src/shared/bundle';

const wrong = (options: object): string[] =>
  bundleOptionsSchema.safeParse(options).error?.issues.map((issue) => issue.message) ?? [];

describe('options of a bundle', () => {
  it('refuse in plain words what cannot be written', () => {
    expect(wrong({ title: 'ab' })).toEqual(['write at least 3 characters']);
    expect(wrong({ title: 'x'.repeat(201) })).toEqual(['write at most 200 characters']);
    expect(wrong({ title: '\u202e\u200b\u202e' })).toEqual(['write a title that can be seen']);
    expect(wrong({ png: 4 })).toEqual(['give 0, 1, 2 or 3']);
    expect(wrong({ png: Number.NaN })).toEqual(['give 0, 1, 2 or 3']);
    expect(wrong({ runs: ['ab'] })).toEqual(['give at least 4 digits of the id of a run']);
    expect(wrong({ description: 'x'.repeat(5001) })).toEqual(['write at most 5,000 characters']);
    expect(wrong({ authors: [{ familyNames: ' ' }] })).toEqual(['write the family name']);
  });

  it('take any title that can be seen', () => {
    for (const title of ['😀😀😀', 'مرحبا \u202e', '=1+1', '“…”'])
      expect(bundleOptionsSchema.parse({ title }).title).toBe(title.trim());
  });
});
