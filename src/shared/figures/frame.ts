import type { Box } from './geometry';
import { type Head, headOf } from './head';
import { centredLine, lineHeight, type TextLine, textLine, textLines } from './lines';
import type { Axis, Tick } from './scale';
import { edge, markSize, round2, type SizeName, sizePresets, textSize, unitsPerMm } from './sizes';
import type { FigureTexts } from './texts';
import { textWidth } from './textWidth';

export interface LabelledTick extends Tick {
  text: TextLine | null;
}

/** A line of words under the axis that belongs to one series: what its fit says. */
export interface Note {
  key: string;
  slot: number;
  text: string;
}

export interface PlacedNote {
  key: string;
  slot: number;
  markX: number;
  markY: number;
  lines: TextLine[];
}

/** Everything around the data that every figure has, in viewBox units. */
export interface Frame extends Head {
  width: number;
  height: number;
  widthMm: number;
  heightMm: number;
  plot: Box;
  texts: FigureTexts;
  xTitle: TextLine[];
  /** Middle of the x title: that of the plot, unless the title would leave the figure. */
  xMiddle: number;
  xTicks: LabelledTick[];
  yTicks: LabelledTick[];
  notes: PlacedNote[];
  caption: TextLine[];
  /** Where a second panel stands, under the tick labels of the first; null without one. */
  lower: Box | null;
  x: Axis;
  y: Axis;
}

export interface FrameInput {
  size: SizeName;
  texts: FigureTexts;
  legend: readonly { key: string; slot: number; text: string }[];
  notes: readonly Note[];
  /** Axis over a range (start, end) of viewBox units. */
  xAxis: (range: [number, number]) => Axis;
  yAxis: (range: [number, number]) => Axis;
  /** Right end of the plot between its left end and the edge of the figure; the edge unless told. */
  right?: (left: number, most: number) => number;
  /** Height of a second panel under the first, which makes the figure so much taller; 0 unless told. */
  lowerHeight?: number;
  /** Width that the labels of that panel's y axis need. */
  lowerTickWidth?: number;
  /** Height that the data need, where it is more than the preset leaves. */
  leastPlotHeight?: number;
}

/** Least share of the preset's height for the plot; a long caption makes the figure taller, never the plot flatter. */
const leastPlotShare = 0.5;

/** Plot area, axes and all words that do not depend on the places of the data. Source: docs/figures.md, 3.2. */
export function frameOf(input: FrameInput): Frame {
  const { texts } = input;
  const preset = sizePresets[input.size];
  const width = round2(preset.widthMm * unitsPerMm);
  const room = width - 2 * edge;
  const { head, bottom: headEnd } = headOf(texts, width, input.legend);

  const lowerHeight = input.lowerHeight ?? 0;
  const top = round2(headEnd + 8);
  const below = (bottom: number) => {
    const first = bottom + 10 + textSize.tick + lowerHeight + lineHeight(textSize.axis);
    const xTitle = textLines('x-title', texts.xTitle, textSize.axis, { left: edge, first, width: room });
    const { notes, end: notesEnd } = notesAt(input.notes, xTitle.at(-1)!.baseline, room);
    const captionFirst = notesEnd + 8 + lineHeight(textSize.small);
    const at = { left: edge, first: captionFirst, width: room };
    const caption = textLines('caption', texts.caption.join(' '), textSize.small, at);
    return { xTitle, notes, caption, end: (caption.at(-1)?.baseline ?? notesEnd) + 8 };
  };
  const presetHeight = preset.heightMm * unitsPerMm + lowerHeight;
  const least = Math.max(leastPlotShare * preset.heightMm * unitsPerMm, input.leastPlotHeight ?? 0);
  const plotHeight = Math.max(least, presetHeight - below(top).end);
  const bottom = round2(top + plotHeight);
  const { xTitle, notes, caption, end: height } = below(bottom);

  const y = input.yAxis([bottom, top]);
  const tickWidth = Math.max(
    input.lowerTickWidth ?? 0,
    ...y.ticks.map((t) => textWidth(t.label ?? '', textSize.tick)),
  );
  const left = round2(edge + tickWidth + 9);
  const most = width - edge;
  const right = input.right?.(left, most) ?? most;
  const x = input.xAxis([left, right]);
  const half = Math.max(...xTitle.map((line) => line.box.x1 - line.box.x0)) / 2;
  const xMiddle = Math.min(width - edge - half, Math.max(edge + half, round2((left + right) / 2)));
  return {
    width,
    height: round2(height),
    widthMm: preset.widthMm,
    heightMm: round2(height / unitsPerMm),
    texts,
    ...head,
    xTitle: xTitle.map((line) => centredLine(line, xMiddle)),
    xMiddle: round2(xMiddle),
    notes,
    caption,
    lower: lowerHeight === 0 ? null : lowerBox({ x0: left, x1: right, y0: bottom }, lowerHeight),
    xTicks: xTickTexts(x.ticks, bottom, width),
    yTicks: y.ticks.map((t) => ({ ...t, text: yTickText(t, left) })),
    plot: { x0: left, y0: top, x1: right, y1: bottom },
    x,
    y,
  };
}

/** Clear of the tick labels above. */
function lowerBox({ x0, x1, y0 }: Omit<Box, 'y1'>, height: number): Box {
  const top = round2(y0 + 10 + textSize.tick);
  return { x0, x1, y0: top, y1: round2(top + height) };
}

function notesAt(notes: readonly Note[], above: number, room: number) {
  const size = textSize.small;
  const indent = markSize + 5;
  let end = above;
  const placed = notes.map(({ key, slot, text }, i): PlacedNote => {
    const first = end + (i === 0 ? 6 : 1.5) + lineHeight(size);
    const at = { left: edge + indent, first, width: room - indent };
    const lines = textLines(`note-${key}`, text, size, at);
    end = lines.at(-1)?.baseline ?? first;
    return { key, slot, markX: round2(edge + markSize / 2), markY: round2(first - 0.36 * size), lines };
  });
  return { notes: placed, end };
}

/** Labels under their ticks, moved inside the figure at its edge, and only every k-th where they would touch. */
export function xTickTexts(ticks: readonly Tick[], bottom: number, width: number): LabelledTick[] {
  const texts = ticks.map((tick) => {
    if (tick.label === null) return null;
    const wide = textWidth(tick.label, textSize.tick);
    const left = Math.min(width - 3 - wide, Math.max(3, tick.at - wide / 2));
    return textLine(`x-${tick.at}`, tick.label, textSize.tick, left, bottom + 6 + textSize.tick);
  });
  const shown = texts.filter((t) => t !== null);
  const touch = (every: number) => {
    const kept = shown.filter((_, i) => i % every === 0);
    return kept.some((t, i) => i > 0 && t.box.x0 < kept[i - 1]!.box.x1 + 6);
  };
  let every = 1;
  while (touch(every)) every += 1;
  const kept = new Set(shown.filter((_, i) => i % every === 0));
  return ticks.map((tick, i) => {
    const text = texts[i]!;
    return { ...tick, text: text !== null && kept.has(text) ? text : null };
  });
}

/** Label before its tick, at the left of the axis at `right`. */
export function yTickText(tick: Tick, right: number): TextLine | null {
  if (tick.label === null) return null;
  const left = right - 8 - textWidth(tick.label, textSize.tick);
  return textLine(`y-${tick.at}`, tick.label, textSize.tick, left, tick.at + 0.36 * textSize.tick);
}
