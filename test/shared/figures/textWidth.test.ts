import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boldAdvances, otherCharacters, regularAdvances } from '../../../src/shared/figures/advances';
import { ellipsize, plainText, textWidth, wrap } from '../../../src/shared/figures/textWidth';
import { advancesOf } from './fontFile';

const fonts = join(import.meta.dirname, '../../../resources/fonts');
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i));

describe('advance tables', () => {
  it.each([
    ['DejaVuSans.ttf', regularAdvances],
    ['DejaVuSans-Bold.ttf', boldAdvances],
  ])('%s: every number is the font’s', (file, table) => {
    const path = join(fonts, file);
    expect(table.ascii).toEqual(advancesOf(path, range(0x20, 0x7e)));
    expect(table.latin1).toEqual(advancesOf(path, range(0xa0, 0xff)));
    expect(table.others).toEqual(advancesOf(path, [...otherCharacters]));
  });
});

describe('text', () => {
  it('is measured with 5 % to spare, and a character without a number counts as wide', () => {
    expect(textWidth('MMMM', 10)).toBeCloseTo((4 * 1767 * 10 * 1.05) / 2048, 10);
    expect(textWidth('漢', 10)).toBeGreaterThan(13);
    expect(textWidth('😀', 10)).toBe(textWidth('漢', 10));
    expect(textWidth('abc', 10, true)).toBeGreaterThan(textWidth('abc', 10));
  });

  it('wraps inside the width, words whole where they can be', () => {
    const lines = wrap('two words and a-very-long-one-without-any-space', 10, 80);
    expect(lines.join('').replaceAll(' ', '')).toBe('twowordsanda-very-long-one-without-any-space');
    for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(80);
    expect(lines[0]).toBe('two words and');
  });

  it('is cut with an ellipsis only where it must be', () => {
    expect(ellipsize('short', 10, 100)).toBe('short');
    expect(ellipsize('a very long name', 10, 50)).toMatch(/…$/);
    expect(textWidth(ellipsize('a very long name', 10, 50), 10)).toBeLessThanOrEqual(50);
  });

  it('cannot break a file or turn the reading direction', () => {
    expect(plainText('a\u0000b\u202Ec\uD800d')).toBe('a\uFFFDb\uFFFDc\uFFFDd');
    expect(plainText('größe <b>&"\' 漢😀')).toBe('größe <b>&"\' 漢😀');
  });
});
