import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { DatasetView } from '../../../../shared/dataset';
import { LabError } from '../../../../shared/errors';
import { formatCount } from '../../../../shared/units';
import { connect } from '../connect';
import { countingNumber, globals } from '../options';

const head = ['Name', 'From', 'Example', 'Classes', 'Training', 'Test'];
const from = { generated: 'made here', installed: 'installed', own: 'your own' } as const;
const count = (n: number | null) => (n === null ? 'any' : formatCount(n));
const cells = (d: DatasetView): string[] => [
  d.name,
  d.missing ? 'missing' : from[d.kind],
  d.shape.join(' × ') || '–',
  String(d.classes),
  count(d.train),
  count(d.test),
];

interface AddOptions {
  examples?: string;
  labels?: string;
  testExamples?: string;
  testLabels?: string;
  labelColumn?: string;
  shape?: number[];
  classes?: number;
  testShare: number;
  licence?: string;
}

/** Labelled data for the claims and for accuracies. */
export function dataCommand(): Command {
  const data = new Command('data').description('labelled data: made here, installed, and your own');
  data
    .command('list', { isDefault: true })
    .description('every data set')
    .action(async (_: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false, create: true });
      const answer = await lab.listDatasets({}).finally(close);
      output.table(head, answer.datasets.map(cells), [3, 4, 5]);
      for (const { missing } of answer.datasets)
        if (missing) output.say(`${missing.message} ${missing.remedy ?? ''}`.trim());
      output.data(answer);
    });
  data
    .command('show')
    .description('one data set: where it comes from, classes, hashes')
    .argument('<name>')
    .action(async (name: string, _: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false, create: true });
      const { datasets } = await lab.listDatasets({}).finally(close);
      const dataset = datasets.find((d) => d.name === name);
      if (!dataset) {
        throw new LabError(
          'not_found',
          `There is no data set called “${name}”.`,
          '“thirty-watts data list” shows those that are there.',
        );
      }
      for (const line of linesOf(dataset)) output.say(line);
      output.data({ dataset });
    });
  data
    .command('add')
    .description('copies labelled data into the lab: CSV or NPY files, or a folder with four IDX files')
    .argument('<name>', 'a name of your own; mnist for the published set')
    .argument('[folder]', 'with the four IDX files, as MNIST has them')
    .option('--examples <file>', 'CSV or NPY')
    .option('--labels <file>', 'CSV or NPY; without it a column of the examples holds them')
    .option(
      '--test-examples <file>',
      'CSV or NPY; without it the last 20 % of a shuffle are kept for testing',
    )
    .option('--test-labels <file>', 'CSV or NPY')
    .option('--label-column <name>', 'column of the labels; else label, class, target, y, or the last')
    .option('--shape <sizes>', 'of one example, for example 1,28,28', sizes)
    .option('--classes <n>', 'where not every class has an example', countingNumber)
    .option('--test-share <share>', 'kept for testing where no test part is given; 1: all', share, 0.2)
    .option('--licence <text>', 'licence of the data, kept with it')
    .action(async (name: string, given: string | undefined, options: AddOptions, command: Command) => {
      const { lab: folder, output } = globals(command);
      const path = (text: string | undefined) => (text === undefined ? null : resolve(text));
      const { lab, close } = connect(folder, { write: true });
      const { dataset } = await lab
        .addDataset({
          name,
          folder: path(given),
          examples: path(options.examples),
          labels: path(options.labels),
          testExamples: path(options.testExamples),
          testLabels: path(options.testLabels),
          labelColumn: options.labelColumn ?? null,
          shape: options.shape ?? null,
          classes: options.classes ?? null,
          testShare: options.testShare,
          licence: options.licence ?? null,
        })
        .finally(close);
      for (const line of linesOf(dataset)) output.say(line);
      output.data({ dataset });
    });
  data
    .command('remove')
    .description('deletes the lab’s copy of a data set that was added; your files stay')
    .argument('<name>')
    .action(async (name: string, _: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: true });
      await lab.removeDataset({ name }).finally(close);
      output.say(`Removed ${name}. What was measured with it stays.`);
      output.data({ removed: name });
    });
  return data;
}

function linesOf({
  name,
  about,
  licence,
  shape,
  classes,
  train,
  test,
  missing,
  manifest,
}: DatasetView): string[] {
  return [
    `Name        ${name}`,
    `About       ${about}`,
    `Licence     ${licence}`,
    `Example     ${shape.join(' × ')}, ${classes} classes`,
    `Training    ${count(train)}${manifest ? ` (by class: ${byClass(manifest.perClass.train)})` : ''}`,
    `Test        ${count(test)}${manifest ? ` (by class: ${byClass(manifest.perClass.test)})` : ''}`,
    ...(manifest?.sources ?? []).map((s) => `From        ${s.name}, SHA-256 ${s.sha256}`),
    ...(manifest?.files ?? []).map((f) => `Stored      ${f.name}, SHA-256 ${f.sha256}`),
    ...(missing ? [`Missing     ${missing.message} ${missing.remedy ?? ''}`.trimEnd()] : []),
  ];
}

const byClass = (counts: readonly number[]) =>
  counts.length <= 20
    ? counts.map(formatCount).join(', ')
    : `${counts.slice(0, 20).map(formatCount).join(', ')} …`;

function sizes(text: string): number[] {
  const values = text.split(/[,x×]/).map(Number);
  if (values.some((v) => !Number.isInteger(v) || v < 1))
    throw new InvalidArgumentError('Write whole numbers with commas, for example 1,28,28.');
  return values;
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('It must be above 0 and at most 1.');
  return value;
}
