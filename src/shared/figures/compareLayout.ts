import type { ComparedQuantity, Comparison, Ratio } from '../comparison';
import { LabError } from '../errors';
import { significant } from '../units';
import { comparedLabels, comparedWords, compareTexts, labelOf } from './compareTexts';
import type { FigureRun } from './figureRun';
import { type Frame, frameOf } from './frame';
import type { Segment } from './geometry';
import type { Interaction } from './interaction';
import { type TextLine, textLine } from './lines';
import { type PointRow, pointRow } from './points';
import { ratioAxis, ratioDomain } from './ratioAxis';
import type { Axis } from './scale';
import { round2, sizePresets, textSize, unitsPerMm } from './sizes';
import type { CompareSpec } from './spec';
import { textWidth } from './textWidth';
import { assignSlots, shapes } from './tokens';

export interface RatioAt {
  key: string;
  runId: string;
  slot: number;
  quantity: ComparedQuantity;
  ratio: Ratio;
  y: number;
  /** null where there is no ratio: then only the words stand there. */
  mark: { x: number; bar: Segment } | null;
  words: TextLine;
}

export interface CompareLayout extends Frame {
  kind: 'compare-runs';
  labels: string[];
  rows: RatioAt[];
  /** Place of the line at 1. */
  one: number;
}

/** Height of a row, and the air between two quantities. */
const rowHeight = 17;
const groupGap = 8;
/** Least share of the width for the ratios: below it their numbers leave the drawing for the table. */
const leastPlotShare = 0.3;

interface Row {
  quantity: ComparedQuantity;
  ratio: Ratio;
  slot: number;
  /** Middle, units from the top of the plot. */
  at: number;
}

/** Ratios of runs to the first one. Throws bad_input beyond seven others. Source: docs/figures.md, 3.11. */
export function layoutCompare(
  spec: CompareSpec,
  comparison: Comparison,
  runs: readonly FigureRun[],
): CompareLayout {
  const others = comparison.runIds.slice(1);
  if (others.length > shapes.length) {
    throw new LabError(
      'bad_input',
      `${others.length} runs beside the first were asked for, and only ${shapes.length} can be told apart.`,
      'Select fewer runs.',
    );
  }
  const labels = comparedLabels(comparison, runs);
  const slots = assignSlots(others, spec.slots);
  const { rows, groups, height } = rowsOf(comparison, slots);
  const ends = rows.flatMap(({ ratio: { ratio } }) =>
    ratio === null ? [] : [ratio.value, ratio.low, ratio.high],
  );
  const domain = ratioDomain(ends);
  const full = rows.map((row) => rowText(row.ratio, true));
  const width = sizePresets[spec.size].widthMm * unitsPerMm;
  const widest = (texts: readonly string[]) =>
    Math.max(0, ...texts.map((t) => textWidth(t, textSize.small))) + 8;
  const named = Math.max(0, ...groups.map((g) => textWidth(g.name, textSize.tick))) + 20;
  const texts =
    width - named - widest(full) >= leastPlotShare * width
      ? full
      : rows.map((row) => rowText(row.ratio, false));
  const beside = widest(texts);
  const frame = frameOf({
    size: spec.size,
    texts: compareTexts(spec, comparison, runs),
    legend:
      others.length < 2
        ? []
        : others.map((id, i) => ({ key: id, slot: slots.get(id)!, text: labels[i + 1]! })),
    notes: [],
    xAxis: (range) => ratioAxis(domain, range),
    yAxis: ([bottom, top]) => groupAxis(groups, height, bottom, top),
    right: (_, most) => most - beside,
    leastPlotHeight: height,
  });
  const { x, plot } = frame;
  const stretch = (plot.y1 - plot.y0) / height;
  return {
    kind: 'compare-runs',
    ...frame,
    labels,
    one: x.map(1),
    rows: rows.map(({ quantity, ratio, slot, at }, i) => {
      const y = round2(plot.y0 + at * stretch);
      const key = `${quantity}-${ratio.runId}`;
      const r = ratio.ratio;
      // An interval of a ratio can reach 0 or less: it runs to the edge.
      const within = (v: number) => x.map(Math.min(domain[1], Math.max(domain[0], v)));
      const mark =
        r === null || !(r.value > 0)
          ? null
          : { x: x.map(r.value), bar: { x0: within(r.low), y0: y, x1: within(r.high), y1: y } };
      const words = textLine(key, texts[i]!, textSize.small, plot.x1 + 8, y + 0.36 * textSize.small);
      return { key, runId: ratio.runId, slot, quantity, ratio, y, mark, words };
    }),
  };
}

