import { resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { isClaimModel, type Model } from '../../../../shared/model';
import { formatBytes, formatCount } from '../../../../shared/units';
import { parseRecipe } from '../../../models/builders';
import { connect } from '../connect';
import { exitCodes } from '../exitCodes';
import { macsLines } from '../macsLines';
import { countingNumber, globals, keyNumber } from '../options';
import { firstLine, transformCommand } from './transform';

const head = ['Id', 'Name', 'Family', 'Parameters', 'Precision', 'Size', 'Opset'];
const cells = (m: Model): string[] => [
  m.id.slice(0, 12),
  m.name,
  m.family,
  m.counts.parameters === null ? '–' : formatCount(m.counts.parameters),
  m.precision,
  formatBytes(m.fileBytes + m.externalData.reduce((sum, e) => sum + e.bytes, 0)),
  String(m.opsets.find((o) => o.domain === '' || o.domain === 'ai.onnx')?.version ?? '–'),
];

export function modelsCommand(): Command {
  const models = new Command('models').description('ONNX models in the lab');
  models
    .command('list', { isDefault: true })
    .description('all models; those that claims made only if asked for')
    .option('--all', 'also those that claims made', false)
    .action(async ({ all }: { all: boolean }, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      const answer = await lab.listModels({}).finally(close);
      const listed = all ? answer.models : answer.models.filter((m) => !isClaimModel(m));
      const absent = new Set(answer.withoutFile);
      const rows = listed.map((m) => [
        ...cells(m),
        ...(absent.size > 0 ? [absent.has(m.id) ? 'no file' : ''] : []),
      ]);
      output.table(absent.size > 0 ? [...head, 'File'] : head, rows, [3, 5, 6]);
      if (absent.size > 0)
        output.say('Models without their file came with a bundle: build or import them to measure them.');
      const left = answer.models.length - listed.length;
      if (left > 0) output.say(`${formatCount(left)} made by claims are not listed: add --all.`);
      output.data(answer);
    });
  models
    .command('import')
    .description('copies ONNX files, or all in a folder, with their external data into the lab')
    .argument('<path...>', 'files or folders')
    .action(async (paths: string[], _: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: true });
      const answer = await lab.importModels({ paths: paths.map((p) => resolve(p)) }).finally(close);
      output.table(
        [...head, ''],
        answer.imported.map(({ model, alreadyThere }) => [
          ...cells(model),
          alreadyThere ? 'was there already' : 'imported',
        ]),
        [3, 5, 6],
      );
      output.data(answer);
      for (const { path, failure } of answer.refused)
        output.refuse({ ...failure, message: `${path}: ${failure.message}` });
      if (answer.refused.length > 0) process.exitCode = exitCodes.failed;
    });
  models
    .command('show')
    .description('one model: counts, inputs with their free dimensions, MACs')
    .argument('<model>', 'id, first digits of the id, or name')
    .option('--batch <n>', 'batch size the MACs are counted at', countingNumber, 1)
    .option('--dim <name=size>', 'size of a free dimension (repeatable)', keyNumber, {})
    .action(
      async (
        model: string,
        { batch, dim }: { batch: number; dim: Record<string, number> },
        command: Command,
      ) => {
        const { lab: folder, output } = globals(command);
        const { lab, close } = connect(folder, { write: false });
        const answer = await lab.showModel({ model, batch, dims: dim }).finally(close);
        const { counts } = answer.model;
        output.table(head, [cells(answer.model)], [3, 5, 6]);
        output.say(`Id                     ${answer.model.id}`);
        if (answer.model.licence)
          output.say(
            `Licence                ${firstLine(answer.model.licence.text)} (${answer.model.licence.from === 'file' ? 'file' : 'metadata'} ${answer.model.licence.name})`,
          );
        if (answer.model.recipe) output.say(`Recipe                 ${answer.model.recipe}`);
        output.say(
          `Parameters             ${counts.parameters === null ? `not known: ${counts.parametersMissingReason}` : formatCount(counts.parameters)}`,
        );
        output.say(
          `Non-zero parameters    ${counts.parametersNonzero === null ? 'not known' : formatCount(counts.parametersNonzero)}`,
        );
        for (const line of macsLines(answer.macs)) output.say(line);
        for (const port of answer.inputs)
          output.say(
            `Input                  ${port.name}: ${port.elemType}[${(port.shape ?? ['?']).map((d) => d ?? '?').join(', ')}]`,
          );
        for (const port of answer.model.outputs)
          output.say(
            `Output                 ${port.name}: ${port.elemType}[${(port.shape ?? ['?']).map((d) => d ?? '?').join(', ')}]`,
          );
        for (const free of answer.freeDims)
          output.say(
            `Free dimension         ${free.name} of ${free.input} (axis ${free.axis}): ${free.size} unless you fix it with --dim`,
          );
        output.say(
          `Operators              ${Object.entries(counts.operators)
            .map(([op, n]) => `${op} ${n}`)
            .join(', ')}`,
        );
        output.data(answer);
      },
    );
  models
    .command('build')
    .description('builds a model of a family at a size, the same bytes for the same seed')
    .addArgument(
      new Argument(
        '<recipe>',
        'family:parameters[:seed=N], for example mlp:1e6, cnn:300k, decoder:1.5M:seed=7',
      ),
    )
    .action(async (recipe: string, _: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { family, targetParameters, seed } = parseRecipe(recipe);
      const { lab, close } = connect(folder, { write: true });
      const answer = await lab.buildModel({ family, parameters: targetParameters, seed }).finally(close);
      output.table(
        [...head, ''],
        [[...cells(answer.model), answer.alreadyThere ? 'was there already' : 'built']],
        [3, 5, 6],
      );
      output.data(answer);
    });
  return models.addCommand(transformCommand());
}
