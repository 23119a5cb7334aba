import type { Model } from '../../shared/model';
import { orderOf } from '../../shared/order';
import { type Condition, expandPlan, type Plan } from '../../shared/plan';
import type { RunRecord, Turn } from '../../shared/run';
import { ownSettings } from '../models/inputs';
import { queuedRun } from '../store/records';
import type { LabContext } from './context';

/** The model of a control: small and dense, so that nothing but the machine can make its two runs differ. */
export const controlRecipe = 'mlp:1e6';

/** One place of a plan: its number, role and condition, with the model to be built first where it is a recipe. */
export interface Place {
  ordinal: number;
  role: RunRecord['role'];
  /** What the plan calls the model; null for the identity model. */
  text: string | null;
  condition: Condition;
  /** Absent for overhead runs, which belong to no block. */
  turn?: Turn;
}

type Entry = Omit<Place, 'ordinal' | 'turn'>;

/** Every run of a plan in the order in which it is measured; controls and overhead runs included. */
export function placesOf(plan: Plan): Place[] {
  const measured = expandPlan(plan).map(
    (condition): Entry => ({ role: 'measure', text: condition.modelId, condition }),
  );
  const controls = controlConditions(plan).map(
    (condition): Entry => ({ role: 'control', text: controlRecipe, condition }),
  );
  const entries = [...measured, ...controls, ...controls];
  const order = blocksOf(entries.length, measured.length, controls.length, plan);
  const turns = order.flatMap((entriesOfBlock, block) =>
    entriesOfBlock.map((entry, position) => ({
      ...entries[entry]!,
      turn: { entry, block, blocks: plan.blocks, position },
    })),
  );
  // Last: the first point of the curve should not wait for them.
  const overhead = overheadConditions(plan).map(
    (condition): Entry => ({ role: 'overhead', text: null, condition }),
  );
  return [...turns, ...overhead].map((place, ordinal) => ({ ...place, ordinal }));
}

/** Without blocks the plan keeps its order, one half of each control before it and the other after: what lies between is what the machine did. */
function blocksOf(entries: number, measured: number, controls: number, plan: Plan): number[][] {
  if (plan.blocks > 1) return orderOf(entries, plan.blocks, plan.seed);
  const from = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
  return [[...from(measured, controls), ...from(0, measured), ...from(measured + controls, controls)]];
}

/** One per provider, on the first engine and thread count of the plan. A glance is no evidence and needs none. */
function controlConditions(plan: Plan): Condition[] {
  if (!plan.control || plan.preset === 'glance') return [];
  return expandPlan({
    ...plan,
    models: [controlRecipe],
    engines: plan.engines.slice(0, 1),
    threads: plan.threads.slice(0, 1),
    batches: [1],
    dims: {},
    values: {},
  });
}

/** The condition of the identity model for each provider, engine and thread count that the plan uses. */
function overheadConditions(plan: Plan): Condition[] {
  if (!plan.callOverhead) return [];
  return expandPlan({
    ...plan,
    models: ['identity'],
    batches: [1],
    preset: 'glance',
    windowS: 0.5,
    blocks: 1,
    dims: {},
    values: {},
  });
}

/** The queued run of a place whose model is in the lab. */
export function newRun(
  context: LabContext,
  experimentId: string,
  machineId: string,
  place: Place,
  model: Model,
): RunRecord {
  // The plan's dimensions and values are for all its models together; the condition keeps what this one has.
  const condition = { ...place.condition, modelId: model.id, ...ownSettings(model.inputs, place.condition) };
  return queuedRun({
    id: context.effects.newId(),
    experimentId,
    ordinal: place.ordinal,
    role: place.role,
    ...(place.turn ? { turn: place.turn } : {}),
    condition,
    machineId,
    queuedUnixMs: context.effects.nowUnixMs(),
    macs: null,
  });
}
