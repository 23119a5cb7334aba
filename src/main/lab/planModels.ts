import { LabError } from '../../shared/errors';
import type { Model } from '../../shared/model';
import type { Plan } from '../../shared/plan';
import { parseRecipe, recipeOf } from '../models/builders';
import { findNamed } from '../store/find';
import type { LabReader } from '../store/reader';
import { isModelHere, modelAbsent } from './job';
import { refuseUnknownSettings } from './models';
import { isRecipe } from './recipes';

/**
 * Finds models as a plan names them: id, prefix or name in the lab, or a recipe (null where it still has to be
 * built). The lab's models are read once, each text is looked up once: plans may name a thousand. Of two with one name it
 * is the one whose file is here.
 * @throws LabError not_found, bad_input where several answer or a recipe cannot be read; not_found for one that came with a
 * bundle and whose file is not here
 */
export function modelFinder(
  reader: Pick<LabReader, 'listModels' | 'marks' | 'origins'>,
  labFolder: string,
): (text: string) => Model | null {
  const marks = reader.marks('model');
  const elsewhere = reader.origins('model');
  const models = reader.listModels().map((model) => ({
    id: model.id,
    // One in the bin is named by its id alone, as everywhere.
    name: marks.get(model.id)?.binnedUnixMs == null ? model.name : null,
    model,
  }));
  const isAbsent = ({ id }: { id: string }) => elsewhere.has(id) && !isModelHere(labFolder, id);
  const byId = new Map(models.map((each) => [each.id, each.model]));
  const byName = Map.groupBy(models, (each) => each.name);
  const byRecipe = new Map(models.map((each) => [each.model.recipe, each.model]));
  const found = new Map<string, Model | null>();
  const named = (text: string): Model => {
    const same = byName.get(text);
    const chosen =
      byId.get(text) ??
      (only(same) ?? only(same?.filter((each) => !isAbsent(each))) ?? findNamed(text, models, 'model')).model;
    if (isAbsent(chosen)) throw modelAbsent(chosen);
    return chosen;
  };
  const ofRecipe = (recipe: string): Model | null => {
    const model = byRecipe.get(recipe) ?? null;
    return model === null || isAbsent(model) ? null : model;
  };
  return (text) => {
    const known = found.get(text);
    if (known !== undefined) return known;
    const model = isRecipe(text) ? ofRecipe(recipeOf(parseRecipe(text))) : named(text);
    found.set(text, model);
    return model;
  };
}

const only = <T>(all: readonly T[] | undefined): T | undefined => (all?.length === 1 ? all[0] : undefined);

/**
 * The models of a plan, or the reason why it cannot be measured as a whole; nothing is stored then.
 * @throws LabError for a model that is not there, a setting that none has, a value that is listed twice
 */
export function modelsOfPlan(plan: Plan, find: (text: string) => Model | null): (Model | null)[] {
  refuseRepeats(plan);
  refuseBlocks(plan);
  const models = plan.models.map(find);
  refuseUnknownSettings(plan, models);
  return models;
}

/** A turn of a glance is one short window without a baseline: no comparison stands on it. */
function refuseBlocks({ blocks, preset }: Plan): void {
  if (blocks < 2 || preset !== 'glance') return;
  throw new LabError(
    'bad_plan',
    'A comparison in blocks cannot be measured at a glance.',
    'Choose the preset quick, standard or rigorous, or one block.',
  );
}

/** The same model twice is a control, one against itself; the same setting twice is a slip that doubles the plan. */
function refuseRepeats(plan: Plan): void {
  for (const key of ['providers', 'engines', 'batches', 'threads'] as const) {
    const values: readonly (string | number)[] = plan[key];
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice === undefined) continue;
    throw new LabError(
      'bad_plan',
      `The plan lists ${twice} twice in its ${key}.`,
      'List each value once; to measure a model twice, list the model twice.',
    );
  }
}
