import { z } from 'zod';
import type { Json } from '../../../shared/contract';
import {
  type CurveSpec,
  curveSpecSchema,
  scaleKinds,
  xQuantities,
  type YQuantity,
  yQuantities,
} from '../../../shared/figures/spec';
import type { Theme } from '../../../shared/figures/tokens';
import { poolTurns } from '../../../shared/poolRuns';
import type { RunRow } from '../../../shared/runRow';
import type { Zoom } from '../../parts/figure/CurveView';

/** What the user has chosen for the efficiency curve; remembered in the lab. */
const choiceSchema = z.strictObject({
  x: z.enum(xQuantities).default('parameters'),
  /** auto: energy where any run has it, else latency. */
  y: z.enum(['auto', ...yQuantities]).default('auto'),
  xScale: z.enum(scaleKinds).default('log'),
  yScale: z.enum(scaleKinds).default('log'),
  fit: z.boolean().default(true),
  includeEstimated: z.boolean().default(false),
  extrapolate: z.boolean().default(false),
  crossovers: z.boolean().default(true),
  residuals: z.boolean().default(false),
  /** Quick and limited results in fits and fronts. */
  includeLimited: z.boolean().default(false),
  front: z.boolean().default(false),
  dim: z.boolean().default(false),
  references: z.boolean().default(false),
  guides: z.boolean().default(false),
  pointLabels: z.enum(['size', 'model', 'none']).default('size'),
  hiddenSeries: z.array(z.string()).default([]),
  /** Experiment ids; empty: all. */
  experiments: z.array(z.string()).default([]),
  /** Rows of the sample dataset beside the lab's own. */
  sample: z.boolean().default(false),
  title: z.string().max(300).nullable().default(null),
});
export type FigureChoice = z.output<typeof choiceSchema>;
export const plainChoice: FigureChoice = choiceSchema.parse({});

/** What was stored; anything that cannot be read is the plain choice. Pure. */
export function readChoice(stored: Json): FigureChoice {
  const parsed = choiceSchema.safeParse(stored ?? {});
  return parsed.success ? parsed.data : plainChoice;
}

/**
 * The runs that a curve stands on: measured models, ended, newest of each place of a plan, of the chosen experiments. Sample
 * rows only where they are asked for, or where there is nothing else. The turns of a comparison are one row. Pure.
 */
export function runsOfFigure(rows: readonly RunRow[], { experiments, sample }: FigureChoice): RunRow[] {
  const wanted = new Set(experiments);
  const newest = new Map<string, RunRow>();
  for (const row of rows) {
    if (row.role !== 'measure' || row.binnedUnixMs !== null) continue;
    if (row.status === 'queued' || row.status === 'running') continue;
    if (wanted.size > 0 && !wanted.has(row.experimentId)) continue;
    newest.set(`${row.experimentId} ${row.ordinal}`, row);
  }
  const all = [...newest.values()];
  const own = all.filter((row) => !row.sample);
  return poolTurns(sample || own.length === 0 ? all : own);
}

/** The specification that is drawn and saved. Pure. */
export function specOfChoice(
  choice: FigureChoice,
  {
    y,
    zoom,
    theme,
    slots,
    appVersion,
  }: { y: YQuantity; zoom: Zoom; theme: Theme; slots: Record<string, number>; appVersion: string },
): CurveSpec {
  return curveSpecSchema.parse({
    kind: 'curve-efficiency',
    x: { quantity: choice.x, scale: choice.xScale, domain: zoom.x },
    y: { quantity: y, scale: choice.yScale, domain: zoom.y },
    pointLabels: choice.pointLabels,
    hiddenSeries: choice.hiddenSeries,
    fit: {
      show: choice.fit,
      includeEstimated: choice.includeEstimated,
      extrapolate: choice.extrapolate,
      crossovers: choice.crossovers,
      residuals: choice.residuals,
    },
    includeLimited: choice.includeLimited,
    front: { show: choice.front, dim: choice.dim },
    references: choice.references,
    guides: choice.guides,
    slots,
    theme,
    title: choice.title,
    appVersion,
  });
}

/** A zoom that an axis cannot have: below 0 on a logarithm, or narrower than numbers can tell apart. Pure. */
export function saneZoom(zoom: Zoom, choice: Pick<FigureChoice, 'xScale' | 'yScale'>): Zoom {
  const sane = (domain: [number, number] | null, scale: 'log' | 'linear'): [number, number] | null => {
    if (domain === null || !domain.every(Number.isFinite)) return null;
    const [low, high] = domain;
    if (scale === 'log' && low <= 0) return null;
    return high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)) ? domain : null;
  };
  return { x: sane(zoom.x, choice.xScale), y: sane(zoom.y, choice.yScale) };
}

/** Slots of series alone: runs that are compared have slots of their own, and neither takes the other's. Pure. */
export function ofSeries(slots: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(slots).filter(([key]) => key.includes('|')));
}
