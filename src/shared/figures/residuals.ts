import { fittedAt, type SeriesFit } from './fits';
import type { Box, Segment } from './geometry';
import { type TextLine, textLine } from './lines';
import { type Axis, makeAxis } from './scale';
import { round2, textSize } from './sizes';
import { textWidth } from './textWidth';
import type { MarkStyle } from './visible';

/** What the lines leave over, in % of the line, against x. */
export interface ResidualPanel {
  box: Box;
  /** Height of 0 %. */
  zeroY: number;
  ticks: { at: number; text: TextLine }[];
  title: TextLine;
  /** ± σ_m of each series over its measured range. */
  scatter: { key: string; slot: number; box: Box }[];
  marks: { key: string; slot: number; style: MarkStyle; x: number; y: number; stem: Segment }[];
}

/** Of more models than this only a cloud would be seen, in a file of megabytes. */
export const mostResiduals = 1000;
/** Height of the panel's box, and of the line of words over it. */
const boxHeight = 84;
const titleHeight = 22;
const titles = [
  'Residual of each model (%); shaded: ± σm, the scatter between models',
  'Residuals (%); shaded: ± σm',
];

/** Room that the panel takes in the frame; none without a line. */
export function residualScale(fits: readonly SeriesFit[]): { lowerHeight: number; lowerTickWidth: number } {
  const reach = reachOf(fits);
  if (reach === null) return { lowerHeight: 0, lowerTickWidth: 0 };
  const labels = ticksOf(reach).map(labelOf);
  return {
    lowerHeight: titleHeight + boxHeight + 2,
    lowerTickWidth: Math.max(...labels.map((text) => textWidth(text, textSize.tick))),
  };
}

/** Panel inside `frame`, on the x axis of the curve. */
export function residualPanel(fits: readonly SeriesFit[], x: Axis, frame: Box): ResidualPanel | null {
  const reach = reachOf(fits);
  if (reach === null) return null;
  const box = {
    ...frame,
    y0: round2(frame.y0 + titleHeight),
    y1: round2(frame.y0 + titleHeight + boxHeight),
  };
  const y = makeAxis([-1.1 * reach, 1.1 * reach], 'linear', [box.y1, box.y0]);
  const zeroY = y.map(0);
  const inDomain = (value: number) => Math.min(x.domain[1], Math.max(x.domain[0], value));
  return {
    box,
    zeroY,
    ticks: ticksOf(reach).map((value) => ({ at: y.map(value), text: tickText(value, y.map(value), box.x0) })),
    title: textLine('residuals', titleFor(box.x1 - box.x0), textSize.small, box.x0, box.y0 - 6),
    scatter: fits.flatMap(({ key, slot, result, broken }) => {
      if (result.kind === 'none') return [];
      const { scatter } = broken ?? result.law;
      const [x0, x1] = [x.map(inDomain(result.law.from)), x.map(inDomain(result.law.to))];
      const [low, high] = [percent(-scatter), percent(scatter)];
      return x1 > x0 ? [{ key, slot, box: { x0, x1, y0: y.map(high), y1: y.map(low) } }] : [];
    }),
    marks: fits.flatMap((fit) =>
      residualsOf(fit)
        .filter((point) => x.within(point.x))
        .map((point, i) => {
          const at = { x: x.map(point.x), y: y.map(point.percent) };
          return {
            key: `${fit.key} ${i}`,
            slot: fit.slot,
            style: point.style,
            ...at,
            stem: { x0: at.x, y0: zeroY, x1: at.x, y1: at.y },
          };
        }),
    ),
  };
}

/** By how many % y lies over the line, at each x that the line stands on. */
export function residualsOf(fit: SeriesFit): { x: number; percent: number; style: MarkStyle }[] {
  return fit.points.flatMap(({ x, y, style }) => {
    const line = fittedAt(fit, x);
    return line === null ? [] : [{ x, percent: 100 * (y / line - 1), style }];
  });
}

/** The longer one where it has room. */
const titleFor = (width: number) =>
  titles.find((title) => textWidth(title, textSize.small) <= width) ?? titles.at(-1)!;

const percent = (logarithm: number) => 100 * Math.expm1(logarithm);

/** Largest residual or scatter, %; null without a line. */
function reachOf(fits: readonly SeriesFit[]): number | null {
  let reach: number | null = null;
  if (tooManyResiduals(fits)) return null;
  for (const fit of fits) {
    if (fit.result.kind === 'none') continue;
    reach = Math.max(reach ?? 0, percent((fit.broken ?? fit.result.law).scatter), 1e-6);
    for (const point of residualsOf(fit)) reach = Math.max(reach, Math.abs(point.percent));
  }
  return reach;
}

export function tooManyResiduals(fits: readonly SeriesFit[]): boolean {
  return (
    fits.reduce((sum, fit) => sum + (fit.result.kind === 'none' ? 0 : fit.points.length), 0) > mostResiduals
  );
}

/** −s, 0 and s, with s the largest of 1, 2 and 5 times a power of ten that fits. */
function ticksOf(reach: number): number[] {
  const power = Math.floor(Math.log10(reach));
  const step = [5, 2, 1].map((factor) => Number(`${factor}e${power}`)).find((s) => s <= reach)!;
  return [-step, 0, step];
}

const labelOf = (value: number) => (value === 0 ? '0' : `${value > 0 ? '+' : '−'}${Math.abs(value)}`);

function tickText(value: number, at: number, right: number): TextLine {
  const label = labelOf(value);
  const left = right - 8 - textWidth(label, textSize.tick);
  return textLine(`residual-${label}`, label, textSize.tick, left, at + 0.36 * textSize.tick);
}
