import { countRange, formatCount } from '../../../units';
import { humanBrain } from '../../references';
import { plainText } from '../../textWidth';
import type { CheckedFigure, CheckedPanel } from '../schema';

/** What the drawing could not show, for the caption. */
export interface Unplaced {
  /** Points at or below 0 on a logarithmic axis. */
  log: number;
  /** Points outside the ends that were given for an axis. */
  outside: number;
  /** Labels of points without room. */
  labels: number;
  /** Texts of lines and reference points without room. */
  guides: string[];
}

/** Sentences that the figure adds to its caption by itself; none can be edited away. */
export function autoSentences(figure: CheckedFigure, unplaced: Unplaced): string[] {
  const all = figure.panels.flatMap((p) => p.series);
  const references = figure.panels.flatMap((p) => p.references);
  const isBrain = references.some((r) => r.name === humanBrain.name);
  const said = figure.caption;
  const others = [...new Set(references.map((r) => r.name))].filter((name) => name !== humanBrain.name);
  const empty = all.filter((s) => s.points.length === 0 && s.band === null).map((s) => s.name);
  return [
    ...(isBrain && !said.includes(humanBrain.caption) ? [humanBrain.caption] : []),
    ...(others.length > 0
      ? [`Diamond: ${others.join(', ')}, with the range of its source; in no fit and no front.`]
      : []),
    ...(all.some((s) => s.estimated) ? ['≈, dashed: an estimate, not a measurement.'] : []),
    ...(all.some((s) => s.extrapolated) ? ['Dotted: extrapolation, not measured.'] : []),
    ...(unplaced.log > 0 ? [`Not shown on log axis: ${formatCount(unplaced.log)}.`] : []),
    ...(unplaced.outside > 0 ? [`Outside the axes: ${formatCount(unplaced.outside)}.`] : []),
    ...(unplaced.labels > 0
      ? [`Points without room for their label: ${formatCount(unplaced.labels)}, named in the table.`]
      : []),
    ...(unplaced.guides.length > 0
      ? [`Without room for its label: ${[...new Set(unplaced.guides)].join('; ')}.`]
      : []),
    ...(empty.length > 0 ? [`Without a point: ${[...new Set(empty)].join(', ')}.`] : []),
  ].map(plainText);
}

export const emptyWords = (panel: CheckedPanel) =>
  plainText(panel.empty || (panel.references.length > 0 ? 'Nothing measured to show' : 'No point to show'));

const scaleWords = { linear: 'linear', log: 'logarithmic', log2: 'logarithmic to base 2' } as const;

/** For assistive technology: panels, axes with unit and scale, series with counts, lines, caption. */
export function descriptionOf(figure: CheckedFigure, caption: string): string {
  const panels = figure.panels.map((panel, i) => {
    const many =
      figure.panels.length > 1 ? `Panel ${i + 1}${panel.title === '' ? '' : `, ${panel.title}`}. ` : '';
    const { x, y, series, guides, references } = panel;
    const points = series.map((s) => `${s.name}: ${countWords(s.points)}`);
    const lines = guides.filter((g) => g.label !== '').map((g) => g.label);
    return [
      `${many}Horizontal: ${x.title}, ${scaleWords[x.scale]}. Vertical: ${y.title}, ${scaleWords[y.scale]}.`,
      points.length === 0 ? `${emptyWords(panel)}.` : `Series: ${points.join('; ')}.`,
      ...(lines.length === 0 ? [] : [`Lines: ${lines.join('; ')}.`]),
      ...(references.length === 0 ? [] : [`References: ${references.map((r) => r.name).join('; ')}.`]),
    ].join(' ');
  });
  return plainText([`Figure ${figure.kind}.`, ...panels, caption].join(' '));
}

function countWords(points: CheckedPanel['series'][number]['points']): string {
  const count = `${formatCount(points.length)} ${points.length === 1 ? 'point' : 'points'}`;
  const ns = points.flatMap((p) => (p.n === null ? [] : [p.n]));
  if (ns.length === 0) return count;
  return `${count}, n = ${countRange(ns)}`;
}
