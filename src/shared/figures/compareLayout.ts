import type { ComparedQuantity, Comparison, ControlResult, Ratio, RatioWithInterval } from '../comparison';
import { floorSentence, pText, ratioNumber } from '../comparisonWords';
import { LabError } from '../errors';
import { comparedLabels, comparedWords, compareTexts, labelOf } from './compareTexts';
import type { FigureRun } from './figureRun';
import { type Frame, frameOf } from './frame';
import type { Box, Segment } from './geometry';
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
  mark: PlacedRatio | null;
  /** Ratios that the noise floor of this row covers; null where there is none. */
  band: Box | null;
  words: TextLine;
}

/** One model measured twice: what the machine makes different by itself. */
export interface ControlAt {
  key: string;
  quantity: ComparedQuantity;
  control: ControlResult;
  y: number;
  mark: PlacedRatio | null;
  /** The noise floor of the rows above it: it shows where that comes from. */
  band: Box | null;
  words: TextLine;
}

interface PlacedRatio {
  x: number;
  bar: Segment;
}

export interface CompareLayout extends Frame {
  kind: 'compare-runs';
  labels: string[];
  rows: RatioAt[];
  controls: ControlAt[];
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
  /** Of a run against the first, or of a control against itself. */
  content: { ratio: Ratio; slot: number } | { control: ControlResult };
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
  const domain = ratioDomain(rows.flatMap(endsOf));
  const full = rows.map((row) => textOf(row, true));
  const width = sizePresets[spec.size].widthMm * unitsPerMm;
  const widest = (texts: readonly string[]) =>
    Math.max(0, ...texts.map((t) => textWidth(t, textSize.small))) + 8;
  const named = Math.max(0, ...groups.map((g) => textWidth(g.name, textSize.tick))) + 20;
  const texts =
    width - named - widest(full) >= leastPlotShare * width ? full : rows.map((row) => textOf(row, false));
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
  // An interval of a ratio can reach 0 or less: it runs to the edge.
  const within = (v: number) => x.map(Math.min(domain[1], Math.max(domain[0], v)));
  const placedRatio = (r: RatioWithInterval | null, y: number): PlacedRatio | null =>
    r === null || !(r.value > 0)
      ? null
      : { x: x.map(r.value), bar: { x0: within(r.low), y0: y, x1: within(r.high), y1: y } };
  const placed = rows.map(({ quantity, content, at }, i) => {
    const y = round2(plot.y0 + at * stretch);
    const key =
      'ratio' in content
        ? `${quantity}-${content.ratio.runId}`
        : `${quantity}-control-${content.control.experimentId}-${content.control.provider}`;
    const words = textLine(key, texts[i]!, textSize.small, plot.x1 + 8, y + 0.36 * textSize.small);
    return { key, quantity, content, y, words };
  });
  const half = 0.5 * rowHeight * stretch;
  const bandAt = (ln: number | null, y: number): Box | null =>
    ln === null
      ? null
      : {
          x0: within(Math.exp(-ln)),
          x1: within(Math.exp(ln)),
          y0: round2(y - half),
          y1: round2(y + half),
        };
  const floorOf = (quantity: ComparedQuantity) =>
    comparison.quantities
      .find((q) => q.quantity === quantity)
      ?.rows.flatMap((r) => r.floor?.ln ?? [])
      .reduce<number | null>((largest, ln) => Math.max(largest ?? 0, ln), null) ?? null;
  return {
    kind: 'compare-runs',
    ...frame,
    labels,
    one: x.map(1),
    rows: placed.flatMap(({ content, ...at }): RatioAt[] => {
      if (!('ratio' in content)) return [];
      const { ratio, slot } = content;
      const band = bandAt(ratio.floor?.ln ?? null, at.y);
      return [{ ...at, runId: ratio.runId, slot, ratio, mark: placedRatio(ratio.ratio, at.y), band }];
    }),
    controls: placed.flatMap(({ content, ...at }): ControlAt[] => {
      if (!('control' in content)) return [];
      const { control } = content;
      const band = bandAt(floorOf(at.quantity), at.y);
      return [{ ...at, control, mark: placedRatio(control.ratio, at.y), band }];
    }),
  };
}

