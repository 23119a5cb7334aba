import { LabError } from '../../../errors';
import {
  around,
  type Box,
  boxesMeet,
  clippedLine,
  grown,
  inside,
  type Segment,
  segmentMeets,
} from '../../geometry';
import type { LegendEntry } from '../../head';
import { centredLine, type TextLine, textLines } from '../../lines';
import { type LabelRequest, type PlacedLabel, placeLabels } from '../../place';
import { edge, markSize, round2, type SizeName, sizePresets, textSize, unitsPerMm } from '../../sizes';
import { ellipsize, plainText, textWidth } from '../../textWidth';
import { type CheckedFigure, type CheckedPanel, panelFigureSchema } from '../schema';
import type { PanelFigure } from '../spec';
import { panelAxis } from './axes';
import { type Grid, gridOf, type PanelFrame, sizeOf } from './grid';
import { type GuideAt, guideLabel, guidesAt, type Taken, type TriangleAt, trianglesAt } from './guides';
import {
  hiddenBy,
  looksOf,
  markReach,
  obstaclesOf,
  type SeriesAt,
  type SeriesLook,
  seriesAt,
} from './series';
import { autoSentences, descriptionOf, emptyWords, type Unplaced } from './texts';

export interface ReferenceAt {
  x: number;
  y: number;
  bars: Segment[];
  reference: CheckedPanel['references'][number];
}

/** `slot` null: of no series. */
export type LabelAt = PlacedLabel & { slot: number | null };

export interface PanelAt extends PanelFrame {
  series: SeriesAt[];
  guides: GuideAt[];
  triangles: TriangleAt[];
  references: ReferenceAt[];
  labels: LabelAt[];
  /** Why nothing is drawn; null where something is. */
  empty: TextLine[] | null;
}

/** Everything a figure of panels draws, in viewBox units; the drawing itself only turns it into elements. */
export interface PanelLayout extends Omit<Grid, 'panels'> {
  figure: CheckedFigure;
  size: SizeName;
  looks: ReadonlyMap<string, SeriesLook>;
  panels: PanelAt[];
  texts: { title: string; badge: string | null; caption: string; description: string };
}

/** Direct labels up to so many series, a legend above. Source: docs/figures.md, 3.4. */
const directSeries = 5;
/** Least share of a panel's width for the data where labels stand beyond the last point. */
const leastPlotWidth = 0.72;
/** A name that takes more of the width than this belongs into a legend. */
const mostLabelWidth = 0.3;
/** Above so many labelled points a panel shows none of their labels. */
const mostLabels = 60;
/** Width of a sign in the legend: a piece of line with its mark. */
const keyWidth = 22;
/** A name further than this from its series belongs into a legend. */
const mostReach = 24;
/** Half a reference diamond and the air around it. */
const diamondReach = 8;

/**
 * The figure with everything filled in. Throws bad_input, naming the first place, where it is none.
 */
export function checkedFigure(figure: PanelFigure): CheckedFigure {
  const result = panelFigureSchema.safeParse(figure);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LabError(
    'bad_input',
    `The figure cannot be drawn: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another form'}.`,
    'Run the claim again with this version.',
  );
}

/** Lays a figure of panels out. Pure. Throws bad_input where more series are asked for than can be told apart. */
export function layoutPanels(given: PanelFigure, size?: SizeName): PanelLayout {
  const figure = checkedFigure(given);
  const looks = looksOf(figure);
  const preset = size ?? sizeOf(figure);
  const named = namedSeries(figure, looks);
  const room = sizePresets[preset].widthMm * unitsPerMm * mostLabelWidth;
  const direct =
    figure.panels.length === 1 &&
    named.length <= directSeries &&
    named.every(({ text }) => textWidth(text, textSize.small, true) <= room);
  // A series label is never dropped: where one finds no place, all of them move to the legend.
  return (direct ? arranged(figure, looks, preset, []) : null) ?? arranged(figure, looks, preset, named)!;
}

/** The series that need a name, in order of appearance. What continues another series shares its name. */
function namedSeries(figure: CheckedFigure, looks: ReadonlyMap<string, SeriesLook>): LegendEntry[] {
  const seen = new Map<string, LegendEntry>();
  for (const series of figure.panels.flatMap((p) => p.series)) {
    if (seen.has(series.key) || !needsName(series)) continue;
    const { slot, text } = looks.get(series.key)!;
    seen.set(series.key, { key: series.key, slot, text, keyWidth });
  }
  return [...seen.values()];
}

