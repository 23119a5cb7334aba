import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const folder = join(import.meta.dirname, 'fixtures');

/** Fails unless the drawing is the committed one; leaves what was drawn beside it. UPDATE_FIGURES=1 commits it. */
export function expectCommitted(name: string, svg: string): void {
  const path = join(folder, `${name}.svg`);
  const actual = join(folder, `${name}.actual.svg`);
  if (process.env.UPDATE_FIGURES === '1') writeFileSync(path, svg);
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (svg === committed) rmSync(actual, { force: true });
  else writeFileSync(actual, svg);
  expect(svg === committed, `differs from ${name}.svg: see ${name}.actual.svg, then UPDATE_FIGURES=1`).toBe(
    true,
  );
}

/** What no figure file may hold: it must look the same wherever it is opened. */
export const forbidden =
  /<style|style=|var\(|<script|<foreignObject|href=|transparent|currentColor|NaN|undefined|Infinity|class=/;

/** Is every element closed, in order, every attribute quoted and every entity known? A small XML reader, no more. */
export function wellFormed(svg: string): boolean {
  const open: string[] = [];
  const body = svg.replace(/^<\?xml[^?]*\?>\n/, '');
  const pattern = /<(\/?)([a-zA-Z]+)((?:\s[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let m = pattern.exec(body); m !== null; m = pattern.exec(body)) {
    at = pattern.lastIndex;
    const [, closing, name, , single, text] = m;
    if (text !== undefined) {
      if (/&(?!(amp|lt|gt|quot|apos|#x?[0-9a-fA-F]+);)/.test(text)) return false;
      if (open.length === 0 && text.trim() !== '') return false;
    } else if (closing) {
      if (open.pop() !== name) return false;
    } else if (!single) open.push(name!);
  }
  return at === body.length && open.length === 0;
}
