import { Command, Option } from 'commander';
import { type XQuantity, xQuantities, type YQuantity, yQuantities } from '../../../../shared/figures/spec';
import { connect } from '../connect';
import { writeFigure } from '../figureFiles';
import { globals } from '../options';

interface Options {
  experiment?: string;
  x: XQuantity;
  y: YQuantity | 'auto';
  theme: 'light' | 'dark';
  title?: string;
  out: string;
  scale: string;
}

export function figureCommand(): Command {
  return new Command('figure')
    .description('the efficiency curve as SVG and PNG, with its specification and the plotted points')
    .option('--experiment <id>', 'only the runs of one experiment')
    .addOption(new Option('--x <quantity>', 'what goes right').choices(xQuantities).default('parameters'))
    .addOption(
      new Option('--y <quantity>', 'what goes up; auto: energy where a meter saw it, else latency')
        .choices(['auto', ...yQuantities])
        .default('auto'),
    )
    .addOption(new Option('--theme <theme>', 'colours').choices(['light', 'dark']).default('light'))
    .option('--title <text>', 'title instead of the built one')
    .addOption(
      new Option('--scale <n>', 'PNG size: times 96 dots per inch').choices(['1', '2', '3']).default('2'),
    )
    .option('--out <folder>', 'where the files go', '.')
    .action(async ({ experiment, x, y, theme, title, out, scale }: Options, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      const figure = await lab
        .figure({ experimentId: experiment ?? null, x, y, theme, title: title ?? null })
        .finally(close);
      const files = writeFigure(
        out,
        'curve-efficiency',
        { kind: 'curve-efficiency', ...figure },
        Number(scale),
      );
      for (const file of files) output.say(file);
      output.data({ files });
    });
}
