import type { FigureKindOfPanels } from './kinds';

/** Scales of an axis; `log2` is a logarithmic axis with ticks at powers of two, for ratios. */
export type PanelScale = 'linear' | 'log' | 'log2';

export interface PanelAxis {
  /** "Quantity (unit)" and, where it has a sense, ", lower is better". */
  title: string;
  scale: PanelScale;
  /** Ends in the axis's unit; null: from the data. */
  domain: [number, number] | null;
  /** A linear axis begins at 0. */
  fromZero: boolean;
  /** Places with names of their own (quarters, machines) in place of numbers; null or absent: numbers. */
  ticks?: [number, string][] | null;
}

export interface PanelPoint {
  x: number;
  y: number;
  /** 95 % interval; null where there is none. */
  xLow: number | null;
  xHigh: number | null;
  yLow: number | null;
  yHigh: number | null;
  /** Seeds, windows or queries behind it. */
  n: number | null;
  label: string | null;
}

export interface PanelSeries {
  key: string;
  name: string;
  /** In drawing order. */
  points: PanelPoint[];
  /** How points are joined; `none`: marks only. */
  line: 'none' | 'solid' | 'step' | 'dashed' | 'dotted';
  marks: boolean;
  /** [x, low, high] of a shaded interval; null: none. */
  band: [number, number, number][] | null;
  /** Drawn hollow and dashed, texts start with ≈. */
  estimated: boolean;
  /** Dotted, and says "extrapolation, not measured". */
  extrapolated: boolean;
  /** Key of the series whose colour and shape this one shares: a line through its points, its p95. Absent: its own. */
  like?: string | null;
}

export type PanelGuide =
  /** `low` and `high`: its interval, shaded. */
  | {
      kind: 'horizontal' | 'vertical';
      at: number;
      label: string;
      low?: number | null;
      high?: number | null;
    }
  /** A straight line of this slope in the axis's own scales through [x, y]. */
  | { kind: 'slope'; slope: number; through: [number, number]; label: string }
  /** A small triangle of this slope in a free corner of two logarithmic axes. */
  | { kind: 'triangle'; slope: number; label: string }
  /** A dashed grey line through [x, y]: an ideal, a bound. */
  | { kind: 'curve'; points: [number, number][]; label: string }
  /** Corners of a Pareto front in drawing order. */
  | { kind: 'front'; points: [number, number][]; label: string };

/** Drawn as a black diamond with range bars; never part of a fit or front. */
export interface PanelReference {
  name: string;
  x: { value: number; low: number; high: number };
  y: { value: number; low: number; high: number };
  source: string;
}

export interface Panel {
  key: string;
  /** '' where the figure has one panel. */
  title: string;
  x: PanelAxis;
  y: PanelAxis;
  series: PanelSeries[];
  guides: PanelGuide[];
  references: PanelReference[];
  /** Why there is nothing in it, where there is nothing; absent: "No point to show". */
  empty?: string | null;
}

/** A figure of one to six panels, as plain JSON: drawn by the page, the command line and the tests alike. */
export interface PanelFigure {
  schema: 'thirtywatts.panels/1';
  kind: FigureKindOfPanels;
  /** Stem of element ids and file names. */
  id: string;
  /** The finding, in words. */
  title: string;
  /** Statistic, interval method and level, n, machine, date; says what is not shown. */
  caption: string;
  panels: Panel[];
  /** e.g. SAMPLE DATA, SIMULATED, PLACEHOLDER INPUTS; null: none. */
  badge: string | null;
}
