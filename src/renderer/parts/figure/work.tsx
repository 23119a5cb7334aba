import { renderToStaticMarkup } from 'react-dom/server';
import { type Failure, failureOf } from '../../../shared/errors';
import { CurveEfficiency } from '../../../shared/figures/curveEfficiency';
import { svgFile } from '../../../shared/figures/Figure';
import { curveInteraction, type TooltipLine } from '../../../shared/figures/interaction';
import { type CurveLayout, layoutCurve } from '../../../shared/figures/layout';
import { pointColumns, pointRows } from '../../../shared/figures/points';
import { type CurveRow, curveRows } from '../../../shared/figures/rows';
import { makeAxis } from '../../../shared/figures/scale';
import type { CurveSpec } from '../../../shared/figures/spec';
import { tokens } from '../../../shared/figures/tokens';
import type { RunRow } from '../../../shared/runRow';
import { pointsCsv } from './pointsCsv';

/** Above so many points they are drawn on a canvas under the axes, and the layout carries none of them. */
export const mostSvgPoints = 2000;

/** The drawn points as columns, in the order of the keyboard: by series, then by x. Places in viewBox units. */
export interface Points {
  x: Float64Array;
  y: Float64Array;
  /** Colour and shape, 0 to 6. */
  slot: Uint8Array;
  /** Index into `series`. */
  seriesOf: Uint8Array;
  runIds: string[];
  series: { key: string; label: string; from: number; to: number }[];
}

/** A layout as it crosses between threads: without the functions of its axes. */
export type SentLayout = Omit<CurveLayout, 'x' | 'y'> & { x: SentAxis; y: SentAxis };
type SentAxis = Omit<CurveLayout['x'], 'map' | 'within' | 'invert'>;

export interface Drawn {
  spec: CurveSpec;
  layout: SentLayout;
  points: Points;
  /** Series with all their rows, drawn or not, switched off or not. */
  series: { key: string; label: string; rows: number }[];
}

export type Ask =
  /** Rows that are new or have changed; they are kept for later drawings. */
  | { kind: 'rows'; rows: RunRow[] }
  | { kind: 'draw'; seq: number; ids: string[]; spec: CurveSpec }
  /** Of the last drawing. */
  | { kind: 'lines'; seq: number; index: number }
  | { kind: 'svg'; seq: number; spec: CurveSpec }
  | { kind: 'csv'; seq: number };
export type Answer = { seq: number; failure: Failure | null; value: unknown };
export interface Answers {
  draw: Drawn;
  lines: TooltipLine[];
  svg: string;
  csv: string;
}

/** What draws figures beside the page: keeps the rows it was sent, and the last drawing. Effects: none but its own memory. */
export function createWork(): (ask: Ask) => Answer | null {
  const known = new Map<string, RunRow>();
  let last: { spec: CurveSpec; rows: CurveRow[]; layout: CurveLayout; order: number[] } | null = null;
  const answer = (ask: Exclude<Ask, { kind: 'rows' }>): Answers[keyof Answers] => {
    if (ask.kind === 'draw') {
      const runs = ask.ids.flatMap((id) => known.get(id) ?? []);
      const rows = curveRows(runs, ask.spec.x.quantity, ask.spec.y.quantity);
      const layout = layoutCurve(ask.spec, rows);
      const order = keyboardOrder(layout);
      last = { spec: ask.spec, rows, layout, order };
      return drawnOf(last);
    }
    if (last === null) throw new Error('nothing has been drawn yet');
    if (ask.kind === 'lines') return curveInteraction(last.spec, last.layout).lines(last.order[ask.index]);
    if (ask.kind === 'csv') return pointsCsv(pointColumns, pointRows(last.spec, last.rows));
    const look = tokens[ask.spec.theme];
    const layout = layoutCurve(ask.spec, last.rows);
    return svgFile(
      renderToStaticMarkup(
        <CurveEfficiency spec={ask.spec} layout={layout} tokens={look} pointLayer="svg" />,
      ),
    );
  };
  return (ask) => {
    if (ask.kind === 'rows') {
      for (const row of ask.rows) known.set(row.id, row);
      return null;
    }
    try {
      return { seq: ask.seq, failure: null, value: answer(ask) };
    } catch (thrown) {
      return { seq: ask.seq, failure: failureOf(thrown), value: null };
    }
  };
}

/** Indexes of the marks by series in the order of their first mark, then by x. Pure. */
function keyboardOrder({ marks }: CurveLayout): number[] {
  const rank = new Map<string, number>();
  for (const { seriesKey } of marks) if (!rank.has(seriesKey)) rank.set(seriesKey, rank.size);
  const rankOf = (i: number) => rank.get(marks[i].seriesKey)!;
  return marks
    .map((_, i) => i)
    .sort((a, b) => rankOf(a) - rankOf(b) || marks[a].x - marks[b].x || marks[a].y - marks[b].y);
}

function drawnOf({
  spec,
  rows,
  layout,
  order,
}: {
  spec: CurveSpec;
  rows: readonly CurveRow[];
  layout: CurveLayout;
  order: readonly number[];
}): Drawn {
  const marks = order.map((i) => layout.marks[i]);
  const series: Points['series'] = [];
  const seriesOf = new Uint8Array(marks.length);
  marks.forEach((mark, i) => {
    if (series.at(-1)?.key !== mark.seriesKey)
      series.push({ key: mark.seriesKey, label: mark.row.seriesLabel, from: i, to: i });
    series[series.length - 1].to = i + 1;
    seriesOf[i] = series.length - 1;
  });
  const all = new Map<string, Drawn['series'][number]>();
  for (const row of rows) {
    const own = all.get(row.seriesKey) ?? { key: row.seriesKey, label: row.seriesLabel, rows: 0 };
    own.rows += 1;
    all.set(row.seriesKey, own);
  }
  const plain = ({ kind, domain, ticks }: CurveLayout['x']): SentAxis => ({ kind, domain, ticks });
  const many = marks.length > mostSvgPoints;
  return {
    spec,
    layout: {
      ...layout,
      x: plain(layout.x),
      y: plain(layout.y),
      marks: many ? [] : layout.marks,
      front: many ? null : layout.front,
    },
    points: {
      x: Float64Array.from(marks, (m) => m.x),
      y: Float64Array.from(marks, (m) => m.y),
      slot: Uint8Array.from(marks, (m) => m.slot),
      seriesOf,
      runIds: marks.map((m) => m.runId),
      series,
    },
    series: [...all.values()],
  };
}

/** The layout with its axes working again. Pure. */
export function revived(sent: SentLayout): CurveLayout {
  const { plot } = sent;
  const axis = ({ kind, domain, ticks }: SentAxis, range: [number, number]) => ({
    ...makeAxis(domain, kind, range),
    ticks,
  });
  return { ...sent, x: axis(sent.x, [plot.x0, plot.x1]), y: axis(sent.y, [plot.y1, plot.y0]) };
}
