import { Command, InvalidArgumentError, Option } from 'commander';
import type { LabEvent } from '../../../../shared/contract';
import { type Provider, providers } from '../../../../shared/plan';
import {
  defaultMinimum,
  reportLines,
  settleForm,
  type TransformKind,
  transformKinds,
  transformOptionsSchema,
  transformSentence,
} from '../../../../shared/transform';
import { formatBytes } from '../../../../shared/units';
import { connect } from '../connect';
import { countingNumber, globals, keyNumber } from '../options';

interface Options {
  to: TransformKind;
  block?: number;
  share?: number;
  rank?: number;
  blocks?: { inputs: number; outputs: number };
  minimum?: number;
  seed: number;
  dim: Record<string, number>;
  dataset?: string;
  provider: Provider;
  force: boolean;
}

/** `models transform MODEL --to int8`: a variant of a model of the lab, checked against it. */
export function transformCommand(): Command {
  return new Command('transform')
    .description(
      'makes a variant of a model (int8, int4, pruned, low-rank, block-sparse) and checks it against the original',
    )
    .argument('<model>', 'id, first digits of the id, or name')
    .addOption(new Option('--to <kind>', 'kind of variant').choices(transformKinds).makeOptionMandatory())
    .option('--block <n>', 'int4: weights that share a scale (default: 32)', countingNumber)
    .option(
      '--share <share>',
      'pruned: weights set to zero (default: 0.9); block-sparse: blocks left out (default: 0.9); low-rank: rank over the smaller side (default: 0.0625)',
      share,
    )
    .option('--rank <n>', 'low-rank: the rank', countingNumber)
    .option('--blocks <inputs>x<outputs>', 'block-sparse: size of a block (default: 32x128)', blocks)
    .option(
      '--minimum <n>',
      `layers with fewer weights stay as they are (default: ${defaultMinimum})`,
      wholeNumber,
    )
    .option('--seed <n>', 'of the made-up inputs of the check', wholeNumber, 1)
    .option('--dim <name=size>', 'size of a free dimension in the check (repeatable)', keyNumber, {})
    .option('--dataset <name>', 'data set whose test part both are tried on')
    .addOption(new Option('--provider <name>', 'where the check runs').choices(providers).default('cpu'))
    .option('--force', 'keeps a variant that is further from the original than its kind may be', false)
    .action(async (model: string, { to, dim, ...given }: Options, command: Command) => {
      const { lab: folder, output } = globals(command);
      const options = transformOptionsSchema.parse({ kind: to, dims: dim, ...given });
      // Before the lab is opened: a wrong option needs no lab.
      const form = settleForm(options);
      const { lab, close } = connect(folder, { write: true });
      const stop = lab.onEvent(progressLine(output.tty && !output.json));
      try {
        output.say(transformSentence(form));
        const answer = await lab.transformModel({ model, ...options });
        stop();
        const { name, id, fileBytes, externalData } = answer.model;
        output.say(
          `${name}, id ${id.slice(0, 12)}, ${formatBytes(fileBytes + externalData.reduce((n, e) => n + e.bytes, 0))}.`,
        );
        for (const line of reportLines(answer.report)) output.say(line);
        if (answer.model.licence)
          output.say(`Licence, as of the original: ${firstLine(answer.model.licence.text)}`);
        output.data(answer);
      } finally {
        stop();
        await close();
      }
    });
}

/** One line that is written over on a terminal; nothing elsewhere. */
function progressLine(terminal: boolean): (event: LabEvent) => void {
  let last = '';
  return (event) => {
    if (event.type !== 'transformProgress' || !terminal) return;
    const text = `${event.label}, ${Math.floor(100 * event.share)} %`;
    if (text === last) return;
    last = text;
    process.stderr.write(`\r\u001b[2K${event.share < 1 ? text : ''}`);
  };
}

/** The first line of foreign text, which must not move the cursor. */
export const firstLine = (text: string) =>
  text
    .split('\n', 1)[0]!
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '·')
    .slice(0, 120);

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must lie between 0 and 1.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number, 0 or above.');
  return value;
}

function blocks(text: string): { inputs: number; outputs: number } {
  const match = /^(\d{1,4})x(\d{1,4})$/.exec(text);
  const [inputs, outputs] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (!(inputs >= 1 && inputs <= 4096 && outputs >= 1 && outputs <= 4096))
    throw new InvalidArgumentError('Write inputs by outputs, for example 32x128.');
  return { inputs, outputs };
}