type Series = CheckedPanel['series'][number];
const needsName = (s: Series) =>
  (s.points.length > 0 || s.band !== null) && !(s.extrapolated && s.like !== null);

/** With `legend` empty names stand at the ends of their series: null where one finds no place. */
function arranged(
  figure: CheckedFigure,
  looks: ReadonlyMap<string, SeriesLook>,
  size: SizeName,
  legend: readonly LegendEntry[],
): PanelLayout | null {
  const width = sizePresets[size].widthMm * unitsPerMm;
  const shown = legend.map((entry) => ({
    ...entry,
    text: ellipsize(entry.text, textSize.small, width - 2 * edge - keyWidth - 6),
  }));
  const direct = legend.length === 0;
  const right = (panel: CheckedPanel, left: number, most: number) =>
    direct ? rightEdge(panel, looks, left, most) : most;
  const place = (caption: string) => {
    const grid = gridOf({ figure, size, legend: shown, caption, right });
    return { grid, panels: grid.panels.map((frame) => panelAt(frame, looks, direct)) };
  };
  const sentences = (unplaced: Unplaced) =>
    [figure.caption, ...autoSentences(figure, unplaced)].join(' ').trim();
  // What finds no place is said in the caption, which takes its height from the panels: once more with its full length.
  let unplaced = unplacedOf([]);
  let own = place(sentences(unplaced));
  for (let turn = 0; turn < 3; turn++) {
    const found = unplacedOf(own.panels.map((p) => p.unplaced));
    if (sameWords(found, unplaced)) break;
    unplaced = merged(unplaced, found);
    own = place(sentences(unplaced));
  }
  if (direct && own.panels.some((p) => p.lost)) return null;
  const caption = sentences(unplaced);
  const title = plainText(figure.title);
  const badge = figure.badge === null ? null : plainText(figure.badge);
  return {
    ...own.grid,
    figure,
    size,
    looks,
    panels: own.panels.map((p) => p.at),
    texts: { title, badge, caption: plainText(caption), description: descriptionOf(figure, caption) },
  };
}

const unplacedOf = (all: readonly Unplaced[]): Unplaced => ({
  log: all.reduce((sum, u) => sum + u.log, 0),
  outside: all.reduce((sum, u) => sum + u.outside, 0),
  labels: all.reduce((sum, u) => sum + u.labels, 0),
  guides: all.flatMap((u) => u.guides),
});

const sameWords = (a: Unplaced, b: Unplaced) => JSON.stringify(a) === JSON.stringify(b);
/** Never fewer words than before, so that two turns cannot chase each other. */
const merged = (a: Unplaced, b: Unplaced): Unplaced => ({
  log: Math.max(a.log, b.log),
  outside: Math.max(a.outside, b.outside),
  labels: Math.max(a.labels, b.labels),
  guides: [...new Set([...a.guides, ...b.guides])],
});

/** As far right as the names at the ends of the series leave room, but most of the width for the data. */
function rightEdge(
  panel: CheckedPanel,
  looks: ReadonlyMap<string, SeriesLook>,
  left: number,
  most: number,
): number {
  const unit = panelAxis(panel, 'x', [0, 1000]);
  const least = left + (most - left) * leastPlotWidth;
  const rights = panel.series.filter(needsName).map((series) => {
    const share = Math.max(0.01, ...series.points.map((p) => unit.map(p.x) / 1000).filter((v) => v <= 1));
    const label = textWidth(looks.get(series.key)!.text, textSize.small, true) + markSize + 4;
    return left + (most - left - label) / share;
  });
  // A name that would take too much finds a place inside instead.
  return round2(Math.min(most, ...rights.filter((right) => right >= least)));
}

