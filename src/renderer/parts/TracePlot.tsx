import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import uPlot from 'uplot';
import { tokens } from '../../shared/figures/tokens';
import { formatSi } from '../../shared/units';
import { decades } from './traceData';

export interface TraceLine {
  label: string;
  /** Colour slot, 0 to 6. */
  slot: number;
}

export interface TracePlotHandle {
  /** Draws everything anew. `endS`: right end of the time axis. */
  draw(data: uPlot.AlignedData, endS: number): void;
}

/** Lines also differ by dash. Source: docs/figures.md, 3.4. */
export const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export interface TracePlotProps {
  handle: Ref<TracePlotHandle>;
  lines: readonly TraceLine[];
  unit: string;
  axisLabel: string;
  /** Whether the time axis is named; the lowest of several panels does it for all. */
  named: boolean;
  /** Spoken instead of the picture. */
  description: string;
  log: boolean;
  theme: 'light' | 'dark';
  height: number;
}

/** One uPlot of values over the run's time; made anew only when what it is made of changes, never for new data. */
export function TracePlot({
  handle,
  lines,
  unit,
  axisLabel,
  named,
  description,
  log,
  theme,
  height,
}: TracePlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef<{ data: uPlot.AlignedData; endS: number }>({ data: [[]], endS: 0 });
  const made = JSON.stringify(lines);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const own = JSON.parse(made) as TraceLine[];
    const empty = () => [[], ...own.map(() => [])] as uPlot.AlignedData;
    if (shown.current.data.length !== own.length + 1) shown.current = { data: empty(), endS: 0 };
    const options = plotOptions(
      { lines: own, unit, axisLabel, named, log, theme, height, width: element.clientWidth },
      () => shown.current.endS,
    );
    const next = new uPlot(options, shown.current.data, element);
    plot.current = next;
    const resize = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== next.width)
        next.setSize({ width: element.clientWidth, height });
    });
    resize.observe(element);
    return () => {
      resize.disconnect();
      next.destroy();
      plot.current = null;
    };
  }, [made, unit, axisLabel, named, log, theme, height]);
  useImperativeHandle(
    handle,
    () => ({
      draw(data, endS) {
        shown.current = { data, endS };
        if (plot.current?.series.length === data.length) plot.current.setData(data);
      },
    }),
    [],
  );
  return (
    <div
      ref={host}
      className="tw-trace-plot"
      role="img"
      aria-label={description}
      style={{ minHeight: height }}
    />
  );
}

/** Shortest time axis, s: a run's first seconds should not look like all of it. */
const leastS = 10;

function plotOptions(
  {
    lines,
    unit,
    axisLabel,
    named,
    log,
    theme,
    height,
    width,
  }: {
    lines: readonly TraceLine[];
    unit: string;
    axisLabel: string;
    named: boolean;
    log: boolean;
    theme: 'light' | 'dark';
    height: number;
    width: number;
  },
  endS: () => number,
): uPlot.Options {
  const ink = tokens[theme];
  const font = '11.5px Inter, system-ui, sans-serif';
  const axis = {
    stroke: ink.secondary,
    font,
    labelFont: font,
    grid: { stroke: ink.grid, width: 1 },
    ticks: { stroke: ink.grid, width: 1, size: 4 },
  };
  const text = (value: number | null) => (value === null ? '' : formatSi(value, unit, value === 0 ? 1 : 2));
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 10, 0, 0],
    scales: {
      x: { time: false, range: () => [0, Math.max(leastS, endS())] },
      y: log
        ? { distr: 3, range: (_, min, max) => decades(min, max) }
        : { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        ...(named ? { label: 'Time since the run started (s)', labelSize: 16 } : {}),
        size: 26,
        values: (_, values) => values.map((v) => String(v)),
      },
      { ...axis, label: axisLabel, labelSize: 16, size: 58, values: (_, values) => values.map(text) },
    ],
    series: [
      {},
      ...lines.map(({ label, slot }, i) => ({
        label,
        stroke: ink.series[slot].text,
        width: 1.4,
        dash: [...dashes[i % dashes.length]],
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}
