import type { Box } from './geometry';
import { lineHeight, type TextLine, textLine, textLines } from './lines';
import { edge, markSize, round2, textSize } from './sizes';
import type { FigureTexts } from './texts';
import { ellipsize, textWidth } from './textWidth';

/** `keyWidth`: room for the sign of the series; that of a mark unless told. */
export interface LegendEntry {
  key: string;
  slot: number;
  text: string;
  keyWidth?: number;
}

export interface LegendItem extends TextLine {
  slot: number;
  markX: number;
  markY: number;
}

export interface Badge extends TextLine {
  frame: Box;
}

export interface Head {
  title: TextLine[];
  badge: Badge | null;
  legend: LegendItem[];
  yTitle: TextLine[];
}

/** Title, badge, legend and y title from the top down; `bottom` is where the last of them ends. */
export function headOf(
  texts: FigureTexts,
  width: number,
  legendEntries: readonly LegendEntry[],
): { head: Head; bottom: number } {
  const badge = texts.badge === null ? null : badgeAt(texts.badge, width);
  const room = (badge === null ? width - edge : badge.frame.x0 - 10) - edge;
  const first = edge + textSize.title;
  const title = textLines('title', texts.title, textSize.title, { left: edge, first, width: room }, true);
  const titleEnd = title.at(-1)?.box.y1 ?? edge;
  const legend = legendAt(legendEntries, width, titleEnd + 6);
  const yTitle = textLines('y-title', texts.yTitle, textSize.axis, {
    left: edge,
    first: (legend.at(-1)?.box.y1 ?? titleEnd) + 8 + textSize.axis,
    width: width - 2 * edge,
  });
  return { head: { title, badge, legend, yTitle }, bottom: yTitle.at(-1)?.box.y1 ?? titleEnd };
}

function badgeAt(text: string, width: number): Badge {
  const size = textSize.small;
  const left = width - edge - 5 - textWidth(text, size, true);
  const line = textLine('badge', text, size, left, edge + textSize.title - 1, true);
  const { x0, y0, x1, y1 } = line.box;
  return {
    ...line,
    frame: { x0: round2(x0 - 5), y0: round2(y0 - 2.5), x1: round2(x1 + 5), y1: round2(y1 + 1.5) },
  };
}

function legendAt(entries: readonly LegendEntry[], width: number, top: number): LegendItem[] {
  const size = textSize.small;
  let x = edge;
  let baseline = top + size;
  return entries.map(({ key, slot, text: name, keyWidth = markSize }) => {
    const text = ellipsize(name, size, width - 2 * edge - keyWidth - 6);
    const itemWidth = keyWidth + 5 + textWidth(text, size);
    if (x > edge && x + itemWidth > width - edge) {
      x = edge;
      baseline += lineHeight(size) + 2;
    }
    const line = textLine(`legend-${key}`, text, size, x + keyWidth + 5, baseline);
    const item = { ...line, slot, markX: round2(x + keyWidth / 2), markY: round2(baseline - 0.36 * size) };
    x += itemWidth + 14;
    return item;
  });
}