function panelAt(frame: PanelFrame, looks: ReadonlyMap<string, SeriesLook>, direct: boolean) {
  const { panel, x, y, plot } = frame;
  const place = { panel, x, y, plot };
  const series = panel.series.map((s) => seriesAt(place, s, looks.get(s.key)!));
  const nothing =
    panel.references.length === 0 &&
    series.every((s) => s.points.length + s.line.length + s.band.length === 0);
  // Beside a reference point too an absence has its reason.
  const unseen =
    series.length > 0 && series.every((s) => s.points.length + s.line.length + s.band.length === 0);
  // Where nothing is drawn there is nothing to guide: the place belongs to the reason.
  const guides = nothing ? [] : guidesAt(place);
  const references = panel.references
    .filter((r) => hiddenBy(panel, frame, { x: r.x.value, y: r.y.value }) === null)
    .map((reference) => referenceAt(reference, frame));
  const obstacles = series.map(obstaclesOf);
  const centres = obstacles.flatMap((o) => o.marks);
  const taken: Taken = {
    boxes: [
      ...centres.map((m) => around(m.x, m.y, markReach)),
      ...references.map((r) => around(r.x, r.y, diamondReach)),
    ],
    segments: [
      ...obstacles.flatMap((o) => o.segments),
      ...references.flatMap((r) => r.bars),
      ...guides.flatMap((g) => g.segments),
    ],
  };
  const bounds: Box = { x0: plot.x0 + 2, y0: plot.y0 - 4, x1: frame.right, y1: plot.y1 - 2 };
  const labels: LabelAt[] = [];
  const add = (requests: readonly { request: LabelRequest; slot: number | null }[]) => {
    const placed = placeLabels(
      requests.map((r) => r.request),
      { centres, ...taken },
      bounds,
    );
    return placed.map((label, i) => {
      if (label === null) return false;
      take(label, requests[i]!.slot);
      return true;
    });
  };
  const take = (label: PlacedLabel, slot: number | null) => {
    labels.push({ ...label, slot });
    taken.boxes.push(label.box);
    if (label.leader) taken.segments.push(label.leader);
  };
  const named = add(references.map(referenceRequest));
  const lostReferences = references.filter((_, i) => !named[i]).map((r) => plainText(r.reference.name));
  const lost =
    direct && (add(series.flatMap(nameRequest)).includes(false) || labels.some((l) => isAstray(l, series)));
  add(series.flatMap(aheadRequest).slice(0, 1));
  const lostGuides = guides.flatMap((guide) => {
    const label = guideLabel(guide, taken, plot, bounds);
    if (label !== null) take(label, null);
    return label === null && guide.text !== '' ? [guide.text] : [];
  });
  const triangles = nothing ? [] : trianglesAt(place, taken);
  const lostTriangles = triangles.filter((t) => t.at === null).map((t) => t.text);
  const lostLabels = addPointLabels(series, add, frame);
  const hidden = panel.series.flatMap((s) => s.points.map((p) => hiddenBy(panel, frame, p)));
  const unplaced: Unplaced = {
    log: hidden.filter((h) => h === 'log').length,
    outside: hidden.filter((h) => h === 'outside').length + panel.references.length - references.length,
    labels: lostLabels,
    guides: [...lostReferences, ...lostGuides, ...lostTriangles],
  };
  const at: PanelAt = {
    ...frame,
    series,
    guides,
    triangles: triangles.flatMap((t) => (t.at === null ? [] : [t.at])),
    references,
    labels,
    empty: nothing ? emptyLines(panel, plot) : unseen ? freeLines(panel, plot, taken) : null,
  };
  return { at, unplaced, lost };
}

function referenceAt(reference: ReferenceAt['reference'], { x, y, plot }: PanelFrame): ReferenceAt {
  const at = { x: x.map(reference.x.value), y: y.map(reference.y.value) };
  const bars = [
    ...clippedLine(
      [
        { x: x.map(reference.x.low), y: at.y },
        { x: x.map(reference.x.high), y: at.y },
      ],
      plot,
    ),
    ...clippedLine(
      [
        { x: at.x, y: y.map(reference.y.low) },
        { x: at.x, y: y.map(reference.y.high) },
      ],
      plot,
    ),
  ];
  return { ...at, bars, reference };
}

const size = textSize.small;

function referenceRequest({ x, y, reference }: ReferenceAt) {
  const text = ellipsize(plainText(reference.name), size, 160, true);
  const request = { key: `reference-${text}`, text, size, bold: true, x, y, kind: 'series' as const };
  return { slot: null, request };
}

