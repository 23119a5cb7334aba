import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { PlanPreview } from '../../shared/contract';
import { type Failure, failureOf } from '../../shared/errors';
import type { Model } from '../../shared/model';
import type { Plan } from '../../shared/plan';
import { formatCount } from '../../shared/units';
import { ownSettings, resolveInputs } from '../models/inputs';
import type { LabReader } from '../store/reader';
import { modelFolder } from './job';
import { placesOf } from './places';
import { modelFinder, modelsOfPlan } from './planModels';
import { rangeFromPast } from './progress';

/** From here on a plan is said to be large, runs and s. */
const large = { runs: 500, seconds: 24 * 3600 };
/** Problems of single models that are spelt out; the rest is counted. */
const mostNamed = 3;
/** Shorter windows give no energy on any meter. Source: docs/method.md, 3.2. */
const shortestForEnergyS = 5;

export interface PreviewEnv {
  folder: string;
  reader: Pick<LabReader, 'listModels' | 'marks' | 'origins' | 'pastRuns'>;
  logicalCores?: number;
}

/** What a plan would do: runs, time, warnings, and why it would be refused. Reads the store; starts and writes nothing. */
export function previewPlan(
  { folder, reader, logicalCores = cpus().length }: PreviewEnv,
  plan: Plan,
): PlanPreview {
  const find = modelFinder(reader, folder);
  let refusal: Failure | null = null;
  try {
    modelsOfPlan(plan, find);
  } catch (thrown) {
    refusal = failureOf(thrown);
  }
  const models = new Map<string, Model>();
  for (const text of new Set(plan.models)) {
    const model = refusal === null ? find(text) : found(find, text);
    if (model) models.set(text, model);
  }
  const places = placesOf(plan);
  const range = rangeFromPast(reader.pastRuns([...models.values()].map((m) => m.id)));
  const expectedS = { low: 0, high: 0 };
  for (const { condition, text } of places) {
    const modelId = text === null ? text : models.get(text)?.id;
    const { low, high } = range({ ...condition, modelId: modelId ?? condition.modelId });
    expectedS.low += low;
    expectedS.high += high;
  }
  return {
    runs: places.length,
    overheadRuns: places.filter((p) => p.role === 'overhead').length,
    controlRuns: places.filter((p) => p.role === 'control').length,
    expectedS,
    warnings: [
      ...settingWarnings(plan, logicalCores),
      ...modelWarnings(plan, models, folder),
      ...sizeWarnings(places.length, expectedS.low),
    ],
    refusal,
  };
}

function found(find: (text: string) => Model | null, text: string): Model | null {
  try {
    return find(text);
  } catch {
    return null; // the refusal says so
  }
}

function settingWarnings(plan: Plan, logicalCores: number): string[] {
  const warnings: string[] = [];
  if (plan.preset === 'glance')
    warnings.push('A glance is a first look: its results are limited and never evidence.');
  const tooMany = plan.threads.filter((threads) => threads > logicalCores);
  if (tooMany.length > 0) {
    warnings.push(
      `${list(tooMany)} threads are more than this machine’s ${logicalCores} logical cores: they wait for each other.`,
    );
  }
  const combinations = plan.batches.length * plan.threads.length;
  if (combinations > 12) {
    warnings.push(
      `${plan.batches.length} batch sizes × ${plan.threads.length} thread counts make ${formatCount(combinations)} runs of each model, provider and engine.`,
    );
  }
  if (plan.meters === 'none') warnings.push('The plan uses no meters: energy will not be measured.');
  else if (plan.windowS !== undefined && plan.windowS < shortestForEnergyS) {
    warnings.push(
      `Windows of ${plan.windowS} s are too short for the meters, which need ${shortestForEnergyS} s or more: energy will not be measured.`,
    );
  }
  return warnings;
}

function modelWarnings(plan: Plan, models: ReadonlyMap<string, Model>, folder: string): string[] {
  const warnings: string[] = [];
  const twice = [...new Set(plan.models.filter((text, i) => plan.models.indexOf(text) !== i))];
  if (twice.length > 0) warnings.push(`Listed more than once, measured more than once: ${names(twice)}.`);
  const gone: string[] = [];
  const unfit: string[] = [];
  for (const model of models.values()) {
    if (!existsSync(join(modelFolder(folder, model.id), 'model.onnx'))) gone.push(model.name);
    const own = ownSettings(model.inputs, plan);
    // A model that has no batch, or a fixed one, refuses one of any two.
    for (const batch of plan.batches.slice(0, 2)) {
      try {
        resolveInputs(model.inputs, { batch, ...own });
      } catch (thrown) {
        unfit.push(`${model.name}, batch ${batch}: ${failureOf(thrown).message}`);
        break;
      }
    }
  }
  if (gone.length > 0) {
    warnings.push(
      `No longer in the lab’s folder, so their runs will fail until they are imported again: ${names(gone)}.`,
    );
  }
  for (const text of unfit.slice(0, mostNamed)) warnings.push(`These runs will fail. ${text}`);
  if (unfit.length > mostNamed) warnings.push(`${unfit.length - mostNamed} more models have such runs.`);
  return warnings;
}

function sizeWarnings(runs: number, seconds: number): string[] {
  const warnings: string[] = [];
  if (runs > large.runs)
    warnings.push(`${formatCount(runs)} runs are many: consider fewer batch sizes or thread counts.`);
  if (seconds > large.seconds) {
    warnings.push(
      `This takes about ${longTime(seconds)} at least. It can be cancelled and resumed at any time.`,
    );
  }
  return warnings;
}

/** `3, 4, 6`; of many the first ones and the last. */
const list = (values: readonly number[]) =>
  values.length > 4 ? `${values.slice(0, 3).join(', ')} … ${values.at(-1)}` : values.join(', ');

/** `30 hours`, `8 days`. */
const longTime = (seconds: number) =>
  seconds >= 2 * 86_400 ? `${Math.ceil(seconds / 86_400)} days` : `${Math.ceil(seconds / 3600)} hours`;

function names(all: readonly string[]): string {
  const more = all.length - mostNamed;
  return all.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
