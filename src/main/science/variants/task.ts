import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LabError } from '../../../shared/errors';
import type { Licence } from '../../../shared/model';
import type { Provider } from '../../../shared/plan';
import {
  errorBounds,
  settleForm,
  type TransformForm,
  type TransformOptions,
  type TransformReport,
  transformRecipe,
  variantLabel,
  worstError,
} from '../../../shared/transform';
import { formatPercent } from '../../../shared/units';
import { freeInputs } from '../../models/graph';
import { readModel } from '../../models/reader';
import { storedExternals } from '../../models/stored';
import type { Task } from '../tasks';
import type { MadeModel, Tools } from '../tools';
import { compareAccuracy, compareFiles, madeUpInputs } from './check';
import { makeVariant, writeVariant } from './make';

export interface TransformTaskInput {
  /** The stored model; external data lies beside it. */
  path: string;
  parent: { id: string; name: string; source: string | null; licence: Licence | null };
  options: TransformOptions;
}

/** Examples of a named data set at most; those for training only say how it is scaled. */
const examples = { train: 4000, test: 10_000 };
const stem = 'variant';

/** Writes a variant of a model, checks it against the original on the same inputs, and hands it out with the report. */
export const transform: Task<TransformTaskInput, TransformReport> = {
  async run({ path, parent, options }, tools) {
    const form = settleForm(options);
    refuseProvider(form, options);
    const { provider, seed } = options;
    const data =
      options.dataset === null ? null : await tools.dataset(options.dataset, { seed, ...examples });
    const { file, said, fed, ports } = write(path, form, options, tools);

    tools.progress(0.6, 'Comparing with the original');
    const files = { original: path, variant: join(tools.folder, file) };
    const checked = await compareFiles(tools.ort, files, fed, {
      provider,
      onCall: (done, total) => tools.progress(0.6 + (0.3 * done) / total, 'Comparing with the original'),
    });
    if (checked.broken.length > 0) throw notNumbers(checked.broken);
    const bound = errorBounds[form.kind];
    const worst = worstError(checked.outputs);
    if (bound !== null && worst !== null && worst > bound && !options.force) throw tooFar(form, worst, bound);

    let accuracy: TransformReport['accuracy'] = null;
    if (data !== null) {
      tools.progress(0.9, `Trying both on ${data.name}`);
      accuracy = await compareAccuracy(tools.ort, files, ports, data, provider);
    }
    const report: TransformReport = {
      form,
      ...said,
      outputs: checked.outputs,
      bound,
      fed: { rows: checked.rows, calls: checked.calls, seed, provider },
      accuracy,
      notes: [...said.notes, ...notesOf(checked.notNumbers, worst, bound)],
    };
    const made: MadeModel = {
      key: 'variant',
      file,
      name: `${parent.name} ${variantLabel(form)}`.slice(0, 120),
      family: 'imported',
      recipe: transformRecipe(parent.id, form),
      origin: { source: parent.source, licence: parent.licence },
    };
    return { output: report, models: [made] };
  },
};

/** Writes the variant; the model that was read for it is let go before any is loaded. */
function write(path: string, form: TransformForm, { seed, dims }: TransformOptions, tools: Tools) {
  const bytes = readFileSync(path);
  const model = readModel(bytes);
  tools.progress(0, 'Writing the variant');
  const variant = makeVariant(bytes, model, form, {
    openExternal: storedExternals(dirname(path)),
    externalLocation: `${stem}.data`,
    onProgress: (share) => tools.progress(0.6 * share, 'Writing the variant'),
  });
  const { file } = writeVariant(variant, tools.folder, stem);
  return { file, said: variant.report, fed: madeUpInputs(model, seed, dims), ports: freeInputs(model.graph) };
}

/** Operators that a provider lacks, so that a form would run on the processor there (guide of the experiments, 11). */
const lacking: Partial<Record<Provider, Partial<Record<TransformForm['kind'], string>>>> = {
  webgpu: { int8: 'DynamicQuantizeLinear and MatMulInteger' },
};

function refuseProvider({ kind }: TransformForm, { provider, force }: TransformOptions): void {
  const operators = lacking[provider]?.[kind];
  if (operators === undefined || force) return;
  throw new LabError(
    'unsupported',
    `${provider} has no ${operators}, so an ${kind} variant would run on the processor there.`,
    `Make an int4 variant for ${provider}, or make this one for the provider cpu.`,
  );
}

function notNumbers(outputs: readonly string[]): LabError {
  return new LabError(
    'unsupported',
    `The variant gives values that are no numbers where the original gives numbers (${outputs.join(', ')}), so it was not kept.`,
    'Choose another kind of variant, or a smaller change.',
  );
}

function tooFar({ kind }: TransformForm, worst: number, bound: number): LabError {
  return new LabError(
    'unsupported',
    `The ${kind} variant differs from the original by ${formatPercent(worst)} on made-up inputs, and at most ${formatPercent(bound)} is accepted, so it was not kept.`,
    kind === 'int4'
      ? 'Try smaller blocks or int8, or keep it all the same with force.'
      : 'Choose another kind, or keep it all the same with force.',
  );
}

function notesOf(notNumbers: number, worst: number | null, bound: number | null): string[] {
  const notes: string[] = [];
  if (notNumbers > 0)
    notes.push(
      `${notNumbers} values of the original are no numbers on made-up inputs; they were left out of the comparison.`,
    );
  if (bound !== null && worst !== null && worst > bound)
    notes.push('Its error is above what is accepted; it was kept because you asked for it.');
  return notes;
}
