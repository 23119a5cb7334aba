import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labWord } from '../../shared/bundle';
import type { Outputs } from '../../shared/contract';
import { failureOf, LabError } from '../../shared/errors';
import type { Model } from '../../shared/model';
import type { Plan } from '../../shared/plan';
import { type BuildSpec, buildIdentity, buildModel, recipeOf, writeBuilt } from '../models/builders';
import type { BuiltModel } from '../models/builders/parts';
import { findModelFiles, type Imported, importModel } from '../models/import';
import { ownSettings } from '../models/inputs';
import { sha256OfValue } from '../store/canonical';
import type { LabContext } from './context';
import { isModelHere } from './job';
import { turnOfOthers } from './turns';

/**
 * Imports files and folders; every path ends either imported or refused with its reason. One file at a time, telling
 * which, and others have the thread in between: a folder may hold hundreds.
 */
export async function importPaths(
  context: LabContext,
  paths: readonly string[],
): Promise<Outputs['importModels']> {
  const { folder, emit } = context;
  const imported: Outputs['importModels']['imported'] = [];
  const refused: Outputs['importModels']['refused'] = [];
  const files: string[] = [];
  for (const path of paths) {
    try {
      files.push(...findModelFiles(path));
    } catch (thrown) {
      refused.push({ path, failure: failureOf(thrown) });
    }
    await turnOfOthers();
  }
  for (const [done, file] of files.entries()) {
    emit({ type: 'importProgress', done, total: files.length, path: file });
    await turnOfOthers();
    try {
      imported.push({
        path: file,
        ...keepModel(context, importModel(file, folder)),
      });
    } catch (thrown) {
      refused.push({ path: file, failure: failureOf(thrown) });
    }
  }
  const last = files.at(-1);
  if (last !== undefined)
    emit({ type: 'importProgress', done: files.length, total: files.length, path: last });
  return { imported, refused };
}

/** The model of a recipe: the one in the lab, else built in a temporary folder and imported. */
export function buildInto(context: LabContext, spec: BuildSpec): Outputs['buildModel'] {
  const there = builtAlready(context, recipeOf(spec));
  if (!there) return importBuilt(context, buildModel(spec));
  if (context.store.writer.setBinned('model', [there.id], null) > 0)
    context.emit({ type: 'changed', what: 'models' });
  return { model: there, alreadyThere: true };
}

/** The identity model, for the cost of a call. */
export function identityModel(context: LabContext): Model {
  const built = buildIdentity();
  return builtAlready(context, built.recipe) ?? importBuilt(context, built).model;
}

function builtAlready({ folder, store }: LabContext, recipe: string): Model | null {
  return store.reader.listModels().find((m) => m.recipe === recipe && isModelHere(folder, m.id)) ?? null;
}

function importBuilt(context: LabContext, built: BuiltModel): Outputs['buildModel'] {
  const temporary = mkdtempSync(join(tmpdir(), 'thirty-watts-build-'));
  try {
    const path = join(temporary, 'model.onnx');
    writeBuilt(built, path);
    const { name, family, recipe } = built;
    return keepModel(context, importModel(path, context.folder, { name, family, recipe }));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * The lab keeps the first record of an id: a file imported twice, under two names, is one model. Whoever asks for one
 * that is in the bin wants it out of there. The file of a model that came with a bundle makes it a model of this lab.
 * @throws LabError bad_input where that bundle described the file otherwise; the file does not stay then
 */
export function keepModel(
  { store: { reader, writer }, emit }: LabContext,
  { model, dir, alreadyThere }: Imported,
): { model: Model; alreadyThere: boolean } {
  const lab = reader.origins('model').get(model.id);
  if (lab !== undefined && !isSameFile(reader.getModel(model.id), model)) {
    if (!alreadyThere) rmSync(dir, { recursive: true, force: true });
    throw new LabError(
      'bad_input',
      `${model.name} came with a bundle of ${labWord(lab)} that describes this very file otherwise than it is.`,
      'Use another lab folder for it (--lab): what that bundle says of the model cannot be trusted.',
    );
  }
  const isNew = writer.putModel(model);
  const taken = writer.setBinned('model', [model.id], null);
  if (isNew || !alreadyThere || taken > 0) emit({ type: 'changed', what: 'models' });
  return {
    model: isNew ? model : reader.getModel(model.id),
    alreadyThere: !isNew && (alreadyThere || lab === undefined),
  };
}

/** Whether two records say the same of what is in a file. */
export const isSameFile = (a: Model, b: Model): boolean =>
  sha256OfValue(inFile(a)) === sha256OfValue(inFile(b));

const inFile = ({ fileSha256, externalData, fileBytes, inputs, outputs, precision, counts }: Model) => ({
  fileSha256,
  externalData,
  fileBytes,
  inputs,
  outputs,
  precision,
  counts,
});

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
