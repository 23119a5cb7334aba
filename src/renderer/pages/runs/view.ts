import { z } from 'zod';
import type { Json } from '../../../shared/contract';

/** The facets by which runs are filtered with a click, each with its title. */
export const facetTitles = {
  status: 'Status',
  model: 'Model',
  provider: 'Provider',
  experiment: 'Experiment',
  machine: 'Machine',
  lab: 'Lab',
} as const;
export type Facet = keyof typeof facetTitles;
export const facets = Object.keys(facetTitles) as Facet[];

const values = z.array(z.string()).default([]);

/** How the Runs page shows its rows: kept in settings.runTable, and by name in settings.savedViews. */
export const runViewSchema = z.object({
  /** Words that all must be in a row; one with a minus in front must not. */
  text: z.string().default(''),
  /** Values chosen of each facet (ids for experiment, machine and lab); empty: all. */
  facets: z
    .object({
      status: values,
      model: values,
      provider: values,
      experiment: values,
      machine: values,
      lab: values,
    })
    .prefault({}),
  /** Runs of the identity model, which only measure what a call costs. */
  overhead: z.boolean().default(false),
  /** By default what was measured last; ten thousand runs that wait stand below it. */
  sort: z.array(z.object({ id: z.string(), desc: z.boolean() })).default([
    { id: 'started', desc: true },
    { id: 'queued', desc: true },
  ]),
  columns: z.array(z.string()).nullable().default(null),
  widths: z.record(z.string(), z.number().min(20).max(2000)).default({}),
  group: z.string().nullable().default(null),
  /** Under each group its runs. */
  singleRuns: z.boolean().default(false),
});
export type RunView = z.output<typeof runViewSchema>;

export const plainView: RunView = runViewSchema.parse({});

/** What was stored, or the plain view where that cannot be read. Pure. */
export function readView(stored: Json): RunView {
  const parsed = runViewSchema.safeParse(stored ?? {});
  return parsed.success ? parsed.data : plainView;
}

const savedSchema = z.array(z.object({ name: z.string().min(1).max(80), view: runViewSchema }));
export type SavedView = z.output<typeof savedSchema>[number];

export function readSaved(stored: Json): SavedView[] {
  const parsed = savedSchema.safeParse(stored);
  return parsed.success ? parsed.data : [];
}

/** One of the same name is replaced. Pure. */
export function withSaved(saved: readonly SavedView[], name: string, view: RunView): SavedView[] {
  return [...saved.filter((s) => s.name !== name), { name, view }].sort((a, b) => (a.name < b.name ? -1 : 1));
}
