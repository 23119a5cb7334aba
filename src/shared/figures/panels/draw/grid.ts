import { type LabelledTick, xTickTexts, yTickText } from '../../frame';
import type { Box } from '../../geometry';
import { type Head, headOf, type LegendEntry } from '../../head';
import { centredLine, lineHeight, type TextLine, textLines } from '../../lines';
import type { Axis } from '../../scale';
import { edge, round2, type SizeName, sizePresets, textSize, unitsPerMm } from '../../sizes';
import { plainText, textWidth } from '../../textWidth';
import type { CheckedFigure, CheckedPanel } from '../schema';
import { panelAxis } from './axes';

/** One panel with its axes and their words, in viewBox units. */
export interface PanelFrame {
  panel: CheckedPanel;
  title: TextLine[];
  yTitle: TextLine[];
  xTitle: TextLine[];
  xMiddle: number;
  plot: Box;
  /** Right end of what belongs to the panel: labels may reach it. */
  right: number;
  x: Axis;
  y: Axis;
  xTicks: LabelledTick[];
  yTicks: LabelledTick[];
}

export interface Grid extends Omit<Head, 'yTitle'> {
  width: number;
  height: number;
  widthMm: number;
  heightMm: number;
  panels: PanelFrame[];
  caption: TextLine[];
}

/** Air between two columns and between two rows. */
const columnGap = 20;
const rowGap = 14;
/** Least height of a plot: below it ticks and labels would touch. */
const leastPlot = { single: 105, double: 130, tall: 130 } as const;

/** Panels stand side by side on the wide page, one above the other on the narrow and the tall one; four are two by two, more stand in threes. */
export function columnsOf(panels: number, size: SizeName): number {
  if (size === 'single') return 1;
  if (panels > 4) return 3;
  if (panels === 4) return 2;
  return size === 'tall' ? 1 : panels;
}

/** The preset that suits a figure where nobody chose one. */
export function sizeOf(figure: Pick<CheckedFigure, 'panels'>): SizeName {
  return figure.panels.length > 2 ? 'tall' : 'double';
}

/** Everything of the figure that does not depend on the places of the data. Source: docs/figures.md, 3.2, 3.3. */
export function gridOf(input: {
  figure: CheckedFigure;
  size: SizeName;
  legend: readonly LegendEntry[];
  caption: string;
  /** Right end of the plot of a panel between its left end and the end of its cell. */
  right(panel: CheckedPanel, left: number, most: number): number;
}): Grid {
  const { figure, size, legend } = input;
  const preset = sizePresets[size];
  const width = round2(preset.widthMm * unitsPerMm);
  const texts = {
    title: plainText(figure.title),
    badge: figure.badge === null ? null : plainText(figure.badge),
    xTitle: '',
    yTitle: '',
    caption: [],
    description: '',
  };
  const { head } = headOf(texts, width, legend);
  const { yTitle: _, ...words } = head;
  const headEnd = Math.max(
    ...[...head.title, ...head.legend].map((l) => l.box.y1),
    head.badge?.frame.y1 ?? 0,
    edge,
  );
  const columns = columnsOf(figure.panels.length, size);
  const cell = (width - 2 * edge - (columns - 1) * columnGap) / columns;
  const rows = chunks(figure.panels, columns);
  const captionLines = wrapCaption(input.caption, width, 0).length;
  const captionHeight = captionLines * lineHeight(textSize.small) + 16;
  const heights = rows.map((row) => ({
    head: Math.max(...row.map((p) => panelWords(p, cell).head)),
    foot: Math.max(...row.map((p) => panelWords(p, cell).foot)),
  }));
  const fixed = heights.reduce((sum, h) => sum + h.head + h.foot, 0) + rowGap * (rows.length - 1);
  const free = preset.heightMm * unitsPerMm - headEnd - captionHeight - fixed;
  const plotHeight = Math.max(leastPlot[size], free / rows.length);

  let top = headEnd;
  const panels = rows.flatMap((row, r) => {
    const from = round2(top + heights[r]!.head);
    const to = round2(from + plotHeight);
    const rowTop = top;
    top = to + heights[r]!.foot + rowGap;
    return row.map((panel, c) => {
      const left = edge + c * (cell + columnGap);
      const column = figure.panels.filter((_, i) => i % columns === c);
      const at = { left, cell, top: rowTop, from, to, width };
      return panelFrame(panel, column, at, input.right);
    });
  });
  const caption = wrapCaption(input.caption, width, top - rowGap + 8);
  const height = (caption.at(-1)?.baseline ?? top - rowGap) + 8;
  return {
    width,
    height: round2(height),
    widthMm: preset.widthMm,
    heightMm: round2(height / unitsPerMm),
    ...words,
    panels,
    caption,
  };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function wrapCaption(text: string, width: number, above: number): TextLine[] {
  const at = { left: edge, first: above + lineHeight(textSize.small), width: width - 2 * edge };
  return textLines('caption', plainText(text), textSize.small, at);
}

/** Title and y title of a panel from `top` down, its x title from `below` down, and the heights that they take. */
function panelWords(panel: CheckedPanel, cell: number, left = edge, top = 0, below = 0) {
  const size = textSize.axis;
  const at = (first: number) => ({ left, first, width: cell });
  const title = textLines('panel', plainText(panel.title), size, at(top + 8 + size), true);
  const titleEnd = title.at(-1)?.box.y1 ?? top + 3;
  const yTitle = textLines('y-title', plainText(panel.y.title), size, at(titleEnd + 5 + size));
  const xTitle = textLines(
    'x-title',
    plainText(panel.x.title),
    size,
    at(below + 10 + textSize.tick + lineHeight(size)),
  );
  return {
    title,
    yTitle,
    xTitle,
    head: yTitle.at(-1)!.box.y1 + 8 - top,
    foot: xTitle.at(-1)!.box.y1 - below,
  };
}

function panelFrame(
  panel: CheckedPanel,
  column: readonly CheckedPanel[],
  at: { left: number; cell: number; top: number; from: number; to: number; width: number },
  rightOf: (panel: CheckedPanel, left: number, most: number) => number,
): PanelFrame {
  const range: [number, number] = [at.to, at.from];
  // Panels of a column share their left end, so that their plots stand in line.
  const widest = Math.max(
    0,
    ...column.flatMap((p) =>
      panelAxis(p, 'y', range).ticks.map((t) => textWidth(t.label ?? '', textSize.tick)),
    ),
  );
  const y = panelAxis(panel, 'y', range);
  const left = round2(at.left + widest + 9);
  const end = round2(at.left + at.cell);
  const right = rightOf(panel, left, end);
  const x = panelAxis(panel, 'x', [left, right]);
  const words = panelWords(panel, at.cell, at.left, at.top, at.to);
  const half = Math.max(...words.xTitle.map((l) => l.box.x1 - l.box.x0)) / 2;
  const xMiddle = round2(Math.min(end - half, Math.max(at.left + half, (left + right) / 2)));
  return {
    panel,
    title: words.title,
    yTitle: words.yTitle,
    xTitle: words.xTitle.map((line) => centredLine(line, xMiddle)),
    xMiddle,
    plot: { x0: left, y0: at.from, x1: right, y1: at.to },
    right: end,
    x,
    y,
    xTicks: xTickTexts(x.ticks, at.to, at.width),
    yTicks: y.ticks.map((t) => ({ ...t, text: yTickText(t, left) })),
  };
}
