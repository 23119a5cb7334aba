import { batchAxes, termsOf } from '../../../shared/freeDims';
import type { Model } from '../../../shared/model';

/** A free dimension of the chosen models that takes no batch, and the size that the plan gives it. */
export interface FreeDimRow {
  /** `sequence`, or `input:axis` for one without a name. */
  key: string;
  /** Names of the models that have it. */
  models: string[];
  /** null: nobody gave one, and the lab takes 1. */
  size: number | null;
  /** Where the size is from: this plan, or what the Models page keeps for a model. */
  from: 'plan' | 'model' | null;
  /** Other sizes that models keep for the same name; a plan has room for one. */
  others: { model: string; size: number }[];
}

/**
 * Every free dimension of these models with its size: the plan's own, else the first that a model keeps. Names that
 * are sums (`past + sequence`) are asked for by their parts. Pure.
 */
export function freeDimRows(
  models: readonly Pick<Model, 'id' | 'name' | 'inputs'>[],
  kept: Readonly<Record<string, Readonly<Record<string, number>>>>,
  given: Readonly<Record<string, number>>,
): FreeDimRow[] {
  const rows = new Map<string, { models: string[]; kept: { model: string; size: number }[] }>();
  for (const model of models) {
    for (const key of freeKeys(model, kept[model.id] ?? {})) {
      const row = rows.get(key) ?? { models: [], kept: [] };
      row.models.push(model.name);
      const own = kept[model.id]?.[key];
      if (own !== undefined) row.kept.push({ model: model.name, size: own });
      rows.set(key, row);
    }
  }
  return [...rows].map(([key, row]) => {
    const own = given[key];
    const size = own ?? row.kept[0]?.size ?? null;
    const from = own !== undefined ? 'plan' : size === null ? null : 'model';
    return { key, models: row.models, size, from, others: row.kept.filter((k) => k.size !== size) };
  });
}

/** An input whose file declares no shape takes the sizes that were given, or asks for its first. */
function freeKeys({ inputs }: Pick<Model, 'inputs'>, kept: Readonly<Record<string, number>>): Set<string> {
  const takesBatch = batchAxes(inputs.map((i) => i.shape ?? []));
  const keys = new Set<string>();
  for (const { name, shape } of inputs) {
    if (shape === null) {
      keys.add(`${name}:0`);
      for (let axis = 1; `${name}:${axis}` in kept; axis++) keys.add(`${name}:${axis}`);
      continue;
    }
    for (const [axis, dim] of shape.entries()) {
      if (typeof dim === 'number' || takesBatch(shape, axis)) continue;
      if (dim === null) keys.add(`${name}:${axis}`);
      else for (const part of termsOf(dim) ?? [dim]) if (!/^\d+$/.test(part)) keys.add(part);
    }
  }
  return keys;
}

/** The sizes that go into the plan. Names that are given but that no chosen model has stay only while models are still to be built. Pure. */
export function dimsOfPlan(
  rows: readonly FreeDimRow[],
  given: Readonly<Record<string, number>>,
  toBeBuilt: boolean,
): Record<string, number> {
  const known = Object.fromEntries(rows.flatMap(({ key, size }) => (size === null ? [] : [[key, size]])));
  return toBeBuilt ? { ...given, ...known } : known;
}

/** `sequence and past have no size: the lab takes 1 and says so with each result.` Null where all have one. Pure. */
export function missingText(rows: readonly FreeDimRow[]): string | null {
  const names = rows.filter((row) => row.size === null).map((row) => row.key);
  if (names.length === 0) return null;
  const list =
    names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
  return `No size given for ${list}: the lab takes 1 and says so with each result.`;
}
