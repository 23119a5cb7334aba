import { z } from 'zod';
import { type SizeName, sizePresets } from './sizes';
import { shapes, themes } from './tokens';

/** The closed list of what can stand on an axis; texts and units in quantities.ts. */
export const xQuantities = ['parameters', 'parametersNonzero', 'macs', 'parameterBytes'] as const;
export type XQuantity = (typeof xQuantities)[number];
export const yQuantities = ['energyGross', 'latencyP50', 'inferencesPerJoule'] as const;
export type YQuantity = (typeof yQuantities)[number];
export const scaleKinds = ['log', 'linear'] as const;
export type ScaleKind = (typeof scaleKinds)[number];

/**
 * Everything that decides how a figure looks, beside its rows: plain JSON, saved with every export.
 * A change that would draw an old spec differently takes a new version.
 */
export const figureSpecSchema = z.strictObject({
  schema: z.literal('thirtywatts.figure/1').default('thirtywatts.figure/1'),
  kind: z.literal('curve-efficiency'),
  /** Stem of the element ids and of the file names. */
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .default('curve-efficiency'),
  x: z
    .strictObject({
      quantity: z.enum(xQuantities).default('parameters'),
      scale: z.enum(scaleKinds).default('log'),
    })
    .prefault({}),
  y: z
    .strictObject({
      quantity: z.enum(yQuantities).default('energyGross'),
      scale: z.enum(scaleKinds).default('log'),
    })
    .prefault({}),
  size: z.enum(Object.keys(sizePresets) as SizeName[]).default('double'),
  theme: z.enum(themes).default('light'),
  /** null: built from the axes. */
  title: z.string().max(300).nullable().default(null),
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
  appVersion: z.string(),
});
export type FigureSpec = z.infer<typeof figureSpecSchema>;
export type FigureSpecInput = z.input<typeof figureSpecSchema>;
