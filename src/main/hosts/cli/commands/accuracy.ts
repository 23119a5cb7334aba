import { Argument, Command, InvalidArgumentError } from 'commander';
import type { AccuracyView } from '../../../../shared/accuracyCosts';
import type { Provider } from '../../../../shared/plan';
import { accuracyHead, accuracyRight, accuracyRows, accuracySentences } from '../accuracyLines';
import { connect } from '../connect';
import { countingNumber, globals, positiveNumber } from '../options';
import type { Output } from '../output';

interface TestOptions {
  data: string;
  output?: string;
  scale?: number;
  mean?: number[];
  std?: number[];
  provider: Provider;
  threads: number;
  batch: number;
  most: number;
  seed: number;
}

/** How often a classifier is right, and what a right answer costs. */
export function accuracyCommand(): Command {
  const accuracy = new Command('accuracy').description(
    'how often a classifier is right on labelled data, and what a right answer costs',
  );
  accuracy
    .command('test', { isDefault: true })
    .description('counts right answers on the test part of a data set')
    .addArgument(new Argument('<model>', 'id, first digits of the id, or name'))
    .option('--data <name>', 'a data set; “thirty-watts data list” shows them', 'mnist1d')
    .option('--output <name>', 'the output with one score for each class, where several could be meant')
    .option('--scale <factor>', 'each value is multiplied by it first', positiveNumber)
    .option('--mean <numbers>', 'then this is subtracted: one, or one for each channel', numbers)
    .option('--std <numbers>', 'and this divided by: one, or one for each channel', numbers)
    .option('--provider <name>', 'execution provider', 'cpu')
    .option('--threads <n>', 'threads', countingNumber, 1)
    .option('--batch <n>', 'examples per call, where the model leaves it open', countingNumber, 256)
    .option('--most <n>', 'test examples at most; of generated data so many are made', countingNumber, 10_000)
    .option('--seed <n>', 'makes generated examples, and chooses where there are more', countingNumber, 1)
    .action(async (model: string, options: TestOptions, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { data, scale, mean, std, ...rest } = options;
      const given = scale !== undefined || mean !== undefined || std !== undefined;
      const { lab, close } = connect(folder, { write: true });
      const { accuracy: view } = await lab
        .testAccuracy({
          model,
          dataset: data,
          ...rest,
          output: options.output ?? null,
          normalise: given ? { scale: scale ?? 1, mean: mean ?? [0], std: std ?? [1] } : null,
        })
        .finally(close);
      show(output, [view]);
      for (const sentence of accuracySentences(view)) output.say(sentence);
      output.data({ accuracy: view });
    });
  accuracy
    .command('list')
    .description('every accuracy that was measured, of all models or of one')
    .argument('[model]', 'id, first digits of the id, or name')
    .action(async (model: string | undefined, _: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      const answer = await lab.listAccuracies({ model: model ?? null }).finally(close);
      show(output, answer.accuracies);
      if (answer.accuracies.length === 0)
        output.say('None was measured yet: “thirty-watts accuracy MODEL --data NAME”.');
      output.data(answer);
    });
  return accuracy;
}

function show(output: Output, views: readonly AccuracyView[]): void {
  if (views.length > 0) output.table(accuracyHead, views.flatMap(accuracyRows), accuracyRight);
}

function numbers(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!values.every(Number.isFinite))
    throw new InvalidArgumentError('Write numbers with commas, for example 0.485,0.456,0.406.');
  return values;
}
