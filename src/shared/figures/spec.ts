import { z } from 'zod';
import { type SizeName, sizePresets } from './sizes';
import { shapes, themes } from './tokens';

/** The closed lists of what can stand on an axis; texts and units in quantities.ts. */
export const xQuantities = [
  'parameters',
  'parametersNonzero',
  'macs',
  'parameterBytes',
  'latencyP50',
] as const;
export type XQuantity = (typeof xQuantities)[number];
export const yQuantities = [
  'energyGross',
  'energyNet',
  'latencyP50',
  'inferencesPerJoule',
  'throughput',
  'powerMean',
] as const;
export type YQuantity = (typeof yQuantities)[number];
export const scaleKinds = ['log', 'linear'] as const;
export type ScaleKind = (typeof scaleKinds)[number];

const domain = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, 'the first end must be below the second')
  .nullable()
  .default(null);

const base = {
  schema: z.literal('thirtywatts.figure/1').default('thirtywatts.figure/1'),
  size: z.enum(Object.keys(sizePresets) as SizeName[]).default('double'),
  theme: z.enum(themes).default('light'),
  /** null: built from the data. */
  title: z.string().max(300).nullable().default(null),
  appVersion: z.string(),
};
/** Stem of the element ids and of the file names. */
const idOf = (kind: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .default(kind);

function axisOf<Q extends readonly [string, ...string[]]>(quantities: Q, first: Q[number]) {
  return z
    .strictObject({
      quantity: z.enum(quantities).default(first as never),
      scale: z.enum(scaleKinds).default('log'),
      /** Ends of the axis in its unit (a zoom); null: from the data. */
      domain,
    })
    .refine((axis) => axis.scale === 'linear' || axis.domain === null || axis.domain[0] > 0, {
      message: 'a logarithmic axis starts above 0',
      path: ['domain'],
    })
    .prefault({});
}

export const curveSpecSchema = z.strictObject({
  ...base,
  kind: z.literal('curve-efficiency'),
  id: idOf('curve-efficiency'),
  x: axisOf(xQuantities, 'parameters'),
  y: axisOf(yQuantities, 'energyGross'),
  pointLabels: z.enum(['size', 'model', 'none']).default('size'),
  /** Slot (0 to 6) of a series key that already has a colour and a shape elsewhere. */
  slots: z
    .record(
      z.string(),
      z
        .number()
        .int()
        .min(0)
        .max(shapes.length - 1),
    )
    .default({}),
  /** Keys of series that are absent from drawing, caption and points. */
  hiddenSeries: z.array(z.string()).default([]),
  fit: z
    .strictObject({
      show: z.boolean().default(false),
      includeEstimated: z.boolean().default(false),
      /** Dashed to a factor 2 beyond the data. */
      extrapolate: z.boolean().default(false),
      /** Where two lines meet, with its interval. */
      crossovers: z.boolean().default(false),
      /** A panel under the curve: what the lines leave over, in %. */
      residuals: z.boolean().default(false),
      seed: z.number().int().min(0).default(1),
    })
    .prefault({}),
  /**
   * Fits and fronts take quick and limited results too: the user's own decision, said in every figure that does.
   * A glance never enters one.
   */
  includeLimited: z.boolean().default(false),
  /** Pareto front; `dim`: dominated points at 40 % opacity. */
  front: z.strictObject({ show: z.boolean().default(false), dim: z.boolean().default(false) }).prefault({}),
  /** The human brain, where the axes are parameters and energy. */
  references: z.boolean().default(false),
  /** Lines at 1 J and at 10 mWh, where the y axis is energy. */
  guides: z.boolean().default(false),
});
export type CurveSpec = z.infer<typeof curveSpecSchema>;

export const powerTraceSpecSchema = z.strictObject({
  ...base,
  kind: z.literal('power-trace'),
  id: idOf('power-trace'),
  /** Ids of the sensors to draw, at most 4; null: all of them. */
  sensors: z.array(z.string()).min(1).max(4).nullable().default(null),
  /** Seconds since the run started (a zoom); null: the whole run. */
  domainS: domain,
});
export type PowerTraceSpec = z.infer<typeof powerTraceSpecSchema>;

export const distributionSpecSchema = z.strictObject({
  ...base,
  kind: z.literal('latency-distribution'),
  id: idOf('latency-distribution'),
  scale: z.enum(scaleKinds).default('log'),
});
export type DistributionSpec = z.infer<typeof distributionSpecSchema>;

export const compareSpecSchema = z.strictObject({
  ...base,
  kind: z.literal('compare-runs'),
  id: idOf('compare-runs'),
  /** Slot (0 to 6) of a run's id that already has a colour and a shape elsewhere. */
  slots: z
    .record(
      z.string(),
      z
        .number()
        .int()
        .min(0)
        .max(shapes.length - 1),
    )
    .default({}),
});
export type CompareSpec = z.infer<typeof compareSpecSchema>;

/**
 * Everything that decides how a figure looks, beside its data: plain JSON, saved with every export.
 * A change that would draw an old spec differently takes a new version.
 */
export const figureSpecSchema = z.discriminatedUnion('kind', [
  curveSpecSchema,
  powerTraceSpecSchema,
  distributionSpecSchema,
  compareSpecSchema,
]);
export type FigureSpec = z.infer<typeof figureSpecSchema>;
export type FigureSpecInput = z.input<typeof figureSpecSchema>;
export type CurveSpecInput = z.input<typeof curveSpecSchema>;
export type FigureKind = FigureSpec['kind'];
