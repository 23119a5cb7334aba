import { z } from 'zod';
import type { Json } from '../../../shared/contract';
import { builtFamilies, nameOf, parseRecipe } from '../../../shared/ladder';
import type { Model } from '../../../shared/model';
import { engines, type Plan, type PlanInput, planSchema, providers } from '../../../shared/plan';
import { blocksNeeded } from '../../../shared/stats/holm';

/** A plan that is still being written: as a plan, but its lists may be empty. */
export const draftSchema = planSchema.extend({
  models: z.array(z.string().min(1)).max(1000).default([]),
  providers: z.array(z.enum(providers)).default(['cpu']),
  engines: z.array(z.enum(engines)).default(['capi']),
  batches: z.array(z.number().int().min(1).max(65536)).default([1]),
  threads: z.array(z.number().int().min(1).max(1024)).default([1]),
});
export type Draft = z.infer<typeof draftSchema>;

export const emptyDraft: Draft = draftSchema.parse({
  schema: 'thirtywatts.plan/1',
  name: '',
  preset: 'quick',
});

/** What was stored, or an empty draft where it cannot be read. Pure. */
export function readDraft(stored: Json): Draft {
  const parsed = draftSchema.safeParse(stored);
  return parsed.success ? parsed.data : emptyDraft;
}

/** Without absent keys, which JSON does not have. Pure. */
export const storedDraft = (draft: Draft | Plan): Json => JSON.parse(JSON.stringify(draft)) as Json;

/** `mlp:1e6` and the like: a model that is built when its turn comes. */
export const isRecipe = (text: string): boolean =>
  builtFamilies.some((family) => text.startsWith(`${family}:`));

/** What a person calls a model of a plan. Pure. */
export function modelLabel(text: string, names: ReadonlyMap<string, string>): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (!isRecipe(text)) return /^[0-9a-f]{16,}$/.test(text) ? text.slice(0, 8) : text;
  try {
    return nameOf(parseRecipe(text));
  } catch {
    return text;
  }
}

export interface DraftContext {
  /** Models in the lab. */
  models: readonly Model[];
  /** Sizes that go into the plan, by name (freeDims.ts). */
  dims: Readonly<Record<string, number>>;
  /** Why a provider cannot be used here; those that can are not in it. */
  refused: ReadonlyMap<string, string>;
}

/** The plan of a draft, or the first thing that it lacks, in one sentence. Pure. */
export function planOfDraft(
  draft: Draft,
  { models, dims, refused }: DraftContext,
): { plan: Plan | null; problem: string | null } {
  const lacks = (problem: string) => ({ plan: null, problem });
  if (draft.models.length === 0) return lacks('Choose at least one model.');
  if (draft.providers.length === 0) return lacks('Choose at least one provider.');
  const gone = draft.providers.find((provider) => refused.has(provider));
  if (gone !== undefined) return lacks(`${gone} cannot be used on this machine: ${refused.get(gone)}`);
  if (draft.engines.length === 0) return lacks('Choose at least one engine.');
  if (draft.batches.length === 0) return lacks('Give at least one batch size, for example 1, 8.');
  if (draft.threads.length === 0) return lacks('Give at least one number of threads, for example 1.');
  const inputs = inputNames(draft.models, models);
  const values = Object.fromEntries(
    Object.entries(draft.values).filter(([name]) => inputs === null || inputs.has(name)),
  );
  const parsed = planSchema.safeParse({
    ...draft,
    name: draft.name.trim() || autoName(draft, models),
    dims,
    values,
  });
  return parsed.success
    ? { plan: parsed.data, problem: null }
    : lacks(`The plan cannot be read: ${z.prettifyError(parsed.error)}`);
}

/** Names of the inputs of the chosen models; null where some are still to be built, so that not all are known. */
function inputNames(chosen: readonly string[], models: readonly Model[]): Set<string> | null {
  if (chosen.some(isRecipe)) return null;
  const ids = new Set(chosen);
  return new Set(models.filter((m) => ids.has(m.id)).flatMap((m) => m.inputs.map((i) => i.name)));
}

/** A name for a plan that was given none: `mlp-1.0k … mlp-100M, quick`. Pure. */
export function autoName(
  { models: chosen, preset }: Pick<Draft, 'models' | 'preset'>,
  models: readonly Model[],
): string {
  const names = new Map(models.map((m) => [m.id, m.name]));
  const label = (text: string) => modelLabel(text, names);
  const first = label(chosen[0] ?? '');
  const name = chosen.length < 2 ? first : `${first} … ${label(chosen[chosen.length - 1]!)}`;
  return `${name.slice(0, 180)}, ${preset}`;
}

/**
 * Runs of a plan, as the service expands it: the cells and two controls per provider in each block, and an identity model
 * per provider, engine and thread count. Pure.
 */
export function runsOfPlan(
  plan: Pick<
    Plan,
    | 'models'
    | 'providers'
    | 'engines'
    | 'batches'
    | 'threads'
    | 'callOverhead'
    | 'control'
    | 'blocks'
    | 'preset'
  >,
): { runs: number; overheadRuns: number; controlRuns: number } {
  const perModel = plan.providers.length * plan.engines.length * plan.threads.length;
  const overheadRuns = plan.callOverhead ? perModel : 0;
  const controls = plan.control && plan.preset !== 'glance' ? 2 * plan.providers.length : 0;
  const measured = plan.models.length * plan.batches.length * perModel;
  return {
    runs: (measured + controls) * plan.blocks + overheadRuns,
    overheadRuns,
    controlRuns: controls * plan.blocks,
  };
}

/** Blocks that a comparison of all the plan's conditions with the first one needs. Source: docs/method.md, 1.5. Pure. */
export function blocksToCompare(conditions: number, preset: Plan['preset']): number {
  const least = blocksNeeded(Math.max(1, conditions - 1));
  return preset === 'rigorous' ? Math.max(10, least) : least;
}

/** `1, 8 32` as numbers; the first text that is none of the allowed, in a sentence. Pure. */
export function parseNumbers(text: string, most: number): { values: number[]; problem: string | null } {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const values: number[] = [];
  for (const word of words) {
    const value = /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= 1 && value <= most))
      return { values: [], problem: `“${word}” is no whole number from 1 to ${most}.` };
    if (values.includes(value)) return { values: [], problem: `${value} is listed twice.` };
    values.push(value);
  }
  return { values, problem: null };
}

/** A first look at a ladder or at models: what the quickstart of the command line measures. */
export function quickstartPlan(models: string[]): PlanInput {
  return { schema: 'thirtywatts.plan/1', name: 'quickstart', models, preset: 'glance' };
}

/** Every word stands in the name, family or precision. Pure. */
export function matching(models: readonly Model[], search: string): Model[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((m) => {
    const text = `${m.name} ${m.family} ${m.precision}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
