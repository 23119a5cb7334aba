import { describe, expect, it } from 'vitest';
import { assignSlots, type FigureTokens, themes, tokens } from '../../../src/shared/figures/tokens';

/** Relative luminance and contrast ratio. Source: WCAG 2.2, 1.4.3. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, bl] = [1, 3, 5].map((i) => {
      const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * bl!;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each(themes)('%s theme', (theme) => {
  const t: FigureTokens = tokens[theme];

  it('text has at least 4.5:1', () => {
    for (const colour of [t.text, t.secondary, t.badge, ...t.series.map((s) => s.text)]) {
      expect(contrast(colour, t.paper)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('every mark, or the outline around it, has at least 3:1', () => {
    for (const { mark, outline } of t.series) {
      expect(Math.max(contrast(mark, t.paper), contrast(outline, t.paper))).toBeGreaterThanOrEqual(3);
    }
    for (const colour of [t.axis, t.minorTick, t.front, t.guide, t.reference])
      expect(contrast(colour, t.paper)).toBeGreaterThanOrEqual(3);
  });

  it('no two series share a shape or a colour', () => {
    for (const of of [(s: (typeof t.series)[number]) => s.shape, (s: (typeof t.series)[number]) => s.mark]) {
      expect(new Set(t.series.map(of)).size).toBe(7);
    }
  });
});

it('a series keeps its mark colour in both themes (but black and white)', () => {
  expect(tokens.dark.series.slice(0, 6).map((s) => s.mark)).toEqual(
    tokens.light.series.slice(0, 6).map((s) => s.mark),
  );
});

describe('slots', () => {
  it('keep what a key was given once, and fill the gaps in order of appearance', () => {
    expect([...assignSlots(['a', 'b', 'c', 'b'], { b: 0, c: 5 })]).toEqual([
      ['a', 1],
      ['b', 0],
      ['c', 5],
    ]);
  });

  it('do not share one slot between two keys, whatever the spec says', () => {
    const slots = assignSlots(['a', 'b', '__proto__'], { a: 3, b: 3 });
    expect(new Set(slots.values()).size).toBe(3);
  });
});
