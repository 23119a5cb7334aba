import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listed, slug } from '../../src/shared/text';

it('lists in words', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'], 'or')]).toEqual([
    '',
    'a',
    'a and b',
    'a, b or c',
  ]);
});

it('makes a piece of a file name of any text', () => {
  expect(slug('Größe: 50 % — “best”?', 64)).toBe('gro-e-50-best');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 70 }), (text, most) => {
      const made = slug(text, most);
      expect(made).toMatch(/^([a-z0-9]+(-[a-z0-9]+)*)?$/);
      expect(made.length).toBeLessThanOrEqual(most);
      expect(slug(made, most)).toBe(made);
    }),
  );
});
