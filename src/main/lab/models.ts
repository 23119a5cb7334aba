import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outputs } from '../../shared/contract';
import { failureOf, LabError } from '../../shared/errors';
import type { Model } from '../../shared/model';
import type { Plan } from '../../shared/plan';
import {
  type BuildSpec,
  buildIdentity,
  buildModel,
  parseRecipe,
  recipeOf,
  writeBuilt,
} from '../models/builders';
import type { BuiltModel } from '../models/builders/parts';
import { findModelFiles, type Imported, importModel } from '../models/import';
import { ownSettings } from '../models/inputs';
import type { LabContext } from './context';

/** Imports files and folders; every path ends either imported or refused with its reason. */
export function importPaths(
  { folder, store }: LabContext,
  paths: readonly string[],
): Outputs['importModels'] {
  const imported: Outputs['importModels']['imported'] = [];
  const refused: Outputs['importModels']['refused'] = [];
  for (const path of paths) {
    let files: string[];
    try {
      files = findModelFiles(path);
    } catch (thrown) {
      refused.push({ path, failure: failureOf(thrown) });
      continue;
    }
    for (const file of files) {
      try {
        imported.push({
          path: file,
          ...keep(store.writer.putModel, importModel(file, folder), store.reader.getModel),
        });
      } catch (thrown) {
        refused.push({ path: file, failure: failureOf(thrown) });
      }
    }
  }
  return { imported, refused };
}

/** The model of a recipe: the one in the lab, else built in a temporary folder and imported. */
export function buildInto(context: LabContext, spec: BuildSpec): Outputs['buildModel'] {
  const there = builtAlready(context, recipeOf(spec));
  return there ? { model: there, alreadyThere: true } : importBuilt(context, buildModel(spec));
}

/** The identity model, for the cost of a call. */
export function identityModel(context: LabContext): Model {
  const built = buildIdentity();
  return builtAlready(context, built.recipe) ?? importBuilt(context, built).model;
}

/** A model that a plan names: id, prefix or name in the lab; or a recipe, null where it still has to be built. */
export function resolveModel(context: LabContext, text: string): Model | null {
  if (isRecipe(text)) return builtAlready(context, recipeOf(parseRecipe(text)));
  return context.store.reader.findModel(text);
}

/** `mlp:1e6`, `cnn:300k:seed=7`: what `models build` takes too. */
export function isRecipe(text: string): boolean {
  return /^(mlp|cnn|decoder):/.test(text);
}

function builtAlready({ store }: LabContext, recipe: string): Model | null {
  return store.reader.listModels().find((m) => m.recipe === recipe) ?? null;
}

function importBuilt({ folder, store }: LabContext, built: BuiltModel): Outputs['buildModel'] {
  const temporary = mkdtempSync(join(tmpdir(), 'thirty-watts-build-'));
  try {
    const path = join(temporary, 'model.onnx');
    writeBuilt(built, path);
    const { name, family, recipe } = built;
    return keep(
      store.writer.putModel,
      importModel(path, folder, { name, family, recipe }),
      store.reader.getModel,
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The lab keeps the first record of an id: a file imported twice, under two names, is one model. */
function keep(
  put: (model: Model) => boolean,
  { model }: Imported,
  get: (id: string) => Model,
): { model: Model; alreadyThere: boolean } {
  const isNew = put(model);
  return { model: isNew ? model : get(model.id), alreadyThere: !isNew };
}

/**
 * Refuses a plan that fixes a dimension or a value that none of its models has; a recipe that is still to be built
 * (null) may have it. Also refuses models that cannot be measured at all.
 */
export function refuseUnknownSettings(plan: Plan, models: readonly (Model | null)[]): void {
  for (const model of models) {
    if (model?.outputs.length === 0) {
      throw new LabError(
        'unsupported',
        `${model.name} has no outputs, so there is nothing to measure.`,
        'Export the model with outputs.',
      );
    }
  }
  if (models.includes(null)) return;
  const own = models.flatMap((m) => (m ? [ownSettings(m.inputs, plan)] : []));
  for (const kind of ['dims', 'values'] as const) {
    for (const key of Object.keys(plan[kind])) {
      if (own.some((o) => key in o[kind])) continue;
      const what = kind === 'dims' ? 'a free dimension' : 'an input';
      throw new LabError(
        'bad_plan',
        `No model of this plan has ${what} called “${key}”.`,
        'thirty-watts models show MODEL lists the inputs and free dimensions of a model.',
      );
    }
  }
}