/** The name at the rightmost point of a series. */
function nameRequest({ series, look, points }: SeriesAt) {
  if (!needsName(series)) return [];
  const [first] = points;
  if (first === undefined) return [];
  const end = points.reduce((best, p) => (p.x > best.x ? p : best), first);
  const request = { key: `series-${series.key}`, text: look.text, size, bold: true, x: end.x, y: end.y };
  return [{ slot: look.slot, request: { ...request, kind: 'series' as const } }];
}

/** Would a reader take the name for that of another series, because that is nearer? */
function isAstray(label: LabelAt, series: readonly SeriesAt[]): boolean {
  const own = series.find((s) => label.key === `series-${s.series.key}`);
  if (own === undefined) return false;
  const near = (one: SeriesAt, box: Box) => {
    const { marks, segments } = obstaclesOf(one);
    return (
      marks.some((m) => inside({ x0: m.x, x1: m.x, y0: m.y, y1: m.y }, box)) ||
      segments.some((s) => segmentMeets(s, box))
    );
  };
  for (let reach = 2; reach <= mostReach; reach += 2) {
    const box = grown(label.box, reach);
    if (near(own, box)) return false;
    if (series.some((other) => other.look.slot !== own.look.slot && near(other, box))) return true;
  }
  return true;
}

/** 'extrapolation, not measured' in the middle of what is extrapolated. */
function aheadRequest({ series, look, line, points }: SeriesAt) {
  const middle = line[Math.floor(line.length / 2)];
  if (!series.extrapolated || (middle === undefined && points.length === 0)) return [];
  const at =
    middle === undefined
      ? points[0]!
      : { x: round2((middle.x0 + middle.x1) / 2), y: round2((middle.y0 + middle.y1) / 2) };
  const request = { key: 'extrapolation', text: 'extrapolation, not measured', size, bold: false };
  return [{ slot: look.slot, request: { ...request, x: at.x, y: at.y, kind: 'series' as const } }];
}

/** Labels of points, with a leader where there is no place near. @returns how many found none */
function addPointLabels(
  series: readonly SeriesAt[],
  add: (requests: readonly { request: LabelRequest; slot: number | null }[]) => boolean[],
  { plot }: PanelFrame,
): number {
  const most = Math.min(150, 0.6 * (plot.x1 - plot.x0));
  const requests = series
    .filter((s) => s.series.marks)
    .flatMap((s) =>
      s.points.flatMap(({ point, x, y, slot }, i) => {
        if (point.label === null || point.label === '') return [];
        const text = ellipsize(plainText(point.label), size, most);
        const request = { key: `point-${s.series.key}-${i}`, text, size, bold: false, x, y };
        return [{ slot, request: { ...request, kind: 'point' as const } }];
      }),
    );
  if (requests.length > mostLabels) return requests.length;
  const near = add(requests);
  const far = add(
    requests
      .filter((_, i) => !near[i])
      .map(({ slot, request }) => ({ slot, request: { ...request, kind: 'series' as const } })),
  );
  return far.filter((placed) => !placed).length;
}

/** The reason, in the middle of the plot. */
const emptyLines = (panel: CheckedPanel, plot: Box) => linesAt(panel, plot, (plot.y0 + plot.y1) / 2);

/** Centred in a box, the first line at this height. */
function linesAt(panel: CheckedPanel, box: Box, first: number): TextLine[] {
  const width = box.x1 - box.x0 - 16;
  return textLines('empty', emptyWords(panel), textSize.axis, { left: box.x0 + 8, first, width }).map(
    (line) => centredLine(line, (box.x0 + box.x1) / 2),
  );
}

/** The reason where nothing stands in its way: across the plot, else in one of its halves; null without a place. */
function freeLines(panel: CheckedPanel, plot: Box, taken: Taken): TextLine[] | null {
  const middle = (plot.x0 + plot.x1) / 2;
  const places = [plot, { ...plot, x1: middle }, { ...plot, x0: middle }].flatMap((box) =>
    [0.5, 0.85, 0.15].map((share) => linesAt(panel, box, plot.y0 + share * (plot.y1 - plot.y0))),
  );
  const isFree = ({ box }: TextLine) =>
    inside(box, plot) &&
    !taken.boxes.some((b) => boxesMeet(b, box)) &&
    !taken.segments.some((t) => segmentMeets(t, box));
  return places.find((lines) => lines.every(isFree)) ?? null;
}
