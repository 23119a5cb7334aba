import { resolve } from 'node:path';
import { Command } from 'commander';
import { formatCount } from '../../../../shared/units';
import { connect } from '../connect';
import { globals } from '../options';

export function exportCommand(): Command {
  return new Command('export')
    .description('the data as CSV: runs, models, windows, meter readings, raw samples')
    .argument('<folder>', 'where the files go')
    .option('--experiment <id>', 'only one experiment')
    .option('--no-samples', 'without samples/, which has a row per inference')
    .action(
      async (
        into: string,
        { experiment, samples }: { experiment?: string; samples: boolean },
        command: Command,
      ) => {
        const { lab: folder, output } = globals(command);
        const { lab, close } = connect(folder, { write: false });
        const answer = await lab
          .exportData({ experimentId: experiment ?? null, folder: resolve(into), samples })
          .finally(close);
        output.table(
          ['File', 'Rows'],
          answer.files.map((f) => [f.name, formatCount(f.rows)]),
          [1],
        );
        output.say(answer.folder);
        output.data(answer);
      },
    );
}