function endsOf({ content }: Row): number[] {
  const ratio = 'ratio' in content ? content.ratio.ratio : content.control.ratio;
  const floor = 'ratio' in content ? (content.ratio.floor?.ln ?? null) : null;
  return [
    ...(ratio === null ? [] : [ratio.value, ratio.low, ratio.high]),
    ...(floor === null ? [] : [Math.exp(-floor), Math.exp(floor)]),
  ];
}

function rowsOf(comparison: Comparison, slots: ReadonlyMap<string, number>) {
  let at = groupGap / 2;
  const groups: { name: string; at: number }[] = [];
  const rows = comparison.quantities.flatMap(({ quantity, rows: ratios, controls }): Row[] => {
    const own: Row['content'][] = [
      ...ratios.slice(1).map((ratio) => ({ ratio, slot: slots.get(ratio.runId) ?? 0 })),
      // Without a ratio it has nothing to show; the table says why.
      ...controls.filter((c) => c.ratio !== null).map((control) => ({ control })),
    ];
    groups.push({ name: comparedWords[quantity].name, at: at + (own.length * rowHeight) / 2 });
    const placed = own.map((content, i) => ({ quantity, content, at: at + (i + 0.5) * rowHeight }));
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

function textOf({ content }: Row, numbers: boolean): string {
  return 'ratio' in content
    ? rowText(content.ratio.ratio, content.ratio.word, numbers)
    : rowText(content.control.ratio, 'control', numbers);
}

/** '0.83 [0.80, 0.86], lower'; without a ratio only the word. */
function rowText(ratio: RatioWithInterval | null, word: string, numbers: boolean): string {
  if (ratio === null || !numbers) return word;
  const text = (v: number) => ratioNumber(v).replace('-', '−');
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
        { label: comparedWords[quantity].name, text: rowText(ratio.ratio, ratio.word, true) },
        ...evidenceOf(ratio),
        ...(method === undefined ? [] : [{ label: 'Method', text: method }]),
        ...(ratio.why === null ? [] : [{ label: 'Why', text: ratio.why }]),
      ];
    },
  };
}

function evidenceOf({ pHolm, blocks, floor }: Ratio): { label: string; text: string }[] {
  return [
    ...(pHolm === null ? [] : [{ label: 'p, corrected', text: pText(pHolm) }]),
    ...(blocks === null ? [] : [{ label: 'Blocks', text: String(blocks.used) }]),
    ...(floor === null ? [] : [{ label: 'Noise floor', text: floorSentence(floor) }]),
  ];
}

export function comparePoints(
  spec: CompareSpec,
  comparison: Comparison,
  runs: readonly FigureRun[],
): PointRow[] {
  const labels = comparedLabels(comparison, runs);
  const rows = comparison.quantities.flatMap(({ quantity, rows: ratios, controls, method }) => [
    ...ratios.slice(1).map((r) => ({
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
    ...controls.map(({ provider, ratio }) => ({
      figure_id: spec.id,
      series: `control on ${provider}`,
      role: 'control',
      x: ratio?.value ?? null,
      x_low: ratio?.low ?? null,
      x_high: ratio?.high ?? null,
      x_unit: '1',
      y_unit: comparedWords[quantity].ucum,
      statistic: `ratio of ${comparedWords[quantity].name.toLowerCase()}: one model measured twice`,
      interval_method: ratio === null ? null : method,
      not_shown_reason: ratio === null ? 'It gave no ratio.' : null,
    })),
  ]);
  return rows.map((row, index) => pointRow({ ...row, row_index: index }));
}