function rowsOf(comparison: Comparison, slots: ReadonlyMap<string, number>) {
  let at = groupGap / 2;
  const groups: { name: string; at: number }[] = [];
  const rows = comparison.quantities.flatMap(({ quantity, rows: ratios }): Row[] => {
    const own = ratios.filter((r) => r.word !== 'reference');
    groups.push({ name: comparedWords[quantity].name, at: at + (own.length * rowHeight) / 2 });
    const placed = own.map((ratio, i) => {
      return { quantity, ratio, slot: slots.get(ratio.runId) ?? 0, at: at + (i + 0.5) * rowHeight };
    });
    at += own.length * rowHeight + groupGap;
    return placed;
  });
  return { rows, groups, height: Math.max(60, at) };
}

/** Names of the quantities as ticks of an axis that counts units from the top. */
function groupAxis(
  groups: readonly { name: string; at: number }[],
  height: number,
  bottom: number,
  top: number,
): Axis {
  const map = (value: number) => round2(top + (value / height) * (bottom - top));
  return {
    kind: 'linear',
    domain: [0, height],
    ticks: groups.map((g) => ({ at: map(g.at), label: g.name, major: false })),
    map,
    within: (value) => value >= 0 && value <= height,
    invert: (at) => ((at - top) / (bottom - top)) * height,
  };
}

/** '0.83 [0.80, 0.86], lower'; without a ratio only the word. */
function rowText({ ratio, word }: Ratio, numbers: boolean): string {
  if (ratio === null || !numbers) return word;
  const text = (v: number) => significant(v, 3).replace('-', '−');
  return `${text(ratio.value)} [${text(ratio.low)}, ${text(ratio.high)}], ${word}`;
}

export function compareInteraction(comparison: Comparison, layout: CompareLayout): Interaction {
  const { width, height, plot, x, y, rows, labels, one } = layout;
  return {
    width,
    height,
    plot,
    x,
    y,
    targets: rows.map((r) => ({ runId: r.runId, seriesKey: r.runId, x: r.mark?.x ?? one, y: r.y })),
    lines: (index) => {
      const { quantity, ratio } = rows[index]!;
      const method = comparison.quantities.find((q) => q.quantity === quantity)?.method;
      return [
        { label: 'Run', text: labelOf(comparison, labels, ratio.runId) },
        { label: comparedWords[quantity].name, text: rowText(ratio, true) },
        ...(method === undefined ? [] : [{ label: 'Method', text: method }]),
        ...(ratio.why === null ? [] : [{ label: 'Why', text: ratio.why }]),
      ];
    },
  };
}

export function comparePoints(
  spec: CompareSpec,
  comparison: Comparison,
  runs: readonly FigureRun[],
): PointRow[] {
  const labels = comparedLabels(comparison, runs);
  const rows = comparison.quantities.flatMap(({ quantity, rows: ratios, method }) =>
    ratios
      .filter((r) => r.word !== 'reference')
      .map((r) => ({
        figure_id: spec.id,
        series: labelOf(comparison, labels, r.runId),
        role: 'measured',
        x: r.ratio?.value ?? null,
        x_low: r.ratio?.low ?? null,
        x_high: r.ratio?.high ?? null,
        x_unit: '1',
        y: r.value,
        y_unit: comparedWords[quantity].ucum,
        statistic: `ratio of ${comparedWords[quantity].name.toLowerCase()}: ${r.word}`,
        interval_method: r.ratio === null ? null : method,
        run_id: r.runId,
        not_shown_reason: r.ratio === null ? (r.why ?? r.word) : null,
        sample: runs.find((run) => run.id === r.runId)?.sample ? 'yes' : 'no',
      })),
  );
  return rows.map((row, index) => pointRow({ ...row, row_index: index }));
}
