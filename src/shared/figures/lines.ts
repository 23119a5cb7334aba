import type { Box } from './geometry';
import { textBox } from './place';
import { round2 } from './sizes';
import { wrap } from './textWidth';

/** One line of text with its left end and baseline. */
export interface TextLine {
  key: string;
  text: string;
  left: number;
  baseline: number;
  box: Box;
}

/** From baseline to baseline. */
export const lineHeight = (size: number) => size * 1.35;

export function textLine(
  key: string,
  text: string,
  size: number,
  left: number,
  baseline: number,
  bold = false,
): TextLine {
  const at = { left: round2(left), baseline: round2(baseline) };
  return { key, text, ...at, box: textBox(text, size, at.left, at.baseline, bold) };
}

/** The text wrapped to `width`, its first baseline at `first`. */
export function textLines(
  key: string,
  text: string,
  size: number,
  at: { left: number; first: number; width: number },
  bold = false,
): TextLine[] {
  return wrap(text, size, at.width, bold).map((part, i) =>
    textLine(`${key}-${i}`, part, size, at.left, at.first + i * lineHeight(size), bold),
  );
}

/** The same line centred about `middle`. */
export function centredLine(line: TextLine, middle: number): TextLine {
  const width = line.box.x1 - line.box.x0;
  const left = round2(middle - width / 2);
  return { ...line, left, box: { ...line.box, x0: left, x1: left + width } };
}
