import type { Model } from '../../shared/model';
import { type Condition, expandPlan, type Plan } from '../../shared/plan';
import type { RunRecord } from '../../shared/run';
import { ownSettings } from '../models/inputs';
import { queuedRun } from '../store/records';
import type { LabContext } from './context';

/** One place of a plan: its number, role and condition, with the model to be built first where it is a recipe. */
export interface Place {
  ordinal: number;
  role: RunRecord['role'];
  /** What the plan calls the model; null for the identity model. */
  text: string | null;
  condition: Condition;
}

/** Every run of a plan, the overhead runs included. */
export function placesOf(plan: Plan): Place[] {
  const measured = expandPlan(plan).map(
    (condition): Omit<Place, 'ordinal'> => ({ role: 'measure', text: condition.modelId, condition }),
  );
  // Last: the first point of the curve should not wait for them.
  const overhead = overheadConditions(plan).map(
    (condition): Omit<Place, 'ordinal'> => ({ role: 'overhead', text: null, condition }),
  );
  return [...measured, ...overhead].map((place, ordinal) => ({ ...place, ordinal }));
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
    condition,
    machineId,
    queuedUnixMs: context.effects.nowUnixMs(),
    macs: null,
  });
}
