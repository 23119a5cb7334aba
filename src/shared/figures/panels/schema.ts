import { z } from 'zod';
import { panelKinds } from './kinds';
import type { PanelFigure } from './spec';

const text = z.string().max(2000);
const number = z.number();
const pair = z.tuple([number, number]);
/** Points that a drawing of this size can bear. */
const mostPoints = 5000;

const axis = z
  .strictObject({
    title: text.min(1),
    scale: z.enum(['linear', 'log', 'log2']),
    domain: pair.refine(([low, high]) => low < high, 'the first end must be below the second').nullable(),
    fromZero: z.boolean(),
    ticks: z
      .array(z.tuple([number, text]))
      .nullable()
      .default(null),
  })
  .refine((a) => a.scale === 'linear' || a.domain === null || a.domain[0] > 0, {
    message: 'a logarithmic axis starts above 0',
    path: ['domain'],
  });

const point = z.strictObject({
  x: number,
  y: number,
  xLow: number.nullable(),
  xHigh: number.nullable(),
  yLow: number.nullable(),
  yHigh: number.nullable(),
  n: number.nullable(),
  label: text.nullable(),
});

const series = z.strictObject({
  key: text.min(1),
  name: text.min(1),
  points: z.array(point).max(mostPoints),
  line: z.enum(['none', 'solid', 'step', 'dashed', 'dotted']),
  marks: z.boolean(),
  band: z
    .array(z.tuple([number, number, number]))
    .max(mostPoints)
    .nullable(),
  estimated: z.boolean(),
  extrapolated: z.boolean(),
  like: text.nullable().default(null),
});

const guide = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['horizontal', 'vertical']),
    at: number,
    label: text,
    low: number.nullable().default(null),
    high: number.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal('slope'), slope: number, through: pair, label: text }),
  z.strictObject({ kind: z.literal('triangle'), slope: number, label: text }),
  z.strictObject({ kind: z.enum(['curve', 'front']), points: z.array(pair).max(mostPoints), label: text }),
]);

const range = z.strictObject({ value: number, low: number, high: number });
const reference = z.strictObject({ name: text.min(1), x: range, y: range, source: text });

const panel = z
  .strictObject({
    key: text.min(1),
    title: text,
    x: axis,
    y: axis,
    series: z.array(series).max(40),
    guides: z.array(guide).max(40),
    references: z.array(reference).max(10),
    empty: text.nullable().default(null),
  })
  .refine((p) => new Set(p.series.map((s) => s.key)).size === p.series.length, {
    message: 'two series of a panel have the same key',
    path: ['series'],
  });

/** Checks a figure that comes from a file, a store or a channel; what may be left out is filled in. */
export const panelFigureSchema = z.strictObject({
  schema: z.literal('thirtywatts.panels/1'),
  kind: z.enum(panelKinds),
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  title: text.min(1),
  caption: z.string().max(10_000),
  panels: z.array(panel).min(1).max(6),
  badge: text.nullable(),
}) satisfies z.ZodType<unknown, PanelFigure>;

/** A figure with everything filled in: what is laid out and drawn. */
export type CheckedFigure = z.output<typeof panelFigureSchema>;
export type CheckedPanel = CheckedFigure['panels'][number];
export type CheckedSeries = CheckedPanel['series'][number];
export type CheckedGuide = CheckedPanel['guides'][number];
