import { LabError } from '../errors';
import type { PowerTrace, RunColumns } from '../live';
import { decimated, stretches } from './decimate';
import type { FigureRun } from './figureRun';
import { type Frame, frameOf } from './frame';
import { clippedLine, type Point, type Segment } from './geometry';
import { type TextLine, textLine } from './lines';
import { type PointRow, pointRow } from './points';
import { type Shade, shadeOf, traceLabel, traceTexts } from './powerTraceTexts';
import { extent, makeAxis } from './scale';
import { round2, textSize } from './sizes';
import type { PowerTraceSpec } from './spec';
import { textWidth } from './textWidth';

export interface TraceLayout extends Frame {
  kind: 'power-trace';
  shades: { key: string; shade: Shade; x: number; width: number; label: TextLine | null }[];
  lines: { key: string; slot: number; estimated: boolean; segments: Segment[]; lone: Point[] }[];
  /** The mark of each line, at its last value inside the plot. */
  ends: { key: string; slot: number; estimated: boolean; x: number; y: number }[];
}

const mostTraces = 4;
/** Room above the highest value, for the names of the phases. */
const headroom = 1.2;

/** Sensors of the spec, in the order of the columns. Throws bad_input beyond four. */
export function tracesOf(spec: PowerTraceSpec, columns: RunColumns): PowerTrace[] {
  const traces = columns.power.filter((t) => spec.sensors === null || spec.sensors.includes(t.sensor.id));
  if (traces.length > mostTraces) {
    throw new LabError(
      'bad_input',
      `The run has ${traces.length} traces, and only ${mostTraces} can be told apart.`,
      'Select up to four sensors.',
    );
  }
  return traces;
}

/** Power of a run over time. Pure. Source: docs/figures.md, 3.11. */
export function layoutTrace(spec: PowerTraceSpec, run: FigureRun, columns: RunColumns): TraceLayout {
  const traces = tracesOf(spec, columns);
  const parts = traces.map((t) => stretches(t.tS, t.powerW));
  const gaps = parts.reduce((sum, p) => sum + Math.max(0, p.length - 1), 0);
  const values = parts.flat(2);
  const end = extent([...columns.phases.map((p) => p.toS), ...values.map((p) => p.x)]).high;
  const domainS: [number, number] = spec.domainS ?? [0, end > 0 ? end : 1];
  // With the points next to the ends of a zoom: the line to them is seen too.
  const inZoom = (p: Point | undefined) => p !== undefined && p.x >= domainS[0] && p.x <= domainS[1];
  const shown = parts
    .flat()
    .flatMap((own) => own.filter((_, i) => [i - 1, i, i + 1].some((j) => inZoom(own[j]))));
  const { low, high } = extent(shown.map((p) => p.y));
  const topW = high > 0 ? high * headroom : 1;
  const frame = frameOf({
    size: spec.size,
    texts: traceTexts(spec, run, columns, { traces, gaps }),
    legend: traces.map((t, slot) => ({ key: t.sensor.id, slot, text: traceLabel(t) })),
    notes: [],
    xAxis: (range) => makeAxis(domainS, 'linear', range),
    yAxis: (range) => makeAxis([Math.min(0, low), topW], 'linear', range),
    right: (_, most) => most - 6,
  });
  const { x, y, plot } = frame;
  const lines = parts.map((own, slot) => {
    const drawn = own.map((points) =>
      decimated(
        points.map((p) => ({ x: x.map(p.x), y: y.map(p.y) })),
        1,
      ),
    );
    return {
      key: traces[slot]!.sensor.id,
      slot,
      estimated: traces[slot]!.sensor.provenance === 'estimate',
      segments: drawn.flatMap((points) => clippedLine(points, plot)),
      // A single reading between two gaps has no line: it is a dot.
      lone: drawn.flatMap((points) =>
        points.length === 1 && x.within(x.invert(points[0]!.x)) ? points : [],
      ),
    };
  });
  const ends = lines.flatMap(({ key, slot, estimated, segments }) => {
    const last = segments.at(-1);
    return last === undefined ? [] : [{ key, slot, estimated, x: last.x1, y: last.y1 }];
  });
  return { kind: 'power-trace', ...frame, shades: shadesOf(columns, frame), lines, ends };
}

/** Shaded phases; each kind is named once, in its widest stretch that has room. */
function shadesOf({ phases }: RunColumns, { x, plot }: Frame): TraceLayout['shades'] {
  const within = (value: number) => Math.min(plot.x1, Math.max(plot.x0, x.map(value)));
  const all = phases.flatMap(({ phase, fromS, toS }, i) => {
    const shade = shadeOf[phase];
    const [from, to] = [within(fromS), within(toS)];
    if (shade === undefined || to <= from) return [];
    return [{ key: `${phase}-${i}`, shade, x: from, width: round2(to - from) }];
  });
  return all.map((own) => {
    const widest = all.filter((o) => o.shade === own.shade).reduce((a, b) => (b.width > a.width ? b : a));
    const wide = textWidth(own.shade, textSize.small);
    const fits = own === widest && wide + 4 <= own.width;
    const left = own.x + (own.width - wide) / 2;
    const baseline = plot.y0 + 2 + textSize.small;
    return { ...own, label: fits ? textLine(own.key, own.shade, textSize.small, left, baseline) : null };
  });
}

/** Every value of the shown sensors, as they were reduced for the screen. */
export function tracePoints(spec: PowerTraceSpec, run: FigureRun, columns: RunColumns): PointRow[] {
  let index = 0;
  return tracesOf(spec, columns).flatMap((trace) =>
    Array.from(trace.tS, (t, i) => {
      const watts = trace.powerW[i]!;
      return pointRow({
        figure_id: spec.id,
        series: traceLabel(trace),
        role: trace.sensor.provenance === 'estimate' ? 'estimated' : 'measured',
        origin: trace.sensor.origin,
        row_index: index++,
        x: t,
        x_unit: 's',
        y: Number.isFinite(watts) ? watts : null,
        y_unit: 'W',
        statistic: 'power',
        run_id: run.id,
        not_shown_reason: Number.isFinite(watts) ? null : 'not read',
        sample: run.sample ? 'yes' : 'no',
      });
    }),
  );
}
